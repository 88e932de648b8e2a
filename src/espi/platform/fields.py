"""Fields whose values all have the same length in a row, whether they are set or not.

SQLite overwrites a row in place when its length stays, and moves it to another place in its page
when it does not: rows that change one by one then lie in the order of their changes. So what is
set when a person finishes has a fixed length. None is stored as a value that no real one has, in a
column that is never null; filters with ``=None`` and ``__isnull`` work as on any field.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, IsNull


class FixedCharField(models.CharField[Any, Any]):
    """Text, filled with blanks to ``max_length`` in the row and without them everywhere else."""

    def get_prep_value(self, value: Any) -> Any:
        """Fill a text with blanks."""
        text = super().get_prep_value(value)
        return text.ljust(self.max_length or 0) if isinstance(text, str) else text

    def from_db_value(self, value: Any, _expression: Any, _connection: BaseDatabaseWrapper) -> Any:
        """Take the blanks away."""
        return value.rstrip(" ") if isinstance(value, str) else value


class FixedDateField(models.DateField[Any, Any]):
    """A day, or none: stored as the last day of all, which lies before no other."""

    absent = date.max

    def get_prep_value(self, value: Any) -> Any:
        """Write the absent day for none."""
        return self.absent if value is None else super().get_prep_value(value)

    def from_db_value(self, value: Any, _expression: Any, _connection: BaseDatabaseWrapper) -> Any:
        """Read the absent day as none."""
        return None if value == self.absent else value


class FixedBinaryField(models.BinaryField[Any, Any]):
    """``max_length`` bytes, or none: stored as zeros."""

    @property
    def absent(self) -> bytes:
        """The bytes that stand for none."""
        return bytes(self.max_length or 0)

    def get_prep_value(self, value: Any) -> Any:
        """Write zeros for none."""
        return self.absent if value is None else super().get_prep_value(value)

    def from_db_value(self, value: Any, _expression: Any, _connection: BaseDatabaseWrapper) -> Any:
        """Read zeros as none."""
        return None if value is None or not any(bytes(value)) else value


@FixedDateField.register_lookup
class After(GreaterThan):
    """Asks for days after another; none is not among them."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Leave out the day that stands for none."""
        return _but_absent(self, super().as_sql(compiler, connection), compiler, connection)


@FixedDateField.register_lookup
class From(GreaterThanOrEqual):
    """Asks for days from another on; none is not among them."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Leave out the day that stands for none."""
        return _but_absent(self, super().as_sql(compiler, connection), compiler, connection)


def _but_absent(
    lookup: Any, condition: tuple[str, Any], compiler: Any, connection: BaseDatabaseWrapper
) -> tuple[str, Any]:
    sql, params = condition
    left, left_params = lookup.process_lhs(compiler, connection)
    absent = lookup.lhs.output_field.get_db_prep_value(None, connection)
    return f"({sql} AND {left} <> %s)", [*params, *left_params, absent]


@FixedDateField.register_lookup
@FixedBinaryField.register_lookup
class IsAbsent(IsNull):
    """Asks for the value that stands for none."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Compare with that value; a join without a match has none either."""
        sql, params = self.process_lhs(compiler, connection)
        field: Any = self.lhs.output_field
        absent = field.get_db_prep_value(None, connection)
        if self.rhs:
            return f"({sql} = %s OR {sql} IS NULL)", [*params, absent, *params]
        return f"{sql} <> %s", [*params, absent]

"""The model of a questionnaire. Every text is there in Indonesian and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from espi.canonical_json import digest_of

Text = Mapping[str, str]
LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen.

    Attributes:
        value: what is stored; a whole number on a scale, a word elsewhere.
        missing: an answer without content, such as "don't know"; it is scored as missing.
    """

    value: str
    label: Text
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """Lets an item be asked only if an earlier one was answered with one of these values."""

    item: str
    values: tuple[str, ...]

    def holds(self, answers: Mapping[str, str]) -> bool:
        """Return whether the answers so far lead to the item."""
        return answers.get(self.item) in self.values


@dataclass(frozen=True, slots=True)
class Item:
    """One question and its answer space.

    Attributes:
        dimension: the dimension it is scored in, empty for profile and survey items.
        reversed: a high value on the scale means low integrity.
        prevalence: also reported as a share: seen, heard or experienced.
        required: may not be left out when it applies.
    """

    code: str
    text: Text
    options: tuple[Option, ...]
    dimension: str = ""
    reversed: bool = False
    prevalence: bool = False
    required: bool = True
    only_if: Condition | None = None

    @property
    def scored_values(self) -> tuple[int, ...]:
        """The numbers on the scale, lowest first; empty where the item is not scored."""
        if not self.dimension:
            return ()
        return tuple(sorted(int(option.value) for option in self.options if not option.missing))

    def applies(self, answers: Mapping[str, str]) -> bool:
        """Return whether the item is asked, given the answers before it."""
        return self.only_if is None or self.only_if.holds(answers)


@dataclass(frozen=True, slots=True)
class Section:
    """Items shown together on one screen."""

    code: str
    title: Text
    intro: Text | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A version of a questionnaire for one respondent group, immutable once in the field."""

    code: str
    group: str
    version: str
    title: Text
    minutes: int
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in the order of asking."""
        return tuple(item for section in self.sections for item in section.items)

    def to_json(self) -> dict[str, object]:
        """Return the questionnaire as plain data, as the browser reads it."""
        return {
            "code": self.code,
            "group": self.group,
            "version": self.version,
            "title": dict(self.title),
            "minutes": self.minutes,
            "sections": [_section_json(section) for section in self.sections],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form: the name of exactly this version, 64 characters."""
        return digest_of(self.to_json())


def _section_json(section: Section) -> dict[str, object]:
    return {
        "code": section.code,
        "title": dict(section.title),
        "intro": dict(section.intro) if section.intro else None,
        "items": [_item_json(item) for item in section.items],
    }


def _item_json(item: Item) -> dict[str, object]:
    condition = item.only_if
    return {
        "code": item.code,
        "text": dict(item.text),
        "options": [
            {"value": option.value, "label": dict(option.label), "missing": option.missing}
            for option in item.options
        ],
        "dimension": item.dimension,
        "reversed": item.reversed,
        "prevalence": item.prevalence,
        "required": item.required,
        "only_if": {"item": condition.item, "values": list(condition.values)}
        if condition
        else None,
    }

"""The shared list of what public services are about, by which agencies are compared.

The list stands in ``service_categories.toml`` beside this module. It is public, has a version, and
is the same for lists, booth, results and reports.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files

PREFIX = "category:"  # before the code, where a category stands in the place of a service area


@dataclass(frozen=True, slots=True)
class ServiceCategory:
    """A kind of public service, for example licensing.

    Attributes:
        code: lower-case letters and hyphens; never changes its meaning.
        name: by language, ``id`` and ``en``.
    """

    code: str
    name: dict[str, str]

    @property
    def label(self) -> str:
        """What stands in the place of a service area where only the category is known."""
        return f"{PREFIX}{self.code}"


_CONTENT = tomllib.loads(files("espi").joinpath("service_categories.toml").read_text("utf-8"))
VERSION: str = _CONTENT["version"]
CATEGORIES: dict[str, ServiceCategory] = {
    code: ServiceCategory(code, dict(name)) for code, name in _CONTENT["category"].items()
}
PERSONNEL, OTHER = CATEGORIES["personnel"], CATEGORIES["other"]


def category_of_label(label: str) -> ServiceCategory | None:
    """Return the category that ``category:<code>`` names; None for anything else."""
    prefix, code = label[: len(PREFIX)], label[len(PREFIX) :]
    return CATEGORIES.get(code) if prefix == PREFIX else None

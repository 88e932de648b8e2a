"""``roots.json``: the commitment to lists, units and rule, made before the seed is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from espi.draw import canonical
from espi.draw.commitment import draw_root, list_root
from espi.draw.errors import FileFaulty
from espi.method.sampling.planning import Rule, StratumCount

NAME, FORMAT = "roots.json", "espi/v1/roots"
HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A person of the frame, as the draw knows people.

    Attributes:
        leaf: list leaf, 32 bytes.
        unit: unit id, 32 bytes.
    """

    stratum: str
    leaf: bytes
    unit: bytes


@dataclass(frozen=True, slots=True)
class AgencyRoots:
    """The two roots of an agency, and how many people each of its strata has."""

    agency: str
    list_root: str
    draw_root: str
    strata: tuple[StratumCount, ...]

    @property
    def eligible(self) -> int:
        """How many people of the agency can be drawn."""
        return sum(count.eligible for count in self.strata)

    def plain(self) -> canonical.Json:
        """Return the roots as they are published."""
        return {
            "agency": self.agency,
            "list_root": self.list_root,
            "draw_root": self.draw_root,
            "strata": [
                {"stratum": count.code, "group": count.group, "eligible": count.eligible}
                for count in self.strata
            ],
        }


@dataclass(frozen=True, slots=True)
class Roots:
    """Everything that is fixed before the seed: lists, units, counts and the rule of the draw."""

    wave: str
    committed_on: str
    rule: Rule
    agencies: tuple[AgencyRoots, ...]

    def counts(self) -> list[StratumCount]:
        """Return the people of every stratum."""
        return [count for agency in self.agencies for count in agency.strata]

    def content(self) -> bytes:
        """Return ``roots.json``."""
        return canonical.document(
            {
                "format": FORMAT,
                "wave": self.wave,
                "committed_on": self.committed_on,
                "rule": plain_rule(self.rule),
                "agencies": [agency.plain() for agency in self.agencies],
            }
        )

    @property
    def digest(self) -> str:
        """What an observer notes before the seed: SHA-256 of ``roots.json``."""
        return canonical.digest(self.content())


def roots_of(agency: str, strata: Iterable[tuple[str, str]], units: list[Unit]) -> AgencyRoots:
    """Return the roots of an agency.

    Args:
        agency: code of the agency.
        strata: code and group of each of its strata.
        units: its people.
    """
    sizes: dict[str, int] = {}
    for unit in units:
        sizes[unit.stratum] = sizes.get(unit.stratum, 0) + 1
    return AgencyRoots(
        agency,
        list_root([unit.leaf for unit in units]),
        draw_root((unit.unit, unit.stratum) for unit in units),
        tuple(
            StratumCount(code, agency, group, sizes.get(code, 0)) for code, group in sorted(strata)
        ),
    )


def plain_rule(rule: Rule) -> canonical.Json:
    """Return the rule of the draw as it is published."""
    plain: dict[str, object] = {
        "margin_of_error": rule.margin_of_error,
        "expected_response": dict(rule.expected_response),
        "minimum_cell": rule.minimum_cell,
        "exponent": rule.exponent,
    }
    if rule.margins:  # rules of earlier waves do not have it, and keep their bytes
        plain["margins"] = dict(rule.margins)
    return plain


def read_roots(content: bytes) -> Roots:
    """Return the commitment in a ``roots.json``.

    Raises:
        FileFaulty: it is not in its canonical form, or has content that is impossible.
    """
    document = canonical.read_document(NAME, content)
    try:
        roots = Roots(
            str(document["wave"]),
            str(document["committed_on"]),
            _rule(canonical.as_object(document["rule"])),
            tuple(_agency(agency) for agency in canonical.as_objects(document["agencies"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileFaulty(NAME, f"its content is not that of roots ({error!r})") from None
    if document.get("format") != FORMAT or roots.content() != content:
        raise FileFaulty(NAME, "it has more or other content than roots have")
    if not canonical.is_day(roots.committed_on):
        raise FileFaulty(NAME, "committed_on is no day")
    if {count.group for count in roots.counts()} - set(roots.rule.expected_response):
        raise FileFaulty(NAME, "its rule lacks the expected response of a group")
    codes = [agency.agency for agency in roots.agencies]
    strata = [count.code for count in roots.counts()]
    if codes != sorted(set(codes)) or len(strata) != len(set(strata)):
        raise FileFaulty(NAME, "agencies are not sorted, or an agency or a stratum is repeated")
    return roots


def _rule(fields: canonical.Json) -> Rule:
    expected = canonical.as_object(fields["expected_response"])
    response = {str(group): _share(share) for group, share in expected.items()}
    least = fields["minimum_cell"]
    if type(least) is not int or least < 1:
        raise ValueError(f"minimum_cell {least!r}")
    exponent = fields["exponent"]
    if type(exponent) is not float or not 0 <= exponent <= 1:
        raise ValueError(f"exponent {exponent!r}")
    own = canonical.as_object(fields.get("margins", {}))
    margins = {str(agency): _share(margin) for agency, margin in own.items()}
    return Rule(_share(fields["margin_of_error"]), response, least, exponent, margins)


def _share(value: object) -> float:
    if type(value) is not float or not 0 < value <= 1:
        raise ValueError(f"{value!r} is not a share")
    return value


def _agency(fields: canonical.Json) -> AgencyRoots:
    code = str(fields["agency"])
    strata = []
    for stratum in canonical.as_objects(fields["strata"]):
        eligible = stratum["eligible"]
        if type(eligible) is not int or eligible < 0:
            raise ValueError(f"eligible {eligible!r}")
        strata.append(StratumCount(str(stratum["stratum"]), code, str(stratum["group"]), eligible))
    return AgencyRoots(
        code, read_hex(fields["list_root"]), read_hex(fields["draw_root"]), tuple(strata)
    )


def read_hex(value: object) -> str:
    """Return 32 bytes in hexadecimal.

    Raises:
        ValueError: it is anything else.
    """
    if not isinstance(value, str) or not HEX.fullmatch(value):
        raise ValueError(f"{value!r} is not 64 hexadecimal digits")
    return value

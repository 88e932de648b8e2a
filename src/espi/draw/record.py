"""``draw.json``: the seed and its origin, the plan, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from espi.draw import canonical
from espi.draw.commitment import units_digest
from espi.draw.dice import Throw, are_throws, enough, seed_of
from espi.draw.errors import DoesNotFit, FileFaulty
from espi.draw.roots import NAME as ROOTS
from espi.draw.roots import Roots, plain_rule
from espi.method.sampling.planning import StratumPlan, plan
from espi.method.sampling.selection import select

NAME, FORMAT = "draw.json", "espi/v1/draw"
DICE, VALUE = "dice", "value"
FIELDS = {"format", "wave", "root", "rule", "seed", "ceremony", "drawn_on", "strata"}

Frame = Mapping[str, Sequence[str]]  # unit ids in hexadecimal, by stratum


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Where a seed comes from: dice thrown by people, or a public value.

    Attributes:
        throws: the contributions in their order; none for a public value.
        source: what the public value is.
        drawn_on: day of the draw.
    """

    seed: str
    throws: tuple[Throw, ...]
    source: str
    drawn_on: str

    def plain(self) -> canonical.Json:
        """Return the origin of the seed as it is published."""
        if self.throws:
            return {"kind": DICE, "throws": [throw.plain() for throw in self.throws]}
        return {"kind": VALUE, "source": self.source}


def draw_stratum(frame: Frame, seed: str, row: StratumPlan) -> list[str]:
    """Return the unit ids drawn from a stratum and the strata joined in it."""
    units = [unit for member in row.members for unit in frame.get(member, ())]
    return select(units, seed, row.invited)


def plan_of(roots: Roots) -> list[StratumPlan]:
    """Return the plan that the committed counts and the committed rule give.

    Raises:
        FileFaulty: the rule asks for what cannot be computed.
    """
    try:
        return plan(roots.counts(), roots.rule)
    except ArithmeticError as error:
        raise FileFaulty(ROOTS, f"its rule gives no plan ({error})") from None


def content(roots: Roots, frame: Frame, ceremony: Ceremony) -> bytes:
    """Return ``draw.json``, computed anew from the frame and the seed."""
    rows = [
        {**row.plain(), "drawn": units_digest(draw_stratum(frame, ceremony.seed, row))}
        for row in plan_of(roots)
    ]
    return canonical.document(
        {
            "format": FORMAT,
            "wave": roots.wave,
            "root": roots.digest,
            "rule": plain_rule(roots.rule),
            "seed": ceremony.seed,
            "ceremony": ceremony.plain(),
            "drawn_on": ceremony.drawn_on,
            "strata": rows,
        }
    )


def check_record(published: bytes, roots: Roots, frame: Frame) -> Ceremony:
    """Replay the draw, compare the result with a published ``draw.json``, return its ceremony.

    Raises:
        FileFaulty: the file is not that of a draw.
        DoesNotFit: the replay gives another seed, plan or sample.
    """
    record = canonical.read_document(NAME, published)
    if (
        set(record) != FIELDS
        or record["format"] != FORMAT
        or not isinstance(record["strata"], list)
    ):
        raise FileFaulty(NAME, "its content is not that of a draw")
    ceremony = _ceremony(record)
    if not canonical.is_day(ceremony.drawn_on) or ceremony.drawn_on < roots.committed_on:
        raise DoesNotFit(f"{NAME}: drawn_on is no day, or one before the commitment")
    computed = content(roots, frame, ceremony)
    if computed != published:
        raise DoesNotFit(_difference(record, canonical.read_document(NAME, computed)))
    return ceremony


def _ceremony(record: canonical.Json) -> Ceremony:
    try:
        origin = canonical.as_object(record["ceremony"])
        kind, seed = origin["kind"], str(record["seed"])
        throws = tuple(
            Throw(str(throw["by"]), str(throw["throws"]))
            for throw in canonical.as_objects(origin.get("throws", []))
        )
        source = "" if throws else str(origin["source"])
    except (KeyError, TypeError):
        raise FileFaulty(NAME, "its ceremony cannot be read") from None
    if (kind == DICE) != bool(throws) or not seed:
        raise FileFaulty(NAME, "its ceremony cannot be read")
    if throws:
        if not enough(throws) or not all(are_throws(throw.throws) for throw in throws):
            raise FileFaulty(NAME, "its dice are not 20 throws each of two people")
        if seed_of(throws) != seed:
            raise DoesNotFit(f"{NAME}: the seed is not the one that the dice give")
    return Ceremony(seed, throws, source, str(record["drawn_on"]))


def _difference(published: canonical.Json, computed: canonical.Json) -> str:
    """Return in words the first field in which a published record differs from the replay."""
    for name in ("wave", "root", "rule", "seed", "ceremony", "drawn_on"):
        if published[name] != computed[name]:
            return f"{NAME}: {name} does not fit roots.json or the rest of the file"
    rows, replayed = published["strata"], canonical.as_objects(computed["strata"])
    for row, right in zip(rows if isinstance(rows, list) else [], replayed, strict=False):
        for field in right:
            if not isinstance(row, dict) or row.get(field) != right[field]:
                return (
                    f"{NAME}: stratum {right['stratum']}: {field} is not what the frame and "
                    "the seed give"
                )
    return f"{NAME}: the strata are not those that the frame and the rule give"

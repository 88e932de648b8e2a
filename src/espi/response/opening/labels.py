"""Joins the labels of opened answers until every combination of them is shared by ten records.

A record carries labels that others may know of a person: group, channel, agency, stratum, service
area, how the answers were given, and the profile. One label alone may be common and still single a
person out together with another. So the records are divided label by label, in a fixed order, and a
value is kept only where every class stays at the minimum or above:

1. a questionnaire of a group and channel with fewer records than the minimum is left out;
2. an agency with fewer of a group and channel is not named; if those not named are still too few
   together, they are left out, because naming one agency less would cost that agency its index;
3. strata of an agency, group and channel are joined by their weights (``join_by_weight``);
4. service areas (units, where a wave has no register) of which most records stand where they are
   too few are joined to their category, or not named; the few of other areas lose the label in that
   stratum alone, with some records of the largest areas there, so that they are enough (``areas``);
5. the mode, then each unscored answer in the order of the questionnaires: within each class that
   the labels before have made, values are withheld, smallest first, until those withheld are none
   or enough.

The order keeps what estimation needs (agency, stratum, area) and gives up what nobody weights by.
``docs/decisions/0054-labels-at-the-opening.md`` says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from espi.instrument.model import Instrument
from espi.method.disclosure.joining import Part, join_by_weight
from espi.response.opening.areas import NO_AREA, JoinedArea, Register, name_areas, with_areas
from espi.response.opening.facts import WaveFacts

WITHHELD = NO_AREA  # in place of a value that is withheld; as an area also: none is known
ROOT = ("group", "channel", "instrument")
NOT_ASKED = "\0"  # in place of null while values are compared; no option is spelled like this

Class = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Records whose labels are shared by enough others in every combination.

    Attributes:
        frame: the records, with ``channel``.
        merged: strata that were joined to another, and the stratum whose name their records carry.
        few: agency, group and channel that had answers, but too few to be named.
        joined_areas: areas of the register whose records carry their category, or no area.
        unnamed_areas: how many areas and units lost their name, in every agency, group, channel.
        unnamed: records whose agency is not named.
        left_out: records that are not in the frame at all.
        withheld: per label, in how many records it is withheld.
    """

    frame: pl.DataFrame
    merged: Mapping[str, str]
    few: Sequence[tuple[str, str, str]]
    joined_areas: Sequence[JoinedArea]
    unnamed_areas: int
    unnamed: int
    left_out: int
    withheld: Mapping[str, int]


def join_labels(records: pl.DataFrame, facts: WaveFacts) -> Labelled:
    """Return the records with labels of which every combination has enough records.

    Args:
        records: with the columns of ``schema_of``; labels as they were sealed.
        facts: of the wave.
    """
    channels = {code: stratum.channel for code, stratum in facts.strata.items()}
    channel = pl.col("stratum").replace_strict(channels, return_dtype=pl.String)
    register = Register(facts.services)
    whole = with_areas(records, register).with_columns(channel=channel)
    named, few = _without_small_agencies(whole, facts.minimum)
    merged = _merged(named, facts)
    frame = named.with_columns(pl.col("stratum").replace(merged))
    areas = name_areas(frame, register, facts.minimum)
    attributes = ["mode", *unscored(facts.instruments)]
    frame = _without_rare_values(areas.frame, attributes, facts.minimum)
    frame = _without_traces_of_routing(frame, facts.instruments)
    withheld = {
        name: count
        for name in attributes
        if (count := frame.select((pl.col(name) == WITHHELD).sum()).item())
    }
    return Labelled(
        frame=frame.sort("record"),
        merged=merged,
        few=few,
        joined_areas=areas.joined,
        unnamed_areas=areas.unnamed,
        unnamed=frame.filter(pl.col("agency") == WITHHELD).height,
        left_out=whole.height - frame.height,
        withheld=withheld,
    )


def unscored(instruments: Iterable[Instrument]) -> list[str]:
    """Return the columns of unscored answers: profile, and how the survey was answered."""
    items = (item for sheet in instruments for item in sheet.items)
    return list(dict.fromkeys(f"c.{item.code}" for item in items if not item.dimension))


def routed(instruments: Iterable[Instrument]) -> dict[str, str]:
    """Return scored items that only some are asked, depending on their answer to an unscored one.

    Whether such an item applied (``n.<item>``) shows the unscored answer, so it counts as a label.

    Returns:
        Item code, and the column of the unscored answer.
    """
    parents = {}
    for sheet in instruments:
        scored = {item.code: bool(item.dimension) for item in sheet.items}
        for item in sheet.items:
            if item.dimension and item.only_if and not scored[item.only_if.item]:
                parents[item.code] = f"c.{item.only_if.item}"
    return parents


def _without_small_agencies(
    whole: pl.DataFrame, minimum: int
) -> tuple[pl.DataFrame, list[tuple[str, str, str]]]:
    """Leave out questionnaires with too few records; take the names of small agencies away."""
    size = pl.len().over(*ROOT)
    frame = whole.filter(size >= minimum)
    small = pl.len().over(*ROOT, "agency") < minimum
    frame = frame.with_columns(small=small)
    pooled = pl.col("small").sum().over(*ROOT)
    frame = frame.filter(~pl.col("small") | (pooled >= minimum))
    unnamed = [
        pl.when("small").then(pl.lit(WITHHELD)).otherwise(pl.col(name)).alias(name)
        for name in ("agency", "stratum", "area")
    ]
    frame = frame.with_columns(unnamed).drop("small")
    key = ("agency", "group", "channel")
    named = set(frame.select(key).unique().iter_rows())
    few = sorted(set(whole.select(key).unique().iter_rows()) - named)
    return frame, few


def _merged(frame: pl.DataFrame, facts: WaveFacts) -> dict[str, str]:
    """Return the strata that are joined to others, each with the one whose name it takes."""
    sheets = sorted(frame["instrument"].unique())
    counts: dict[Class, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    named = frame.filter(pl.col("agency") != WITHHELD)
    keys = ("agency", "group", "channel", "stratum", "instrument")
    for agency, group, channel, stratum, sheet, n in named.group_by(keys).len().iter_rows():
        counts[agency, group, channel][stratum][sheet] = n
    merged: dict[str, str] = {}
    for labels in sorted(counts):
        parts = [
            Part(
                code,
                facts.strata[code].population,
                tuple(by_sheet.get(sheet, 0) for sheet in sheets),
            )
            for code, by_sheet in counts[labels].items()
        ]
        for block in join_by_weight(parts, facts.minimum):
            merged |= {part.code: block[0].code for part in block[1:]}
    return merged


def _without_rare_values(
    frame: pl.DataFrame, attributes: Sequence[str], minimum: int
) -> pl.DataFrame:
    """Withhold, attribute by attribute, what would make a class smaller than the minimum."""
    fixed = [*ROOT, "agency", "stratum", "area"]
    frame = _classed(frame.with_columns(cell=pl.lit(0)), fixed)
    for name in attributes:
        frame = frame.with_columns(pl.col(name).fill_null(NOT_ASKED))
        sizes: dict[int, dict[str, int]] = defaultdict(dict)
        for cell, value, n in frame.group_by("cell", name).len().iter_rows():
            sizes[cell][value] = n
        gone = [(cell, value) for cell, n in sizes.items() for value in _rare(n, minimum)]
        listed = pl.DataFrame(gone, {"cell": pl.Int64, name: pl.String}, orient="row")
        marked = frame.join(listed.with_columns(gone=True), on=["cell", name], how="left")
        value = pl.when(pl.col("gone").is_null()).then(name).otherwise(pl.lit(WITHHELD))
        frame = _classed(marked.with_columns(value.alias(name)).drop("gone"), [name])
        frame = frame.with_columns(
            pl.when(pl.col(name) == NOT_ASKED).then(None).otherwise(name).alias(name)
        )
    return frame.drop("cell")


def _classed(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the frame with its classes divided further by the columns ``names``."""
    keys = ["cell", *names]
    kinds = frame.select(keys).unique().sort(keys).with_row_index("next")
    divided = frame.join(kinds, on=keys, how="left").drop("cell")
    return divided.rename({"next": "cell"}).with_columns(pl.col("cell").cast(pl.Int64))


def _rare(sizes: Mapping[str, int], minimum: int) -> list[str]:
    """Return the values that are withheld: smallest first, until they are none or enough."""
    gone, together = [], 0
    for value in sorted(sizes, key=lambda value: (sizes[value], value)):
        if sizes[value] < minimum or 0 < together < minimum:
            gone.append(value)
            together += sizes[value]
    return gone


def _without_traces_of_routing(
    frame: pl.DataFrame, instruments: Iterable[Instrument]
) -> pl.DataFrame:
    """Withhold whether an item applied, where that would show a withheld answer."""
    changes = []
    for code, parent in routed(instruments).items():
        hidden = pl.col(parent) == WITHHELD
        changes += [
            pl.when(hidden).then(None).otherwise(pl.col(f"a.{code}")).alias(f"a.{code}"),
            (hidden.fill_null(value=False) | pl.col(f"n.{code}")).alias(f"n.{code}"),
        ]
    return frame.with_columns(changes)

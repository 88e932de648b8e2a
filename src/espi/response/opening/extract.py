"""The file of opened records, and what may be published about how its labels were joined."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from espi.method.disclosure.cells import shown_count
from espi.response.opening.effect import Effect, effect_of
from espi.response.opening.facts import WaveFacts
from espi.response.opening.inspection import Inspected, inspect
from espi.response.opening.labels import WITHHELD, Labelled, join_labels, routed

RULE = 3  # version of the joining of labels; 1 looked at strata and units alone, 2 kept units


@dataclass(frozen=True, slots=True)
class Extract:
    """The records as they leave the seal.

    Attributes:
        content: a Parquet file.
        records: how many were opened, including those that are left out of the file.
        counts: records by group, mode and channel, as they may be published.
    """

    content: bytes
    records: int
    minimum: int
    labelled: Labelled
    effect: Effect
    inspected: Inspected
    counts: Mapping[str, Mapping[str, str | int]]

    @property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        return sha256(self.content).hexdigest()

    def lines(self) -> list[str]:
        """Return the transcript's lines about labels: counts, and no name of anything small."""
        labelled, inspected = self.labelled, self.inspected
        into = len(set(labelled.merged.values()))
        agencies = (
            f"Cases of an agency, group and channel too small to be named: {len(labelled.few)}; "
            f"{self._shown(labelled.unnamed)} records leave without the name of their agency, "
            f"{self._shown(labelled.left_out)} are left out."
        )
        lines = [
            f"Strata joined for being small: {len(labelled.merged)}, to {into} others.",
            self._areas(),
            agencies,
        ]
        if labelled.withheld:
            names = ", ".join(f"{k} in {self._shown(n)}" for k, n in labelled.withheld.items())
            lines.append(f"Withheld, so that nobody stands alone: {names} records.")
        lines.append(
            f"Every combination of {', '.join(inspected.labels)} was counted in the finished "
            f"file: {inspected.combinations}, the rarest with {inspected.smallest} records; "
            f"{self.minimum} are required."
        )
        return [*lines, self._effect()]

    def _areas(self) -> str:
        to_category = sum(area.into != WITHHELD for area in self.labelled.joined_areas)
        return (
            "Service areas and units that lost their name for being small: "
            f"{self.labelled.unnamed_areas}; {to_category} of them are joined to their category."
        )

    def _effect(self) -> str:
        if self.effect.unknown:
            return f"How far joining moves the components is not known: {self.effect.unknown}."
        """Return the line of the transcript about components."""
        bounds = [
            bound for groups in (self.effect.bounds or {}).values() for bound in groups.values()
        ]
        return (
            f"Joining strata moves no component of any agency by more than {max(bounds)} points."
            if bounds
            else "Joining strata moves no component of any agency."
        )

    def report(self) -> dict[str, object]:
        """Return what the response bank keeps about the labels."""
        labelled = self.labelled
        return {
            "rule": RULE,
            "merged": dict(labelled.merged),
            "few": [list(labels) for labels in labelled.few],
            "unnamed": self._shown(labelled.unnamed),
            "left_out": self._shown(labelled.left_out),
            "units": labelled.unnamed_areas,
            "joined_areas": [area.to_json() for area in labelled.joined_areas],
            "withheld": {name: self._shown(n) for name, n in labelled.withheld.items()},
            "labels": list(self.inspected.labels),
            "smallest": self.inspected.smallest,
            "joining": self.effect.bounds,
            **{name: dict(counts) for name, counts in self.counts.items()},
        }

    def _shown(self, count: int) -> str:
        return shown_count(count, self.minimum)


def extract_of(records: pl.DataFrame, facts: WaveFacts) -> Extract:
    """Return the records as a file in which no combination of labels is rare.

    Args:
        records: all that were opened, planted ones left out, with the labels that were sealed.
        facts: of the wave.

    Raises:
        NamesPeople: a combination of labels in the finished file is too rare; the joining has a
            fault then.
    """
    labelled = join_labels(records, facts)
    out = io.BytesIO()
    labelled.frame.write_parquet(out)
    content = out.getvalue()
    inspected = inspect(content, facts.minimum, routed(facts.instruments))
    channels = {code: stratum.channel for code, stratum in facts.strata.items()}
    counted = {
        "answers": Counter(records["group"]),
        "modes": Counter(records["mode"]),
        "channels": Counter(channels[code] for code in records["stratum"]),
    }
    return Extract(
        content=content,
        records=records.height,
        minimum=facts.minimum,
        labelled=labelled,
        effect=effect_of(records, labelled, facts),
        inspected=inspected,
        counts={name: counts_shown(counts, facts.minimum) for name, counts in counted.items()},
    )


def counts_shown(counts: Mapping[str, int], minimum: int) -> dict[str, str | int]:
    """Return counts of which no small one can be derived, not even from their known total.

    A count below the minimum is shown as "<10". Where all that are hidden so are together fewer
    than the minimum, the next smallest is hidden too, as "10+": else total minus the counts shown
    would be a small count.
    """
    shown: dict[str, str | int] = {}
    hidden = 0
    for name in sorted(counts, key=lambda name: (counts[name], name)):
        count = counts[name]
        if count < minimum:
            shown[name] = shown_count(count, minimum)
        elif 0 < hidden < minimum:
            shown[name] = f"{minimum}+"
        else:
            shown[name] = count
            continue
        hidden += count
    return dict(sorted(shown.items()))

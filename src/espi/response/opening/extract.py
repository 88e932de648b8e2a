"""The file that leaves the seal, and what may be said of how it was made."""

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
from espi.response.opening.labels import Labelled, join_labels, routed

RULE = 2  # of the labels; 1 looked at strata and units, each alone


@dataclass(frozen=True, slots=True)
class Extract:
    """The records as they leave the seal.

    Attributes:
        content: a Parquet file.
        records: how many were opened, with those that are left out of the file.
        counts: records by group, mode and channel, as they may be told.
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
        """Return what the transcript says of the labels: counts, and no name of anything small."""
        labelled, inspected = self.labelled, self.inspected
        into = len(set(labelled.merged.values()))
        agencies = (
            f"Cases of an agency, group and channel too small to be named: {len(labelled.few)}; "
            f"{self._shown(labelled.unnamed)} records leave without the name of their agency, "
            f"{self._shown(labelled.left_out)} are left out."
        )
        lines = [
            f"Strata joined for being small: {len(labelled.merged)}, to {into} others.",
            f"Units that lost their name for being small: {labelled.unnamed_units}.",
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

    def _effect(self) -> str:
        if self.effect.unknown:
            return f"How far joining moves the components is not known: {self.effect.unknown}."
        bounds = [bound for of in (self.effect.bounds or {}).values() for bound in of.values()]
        return (
            f"Joining strata moves no component of any agency by more than {max(bounds)} points."
            if bounds
            else "Joining strata moves no component of any agency."
        )

    def report(self) -> dict[str, object]:
        """Return what the bank of the answers keeps of the labels."""
        labelled = self.labelled
        return {
            "rule": RULE,
            "merged": dict(labelled.merged),
            "few": [list(place) for place in labelled.few],
            "unnamed": self._shown(labelled.unnamed),
            "left_out": self._shown(labelled.left_out),
            "units": labelled.unnamed_units,
            "withheld": {name: self._shown(n) for name, n in labelled.withheld.items()},
            "labels": list(self.inspected.labels),
            "smallest": self.inspected.smallest,
            "joining": self.effect.bounds,
            **{name: dict(of) for name, of in self.counts.items()},
        }

    def _shown(self, count: int) -> str:
        return shown_count(count, self.minimum)


def extract_of(records: pl.DataFrame, facts: WaveFacts) -> Extract:
    """Return the file that may leave the seal.

    Args:
        records: all that were opened, planted ones left out, with the labels that were sealed.
        facts: of the wave.

    Raises:
        NamesPeople: a combination of labels in the finished file is too rare. It never should be.
    """
    labelled = join_labels(records, facts)
    out = io.BytesIO()
    labelled.frame.write_parquet(out)
    content = out.getvalue()
    inspected = inspect(content, facts.minimum, routed(facts.instruments))
    channels = {code: place.channel for code, place in facts.strata.items()}
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
        counts={name: counts_shown(of, facts.minimum) for name, of in counted.items()},
    )


def counts_shown(counts: Mapping[str, int], minimum: int) -> dict[str, str | int]:
    """Return counts of which no small one follows, neither directly nor from their known total.

    Where the counts that are only told as small are fewer than the minimum together, the next
    smallest is told as no more than being enough.
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

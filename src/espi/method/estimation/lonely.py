"""The rules for a stratum of a single sampled unit, which has no variance (docs/method, M9)."""

from __future__ import annotations

from enum import StrEnum


class Lonely(StrEnum):
    """The rule for lonely strata; refusing is the default everywhere.

    Attributes:
        FAIL: refuse, with the strata named.
        CERTAINTY: the stratum adds nothing, as one taken whole (R: ``certainty``, ``remove``).
        ADJUST: its unit is centred on the mean of all rather than on itself (R: ``adjust``).
        AVERAGE: it adds what the other strata of the domain add on average (R: ``average``).
    """

    FAIL = "fail"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"

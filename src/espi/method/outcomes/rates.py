"""Response rates after AAPOR, from final dispositions (M17).

Source: AAPOR, Standard Definitions, 10th edition (2023), section "Response rates".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Cases by their fate, each 0 or more.

    Attributes:
        complete: I.
        partial: P.
        refusal: R, refusals and break-offs.
        non_contact: NC, never reached.
        other: O, reached and not able.
        unknown: UH + UO, eligibility not known.
    """

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        """All cases known to be eligible."""
        return self.complete + self.partial + self.refusal + self.non_contact + self.other


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def rr1(cases: Dispositions) -> float | None:
    """Return I / (all, unknown included), 0–1; nothing where there are no cases."""
    return _share(cases.complete, cases.known + cases.unknown)


def rr2(cases: Dispositions) -> float | None:
    """Return (I + P) / (all, unknown included), 0–1."""
    return _share(cases.complete + cases.partial, cases.known + cases.unknown)


def rr3(cases: Dispositions, eligible_share: float) -> float | None:
    """Return RR1 with the unknown multiplied by the share assumed eligible, 0–1."""
    return _share(cases.complete, cases.known + eligible_share * cases.unknown)


def rr5(cases: Dispositions) -> float | None:
    """Return RR1 without the unknown, 0–1."""
    return _share(cases.complete, cases.known)

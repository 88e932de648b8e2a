"""Outcome rates after AAPOR, from final dispositions (docs/method, M17).

Source: AAPOR, Standard Definitions, 10th edition (2023), sections on response, cooperation,
refusal and contact rates.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Numbers of cases by their final disposition, each 0 or more.

    Attributes:
        complete: I.
        partial: P.
        refusal: R, refusals and break-offs.
        non_contact: NC, never reached.
        other: O, reached and not able.
        unknown: UH + UO, eligibility not known.
        not_eligible: NE, found not to belong to the population.
    """

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown: int = 0
    not_eligible: int = 0

    @property
    def known_eligible(self) -> int:
        """All cases known to be eligible."""
        return self.complete + self.partial + self.refusal + self.non_contact + self.other

    @property
    def interviewed(self) -> int:
        """I + P."""
        return self.complete + self.partial

    @property
    def contacted(self) -> int:
        """All eligible cases that were reached."""
        return self.interviewed + self.refusal + self.other


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def eligible_share(cases: Dispositions) -> float:
    """Return e, the eligible among the cases whose eligibility is known, 0–1.

    One where no case is known: RR3 and RR4 are then RR1 and RR2, the lowest possible.
    """
    share = _share(cases.known_eligible, cases.known_eligible + cases.not_eligible)
    return 1.0 if share is None else share


def rr1(cases: Dispositions) -> float | None:
    """Return I / (all, unknown included), 0–1; nothing where there are no cases."""
    return _share(cases.complete, cases.known_eligible + cases.unknown)


def rr2(cases: Dispositions) -> float | None:
    """Return (I + P) / (all, unknown included), 0–1."""
    return _share(cases.interviewed, cases.known_eligible + cases.unknown)


def rr3(cases: Dispositions, e: float) -> float | None:
    """Return RR1 with the unknown multiplied by the share ``e`` assumed eligible, 0–1."""
    return _share(cases.complete, cases.known_eligible + e * cases.unknown)


def rr4(cases: Dispositions, e: float) -> float | None:
    """Return RR2 with the unknown multiplied by the share ``e`` assumed eligible, 0–1."""
    return _share(cases.interviewed, cases.known_eligible + e * cases.unknown)


def rr5(cases: Dispositions) -> float | None:
    """Return RR1 without the unknown, 0–1."""
    return _share(cases.complete, cases.known_eligible)


def rr6(cases: Dispositions) -> float | None:
    """Return RR2 without the unknown, 0–1."""
    return _share(cases.interviewed, cases.known_eligible)


def coop1(cases: Dispositions) -> float | None:
    """Return I / all contacted, 0–1."""
    return _share(cases.complete, cases.contacted)


def coop2(cases: Dispositions) -> float | None:
    """Return (I + P) / all contacted, 0–1."""
    return _share(cases.interviewed, cases.contacted)


def coop3(cases: Dispositions) -> float | None:
    """Return I / the contacted who were able, 0–1."""
    return _share(cases.complete, cases.interviewed + cases.refusal)


def coop4(cases: Dispositions) -> float | None:
    """Return (I + P) / the contacted who were able, 0–1."""
    return _share(cases.interviewed, cases.interviewed + cases.refusal)


def ref1(cases: Dispositions) -> float | None:
    """Return R / (all, unknown included), 0–1."""
    return _share(cases.refusal, cases.known_eligible + cases.unknown)


def ref2(cases: Dispositions, e: float) -> float | None:
    """Return REF1 with the unknown multiplied by the share ``e`` assumed eligible, 0–1."""
    return _share(cases.refusal, cases.known_eligible + e * cases.unknown)


def ref3(cases: Dispositions) -> float | None:
    """Return REF1 without the unknown, 0–1."""
    return _share(cases.refusal, cases.known_eligible)


def con1(cases: Dispositions) -> float | None:
    """Return all contacted / (all, unknown included), 0–1."""
    return _share(cases.contacted, cases.known_eligible + cases.unknown)


def con2(cases: Dispositions, e: float) -> float | None:
    """Return CON1 with the unknown multiplied by the share ``e`` assumed eligible, 0–1."""
    return _share(cases.contacted, cases.known_eligible + e * cases.unknown)


def con3(cases: Dispositions) -> float | None:
    """Return CON1 without the unknown, 0–1."""
    return _share(cases.contacted, cases.known_eligible)

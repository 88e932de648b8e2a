"""What can be wrong with a questionnaire."""

from __future__ import annotations


class InstrumentFaulty(ValueError):
    """A questionnaire cannot be used; the message names every fault and its place."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__(f"{source}: " + "; ".join(faults))
        self.faults = faults

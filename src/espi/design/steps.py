"""The steps of a wave, as a bank's first page shows them: what is done, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from espi.design.models import Wave
from espi.platform.navigation import address_in_wave


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a wave.

    Attributes:
        what: what is to be done, half a sentence in the language of the page.
        who: whose step it is.
        done: whether it has been done.
        view: name of the page on which it is done; empty where it is done by command.
        commands: what to type, one command each; empty where a page does it.
        detail: how far it has come, such as "31 of 36"; may be empty.
        waits: whether it is the one for which the wave waits.
    """

    what: str
    who: str
    done: bool
    view: str = ""
    commands: tuple[str, ...] = ()
    detail: str = ""
    waits: bool = False

    def page(self, wave: Wave) -> str:
        """Return the address of the page on which it is done; empty where there is none."""
        return address_in_wave(self.view, wave.code) if self.view else ""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step of a wave, with the address of its page; empty where there is none."""

    step: Step
    page: str


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return the steps with a mark at the first that is not done: for that one the wave waits."""
    ordered = list(steps)
    first = next((number for number, step in enumerate(ordered) if not step.done), -1)
    return [replace(step, waits=number == first) for number, step in enumerate(ordered)]


def shown(steps: Iterable[Step], wave: Wave) -> list[ShownStep]:
    """Return the steps with the addresses of their pages."""
    return [ShownStep(step, step.page(wave)) for step in steps]

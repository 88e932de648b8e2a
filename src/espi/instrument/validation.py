"""Whether answers fit a questionnaire; the browser's twin gives the same result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from espi.instrument.model import Instrument


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers as far as they are valid.

    Attributes:
        answers: value per item code, only items that apply.
        unanswered: codes of required items that apply and have no answer.
        unknown: codes or values that the questionnaire does not have.
    """

    answers: dict[str, str]
    unanswered: tuple[str, ...]
    unknown: tuple[str, ...]


def check(instrument: Instrument, answers: Mapping[str, object]) -> Checked:
    """Follow the routing and keep what applies; answers to items not asked are dropped."""
    kept: dict[str, str] = {}
    unanswered, unknown = [], []
    for item in instrument.items:
        if not item.applies(kept):
            continue
        value = answers.get(item.code)
        if value is None or value == "":
            if item.required:
                unanswered.append(item.code)
        elif str(value) in {option.value for option in item.options}:
            kept[item.code] = str(value)
        else:
            unknown.append(item.code)
    known = {item.code for item in instrument.items}
    unknown += sorted(set(map(str, answers)) - known)
    return Checked(kept, tuple(unanswered), tuple(unknown))

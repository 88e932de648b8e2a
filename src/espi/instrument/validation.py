"""Checks answers against a questionnaire; the booth does the same in TypeScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from espi.instrument.model import Instrument


@dataclass(frozen=True, slots=True)
class Checked:
    """The valid part of a set of answers, and what is wrong with the rest.

    Attributes:
        answers: value per item code, only items that apply.
        unanswered: codes of required items that apply and have no answer.
        unknown: codes or values that the questionnaire does not have.
    """

    answers: dict[str, str]
    unanswered: tuple[str, ...]
    unknown: tuple[str, ...]


def check(instrument: Instrument, answers: Mapping[str, object]) -> Checked:
    """Follow the routing and keep the answers to items that are asked.

    An item's condition is judged by the answers kept before it, so an answer to an item that is
    not asked is dropped, with whatever hangs on it.

    Args:
        instrument: the questionnaire.
        answers: value per item code, as they came; nothing in them is trusted.
    """
    valid: dict[str, str] = {}
    unanswered, unknown = [], []
    for item in instrument.items:
        if not item.applies(valid):
            continue
        value = answers.get(item.code)
        if value is None or value == "":
            if item.required:
                unanswered.append(item.code)
        elif str(value) in {option.value for option in item.options}:
            valid[item.code] = str(value)
        else:
            unknown.append(item.code)
    codes = {item.code for item in instrument.items}
    unknown += sorted(set(map(str, answers)) - codes)
    return Checked(valid, tuple(unanswered), tuple(unknown))

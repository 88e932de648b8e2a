"""What the index needs to know of a questionnaire's items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from espi.instrument.model import Instrument
from espi.method.index.answer_tables import AskedItem, Topic
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import Specification

# Sections of the questionnaires by their codes, and what their questions are about.
TOPICS = {"survei": Topic.SURVEY, "profil": Topic.PROFILE}


def asked_items(instrument: Instrument) -> list[AskedItem]:
    """Return the questions that enter no score and whose answers are published.

    A question that only some are asked is none of them: its answers would divide the few.
    """
    return [
        AskedItem(
            code=item.code,
            group=instrument.group,
            topic=TOPICS[section.code],
            label=item.text,
            options={option.value: option.label for option in item.options if not option.missing},
        )
        for section in instrument.sections
        if section.code in TOPICS
        for item in section.items
        if not item.dimension and item.only_if is None
    ]


def scored_items(instrument: Instrument) -> list[ScoredItem]:
    """Return what the index needs to know of the questionnaire's scored items."""
    return [
        ScoredItem(
            code=item.code,
            group=instrument.group,
            dimension=item.dimension,
            minimum=item.scored_values[0],
            maximum=item.scored_values[-1],
            reversed=item.reversed,
            prevalence=item.prevalence,
            label=item.text,
        )
        for item in instrument.items
        if item.dimension
    ]


def weighted(specification: Specification, items: Iterable[ScoredItem]) -> list[ScoredItem]:
    """Return the items with the weights that the specification gives them; others keep theirs."""
    weights = {(rule.group, rule.code): rule.weight for rule in specification.items}
    return [
        replace(item, weight=weights.get((item.group, item.code), item.weight)) for item in items
    ]

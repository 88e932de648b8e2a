"""The questionnaires of a wave, as method page and reports print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from espi.design.models import Group, Wave, in_language
from espi.instrument.model import Item, Section, Text
from espi.instrument.reader import read


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A question in the language of the moment.

    Attributes:
        answers: all answers that could be chosen, in their order.
        anchors: which answers score 0 and 100; empty where the item is not scored.
        asked_if: of whom it is asked; empty where of everybody.
    """

    code: str
    text: str
    answers: Sequence[str]
    anchors: str
    asked_if: str


@dataclass(frozen=True, slots=True)
class AskedSection:
    """Items shown together on one screen."""

    title: str
    intro: str
    items: Sequence[AskedItem]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of a questionnaire, known by its digest."""

    group: str
    title: str
    version: str
    digest: str
    minutes: int
    sections: Sequence[AskedSection]

    @property
    def item_count(self) -> int:
        """How many questions there are in all."""
        return sum(len(section.items) for section in self.sections)


def questionnaires_of(wave: Wave) -> list[Questionnaire]:
    """Return the questionnaires that a wave asks, in the order of the groups."""
    order = Group.values
    sheets = [
        (stored.digest, read(stored.content, stored.code)) for stored in wave.instruments.all()
    ]
    return [
        Questionnaire(
            group=str(Group(sheet.group).label),
            title=_text(sheet.title),
            version=sheet.version,
            digest=digest,
            minutes=sheet.minutes,
            sections=[_section(section) for section in sheet.sections],
        )
        for digest, sheet in sorted(sheets, key=lambda pair: order.index(pair[1].group))
    ]


def anchors_of(wave: Wave) -> dict[tuple[str, str], str]:
    """Return what 0 and 100 mean for each scored item, by group and code of the item.

    Without it a score has no direction: is a high number good where the question is "how often"?
    """
    return {
        (sheet.group, item.code): anchors(item)
        for sheet in (read(stored.content, stored.code) for stored in wave.instruments.all())
        for item in sheet.items
        if item.dimension
    }


def anchors(item: Item) -> str:
    """Return which answers score 0 and 100, such as ``0 = very often, 100 = never``."""
    if not item.dimension:
        return ""
    low, high = item.scored_values[0], item.scored_values[-1]
    worst, best = (high, low) if item.reversed else (low, high)
    labels = {option.value: _text(option.label) for option in item.options}
    return _("0 = %(worst)s, 100 = %(best)s") % {
        "worst": labels[str(worst)].lower(),
        "best": labels[str(best)].lower(),
    }


def _text(words: Text) -> str:
    return in_language(dict(words))


def _section(section: Section) -> AskedSection:
    return AskedSection(
        title=_text(section.title),
        intro=_text(section.intro) if section.intro else "",
        items=[
            AskedItem(
                code=item.code,
                text=_text(item.text),
                answers=[_text(option.label) for option in item.options],
                anchors=anchors(item),
                asked_if=_asked_if(item),
            )
            for item in section.items
        ],
    )


def _asked_if(item: Item) -> str:
    if item.only_if is None:
        return ""
    return _("asked only after certain answers to %(item)s") % {"item": item.only_if.item}

"""Builds a questionnaire from plain data (TOML or JSON), and names every fault it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from espi.instrument.errors import InstrumentFaulty
from espi.instrument.model import (
    LANGUAGES,
    Condition,
    Instrument,
    Item,
    Option,
    Section,
)


def read(content: Mapping[str, Any], source: str) -> Instrument:
    """Return the questionnaire that ``content`` describes.

    Scales are named once under ``scales`` and used by name in ``options``; a scale may be used
    with further answers that count as missing (``also``).

    Raises:
        InstrumentFaulty: texts, codes, scales or conditions are wrong; all faults are named.
    """
    try:
        instrument = _instrument(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise InstrumentFaulty(source, [f"missing or misplaced: {error}"]) from None
    if faults := list(lint(instrument)):
        raise InstrumentFaulty(source, faults)
    return instrument


def _instrument(content: Mapping[str, Any]) -> Instrument:
    scales = content.get("scales", {})
    return Instrument(
        code=content["code"],
        group=content["group"],
        version=content["version"],
        title=content["title"],
        minutes=content["minutes"],
        sections=tuple(
            Section(
                code=section["code"],
                title=section["title"],
                intro=section.get("intro"),
                items=tuple(_item(item, scales) for item in section["items"]),
            )
            for section in content["sections"]
        ),
    )


def _item(raw: Mapping[str, Any], scales: Mapping[str, Any]) -> Item:
    options = raw["options"]
    if isinstance(options, str):
        options = scales[options] + [o for name in raw.get("also", []) for o in scales[name]]
    condition = raw.get("only_if")
    return Item(
        code=raw["code"],
        text=raw["text"],
        options=tuple(
            Option(str(option["value"]), option["label"], option.get("missing", False))
            for option in options
        ),
        dimension=raw.get("dimension", ""),
        reversed=raw.get("reversed", False),
        prevalence=raw.get("prevalence", False),
        required=raw.get("required", True),
        only_if=Condition(condition["item"], tuple(map(str, condition["values"])))
        if condition
        else None,
    )


def lint(instrument: Instrument) -> Iterable[str]:
    """Yield every fault: missing translations, repeated codes, conditions that look ahead."""
    for place, text in _texts(instrument):
        for language in LANGUAGES:
            if not str(text.get(language, "")).strip():
                yield f"{place} has no text in {language}"
    seen: dict[str, Item] = {}
    for item in instrument.items:
        if item.code in seen:
            yield f"{item.code} is used twice"
        yield from _item_faults(item, seen)
        seen[item.code] = item


def _item_faults(item: Item, earlier: Mapping[str, Item]) -> Iterable[str]:
    values = [option.value for option in item.options]
    if len(values) != len(set(values)) or len(values) < 2:  # noqa: PLR2004 a choice needs two
        yield f"{item.code} needs at least two different answers"
    if item.dimension and not all(o.value.isdigit() for o in item.options if not o.missing):
        yield f"{item.code} is scored, so its answers must be whole numbers"
    condition = item.only_if
    if condition is None:
        return
    if condition.item not in earlier:
        yield f"{item.code} depends on {condition.item}, which is not asked before it"
    elif unknown := set(condition.values) - {o.value for o in earlier[condition.item].options}:
        yield f"{item.code} waits for {sorted(unknown)}, which {condition.item} does not offer"


def _texts(instrument: Instrument) -> Iterable[tuple[str, Mapping[str, str]]]:
    yield "the title", instrument.title
    for section in instrument.sections:
        yield section.code, section.title
        if section.intro:
            yield f"{section.code} (intro)", section.intro
        for item in section.items:
            yield item.code, item.text
            for option in item.options:
                yield f"{item.code}={option.value}", option.label

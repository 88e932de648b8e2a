"""Builds a questionnaire from plain data (TOML or JSON), and names every fault it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from espi.instrument.errors import InstrumentFaulty
from espi.instrument.model import (
    LANGUAGES,
    Condition,
    Instrument,
    Item,
    Option,
    Section,
)

Content = Mapping[str, object]  # a table of TOML, or an object of JSON


def read(content: Content, source: str) -> Instrument:
    """Return the questionnaire that ``content`` describes.

    Scales are named once under ``scales`` and used by name in ``options``; a scale may be used
    with further answers that count as missing (``also``).

    Raises:
        InstrumentFaulty: texts, codes, scales or conditions are wrong; all faults are named.
    """
    try:
        instrument = _instrument(content)
    except (KeyError, TypeError) as error:
        raise InstrumentFaulty(source, [f"missing or misplaced: {error}"]) from None
    if faults := list(lint(instrument)):
        raise InstrumentFaulty(source, faults)
    return instrument


def _instrument(content: Content) -> Instrument:
    scales = _table(content.get("scales", {}))
    return Instrument(
        code=_string(content["code"]),
        group=_string(content["group"]),
        version=_string(content["version"]),
        title=_text(content["title"]),
        minutes=_minutes(content["minutes"]),
        sections=tuple(_section(section, scales) for section in _tables(content["sections"])),
    )


def _section(raw: Content, scales: Content) -> Section:
    intro = raw.get("intro")
    return Section(
        code=_string(raw["code"]),
        title=_text(raw["title"]),
        intro=None if intro is None else _text(intro),
        items=tuple(_item(item, scales) for item in _tables(raw["items"])),
    )


def _item(raw: Content, scales: Content) -> Item:
    condition = raw.get("only_if")
    return Item(
        code=_string(raw["code"]),
        text=_text(raw["text"]),
        options=tuple(
            Option(str(option["value"]), _text(option["label"]), bool(option.get("missing")))
            for option in _options(raw, scales)
        ),
        dimension=_string(raw.get("dimension", "")),
        reversed=bool(raw.get("reversed")),
        prevalence=bool(raw.get("prevalence")),
        required=bool(raw.get("required", True)),
        only_if=None if condition is None else _condition(_table(condition)),
    )


def _options(raw: Content, scales: Content) -> list[Content]:
    """Return the answers of an item: its own, or those of a named scale and of ``also``."""
    options = raw["options"]
    if not isinstance(options, str):
        return _tables(options)
    names = [options, *(_string(name) for name in _list(raw.get("also", [])))]
    return [option for name in names for option in _tables(scales[name])]


def _condition(raw: Content) -> Condition:
    return Condition(_string(raw["item"]), tuple(map(str, _list(raw["values"]))))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _minutes(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number of minutes")
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _table(value: object) -> Content:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no table")
    return value


def _tables(value: object) -> list[Content]:
    return [_table(entry) for entry in _list(value)]


def _text(value: object) -> Mapping[str, str]:
    return {language: _string(text) for language, text in _table(value).items()}


def lint(instrument: Instrument) -> Iterable[str]:
    """Yield every fault: missing translations, repeated codes, conditions that look ahead."""
    for where, text in _texts(instrument):
        for language in LANGUAGES:
            if not str(text.get(language, "")).strip():
                yield f"{where} has no text in {language}"
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

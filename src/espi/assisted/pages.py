"""The pages, built from escaped pieces: plain forms and links, no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from espi.assisted.words import say
from espi.instrument.model import Instrument, Item, Section


class Markup(str):
    """HTML that is safe to stand on a page."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element; children that are not markup are escaped, ``class_`` names a class."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value not in {None, False}
    )
    inner = "".join(
        child if isinstance(child, Markup) else escape(str(child)) for child in children
    )
    return Markup(f"<{name}{written}>{inner}</{name}>")


def void(name: str, /, **attributes: object) -> Markup:
    """Return an element without content; ``True`` is an attribute without value."""
    written = "".join(
        f" {key.rstrip('_')}" if value is True else f' {key.rstrip("_")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value not in {None, False}
    )
    return Markup(f"<{name}{written}>")


def page(language: str, title: str, *content: Markup) -> str:
    """Return a whole page."""
    other = "en" if language == "id" else "id"
    switch = tag("a", say(language, "other"), href=f"/?lang={other}", lang=other)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)} · E-SPI</title>"
        '<link rel="stylesheet" href="/booth.css"></head><body>'
        f'<header class="head"><span class="brand">E-SPI</span>{switch}</header>'
        f"<main>{''.join(content)}</main><footer><p>E-SPI</p></footer></body></html>"
    )


def with_banner(html: str, language: str) -> str:
    """Return a page that says first that all of it is a rehearsal."""
    banner = tag("aside", say(language, "rehearsal"), class_="rehearsal")
    return html.replace("<body>", f"<body>{banner}", 1)


def form(language: str, *content: Markup, baggage: str = "") -> Markup:
    """Return a form that posts to the next step, with what travels along."""
    hidden = [void("input", type="hidden", name="lang", value=language)]
    if baggage:
        hidden.append(void("input", type="hidden", name="bag", value=baggage))
    return tag("form", *hidden, *content, method="post", action="/", novalidate="")


def button(language: str, key: str, *, kind: str = "", name: str = "go") -> Markup:
    """Return a submit button named by its deed."""
    return tag("button", say(language, key), name=name, value=key, class_=kind or None)


def landing(language: str, title: str, error: str = "") -> str:
    """Return the first page: what this way of answering protects and what not, then the code."""
    promises = ("promise_used", "promise_sealed", "promise_counted", "unsaved")
    code = tag(
        "div",
        tag("label", say(language, "code"), for_="code"),
        tag("p", say(language, "code_help"), class_="quiet", id="code-help"),
        void("input", type="text", id="code", name="code", autocomplete="off",
             autocapitalize="none", spellcheck="false", required=True),
        class_="field",
    )  # fmt: skip
    return page(
        language,
        title,
        *trouble(error),
        tag("h1", title),
        tag("p", tag("strong", say(language, "trust")), class_="notice"),
        tag("ul", *(tag("li", say(language, key)) for key in promises)),
        form(language, code, button(language, "start")),
    )


def trouble(sentence: str) -> list[Markup]:
    """Return the sentence as what is read first, or nothing."""
    return [tag("p", sentence, class_="errors", role="alert")] if sentence else []


def questions(
    language: str, instrument: Instrument, number: int, answers: Mapping[str, str],
    *, missing: Sequence[Item], agency: str, baggage: str,
) -> str:  # fmt: skip
    """Return one section of the questionnaire."""
    section = instrument.sections[number]
    summary = _summary(language, missing)
    buttons = tag(
        "div", button(language, "next"), button(language, "back", kind="secondary"),
        class_="buttons",
    )  # fmt: skip
    step = f"{say(language, 'step')} {number + 1} {say(language, 'of')} {len(instrument.sections)}"
    return page(
        language,
        section.title[language],
        tag("p", f"{say(language, 'about')} {agency}", class_="agency"),
        tag("p", step, class_="step"),
        *([summary] if missing else []),
        tag("h1", section.title[language]),
        *([tag("p", section.intro[language])] if section.intro else []),
        form(language, *_fields(language, section, answers, missing), buttons, baggage=baggage),
    )


def _summary(language: str, missing: Sequence[Item]) -> Markup:
    links = (
        tag("li", tag("a", item.text[language], href=f"#{item.code}-{item.options[0].value}"))
        for item in missing
    )
    return tag(
        "div", tag("h2", say(language, "mend")), tag("ul", *links), class_="errors", role="alert"
    )


def _fields(
    language: str, section: Section, answers: Mapping[str, str], missing: Sequence[Item]
) -> Iterable[Markup]:
    for item in section.items:
        if not item.applies(answers):
            continue
        wrong = item in missing
        options = [_option(language, item, option, answers) for option in item.options]
        error = [tag("p", say(language, "choose"), class_="error")] if wrong else []
        yield tag(
            "fieldset",
            tag("legend", item.text[language]),
            *error,
            tag("div", *options, class_="options"),
            class_="item wrong" if wrong else "item",
        )


def _option(language: str, item: Item, option: object, answers: Mapping[str, str]) -> Markup:
    value, label = str(option.value), option.label[language]  # type: ignore[attr-defined] # an option of the item
    place = f"{item.code}-{value}"
    chosen = answers.get(item.code) == value
    radio = void("input", type="radio", id=place, name=f"q.{item.code}", value=value,
                 checked=chosen)  # fmt: skip
    return tag("div", radio, tag("label", label, for_=place), class_="option")


def review(language: str, instrument: Instrument, answers: Mapping[str, str], baggage: str) -> str:
    """Return everything that was answered, before it is locked."""
    rows = []
    for item in instrument.items:
        if item.code in answers:
            labels = {option.value: option.label[language] for option in item.options}
            rows.append(tag("dt", item.text[language]))
            rows.append(tag("dd", labels.get(answers[item.code], say(language, "no_answer"))))
    buttons = tag(
        "div", button(language, "send"), button(language, "back", kind="secondary"),
        class_="buttons",
    )  # fmt: skip
    return page(
        language,
        say(language, "review"),
        tag("h1", say(language, "review")),
        tag("p", say(language, "final")),
        tag("dl", *rows),
        form(language, buttons, baggage=baggage),
    )


def retry(language: str, sentence: str, baggage: str) -> str:
    """Return the page that carries a locked envelope until it is sent."""
    return page(
        language,
        say(language, "send"),
        tag("h1", say(language, "send")),
        *trouble(sentence),
        tag("p", say(language, "not_yet")),
        form(language, button(language, "again"), baggage=baggage),
    )


def thanks(language: str, receipt: str, key_stratum: str, public: str) -> str:
    """Return the last page, with the check code."""
    spaced = "-".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
    return page(
        language,
        say(language, "thanks"),
        tag("h1", say(language, "thanks")),
        tag("p", say(language, "in_box")),
        tag("h2", say(language, "receipt")),
        tag("p", spaced, class_="receipt"),
        tag("p", f"{say(language, 'group')}: {key_stratum}"),
        tag("p", say(language, "receipt_text")),
        tag("p", tag("a", say(language, "check"), href=f"{public}/amplop?lang={language}")),
    )


def over(language: str, title: str, sentence: str) -> str:
    """Return the last page where nothing can be sent any more: without a way to try again."""
    return page(language, title, tag("h1", title), *trouble(sentence))


def told(language: str, title: str, sentence: str) -> str:
    """Return a page that says one thing, with the way back to the beginning."""
    back = tag("p", tag("a", say(language, "start"), href=f"/?lang={language}", class_="button"))
    return page(language, title, tag("h1", title), *trouble(sentence), back)

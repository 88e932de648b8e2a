"""The pages of the assisted booth: plain forms and links, no script, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from espi.instrument.model import Instrument, Item, Option, Section
from espi.wording.catalogue import say

# What a button does, and the sentence on it; the name comes back with the form.
BUTTONS = {
    "start": "questionnaire.start",
    "next": "questionnaire.next",
    "back": "questionnaire.back",
    "send": "questionnaire.send",
    "retry": "questionnaire.retry",
}
PROMISES = (
    "assisted.promise_used",
    "assisted.promise_sealed",
    "promises.counted",
    "assisted.no_draft",
)


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
    switch = tag("a", say(language, "survey.other_language"), href=f"/?lang={other}", lang=other)
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
    banner = tag("aside", say(language, "survey.rehearsal"), class_="rehearsal")
    return html.replace("<body>", f"<body>{banner}", 1)


def form(language: str, *content: Markup, state: str = "") -> Markup:
    """Return a form that posts to the next step; ``state`` is the locked field it carries."""
    hidden = [void("input", type="hidden", name="lang", value=language)]
    if state:
        hidden.append(void("input", type="hidden", name="bag", value=state))
    return tag("form", *hidden, *content, method="post", action="/", novalidate="")


def button(language: str, action: str, *, style: str = "") -> Markup:
    """Return a submit button for one of ``BUTTONS``."""
    return tag("button", say(language, BUTTONS[action]), name="go", value=action,
               class_=style or None)  # fmt: skip


def landing(language: str, error: str = "") -> str:
    """Return the first page: what this way of answering protects and what not, then the code."""
    title = say(language, "survey.title")
    code = tag(
        "div",
        tag("label", say(language, "questionnaire.code_label"), for_="code"),
        tag("p", say(language, "questionnaire.code_help"), class_="quiet", id="code-help"),
        void("input", type="text", id="code", name="code", autocomplete="off",
             autocapitalize="none", spellcheck="false", required=True),
        class_="field",
    )  # fmt: skip
    return page(
        language,
        title,
        *alert(error),
        tag("h1", title),
        tag("p", tag("strong", say(language, "assisted.trust")), class_="notice"),
        tag("ul", *(tag("li", say(language, key)) for key in PROMISES)),
        form(language, code, button(language, "start")),
    )


def alert(sentence: str) -> list[Markup]:
    """Return the sentence as what a screen reader reads first, or nothing."""
    return [tag("p", sentence, class_="errors", role="alert")] if sentence else []


def questions(
    language: str, instrument: Instrument, number: int, answers: Mapping[str, str],
    *, missing: Sequence[Item], subject: str, state: str,
) -> str:  # fmt: skip
    """Return one section of the questionnaire.

    Args:
        language: of the page.
        instrument: the whole questionnaire.
        number: of the section, from 0.
        answers: all given so far, by item.
        missing: items of this section that were left out and must be answered.
        subject: service and agency that the questions are about.
        state: the locked field.
    """
    section = instrument.sections[number]
    step = say(language, "questionnaire.section", n=number + 1, of=len(instrument.sections))
    buttons = tag(
        "div", button(language, "next"), button(language, "back", style="secondary"),
        class_="buttons",
    )  # fmt: skip
    return page(
        language,
        section.title[language],
        tag("p", say(language, "questionnaire.about", subject=subject), class_="agency"),
        tag("p", step, class_="step"),
        *([_summary(language, missing)] if missing else []),
        tag("h1", section.title[language]),
        *([tag("p", section.intro[language])] if section.intro else []),
        form(language, *_fields(language, section, answers, missing), buttons, state=state),
    )


def _summary(language: str, missing: Sequence[Item]) -> Markup:
    links = (
        tag("li", tag("a", item.text[language], href=f"#{item.code}-{item.options[0].value}"))
        for item in missing
    )
    heading = tag("h2", say(language, "questionnaire.mend"))
    return tag("div", heading, tag("ul", *links), class_="errors", role="alert")


def _fields(
    language: str, section: Section, answers: Mapping[str, str], missing: Sequence[Item]
) -> Iterable[Markup]:
    choose = tag("p", say(language, "questionnaire.needs_answer"), class_="error")
    for item in section.items:
        if not item.applies(answers):
            continue
        wrong = item in missing
        options = [_option(language, item, option, answers) for option in item.options]
        yield tag(
            "fieldset",
            tag("legend", item.text[language]),
            *([choose] if wrong else []),
            tag("div", *options, class_="options"),
            class_="item wrong" if wrong else "item",
        )


def _option(language: str, item: Item, option: Option, answers: Mapping[str, str]) -> Markup:
    identifier = f"{item.code}-{option.value}"
    chosen = answers.get(item.code) == option.value
    radio = void("input", type="radio", id=identifier, name=f"q.{item.code}", value=option.value,
                 checked=chosen)  # fmt: skip
    label = tag("label", option.label[language], for_=identifier)
    return tag("div", radio, label, class_="option")


def review(language: str, instrument: Instrument, answers: Mapping[str, str], state: str) -> str:
    """Return everything that was answered, before it is locked."""
    rows = []
    for item in instrument.items:
        if item.code in answers:
            labels = {option.value: option.label[language] for option in item.options}
            no_answer = say(language, "questionnaire.no_answer")
            rows.append(tag("dt", item.text[language]))
            rows.append(tag("dd", labels.get(answers[item.code], no_answer)))
    title = say(language, "questionnaire.review")
    buttons = tag(
        "div", button(language, "send"), button(language, "back", style="secondary"),
        class_="buttons",
    )  # fmt: skip
    return page(
        language,
        title,
        tag("h1", title),
        tag("p", say(language, "questionnaire.review_text")),
        tag("dl", *rows),
        form(language, buttons, state=state),
    )


def retry(language: str, sentence: str, state: str) -> str:
    """Return the page that carries a locked envelope until it is sent."""
    title = say(language, "questionnaire.send")
    return page(
        language,
        title,
        tag("h1", title),
        *alert(sentence),
        tag("p", say(language, "assisted.not_sent_yet")),
        form(language, button(language, "retry"), state=state),
    )


def thanks(language: str, receipt: str, key_stratum: str, public: str) -> str:
    """Return the last page, with the ballot check code.

    Args:
        language: of the page.
        receipt: the ballot check code, 16 characters.
        key_stratum: the group whose list the envelope will stand in.
        public: address of the results site, where it can be looked up.
    """
    spaced = "-".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
    title = say(language, "thanks.thanks")
    link = f"{public}/amplop?lang={language}"
    return page(
        language,
        title,
        tag("h1", title),
        tag("p", say(language, "assisted.sent")),
        tag("h2", say(language, "thanks.receipt")),
        tag("p", spaced, class_="receipt"),
        tag("p", say(language, "thanks.group", stratum=key_stratum)),
        tag("p", say(language, "assisted.receipt_text")),
        tag("p", tag("a", say(language, "thanks.check_envelope"), href=link)),
    )


def final(language: str, sentence: str) -> str:
    """Return a last page, where nothing can be sent any more: no way to try again."""
    title = say(language, "survey.title")
    return page(language, title, tag("h1", title), *alert(sentence))


def notice(language: str, sentence: str, title: str = "") -> str:
    """Return a page with one sentence and the way back to the beginning."""
    heading = title or say(language, "survey.title")
    start = say(language, "questionnaire.start")
    back = tag("p", tag("a", start, href=f"/?lang={language}", class_="button"))
    return page(language, heading, tag("h1", heading), *alert(sentence), back)

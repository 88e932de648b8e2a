"""Invitations and reminders: the e-mail in both languages, and the carrier's WhatsApp templates.

The WhatsApp texts are the templates that the carrier approves; the e-mail says the same at greater
length. The address of the booth is fixed; only the personal code is appended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from espi.wording.catalogue import LANGUAGES, say

ADDRESS = re.compile(r"https?://\S*[^\s.,;:!?)]")  # without the sign that ends a sentence
TEMPLATES = ("espi_undangan_v1", "espi_pengingat_v1")
PARAMETERS = ("instansi", "layanan", "penutupan", "kode_cek")
SUBJECTS = {
    name: " / ".join(say(language, f"messages.{name}.subject") for language in LANGUAGES)
    for name in TEMPLATES
}
BOOTH_PATHS = {"id": "/", "en": "/en/"}
REGISTRY_PLACE = "{REGISTRY_URL}"  # filled in when the templates are handed to the carrier
BOOTH_PLACE = "{BOOTH_URL}"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before it becomes MIME."""

    subject: str
    text: str
    html: str


def letter(template: str, language: str, values: Mapping[str, str]) -> Letter:
    """Return the e-mail of a template, the person's own language first."""
    other = "en" if language == "id" else "id"
    texts = [_body(template, code, values) for code in (language, other)]
    html = "<hr>".join(
        f'<div lang="{code}">{_as_html(text)}</div>'
        for code, text in zip((language, other), texts, strict=True)
    )
    page = f'<!doctype html><html lang="{language}"><body>{html}</body></html>'
    return Letter(SUBJECTS[template], ("\n" + "-" * 60 + "\n\n").join(texts), page)


def _body(template: str, language: str, values: Mapping[str, str]) -> str:
    address, code = f"{values['booth']}{BOOTH_PATHS[language]}", values["code"]
    facts = {
        **values,
        "opening": say(language, f"messages.{template}.opening", **values),
        "link": f"{address}#{code}",
        "address": address,
        "shown": " ".join(code[at : at + 4] for at in range(0, len(code), 4)),
    }
    return say(language, "email.body", **facts)


def _as_html(text: str) -> str:
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        lines = [
            ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(line))
            for line in paragraph.split("\n")
        ]
        paragraphs.append(f"<p>{'<br>'.join(lines)}</p>")
    return "\n".join(paragraphs)


def whatsapp_templates() -> list[dict[str, object]]:
    """Return the templates of every message and language as they are handed to the carrier.

    Source: Meta, WhatsApp Business Management API, "Message templates", named parameters.
    """
    return [_whatsapp_template(name, language) for name in TEMPLATES for language in LANGUAGES]


def _whatsapp_template(name: str, language: str) -> dict[str, object]:
    slots = {parameter: f"{{{{{parameter}}}}}" for parameter in PARAMETERS}
    body = say(language, f"messages.{name}.whatsapp", registry=REGISTRY_PLACE, **slots)
    link = f"{BOOTH_PLACE}{BOOTH_PATHS[language]}#{{{{1}}}}"
    return {
        "name": name,
        "language": language,
        "category": "MARKETING",
        "parameter_format": "NAMED",
        "components": [
            {"type": "BODY", "text": body},
            {"type": "FOOTER", "text": say(language, "whatsapp.footer")},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": say(language, "whatsapp.open_survey"), "url": link},
                    {"type": "QUICK_REPLY", "text": say(language, "whatsapp.stop")},
                ],
            },
        ],
    }

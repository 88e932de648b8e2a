"""Message templates as the carrier approved them, and what becomes of one on a phone.

A file of templates is a JSON list in the shape of the carrier's ``message_templates`` API. The
addresses of the system may stand in it as ``{BOOTH_URL}`` and ``{REGISTRY_URL}``, because a real
template's address is fixed at its review and a rehearsal's is not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from espi.rehearsal.whatsapp.errors import CarrierRefusal

DEFAULT = Path(__file__).with_name("templates.json")
Part = dict[str, Any]  # of a request: a component or a parameter, in the carrier's own JSON
Source = dict[str, Any]  # of a template, likewise
SLOT = re.compile(r"\{\{(\w+)\}\}")
LONGEST_BODY = 1_024
LONGEST_BUTTON = 25


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens an address or sends a reply."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as it stands on the phone."""

    text: str
    footer: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template in one language."""

    name: str
    language: str
    category: str
    named: bool
    body: str
    footer: str
    buttons: tuple[Button, ...]

    @classmethod
    def read(cls, source: Source) -> Template:
        """Return the template that the carrier's own JSON describes."""
        parts = {part["type"].upper(): part for part in source["components"]}
        buttons = parts.get("BUTTONS", {"buttons": []})["buttons"]
        return cls(
            source["name"],
            source["language"],
            source.get("category", "MARKETING").lower(),
            source.get("parameter_format", "positional").lower() == "named",
            parts["BODY"]["text"],
            parts.get("FOOTER", {"text": ""})["text"],
            tuple(Button(b["type"].upper(), b["text"], b.get("url", "")) for b in buttons),
        )

    def render(self, components: list[Part]) -> Bubble:
        """Return what the phone shows.

        Raises:
            CarrierRefusal: parameters are missing, too many, or of the wrong kind.
        """
        body: list[Part] = []
        for component in components:
            if component.get("type") == "body":
                body = component.get("parameters", [])
        text = _fill(self.body, self._values(self.body, body))
        if len(text) > LONGEST_BODY:
            raise CarrierRefusal(132012, "body: the text is too long")
        buttons = tuple(
            self._button(index, button, components) for index, button in enumerate(self.buttons)
        )
        return Bubble(text, self.footer, buttons)

    def _values(self, text: str, parameters: list[Part]) -> dict[str, str]:
        slots = list(dict.fromkeys(SLOT.findall(text)))
        if len(parameters) != len(slots):
            raise CarrierRefusal(
                132000,
                f"body: number of localizable_params ({len(parameters)}) does not match the "
                f"expected number of params ({len(slots)})",
            )
        values = {}
        for slot, parameter in zip(slots, parameters, strict=True):
            key = parameter.get("parameter_name") if self.named else slot
            if parameter.get("type") != "text" or not parameter.get("text") or key not in slots:
                raise CarrierRefusal(132012, f"body: parameter {key!r} is not as in the template")
            values[str(key)] = str(parameter["text"])
        if len(values) != len(slots):
            raise CarrierRefusal(132012, "body: a parameter was given twice")
        return values

    def _button(self, index: int, button: Button, components: list[Part]) -> Button:
        slots = SLOT.findall(button.url)
        parameters = [
            parameter
            for component in components
            if component.get("type") == "button"
            and str(component.get("index")) == str(index)
            and component.get("sub_type") == "url"
            for parameter in component.get("parameters", [])
        ]
        if len(parameters) != len(slots):
            raise CarrierRefusal(
                132000, f"button {index}: {len(parameters)} parameters, {len(slots)} expected"
            )
        if not slots:
            return button
        if parameters[0].get("type") != "text" or not parameters[0].get("text"):
            raise CarrierRefusal(132012, f"button {index}: the parameter is no text")
        return Button(
            button.kind, button.text, _fill(button.url, {slots[0]: str(parameters[0]["text"])})
        )


def read_templates(path: Path, addresses: dict[str, str]) -> dict[tuple[str, str], Template]:
    """Return the templates of a file by name and language.

    Args:
        path: a JSON list of templates.
        addresses: what ``{BOOTH_URL}`` and ``{REGISTRY_URL}`` stand for.
    """
    text = path.read_text("utf-8")
    for name, url in addresses.items():
        text = text.replace(f"{{{name}}}", url)
    templates = [Template.read(source) for source in json.loads(text)]
    return {(template.name, template.language): template for template in templates}


def parts_of(components: object) -> list[Part]:
    """Return the components of a request, once it is certain that they are components.

    Raises:
        CarrierRefusal: they are not a list of objects with lists of parameters.
    """
    parts = components or []
    if not isinstance(parts, list) or not all(
        isinstance(part, dict) and _are_objects(part.get("parameters", [])) for part in parts
    ):
        raise CarrierRefusal(100, "The parameter template.components is not as documented.")
    return parts


def _are_objects(parameters: object) -> bool:
    return isinstance(parameters, list) and all(isinstance(item, dict) for item in parameters)


def _fill(text: str, values: dict[str, str]) -> str:
    return SLOT.sub(lambda slot: values[slot.group(1)], text)

"""The first question: which service, or for employees which unit, is rated.

It is put before the questionnaire as a section of its own, so that every step treats it like any
other. The browser has its twin (``frontend/booth/src/service.ts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from espi.instrument.model import LANGUAGES, Condition, Instrument, Item, Option, Section, Text
from espi.service_categories import PREFIX
from espi.wording.catalogue import say

# No item of a questionnaire and no service has a code with this sign.
SERVICE, CATEGORY, NONE = "@service", "@category", "@none"
INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Named:
    """A service or a category of services, as the registry names it."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """What an invitation lets a respondent choose from.

    Attributes:
        group: of the respondent; employees choose among units.
        agency: its name.
        named: code of the service that the list named, or "".
        services: of the agency and group; none where the wave has no register.
        categories: what a service can be about that is none of these.
    """

    group: str
    agency: str
    named: str
    services: tuple[Named, ...]
    categories: tuple[Named, ...]

    @classmethod
    def of(cls, invitation: Mapping[str, Any]) -> Choice:
        """Return what the registry's answer about a code offers."""
        return cls(
            group=str(invitation["group"]),
            agency=str(invitation["agency"]["name"]),
            named=str(invitation.get("service", "")),
            services=_named(invitation.get("services", ())),
            categories=_named(invitation.get("categories", ())),
        )

    def before(self, instrument: Instrument) -> Instrument:
        """Return the questionnaire with the question before it, if there is one to ask."""
        if not self.services:
            return instrument
        return replace(instrument, sections=(self.section(), *instrument.sections))

    def named_service(self) -> dict[str, str]:
        """Return the answer to begin with: the service that the list named."""
        offered = {service.code for service in self.services}
        return {SERVICE: self.named} if self.named in offered else {}

    def sealed_service(self, answers: Mapping[str, str]) -> str:
        """Return what is sealed: a code, ``category:<code>``, or "" where it was not asked."""
        chosen = answers.get(SERVICE, "")
        if chosen != NONE:
            return chosen
        first = self.categories[0].code if self.categories else ""
        return f"{PREFIX}{answers.get(CATEGORY, first)}"

    def subject(self, answers: Mapping[str, str], language: str) -> str:
        """Return what the questions are about: the chosen service, if any, and the agency."""
        none = answers.get(SERVICE) == NONE
        offered, code = (self.categories, CATEGORY) if none else (self.services, SERVICE)
        for named in offered:
            if named.code == answers.get(code):
                return f"{named.name[language]} – {self.agency}"
        return self.agency

    def section(self) -> Section:
        """Return the question as a section of a questionnaire."""
        which = [Option(service.code, service.name) for service in self.services]
        if self.categories:
            none = self._text("service.none", "service.none_unit")
            which.append(Option(NONE, none, missing=True))
        about = [Option(category.code, category.name) for category in self.categories]
        items = [
            Item(SERVICE, self._text("service.which", "service.which_unit"), tuple(which)),
            Item(CATEGORY, self._text("service.about", "service.about_unit"), tuple(about),
                 only_if=Condition(SERVICE, (NONE,))),
        ]  # fmt: skip
        title = self._text("service.title", "service.title_unit")
        several = len(self.categories) > 1
        return Section(SERVICE, title, self._intro(), tuple(items if several else items[:1]))

    def _intro(self) -> Text:
        for service in self.services:
            if service.code == self.named:
                key = self._key("service.invited", "service.invited_unit")
                return {
                    language: say(language, key, service=service.name[language], agency=self.agency)
                    for language in LANGUAGES
                }
        key = self._key("service.not_named", "service.not_named_unit")
        return {language: say(language, key, agency=self.agency) for language in LANGUAGES}

    def _text(self, key: str, unit_key: str) -> Text:
        chosen = self._key(key, unit_key)
        return {language: say(language, chosen) for language in LANGUAGES}

    def _key(self, key: str, unit_key: str) -> str:
        return unit_key if self.group == INTERNAL else key


def without_service(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the questionnaire alone."""
    return {code: value for code, value in answers.items() if code not in {SERVICE, CATEGORY}}


def _named(offered: Iterable[Mapping[str, Any]]) -> tuple[Named, ...]:
    return tuple(Named(str(content["code"]), dict(content["name"])) for content in offered)

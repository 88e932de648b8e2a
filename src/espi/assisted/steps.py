"""The steps of answering: from a posted form to the next page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from espi.anonymity.typed_codes import code_in
from espi.anonymity.v1 import encoding
from espi.anonymity.v1.codes import MalformedCode
from espi.anonymity.v1.page_checks import NotPublished
from espi.assisted import pages
from espi.assisted.published import Booth
from espi.assisted.sealed_state import Answering, Delivering, SealedState
from espi.assisted.sending import (
    Refused,
    drop_ballot,
    find_invitation,
    get_signature,
    packed,
    unpacked,
)
from espi.assisted.service import Choice
from espi.http_client import Unreachable
from espi.instrument.model import Instrument
from espi.instrument.validation import check
from espi.wording.catalogue import say

LASTING = {"already_used", "closed", "stopped"}  # refusals after which no further try can help
STATES = {  # of an invitation that takes no answers
    "finished": "assisted.finished",
    "stopped": "assisted.stopped",
    "expired": "booth.closed",
}
ANSWER = "q."  # the names of answers in a form begin with it


@dataclass(frozen=True, slots=True)
class Page:
    """A page and its HTTP status."""

    html: str
    status: int = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser posted."""

    language: str
    fields: Mapping[str, str]

    @property
    def answers(self) -> dict[str, str]:
        """The answers on the page, by item."""
        return {
            name.removeprefix(ANSWER): value
            for name, value in self.fields.items()
            if name.startswith(ANSWER)
        }


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps at one published booth, for one request.

    Attributes:
        booth: the published booth.
        sealed_state: locks what a page carries.
        language: of the page that is shown next.
    """

    booth: Booth
    sealed_state: SealedState
    language: str

    def begin(self, form: Form) -> Page:
        """Look a code up and show the first section.

        Raises:
            NotPublished: key, group or invitation are not as published; nothing is asked.
            Refused: the registry refused the code.
            Unreachable: the registry did not answer.
        """
        try:
            code = code_in(form.fields.get("code", ""))
        except MalformedCode:
            sentence = say(self.language, "assisted.malformed_code")
            return Page(pages.landing(self.language, sentence), HTTPStatus.UNPROCESSABLE_ENTITY)
        invitation = find_invitation(self.booth.config.registry, code)
        state = str(invitation.get("state"))
        if state != "open":
            sentence = say(self.language, STATES.get(state, "assisted.bad_request"))
            return Page(pages.final(self.language, sentence), HTTPStatus.CONFLICT)
        self.booth.key(invitation, code)  # nothing is asked unless everything is as published
        answers = Choice.of(invitation).named_service()
        return self._show(Answering(code, invitation, section=0, answers=answers))

    def resume(self, form: Form, state: Answering | Delivering) -> Page:
        """Take the form of a page that carried a state."""
        if isinstance(state, Delivering):
            return self._deliver(state)
        return self._take_answers(form, state)

    def _take_answers(self, form: Form, state: Answering) -> Page:
        """Keep the answers of the page, and go where the pressed button leads."""
        instrument, action = self._instrument(state), form.fields.get("go", "next")
        allowed = {item.code: {o.value for o in item.options} for item in instrument.items}
        allowed_answers = {
            item: v for item, v in form.answers.items() if v in allowed.get(item, ())
        }
        envelope = state.envelope
        state = replace(state, answers={**state.answers, **allowed_answers}, envelope=None)
        if action == "back":
            return self._show(replace(state, section=max(0, state.section - 1)))
        if state.section >= len(instrument.sections):
            if action == "send" and envelope:
                return self._deliver(Delivering(state.code, state.invitation, envelope))
            return self._show(state)
        unanswered = check(instrument, state.answers).unanswered
        here = {item.code for item in instrument.sections[state.section].items}
        if missing := here & set(unanswered):
            return self._show(state, missing)
        return self._show(replace(state, section=state.section + 1))

    def _show(self, state: Answering, missing: Collection[str] = ()) -> Page:
        instrument = self._instrument(state)
        if state.section >= len(instrument.sections):
            return self._review(instrument, state)
        items = instrument.sections[state.section].items
        unanswered = [item for item in items if item.code in missing]
        html = pages.questions(
            self.language, instrument, state.section, state.answers, missing=unanswered,
            subject=Choice.of(state.invitation).subject(state.answers, self.language),
            state=self.sealed_state.lock(state),
        )  # fmt: skip
        return Page(html, HTTPStatus.UNPROCESSABLE_ENTITY if unanswered else HTTPStatus.OK)

    def _review(self, instrument: Instrument, state: Answering) -> Page:
        """Show the answers, and lock them now: the page carries the envelope that it will send.

        A form sent twice, or again after a lost reply, then sends the same envelope; another one
        would be refused, because each code gets one signature.
        """
        checked = check(instrument, state.answers)
        if checked.unanswered:
            return self._show(replace(state, section=0), checked.unanswered)
        envelope = self.booth.seal(state.invitation, state.code, checked.answers, self.language)
        carried = self.sealed_state.lock(replace(state, envelope=packed(envelope)))
        return Page(pages.review(self.language, instrument, checked.answers, carried))

    def _instrument(self, state: Answering) -> Instrument:
        instrument = self.booth.instrument(str(state.invitation["instrument"]["digest"]))
        return Choice.of(state.invitation).before(instrument)

    def _deliver(self, state: Delivering) -> Page:
        """Send a sealed envelope; whatever fails, the page carries what was reached."""
        config, ballot = self.booth.config, state.ballot
        try:
            if ballot is None:
                key = self.booth.key(state.invitation, state.code)
                ballot = get_signature(config.registry, unpacked(state.envelope, key), state.code)
                state = replace(state, ballot=ballot)
            drop_ballot(config.box, ballot)
        except NotPublished:
            sentence = say(self.language, "booth.not_published")
            return self._retry(sentence, state, HTTPStatus.CONFLICT)
        except Unreachable:
            return self._retry("", state, HTTPStatus.SERVICE_UNAVAILABLE)
        except Refused as refused:
            sentence = refused.message.get(self.language, "")
            if refused.code not in LASTING:
                return self._retry(sentence, state, HTTPStatus.SERVICE_UNAVAILABLE)
            if refused.code == "closed":
                sentence = say(self.language, "assisted.closed_unsent")
            return Page(pages.final(self.language, sentence), HTTPStatus.GONE)
        receipt = encoding.receipt(encoding.from_text(state.envelope["c"]))
        stratum = state.envelope["stratum"]
        return Page(pages.thanks(self.language, receipt, stratum, config.public))

    def _retry(self, sentence: str, state: Delivering, status: HTTPStatus) -> Page:
        return Page(pages.retry(self.language, sentence, self.sealed_state.lock(state)), status)


def refusal_page(language: str, refused: Refused) -> Page:
    """Return the page after a refused code: the last one, or the first with the sentence."""
    sentence = refused.message.get(language) or say(language, "assisted.bad_request")
    if refused.code in LASTING:
        return Page(pages.final(language, sentence), HTTPStatus.GONE)
    return Page(pages.landing(language, sentence), HTTPStatus.UNPROCESSABLE_ENTITY)

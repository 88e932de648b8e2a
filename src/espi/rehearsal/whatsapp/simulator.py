"""The carrier itself: takes messages, lets time pass, and reports what became of them."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import time
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

from espi.rehearsal.clock import now
from espi.rehearsal.whatsapp.courier import Courier
from espi.rehearsal.whatsapp.errors import CarrierRefusal
from espi.rehearsal.whatsapp.fate import fate_of
from espi.rehearsal.whatsapp.limits import Limits
from espi.rehearsal.whatsapp.personas import Persona, is_reserved, persona_of
from espi.rehearsal.whatsapp.phones import Entry, Phones
from espi.rehearsal.whatsapp.templates import Bubble, Template, parts_of
from espi.rehearsal.whatsapp.updates import incoming_message, status_update

STOP = "BERHENTI"
TICK = 0.05  # seconds
LONGEST_OPAQUE = 512
FAULTS = (
    "cut_before",
    "cut_after",
    "error_500",
    "empty_429",
    "unreadable",
    "maintenance",
    "token_expired",
    "payment",
)


@dataclass(slots=True)
class Simulator:
    """State of a running simulator.

    Attributes:
        speed: how many times faster than life statuses come; 3600 makes an hour a second.
        faults: how often each of ``FAULTS`` shall still happen.
        refusals: how often each error code shall still be the answer.
    """

    phone_number_id: str
    token: str
    templates: dict[tuple[str, str], Template]
    courier: Courier
    limits: Limits
    seed: str
    speed: float
    phones: Phones = field(default_factory=Phones)
    faults: Counter[str] = field(default_factory=Counter)
    refusals: Counter[int] = field(default_factory=Counter)
    agenda: list[tuple[float, int, str, Entry, str]] = field(default_factory=list)
    serial: count[int] = field(default_factory=count)

    def take_fault(self, name: str) -> bool:
        """Say whether this fault shall happen now, and use it up."""
        if self.faults[name] <= 0:
            return False
        self.faults[name] -= 1
        return True

    def refuse_as_planned(self) -> None:
        """Use up one planned refusal.

        Raises:
            CarrierRefusal: one was planned.
        """
        for code, times in self.refusals.items():
            if times > 0:
                self.refusals[code] -= 1
                raise CarrierRefusal(code, "Planned by whoever rehearses.")

    def send(self, request: dict[str, object]) -> dict[str, object]:
        """Take a message and return the carrier's answer.

        Raises:
            CarrierRefusal: the request is wrong, too fast, or to a number outside the range.
        """
        number = _number(request)
        asked = _template_of(request)
        template = self._template(asked)
        bubble = template.render(parts_of(asked.get("components")))
        self.limits.pass_or_refuse(number, time.monotonic())
        entry = Entry(self._wamid(number), bubble, now(), template.name, template.category)
        entry.opaque, entry.status = str(request.get("biz_opaque_callback_data", "")), "accepted"
        self.phones.receive(number, entry)
        persona = persona_of(number, self.seed)
        rng = Random(f"{self.seed}|{entry.wamid}")  # noqa: S311 a reproducible nation, no secret
        for after, event in fate_of(persona, rng):
            self._plan(after, event, entry, number)
        contact = {"input": request["to"], "wa_id": number}
        if persona is Persona.USERNAME_ONLY:
            del contact["wa_id"]
        return {
            "messaging_product": "whatsapp",
            "contacts": [contact],
            "messages": [{"id": entry.wamid, "message_status": "accepted"}],
        }

    def write(self, number: str, text: str, *, button: bool = False) -> None:
        """Let the holder of a phone answer."""
        sent = [entry for entry in self.phones.chats.get(number, []) if entry.template]
        reply = Entry(self._wamid(number), Bubble(text), now())
        self.phones.reply(number, reply)
        answered = sent[-1] if sent else None
        update = incoming_message(number, reply, answered, button=button)
        self.courier.hand_over("messages", update)

    @property
    def pending(self) -> int:
        """How many updates are planned or on their way."""
        return len(self.agenda) + self.courier.pending

    def hurry(self) -> None:
        """Let everything planned happen now."""
        while self.agenda:
            self._happen(heapq.heappop(self.agenda))

    async def live(self) -> None:
        """Let planned things happen when they are due, until cancelled."""
        while True:
            while self.agenda and self.agenda[0][0] <= time.monotonic():
                self._happen(heapq.heappop(self.agenda))
            await asyncio.sleep(TICK)

    def _plan(self, after: float, event: str, entry: Entry, number: str) -> None:
        due = time.monotonic() + after / self.speed
        heapq.heappush(self.agenda, (due, next(self.serial), event, entry, number))

    def _happen(self, planned: tuple[float, int, str, Entry, str]) -> None:
        _due, _serial, event, entry, number = planned
        what, _, which = event.partition(":")
        if what == "stop":
            self.write(number, STOP, button=which == "button")
            return
        if what == "failed":
            entry.code, entry.status = int(which), "failed"
        else:
            entry.reach(what)
        update = status_update(entry, number, now(), persona_of(number, self.seed))
        if what != "failed":
            update["status"] = what
        self.courier.hand_over("statuses", update)

    def _template(self, asked: dict[str, object]) -> Template:
        spoken = asked.get("language")
        name, language = asked.get("name"), spoken.get("code") if isinstance(spoken, dict) else None
        template = self.templates.get((str(name), str(language)))
        if template is None:
            raise CarrierRefusal(132001, f"template name ({name}) does not exist in {language}")
        return template

    def _wamid(self, number: str) -> str:
        source = f"{self.seed}|{number}|{next(self.serial)}"
        mark = hashlib.sha256(source.encode()).digest()[:21]
        return f"wamid.HBgN{b64encode(mark).decode()}"


def _template_of(request: dict[str, object]) -> dict[str, object]:
    """Return the part of a request that names the template."""
    asked = request.get("template")
    if request.get("type") != "template" or not isinstance(asked, dict):
        raise CarrierRefusal(131047, "More than 24 hours have passed since the last reply.")
    return asked


def _number(request: dict[str, object]) -> str:
    if request.get("messaging_product") != "whatsapp":
        raise CarrierRefusal(100, "(#100) The parameter messaging_product is required.")
    if len(str(request.get("biz_opaque_callback_data", ""))) > LONGEST_OPAQUE:
        raise CarrierRefusal(100, "Param biz_opaque_callback_data must be at most 512 characters.")
    to = request.get("to")
    if not isinstance(to, str) or not to:
        raise CarrierRefusal(100, "The parameter to is required.")
    number = "".join(digit for digit in to if digit.isdigit())
    if not to.startswith("+") or not is_reserved(number):
        raise CarrierRefusal(131030, "Not a number of the rehearsal: +62 899 0000 0000 and on.")
    return number

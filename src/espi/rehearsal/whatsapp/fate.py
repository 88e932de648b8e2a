"""What happens to a message after the carrier took it: which statuses, and after how long."""

from __future__ import annotations

from random import Random

from espi.rehearsal.whatsapp.personas import FAILS_WITH, Persona

SENT, DELIVERED, READ = 1.0, 40.0, 5_400.0  # medians in seconds after the step before
READS = 0.75  # of ordinary people; the others hide read receipts
STOPS = {Persona.SAYS_STOP: "text", Persona.PRESSES_STOP: "button"}


def fate_of(persona: Persona, rng: Random) -> list[tuple[float, str]]:
    """Return (seconds after sending, event) in order.

    An event is a status, ``failed:<code>``, or ``stop:text`` and ``stop:button`` for what the
    holder answers.
    """
    sent = SENT * rng.lognormvariate(0, 0.5)
    if persona in FAILS_WITH:
        failed = (sent * 2, f"failed:{FAILS_WITH[persona]}")
        return [failed] if persona is Persona.NOT_ON_WHATSAPP else [(sent, "sent"), failed]
    events = [(sent, "sent")]
    if persona is Persona.NEVER_DELIVERED:
        return events
    delivered = sent + DELIVERED * rng.lognormvariate(0, 1.5)
    if persona is not Persona.READ_WITHOUT_DELIVERED:
        events.append((delivered, "delivered"))
    read = delivered + READ * rng.lognormvariate(0, 1.2)
    if persona is not Persona.ORDINARY or rng.random() < READS:
        events.append((read, "read"))
    if persona in STOPS:
        events.append((read + 30, f"stop:{STOPS[persona]}"))
    return events

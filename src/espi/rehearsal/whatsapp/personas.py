"""Who holds the phone: how a number behaves, as its last digits say, like those of a test card.

Numbers ending in 0001 to 0009 always behave as listed; every other number draws its persona from
the seed, mostly an ordinary one.
"""

from __future__ import annotations

from enum import Enum
from random import Random
from re import fullmatch

RESERVED = r"628990\d{7}"  # +62 899 0000 0000 to +62 899 0999 9999


class Persona(Enum):
    """How the holder of a phone behaves."""

    ORDINARY = "ordinary"
    NOT_ON_WHATSAPP = "not on WhatsApp"
    CAPPED = "capped"
    OPTED_OUT = "opted out at WhatsApp"
    SAYS_STOP = "answers BERHENTI"
    PRESSES_STOP = "presses the stop button"
    USERNAME_ONLY = "known by username only"
    READ_WITHOUT_DELIVERED = "read without delivered"
    NEVER_DELIVERED = "phone is off"
    BLOCKS = "blocks and reports"


BY_SUFFIX = {
    "0001": Persona.NOT_ON_WHATSAPP,
    "0002": Persona.CAPPED,
    "0003": Persona.OPTED_OUT,
    "0004": Persona.SAYS_STOP,
    "0005": Persona.PRESSES_STOP,
    "0006": Persona.USERNAME_ONLY,
    "0007": Persona.READ_WITHOUT_DELIVERED,
    "0008": Persona.NEVER_DELIVERED,
    "0009": Persona.BLOCKS,
}
SHARES = {
    Persona.NOT_ON_WHATSAPP: 0.05,
    Persona.CAPPED: 0.01,
    Persona.OPTED_OUT: 0.005,
    Persona.SAYS_STOP: 0.008,
    Persona.PRESSES_STOP: 0.004,
    Persona.USERNAME_ONLY: 0.01,
    Persona.READ_WITHOUT_DELIVERED: 0.02,
    Persona.NEVER_DELIVERED: 0.03,
    Persona.BLOCKS: 0.003,
}
FAILS_WITH = {
    Persona.NOT_ON_WHATSAPP: 131026,
    Persona.CAPPED: 131049,
    Persona.OPTED_OUT: 131050,
}


def is_reserved(number: str) -> bool:
    """Say whether the digits are a number of the simulator's range."""
    return fullmatch(RESERVED, number) is not None


def persona_of(number: str, seed: str) -> Persona:
    """Return who holds the phone of this number."""
    if number[-4:] in BY_SUFFIX:
        return BY_SUFFIX[number[-4:]]
    chance = Random(f"{seed}|{number}").random()  # noqa: S311 a reproducible nation, no secret
    for persona, share in SHARES.items():
        if chance < share:
            return persona
        chance -= share
    return Persona.ORDINARY

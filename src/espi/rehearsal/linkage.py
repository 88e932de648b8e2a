"""The attacker of the linkage game: holds everything that is stored, and what a spy would note.

The truth comes from the simulated respondents themselves; no program of the survey has it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from secrets import SystemRandom
from typing import Any

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing
from espi.rehearsal.respondents.journey import Seen

LENGTH = 64 + keys.MODULUS_BITS // 8 + sealing.SEALED_LENGTH


def read_seen(file: Path) -> list[Seen]:
    """Return what an observer noted, in the order in which people answered."""
    lines = file.read_text("ascii").splitlines()
    return [Seen(**json.loads(line)) for line in lines]


def by_stratum(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the second of each pair by the first, in their order."""
    names: dict[str, list[str]] = defaultdict(list)
    for stratum, name in rows:
        names[stratum].append(name)
    return names


def game_of(
    seen: Sequence[Seen], public: Mapping[str, Any], box: Path, people: int
) -> dict[str, Any]:
    """Return a round of the game: transcripts of a few people, their envelopes, and the truth.

    Both are in random order, each in its own; the truth says which envelope is whose.

    Raises:
        ValueError: no group has so many people.
    """
    shuffled = SystemRandom()
    groups = by_stratum([(person.key_stratum, person.name) for person in seen])
    large = sorted(code for code, names in groups.items() if len(names) >= people)
    if not large:
        raise ValueError(f"no group has {people} people")
    stratum = large[0]
    chosen = shuffled.sample([person for person in seen if person.key_stratum == stratum], people)
    ballots = _ballots(box / "sealed" / f"{stratum}.bin")
    envelopes = shuffled.sample([person.name for person in chosen], people)
    numbers = blindrsa.load_public(
        encoding.from_base64(public[stratum]["public_key"])
    ).public_numbers()
    return {
        "stratum": stratum,
        "key": {"n": f"{numbers.n:x}", "e": numbers.e},
        "people": [
            {"blinded": _hex(person.blinded), "signed": _hex(person.blind_signature)}
            for person in chosen
        ],
        "envelopes": [{"name": name, "signature": ballots[name].hex()} for name in envelopes],
        "truth": [envelopes.index(person.name) for person in chosen],
    }


def _hex(text: str) -> str:
    return encoding.from_text(text).hex()


def _ballots(file: Path) -> dict[str, bytes]:
    """Return the signatures of an exported box's ballots by name."""
    signatures = {}
    content = file.read_bytes()
    for at in range(0, len(content), LENGTH):
        ballot = content[at : at + LENGTH]
        name = encoding.ballot_digest(ballot[-sealing.SEALED_LENGTH :]).hex()
        signatures[name] = ballot[64 : -sealing.SEALED_LENGTH]
    return signatures

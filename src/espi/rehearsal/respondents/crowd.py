"""Lets everybody whose turn it is answer, a few at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

import aiohttp

from espi.rehearsal.respondents.character import Character, character_of
from espi.rehearsal.respondents.envelope import Booth
from espi.rehearsal.respondents.journey import (
    JourneyContext,
    Seen,
    ServiceAddresses,
    WentWrong,
    fetch,
    follow_link,
)
from espi.rehearsal.respondents.reading import Reader, readers

PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Turn:
    """Which part of fieldwork this is.

    Attributes:
        number: 1 to ``of``; the last comes after the reminder.
        at_once: how many people answer together.
    """

    number: int
    of: int
    seed: str
    at_once: int


async def answer_all(
    addresses: ServiceAddresses, turn: Turn, seen: list[Seen] | None = None
) -> dict[str, int]:
    """Let all whose turn it is answer, and return how many journeys ended in which way.

    ``went wrong: …`` counts what the system did against the protocol.

    Args:
        addresses: where the system and the simulators are.
        turn: which part of fieldwork this is.
        seen: gets what an observer of everything would note.
    """
    connector = aiohttp.TCPConnector(limit=turn.at_once * 2)
    async with aiohttp.ClientSession(connector=connector, timeout=PATIENCE) as session:
        everybody = await _everybody(session, addresses)
        counts: Counter[str] = Counter({"with a link": len(everybody)})
        whose = [
            (reader, character)
            for reader in everybody
            for character in [character_of(reader.address, turn.seed, turn.of)]
            if _comes_now(reader, character, turn)
        ]
        booth = await open_booth(session, addresses.booth)
        context = JourneyContext(
            session, addresses, booth, turn.seed, counts, [] if seen is None else seen
        )
        seats = asyncio.Semaphore(turn.at_once)

        async def answer_when_free(reader: Reader, character: Character) -> None:
            async with seats:
                try:
                    counts[await follow_link(context, reader, character)] += 1
                except WentWrong as problem:
                    counts[f"went wrong: {problem}"] += 1

        await asyncio.gather(*(answer_when_free(*person) for person in whose))
    return dict(counts)


async def open_booth(session: aiohttp.ClientSession, url: str) -> Booth:
    """Read the files that the booth gives everybody."""
    config = await fetch(session, f"{url}/config.json")
    return Booth(config, await fetch(session, f"{url}/directory.json"))


def _comes_now(reader: Reader, character: Character, turn: Turn) -> bool:
    if character.says_stop:
        return turn.number == 1
    if character.never_opens or character.turn != turn.number:
        return False
    return turn.number < turn.of or reader.letters > 1 or turn.of == 1


async def _everybody(session: aiohttp.ClientSession, addresses: ServiceAddresses) -> list[Reader]:
    async with session.post(f"{addresses.phones}/__sim/settle") as settled:
        settled.raise_for_status()  # days have passed: what was on its way has arrived
    on_phones = await fetch(session, f"{addresses.phones}/__sim/messages")
    by_mail = await fetch(session, f"{addresses.mail}/__sim/messages") if addresses.mail else []
    return readers(on_phones, by_mail, addresses.booth)

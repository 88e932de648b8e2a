"""Auditors who answer with invitations planted for them, and write down what they answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from espi.anonymity.v1 import ballot
from espi.rehearsal.respondents.choices import choose_answers
from espi.rehearsal.respondents.crowd import PATIENCE, open_booth
from espi.rehearsal.respondents.envelope import seal
from espi.rehearsal.respondents.journey import Places, Travel, WentWrong, cast, open_link


def links_in(file: Path) -> list[str]:
    """Return the links of a file that ``espi invitations plant`` or ``slips`` wrote."""
    return [line.split(",")[1] for line in file.read_text("ascii").splitlines() if line]


async def answer_with(places: Places, links: Sequence[str], seed: str) -> list[dict[str, Any]]:
    """Follow each link and answer, and return the answer sheets that were sealed.

    Raises:
        WentWrong: the system did not keep to the protocol.
    """
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        travel = Travel(session, places, await open_booth(session, places.booth), seed)
        return [await _answer(travel, link) for link in links]


async def _answer(travel: Travel, link: str) -> dict[str, Any]:
    code = await open_link(travel, link)
    status, invitation = await travel.post(
        f"{travel.places.registry}/v1/invitation", {"code": code}
    )
    if status != HTTPStatus.OK:
        raise WentWrong(f"invitation: {status} {invitation.get('error')}")
    instrument = await travel.instrument(str(invitation["instrument"]["digest"]))
    agency = str(invitation["agency"]["code"])
    answers = choose_answers(instrument, agency, travel.seed, code)
    await cast(travel, code, seal(travel.booth, invitation, answers), again=False)
    written = ballot.answer_sheet(
        invitation, answers, language=str(invitation["language"]), mode="web"
    )
    sheet: dict[str, Any] = json.loads(written)
    return sheet

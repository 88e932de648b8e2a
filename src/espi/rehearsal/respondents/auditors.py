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
from espi.rehearsal.respondents.journey import (
    JourneyContext,
    ServiceAddresses,
    WentWrong,
    open_link,
    send_ballot,
)
from espi.rehearsal.respondents.service import choose_service


def links_in(file: Path) -> list[str]:
    """Return the links of a file that ``espi invitations plant`` or ``slips`` wrote."""
    return [line.split(",")[1] for line in file.read_text("ascii").splitlines() if line]


async def answer_with(
    addresses: ServiceAddresses, links: Sequence[str], seed: str
) -> list[dict[str, Any]]:
    """Follow each link and answer, and return the answer sheets that were sealed.

    Raises:
        WentWrong: the system did not keep to the protocol.
    """
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        context = JourneyContext(
            session, addresses, await open_booth(session, addresses.booth), seed
        )
        return [await _answer(context, link) for link in links]


async def _answer(context: JourneyContext, link: str) -> dict[str, Any]:
    code = await open_link(context, link)
    status, invitation = await context.post(
        f"{context.addresses.registry}/v1/invitation", {"code": code}
    )
    if status != HTTPStatus.OK:
        raise WentWrong(f"invitation: {status} {invitation.get('error')}")
    instrument = await context.instrument(str(invitation["instrument"]["digest"]))
    agency = str(invitation["agency"]["code"])
    service = choose_service(invitation, context.seed, code)
    answers = choose_answers(instrument, agency, context.seed, code, service)
    await send_ballot(context, code, seal(context.booth, invitation, answers, service), again=False)
    written = ballot.answer_sheet(
        invitation, answers, language=str(invitation["language"]), mode="web", service=service
    )
    sheet: dict[str, Any] = json.loads(written)
    return sheet

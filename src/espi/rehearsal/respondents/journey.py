"""What one respondent does, from the link to the receipt, and the ways in which it can fail."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from espi.anonymity.v1 import encoding
from espi.anonymity.v1.ballot import UnsignedBallot
from espi.rehearsal.nation.truth import willingness
from espi.rehearsal.respondents.character import Character
from espi.rehearsal.respondents.choices import choose_answers
from espi.rehearsal.respondents.envelope import Booth, seal
from espi.rehearsal.respondents.reading import STOP, Reader
from espi.rehearsal.respondents.service import choose_service

TRIES, FIRST_WAIT = 5, 0.2  # at a connection that fails


class WentWrong(Exception):
    """The system gave an answer that the protocol does not allow."""


@dataclass(frozen=True, slots=True)
class ServiceAddresses:
    """Where the system and the simulators are, without a slash at the end."""

    phones: str
    registry: str
    box: str
    booth: str
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody who watches everything would note of one person, and the truth.

    The programs keep none of it; the rehearsal does, to let attackers try.

    Attributes:
        code: of the person, as the registry could derive it.
        blinded: what the signer was asked, and ``blind_signature`` what it answered.
        name: of the ballot that is this person's: the truth.
    """

    key_stratum: str
    code: str
    blinded: str
    blind_signature: str
    name: str


@dataclass(slots=True)
class JourneyContext:
    """What all journeys share.

    Attributes:
        seen: one line per person who answered, in the order in which they came.
    """

    session: aiohttp.ClientSession
    addresses: ServiceAddresses
    booth: Booth
    seed: str
    counts: Counter[str] = field(default_factory=Counter)
    seen: list[Seen] = field(default_factory=list)
    instruments: dict[str, Any] = field(default_factory=dict)

    async def instrument(self, digest: str) -> Mapping[str, Any]:
        """Return a questionnaire as the booth publishes it, fetched once."""
        if digest not in self.instruments:
            url = f"{self.addresses.booth}/instruments/{digest}.json"
            self.instruments[digest] = await fetch(self.session, url)
        instrument: Mapping[str, Any] = self.instruments[digest]
        return instrument

    async def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Post JSON as plain text, again where the connection fails, and return the answer.

        Raises:
            WentWrong: no try came through.
        """
        written = json.dumps(body)
        for number in range(TRIES):
            try:
                async with self.session.post(
                    url, data=written, headers={"Content-Type": "text/plain"}
                ) as answer:
                    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                        return answer.status, await answer.json(content_type=None)
            except (aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
                self.counts["connections lost"] += 1
            await asyncio.sleep(FIRST_WAIT * 2**number)
        raise WentWrong(f"no answer from {url}")


async def open_link(context: JourneyContext, link: str) -> str:
    """Open a link as a browser does, without what follows "#", and return the code behind that.

    Raises:
        WentWrong: the address is not served, or not with the booth's page.
    """
    address, _, code = link.partition("#")
    async with context.session.get(address) as answer:
        page = await answer.text()
        if answer.status != HTTPStatus.OK or "data-root=" not in page:
            raise WentWrong(f"link: {answer.status} at {address}")
    return code


async def fetch(session: aiohttp.ClientSession, url: str) -> Any:
    """Return the JSON at an address."""
    async with session.get(url) as answer:
        answer.raise_for_status()
        return await answer.json(content_type=None)


async def follow_link(context: JourneyContext, reader: Reader, character: Character) -> str:
    """Let one person follow their link, and return how it ended, in a word or two.

    Raises:
        WentWrong: the system did not keep to the protocol.
    """
    if character.says_stop and reader.letters == 1:
        return await _ask_to_stop(context, reader)
    code = await open_link(context, reader.link)
    status, invitation = await context.post(
        f"{context.addresses.registry}/v1/invitation", {"code": code}
    )
    if status == HTTPStatus.GONE:
        return "closed"
    if status != HTTPStatus.OK:
        raise WentWrong(f"invitation: {status} {invitation.get('error')}")
    if invitation["state"] != "open":
        return str(invitation["state"])
    agency, group = str(invitation["agency"]["code"]), str(invitation["group"])
    if character.reluctance > willingness(context.seed, agency, group):
        return "looked only"
    instrument = await context.instrument(str(invitation["instrument"]["digest"]))
    service = choose_service(invitation, context.seed, reader.address)
    answers = choose_answers(instrument, agency, context.seed, reader.address, service)
    envelope = seal(context.booth, invitation, answers, service)
    await send_ballot(context, code, envelope, again=character.loses_reply)
    if character.tries_twice:
        again = seal(context.booth, invitation, answers, service)
        await _try_twice(context, code, again)
    return "answered"


async def send_ballot(
    context: JourneyContext, code: str, envelope: UnsignedBallot, *, again: bool
) -> None:
    """Get the signature for an envelope and send the ballot; ``again`` repeats each step."""
    request = envelope.ticket_request(code)
    status, ticket = await context.post(f"{context.addresses.registry}/v1/ticket", request)
    if status != HTTPStatus.OK:
        raise WentWrong(f"ticket: {status} {ticket.get('error')}")
    if again:
        context.counts["sent again after a lost reply"] += 1
        _status, repeated = await context.post(f"{context.addresses.registry}/v1/ticket", request)
        if repeated != ticket:
            raise WentWrong("ticket: the same request got another reply")
    ballot = envelope.with_signature(ticket["signature"]).to_json()
    for _ in range(2 if again else 1):
        status, dropped = await context.post(f"{context.addresses.box}/v1/ballots", ballot)
        if status != HTTPStatus.OK or dropped["receipt"] != envelope.receipt:
            raise WentWrong(f"ballot: {status} {dropped}")
    name = encoding.ballot_digest(envelope.envelope).hex()
    context.seen.append(
        Seen(envelope.key_stratum, code, request["blinded"], ticket["signature"], name)
    )


async def _try_twice(context: JourneyContext, code: str, envelope: UnsignedBallot) -> None:
    request = envelope.ticket_request(code)
    status, _refusal = await context.post(f"{context.addresses.registry}/v1/ticket", request)
    if status != HTTPStatus.CONFLICT:
        raise WentWrong(f"a second signature was not refused: {status}")
    context.counts["second ballots refused"] += 1


async def _ask_to_stop(context: JourneyContext, reader: Reader) -> str:
    page = context.addresses.mail if reader.by_mail else context.addresses.phones
    async with context.session.post(f"{page}{reader.stop_path}", data={"teks": STOP}) as answer:
        if answer.status != HTTPStatus.OK:
            raise WentWrong(f"stop: {answer.status}")
    return "asked to stop"

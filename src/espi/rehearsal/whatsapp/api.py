"""The addresses of the Cloud API, and those by which tests and respondents look inside."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from dataclasses import asdict

from aiohttp import web

from espi.rehearsal.whatsapp.errors import CarrierRefusal
from espi.rehearsal.whatsapp.simulator import FAULTS, Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
SETTLE_WITHIN = 60.0  # seconds


async def send_message(request: web.Request) -> web.StreamResponse:
    """Answer ``POST /vNN.N/<phone-number-id>/messages``."""
    simulator = request.app[SIMULATOR]
    simulator.phones.posts += 1
    fault = _fault_before(request, simulator)
    if fault is not None:
        return fault
    try:
        simulator.refuse_as_planned()
        _authorise(request, simulator)
        answer = simulator.send(await _body(request))
    except CarrierRefusal as refusal:
        simulator.phones.refused[refusal.code] += 1
        trace = f"A{simulator.phones.posts:021d}"
        return web.json_response(refusal.body(trace), status=refusal.status)
    if simulator.take_fault("cut_after"):
        return _cut(request)
    if simulator.take_fault("unreadable"):
        return web.Response(text="<html>", content_type="text/html")
    return web.json_response(answer)


def _fault_before(request: web.Request, simulator: Simulator) -> web.StreamResponse | None:
    """Return the answer of a fault that happens before the message is taken."""
    if simulator.take_fault("cut_before"):
        return _cut(request)
    if simulator.take_fault("error_500"):
        return web.Response(status=500)
    if simulator.take_fault("empty_429"):
        return web.Response(status=429)
    return None


def _authorise(request: web.Request, simulator: Simulator) -> None:
    authorization = request.headers.get("Authorization", "")
    expired = simulator.take_fault("token_expired")
    if expired or not hmac.compare_digest(
        authorization.encode(), f"Bearer {simulator.token}".encode()
    ):
        raise CarrierRefusal(190, "The access token is not valid or has expired.")
    if request.match_info["phone"] != simulator.phone_number_id:
        raise CarrierRefusal(100, "Unsupported post request: no such phone number id.")
    if simulator.take_fault("maintenance"):
        raise CarrierRefusal(131057, "The account is in maintenance mode.")
    if simulator.take_fault("payment"):
        raise CarrierRefusal(131042, "There is a problem with the payment method.")


async def _body(request: web.Request) -> dict[str, object]:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise CarrierRefusal(100, "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise CarrierRefusal(100, "The body is no JSON object.")
    return body


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def messages(request: web.Request) -> web.Response:
    """List the messages that people can see, oldest first; ``?to=`` for one phone."""
    phones = request.app[SIMULATOR].phones
    number_asked = "".join(c for c in request.query.get("to", "") if c.isdigit())
    numbers = [number_asked] if number_asked else list(phones.chats)
    return web.json_response(
        [
            entry.as_json(number) | {"replies": phones.replies(number)}
            for number in numbers
            for entry in phones.visible(number)
            if entry.template
        ]
    )


async def counters(request: web.Request) -> web.Response:
    """Return what was counted."""
    simulator = request.app[SIMULATOR]
    return web.json_response(asdict(simulator.phones.counts(simulator.pending)))


async def settle(request: web.Request) -> web.Response:
    """Let all that is planned happen now, and answer when the system has accepted it."""
    simulator = request.app[SIMULATOR]
    simulator.hurry()
    until = time.monotonic() + SETTLE_WITHIN
    while simulator.pending and time.monotonic() < until:
        await asyncio.sleep(0.02)
        simulator.hurry()
    status = 504 if simulator.pending else 200
    return web.json_response(asdict(simulator.phones.counts(simulator.pending)), status=status)


async def faults(request: web.Request) -> web.Response:
    """Plan faults: ``{"cut_after": 2}`` cuts the next two connections after acceptance.

    ``refuse_130429`` answers with that error code, ``silent`` keeps all webhooks back until it is
    set to 0.
    """
    simulator = request.app[SIMULATOR]
    for name, times in (await request.json()).items():
        code = name.removeprefix("refuse_")
        if name == "forged":
            simulator.courier.forged = int(times)
        elif name == "silent":
            simulator.courier.keep_silent(bool(times))
        elif code != name and code.isdigit():
            simulator.refusals[int(code)] = int(times)
        elif name in FAULTS:
            simulator.faults[name] = int(times)
        else:
            raise web.HTTPBadRequest(text=f"no such fault: {name}")
    return web.json_response(dict(simulator.faults))


def add_routes(app: web.Application) -> None:
    """Serve the Cloud API and the looks inside."""
    app.router.add_post(r"/{version:v\d+\.\d+}/{phone:\d+}/messages", send_message)
    app.router.add_get("/__sim/messages", messages)
    app.router.add_get("/__sim/counters", counters)
    app.router.add_post("/__sim/settle", settle)
    app.router.add_post("/__sim/faults", faults)

"""Puts the simulator together and runs it as a web server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from aiohttp import web

from espi.rehearsal.pages import frame
from espi.rehearsal.whatsapp import api, pages
from espi.rehearsal.whatsapp.courier import Courier
from espi.rehearsal.whatsapp.limits import Limits
from espi.rehearsal.whatsapp.simulator import Simulator
from espi.rehearsal.whatsapp.templates import DEFAULT, read_templates


@dataclass(frozen=True, slots=True)
class Sender:
    """What the carrier and the system have agreed on.

    Attributes:
        webhook: where updates go.
        booth, registry: what a template's addresses stand for.
    """

    phone_number_id: str
    token: str
    app_secret: str
    verify_token: str
    webhook: str
    booth: str
    registry: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the simulated world behaves.

    Attributes:
        speed: how many times faster than life statuses come.
        rate: messages a second that the carrier takes.
        templates: file of the approved templates.
    """

    seed: str = "1"
    speed: float = 3_600.0
    rate: float = 1_000.0
    templates: Path = DEFAULT


def make_app(sender: Sender, behaviour: Behaviour) -> web.Application:
    """Return the simulator as an application that lives while it is served."""
    courier = Courier(
        sender.webhook,
        sender.app_secret,
        sender.verify_token,
        sender.phone_number_id,
        Random(f"{behaviour.seed}|courier"),  # noqa: S311 a reproducible nation, no secret
    )
    addresses = {"BOOTH_URL": sender.booth, "REGISTRY_URL": sender.registry}
    app = web.Application()
    app[api.SIMULATOR] = Simulator(
        sender.phone_number_id,
        sender.token,
        read_templates(behaviour.templates, addresses),
        courier,
        Limits(behaviour.rate),
        behaviour.seed,
        behaviour.speed,
    )
    api.add_routes(app)
    frame.add_routes(app)
    pages.add_routes(app)
    app.cleanup_ctx.append(_live)
    return app


async def _live(app: web.Application) -> AsyncIterator[None]:
    simulator = app[api.SIMULATOR]
    lives = [asyncio.create_task(simulator.live()), asyncio.create_task(simulator.courier.run())]
    yield
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)

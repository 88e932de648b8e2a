"""Which service somebody says they rate: mostly the one that the list named."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from espi.service_categories import PREFIX

CONFIRMS, NONE_OF_THESE = 0.93, 0.03  # shares; the others choose another of the services


def choose_service(invitation: Mapping[str, Any], seed: str, address: str) -> str:
    """Return what is sealed as the service: a code, ``category:<code>``, or "" if not asked.

    Args:
        invitation: what the registry answered about the code.
        seed: of the nation.
        address: of the person, who chooses the same each time.
    """
    services = [str(service["code"]) for service in invitation.get("services", ())]
    categories = [str(category["code"]) for category in invitation.get("categories", ())]
    if not services:
        return ""
    rng = Random(f"{seed}|{address}|service")  # noqa: S311 a reproducible nation, no secret
    chance = rng.random()
    if categories and chance < NONE_OF_THESE:
        return f"{PREFIX}{rng.choice(categories)}"
    named = str(invitation.get("service", "")) or _of_unit(invitation)
    return named if named in services and chance < CONFIRMS else rng.choice(services)


def _of_unit(invitation: Mapping[str, Any]) -> str:
    """Return the unit that the list names without a code: people know where they work."""
    for service in invitation["services"]:
        if service["name"]["id"] == invitation["unit"]:
            return str(service["code"])
    return ""

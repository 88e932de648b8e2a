"""From the directory file of a wave to what the browser reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from espi.anonymity.v1 import blindrsa, encoding
from espi.anonymity.v1.directory import Directory
from espi.booth.publish import Site


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whom the browser speaks to, without a slash at the end, and the name of the sender."""

    registry: str
    box: str
    public: str
    sender: str
    assisted: str = ""


def site_of(directory: Mapping[str, Any], addresses: Addresses) -> Site:
    """Return what the booth of a wave serves.

    Raises:
        KeyError, ValueError: the file lacks a part, or a key is none.
    """
    if not directory["election_key"]:
        raise ValueError("the trustees' key is missing")
    opening = Directory.read(directory["entries"])
    config = {
        "registry": addresses.registry,
        "box": addresses.box,
        "public": addresses.public,
        "sender": addresses.sender,
        "assisted": addresses.assisted,
        "round": directory["wave"],
        "level": directory["level"],
        "election_key": directory["election_key"],
        "rehearsal": directory["rehearsal"],
        "title": directory["title"],
        "closes_on": directory["closes_on"],
        "round_entry": opening.proof(0).to_json(),
        "practice": [
            {"group": content["group"], "digest": digest, "title": content["title"]}
            for digest, content in directory["instruments"].items()
        ],
    }
    key_strata = {
        code: {"jwk": public_jwk(key["public_key"]), "invited": key["invited"]}
        for code, key in directory["keys"].items()
    }
    return Site(
        root=encoding.to_base64(opening.root),
        size=opening.size,
        config=config,
        directory={"round": directory["wave"], "key_strata": key_strata},
        instruments=directory["instruments"],
    )


def public_jwk(text: str) -> dict[str, str]:
    """Return a public signing key (base64 of its DER form) as the browser imports it."""
    numbers = blindrsa.load_public(encoding.from_base64(text)).public_numbers()
    return {
        "kty": "RSA",
        "n": encoding.to_text(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": encoding.to_text(numbers.e.to_bytes(3, "big")),
    }

"""Reads the directory file of a wave, and returns what the browser needs of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from espi.anonymity.v1 import blindrsa, encoding
from espi.anonymity.v1.directory import Directory


@dataclass(frozen=True, slots=True)
class Addresses:
    """The servers that the browser speaks to, without a slash at the end, and the sender's name.

    Attributes:
        registry: takes codes and gives signatures.
        box: takes ballots.
        public: the results site.
        sender: name of the official sender of messages.
        assisted: the booth for browsers without script; empty where there is none.
    """

    registry: str
    box: str
    public: str
    sender: str
    assisted: str = ""


@dataclass(frozen=True, slots=True)
class PracticeChoice:
    """A questionnaire that the practice copy offers."""

    group: str
    digest: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Config:
    """The file ``config.json``; its fields are the names in the file.

    Attributes:
        round: the wave's code.
        level: of protection, L1 to L3.
        election_key: the trustees' public key as JWK.
        rehearsal: every page carries a banner.
        closes_on: last day of the wave, as in ISO 8601.
        round_entry: the wave's entry in the log, with its proof.
    """

    registry: str
    box: str
    public: str
    sender: str
    assisted: str
    round: str
    level: str
    election_key: Mapping[str, str]
    rehearsal: bool
    title: Mapping[str, str]
    closes_on: str
    round_entry: Mapping[str, Any]
    practice: tuple[PracticeChoice, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """What the booth of a wave serves beside its page and bundle.

    Attributes:
        root: of the log, in base64; the page checks keys and invitations against it.
        size: of the log that the root is of.
        directory: public signing keys per key stratum.
        instruments: questionnaires by digest, in their JSON.
    """

    root: str
    size: int
    config: Config
    directory: Mapping[str, object]
    instruments: Mapping[str, Mapping[str, object]]


def site_of(directory: Mapping[str, Any], addresses: Addresses) -> Site:
    """Return what the booth of a wave serves.

    Args:
        directory: the file that ``espi directory export`` wrote.
        addresses: where the browser finds the servers.

    Raises:
        KeyError: the file lacks a part.
        ValueError: the trustees' key is missing, or a signing key cannot be read.
    """
    if not directory["election_key"]:
        raise ValueError("the trustees' key is missing")
    opening = Directory.read(directory["entries"])
    instruments = directory["instruments"]
    config = Config(
        **asdict(addresses),
        round=directory["wave"],
        level=directory["level"],
        election_key=directory["election_key"],
        rehearsal=directory["rehearsal"],
        title=directory["title"],
        closes_on=directory["closes_on"],
        round_entry=opening.proof(0).to_json(),
        practice=tuple(
            PracticeChoice(group=content["group"], digest=digest, title=content["title"])
            for digest, content in instruments.items()
        ),
    )
    key_strata = {
        code: {"jwk": public_jwk(key["public_key"]), "invited": key["invited"]}
        for code, key in directory["keys"].items()
    }
    return Site(
        root=encoding.to_base64(opening.root),
        size=opening.size,
        config=config,
        directory={"round": directory["wave"], "key_strata": key_strata},
        instruments=instruments,
    )


def public_jwk(text: str) -> dict[str, str]:
    """Return a public signing key (base64 of its DER form) as the browser imports it.

    Raises:
        ValueError: the text is not a key of this protocol.
    """
    numbers = blindrsa.load_public(encoding.from_base64(text)).public_numbers()
    return {
        "kty": "RSA",
        "n": encoding.to_text(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": encoding.to_text(numbers.e.to_bytes(3, "big")),
    }

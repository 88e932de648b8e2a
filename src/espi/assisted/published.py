"""The published booth of a wave, read from the same folder that everybody's browser gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from re import search
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from espi.anonymity.v1 import ballot, blindrsa, encoding, sealing
from espi.anonymity.v1.ballot import UnsignedBallot
from espi.anonymity.v1.page_checks import Anchor, NotPublished, check_invitation
from espi.assisted.service import Choice, without_service
from espi.instrument.model import Instrument
from espi.instrument.reader import read


@dataclass(frozen=True, slots=True)
class Config:
    """What ``config.json`` says, as far as the assisted booth needs it.

    Attributes:
        registry: address without a slash at the end, as are ``box`` and ``public``.
        round: the wave's code.
        rehearsal: every page carries a banner.
        document: the whole file, for the checks against the page's root.
    """

    registry: str
    box: str
    public: str
    round: str
    rehearsal: bool
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Booth:
    """A published booth in its folder; each file is read once, when it is first needed."""

    folder: Path

    @cached_property
    def config(self) -> Config:
        """Addresses, wave and level."""
        document = json.loads((self.folder / "config.json").read_text("utf-8"))
        return Config(
            registry=str(document["registry"]),
            box=str(document["box"]),
            public=str(document["public"]),
            round=str(document["round"]),
            rehearsal=bool(document.get("rehearsal")),
            document=document,
        )

    @cached_property
    def anchor(self) -> Anchor:
        """The root that is compiled into the page.

        Raises:
            NotPublished: the page carries none.
        """
        page = (self.folder / "index.html").read_text("utf-8")
        root = search(r'data-root="([^"]+)" data-size="(\d+)"', page)
        if root is None:
            raise NotPublished("the page has no root")
        return Anchor(encoding.from_base64(root[1]), int(root[2]))

    def instrument(self, digest: str) -> Instrument:
        """Return a questionnaire of the wave.

        Raises:
            NotPublished: the wave has no questionnaire of this digest.
        """
        if not digest.isalnum():  # it comes from the registry, and is about to be part of a path
            raise NotPublished("no such questionnaire")
        path = self.folder / "instruments" / f"{digest}.json"
        try:
            content = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise NotPublished("no such questionnaire") from None
        return read(content, str(content["code"]))

    def key(self, invitation: Mapping[str, Any], code: str) -> RSAPublicKey:
        """Return the one key that the ballot may be signed with.

        Raises:
            NotPublished: what the registry answered is not what was published for everybody.
        """
        der = check_invitation(self.anchor, self.config.document, invitation, code)
        try:
            return blindrsa.load_public(der)
        except ValueError:
            raise NotPublished("the key is not one of this protocol") from None

    def seal(
        self, invitation: Mapping[str, Any], code: str, answers: Mapping[str, str], language: str
    ) -> UnsignedBallot:
        """Lock the answers, with which service they are about, as a browser would.

        Raises:
            NotPublished: see ``key``.
        """
        sheet = ballot.answer_sheet(
            invitation,
            without_service(answers),
            language=language,
            mode="assisted",
            service=Choice.of(invitation).sealed_service(answers),
        )
        return ballot.enclose(
            sheet,
            round_code=self.config.round,
            key_stratum=str(invitation["key_stratum"]),
            election_key=sealing.from_jwk(self.config.document["election_key"]),
            signing_key=self.key(invitation, code),
        )

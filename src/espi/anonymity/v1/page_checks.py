"""What the respondent's side checks before it shows a question or sends anything.

The browser has its twin (``frontend/booth/src/protocol/``); this one serves the assisted booth.

Source: docs/protocol/record.md, P15.
"""

from __future__ import annotations

from dataclasses import dataclass

from espi.anonymity.v1 import encoding, entries, statements, tree, wire
from espi.anonymity.v1.directory import EntryProof, InvitationsEntry, RoundEntry, StratumEntry
from espi.anonymity.v1.invitations import InvitationProof
from espi.anonymity.v1.statements import S
from espi.anonymity.v1.wire import Json
from espi.minimum_cell import MINIMUM_CELL


@dataclass(frozen=True, slots=True)
class Anchor:
    """The root that is compiled into the page, and the size of the log it is of."""

    root: bytes
    size: int


class NotPublished(Exception):
    """A server showed this respondent something that it cannot prove to be shown to everybody.

    The respondent is asked nothing then, and nothing is sent.
    """


def check_invitation(anchor: Anchor, config: Json, invitation: Json, code: str) -> bytes:
    """Return the one key that a ballot may be signed with, as DER, after the checks of P15.

    Args:
        anchor: from the page.
        config: what the booth publishes, with its ``round_entry``.
        invitation: what the registry says a code is for, with its ``proofs``.
        code: the personal code.

    Raises:
        NotPublished: a proof is missing or wrong, or the group is too small.
    """
    try:
        return _checked_key(anchor, config, invitation, code)
    except ValueError as error:
        raise NotPublished(str(error)) from None


def _checked_key(anchor: Anchor, config: Json, invitation: Json, code: str) -> bytes:
    proofs = wire.member(invitation, "proofs")
    round_proof = EntryProof.from_json(wire.member(config, "round_entry"))
    invitations_proof = EntryProof.from_json(wire.member(proofs, "frame"))
    _insist(round_proof.index == 0 and invitations_proof.index == anchor.size - 1)
    round_entry = _proved(anchor, RoundEntry, round_proof)
    stratum = _proved(anchor, StratumEntry, EntryProof.from_json(wire.member(proofs, "stratum")))
    invitations = _proved(anchor, InvitationsEntry, invitations_proof)
    _insist(wire.text(config, "round") == round_entry.round_code)
    _insist(wire.text(config, "level") == round_entry.level)
    _insist(wire.public_key(config, "election_key") == round_entry.election_key)
    _insist(stratum.stratum == wire.text(invitation, "key_stratum"))
    _insist(stratum.round_code == invitations.round_code == round_entry.round_code)
    # With fewer people a key alone would nearly name its voter, whatever minimum a server names.
    _insist(stratum.invited >= max(MINIMUM_CELL, round_entry.minimum))
    own = entries.invite_hash(round_entry.round_code, stratum.stratum, code)
    invitation_proof = InvitationProof.from_json(wire.member(proofs, "invitation"))
    _insist(
        tree.includes(
            invitations.root,
            invitations.invitations,
            invitation_proof.index,
            tree.leaf_hash(own),
            invitation_proof.path,
        )
    )
    return encoding.from_base64(stratum.key)


def _proved(anchor: Anchor, kind: type[S], proof: EntryProof) -> S:
    """Return what an entry says, if it is under the root of the page."""
    _insist(proof.holds(anchor.root, anchor.size))
    return statements.from_entry(kind, proof.entry)


def _insist(right: bool) -> None:  # noqa: FBT001 it is the whole question
    if not right:
        raise NotPublished

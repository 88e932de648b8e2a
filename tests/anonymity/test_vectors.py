"""docs/protocol/vectors.json: known answers for whoever writes a second implementation.

Keys and shares in it are inputs: they were made once, for this file alone.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import blindrsa, codes, encoding, entries, keys, notes, sealing, tiles, tree
from espi.anonymity.v1.ballot import answer_sheet
from espi.anonymity.v1.directory import Directory, InvitationsEntry, RoundEntry, StratumEntry
from espi.canonical_json import canonical_json
from espi.response.opening.planted import Planted
from espi.response.opening.records import AnswerSheet
from espi.signer.closing import closing_statement
from tests.anonymity.hpke import seal_block

FILE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "vectors.json"
SECRET, REFERENCE = bytes(range(32)), "00000000-0000-4000-8000-000000000001"
ROUND, STRATUM = "latihan-2026", "kab-x.internal"
ENVELOPE = bytes(n % 251 for n in range(sealing.SEALED_LENGTH))
NAME = encoding.ballot_digest(ENVELOPE)
RANDOM = bytes(range(32))
MIDNIGHT = 20_640 * 86_400  # of 6 July 2026, UTC


@cache
def published():
    return json.loads(FILE.read_text("utf-8"))


def computed():
    """Return every vector from its inputs."""
    return of_ballots() | of_keys() | of_the_tree() | of_the_log()


def of_ballots():
    code = codes.derive_code(SECRET, REFERENCE)
    return {
        "P1": {
            "secret": SECRET.hex(), "reference": REFERENCE, "code": code,
            "check": codes.check_code(SECRET, REFERENCE), "hash": codes.code_hash(code).hex(),
        },
        "P2": {
            "plaintext": b"{}".hex(),
            "block_sha256": encoding.ballot_digest(encoding.pad(b"{}")).hex(),
            "longest": encoding.BLOCK - 1,
            "malformed": ["no byte but 0x00", "the last byte 0x01", "8,191 bytes"],
            "sheets": of_sheets(),
        },
        "P3": {
            "round": ROUND, "stratum": STRATUM,
            "envelope": "8,273 bytes, byte i is i mod 251",
            "name": NAME.hex(), "m": encoding.message(ROUND, STRATUM, ENVELOPE).hex(),
        },
        "P4": {"receipt": encoding.receipt(ENVELOPE)},
    }  # fmt: skip


def of_sheets():
    """Answer sheets of both kinds: with the part ``service``, and older ones without it."""
    invitation = {
        "round": ROUND, "stratum": f"{STRATUM}.1", "unit": "Dinas", "group": "internal",
        "agency": {"code": "kab-x"}, "instrument": {"digest": "00" * 32},
    }  # fmt: skip
    sheets = [
        json.loads(answer_sheet(invitation, {"i1": 1}, language="id", mode="web", service=service))
        for service in ("izin-usaha", "category:licensing", "")
    ]
    older = {name: part for name, part in sheets[2].items() if name != "service"}
    return [
        {"sheet": sheet, "service": AnswerSheet.from_json(sheet).service}
        for sheet in (*sheets, older)
    ]


def of_keys():
    """Blind signature, sealing and shares, with every random number given."""
    return {"P5": of_shares(), "P6": of_a_signature(), "P7": of_sealing(), "P10": of_a_ceremony()}


def of_shares():
    shares = published()["P5"]["shares"]
    [secret] = {keys.secret_of(keys.combine(list(pair))) for pair in combinations(shares, 2)}
    return {"shares": shares, "secret": secret.hex()}


def of_a_signature():
    pem = published()["P6"]["private_key"]
    private = serialization.load_pem_private_key(pem.encode(), None)
    public = private.public_key()
    prepared = RANDOM + encoding.message(ROUND, STRATUM, ENVELOPE)
    salt = bytes(range(48))
    r = int.from_bytes(bytes(7 * n % 256 for n in range(400)), "big") % public.public_numbers().n
    blinded, inverse = blindrsa.blind(public, prepared, salt=salt, r=r)
    answer = blindrsa.blind_sign(pem.encode(), blinded)
    return {
        "private_key": pem, "prep": prepared.hex(), "salt": salt.hex(),
        "factor": r.to_bytes(384, "big").hex(), "blinded": blinded.hex(), "answer": answer.hex(),
        "signature": blindrsa.finalize(public, prepared, answer, inverse).hex(),
    }  # fmt: skip


def of_sealing():
    recipient, ephemeral = keys.key_of(SECRET), keys.key_of(bytes(range(1, 33)))
    info = encoding.info(ROUND, STRATUM)
    envelope = seal_block(recipient.public_key(), ephemeral, info, encoding.pad(b"{}"))
    assert sealing.open_sealed(recipient, info, envelope) == b"{}"
    return {
        "info": info.hex(), "recipient": SECRET.hex(), "ephemeral": bytes(range(1, 33)).hex(),
        "plaintext": b"{}".hex(), "jwk": sealing.to_jwk(recipient.public_key()),
        "begins": envelope[:97].hex(), "name": encoding.ballot_digest(envelope).hex(),
    }  # fmt: skip


def of_a_ceremony():
    shares = published()["P5"]["shares"]
    said = {
        "format": "espi/v1/key-ceremony", "day": "2026-07-01", "threshold": 2,
        "trustees": ["One", "Two", "Three"],
        "election_key": sealing.to_jwk(keys.combine(shares[:2]).public_key()),
        "shares": [keys.share_fingerprint(words) for words in shares],
    }  # fmt: skip
    transcript = canonical_json(said) + "\n"
    return {
        "share": "academic acid", "fingerprint": keys.share_fingerprint("academic acid"),
        "transcript": transcript,
        "ceremony": encoding.ballot_digest(transcript.encode()).hex(),
    }  # fmt: skip


def of_the_tree():
    leaves = [tree.leaf_hash(bytes([n])) for n in range(7)]
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    checkpoint = notes.Checkpoint("box.example/record/latihan-2026", 7, tree.root_of(leaves))
    return {
        "P11": {
            "leaves": [f"{n:02x}" for n in range(7)], "root": tree.root_of(leaves).hex(),
            "inclusion_of_4": [node.hex() for node in tree.inclusion_proof(leaves, 4)],
            "consistency_from_3": [node.hex() for node in tree.consistency_proof(leaves, 3)],
        },
        "P12": {
            "tile_of_1234067": tiles.path(0, 1234067),
            "partial": tiles.path("entries", 273, 112), "partial_of": 273 * 256 + 112,
            "bundle_of_0_and_1": dict(tiles.entry_bundles([b"\0", b"\1"], 0)),
            "hashes_of_0_and_1": dict(tiles.hash_tiles(leaves[:2])),
        },
        "P13": {
            "key": SECRET.hex(), "vkey": str(notes.verifier_of(key, checkpoint.origin)),
            "checkpoint": notes.sign(checkpoint.text, key, checkpoint.origin),
            **cosigned(checkpoint),
        },
    }  # fmt: skip


def cosigned(checkpoint):
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    verifier = notes.verifier_of(key, "witness.example", notes.COSIGNS)
    text = f"cosignature/v1\ntime {MIDNIGHT}\n{checkpoint.text}"
    signature = MIDNIGHT.to_bytes(8, "big") + key.sign(text.encode())
    written = base64.b64encode(verifier.key_id + signature).decode()
    return {
        "witness_key": bytes(range(1, 33)).hex(), "witness_vkey": str(verifier),
        "time": MIDNIGHT, "cosignature": f"— witness.example {written}\n",
    }  # fmt: skip


def of_the_log():
    code = codes.derive_code(SECRET, REFERENCE)
    ballot = entries.BallotEntry(STRATUM, NAME, RANDOM, bytes(384))
    directory = a_directory()
    several = [f"{code[:-1]}{n}" for n in range(3)]
    hashes = sorted(entries.invite_hash(ROUND, STRATUM, one) for one in several)
    issued = {"a": 12, "b": 3, "c": 0, "d": 4, "e": 15}
    closing = closing_statement(ROUND, issued, hashes, minimum=10, destroyed=5)
    statement = {part: value for part, value in closing.to_json().items() if part != "destroyed"}
    return {
        "P14": {
            "ballot": {
                "stratum": STRATUM, "name": NAME.hex(), "r": RANDOM.hex(), "signature": "00" * 384
            },
            "ballot_leaf": tree.leaf_hash(ballot.to_bytes()).hex(),
            "directory": directory.texts, "root": directory.root.hex(),
        },
        "P15": {
            "invitation": entries.invite_hash(ROUND, STRATUM, code).hex(),
            "codes": several, "ascending": [one.hex() for one in hashes],
            "root": encoding.to_base64(tree.root(hashes)),
        },
        "P16": {
            "signatures": issued, "statement": statement,
            "planted": Planted(SECRET.hex(), [{"answers": {"i1": "1"}, "mode": "web"}]).commitment,
            "planted_over": {"salt": SECRET.hex(),
                             "sheets": [{"answers": {"i1": "1"}, "mode": "web"}]},
        },
    }  # fmt: skip


def a_directory():
    """Return the directory of one stratum, every part of each entry in it."""
    log = notes.verifier_of(Ed25519PrivateKey.from_private_bytes(SECRET), "box.example/r")
    rules = RoundEntry(
        round_code=ROUND, level="L1", minimum=10, log=str(log),
        election_key=sealing.to_jwk(keys.key_of(SECRET).public_key()), witnesses=(),
        quorum=0, booth="00" * 32, ceremony="",
        signer=str(notes.verifier_of(Ed25519PrivateKey.from_private_bytes(RANDOM), "signer")),
    )  # fmt: skip
    pem = published()["P6"]["private_key"].encode()
    der = serialization.load_pem_private_key(pem, None).public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    stratum = StratumEntry(
        round_code=ROUND, stratum=STRATUM, parent="", group="internal", invited=12,
        key=encoding.to_base64(der), merges=("kab-x.internal.1", "kab-x.internal.2"),
    )  # fmt: skip
    return Directory.of(rules, [stratum], InvitationsEntry(ROUND, 12, bytes(32), ""))


def test_the_published_vectors_are_what_the_program_computes():
    """Whoever changes an encoding changes the protocol, and must say so."""
    assert published() == json.loads(json.dumps(computed(), default=bytes.hex))


@pytest.mark.parametrize("block", [bytes(8192), bytes(8191) + b"\1", b"\x80" + bytes(8190)])
def test_a_malformed_block_is_refused(block):
    """As the vectors of P2 say."""
    with pytest.raises(encoding.MalformedBlock):
        encoding.unpad(block)

"""docs/protocol/vectors.json: known answers for whoever writes a second implementation."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import codes, encoding, entries, keys, notes, sealing, tiles, tree
from espi.anonymity.v1.directory import Directory, frame_entry

FILE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "vectors.json"
SECRET, REFERENCE = bytes(range(32)), "00000000-0000-4000-8000-000000000001"
ROUND, STRATUM = "latihan-2026", "kab-x.internal"


def computed():
    """Return every vector from its inputs."""
    return of_ballots() | of_the_record()


def of_ballots():
    code = codes.derive_code(SECRET, REFERENCE)
    envelope = bytes(n % 251 for n in range(sealing.SEALED_LENGTH))
    name = encoding.ballot_digest(envelope)
    return {
        "P1": {
            "secret": SECRET.hex(), "reference": REFERENCE, "code": code,
            "check": codes.check_code(SECRET, REFERENCE), "hash": codes.code_hash(code).hex(),
        },
        "P2": {
            "plaintext": b"{}".hex(),
            "block_sha256": encoding.ballot_digest(encoding.pad(b"{}")).hex(),
        },
        "P3": {
            "round": ROUND, "stratum": STRATUM, "envelope": "byte i is i mod 251",
            "name": name.hex(), "m": encoding.message(ROUND, STRATUM, envelope).hex(),
        },
        "P4": {"receipt": encoding.receipt(envelope)},
        "P7": {"info": encoding.info(ROUND, STRATUM).hex()},
        "P10": {"share": "academic acid", "fingerprint": keys.share_fingerprint("academic acid")},
    }  # fmt: skip


def of_the_record():
    code = codes.derive_code(SECRET, REFERENCE)
    name = encoding.ballot_digest(bytes(n % 251 for n in range(sealing.SEALED_LENGTH)))
    ballot = entries.BallotEntry(STRATUM, name, bytes(range(32)), bytes(384))
    leaves = [tree.leaf_hash(bytes([n])) for n in range(7)]
    key = Ed25519PrivateKey.from_private_bytes(SECRET)
    checkpoint = notes.Checkpoint("box.example/record/latihan-2026", 7, tree.root_of(leaves))
    directory = Directory.of(
        {"round": ROUND, "level": "L1", "minimum": 10},
        [{"round": ROUND, "stratum": STRATUM, "invited": 12}],
        frame_entry(ROUND, count=12, root=bytes(32), lists=""),
    )
    return {
        "P11": {
            "leaves": [f"{n:02x}" for n in range(7)], "root": tree.root_of(leaves).hex(),
            "inclusion_of_4": [node.hex() for node in tree.inclusion_proof(leaves, 4)],
            "consistency_from_3": [node.hex() for node in tree.consistency_proof(leaves, 3)],
        },
        "P12": {
            "tile_of_1234067": tiles.path(0, 1234067),
            "partial": tiles.path("entries", 273, 112),
        },
        "P13": {
            "key": SECRET.hex(), "vkey": str(notes.verifier_of(key, checkpoint.origin)),
            "checkpoint": notes.sign(checkpoint.text, key, checkpoint.origin),
        },
        "P14": {
            "ballot_leaf": tree.leaf_hash(ballot.to_bytes()).hex(),
            "directory": directory.texts, "root": directory.root.hex(),
        },
        "P15": {"invitation": entries.invite_hash(ROUND, STRATUM, code).hex()},
    }  # fmt: skip


def test_the_published_vectors_are_what_the_program_computes():
    """Whoever changes an encoding changes the protocol, and must say so."""
    assert json.loads(FILE.read_text("utf-8")) == computed()

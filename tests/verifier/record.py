"""Writes a valid record, from docs/protocol alone, and lets tests change it before it is signed."""

from __future__ import annotations

import json
import secrets
import shutil
from base64 import b64encode, urlsafe_b64encode
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROUND = "2026-α"
MIDNIGHT = 20_500 * 86_400
STRATA = ("a-north", "b-south", "c-east")
SMALL = ("d-tiny", "e-tiny")
CODES = (*STRATA, *SMALL)
INVITED = {"a-north": 40, "b-south": 30, "c-east": 25, "d-tiny": 12, "e-tiny": 12}
MINIMUM = 10
ENTRIES_PER_TILE = 256


def b64(content: bytes) -> str:
    return b64encode(content).decode()


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def tree_root(hashes: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written there: a definition, not a fast one."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    left, right = tree_root(hashes[:split]), tree_root(hashes[split:])
    return sha256(b"\x01" + left + right).digest()


def leaf_hash(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def root(contents: list[bytes]) -> bytes:
    return tree_root([leaf_hash(one) for one in contents])


def consistency(old: int, hashes: list[bytes]) -> list[bytes]:
    """RFC 9162, section 2.1.4.1."""

    def sub(size: int, part: list[bytes], *, complete: bool) -> list[bytes]:
        if size == len(part):
            return [] if complete else [tree_root(part)]
        split = 1 << (len(part) - 1).bit_length() - 1
        if size <= split:
            return [*sub(size, part[:split], complete=complete), tree_root(part[split:])]
        return [*sub(size - split, part[split:], complete=False), tree_root(part[:split])]

    return sub(old, hashes, complete=True) if 0 < old < len(hashes) else []


@dataclass(frozen=True)
class NoteKey:
    """An Ed25519 key that signs notes (1) or checkpoints as a witness (4)."""

    name: str
    kind: int
    secret: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        content = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return sha256(content).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.public)}"

    def line(self, text: bytes, time: int = MIDNIGHT) -> bytes:
        stamp = b""
        if self.kind == 4:
            stamp, text = time.to_bytes(8, "big"), b"cosignature/v1\ntime %d\n" % time + text
        return f"— {self.name} {b64(self.id + stamp + self.secret.sign(text))}\n".encode()


def note(text: bytes, *keys: NoteKey) -> bytes:
    return text + b"\n" + b"".join(key.line(text) for key in keys)


@cache
def signing_key(_stratum: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def der(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Ballot:
    stratum: str
    name: bytes
    randomness: bytes
    signature: bytes

    @property
    def entry(self) -> bytes:
        head = b"espi/ballot/v1\n" + self.stratum.encode() + b"\n"
        return head + self.name + self.randomness + self.signature


def sign_ballot(
    stratum: str,
    name: bytes = b"",
    randomness: bytes = b"",
    key: rsa.RSAPrivateKey | None = None,
) -> Ballot:
    name, randomness = name or secrets.token_bytes(32), randomness or secrets.token_bytes(32)
    parts = (b"espi/ballot/v1", ROUND.encode(), stratum.encode(), name)
    prep = randomness + sha256(b"\x00".join(parts)).digest()
    pss = padding.PSS(padding.MGF1(SHA384()), 48)
    signature = (key or signing_key(stratum)).sign(prep, pss, SHA384())
    return Ballot(stratum, name, randomness, signature)


@dataclass
class Keys:
    log: NoteKey
    witnesses: list[NoteKey]
    signer: NoteKey
    quorum: int = 2

    def said(self) -> dict:
        return {
            "log": self.log.vkey,
            "witnesses": [one.vkey for one in self.witnesses],
            "quorum": self.quorum,
            "signer": self.signer.vkey,
        }

    @staticmethod
    def make() -> Keys:
        return Keys(
            NoteKey("log.example/2026", 1),
            [NoteKey("one.example", 4), NoteKey("two.example/w", 4)],
            NoteKey("signer.example", 1),
        )


def election_key() -> dict:
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = (
        urlsafe_b64encode(one.to_bytes(32, "big")).rstrip(b"=").decode()
        for one in (numbers.x, numbers.y)
    )
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


@dataclass
class Wave:
    """A wave that can still be changed; ``write`` signs it and writes its record."""

    keys: Keys
    hashes: list[bytes]
    used: list[bytes]
    batches: list[list[Ballot]]
    small_names: list[bytes]
    issued: dict[str, int]
    invited: dict[str, int] = field(default_factory=lambda: dict(INVITED))
    election: dict = field(default_factory=election_key)
    planted: int = 3
    page: bytes = b""
    changes: dict[str, dict] = field(default_factory=dict)
    sort: bool = True
    until: str = ""
    kept_lists: dict[str, list[bytes]] = field(default_factory=dict)

    def copy(self) -> Wave:
        keys, self.keys = self.keys, None
        other = deepcopy(self)
        self.keys = keys
        other.keys = Keys(keys.log, list(keys.witnesses), keys.signer, keys.quorum)
        return other

    def document(self, kind: str, value: dict, number: int = 0) -> bytes:
        name = f"{kind}/{number}" if f"{kind}/{number}" in self.changes else kind
        value = {"round": ROUND, **value, **self.changes.get(name, {})}
        return f"espi/{kind}/v1\n".encode() + canonical(value)

    def head(self) -> list[bytes]:
        said = {
            "protocol": 1,
            "level": "L2",
            "minimum": MINIMUM,
            "election_key": self.election,
            "booth": "ab" * 32,
            "strata": len(CODES),
            "ceremony": "cd" * 32,
        }
        entries = [self.document("round", said | self.keys.said())]
        for number, code in enumerate(CODES):
            stratum = {"stratum": code, "parent": "", "group": "all", "merges": []}
            key = b64(der(signing_key(code)))
            said = stratum | {"invited": self.invited[code], "key": key}
            entries.append(self.document("stratum", said, number))
        frame = {"invitations": len(self.hashes), "root": b64(root(self.hashes)), "lists": ""}
        return [*entries, self.document("frame", frame)]

    def closing(self) -> bytes:
        groups = [[[n], self.issued[one]] for n, one in enumerate(STRATA, start=1)]
        tiny = sum(self.issued[one] for one in SMALL)
        said = {
            "round": ROUND,
            "issued": [*groups, [[len(STRATA) + n for n in range(1, len(SMALL) + 1)], tiny]],
            "used": {"count": len(self.used), "root": b64(root(self.used))},
            "destroyed": len(CODES),
        }
        text = canonical(said | self.changes.get("closing", {})) + b"\n"
        return b"espi/closing/v1\n" + note(text, self.keys.signer)

    def opening(self) -> bytes:
        ballots = sum(map(len, self.batches)) + len(self.small_names)
        said = {
            "ballots": ballots,
            "opened": ballots - 4,
            "spoiled": 1,
            "planted": {"count": self.planted, "found": self.planted},
            "extract": "ef" * 32,
            "transcript": "01" * 32,
        }
        return self.document("opening", said)

    def page_files(self, first_root: bytes) -> dict[str, bytes]:
        shown = self.page or first_root
        html = (
            f'<!doctype html>\n<html lang="en" data-root="{b64(shown)}" '
            f'data-size="{len(CODES) + 2}"><title>Booth</title></html>\n'
        )
        return {"index.html": html.encode(), "assets/booth.js": b"void 0;\n"}

    def log(self) -> tuple[list[bytes], list[int]]:
        """Return entries and sizes of the checkpoints."""
        entries = self.head()
        sizes = [len(entries)]
        files = self.page_files(root(entries))
        digests = {path: sha256(content).hexdigest() for path, content in files.items()}
        entries.append(self.document("page", {"files": digests}))
        for number, batch in enumerate(self.batches):
            if self.sort:
                batch.sort(key=lambda one: (one.stratum, one.name))
            entries += [one.entry for one in batch]
            sizes.append(len(entries))
            if number == 0:
                entries.append(self.document("page", {"files": digests}))
        if self.until == "open":
            return entries[: sizes[-1]], sizes
        commitment = {"commitment": "23" * 32, "count": self.planted}
        entries += [self.document("planted", commitment), self.closing()]
        small = {
            "strata": list(SMALL),
            "ballots": len(self.small_names),
            "root": b64(root(self.small_names)),
        }
        entries += [self.document("small", small), self.opening()]
        return entries, [*sizes, len(entries)]

    def lists(self) -> dict[str, list[bytes]]:
        """Return the names of the ballots in the log by stratum, in which respondents look."""
        if self.kept_lists:
            return self.kept_lists
        ballots = [one for batch in self.batches for one in batch]
        codes = sorted({one.stratum for one in ballots})
        return {code: sorted(one.name for one in ballots if one.stratum == code) for code in codes}

    def write(self, folder: Path, log: tuple[list[bytes], list[int]] | None = None) -> Path:
        entries, sizes = log or self.log()
        write_log(folder, entries, sizes, self.keys)
        said = {"format": "espi/v1/record-keys", "round": ROUND, "origin": self.keys.log.name}
        save(folder / "keys.json", canonical(said | self.keys.said()))
        save(folder / "frame.bin", b"".join(self.hashes))
        if self.until != "open":
            save(folder / "used.bin", b"".join(self.used))
            save(folder / "small.bin", b"".join(self.small_names))
        for code, names in self.lists().items():
            save(folder / f"names/{code}.bin", b"".join(names))
        for path, content in self.page_files(root(entries[: sizes[0]])).items():
            save(folder.with_name(folder.name + "-page") / path, content)
        return folder


def save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def tile_name(level: int | str, number: int, width: int) -> str:
    suffix = "" if width == ENTRIES_PER_TILE else f".p/{width}"
    digits = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
    return f"tile/{level}/{digits}{suffix}"


def checkpoint(keys: Keys, size: int, of: bytes, witnesses: list[NoteKey] | None = None) -> bytes:
    text = f"{keys.log.name}\n{size}\n{b64(of)}\n".encode()
    return note(text, keys.log, *(keys.witnesses if witnesses is None else witnesses))


def write_log(folder: Path, entries: list[bytes], sizes: list[int], keys: Keys) -> None:
    hashes = [leaf_hash(one) for one in entries]
    for size in sizes:
        save(folder / f"checkpoints/{size}", checkpoint(keys, size, tree_root(hashes[:size])))
    shutil.copy(folder / f"checkpoints/{sizes[-1]}", folder / "checkpoint")
    for first in range(0, len(entries), ENTRIES_PER_TILE):
        part = entries[first : first + ENTRIES_PER_TILE]
        bundle = b"".join(len(one).to_bytes(2, "big") + one for one in part)
        save(folder / tile_name("entries", first // ENTRIES_PER_TILE, len(part)), bundle)
    level = 0
    while hashes:
        starts = range(0, len(hashes), ENTRIES_PER_TILE)
        tiles = [hashes[first : first + ENTRIES_PER_TILE] for first in starts]
        for number, tile in enumerate(tiles):
            save(folder / tile_name(level, number, len(tile)), b"".join(tile))
        hashes = [tree_root(tile) for tile in tiles if len(tile) == ENTRIES_PER_TILE]
        level += 1


def make_wave() -> Wave:
    hashes = sorted(secrets.token_bytes(32) for _one in range(sum(INVITED.values())))
    counts = ({"a-north": 12, "b-south": 13}, {"a-north": 11, "c-east": 12})
    batches = [
        [sign_ballot(code) for code, count in batch.items() for _one in range(count)]
        for batch in counts
    ]
    issued = {"a-north": 23, "b-south": 15, "c-east": 12, "d-tiny": 7, "e-tiny": 5}
    used = sorted(secrets.SystemRandom().sample(hashes, sum(issued.values())))
    small = sorted(secrets.token_bytes(32) for _one in range(11))
    return Wave(Keys.make(), hashes, used, batches, small, issued)

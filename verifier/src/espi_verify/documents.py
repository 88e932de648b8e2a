"""JSON as the record writes it, and the forms of its documents: P12, P14, P16."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from espi_verify.errors import Malformed
from espi_verify.notes import read_base64
from espi_verify.tree import HASH

Check = tuple[str, Callable[[Any], bool]]
Form = Mapping[str, Check]
KEYS_FORMAT = "espi/v1/record-keys"
DIGEST = re.compile(r"[0-9a-f]{64}")
PATH = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)
LONGEST_PATH = 200
LEAST = 10  # ballots that are published together
LEVELS = ("L1", "L2", "L3")


def read_document(content: bytes) -> dict[str, Any]:
    """Return the object that a canonical JSON text writes.

    Raises:
        Malformed: it is no JSON object, or not in its one spelling.
    """
    try:
        value = json.loads(content.decode(), parse_constant=_refuse)
        again = json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("it is not a JSON object")
    if again != content:
        raise Malformed("its JSON is not written with sorted keys and without blanks")
    return value


def _refuse(name: str) -> None:
    raise ValueError(name)


def check_form(value: object, form: Form) -> None:
    """Check that an object has the fields of a form, and no others.

    Raises:
        Malformed: a field is missing, unknown, or not what it should be.
    """
    if not isinstance(value, dict):
        raise Malformed("expected an object")
    if value.keys() != form.keys():
        raise Malformed(f"expected the fields {sorted(form)}, it has {sorted(value)}")
    for name, (expected, fits) in form.items():
        if not fits(value[name]):
            raise Malformed(f"{name}: expected {expected}, it is {str(value[name])[:120]!r}")


def is_code(value: object) -> bool:
    """Return whether a value may be the code of a round or a stratum."""
    return isinstance(value, str) and bool(value) and not re.search(r"[|\x00\n]", value)


def is_codes(value: object) -> bool:
    """Return whether a value is a list of codes, none twice."""
    return isinstance(value, list) and all(map(is_code, value)) and len(set(value)) == len(value)


def is_number(value: object) -> bool:
    """Return whether a value is a whole number from 0 on."""
    return type(value) is int and value >= 0


def is_root(value: object) -> bool:
    """Return whether a value is the base64 of a hash."""
    try:
        return isinstance(value, str) and len(read_base64(value)) == HASH
    except Malformed:
        return False


def is_digest(value: object) -> bool:
    """Return whether a value is a SHA-256 in lower-case hex."""
    return isinstance(value, str) and bool(DIGEST.fullmatch(value))


def has_form(form: Form) -> Callable[[Any], bool]:
    """Return a check that an object has a form."""

    def fits(value: object) -> bool:
        try:
            check_form(value, form)
        except Malformed:
            return False
        return True

    return fits


def list_of(form: Form) -> Callable[[Any], bool]:
    """Return a check that a value is a list of objects of a form."""
    fits = has_form(form)
    return lambda value: isinstance(value, list) and all(map(fits, value))


def _is_election_key(value: object) -> bool:
    if not isinstance(value, dict) or "d" in value:
        return False
    if value.get("kty") != "EC" or value.get("crv") != "P-256":
        return False
    try:
        x, y = (_coordinate(value.get(name)) for name in "xy")
        ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError:
        return False
    return True


def _coordinate(value: object) -> int:
    text = value if isinstance(value, str) else ""
    content = read_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    if len(content) != HASH or "+" in text or "/" in text:
        raise Malformed("not a coordinate")
    return int.from_bytes(content, "big")


def is_path(value: str) -> bool:
    """Return whether a text names a file of the booth: no part of it begins with a dot."""
    return len(value) <= LONGEST_PATH and bool(PATH.fullmatch(value))


def _are_files(value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(map(is_path, value))
        and all(map(is_digest, value.values()))
    )


def _is_digest_or_empty(value: object) -> bool:
    return value == "" or is_digest(value)


TEXT: Check = ("a text", lambda value: isinstance(value, str))
TEXTS: Check = (
    "a list of texts",
    lambda value: isinstance(value, list) and all(isinstance(text, str) for text in value),
)
CODE: Check = ("a code", is_code)
CODES: Check = ("a list of codes, none twice", is_codes)
NUMBER: Check = ("a number", is_number)
ROOT: Check = ("the base64 of a hash", is_root)
SHA256: Check = ("a SHA-256 in hex", is_digest)
PERHAPS: Check = ('a SHA-256 in hex or ""', _is_digest_or_empty)
SIGNERS: Form = {"log": TEXT, "witnesses": TEXTS, "quorum": NUMBER, "signer": TEXT}

KEYS: Form = {
    "format": (KEYS_FORMAT, lambda value: value == KEYS_FORMAT),
    "round": CODE,
    "origin": TEXT,
    **SIGNERS,
}
ROUND: Form = {
    "round": CODE,
    "protocol": ("1", lambda value: type(value) is int and value == 1),
    "level": ("L1, L2 or L3", lambda value: value in LEVELS),
    "minimum": (f"a number from {LEAST} on", lambda value: is_number(value) and value >= LEAST),
    "election_key": ("the public P-256 key as JWK", _is_election_key),
    **SIGNERS,
    "booth": SHA256,
    "strata": ("a number from 1 on", lambda value: is_number(value) and value > 0),
    "ceremony": PERHAPS,
}
STRATUM: Form = {
    "round": CODE,
    "stratum": CODE,
    "parent": TEXT,
    "group": TEXT,
    "invited": NUMBER,
    "key": TEXT,
    "merges": CODES,
}
FRAME: Form = {
    "round": CODE,
    "invitations": NUMBER,
    "root": ROOT,
    "lists": PERHAPS,
}
PAGE: Form = {"round": CODE, "files": ("the SHA-256 of each file by its plain path", _are_files)}
PLANTED: Form = {"round": CODE, "commitment": SHA256, "count": NUMBER}


def is_groups(value: object) -> bool:
    """Return whether a value is a list of groups: numbers of strata, and a count."""
    return isinstance(value, list) and all(
        isinstance(group, list)
        and len(group) == 2  # noqa: PLR2004 - numbers and count
        and isinstance(group[0], list)
        and bool(group[0])
        and all(is_number(number) and number > 0 for number in group[0])
        and is_number(group[1])
        for group in value
    )


USED: Form = {"count": NUMBER, "root": ROOT}
CLOSING: Form = {
    "round": CODE,
    "issued": ("groups of numbers of strata, with a count", is_groups),
    "used": ("count and root", has_form(USED)),
    "destroyed": NUMBER,
}
SMALL: Form = {
    "round": CODE,
    "strata": ("codes, at least one", lambda value: is_codes(value) and bool(value)),
    "ballots": ("a number or null", lambda value: value is None or is_number(value)),
    "root": ROOT,
}
FOUND: Form = {"count": NUMBER, "found": NUMBER}
OPENING: Form = {
    "round": CODE,
    "ballots": NUMBER,
    "opened": NUMBER,
    "spoiled": NUMBER,
    "planted": ("count and found", has_form(FOUND)),
    "extract": SHA256,
    "transcript": SHA256,
}

"""The entries of a log, their forms and their order: item 4 of P17, P14."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from espi_verify import documents
from espi_verify.directory import (
    BALLOT,
    CLOSING,
    FRAME,
    OPENING,
    PAGE,
    PLANTED,
    ROUND,
    SMALL,
    STRATUM,
    Directory,
    Document,
    check_issued,
    check_small,
)
from espi_verify.errors import Malformed, Wrong
from espi_verify.files import Record
from espi_verify.keys import Keys
from espi_verify.notes import check_signed, read_base64, read_note
from espi_verify.tree import HASH

FORMS = {
    ROUND: documents.ROUND,
    STRATUM: documents.STRATUM,
    FRAME: documents.FRAME,
    PAGE: documents.PAGE,
    PLANTED: documents.PLANTED,
    CLOSING: documents.CLOSING,
    SMALL: documents.SMALL,
    OPENING: documents.OPENING,
}
WHILE_OPEN = (BALLOT, PAGE, PLANTED)
FOLLOWS = {
    FRAME: (PAGE,),
    PAGE: (*WHILE_OPEN, CLOSING),
    BALLOT: (*WHILE_OPEN, CLOSING),
    PLANTED: (*WHILE_OPEN, CLOSING),
    CLOSING: (SMALL, OPENING),
    SMALL: (OPENING,),
    OPENING: (),
}
KEY_BITS, EXPONENT, SIGNATURE = 3072, 65537, 384
TAIL = HASH + HASH + SIGNATURE
LONGEST_KIND = 64


@dataclass(frozen=True, slots=True)
class Ballot:
    """What an entry says of a ballot."""

    stratum: str
    name: bytes
    randomness: bytes
    signature: bytes


def split_entry(entry: bytes) -> tuple[str, bytes]:
    """Return kind and body of an entry.

    Raises:
        Malformed: it has no kind that version 1 knows.
    """
    line, newline, body = entry.partition(b"\n")
    if not newline or len(line) > LONGEST_KIND or not line.isascii():
        raise Malformed("expected a line with its kind, there is none")
    kind = line.decode()
    if kind not in FORMS and kind != BALLOT:
        raise Malformed(f"expected a kind of P14, it is {kind!r}")
    return kind, body


def read_ballot(body: bytes) -> Ballot:
    """Return what the entry of a ballot says.

    Raises:
        Malformed: it has not the form of one.
    """
    code, rest = body[:-TAIL], body[-TAIL:]
    try:
        stratum = code.decode().removesuffix("\n")
    except UnicodeDecodeError:
        raise Malformed("its stratum is not UTF-8") from None
    if not code.endswith(b"\n") or not documents.is_code(stratum):
        raise Malformed(f"expected a stratum, a line end and {TAIL} bytes, it has {len(body)}")
    return Ballot(stratum, rest[:HASH], rest[HASH : 2 * HASH], rest[2 * HASH :])


def read_signing_key(text: str) -> bytes:
    """Return the DER of a signing key: P5.

    Raises:
        Malformed: it is not an RSA key of 3,072 bits with the exponent 65537.
    """
    content = read_base64(text)
    try:
        key = load_der_public_key(content)
    except Exception:  # noqa: BLE001 - the library refuses in many ways, unknown ones among them
        raise Malformed("key: it is not a public key in DER") from None
    if not isinstance(key, RSAPublicKey):
        raise Malformed("key: it is not an RSA key")
    if key.key_size != KEY_BITS or key.public_numbers().e != EXPONENT:
        raise Malformed(f"key: expected {KEY_BITS} bits and the exponent {EXPONENT}")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != content:
        raise Malformed("key: its DER is not written in the one way")
    return content


def check_entries(record: Record, keys: Keys, size: int) -> Directory:
    """Check form and order of all entries.

    Raises:
        Wrong: an entry is not as it must be, or not in its place.
    """
    reader = _Reader(Directory(keys))
    for number, entry in enumerate(record.entries(size)):
        try:
            kind, body = split_entry(entry)
        except Malformed as error:
            raise Wrong("an entry", f"entry {number}", error) from None
        try:
            reader.take(number, kind, body)
        except Malformed as error:
            raise Wrong("an entry", f"entry {number} ({kind})", error) from None
    directory = reader.directory
    if size == 0 or size < directory.first_size:
        least = directory.first_size if size else 1
        raise Wrong("the entries", "tile/entries", f"expected {least} or more, there are {size}")
    return directory


class _Reader:
    """Takes one entry after the other."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._last = ""

    def take(self, number: int, kind: str, body: bytes) -> None:
        self._check_place(number, kind)
        self._last = kind
        self.directory.places[kind] = number
        if kind == BALLOT:
            read_ballot(body)
            return
        document = self._read(kind, body)
        documents.check_form(document, FORMS[kind])
        if kind != ROUND and document["round"] != self.directory.code:
            raise Malformed(f"round: expected {self.directory.code!r}, it is {document['round']!r}")
        if taken := getattr(self, f"_{kind.split('/')[1]}", None):
            taken(document)
        self._keep(number, kind, document)

    def _check_place(self, number: int, kind: str) -> None:
        strata = self.directory.round.get("strata", 0)
        if number <= strata + 1:
            row = ROUND if number == 0 else STRATUM if number <= strata else FRAME
            expected: tuple[str, ...] = (row,)
        else:
            expected = FOLLOWS[self._last]
        if kind not in expected:
            raise Malformed(f"expected {' or '.join(expected) or 'no such entry'} in its place")

    def _read(self, kind: str, body: bytes) -> Document:
        if kind != CLOSING:
            return documents.read_document(body)
        note = read_note(body)
        check_signed(note, self.directory.keys.signer)
        return documents.read_document(note.text.removesuffix(b"\n"))

    def _keep(self, number: int, kind: str, document: Document) -> None:
        if kind == PAGE:
            self.directory.pages.append((number, document))
        elif kind == PLANTED:
            self._keep_planted(number, document)
        elif kind != STRATUM:
            setattr(self.directory, kind.split("/")[1], document)

    def _keep_planted(self, number: int, document: Document) -> None:
        """Count what auditors committed to; the same commitment again is no other answer."""
        commitment = document["commitment"]
        if before := self.directory.commitments.get(commitment):
            raise Malformed(
                f"commitment: expected one that is not logged yet, {commitment} is in "
                f"entry {before}"
            )
        self.directory.commitments[commitment] = number
        self.directory.planted += document["count"]

    def _round(self, document: Document) -> None:
        for name in ("round", "log", "witnesses", "quorum", "signer"):
            if document[name] != self.directory.keys.content[name]:
                raise Malformed(
                    f"{name}: expected {self.directory.keys.content[name]!r} as in the keys, "
                    f"it is {document[name]!r}"
                )

    def _stratum(self, document: Document) -> None:
        code, strata = document["stratum"], self.directory.strata
        if strata and code <= next(reversed(strata)):
            raise Malformed(f"expected a stratum after {next(reversed(strata))!r}, it is {code!r}")
        key = read_signing_key(document["key"])
        if key in self.directory.signing.values():
            raise Malformed(f"stratum {code!r}: expected a key of its own, another one has it")
        strata[code] = document
        self.directory.signing[code] = key

    def _closing(self, document: Document) -> None:
        codes = list(self.directory.strata)
        if any(number > len(codes) for group, _count in document["issued"] for number in group):
            raise Malformed("issued: expected numbers of strata, one is beyond the last")
        document["issued"] = [
            {"strata": [codes[number - 1] for number in group], "count": count}
            for group, count in document["issued"]
        ]
        check_issued(document, self.directory)

    def _small(self, document: Document) -> None:
        check_small(document, self.directory)

"""A wave whose box can be filled, for tests of ballots, their opening and estimation."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import date
from functools import cache
from hashlib import sha256
from random import Random
from secrets import token_bytes

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import encoding, entries, keys, notes, sealing, tree
from espi.anonymity.v1.ballot import SubmittedBallot
from espi.anonymity.v1.directory import Directory, InvitationsEntry, RoundEntry, StratumEntry
from espi.anonymity.v1.key_ceremony import KeyCeremony
from espi.anonymity.v1.statements import PageStatement
from espi.design.library import instrument_content, specification_content
from espi.design.models import Agency, Instrument, KeyStratum, Specification, Stratum, Wave
from espi.instrument import shelf
from espi.response.ballotbox.actions import close_box
from espi.response.ballotbox.ceremony import export_box, take_opening
from espi.response.ballotbox.intake import intake_path, opened_intake
from espi.response.ballotbox.models import Ballot
from espi.response.ballotbox.publishing import seal_box
from espi.response.log.actions import add_statement, open_log
from espi.response.log.identity import verifier_of
from espi.response.opening.ceremony import Present, open_box
from espi.signer.closing import Identity, closing_statement
from espi.tallies.actions import record_tally
from tests.keys import kept_signing_key

DAY = date(2026, 7, 7)
FILES = {"index.html": "0" * 64}
GROUPS = ("internal", "external", "expert")


@cache
def signing_key(name="one"):
    """Return a private key for a stratum, made once per name, and its public half as kept."""
    pem, public = kept_signing_key(name)
    return serialization.load_pem_private_key(pem, None), public


@cache
def election_key():
    return keys.generate_election_key()


@cache
def shares():
    """Return the three trustees' shares of the election key."""
    return keys.split(election_key())


@cache
def specification():
    """Return the content and the digest of the index specification, read once."""
    return specification_content("rehearsal-2026")


@cache
def questionnaire_content(group):
    """Return the content and the digest of a group's questionnaire, read once."""
    return instrument_content(f"{group}-2026.1")


@cache
def questionnaire(group):
    return shelf.take(f"{group}-2026.1")


def make_wave(code="uji", agencies=("kab-x",), phase="field", year=2026, uninvited=()):
    """Return a wave with two internal strata and one other per group and agency, keys and all.

    ``uninvited`` names key strata in which nobody is invited: no directory shows them.
    """
    content, digest = specification()
    kept, _ = Specification.objects.get_or_create(
        digest=digest, defaults={"code": content["code"], "version": "1", "content": content}
    )
    wave = Wave.objects.create(
        code=code, title={"id": "Uji", "en": "Trial"}, year=year, phase=phase,
        opens_on=date(2026, 7, 1), closes_on=date(2026, 10, 1), margin_of_error=0.1,
        expected_response={}, specification=kept, rehearsal=True,
        election_key=sealing.to_jwk(election_key().public_key()),
    )  # fmt: skip
    for group in GROUPS:
        wave.instruments.add(_instrument(group))
    for agency in agencies:
        add_agency(wave, agency)
    wave.key_strata.filter(code__in=uninvited).update(invited_count=0)
    if agencies:
        open_log(wave=wave, texts=directory(wave).texts, actor="test")
        add_statement(wave=wave, statement=PageStatement(wave.code, FILES), actor="test")
    return wave


@cache
def signer():
    """Return the identity of the signer of every test wave."""
    return Identity("signer", Ed25519PrivateKey.generate())


@cache
def key_ceremony():
    """Return the transcript of the ceremony that made the election key."""
    ceremony = KeyCeremony(
        day="2026-05-04",
        trustees=("Sari", "Budi", "Ani"),
        threshold=keys.THRESHOLD,
        election_key=sealing.to_jwk(election_key().public_key()),
        shares=tuple(keys.share_fingerprint(words) for words in shares()),
    )
    return json.dumps(ceremony.to_json()).encode()


def directory(wave, **changes):
    """Return the directory with which the wave's log begins."""
    rules = {
        "round_code": wave.code, "level": wave.level, "minimum": wave.minimum_cell,
        "election_key": wave.election_key, "log": str(verifier_of(wave.code)), "witnesses": (),
        "quorum": 0, "signer": str(signer().verifier), "booth": "0" * 64,
        "ceremony": sha256(key_ceremony()).hexdigest(),
    } | changes  # fmt: skip
    strata = [
        StratumEntry(
            round_code=rules["round_code"], stratum=key.code, parent="", group=key.group,
            invited=key.invited_count, key=key.public_key,
            merges=tuple(sorted(key.strata.values_list("code", flat=True))),
        )
        for key in shown(wave)
    ]  # fmt: skip
    root = tree.root(frame_hashes(wave))
    invitations = InvitationsEntry(rules["round_code"], 60 * len(strata), root, "")
    return Directory.of(RoundEntry(**rules), strata, invitations)


def shown(wave):
    """Return the key strata of a wave that its directory shows."""
    return wave.key_strata.filter(invited_count__gt=0)


def frame_hashes(wave):
    """Return the hashes of sixty invitations for each key stratum where anybody is invited."""
    count = 60 * shown(wave).count()
    return sorted(sha256(f"{wave.code} {n}".encode()).digest() for n in range(count))


def closing(wave, issued=None):
    """Return the signer's statement on a wave: as many signatures as ballots, or as said."""
    found = Counter(
        Ballot.objects.filter(key_stratum__wave=wave).values_list("key_stratum__code", flat=True)
    )
    counts = {code: found[code] for code in shown(wave).values_list("code", flat=True)}
    counts |= issued or {}
    used = frame_hashes(wave)[: sum(counts.values())]
    statement = closing_statement(
        wave.code, counts, used, minimum=wave.minimum_cell, destroyed=len(counts)
    )
    note = notes.sign(statement.to_note_text(), signer().key, signer().name)
    return {"note": note, "used": entries.joined(used)}


def sealed_and_exported(wave, folder, issued=None):
    """Close and seal the box of a wave, and export it for its opening."""
    closed = close_box(wave=wave, today=DAY, actor="test")
    seal_box(wave=closed, actor="test", **closing(closed, issued))
    export_box(wave=closed, folder=folder, actor="test")
    return closed


def present(words=None, planted=()):
    """Return those in the room with two shares."""
    return Present(words or shares()[:2], key_ceremony(), planted, ("Sari", "Budi"), "2026-10-02")


def opened(wave, folder, words=None, issued=None):
    """Close, seal, export, open and take in a wave, the whole way."""
    box = folder / f"box-{token_bytes(4).hex()}"
    closed = sealed_and_exported(wave, box, issued)
    open_box(folder=box, present=present(words), target=box / "out")
    return take_opening(wave=closed, folder=box / "out", actor="test")


def _instrument(group):
    content, digest = questionnaire_content(group)
    row = {"code": group, "group": group, "version": "2026.1", "content": content}
    return Instrument.objects.get_or_create(digest=digest, defaults=row)[0]


def add_agency(wave, code):
    agency, _ = Agency.objects.get_or_create(
        code=code, defaults={"name": code.upper(), "type": "regency"}
    )
    for group, count in (("internal", 2), ("external", 1), ("expert", 1)):
        key = KeyStratum.objects.create(
            wave=wave, code=f"{code}.{group}", group=group, label={"id": group, "en": group},
            public_key=_text_of(signing_key(group)[1]), invited_count=60,
        )  # fmt: skip
        for number in range(1, count + 1):
            stratum = f"{code}.{group}.{number}"
            Stratum.objects.create(
                wave=wave, agency=agency, group=group, code=stratum,
                label={"id": stratum, "en": stratum}, key_stratum=key,
            )  # fmt: skip
            record_tally(wave_code=wave.code, stratum_code=stratum, kind="population", count=200)


def _text_of(public):
    return base64.b64encode(public).decode()


def answers(group, rng):
    """Return a random way through the questionnaire."""
    kept = {}
    for item in questionnaire(group).items:
        if item.applies(kept):
            kept[item.code] = rng.choice([option.value for option in item.options])
    return kept


def sheet(key_stratum="kab-x.internal", number=1, rng=None, **changes):
    """Return the plaintext of an answer sheet as the booth writes it."""
    agency, group = key_stratum.split(".")
    written = {
        "v": 1, "round": "uji", "stratum": f"{key_stratum}.{number}", "agency": agency,
        "unit": "Dinas", "group": group, "instrument": questionnaire(group).digest,
        "language": "id", "mode": "web", "answers": answers(group, rng or Random(1)),
    }  # fmt: skip
    return written | changes


def ballot(content=None, key_stratum="kab-x.internal", wave="uji", place=None):
    """Return a sealed and signed ballot as it travels.

    ``content`` is an answer sheet, or bytes; it is sealed for ``place``, else for its stratum.
    """
    group = key_stratum.split(".")[1]
    content = sheet(key_stratum) if content is None else content
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    info = encoding.info(wave, place or key_stratum)
    return signed(sealing.seal(election_key().public_key(), info, text), key_stratum, wave, group)


def noise(key_stratum="kab-x.internal", wave="uji"):
    """Return a ballot that holds nothing but is signed: quick to make, the box cannot tell."""
    return signed(token_bytes(sealing.SEALED_LENGTH), key_stratum, wave, key_stratum.split(".")[1])


def signed(envelope, key_stratum, wave, key):
    said = encoding.message(wave, key_stratum, envelope)
    prepared = encoding.prepare(said, token_bytes(32))
    pss = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    signature = signing_key(key)[0].sign(prepared, pss, hashes.SHA384())
    return SubmittedBallot(key_stratum, envelope, prepared, signature)


def digest_of(submitted):
    return encoding.ballot_digest(submitted.envelope)


def waiting():
    """Return the digests of all ballots that wait."""
    if not intake_path().exists():
        return set()
    with opened_intake() as found:
        return {ballot.digest for key in found.counts() for ballot in found.ballots(key)}


def body(submitted, **changes):
    """Return what the browser posts."""
    return json.dumps(submitted.to_json() | changes)

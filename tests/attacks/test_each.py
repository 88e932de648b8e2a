"""Each attack once with its protection and once without: without it, it succeeds.

An attack returns whether it succeeded; the others are named in docs/explanation/attacks.md.
"""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from secrets import token_bytes
from types import SimpleNamespace

import pytest

from espi import http_client
from espi.anonymity.v1 import blindrsa, encoding, entries, openssl, page_checks, sealing, tree
from espi.anonymity.v1.closing import ClosingStatement
from espi.anonymity.v1.directory import Directory, InvitationsEntry
from espi.anonymity.v1.invitations import InvitationCommitment
from espi.anonymity.v1.page_checks import Anchor, NotPublished
from espi.platform.logs import FactsOnly
from espi.relay import wsgi as relay
from espi.response.ballotbox import actions
from espi.response.ballotbox.models import Ballot
from espi.response.opening import ceremony as room
from espi.response.opening.errors import OpeningRefused
from espi.response.publication import disclosed_areas
from espi.signer import store as signer_store
from espi.signer.errors import SignerRefuses
from espi.signer.store import Store
from tests.keys import kept_signing_key
from tests.protocol import round_entry, stratum_entry
from tests.response import box
from tests.response.box import (
    DAY,
    ballot,
    digest_of,
    make_wave,
    noise,
    sheet,
    signing_key,
    waiting,
)

STRATUM, CODE = "kab-x.internal", "0" * 26
MESSAGE = b"\0" + b"a" * 383
CLOSED = ClosingStatement("uji", (), 12, bytes(32), 0)


@dataclass(frozen=True)
class Attack:
    """What is tried, and how its protection is taken away."""

    number: str
    tried: Callable
    removed: Callable


def keep(value):
    """Return a function that answers everything with one value."""
    return lambda *_words, **_facts: value


# A1: the operator compares what was asked with what lies in the box.
def link(_world):
    pem, _ = kept_signing_key()
    public = openssl_public(pem)
    n, e = public.public_numbers().n, public.public_numbers().e
    asked, lying = [], []
    for _ in range(4):
        prepared = token_bytes(64)
        blinded, inverse = blindrsa.blind(public, prepared)
        answer = blindrsa.blind_sign(pem, blinded)
        asked.append(int.from_bytes(blinded, "big"))
        lying.append(int.from_bytes(blindrsa.finalize(public, prepared, answer, inverse), "big"))
    return any(pow(signature, e, n) in asked for signature in lying)


def openssl_public(pem):
    key = openssl.load(pem)
    return blindrsa.rsa.RSAPublicNumbers(key.exponent, key.modulus).public_key()


def without_blinding(patch):
    original = blindrsa.blind
    patch.setattr(blindrsa, "blind", lambda key, text: original(key, text, r=1))


# A2, A3: the registry serves one person a key, or a group, of their own.
def told(folder, invited=12, minimum=10, lie=False):
    key = b64encode(signing_key("internal")[1]).decode()
    own = b64encode(signing_key("expert")[1]).decode()
    frame = InvitationCommitment(folder)
    root = frame.write(
        [entries.invite_hash("uji", STRATUM, CODE), *(bytes([n]) * 32 for n in range(invited - 1))]
    )
    rules = round_entry(minimum=minimum)
    group = stratum_entry(STRATUM, key, invited)
    invitations = InvitationsEntry("uji", invited, root, "")
    public = Directory.of(rules, [group], invitations)
    shown = Directory.of(rules, [replace(group, key=own)], invitations) if lie else public
    proofs = {
        "stratum": shown.proof(1).to_json(), "frame": public.proof(2).to_json(),
        "invitation": frame.proof(entries.invite_hash("uji", STRATUM, CODE)).to_json(),
    }  # fmt: skip
    config = {"round": "uji", "level": "L1", "election_key": {}}
    config["round_entry"] = public.proof(0).to_json()
    return Anchor(public.root, public.size), config, {"key_stratum": STRATUM, "proofs": proofs}


def personal_key(world):
    return goes_on(told(world.tmp_path / "frame", lie=True))


def stratum_of_one(world):
    return goes_on(told(world.tmp_path / "frame", invited=1, minimum=1))


def goes_on(given):
    try:
        page_checks.check_invitation(*given, CODE)
    except NotPublished:
        return False
    return True


# A4, A5: one invitation, two messages; or the same message twice.
def signer(world):
    store = Store(world.tmp_path / "signer")
    store.keys.keep(STRATUM, world.pem)
    store.admit({bytes(32): STRATUM})
    return lambda message: store.sign(
        key_stratum=STRATUM, invitation=bytes(32), blinded=message, today=date(2026, 7, 7)
    )


def second_signature(world):
    sign = signer(world)
    sign(b"\0" + b"a" * 383)
    return not refused(lambda: sign(b"\0" + b"b" * 383), SignerRefuses)


def burned(world):
    sign = signer(world)
    sign(b"\0" + b"a" * 383)
    return refused(lambda: sign(b"\0" + b"a" * 383), SignerRefuses)


def refused(deed, why):
    try:
        deed()
    except why:
        return True
    return False


def forgets_at_once(patch):
    remember = Store._remember

    def once(self, *facts):
        remember(self, *facts)
        self.forget_all()

    patch.setattr(Store, "_remember", once)


# A6, A7: a ticket that was not given, or for another envelope.
def forged(_world):
    return accepted(replace(noise(), signature=token_bytes(384)))


def edited(_world):
    return accepted(replace(noise(), envelope=noise().envelope))


def accepted(submitted):
    try:
        actions.accept_ballot(ballot=submitted)
    except actions.SignatureInvalid:
        return False
    return bool(waiting())


# A8, A9: the log loses an entry, or shows another past.
def rewritten(_world):
    leaves = [tree.leaf_hash(bytes([n])) for n in range(20)]
    forged_leaves = [*leaves[:5], *leaves[6:], tree.leaf_hash(b"x")]
    earlier, later = (12, tree.root_of(leaves[:12])), (20, tree.root_of(forged_leaves))
    return tree.extends(earlier, later, tree.consistency_proof(forged_leaves, 12))


# A11, A31: two nights compared show fewer than ten.
def small_set(world):
    before = set()
    for _ in range(3):
        for _ in range(4):
            actions.accept_ballot(ballot=noise())
        actions.release_batches(wave=world.wave, today=DAY, actor="test")
        now = {bytes(d) for d in Ballot.objects.values_list("digest", flat=True)}
        if 0 < len(now - before) < 10:
            return True
        before = now
    return False


def without_minimum(patch):
    original = actions._release
    patch.setattr(actions, "_release", lambda stratum, _minimum, today: original(stratum, 1, today))


# A12: the box sees through the relay.
def address_at_the_box(world):
    sent = []
    connection = SimpleNamespace(
        request=lambda *words: sent.append(words), close=keep(None),
        getresponse=lambda: SimpleNamespace(status=200, read=keep(b"{}")),
    )  # fmt: skip
    world.patch.setattr(http_client, "HTTPConnection", keep(connection))
    for name in ("ESPI_BOX_URL", "ESPI_BOOTH_URL"):
        world.patch.setenv(name, "http://box.example")
    environ = {
        "PATH_INFO": "/v1/ballots", "REQUEST_METHOD": "POST", "CONTENT_LENGTH": "2",
        "REMOTE_ADDR": "203.0.113.77", "wsgi.input": SimpleNamespace(read=keep(b"{}")),
    }  # fmt: skip
    relay.application(environ, keep(None))
    return "203.0.113.77" in str(sent)


def passes_the_address_on(patch):
    original = relay._pass_on
    patch.setattr(relay, "_pass_on", lambda ballot: original(ballot + b"203.0.113.77"))


# A13: an error writes what it was about.
def traces_in_a_log(_world):
    record = logging.LogRecord("x", 40, "f", 1, "bad request from %s", ("203.0.113.77",), None)
    return "203.0.113.77" in FactsOnly().format(record)


# A15: whoever holds the keys mints a ballot.
def minted(world):
    for _ in range(12):
        actions.accept_ballot(ballot=ballot(sheet()))
    folder = world.tmp_path / "box"
    box.sealed_and_exported(world.wave, folder, issued={STRATUM: 11})
    return not refused(
        lambda: room.open_box(folder=folder, present=box.present(), target=folder / "out"),
        OpeningRefused,
    )


# A18: the length of an envelope tells the way through the questionnaire.
def lengths(_world):
    key, rng = box.election_key().public_key(), Random(1)
    sealed = [sealing.seal(key, b"x", bytes(rng.randrange(8000))) for _ in range(5)]
    return len(set(map(len, sealed))) > 1


# A23: what is not shown follows by subtraction.
def subtraction(_world):
    sizes = (30, 12, 4)
    shown = disclosed_areas.shown_areas(sizes, (False,) * 3, 10)
    hidden = sum(n for n, seen in zip(sizes, shown, strict=True) if not seen)
    return 0 < hidden < 10


def without_complement(patch):
    patch.setattr(
        disclosed_areas, "shown_areas", lambda counts, _barred, k: tuple(n >= k for n in counts)
    )


# A25: a fault in the processor gives the key away.
def fault(world):
    whole = openssl.PrivateKey.raw

    def faulty(key, block):
        right = whole(key, block)
        return bytes([right[0] ^ 1]) + right[1:]

    world.patch.setattr(openssl.PrivateKey, "raw", faulty)
    return not refused(lambda: blindrsa.blind_sign(world.pem, MESSAGE), openssl.SignerFault)


def without_recheck(patch):
    patch.setattr(blindrsa, "pow", keep(int.from_bytes(MESSAGE, "big")), raising=False)


# A29: a transcript of another ceremony; A30: ballots swapped on the way to the room.
def other_transcript(world):
    return opens(world, replace(box.present(), key_ceremony=b"{}"))


def swapped(world):
    return opens(world, box.present(), spoil=lambda content: content[8721:] + content[:8721])


def opens(world, present, spoil=lambda content: content):
    for _ in range(12):
        actions.accept_ballot(ballot=ballot(sheet()))
    folder = world.tmp_path / "box"
    box.sealed_and_exported(world.wave, folder)
    path = folder / "sealed" / f"{STRATUM}.bin"
    path.write_bytes(spoil(path.read_bytes()))
    return not refused(
        lambda: room.open_box(folder=folder, present=present, target=folder / "out"),
        OpeningRefused,
    )


def let(module, name, value):
    return lambda patch: patch.setattr(module, name, value)


ATTACKS = [
    Attack("A1", link, without_blinding),
    Attack("A2", personal_key, let(tree, "includes", keep(True))),
    Attack("A3", stratum_of_one, let(page_checks, "MINIMUM_CELL", 1)),
    Attack("A4", second_signature, let(Store, "_remember", keep(None))),
    Attack("A5", burned, forgets_at_once),
    Attack("A6", forged, let(actions.blindrsa, "verify", keep(True))),
    Attack("A7", edited, let(encoding, "message_of_digest", keep(bytes(32)))),
    Attack("A8", rewritten, let(tree, "extends", keep(True))),
    Attack("A11", small_set, without_minimum),
    Attack("A12", address_at_the_box, passes_the_address_on),
    Attack("A13", traces_in_a_log, let(FactsOnly, "format", logging.Formatter.format)),
    Attack("A15", minted, let(room, "reconcile", keep(None))),
    Attack("A18", lengths, let(sealing, "pad", lambda text: text)),
    Attack("A23", subtraction, without_complement),
    Attack("A25", fault, without_recheck),
    Attack("A29", other_transcript, let(room, "require_ceremony", keep(None))),
    Attack("A30", swapped, let(room, "require_logged", keep(CLOSED))),
]


@pytest.fixture
def world(transactional_db, tmp_path, monkeypatch):
    """A wave in the field, a signing key, a place for files."""
    pem = signing_key("internal")[0].private_bytes(
        box.serialization.Encoding.PEM, box.serialization.PrivateFormat.PKCS8,
        box.serialization.NoEncryption(),
    )  # fmt: skip
    return SimpleNamespace(wave=make_wave(), tmp_path=tmp_path, patch=monkeypatch, pem=pem)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.number)
def test_the_attack_fails(world, attack):
    """With the program as it is."""
    assert not attack.tried(world)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.number)
def test_without_its_protection_the_attack_succeeds(world, attack, monkeypatch):
    """So the test above can fail, and the protection is what it depends on."""
    attack.removed(monkeypatch)
    assert attack.tried(world)


@pytest.mark.parametrize(("audited", "found"), [(0, 0.0), (50, 0.64), (228, 0.99)])
def test_an_audit_finds_stuffing(audited, found):
    """Two in a hundred: calling back n people finds it by 1 - (1 - share)^n (A14)."""
    rng, people, share = Random(14), 20_000, 0.02
    stuffed = set(rng.sample(range(people), int(people * share)))
    runs = [bool(stuffed & set(rng.sample(range(people), audited))) for _ in range(2000)]

    assert 1 - (1 - share) ** audited == pytest.approx(found, abs=0.01)
    assert sum(runs) / len(runs) == pytest.approx(found, abs=0.04)


def test_a_flooded_batch_isolates_whom_the_signer_helps_to_isolate(world):
    """Nine ballots of the operator's own and one of a person: batching alone does not help (A32).

    This is what remains, shown and not hidden: the nine need nine signatures, which an elsewhere
    signer gives to committed invitations only, and which the public count shows.
    """
    own = [noise() for _ in range(9)]
    victim = noise()
    for one in [*own, victim]:
        actions.accept_ballot(ballot=one)
    actions.release_batches(wave=world.wave, today=DAY, actor="test")
    released = {bytes(d) for d in Ballot.objects.values_list("digest", flat=True)}

    assert released - {digest_of(one) for one in own} == {digest_of(victim)}


def test_a_receipt_says_nothing_of_what_is_in_it(world):
    """The same answers sealed twice have two check codes (A20)."""
    texts = [ballot(sheet(rng=Random(1))).envelope for _ in range(2)]

    assert encoding.receipt(texts[0]) != encoding.receipt(texts[1])
    assert signer_store.DAYS_ON_A_DEVICE == 7

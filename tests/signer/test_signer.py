"""The signer: once per invitation, for those who were committed to, wherever it lives."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from secrets import token_bytes
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import blindrsa, encoding, entries, notes, tree
from espi.signer import commands, errors, service
from espi.signer.client import LocalSigner, RemoteSigner
from espi.signer.closing import close, groups, identity
from espi.signer.requests import SigningRequest
from espi.signer.store import Store
from tests.keys import kept_signing_key

DAY = date(2026, 7, 8)
TOKEN = "rahasia-hanya-untuk-uji-0123456789"
STRATUM = "kab-x.internal"


@pytest.fixture(scope="module")
def pair():
    private, der = kept_signing_key()
    return private, blindrsa.load_public(der)


@pytest.fixture
def store(tmp_path, pair):
    store = Store(tmp_path / "signer" / "uji")
    store.keys.keep(STRATUM, pair[0])
    store.admit({bytes([n]) * 32: STRATUM for n in range(20)})
    return store


def blinded():
    return b"\0" + token_bytes(383)


def ask(store, invitation=0, message=None, day=DAY):
    place = bytes([invitation]) * 32 if isinstance(invitation, int) else invitation
    question = {"key_stratum": STRATUM, "invitation": place, "today": day}
    return store.sign(blinded=message or blinded(), **question)


def test_one_signature_and_the_same_again(store):
    """The same question has the same answer; another one has none."""
    message = blinded()

    assert ask(store, message=message) == ask(store, message=message)
    with pytest.raises(errors.SignedAlready):
        ask(store)


@pytest.mark.parametrize("invitation", [20, 255])
def test_nobody_who_was_not_invited_gets_a_signature(store, invitation):
    """The registry cannot make one up (A14, A15), nor move one to another group."""
    with pytest.raises(errors.UnknownInvitation):
        ask(store, invitation)
    with pytest.raises(errors.KeysDestroyed):
        store.sign(key_stratum="kab-y", invitation=bytes(32), blinded=blinded(), today=DAY)


@pytest.mark.parametrize(
    "message", [b"", bytes(384), bytes(383) + b"\1", b"\xff" * 384, b"x" * 385]
)
def test_what_is_no_blinded_message_uses_nothing_up(store, message):
    """Refused, and the invitation is as good as before (A26)."""
    question = {"key_stratum": STRATUM, "invitation": bytes(32), "today": DAY}
    with pytest.raises(errors.NotSignable):
        store.sign(blinded=message, **question)

    assert ask(store)


def test_invitations_are_taken_once(store):
    """Again the same is nothing new; others are refused."""
    assert store.admit({bytes([n]) * 32: STRATUM for n in range(20)}) == 20
    with pytest.raises(errors.CommitmentDiffers):
        store.admit({bytes(32): STRATUM})


def test_two_hundred_at_once_get_one_signature(store):
    """Whoever comes first has it (A4)."""

    def attempt(_n):
        try:
            return ask(store)
        except errors.SignedAlready:
            return None

    with ThreadPoolExecutor(16) as pool:
        assert sum(bool(s) for s in pool.map(attempt, range(200))) == 1


def test_what_was_asked_is_forgotten_when_no_browser_can_ask_again(store):
    """After a week; and nobody can use the invitation all the same."""
    message = blinded()
    ask(store, message=message)
    assert store.forget(DAY + timedelta(days=7)) == 0
    assert ask(store, message=message)
    assert store.forget(DAY + timedelta(days=8)) == 1

    with pytest.raises(errors.SignedAlready):
        ask(store, message=message)
    assert store.issued() == {STRATUM: 1}


def test_closing_destroys_and_states(store, tmp_path):
    """Keys gone, questions forgotten, one signed statement that repeats itself."""
    for n in range(12):
        ask(store, n)
    by = identity(tmp_path / "signer")
    note, used = close(store=store, wave_code="uji", minimum=10, by=by)
    said = json.loads(notes.Note.of(note).text)

    assert notes.Note.of(note).is_signed_by(by.verifier)
    assert said["issued"] == [[[1], 12]]
    assert said["used"]["count"] == 12
    assert said["destroyed"] == 1
    assert entries.separated(used) == [bytes([n]) * 32 for n in range(12)]
    assert encoding.from_base64(said["used"]["root"]) == tree.root(entries.separated(used))
    assert close(store=store, wave_code="uji", minimum=10, by=by) == (note, used)
    other, same = close(store=store, wave_code="uji", minimum=15, by=by)
    assert same == used
    assert json.loads(notes.Note.of(other).text) == said, "twelve are all there are"
    with pytest.raises(errors.KeysDestroyed):
        ask(store, 15)


def test_nothing_is_signed_behind_the_back_of_a_closing(store, tmp_path):
    """While people send, the keys are destroyed: each signature that left is in the statement."""
    hashes = {bytes([n, 1]) * 16: STRATUM for n in range(200)}
    store = Store(tmp_path / "signer" / "lain")
    store.keys.keep(STRATUM, kept_signing_key("two")[0])
    store.admit(hashes)
    by = identity(tmp_path / "signer")

    def send_or_close(number):
        if number == 60:
            return close(store=store, wave_code="lain", minimum=10, by=by)
        try:
            return ask(store, message=blinded(), invitation=bytes([number, 1]) * 16)
        except errors.KeysDestroyed:
            return None

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(send_or_close, range(200)))
    note, used = done.pop(60)
    signed = len([one for one in done if one])
    assert 0 < signed < 199
    assert json.loads(notes.Note.of(note).text)["used"]["count"] == signed
    assert len(entries.separated(used)) == signed == sum(store.issued().values())


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), min_size=1))
def test_no_count_of_the_statement_is_small(issued):
    """Each stratum once; a count is none or at least ten, or all there is."""
    found = groups(issued, 10)
    counts = [sum(issued[code] for code in strata) for strata in found]

    assert sorted(code for strata in found for code in strata) == sorted(issued)
    assert all(count == 0 or count >= 10 for count in counts) or sum(issued.values()) < 10


class Silent(WSGIRequestHandler):
    def log_message(self, *_arguments):
        pass


@pytest.fixture
def served(store, monkeypatch):
    monkeypatch.setenv("ESPI_SIGNER_TOKEN", TOKEN)
    monkeypatch.setenv("ESPI_SIGNER_KEYS", str(store.folder.parent))
    server = make_server("127.0.0.1", 0, service.application, handler_class=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def signing_request(invitation=0, message=None, stratum=STRATUM, wave_code="uji"):
    return SigningRequest(wave_code, stratum, bytes([invitation]) * 32, message or blinded())


def test_elsewhere_it_answers_as_here(store, served, pair):
    """Both ends of the wire keep to one protocol, and the signature is a signature."""
    remote, local = RemoteSigner(served, TOKEN), LocalSigner(store.folder.parent)
    prepared = token_bytes(64)
    message, inverse = blindrsa.blind(pair[1], prepared)
    there = remote.sign(signing_request(1, message), today=DAY)

    assert there == local.sign(signing_request(1, message), today=DAY)
    assert blindrsa.finalize(pair[1], prepared, there, inverse)
    for asked, refusal in (
        (signing_request(1), errors.SignedAlready),
        (signing_request(99), errors.UnknownInvitation),
        (signing_request(2, b"x"), errors.NotSignable),
        (signing_request(2, stratum="kab-y"), errors.KeysDestroyed),
        (signing_request(2, stratum="../identity"), errors.NotSignable),
        (signing_request(2, wave_code=".."), errors.NotSignable),
    ):
        with pytest.raises(refusal):
            remote.sign(asked, today=DAY)


def test_without_the_token_nothing_is_said(served):
    """And a signer that does not answer is told apart from one that refuses."""
    with pytest.raises(errors.SignerUnreachable):
        RemoteSigner(served, "x" * 40).sign(signing_request(), today=DAY)
    with pytest.raises(errors.SignerUnreachable):
        RemoteSigner("http://127.0.0.1:9", TOKEN).sign(signing_request(), today=DAY)


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/", "POST", b"{}", 404),
        ("/v1/sign", "GET", None, 405),
        ("/v1/sign", "POST", b"", 400),
        ("/v1/sign", "POST", b"[]", 400),
        ("/v1/sign", "POST", b"\xff\xfe", 400),
        ("/v1/sign", "POST", b"[" * 5000, 400),
        ("/v1/sign", "POST", b'{"round":1,"stratum":2,"invitation":3,"blinded":4}', 400),
        ("/v1/sign", "POST", b'{"round":"uji","stratum":"k","invitation":"!","blinded":"="}', 400),
        ("/v1/sign", "POST", b"x" * 9000, 400),
    ],
)
def test_malformed_requests_are_refused(served, path, method, body, status):
    """Never an error of ours (A26)."""
    request = Request(served + path, body, {"Authorization": f"Bearer {TOKEN}"}, method=method)
    with pytest.raises(HTTPError) as refused:
        urlopen(request, timeout=5)
    refused.value.close()

    assert refused.value.code == status


KILLED = """
import sys
from datetime import date
from pathlib import Path
from espi.signer.store import Store
store = Store(Path(sys.argv[1]))
first = True
while True:
    for n in range(20):
        try:
            store.sign(key_stratum="kab-x.internal", invitation=bytes([n]) * 32,
                       blinded=b"\\0" + bytes([n, int(sys.argv[2])]) * 191 + b"x",
                       today=date(2026, 7, 8))
        except Exception as error:
            if type(error).__name__ != "SignedAlready":
                raise
        if first:
            print("ready", flush=True)
            first = False
"""


def test_a_kill_at_any_moment_leaves_one_question_per_invitation(store, tmp_path):
    """Killed again and again while it signs, each time with other messages: the first stands."""
    kept = {}
    for number in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(store.folder), str(number)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        process.stdout.readline()
        time.sleep(0.02 * (number + 1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        database = sqlite3.connect(store.folder / "used.sqlite3")
        rows = dict(database.execute("SELECT hash, blinded FROM invitation WHERE used"))
        database.close()
        assert rows.items() >= kept.items()
        kept = rows

    assert kept


@pytest.fixture
def at_the_signer(tmp_path, monkeypatch):
    """The signer's commands, its folder, and a request for two keys."""
    monkeypatch.setenv("ESPI_SIGNER_KEYS", str(tmp_path / "signer"))
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"round": "uji", "strata": ["kab-x.internal", "kab-y"]}))
    runner = CliRunner()
    return lambda command, *words: runner.invoke(command, [str(word) for word in words])


def test_asking_again_for_keys_makes_no_others(at_the_signer, tmp_path):
    """Whatever file they are to be written to: the keys of a running wave stay (A5)."""
    request, one, two = (tmp_path / name for name in ("request.json", "one.json", "two.json"))
    assert at_the_signer(commands.create_keys, request, one).exit_code == 0
    assert at_the_signer(commands.create_keys, request, two).exit_code == 0
    assert json.loads(one.read_text()) == json.loads(two.read_text())

    invited = tmp_path / "invited.csv"
    invited.write_text(f"{'0a' * 32},kab-x.internal\n")
    assert at_the_signer(commands.admit, "uji", invited).exit_code == 0
    (tmp_path / "signer" / "uji" / "keys" / "kab-y.pem").unlink()
    refused = at_the_signer(commands.create_keys, request, two)
    assert (refused.exit_code, "are fixed" in refused.output) == (1, True)


def test_a_mistyped_wave_is_not_closed(at_the_signer, tmp_path):
    """It says that there is none, and leaves nothing behind."""
    refused = at_the_signer(commands.close, "ujii", tmp_path / "closing")

    assert (refused.exit_code, "no wave ujii" in refused.output) == (1, True)
    assert not (tmp_path / "closing").exists()
    assert not (tmp_path / "signer" / "ujii").exists()


def test_a_key_without_invitations_is_destroyed_and_not_counted(store, pair, tmp_path):
    """The statement speaks of the strata of the directory alone."""
    store.keys.keep("kab-x.loket", pair[0])
    note, _ = close(store=store, wave_code="uji", minimum=1, by=identity(tmp_path / "signer"))

    assert json.loads(notes.Note.of(note).text)["destroyed"] == 1
    assert not store.keys.has("kab-x.loket")


def test_an_interrupted_closing_states_how_many_keys_there_were(store, tmp_path):
    """The power went after the keys were gone, and before the statement was written."""
    ask(store, 3)
    assert store.end() == 1
    store.keys.destroy()
    note, _ = close(store=store, wave_code="uji", minimum=1, by=identity(tmp_path / "signer"))

    assert json.loads(notes.Note.of(note).text)["destroyed"] == 1


def test_closing_asks_first(at_the_signer, tmp_path):
    """Without --yes nothing is destroyed before somebody has said so."""
    store = Store(tmp_path / "signer" / "uji")
    store.admit({bytes(32): "kab-x.internal"})
    store.keys.keep("kab-x.internal", b"a key")
    refused = at_the_signer(commands.close, "uji", tmp_path / "closing")

    assert (refused.exit_code, "are destroyed" in refused.output) == (1, True)
    assert store.keys.has("kab-x.internal")
    assert not (tmp_path / "closing").exists()

"""A witness that is away delays the log, and never makes it wrong; a real one, over HTTP."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import espi_verify.witness as witness_module
import pytest
from django.db import transaction
from espi_verify.check import Request, check_record
from espi_verify.witness import Witness, create_key
from espi_verify.witness_server import WitnessServer

from espi.anonymity.v1 import notes
from espi.anonymity.v1.statements import PageStatement
from espi.response.ballotbox import actions as box
from espi.response.ballotbox.models import Ballot
from espi.response.ballotbox.publishing import seal_box
from espi.response.log.actions import add_statement, check_witnessed, open_log
from espi.response.log.errors import WitnessesMissing
from espi.response.log.identity import verifier_of
from espi.response.log.queries import log_of
from espi.response.log.record import folder_of, publish
from espi.response.log.witnesses import cosign
from tests.response.box import (
    DAY,
    FILES,
    add_agency,
    closing,
    directory,
    frame_hashes,
    make_wave,
    noise,
)

STRATUM = "kab-x.internal"


@pytest.fixture
def witness(tmp_path, settings):
    """The address of a witness that answers inside ``with witness():`` alone, and its key."""
    folder = tmp_path / "witness"
    folder.mkdir()
    key = create_key(folder, "saksi.example")
    settings.WITNESSES = tmp_path / "witnesses"
    settings.WITNESSES.write_text(f"{key} http://127.0.0.1:1\n")

    one = Witness(folder, [str(verifier_of("uji"))])

    @contextmanager
    def answering():
        with WitnessServer(("127.0.0.1", 0), one) as server:
            settings.WITNESSES.write_text(f"{key} http://127.0.0.1:{server.server_port}\n")
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield
            server.shutdown()
            thread.join()
        settings.WITNESSES.write_text(f"{key} http://127.0.0.1:1\n")

    answering.key = key
    yield answering
    one.close()


@pytest.mark.parametrize("days", [-20_000, -2, 2])
def test_a_witness_whose_clock_is_wrong_is_asked_again(wave, witness, days, monkeypatch):
    """Its signature would stay in the record, and every verifier would refuse it."""
    wrong = time.time() + days * notes.DAY
    with witness():
        add_statement(wave=wave, statement=PageStatement("uji", {}), actor="test")
        with monkeypatch.context() as clock:
            clock.setattr(witness_module, "time", SimpleNamespace(time=lambda: wrong))
            assert "clock" in cosign(log_of(wave))[0]
        with pytest.raises(WitnessesMissing):
            check_witnessed(log_of(wave))
        assert cosign(log_of(wave)) == []
    check_witnessed(log_of(wave))


@pytest.fixture
def wave(db, witness):
    """A wave whose log needs the one witness, with its directory and page witnessed."""
    wave = make_wave(agencies=())
    add_agency(wave, "kab-x")
    texts = directory(wave, witnesses=(witness.key,), quorum=1).texts
    with witness():
        open_log(wave=wave, texts=texts, actor="test")
        cosign(log_of(wave))
        add_statement(wave=wave, statement=PageStatement("uji", FILES), actor="test")
        cosign(log_of(wave))
        publish(log_of(wave))
    (folder_of("uji") / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))
    return wave


def drop(count):
    for _ in range(count):
        box.accept_ballot(ballot=noise(STRATUM))


def release(wave):
    box.release_batches(wave=wave, today=DAY, actor="test")


def verified(wave):
    """Return what the independent verifier says; it raises where anything is wrong."""
    said = []
    check_record(Request(folder_of(wave.code)), said.append)
    return "\n".join(said)


def test_an_outage_delays_and_makes_nothing_wrong(wave, witness):
    """Batches are released all the same, and logged when the witness is back."""
    for _ in range(3):
        drop(11)
        release(wave)
    assert "Ballots: 0 in 0 strata" in verified(wave)
    drop(11)
    with witness():
        release(wave)
    assert "Ballots: 33 in 1 strata" in verified(wave)
    release(wave)
    drop(11)
    release(wave)

    assert "Ballots: 33 in 1 strata" in verified(wave)
    assert Ballot.objects.filter(batch__logged=True).count() >= 33


def test_nothing_is_sealed_while_the_witness_is_away(wave, witness):
    """Closing takes effect at once; the log ends when everything before it is witnessed."""
    drop(12)
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    assert "Ballots: 0 in 0 strata" in verified(wave)
    with witness():
        seal_box(wave=closed, actor="test", **closing(closed))

    told = verified(wave)
    assert "Ballots: 12 in 1 strata" in told
    assert "Lists for respondents: 1" in told


def test_a_log_without_its_witnesses_takes_nothing(wave, witness):
    """Neither a statement nor the closing; it says what to do."""
    with witness():
        drop(12)
        closed = box.close_box(wave=wave, today=DAY, actor="test")
    log = log_of(wave)
    log.checkpoints.filter(size__gt=0).update(cosignatures=[])
    other = PageStatement("uji", {"index.html": "1" * 64})
    for action in (
        lambda: add_statement(wave=wave, statement=other, actor="test"),
        lambda: seal_box(wave=closed, actor="test", **closing(closed)),
    ):
        with pytest.raises(WitnessesMissing, match="espi log publish"), transaction.atomic():
            action()

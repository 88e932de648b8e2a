"""A list from the page waits, is read by the worker in many short transactions, and is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from espi.contact.frame import actions, errors, storage, writing
from espi.contact.frame.actions import LOST_AFTER, read_waiting, receive_list
from espi.contact.frame.models import Person, RejectedRow, Upload
from espi.contact.frame.queries import ListName, refusal_sentence
from espi.contact.sampling.actions import commit_frame
from espi.contact.sampling.errors import ListsBeingRead
from espi.design.models import Wave
from espi.platform import clock
from espi.platform.models import AuditLine
from tests.contact.frame.lists import AGENCY, GROUP, as_csv, open_wave, row, take

State = Upload.State


class Sari:
    """Who uploads."""

    def get_username(self):
        return "sari"


@pytest.fixture
def wave(db):
    return open_wave()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """Three rows a transaction, so that a short list has many."""
    monkeypatch.setattr(writing, "BATCH", 3)


def receive(wave, content):
    file = SimpleUploadedFile("daftar.csv", content)
    name = ListName(wave, AGENCY, GROUP)
    return receive_list(name=name, file=file, actor=Sari(), now=clock.now())


def ten(wave):
    """Eight people, one of them twice, and a row without a date."""
    rows = [row(wave, number) for number in range(8)]
    return as_csv([*rows, row(wave, 3), row(wave, 9, mulai_bekerja="")])


def stored(settings):
    return list((settings.STORAGE / "waiting-lists").iterdir())


def test_a_list_waits_and_is_read(wave, settings):
    """Until it is read it counts nothing; then it is as if it had come by command."""
    waiting = receive(wave, ten(wave))
    assert (waiting.state, waiting.rows, len(stored(settings))) == (State.WAITING, 0, 1)
    assert stored(settings)[0].stat().st_mode & 0o777 == 0o600
    assert Person.objects.count() == 0

    assert read_waiting() == 1
    waiting.refresh_from_db()
    counts = (waiting.rows, waiting.accepted, waiting.rejected, waiting.duplicates)
    assert (waiting.state, counts) == (State.READ, (10, 8, 2, 1))
    assert (Person.objects.count(), RejectedRow.objects.count()) == (8, 2)
    assert stored(settings) == []
    assert AuditLine.objects.filter(action="frame.import", actor="sari").count() == 1
    assert read_waiting() == 0


def test_a_file_that_cannot_be_read_leaves_its_reason(wave, settings):
    """The reason is kept for the page, the file is not; a mended one can come."""
    waiting = receive(wave, b"nama\nSari\n")
    read_waiting()
    waiting.refresh_from_db()

    assert waiting.state == State.REFUSED
    assert "nomor_whatsapp" in refusal_sentence(waiting)
    assert stored(settings) == []
    again = receive(wave, b"nama\nSari\n")
    assert again.pk != waiting.pk


@pytest.mark.parametrize("state", [State.WAITING, State.READING, State.READ])
def test_the_same_file_is_taken_once(wave, settings, state):
    """While it waits, while it is read, and after."""
    first = receive(wave, ten(wave))
    if state == State.READ:
        read_waiting()
    else:
        Upload.objects.filter(pk=first.pk).update(state=state, touched_at=timezone.now())
    refusal = errors.AlreadyUploaded if state == State.READ else errors.StillBeingRead

    with pytest.raises(refusal):
        receive(wave, ten(wave))
    with pytest.raises(refusal):
        take(wave, ten(wave))
    assert len(stored(settings)) == (state != State.READ)


def test_a_fault_of_ours_is_told_and_the_next_list_is_read(wave, monkeypatch, caplog):
    """What was written is taken back; the log has the place, and the worker goes on."""
    first, second = receive(wave, ten(wave)), receive(wave, as_csv([row(wave, 50)]))
    whole = writing.Writing._look_up

    def fail_late(self, column, values, known):
        if self.upload.pk == first.pk and self.counts.rows >= 6:
            raise ZeroDivisionError
        whole(self, column, values, known)

    monkeypatch.setattr(writing.Writing, "_look_up", fail_late)
    assert read_waiting() == 2
    first.refresh_from_db()
    second.refresh_from_db()

    assert (first.state, first.refusal["kind"]) == (State.REFUSED, "ReadingFailed")
    assert (second.state, second.accepted) == (State.READ, 1)
    assert Person.objects.count() == 1
    assert RejectedRow.objects.count() == 0
    assert "list not read" in caplog.text


def test_lists_that_are_closed_meanwhile_take_no_further_row(wave, monkeypatch):
    """All rows or none."""
    waiting = receive(wave, ten(wave))

    def close():
        if Person.objects.count() >= 5:
            Wave.objects.update(phase=Wave.Phase.DRAWN)

    monkeypatch.setattr(writing, "let_others_write", close)
    read_waiting()
    waiting.refresh_from_db()

    assert (waiting.state, waiting.refusal["kind"]) == (State.REFUSED, "FrameClosed")
    assert Person.objects.count() == 0


@pytest.mark.parametrize("state", [State.WAITING, State.READING])
def test_lists_are_not_closed_while_one_is_being_read(wave, state):
    """Whoever is on it would be left out of the draw."""
    waiting = receive(wave, ten(wave))
    Upload.objects.filter(pk=waiting.pk).update(state=state, touched_at=timezone.now())

    with pytest.raises(ListsBeingRead, match=AGENCY):
        commit_frame(wave=wave, actor="test", now=clock.now())


def died(upload, rows):
    """Leave an upload as a reader does that was killed after some rows."""
    Upload.objects.filter(pk=upload.pk).update(
        state=State.READING, touched_at=timezone.now() - LOST_AFTER - timedelta(minutes=1)
    )
    upload.refresh_from_db()
    stratum = upload.wave.strata.filter(agency=upload.agency, group=upload.group).first()
    facts = {"wave": upload.wave, "agency": upload.agency, "group": upload.group}
    for number in range(rows):
        Person.objects.create(
            upload=upload, stratum=stratum, phone=f"+6289900{number:06d}", eligible=True, **facts
        )


def test_a_list_whose_reader_died_is_read_from_its_beginning(wave):
    """Nobody is left from the first try, and nobody is there twice."""
    waiting = receive(wave, ten(wave))
    died(waiting, 6)
    read_waiting()
    waiting.refresh_from_db()

    assert (waiting.state, waiting.accepted, Person.objects.count()) == (State.READ, 8, 8)


def test_a_list_whose_command_died_makes_way(wave):
    """Its rows go; the same file can be imported again, and the lists can be closed."""
    upload = receive(wave, ten(wave))
    storage.forget(upload.stored_as)
    Upload.objects.filter(pk=upload.pk).update(stored_as="")
    died(upload, 6)

    assert take(wave, ten(wave)).accepted == 8
    upload.refresh_from_db()
    assert (upload.state, Person.objects.count()) == (State.REFUSED, 8)


def test_a_reader_that_was_taken_for_dead_writes_no_further_row(wave, monkeypatch):
    """The other one has the list; nobody is there twice."""
    waiting = receive(wave, ten(wave))
    others = []

    def sleep_long():
        if not others:
            others.append(True)
            long_ago = timezone.now() - LOST_AFTER - timedelta(minutes=1)
            Upload.objects.filter(pk=waiting.pk).update(touched_at=long_ago)
            assert read_waiting() == 1

    monkeypatch.setattr(writing, "let_others_write", sleep_long)
    read_waiting()
    waiting.refresh_from_db()

    assert (waiting.state, waiting.accepted, waiting.rejected) == (State.READ, 8, 2)
    assert (Person.objects.count(), RejectedRow.objects.count()) == (8, 2)


def test_files_that_nobody_refers_to_are_deleted_after_a_day(wave, settings, monkeypatch):
    """Left by a process that died between file and row; one that is being uploaded stays."""
    storage.store([b"x"])
    read_waiting()
    assert len(stored(settings)) == 1

    monkeypatch.setattr(actions, "ORPHANS_AFTER", timedelta(days=-1))
    waiting = receive(wave, ten(wave))
    Upload.objects.filter(pk=waiting.pk).update(state=State.READING, touched_at=timezone.now())
    read_waiting()
    assert [path.name for path in stored(settings)] == [waiting.stored_as]


@pytest.mark.django_db(transaction=True)
def test_others_write_while_a_list_is_written(monkeypatch):
    """Between two batches, and while the file is read, nothing is locked."""
    wave = open_wave()
    receive(wave, ten(wave))
    open_transactions = []
    parse = actions.read_table

    def look():
        open_transactions.append(connection.in_atomic_block)

    def look_and_parse(file):
        open_transactions.append(connection.in_atomic_block)
        return parse(file)

    sizes = []
    whole = writing.Writing._write_batch

    def measured(self, batch, *, last=False):
        sizes.append(len(batch))
        whole(self, batch, last=last)

    monkeypatch.setattr(writing, "let_others_write", look)
    monkeypatch.setattr(actions, "read_table", look_and_parse)
    monkeypatch.setattr(writing.Writing, "_write_batch", measured)
    read_waiting()

    assert open_transactions == [False] * 4
    assert sizes == [3, 3, 3, 1]
    assert Person.objects.count() == 8

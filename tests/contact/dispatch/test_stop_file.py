"""Stop requests stand outside the database before they are acknowledged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from espi.contact.dispatch import state_folder
from espi.contact.dispatch.installation import journal, matching
from espi.contact.dispatch.models import OutboundMessage, Suppression
from espi.contact.dispatch.queries import is_stopped
from espi.contact.dispatch.sending import outbox
from espi.contact.dispatch.stopping import stop_file
from espi.contact.dispatch.stopping.stop import stop, stop_address
from tests.contact.dispatch.test_restored_database import TODAY, count, people, plan, send

pytestmark = pytest.mark.django_db


def test_a_stop_request_is_on_the_disk_before_the_database_knows(monkeypatch):
    """If it cannot be written nothing is recorded, and the person is not told that it is done."""
    plan(people(1))
    person = OutboundMessage.objects.first().recipient

    def full(*_values):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(state_folder.os, "fsync", full)
        with pytest.raises(state_folder.StateFolderAway, match="No space left"):
            stop(recipient=person, reason="reply", today=TODAY)
    assert not is_stopped(person)

    stop(recipient=person, reason="reply", today=TODAY)
    assert is_stopped(person)


def test_whoever_stands_in_the_file_is_spared_whatever_the_database_says():
    """By the reference or by the address; read anew before each block."""
    recipients = people(5)
    plan(recipients)
    first, second = recipients[0], recipients[1]
    stop(recipient=first.reference, reason="reply", today=TODAY)
    stop_address(address=second.phone, reason="reply", today=TODAY)
    Suppression.objects.all().delete()
    OutboundMessage.objects.filter(state="suppressed", channel="whatsapp").update(state="ready")

    sent = send()

    assert sorted(sent) == sorted(person.phone for person in recipients[2:])
    assert count("suppressed") == 4
    outbox.recover()
    assert is_stopped(first.reference)
    assert is_stopped(second.reference)


def test_the_files_hold_no_address_and_are_for_one_account(settings):
    """Keyed hashes and opaque references; 0600 in a folder of 0700."""
    plan(people(3))
    sent = send()
    stop_address(address=sent[0], reason="reply", today=TODAY)
    folder = Path(settings.STATE_DIR)

    text = b"".join(path.read_bytes() for path in folder.iterdir())

    assert text
    assert not any(address[1:].encode() in text for address in sent)
    assert b"contoh.example" not in text
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_processes_that_write_at_once_lose_no_stop_request(settings):
    """The registry and the dispatcher append to one file; every line is whole."""
    code = (
        "import sys\n"
        "from types import SimpleNamespace\n"
        "from datetime import date\n"
        "from espi.contact.dispatch import state_folder\n"
        "from espi.contact.dispatch.stopping import stop_file\n"
        "state_folder.settings = SimpleNamespace(STATE_DIR=sys.argv[1])\n"
        "for n in range(25):\n"
        "    mark = f'{sys.argv[2]}{n:031x}'\n"
        "    stop_file.add([stop_file.of_mark(mark, 'reply', date(2026, 7, 6))])\n"
    )
    command = [sys.executable, "-c", code, str(settings.STATE_DIR)]
    running = [subprocess.Popen([*command, str(n)]) for n in range(3)]

    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(stop_file.spared()[1]) == 75


def test_a_line_cut_short_by_a_crash_spoils_no_other(settings):
    """What was not whole was not on the wire, and was told to nobody."""
    plan(people(4))
    send(limit=1)
    for name in (journal.BEGUN, state_folder.STOPS):
        with (Path(settings.STATE_DIR) / name).open("ab") as file:
            file.write(b"7 17833")
    person = OutboundMessage.objects.first().recipient
    stop(recipient=person, reason="reply", today=TODAY)
    send(limit=1)

    assert person in stop_file.spared()[0]
    assert len(list(journal.begun_between(0))) == 2
    assert matching.finding() is None

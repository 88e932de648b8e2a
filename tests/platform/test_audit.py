"""The audit log: written one line at a time, and whatever is done to it later is named."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from click.testing import CliRunner

from espi.platform import audit, audit_check
from espi.platform.commands import keep_head, verify
from espi.platform.models import AuditLine
from tests.databases import shared_database

pytestmark = pytest.mark.django_db


@pytest.fixture
def heads(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "kept" / "heads"
    return settings.AUDIT_HEADS


def lines(number):
    return [audit.record("sari", "sampling.draw", number=n) for n in range(number)]


def faults():
    """Return what the command says is wrong; nothing if it finds the log whole."""
    done = CliRunner().invoke(verify)
    return done.output if done.exit_code else ""


def test_lines_follow_from_each_other():
    """Two acts make two lines, and the chain holds."""
    audit.record("sari", "sampling.draw", wave="w", seed=7)
    audit.record(None, "dispatch.tick")

    assert audit_check.check([]) == audit_check.Report(2, (), 0)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "budi"},
        {"facts": {"seed": 8}},
        {"action": "x"},
        {"at": datetime(2026, 7, 6, 3, 0, tzinfo=UTC)},
        {"at": None},
    ],
)
def test_an_edited_line_is_named(change):
    """Whatever is changed in a line, the time of day as well, the check names that line."""
    first, _second = lines(2)
    AuditLine.objects.filter(pk=first.pk).update(**change)

    assert "Line 1 (" in faults()
    assert "was edited" in faults()


def test_a_line_taken_out_is_named():
    """The line after a gap does not follow from the one before it."""
    _one, two, _three = lines(3)
    two.delete()

    assert "Line 2 (" in faults()
    assert "taken out" in faults()


def test_a_log_that_was_cut_off_is_named(heads):
    """What is left is a whole chain; only the end that was kept outside tells."""
    *_, last = lines(3)
    CliRunner().invoke(keep_head)
    last.delete()

    assert "cut off: it had 3 lines" in faults()


def test_a_log_that_was_cut_and_written_on_is_named(heads):
    """New lines make up the number, but not the end that was kept."""
    *_, last = lines(3)
    CliRunner().invoke(keep_head)
    last.delete()
    audit.record("sari", "something.else")
    audit.record("sari", "something.else")

    assert "Line 3 (" in faults()
    assert "cut and written on" in faults()


def test_an_emptied_log_is_named(heads):
    """An empty log has no line that could be wrong."""
    lines(3)
    CliRunner().invoke(keep_head)
    AuditLine.objects.all().delete()

    assert "emptied: it had 3 lines" in faults()


def test_a_log_that_was_written_anew_is_named(heads):
    """Whoever computes the whole chain again cannot change the end that was kept."""
    for line in lines(3):
        line.delete()
    for number in range(3):
        audit.record("sari", "sampling.draw", number=number)
    CliRunner().invoke(keep_head)
    AuditLine.objects.all().delete()
    for number in range(3):
        audit.record("budi", "sampling.draw", number=number)

    assert "is not the line that ended the log" in faults()


def test_a_fork_is_named_and_accuses_nobody():
    """Two lines that follow from the same one are both whole; earlier versions could write them."""
    first, second = lines(2)
    fork = AuditLine(on=second.on, at=second.at, actor="budi", action="x", facts={})
    fork.chain = audit.link(bytes(first.chain), fork)
    fork.save()

    assert "Line 3 (" in faults()
    assert "is a fork: it follows from line 1" in faults()
    assert "edited" not in faults()


def test_ends_are_kept_day_by_day_and_a_growing_log_agrees_with_all(heads, settings):
    """The file only grows; ends of the other bank in it are passed over."""
    lines(2)
    CliRunner().invoke(keep_head)
    settings.BANK = "response"
    CliRunner().invoke(keep_head)
    settings.BANK = "contact"
    lines(2)
    CliRunner().invoke(keep_head)

    assert len(heads.read_text().splitlines()) == 3
    assert "agrees with 2 of its ends" in CliRunner().invoke(verify).output


def test_an_end_that_was_published_is_compared_too(tmp_path):
    """The file for the booth's folder holds day, number and hash; a line that is none is named."""
    lines(2)
    CliRunner().invoke(keep_head, ["--into", str(tmp_path)])
    published = tmp_path / "audit" / "contact.txt"
    AuditLine.objects.order_by("-id").first().delete()
    done = CliRunner().invoke(verify, ["--head", str(published)])
    published.write_text("contact yesterday 2 00\n")

    assert "cut off" in done.output
    assert (
        "line 1: this is no head" in CliRunner().invoke(verify, ["--head", str(published)]).output
    )


def test_only_the_contact_side_keeps_the_time_of_day(settings):
    """The response side keeps the day; both chains hold."""
    timed = audit.record("sari", "deed")
    settings.BANK = "response"
    untimed = audit.record("sari", "deed")

    assert timed.at is not None
    assert AuditLine.objects.get(pk=untimed.pk).at is None
    assert not faults()


def test_a_chain_of_an_earlier_version_still_holds():
    """A line without a time is hashed as it always was, to the byte."""
    old = AuditLine(
        on=datetime(2026, 7, 6, tzinfo=UTC).date(), actor="sari", action="x", facts={"n": 1}
    )
    old.chain = sha256(b'["2026-07-06", "sari", "x", {"n": 1}]').digest()
    old.save()
    audit.record("sari", "deed")

    assert not faults()


WRITER = """
import sys, django
django.setup()
from espi.platform import audit
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    audit.record(sys.argv[1], "parallel.write", number=number)
"""


@pytest.mark.django_db(transaction=True)
def test_four_processes_write_one_chain(tmp_path):
    """Real processes with real connections, on SQLite and on PostgreSQL: no line forks."""
    address = shared_database(tmp_path)
    environment = os.environ | {
        "ESPI_TEST_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "espi.site.settings.testing",
    }
    command = [sys.executable, "-c", WRITER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    writers = [subprocess.Popen([*command, str(n)], env=environment, **pipes) for n in range(4)]
    for writer in writers:
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    done = subprocess.run(
        [sys.executable, "-c", CHECKER], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split("\n")[0] == "Report(lines=100, faults=(), heads=0)"


CHECKER = """
import django
django.setup()
from espi.platform import audit_check
print(audit_check.check([]))
"""

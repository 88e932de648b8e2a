"""Accounts by command: what is refused, and that nothing is changed by the way."""

from __future__ import annotations

from importlib import import_module

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.platform.models import AuditLine
from espi.site.cli import refusals_become_messages
from espi.site.commands import COMMANDS

pytestmark = pytest.mark.django_db
GOOD = "kereta malam ke timur"


@pytest.fixture
def espi():
    """Run a command of ``espi staff`` as the command line does, within this process."""

    def run(verb, *words, stdin=""):
        module, _, name = COMMANDS["staff"][verb].target.partition(":")
        command = refusals_become_messages(getattr(import_module(module), name))
        return CliRunner().invoke(command, words, input=stdin)

    return run


def add(espi, name="sari", password=GOOD, role="contractor", *more):
    return espi("add", name, "--role", role, *more, stdin=f"{password}\n")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("a", "at least 12"),
        ("password1234", "too common"),
        ("sari.pelaksana", "too similar"),
        ("x" * 201, "at most 200"),
    ],
)
@pytest.mark.parametrize("command", ["add", "load", "password"])
def test_a_weak_password_is_refused_by_every_command(espi, command, password, why):
    """Too short, widely known, like the name, too long: with the reason, and nothing is changed."""
    name = "sari.pelaksana1"
    if command == "password":
        add(espi, name)
        done = espi("password", name, stdin=f"{password}\n")
    elif command == "add":
        done = add(espi, name, password)
    else:
        done = espi("load", stdin=f"budi,{GOOD},authority,\n{name},{password},auditor,\n")

    assert done.exit_code == 1
    assert why in done.output
    assert [staff.check_password(GOOD) for staff in Staff.objects.all()] in ([], [True])
    assert Staff.objects.count() == (command == "password")


@pytest.mark.parametrize("name", ["sari", "SARI"])
def test_an_account_is_not_reset_by_adding_it_again(espi, name):
    """The refusal names it and the cure; password and role stay."""
    add(espi)
    done = add(espi, name, "kereta pagi ke barat", "authority")
    loaded = espi("load", stdin=f"{name},kereta pagi ke barat,authority,\n")

    for output in (done.output, loaded.output):
        assert f"There is an account {name} already" in output
        assert f"espi staff password {name}" in output
    staff = Staff.objects.get()
    assert (staff.role, staff.check_password(GOOD)) == ("contractor", True)


def test_a_list_is_taken_whole_or_not_at_all(espi):
    """The faulty line is named; nobody before it was added."""
    for line, why in (
        ("ayu", "4 columns"),
        (f"ayu,{GOOD},boss,", "boss is no role"),
        (f"ayu,{GOOD},liaison,", "needs an agency"),
        (f"a yu,{GOOD},auditor,", "cannot be used"),
    ):
        done = espi("load", stdin=f"sari,{GOOD},authority,\n{line}\n")
        assert "Line 2: " in done.output
        assert why in done.output
    assert not Staff.objects.exists()
    assert espi("load", stdin=f"sari,{GOOD},authority,\n\n").output.startswith("1 member")


def test_password_role_and_disabling_are_changed_by_command_and_audited(espi):
    """Each says what it did and in which bank, and leaves one line; twice changes nothing more."""
    add(espi)
    assert "new password" in espi("password", "sari", stdin="kereta pagi ke barat\n").output
    assert "is auditor" in espi("role", "sari", "--role", "auditor").output
    assert "is disabled in the contact bank" in espi("disable", "sari").output
    assert "was disabled before" in espi("disable", "sari").output
    assert "sari\tauditor\t-\tdisabled\tnever" in espi("list").output
    assert "may sign in again" in espi("enable", "sari").output

    assert list(AuditLine.objects.order_by("id").values_list("action", flat=True)) == [
        "accounts.add_staff",
        "accounts.set_password",
        "accounts.set_role",
        "accounts.disable",
        "accounts.enable",
    ]
    staff = Staff.objects.get()
    assert staff.check_password("kereta pagi ke barat")
    assert staff.session_epoch == 4


@pytest.mark.parametrize("verb", sorted(set(COMMANDS["staff"]) - {"add", "load", "list"}))
def test_an_account_that_is_not_there_is_named(espi, verb):
    """With the command that shows which there are."""
    more = ["--role", "auditor"] if verb == "role" else []
    done = espi(verb, "nobody", *more, stdin=f"{GOOD}\n")

    assert done.exit_code == 1
    assert "There is no account nobody" in done.output
    assert "espi staff list" in done.output

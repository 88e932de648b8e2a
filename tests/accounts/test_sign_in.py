"""Signing in: what is slowed, who is not, what is written down, and when a session ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from espi.accounts import actions, limits
from espi.accounts.models import SignInLimit
from espi.platform import clock
from espi.platform.models import AuditLine
from tests.databases import shared_database

pytestmark = pytest.mark.django_db
PASSWORD = "kereta malam ke timur"
OFFICE, HOME, ELSEWHERE = "203.0.113.7", "198.51.100.20", "192.0.2.99"


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """A clock that the test moves."""

    class Time:
        now = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)

        def pass_by(self, **span):
            self.now += timedelta(**span)

    fake = Time()
    monkeypatch.setattr(clock, "now", lambda: fake.now)
    return fake


@pytest.fixture(autouse=True)
def staff():
    for name in ("sari", "budi"):
        actions.add_staff(username=name, password=PASSWORD, role="authority")


def attempt(client, name="sari", password="tebakan", address=OFFICE):
    """Try to sign in; return the status: 302 in, 422 wrong, 429 wait."""
    content = {"username": name, "password": password}
    return client.post("/masuk", content, REMOTE_ADDR=address).status_code


def deeds(like="accounts.sign"):
    lines = AuditLine.objects.filter(action__startswith=like).order_by("id")
    return list(lines.values_list("actor", "action", "facts"))


def test_sixty_wrong_passwords_and_then_the_right_one(client, time):
    """The right one is not looked at either until the wait is over; then it opens."""
    answers = [attempt(client) for _ in range(60)]

    assert answers == [422] * 5 + [429] * 55
    assert attempt(client, password=PASSWORD) == 429
    time.pass_by(seconds=16)
    assert attempt(client, password=PASSWORD) == 302


def test_the_wait_doubles_and_never_exceeds_a_quarter_of_an_hour(time):
    """A day of guessing from one place is about a hundred guesses at one account."""
    counts, guesses, waits = limits.counts_of("sari", OFFICE, ""), 0, []
    until = time.now + timedelta(days=1)
    while time.now < until:
        wait = limits.begin(counts, time.now)
        guesses += wait == 0
        assert guesses < 110
        if wait:
            waits.append(wait)
            time.pass_by(seconds=wait)

    assert waits[:7] == [15, 30, 60, 120, 240, 480, 900]
    assert max(waits) == 900
    assert guesses > 90


def test_a_colleague_behind_the_same_address_does_not_notice(client):
    """One account is guessed at; another signs in from the same network at once."""
    for _ in range(60):
        attempt(client)

    assert attempt(client, name="budi", password=PASSWORD) == 302


def test_the_owner_elsewhere_does_not_notice(client):
    """Guesses from one place do not keep the owner out at another."""
    for _ in range(60):
        attempt(client)

    assert attempt(client, password=PASSWORD, address=HOME) == 302


def test_guesses_from_many_places_are_slowed_and_a_known_browser_is_not(client, time):
    """Thirty, then one a minute, from however many networks; the owner's browser gets in."""
    owner = type(client)()
    assert attempt(owner, password=PASSWORD, address=HOME) == 302
    owner.post("/keluar")
    answers = [attempt(client, address=f"192.0.2.{n}") for n in range(60)]

    assert answers == [422] * 30 + [429] * 30
    assert attempt(client, password=PASSWORD, address=ELSEWHERE) == 429
    assert attempt(owner, password=PASSWORD, address=ELSEWHERE) == 302
    time.pass_by(seconds=61)
    assert attempt(client, password=PASSWORD, address=ELSEWHERE) == 302


def test_a_known_browser_has_a_limit_of_its_own(client):
    """Whoever steals the browser may not guess without end; a forged mark is worth nothing."""
    attempt(client, password=PASSWORD)
    client.post("/keluar")
    assert [attempt(client) for _ in range(7)] == [422] * 5 + [429] * 2
    client.cookies["testing_device"] = "forged:1:mark"

    assert [attempt(client, address=HOME) for _ in range(6)] == [422] * 5 + [429]


def test_one_password_tried_on_many_accounts_is_slowed(client, time):
    """A hundred from one network, then three a minute; another network is free."""
    answers = [attempt(client, name=f"petugas{n}") for n in range(120)]

    assert answers == [422] * 100 + [429] * 20
    assert attempt(client, password=PASSWORD, address=HOME) == 302
    time.pass_by(seconds=21)
    assert attempt(client, name="budi", password=PASSWORD) == 302


def test_an_unknown_name_is_slowed_like_a_known_one(client):
    """Nobody learns from the limits, or from the words, which accounts there are."""
    known = [attempt(client) for _ in range(8)]

    assert [attempt(client, name="nobody") for _ in range(8)] == known


def test_what_is_stored_tells_no_name_and_no_address(client):
    """A slot is a number of 20 bits; nothing else stands in the table."""
    attempt(client)

    for row in SignInLimit.objects.all():
        assert row.slot < 2**20
        assert not re.search(r"203|sari", f"{row.kind}")
    assert {field.name for field in SignInLimit._meta.fields} == {
        "id", "kind", "slot", "failures", "failed_at",
    }  # fmt: skip


def test_counts_are_forgotten_after_a_day(client, time):
    """The next sign-in deletes what is older."""
    attempt(client, name="nobody", address=ELSEWHERE)
    old = set(SignInLimit.objects.values_list("pk", flat=True))
    time.pass_by(hours=25)
    attempt(client, password=PASSWORD)

    assert not old & set(SignInLimit.objects.values_list("pk", flat=True))


def test_sign_in_failure_and_sign_out_are_in_the_audit_log(client):
    """Who, and why not; never what was typed, which can be a password in the wrong field."""
    attempt(client)
    attempt(client, name="my secret password")
    attempt(client, password=PASSWORD)
    client.post("/keluar")

    assert deeds() == [
        ("sari", "accounts.sign_in_failed", {"why": "password", "slowed": False}),
        ("unknown", "accounts.sign_in_failed", {"why": "no such account", "slowed": False}),
        ("sari", "accounts.sign_in", {}),
        ("sari", "accounts.sign_out", {}),
    ]


def test_a_disabled_account_is_out_at_once_and_stays_out(client):
    """Its open session ends, the right password is refused, and enabling revives no session."""
    attempt(client, password=PASSWORD)
    assert client.get("/").status_code == 200
    actions.disable_staff(username="sari")

    assert client.get("/").status_code == 302
    assert attempt(type(client)(), password=PASSWORD) == 422
    assert deeds()[-1] == (
        "sari", "accounts.sign_in_failed", {"why": "disabled", "slowed": False}
    )  # fmt: skip
    actions.enable_staff(username="sari")
    assert client.get("/").status_code == 302
    assert attempt(type(client)(), password=PASSWORD) == 302


@pytest.mark.parametrize("change", ["password", "role"])
def test_a_changed_account_is_signed_out(client, change):
    """A new password or role ends the sessions of the old one."""
    attempt(client, password=PASSWORD)
    if change == "password":
        actions.set_password(username="sari", password="kereta pagi ke barat")
    else:
        actions.set_role(username="sari", role="auditor")

    assert client.get("/").status_code == 302


def test_a_session_has_a_new_number_after_the_sign_in(client):
    """A number that somebody else planted in the browser is worth nothing."""
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    attempt(client, password=PASSWORD)

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_session_ends_after_twelve_hours_of_use(client):
    """However much it is used; the log says that it ended."""
    attempt(client, password=PASSWORD)
    move(client, signed_in_at=-(12 * 3600 - 30))
    assert client.get("/").status_code == 200
    move(client, signed_in_at=-31)

    assert client.get("/").status_code == 302
    assert deeds()[-1] == ("sari", "accounts.sign_out", {"why": "12 hours"})


def move(client, **seconds):
    session = client.session
    for name, shift in seconds.items():
        session[name] += shift
    session.save()


def test_a_session_ends_after_half_an_hour_without_use(client, settings):
    """The row in the database decides, and use puts it off, a minute at a time."""
    attempt(client, password=PASSWORD)
    row = Session.objects.get(session_key=client.session.session_key)
    left = (row.expire_date - datetime.now(UTC)).total_seconds()
    assert 29 * 60 < left <= 30 * 60
    client.get("/")
    move(client, seen_at=-61)
    Session.objects.update(expire_date=datetime.now(UTC) + timedelta(seconds=20))
    client.get("/")
    later = Session.objects.get(session_key=client.session.session_key).expire_date
    assert (later - datetime.now(UTC)).total_seconds() > 29 * 60
    Session.objects.update(expire_date=datetime.now(UTC) - timedelta(seconds=1))

    assert client.get("/").status_code == 302


def test_cookies_are_bound_to_the_host_where_there_is_tls():
    """Session, CSRF and device, of both processes that staff sign in to."""
    from espi.site.settings import process

    names = process.cookies("registry", secure=True)
    assert set(names) == {"SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "DEVICE_COOKIE_NAME"}
    assert all(name.startswith("__Host-registry_") for name in names.values())
    assert process.cookies("public", secure=False)["SESSION_COOKIE_NAME"] == "public_session"


GUESSER = """
import sys, django
django.setup()
from datetime import UTC, datetime
from espi.accounts import limits
counts = limits.counts_of("sari", "203.0.113.7", "")
print("ready", flush=True)
sys.stdin.readline()
now = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)
print(sum(limits.begin(counts, now) == 0 for _ in range(10)))
"""


@pytest.mark.django_db(transaction=True)
def test_processes_that_guess_at_one_moment_share_the_limit(tmp_path):
    """Four real processes try ten times each: five attempts are let through, not twenty."""
    address = shared_database(tmp_path)
    environment = os.environ | {
        "ESPI_TEST_DATABASE": address,
        "DJANGO_SETTINGS_MODULE": "espi.site.settings.testing",
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = [sys.executable, "-c", GUESSER]
    guessers = [subprocess.Popen(command, env=environment, **pipes) for _ in range(4)]
    for guesser in guessers:
        assert guesser.stdout.readline() == b"ready\n"
    for guesser in guessers:
        guesser.stdin.write(b"go\n")
        guesser.stdin.flush()
    let_through = [int(guesser.communicate(timeout=120)[0]) for guesser in guessers]

    assert sum(let_through) == limits.RULES["pair"].free

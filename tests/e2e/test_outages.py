"""Everything at once: kills, outages, cuts, a second dispatcher, a locked database, no reports.

In the end everybody has got one message: 0 doubled, 0 forgotten, 0 burnt, on either engine.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time

import pytest

from tests.e2e.sending import kill, start

SERVER = os.environ.get("ESPI_TEST_DATABASE", "")
PEOPLE, MAILS = 120, 30
PHONES = PEOPLE - MAILS
ENGINES = [
    pytest.param("", id="sqlite"),
    pytest.param(
        SERVER,
        id="postgresql",
        marks=pytest.mark.skipif(not SERVER, reason="needs tools/with-postgresql"),
    ),
]


@pytest.fixture(params=ENGINES)
def sending(request, tmp_path):
    """A wave in the field with its registry, a carrier and a mail relay that can be troubled."""
    sending = start(tmp_path, people=PEOPLE, mails=MAILS, rate=40, server=request.param)
    yield sending
    sending.processes.end()


def trouble_the_database(sending, seconds):
    """Lock the embedded database for so long, or cut the connections of a server's."""
    if not sending.environment.server:
        other = sqlite3.connect(sending.environment.root / "contact.sqlite3", timeout=30)
        other.isolation_level = None
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("COMMIT")
        other.close()
        return
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ask_the_server(sending, "true", what="pg_terminate_backend(pid)")
        time.sleep(0.2)


def ask_the_server(sending, condition, what="pid"):
    """Return something of each connection to the bank that meets a condition."""
    import psycopg

    address = sending.environment.server.replace("postgres://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as admin:
        return admin.execute(
            f"SELECT {what} FROM pg_stat_activity WHERE datname = 'espi_demo_contact' "
            f"AND pid <> pg_backend_pid() AND {condition}"
        ).fetchall()


def stop_while_idle(sending, process):
    """Stop a process at a moment when it is in no transaction, which would hold up all others."""
    for _try in range(200):
        os.killpg(process.pid, signal.SIGSTOP)
        if not in_a_transaction(sending):
            return
        os.killpg(process.pid, signal.SIGCONT)
        time.sleep(0.02)
    raise AssertionError("the dispatcher always was in a transaction")


def in_a_transaction(sending):
    if sending.environment.server:
        return bool(ask_the_server(sending, "state <> 'idle'"))
    other = sqlite3.connect(sending.environment.root / "contact.sqlite3", timeout=0.1)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
    return False


def forget_lease(sending):
    """Let the next dispatcher in at once, instead of after the half minute of the lease."""
    forget = "DELETE FROM dispatch_senderlease"
    if sending.environment.server:
        import psycopg

        address = sending.environment.database("contact").replace("postgres://", "postgresql://")
        with psycopg.connect(address, autocommit=True) as bank:
            bank.execute(forget)
        return
    other = sqlite3.connect(sending.environment.root / "contact.sqlite3", timeout=30)
    with other:
        other.execute(forget)
    other.close()


def two_dispatchers(sending, posts):
    """Stop one in mid-flight, let a second one run to its end, then wake the first."""
    first = sending.start_dispatcher(posts)
    stop_while_idle(sending, first)
    forget_lease(sending)
    sending.dispatch()
    os.killpg(first.pid, signal.SIGCONT)
    os.killpg(first.pid, signal.SIGTERM)
    first.wait(30)


def ask_the_relays_log(sending):
    """Decide on mail in doubt as a person would: by what the relay says that it has."""
    taken = {mail["message_id"] for mail in sending.ask("mail", "/__sim/messages")}
    lines = sending.contact("campaign", "doubts").splitlines()
    doubts = [doubt for doubt in map(json.loads, lines) if doubt["channel"] == "email"]
    for decision, chosen in (
        ("sent", [str(d["key"]) for d in doubts if d["name"] in taken]),
        ("again", [str(d["key"]) for d in doubts if d["name"] not in taken]),
    ):
        if chosen:
            words = [decision, *chosen, "--reason", "the relay's log", "--yes"]
            sending.contact("campaign", "decide", *words)
    return len(doubts)


def messages(sending):
    return json.loads(sending.contact("fieldwork", "progress", "--json"))["messages"]


def test_whatever_happens_everybody_gets_one_message(sending):
    """See the module."""
    sending.faults("whatsapp", silent=1, refuse_130429=25, cut_after=6, cut_before=3, unreadable=4)
    sending.faults("mail", busy=4, cut_after=3, cut_before=2, quota=1)
    kill(sending.start_dispatcher(45))
    forget_lease(sending)
    two_dispatchers(sending, 70)
    forget_lease(sending)
    for days in (0.05, 0.3, 3.0):  # no report comes at all, for three days
        sending.set_clock(days)
        breaker = threading.Thread(target=trouble_the_database, args=(sending, 1.5))
        breaker.start()
        sending.dispatch()
        breaker.join()
    told = messages(sending)
    assert told["whatsapp"]["uncertain"] > 0
    assert "failed" not in told["whatsapp"] | told["email"]

    sending.faults("whatsapp", silent=0)
    sending.ask("whatsapp", "/__sim/settle", {})
    assert ask_the_relays_log(sending) >= 5
    # Each round decides on doubts up to the newest attempt that was reported six hours before; what
    # a killed dispatcher left may be later than all reported ones, and waits for the next round's.
    for days in (3.1, 3.5, 3.9):
        sending.set_clock(days)
        sending.dispatch()
        sending.ask("whatsapp", "/__sim/settle", {})
    sending.dispatch()
    ask_the_relays_log(sending)

    carrier, mail = sending.counters(), sending.counters("mail")
    assert (carrier["accepted"], carrier["people"]) == (PHONES, PHONES)
    assert (mail["mails"], mail["people"]) == (MAILS, MAILS)
    told = messages(sending)
    assert sum(told["whatsapp"].get(state, 0) for state in ("delivered", "read")) == PHONES
    assert told["email"] == {"accepted": MAILS}

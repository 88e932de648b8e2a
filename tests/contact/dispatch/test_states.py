"""A message moves only as the table of ``states`` says, whatever happens to it and when."""

from __future__ import annotations

import ast
import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

import espi.contact.dispatch
from espi.contact.dispatch.actions import cancel_wave, requeue
from espi.contact.dispatch.errors import NothingToRequeue
from espi.contact.dispatch.forgetting import forget_course
from espi.contact.dispatch.inbound.statuses import apply_statuses
from espi.contact.dispatch.installation import journaling
from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.sending.doubts import Decision, decide
from espi.contact.dispatch.states import (
    REQUEUE,
    TRANSITIONS,
    ForbiddenTransition,
    State,
    move,
    move_all,
)
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error
from espi.contact.dispatch.transports.whatsapp.report_types import Status
from espi.platform.engine import is_postgresql
from tests.contact.dispatch.test_restored_database import TODAY, people, plan
from tests.contact.field import NOW

ALLOWED = {pair for transition in TRANSITIONS for pair in transition.pairs}
CODES = [None, 131026, 131049, 130429, 132001, 131048, 190, 999]


@pytest.fixture
def moves(db):
    """Return a function that lists the moves that the database saw, written down by a trigger."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE moves (old text, new text)")
        note = "INSERT INTO moves VALUES (OLD.state, NEW.state);"
        event = "AFTER UPDATE OF state ON dispatch_outboundmessage FOR EACH ROW"
        if is_postgresql():
            cursor.execute(
                "CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {note} RETURN NULL; END $$"
            )
            cursor.execute(f"CREATE TRIGGER moved {event} EXECUTE FUNCTION note_move()")
        else:
            cursor.execute(f"CREATE TRIGGER moved {event} BEGIN {note} END")

    def seen():
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT old, new FROM moves WHERE old <> new")
            return {(State(old), State(new)) for old, new in cursor.fetchall()}

    return seen


class Life:
    """Does to the messages of a campaign what can happen to them, in any order."""

    def __init__(self, dice):
        self.dice = dice
        self.now = NOW
        self.held = []  # blocks that were sent and not settled

    def send(self):
        channel = self.dice.choice(["whatsapp", "email"])
        ids = outbox.claim(channel=channel, now=self.now, limit=self.dice.randint(1, 6))
        if self.dice.random() < 0.2:  # it dies, or its lease runs out, before it marks them
            return
        attempts = outbox.new_attempts(ids)
        if ids and self.dice.random() < 0.2:
            self.stop(OutboundMessage.objects.get(pk=ids[0]).recipient)
        messages = outbox.mark_sending(ids=ids, now=self.now, attempts=attempts)
        self.held.append((messages, attempts))

    def settle(self):
        if not self.held:
            return
        messages, attempts = self.held.pop(self.dice.randrange(len(self.held)))
        outcomes = {message.pk: self.outcome(message) for message in messages}
        outbox.settle(outcomes=outcomes, now=self.now, attempts=attempts)

    def outcome(self, message):
        fate = self.dice.choice([Fate.ACCEPTED, *Fate])
        taken = fate in {Fate.ACCEPTED, Fate.HELD_BY_CARRIER}
        carrier_id = f"wamid.{message.attempt_id}" if taken else ""
        return Outcome(fate, carrier_id=carrier_id, error="" if taken else "x")

    def report(self):
        tried = list(OutboundMessage.objects.filter(channel="whatsapp").exclude(attempt_id=""))
        for message in self.dice.sample(tried, min(3, len(tried))):
            earlier = [attempt.attempt_id for attempt in message.earlier_attempts.all()]
            attempt = self.dice.choice([message.attempt_id, *earlier])
            name = self.dice.choice(["accepted", "sent", "delivered", "read", "failed"])
            error = self.dice.choice(CODES) if name == "failed" else None
            apply_statuses([Status("", attempt, name, self.now, error)], self.now)

    def time_passes(self):
        self.now += self.dice.choice([timedelta(minutes=3), timedelta(hours=7), timedelta(days=1)])
        overdue.advance_overdue(now=self.now)

    def restart(self):
        outbox.recover()

    def resume(self):
        Campaign.objects.update(state="running", reason="", paused_for="")

    def decide(self):
        doubtful = OutboundMessage.objects.filter(state="uncertain")
        if keys := list(doubtful.values_list("pk", flat=True)[:2]):
            decision = self.dice.choice(list(Decision))
            decide(keys=keys, decision=decision, reason="why", actor="test", now=self.now)

    def requeue(self):
        for error in ("x", "999", "131026", "unknown"):
            facts = {"error": error, "reason": "why", "actor": "test", "now": self.now}
            try:
                requeue(campaign=Campaign.objects.get(), **facts)
            except NothingToRequeue:
                continue

    def doubt(self):
        message = OutboundMessage.objects.filter(state__in=["ready", "failed", "sending"]).first()
        if message is not None:
            journaling.doubt(message)
            message.save()

    def stop(self, recipient=None):
        recipient = recipient or self.dice.choice(OutboundMessage.objects.all()).recipient
        stop(recipient=recipient, reason="reply", today=TODAY)


USUAL = ["send", "settle", "report", "time_passes", "resume"]
SELDOM = ["restart", "decide", "requeue", "doubt", "stop"]


@pytest.mark.parametrize("seed", range(4))
def test_no_message_moves_otherwise(moves, seed):
    """Tries, reports, time, people and the closing in any order make no move that is not listed."""
    dice = random.Random(seed)
    plan(people(8))
    life = Life(dice)

    for _ in range(60):
        getattr(life, dice.choice(USUAL * 3 + SELDOM))()
    cancel_wave(wave_code="uji")
    life.settle()
    life.report()
    forget_course(wave_code="uji")

    assert len(moves()) > 5
    assert moves() <= ALLOWED


def test_no_error_code_means_that_a_failed_message_was_taken():
    """So a failure that comes as a report leads to a state that the table lists, for every code."""
    codes = [*range(700), *range(80_000, 80_020), *range(130_400, 135_100, 3)]
    fates = {of_error(code).fate for code in codes}

    assert fates.isdisjoint({Fate.ACCEPTED, Fate.HELD_BY_CARRIER, Fate.UNCERTAIN})


@pytest.mark.django_db
def test_a_move_that_is_not_listed_is_refused():
    """In memory by an exception, in the database by not choosing the row."""
    plan(people(1))
    message = OutboundMessage.objects.get(channel="whatsapp")

    with pytest.raises(ForbiddenTransition):
        move(message, REQUEUE, State.PLANNED)
    assert move_all(OutboundMessage.objects.all(), REQUEUE, State.READY) == 0


def test_every_transition_says_why():
    """Who reads the table learns when each move is made."""
    assert len({transition.reason for transition in TRANSITIONS}) == len(TRANSITIONS)
    assert all(transition.reason.endswith(".") for transition in TRANSITIONS)


def test_nothing_else_sets_the_state_of_a_message():
    """Outside of ``states`` no code assigns a state, or updates one (a campaign's aside)."""
    room = Path(espi.contact.dispatch.__file__).parent
    found = [
        f"{path.relative_to(room)}:{node.lineno}"
        for path in sorted(room.rglob("*.py"))
        if path.name != "states.py" and "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if sets_state(node)
    ]

    assert found == []


def sets_state(node):
    if isinstance(node, ast.Assign):
        targets = [part for target in node.targets for part in ast.walk(target)]
        return any(isinstance(part, ast.Attribute) and part.attr == "state" for part in targets)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
        values = [word.value for word in node.keywords if word.arg == "state"]
        return any("Campaign" not in ast.unparse(value) for value in values)
    return False


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("message.state, message.error = State.READY, ''", True),
        ("messages.update(state=State.READY)", True),
        ("campaigns.update(state=Campaign.State.PAUSED)", False),
        ("state = message.state", False),
    ],
)
def test_the_check_knows_an_assignment_when_it_sees_one(code, forbidden):
    """Examples of what the check above must find, and must not."""
    assert any(map(sets_state, ast.walk(ast.parse(code)))) is forbidden

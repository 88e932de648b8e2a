"""What the contact bank keeps of when a person finished: no order, after the closing no day."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from random import sample
from secrets import token_bytes

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.db import connection
from django.db.models import Q

from espi.accounts.models import Staff
from espi.anonymity.v1 import codes
from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage
from espi.contact.dispatch.sending.outbox import claim, mark_sending
from espi.contact.fieldwork.actions import close_fieldwork, plan_campaign
from espi.contact.fieldwork.summary import DayCounts, counts_by_day, counts_of_messages
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import own_store, signer
from espi.contact.tickets.actions import note_finished, take_ticket
from espi.contact.tickets.forgetting import forget_questions
from tests.attacks.order import CHANCE, SMALL_PAGE, deviations, worst
from tests.contact.field import NOW, wave_in_field

DAY = date(2031, 3, 17)  # on which somebody finishes; nothing else happens on it
TIME = datetime(2031, 3, 17, 4, 5, 6, tzinfo=UTC)


def finish(invitation, day=DAY):
    code = codes.derive_code(configured.CODE_SECRET, str(invitation.reference))
    take_ticket(code=code, blinded=b"\0" + token_bytes(383), signer=signer(), today=day)


def raw_pages(tmp_path):
    """Return the database as it lies, page by page, at this moment; SQLite."""
    path = tmp_path / "raw.sqlite3"
    path.unlink(missing_ok=True)
    copy = sqlite3.connect(path)
    connection.connection.backup(copy)
    copy.close()
    return path.read_bytes()


def deliver(wave, kind, at):
    """Send a campaign to everybody it was planned for, and let it be read on a day."""
    for channel in ("whatsapp", "email"):
        mark_sending(ids=claim(channel=channel, now=at, limit=100), now=at)
    sent = OutboundMessage.objects.filter(campaign__kind=kind, state="sending")
    for message in list(sent):
        DeliveryStatus.objects.create(message=message, status="read", at=at)
    sent.update(state="read")


@pytest.fixture
def wave(transactional_db):
    """Three people: one finished before the reminder, one after it, one never; then the closing."""
    wave = wave_in_field(people=3)
    wave.closes_on = DAY + timedelta(days=90)
    wave.save()
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    deliver(wave, "invitation", NOW)
    early, late, _never = Invitation.objects.order_by("id")
    finish(early)
    DeliveryStatus.objects.filter(message__recipient=early.reference).update(at=TIME)
    reminded = NOW + timedelta(days=2000)
    plan_campaign(wave=wave, kind="reminder", actor="test", now=reminded)
    deliver(wave, "reminder", reminded)
    finish(late, DAY + timedelta(days=1))
    return wave


def everything(folder):
    """Return all rows of all tables and all files of signer and storage, as bytes."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield repr(row).encode() + b" ".join(str(value).encode() for value in row)
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes()


def test_after_the_closing_nothing_knows_the_day(wave, tmp_path):
    """No row of any table, no file of the signer, no byte of the database; yes or no stays."""
    assert any(b"2031-03-17" in content for content in everything(tmp_path)), (
        "the same look finds it before"
    )
    counted = counts_by_day(wave)
    assert DayCounts("2031-03-17", read=1, finished=1) in counted
    close_fieldwork(wave=wave, actor="test")
    with_day = [
        content
        for content in everything(tmp_path)
        if b"2031-03-17" in content or b"2031, 3, 17" in content
    ]

    assert [content[:200] for content in with_day if b"finished" not in content] == []
    assert len(with_day) == 1, "the counts per day, which name nobody"
    assert counts_by_day(wave) == counted
    assert Invitation.objects.filter(state="finished").count() == 2
    assert len(own_store(wave).used()) == 2
    if connection.vendor == "sqlite":
        assert raw_pages(tmp_path).count(b"2031-03-17") == 1
    close_fieldwork(wave=wave, actor="test")
    assert counts_by_day(wave) == counted, "a second closing keeps what the first one counted"


def rows_about(person):
    """Return what every table holds on an invitation and its messages, but for its names."""
    own = {"id", "reference", "case", "code_hash", "check_code", "address", "recipient"}
    own |= {"attempt_id", "carrier_id", "message"}
    messages = OutboundMessage.objects.filter(recipient=person.reference)
    about = [Invitation.objects.filter(pk=person.pk), messages.order_by("channel")]
    for relation in OutboundMessage._meta.related_objects:
        name = relation.field.name
        about.append(relation.related_model.objects.filter(**{f"{name}__in": messages}))
    for rows in about:
        names = [f.name for f in rows.model._meta.concrete_fields if f.name not in own]
        yield rows.model.__name__, list(rows.values(*names))


def test_after_the_closing_nobody_can_tell_who_was_reminded(wave):
    """Who finished before the reminder and who after: but for names, every row is the same."""
    early, late, never = Invitation.objects.order_by("id")
    assert list(rows_about(early)) != list(rows_about(late)), "before it tells them apart"
    close_fieldwork(wave=wave, actor="test")

    assert list(rows_about(early)) == list(rows_about(late))
    messages = dict(rows_about(never))["OutboundMessage"]
    assert messages == dict(rows_about(early))["OutboundMessage"]
    assert {row["state"] for row in messages} == {"read"}


def test_the_page_of_progress_still_counts(wave, client):
    """Delivered, read, finished and the days are shown after the closing as before it."""
    client.force_login(Staff.objects.create(username="a", role="authority"))
    before = client.get("/uji/kemajuan?lang=en").context["days"]
    table = client.get("/uji/kemajuan?lang=en").context["table"]
    close_fieldwork(wave=wave, actor="test")
    page = client.get("/uji/kemajuan?lang=en")

    assert page.context["days"] == before
    assert page.context["table"] == table


def test_a_message_on_the_wire_at_the_closing_is_kept_as_uncertain(wave):
    """Nobody counts it again, so the page must not say for ever that it is being sent."""
    sent = OutboundMessage.objects.filter(campaign__kind="invitation", channel="whatsapp")
    sent.filter(pk=sent.first().pk).update(state="sending", attempted_at=NOW)
    close_fieldwork(wave=wave, actor="test")

    assert counts_of_messages(wave)["whatsapp"] == {"read": 4, "uncertain": 1}


class TestOrder:
    """In the field, with 3, 7, 20 or 100 finished."""

    @pytest.fixture
    def crowd(self, transactional_db):
        if connection.vendor != "sqlite":
            pytest.skip("looks into the file of SQLite; on PostgreSQL a night forgets the order")
        wave = wave_in_field(people=150)
        plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
        return Invitation.objects.all()

    def test_finishing_moves_no_byte_of_the_database(self, crowd, tmp_path):
        """Rows of invitations, their indexes and messages: all lie where they lay before."""
        before = raw_pages(tmp_path)
        finished = sample(list(crowd), 100)
        for invitation in finished:
            note_finished(invitation, token_bytes(32), NOW.date())
        after = raw_pages(tmp_path)
        marks = [bytes(invitation.code_hash) for invitation in finished]
        noted = crowd.filter(state="finished")
        asked = [bytes(invitation.blinded_hash) for invitation in noted]
        changed = [at for at in range(100, len(before)) if before[at] != after[at]]

        assert len(before) == len(after)
        for find in (bytes.find, bytes.rfind):  # the row, and the index over hashes
            assert [find(before, mark) for mark in marks] == [find(after, mark) for mark in marks]
        assert all(after.count(blinded_hash) == 1 for blinded_hash in asked)
        assert len(changed) <= 100 * (8 + 10 + 32), "nothing but state, day and hash"

    @pytest.mark.parametrize(("count", "runs"), [(3, 40), (7, 20), (20, 40), (100, 16)])
    def test_the_attack_finds_it_where_rows_change_their_length(self, tmp_path, count, runs):
        """The layout of before: the same look at updates that lengthen a row finds the order."""
        seen = []
        for _ in range(runs):
            plain = sqlite3.connect(tmp_path / f"{len(seen)}.sqlite3", isolation_level=None)
            plain.execute("PRAGMA synchronous=OFF")
            plain.execute("PRAGMA journal_mode=MEMORY")
            plain.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, m BLOB, s TEXT, d TEXT, h BLOB)")
            marks = [token_bytes(32) for _ in range(150)]
            rows = [(mark, "open", None, None) for mark in marks]
            plain.executemany("INSERT INTO t (m, s, d, h) VALUES (?, ?, ?, ?)", rows)
            some = sample(marks, count)
            for mark in some:
                values = ("finished", "2026-07-06", token_bytes(32), mark)
                plain.execute("UPDATE t SET s = ?, d = ?, h = ? WHERE m = ?", values)
            plain.close()
            raw = (tmp_path / f"{len(seen)}.sqlite3").read_bytes()
            seen.append([raw.find(mark) for mark in some])

        assert worst(seen, SMALL_PAGE) > CHANCE


@pytest.mark.parametrize("forget", ["tidy", "close"])
def test_on_postgresql_a_night_and_the_closing_forget_the_order(transactional_db, forget):
    """Places and transaction numbers tell it in the field; afterwards they tell nothing."""
    if connection.vendor != "postgresql":
        pytest.skip("looks at ctid and xmin of PostgreSQL")
    wave = wave_in_field(people=60)
    finished = sample(list(Invitation.objects.all()), 40)
    for invitation in finished:
        note_finished(invitation, token_bytes(32), NOW.date())
    assert abs(deviations([places(finished, "xmin::text::bigint")])) > CHANCE
    if forget == "tidy":
        forget_questions(wave=wave, today=NOW.date())
    else:
        close_fieldwork(wave=wave, actor="test")

    assert abs(deviations([places(finished, "ctid")])) < CHANCE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT xmin::text) FROM invitations_invitation WHERE state = 'finished'"
        )
        assert cursor.fetchone() == (1,)


def places(invitations, by):
    """Return which place rows have in PostgreSQL's heap, or among its transactions."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM invitations_invitation ORDER BY {by}")
        at = {row[0]: place for place, row in enumerate(cursor.fetchall())}
    return [at[invitation.pk] for invitation in invitations]


@pytest.mark.django_db
def test_none_is_found_and_compared_as_on_any_field():
    """A day that is not there lies before and after no other."""
    wave_in_field(people=4)
    rows = Invitation.objects
    rows.filter(pk=rows.first().pk).update(state="finished", finished_on=DAY)

    assert rows.filter(finished_on=None).count() == rows.filter(blinded_hash=None).count() - 1 == 3
    assert rows.exclude(finished_on=None).count() == 1
    assert rows.filter(finished_on__isnull=False).count() == 1
    for some in ("lt", "lte"):
        assert rows.filter(**{f"finished_on__{some}": DAY + timedelta(days=1)}).count() == 1
    for some in ("gt", "gte"):
        assert rows.filter(**{f"finished_on__{some}": DAY - timedelta(days=1)}).count() == 1
    assert rows.filter(Q(finished_on__lt=DAY)).count() == 0
    assert {invitation.state for invitation in rows.all()} == {"open", "finished"}
    assert apps.get_model("invitations", "Invitation")().finished_on is None

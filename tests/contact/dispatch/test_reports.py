"""A carrier's report may have any shape: it is used or set aside, and never ends the dispatcher."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espi.contact.dispatch.inbound.reports import process_reports
from espi.contact.dispatch.models import Campaign, WebhookDelivery
from espi.contact.dispatch.transports.whatsapp.report_format import read_report
from tests.contact.dispatch.outgoing import (
    planned,
    post,
    report,
    report_body,
    send_once,
    status,
    taken,
)
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db
OURS = "100000000000001"
DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE = {
    "deep": DEEP,
    "deep inside": b'{"entry":[{"changes":[{"value":{"statuses":' + DEEP + b"}}]}]}",
    "no json": b"<html>",
    "no utf-8": b'{"entry": "\xff\xfe"}',
    "huge number": b'{"entry": ' + b"9" * 5000 + b"}",
    "list": b"[]",
    "null": b"null",
    "nan": b'{"entry": NaN}',
}
PARTS = {
    "surrogate as attempt": {"biz_opaque_callback_data": "\ud800", "status": "sent"},
    "surrogate as id": {"id": "\ud800", "status": "sent"},
    "nul": {"id": "wamid.\0", "status": "delivered"},
    "too long": {"id": "w" * 256, "status": "sent"},
    "an object as id": {"id": {"a": 1}, "status": "sent"},
    "a list as status": {"id": "w", "status": ["sent"]},
    "names no message": {"status": "sent"},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(client, settings, body):
    """It is taken, marked with the reason and kept; the next report counts."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    assert post(client, settings, body).status_code == 200
    report(client, settings, [status(message, "delivered")])

    message.refresh_from_db()
    assert message.state == "delivered"
    kept = WebhookDelivery.objects.get(faulty=True)
    assert (kept.processed, bytes(kept.body)) == (True, body)
    assert kept.reason
    assert process_reports(now=NOW) == 0


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_faulty_part_spoils_nothing_else_of_its_report(client, settings, part):
    """The other statuses of the same report are used."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    report(client, settings, [part, status(message, "read")])

    message.refresh_from_db()
    assert message.state == "read"
    assert WebhookDelivery.objects.get().faulty


@pytest.mark.parametrize("stamp", ["1e400", 1e400, -(10**18), 10**30, "soon", None, [], True])
@pytest.mark.parametrize("code", [131026, "131026"])
def test_strange_numbers_are_read_as_far_as_they_go(client, settings, stamp, code):
    """A time that is none is the present one; a code may come as text."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    report(client, settings, [status(message, "failed", timestamp=stamp, errors=[{"code": code}])])

    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "131026")
    assert message.statuses.get(status="failed").at == NOW


@pytest.mark.parametrize("errors", [[], {}, None, [None], [{"code": None}], [{"code": 1e400}], "x"])
def test_a_failure_without_a_readable_code_is_a_failure(client, settings, errors):
    """The next channel takes over."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    report(client, settings, [status(message, "failed", errors=errors)])

    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "unknown")


@pytest.mark.parametrize("words", ["\ud800", "BERHENTI\0", {"body": 1}, ["x"], 10**400])
def test_strange_words_do_not_undo_the_statuses(client, settings, words):
    """What people write is a part of its own."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    written = [{"from": words, "type": "text", "text": {"body": "BERHENTI"}}, {"from": "\ud800"}]
    report(client, settings, [status(message, "read")], messages=written)

    message.refresh_from_db()
    assert message.state == "read"


def test_news_of_another_sender_is_set_aside(client, settings):
    """Though it names our message and an error of the account, nothing pauses or moves."""
    planned(people=2)
    messages = send_once(taken, NOW)
    told = [status(m, "failed", errors=[{"code": 131042}]) for m in messages]
    report(client, settings, told, sender="999")

    assert Campaign.objects.get().state == "running"
    assert {m.state for m in messages[0].campaign.messages.filter(channel="whatsapp")} == {
        "accepted"
    }
    kept = WebhookDelivery.objects.get()
    assert (kept.faulty, "999" in kept.reason, bool(bytes(kept.body))) == (False, True, True)


def test_news_of_our_sender_counts_in_the_same_report(client, settings):
    """The foreign part is left out, ours is used."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    both = report_body([status(message, "read")], sender=OURS)
    both["entry"] += report_body([status(message, "failed")], sender="999")["entry"]
    assert post(client, settings, both).status_code == 200
    process_reports(now=NOW)

    message.refresh_from_db()
    assert message.state == "read"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["\ud800", "\0", "sent", "failed", OURS, 10**400, 131042, "wamid.x"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
        "entry", "changes", "value", "statuses", "messages", "metadata", "phone_number_id", "id",
        "status", "errors", "code", "timestamp", "biz_opaque_callback_data", "from", "text", "body",
        "context", "type", "button", "payload", "user_preferences", "wa_id", "x",
    ]), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip
VALUE = st.fixed_dictionaries({}, optional={
    "statuses": JSON | st.lists(st.fixed_dictionaries({"status": JSON, "id": JSON}, optional={
        "errors": JSON, "timestamp": JSON, "biz_opaque_callback_data": JSON}), max_size=3),
    "messages": JSON, "metadata": JSON, "user_preferences": JSON,
})  # fmt: skip
BODY = JSON | st.fixed_dictionaries(
    {"entry": st.lists(st.fixed_dictionaries({"changes": st.lists(
        st.fixed_dictionaries({"value": VALUE | JSON}), max_size=2)}), max_size=2)}
)  # fmt: skip


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODY)
def test_no_report_whatever_its_shape_stops_the_next_one(db, body):
    """Random JSON in the shape of reports: each is processed, and kept where it says a reason."""
    WebhookDelivery.objects.all().delete()
    raw = json.dumps(body).encode()
    made = WebhookDelivery.objects.create(body=raw, received_at=NOW)

    assert process_reports(now=NOW) == 1
    made.refresh_from_db()
    assert made.processed
    assert bytes(made.body) == (raw if made.reason else b"")


@given(body=st.binary(max_size=200))
def test_bytes_that_are_no_json_are_one_fault_with_a_reason(body):
    """Nothing raises, and nothing is taken from them."""
    try:
        json.loads(body)
    except ValueError:
        report = read_report(body, OURS)
        assert (len(report.faults), report.changes) == (1, ())

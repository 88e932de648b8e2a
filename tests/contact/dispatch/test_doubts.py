"""What is in doubt is sent again on evidence or by a person, and never because time has passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.contact.dispatch.commands import decide as decide_command
from espi.contact.dispatch.commands import list_doubts, show
from espi.contact.dispatch.commands import resume as resume_command
from espi.contact.dispatch.errors import NoLongerInDoubt, ReasonMissing
from espi.contact.dispatch.models import EarlierAttempt, OutboundMessage, WebhookDelivery
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.sending.doubts import Decision, decide, doubts
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.email.message import compose
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.fieldwork.actions import plan_campaign
from espi.design.errors import SeveralWaves
from espi.platform.models import AuditLine
from tests.contact.dispatch.outgoing import planned, report, run, send_once, states, status, taken
from tests.contact.field import NOW, wave_in_field

pytestmark = pytest.mark.django_db
LOST = Outcome(Fate.UNCERTAIN, error="no answer")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lose(now=NOW, channel="whatsapp"):
    """Send a block of which no answer comes."""
    return send_once(lambda message: LOST, now, channel=channel)


def mails_only():
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    OutboundMessage.objects.filter(channel="whatsapp").update(state="cancelled")


def test_without_any_report_nothing_is_sent_again_however_long():
    """The webhook was away for a month: every answer may have been lost, and every report."""
    planned(people=12)
    lose()

    assert run(lambda message, now: taken(message), NOW, 30 * DAY) == {}
    assert (states(), states("email")) == ({"uncertain": 12}, {"planned": 12})


def test_mail_in_doubt_is_never_sent_again_by_itself():
    """Not even while WhatsApp's reports flow."""
    planned(people=12)
    mails_only()
    lose(channel="email")
    OutboundMessage.objects.filter(channel="whatsapp").update(
        state="delivered", attempted_at=NOW + HOUR, reported_at=NOW + HOUR, attempt_id="x"
    )

    assert run(lambda message, now: taken(message), NOW, 30 * DAY, channel="email") == {}
    assert states("email") == {"uncertain": 12}


def test_reports_of_later_messages_end_the_doubt_six_hours_after(client, settings):
    """Reports of earlier messages prove nothing; the carrier gets six hours to repeat its own."""
    planned(people=12)
    [early] = send_once(taken, NOW, limit=1)
    lost = send_once(lambda message: LOST, NOW + HOUR, limit=3)
    report(client, settings, [status(early, "read")], now=NOW + 2 * HOUR)
    overdue.advance_overdue(now=NOW + 20 * HOUR)
    assert states()["uncertain"] == 3

    [late] = send_once(taken, NOW + 20 * HOUR, limit=1)
    report(client, settings, [status(late, "sent")], now=NOW + 20 * HOUR)
    overdue.advance_overdue(now=NOW + 25 * HOUR)
    assert states()["uncertain"] == 3
    report(client, settings, [status(lost[0], "delivered")], now=NOW + 25 * HOUR)
    overdue.advance_overdue(now=NOW + 26 * HOUR)
    assert OutboundMessage.objects.filter(resent=True, state="ready").count() == 2


def test_a_report_that_could_not_be_read_leaves_the_doubt(client, settings):
    """It may have been the very one."""
    planned(people=12)
    lost = send_once(lambda message: LOST, NOW, limit=1)
    [late] = send_once(taken, NOW + HOUR, limit=1)
    report(client, settings, [status(late, "sent")], now=NOW + HOUR)
    WebhookDelivery.objects.create(
        body=b"?", received_at=NOW + 2 * HOUR, processed=True, faulty=True, reason="no JSON"
    )
    overdue.advance_overdue(now=NOW + 30 * HOUR)

    lost[0].refresh_from_db()
    assert lost[0].state == "uncertain"


def test_nobody_gets_the_mail_too_because_reports_are_missing(client, settings):
    """A day without any report wakes no e-mail; with reports of others it does."""
    planned(people=3)
    first, second, _third = send_once(taken, NOW)
    overdue.advance_overdue(now=NOW + 2 * DAY)
    assert states("email") == {"planned": 3}

    report(client, settings, [status(first, "delivered"), status(second, "sent")], now=NOW + HOUR)
    overdue.advance_overdue(now=NOW + 2 * DAY)
    assert states("email") == {"planned": 1, "ready": 2}


def test_a_dispatcher_that_was_away_still_tells_how_its_tries_ended():
    """A second one called them doubtful; the first one's answers settle them, by attempt."""
    planned(people=12)
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=100)
    attempts = outbox.new_attempts(ids)
    messages = outbox.mark_sending(ids=ids, now=NOW, attempts=attempts)
    assert outbox.recover()["uncertain"] == 12

    outcomes = {message.pk: taken(message) for message in messages}
    outbox.settle(outcomes=outcomes, now=NOW + 7 * HOUR, attempts=attempts)
    outbox.settle(outcomes=outcomes, now=NOW + 7 * HOUR, attempts=attempts)

    assert states() == {"accepted": 12}
    assert run(lambda message, now: taken(message), NOW, 2 * DAY) == {}


@pytest.mark.parametrize("step", ["ready", "leased", "refused"])
def test_a_late_acceptance_keeps_a_second_try_back(client, settings, step):
    """Sent again by a person meanwhile, but not gone: the first try's answer or report counts."""
    planned(people=2)
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=2)
    attempts = outbox.new_attempts(ids)
    message, other = outbox.mark_sending(ids=ids, now=NOW, attempts=attempts)
    outbox.recover()
    again = {"decision": Decision.AGAIN, "reason": "relay's log", "actor": "test", "now": NOW}
    decide(keys=[message.pk, other.pk], **again)
    if step == "leased":
        outbox.claim(channel="whatsapp", now=NOW, limit=2)
    if step == "refused":
        send_once(lambda m: Outcome(Fate.LANE_WAITS, error="130429", wait=HOUR), NOW)
    message.attempt_id = attempts[message.pk]
    outbox.settle(outcomes={message.pk: taken(message)}, now=NOW, attempts=attempts)
    report(client, settings, [status(other, "sent")])

    assert states() == {"accepted": 1, "sent": 1}
    assert run(lambda message, now: taken(message), NOW, 2 * DAY) == {}


def test_a_failure_of_an_earlier_try_is_not_the_later_ones(client, settings):
    """The carrier repeats its report of the first try after the second was accepted."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    failed = status(message, "failed", errors=[{"code": 131000}])
    report(client, settings, [failed])
    send_once(taken, NOW + HOUR)
    report(client, settings, [failed, status(message, "sent")])

    assert states() == {"accepted": 1}
    assert EarlierAttempt.objects.get().failed


def test_whoever_said_stop_is_no_doubt_any_more():
    """Nobody sends it again, neither evidence nor a person."""
    planned(people=1)
    [message] = lose()
    stop(recipient=message.recipient, reason="reply", today=NOW.date())

    assert doubts("uji") == []
    with pytest.raises(NoLongerInDoubt):
        decide(keys=[message.pk], decision=Decision.AGAIN, reason="x", actor="test", now=NOW)


def test_a_mail_has_one_message_id_at_every_attempt():
    """A relay or mail program can drop the repeat."""
    planned(people=2)
    mails_only()
    first = {m.pk: compose(outgoing_message(m))["Message-ID"] for m in lose(channel="email")}
    named = {doubt.key: doubt.name for doubt in doubts("uji")}
    decide(keys=list(first), decision=Decision.AGAIN, reason="x", actor="test", now=NOW)
    second = {
        m.pk: compose(outgoing_message(m))["Message-ID"]
        for m in send_once(taken, NOW + HOUR, channel="email")
    }

    assert first == second == named
    assert len(set(first.values())) == 2


def test_what_is_known_of_a_doubt_is_listed(client, settings):
    """Which attempt, when, why, under which name, and how many reports of later ones there are."""
    planned(people=3)
    [message] = send_once(lambda m: LOST, NOW, limit=1)
    later = send_once(taken, NOW + HOUR)
    report(client, settings, [status(m, "sent") for m in later], now=NOW + HOUR)
    [doubt] = doubts("uji")

    assert (doubt.key, doubt.attempt, doubt.attempted_at) == (message.pk, 1, NOW)
    assert (doubt.why, doubt.name, doubt.reports_since) == ("no answer", message.attempt_id, 2)


def test_a_person_decides_with_a_reason_and_it_is_audited(client):
    """The page asks first, names the consequence, and wants a reason."""
    planned(people=2)
    one, two = lose()
    client.force_login(Staff.objects.create(username="p", role="contractor"))
    page = client.get("/uji/undangan/ragu?lang=en").content.decode()
    assert one.attempt_id in page
    assert one.address not in page

    form = {"message": [one.pk], "decision": "again"}
    asked = client.post("/uji/undangan/ragu", form)
    assert "This cannot be taken back" in asked.content.decode()
    assert client.post("/uji/undangan/ragu", form | {"confirmed": "yes"}).status_code == 422
    assert states() == {"uncertain": 2}

    client.post("/uji/undangan/ragu", form | {"confirmed": "yes", "reason": "not in the log"})
    sure = {"message": [two.pk], "decision": "sent", "confirmed": "yes", "reason": "in the log"}
    client.post("/uji/undangan/ragu", sure)
    assert states() == {"ready": 1, "accepted": 1}
    lines = AuditLine.objects.filter(action__startswith="dispatch.doubt").values_list(
        "action", "facts"
    )
    assert [(deed, facts["reason"]) for deed, facts in lines] == [
        ("dispatch.doubt_again", "not in the log"), ("dispatch.doubt_sent", "in the log"),
    ]  # fmt: skip
    overdue.advance_overdue(now=NOW + 3 * DAY)
    assert states("email") == {"planned": 2}


def test_the_decision_needs_a_reason():
    """Without one nothing changes."""
    planned(people=1)
    [message] = lose()
    with pytest.raises(ReasonMissing):
        decide(keys=[message.pk], decision=Decision.SENT, reason=" ", actor="test", now=NOW)
    assert states() == {"uncertain": 1}


def test_the_page_of_campaigns_tells_and_offers(client):
    """Standstill, doubts and failures stand there; a requeue goes by the page."""
    wave = planned(people=12)
    OutboundMessage.objects.filter(channel="whatsapp").update(state="failed", error="80007")
    mails_only_failed = OutboundMessage.objects.filter(channel="whatsapp").first()
    OutboundMessage.objects.filter(pk=mails_only_failed.pk).update(state="ready")
    send_once(lambda m: Outcome(Fate.ALL_STOPS, error="131042", wait=HOUR), NOW)
    client.force_login(Staff.objects.create(username="p", role="contractor"))
    page = client.get("/uji/undangan?lang=en").content.decode()
    assert "has stood still since" in page
    assert "11 messages failed with the error “80007”" in page
    assert "refuses our account (error 131042)" in page

    form = {"step": "requeue.invitation", "error": "80007", "reason": "throttled all day"}
    client.post("/uji/undangan", form)
    assert states() == {"failed": 11, "ready": 1}
    client.post("/uji/undangan", form | {"confirmed": "yes"})
    assert states() == {"ready": 12}
    client.post("/uji/undangan", {"step": "resume.invitation"})
    wave.refresh_from_db()
    run(lambda message, now: taken(message), NOW + 30 * DAY, 365 * DAY)
    assert states() == {"accepted": 12}


def two_waves_in_doubt():
    """Return this year's wave and last year's, each with two messages in doubt."""
    last_year, this_year = planned(people=2), wave_in_field(people=2, code="baru")
    plan_campaign(wave=this_year, kind="invitation", actor="test", now=NOW)
    lose()
    return this_year, last_year


def campaigns_page(client, wave):
    return client.get(f"/{wave.code}/undangan").content.decode()


def test_doubts_of_an_older_wave_are_decided_while_a_newer_one_is_in_the_field(client):
    """Each page shows and changes the messages of its own wave."""
    this_year, last_year = two_waves_in_doubt()
    own, other = doubts(last_year.code), doubts(this_year.code)
    client.force_login(Staff.objects.create(username="p", role="contractor"))
    page = client.get(f"/{last_year.code}/undangan/ragu").content.decode()
    assert all(doubt.name in page for doubt in own)
    assert not any(doubt.name in page for doubt in other)
    assert f'"/{last_year.code}/undangan/ragu"' in campaigns_page(client, last_year)

    keys = [doubt.key for doubt in (*own, *other)]
    form = {"message": keys, "decision": "sent", "confirmed": "yes", "reason": "in the log"}
    done = client.post(f"/{last_year.code}/undangan/ragu", form)

    assert done.url == f"/{last_year.code}/undangan/ragu"
    assert (doubts(last_year.code), doubts(this_year.code)) == ([], other)
    assert client.get("/tidak-ada/undangan/ragu").status_code == 404


def test_commands_name_their_wave():
    """Two waves are open, so a command without ``--wave`` is refused with their codes."""
    this_year, last_year = two_waves_in_doubt()
    run = CliRunner().invoke

    unnamed = run(list_doubts, [])
    assert isinstance(unnamed.exception, SeveralWaves)
    shown = run(show, ["--wave", last_year.code]).output
    assert "uji invitation: running" in shown
    assert "2 messages in doubt (espi campaign doubts --wave uji)" in shown
    assert "baru" not in shown
    [key, _other] = [doubt.key for doubt in doubts(this_year.code)]
    again = ["again", str(key), "--reason", "not in the log", "--yes", "--wave"]
    assert isinstance(run(decide_command, [*again, last_year.code]).exception, NoLongerInDoubt)
    assert run(decide_command, [*again, this_year.code]).output == "Decided for 1 messages.\n"
    unknown = run(resume_command, ["reminder", "--wave", this_year.code])
    assert "has no campaign “reminder”" in unknown.output

"""An outage, a throttle or trouble with our account burns nobody, and ends by itself."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import pytest

from espi.contact.dispatch.actions import requeue, resume
from espi.contact.dispatch.errors import NothingToRequeue, ReasonMissing
from espi.contact.dispatch.models import Campaign, Lane, OutboundMessage
from espi.contact.dispatch.queries import attention, failures
from espi.contact.dispatch.sending import outbox
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.sending.settling import MOST_TRIES
from espi.contact.dispatch.transports.email.errors import Stage, of_smtp_reply
from espi.contact.dispatch.transports.email.transport import Email
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error
from espi.contact.dispatch.transports.whatsapp.response import read_answer
from espi.contact.dispatch.transports.whatsapp.transport import WhatsApp
from espi.platform.models import AuditLine
from tests.contact.dispatch.outgoing import planned, report, run, send_once, states, status, taken
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db
OUR_ACCOUNT = [33, 131037, 133006, 134011, 133015]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def away(outcome, until):
    """Return a carrier that answers so until an instant, and accepts from then on."""
    return lambda message, now: outcome if now < until else taken(message)


NO_CONNECTION = Outcome(Fate.LANE_WAITS, error="no connection", wait=timedelta(seconds=5))
OUTAGES = [
    (of_error(130429), 10 * MINUTE),
    (of_error(131056), 10 * MINUTE),
    (of_error(131000), 3 * HOUR),
    (NO_CONNECTION, 85 * MINUTE),
    (of_error(133006), 5 * HOUR),
]


@pytest.mark.parametrize(
    ("codes", "fate"),
    [
        ([130429, 80007, 4], Fate.LANE_WAITS),
        ([190, 131042, 200, *OUR_ACCOUNT], Fate.ALL_STOPS),
        ([131048, 368], Fate.SENDER_STOPS),
        ([132001, 132015], Fate.CAMPAIGN_STOPS),
        ([131049], Fate.A_DAY_LATER),
        ([135000, 999, -1, 10**8], Fate.UNKNOWN),
    ],
)
def test_an_error_says_whose_trouble_it_is(codes, fate):
    """None of these is a person's end; a code that we do not know neither."""
    assert {of_error(code).fate for code in codes} == {fate}


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (429, Fate.LANE_WAITS),
        (401, Fate.ALL_STOPS),
        (302, Fate.ALL_STOPS),
        (400, Fate.UNKNOWN),
        (503, Fate.UNCERTAIN),
    ],
)
def test_a_refusal_without_a_body_is_certain(status, fate):
    """Only a server's own error may have come after it took the message."""
    assert read_answer(status, {}).fate is fate


@pytest.mark.parametrize(("outcome", "lasts"), OUTAGES, ids=lambda v: getattr(v, "error", None))
def test_after_the_outage_everybody_gets_one_message(outcome, lasts):
    """Nobody fails while it lasts, however many tries fall into it; an hour later all have gone."""
    planned(people=6)

    run(away(outcome, NOW + lasts), NOW, lasts - MINUTE)
    assert "failed" not in states()
    assert states("email") == {"planned": 6}
    assert set(OutboundMessage.objects.values_list("attempts", flat=True)) == {0}

    run(lambda message, now: taken(message), NOW + lasts, HOUR, steps=4)
    assert states() == {"accepted": 6}
    assert Campaign.objects.get().state == "running"


def test_an_outage_is_probed_with_one_message_at_growing_intervals():
    """In an hour and a half without a connection some twenty messages are tried, not thousands."""
    planned(people=6)

    tries = run(away(NO_CONNECTION, NOW + 85 * MINUTE), NOW, 84 * MINUTE, steps=84)

    assert 10 <= sum(tries.values()) - 6 <= 25


@pytest.mark.parametrize(
    ("reply", "lasts"),
    [
        ((421, "4.7.0 Try again later", Stage.SENDER), 160 * MINUTE),
        ((450, "try later", Stage.RECIPIENT), 160 * MINUTE),
        ((550, "5.4.5 Daily quota exceeded", Stage.CONTENT), 20 * HOUR),
    ],
)
def test_after_the_relays_trouble_everybody_gets_one_mail(reply, lasts):
    """What a relay says of itself, of its quota or of us is no refusal of the person."""
    planned(people=6)
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    OutboundMessage.objects.filter(channel="whatsapp").update(state="cancelled")
    outcome = of_smtp_reply(*reply)

    run(away(outcome, NOW + lasts), NOW, lasts + 2 * HOUR, channel="email", steps=16)

    assert states("email") == {"accepted": 6}


@pytest.mark.parametrize(
    ("code", "text", "stage", "fate"),
    [
        (421, "closing", Stage.CONTENT, Fate.LANE_WAITS),
        (451, "4.3.0 local error", Stage.CONTENT, Fate.LANE_WAITS),
        (452, "4.3.1 insufficient storage", Stage.SENDER, Fate.LANE_WAITS),
        (554, "5.7.0 sending limit reached", Stage.RECIPIENT, Fate.LANE_WAITS),
        (550, "5.1.1 no such user", Stage.RECIPIENT, Fate.FINAL),
        (552, "5.2.2 mailbox over quota", Stage.RECIPIENT, Fate.FINAL),
        (550, "no", Stage.CONTENT, Fate.FINAL),
        (550, "5.4.4 no route to domain", Stage.RECIPIENT, Fate.FINAL),
        (450, "4.2.0 greylisted", Stage.RECIPIENT, Fate.AGAIN),
        (550, "5.7.1 not authorised", Stage.SENDER, Fate.ALL_STOPS),
        (535, "5.7.8 bad credentials", Stage.SENDER, Fate.ALL_STOPS),
        (554, "5.7.1 message refused", Stage.CONTENT, Fate.UNKNOWN),
        (-1, "rubbish", Stage.CONTENT, Fate.UNCERTAIN),
        (252, "maybe", Stage.RECIPIENT, Fate.AGAIN),
    ],
)
def test_a_reply_of_a_relay_says_whose_trouble_it_is(code, text, stage, fate):
    """By the enhanced code where there is one, else by how far the mail had come."""
    assert of_smtp_reply(code, text, stage).fate is fate


@pytest.mark.parametrize("code", [135000, 132018])
def test_errors_that_nobody_knows_pause_the_campaign_and_tell(code):
    """Nobody is written off; when a person lets it go on, everybody gets the message."""
    wave = planned(people=6)
    run(away(of_error(code), NOW + HOUR), NOW, HOUR)

    campaign = Campaign.objects.get(wave_code=wave.code)
    assert (campaign.state, states()) == ("paused", {"ready": 6})
    assert str(code) in campaign.why
    assert set(OutboundMessage.objects.values_list("attempts", flat=True)) == {0}

    resume(campaign=campaign, actor="test")
    run(lambda message, now: taken(message), NOW + HOUR, HOUR, steps=4)
    assert states() == {"accepted": 6}


def test_an_unknown_error_of_one_person_ends_with_the_next_channel():
    """Among others who are reached it says something about the person, after all tries."""
    planned(people=12)
    chosen = OutboundMessage.objects.filter(channel="whatsapp").first()

    tries = run(
        lambda m, now: of_error(135000) if m.pk == chosen.pk else taken(m), NOW, 6 * HOUR, steps=24
    )

    assert tries[chosen.recipient] == MOST_TRIES
    assert states() == {"accepted": 11, "failed": 1}
    assert OutboundMessage.objects.get(channel="email", state="ready").recipient == chosen.recipient


def test_twenty_people_refused_alike_pause_the_campaign_and_can_be_sent_to_again():
    """A carrier that calls everybody unreachable is not believed without a person."""
    planned(people=24)
    send_once(lambda message: of_error(131026), NOW)
    campaign = Campaign.objects.get()

    assert campaign.state == "paused"
    assert [(f.error, f.count) for f in failures(campaign)] == [("131026", 24)]

    again = {"campaign": campaign, "error": "131026", "actor": "test", "now": NOW}
    with pytest.raises(ReasonMissing):
        requeue(reason=" ", **again)
    mail = OutboundMessage.objects.filter(channel="email").first()
    OutboundMessage.objects.filter(pk=mail.pk).update(state="accepted")
    assert requeue(reason="the carrier was wrong", **again) == 23
    assert states() == {"ready": 23, "failed": 1}
    assert states("email") == {"planned": 23, "accepted": 1}
    assert (
        AuditLine.objects.get(action="dispatch.requeue").facts["reason"] == "the carrier was wrong"
    )
    with pytest.raises(NothingToRequeue):
        requeue(reason="again", **again)


def test_people_who_are_hard_to_reach_pause_nothing():
    """One in three without WhatsApp, mixed: the campaign goes on, and their mail takes over."""
    planned(people=60)

    run(lambda m, now: of_error(131026) if m.pk % 3 == 0 else taken(m), NOW, HOUR, steps=2)

    assert Campaign.objects.get().state == "running"
    assert states() == {"accepted": 40, "failed": 20}


def test_whoever_is_spared_today_is_written_to_tomorrow_once():
    """131049 waits a day and costs no try; the second time the next channel takes over."""
    planned(people=1)
    capped = lambda message, now: of_error(131049)  # noqa: E731 one line reads better

    tries = run(capped, NOW, timedelta(hours=23))
    assert (sum(tries.values()), states()) == (1, {"ready": 1})
    tries = run(capped, NOW + timedelta(hours=24), timedelta(hours=2))
    assert (sum(tries.values()), states(), states("email")) == (1, {"failed": 1}, {"ready": 1})


def test_the_day_of_whoever_is_spared_counts_once_though_reported_twice(client, settings):
    """The carrier repeats its report and mixes the order; the person still waits one day."""
    planned(people=1)
    [message] = send_once(taken, NOW)
    failed = status(message, "failed", errors=[{"code": 131049}])

    report(client, settings, [failed, failed, status(message, "sent")])
    report(client, settings, [failed])

    message.refresh_from_db()
    assert (message.state, message.postponed) == ("ready", 1)
    assert message.due_at == NOW + timedelta(hours=24)


@pytest.mark.parametrize("code", [130429, 131042, 132015])
def test_a_failure_of_ours_that_is_reported_later_burns_nobody(client, settings, code):
    """The carrier accepted, then reports a failure that is not the person's: it goes out again."""
    wave = planned(people=12)
    messages = send_once(taken, NOW)
    report(client, settings, [status(m, "failed", errors=[{"code": code}]) for m in messages])

    assert (states(), states("email")) == ({"ready": 12}, {"planned": 12})
    resume(campaign=Campaign.objects.get(wave_code=wave.code), actor="test")
    run(lambda message, now: taken(message), NOW, HOUR, steps=4)
    assert states() == {"accepted": 12}


def test_a_persons_limit_holds_up_nobody_else():
    """131056 is about one pair of sender and person."""
    planned(people=12)
    chosen = OutboundMessage.objects.filter(channel="whatsapp").first()
    send_once(lambda m: of_error(131056) if m.pk == chosen.pk else taken(m), NOW)

    assert states() == {"accepted": 11, "ready": 1}
    assert attention("uji").standstills == ()
    assert len(send_once(taken, NOW + 2 * MINUTE)) == 1


def test_one_channel_stands_still_and_the_other_goes_on():
    """A refused WhatsApp account keeps no mail back, though the campaign says that it is paused."""
    planned(people=12)
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    send_once(lambda message: of_error(190), NOW)

    assert Campaign.objects.get().paused_for == "whatsapp"
    [standstill] = attention("uji").standstills
    assert (standstill.channel, standstill.error, standstill.since) == ("whatsapp", "190", NOW)
    assert len(send_once(taken, NOW, channel="email")) == 12


def test_a_sender_that_is_punished_waits_for_a_person():
    """After 131048 nothing is probed: it would make it worse."""
    planned(people=12)
    send_once(lambda message: of_error(131048), NOW)

    assert run(lambda m, now: taken(m), NOW, 2 * HOUR) == {}
    assert Campaign.objects.get().state == "paused"


def test_blocks_that_were_sent_side_by_side_count_as_one_trouble():
    """Three blocks in the same outage wait seconds, and not already longer for each."""
    planned(people=30)
    ids = [outbox.claim(channel="whatsapp", now=NOW, limit=10) for _block in range(3)]
    for block in ids:
        outbox.mark_sending(ids=block, now=NOW)
    for block in ids:
        outbox.settle(outcomes=dict.fromkeys(block, of_error(130429)), now=NOW)

    lane = Lane.objects.get(channel="whatsapp")
    assert (lane.failures, lane.blocked_until) == (1, NOW + timedelta(seconds=5))


def test_a_carrier_that_never_answers_is_tried_with_one_message_at_a_time():
    """Sixty people in doubt are enough: while no answer comes, the others are kept back."""
    planned(people=80)
    lost = Outcome(Fate.UNCERTAIN, error="no answer")

    run(lambda message, now: lost, NOW, 10 * MINUTE)

    assert states() == {"uncertain": 60 + 3, "ready": 17}


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_connection_that_never_was_costs_no_try(settings):
    """Both transports say so of a port where nobody listens."""
    settings.WHATSAPP_URL = f"http://127.0.0.1:{unused_port()}"
    settings.SMTP_PORT = unused_port()
    planned(people=3)
    messages = outbox.mark_sending(ids=outbox.claim(channel="whatsapp", now=NOW, limit=3), now=NOW)
    outgoing = [outgoing_message(message) for message in messages]

    async def send():
        whatsapp = WhatsApp()
        try:
            return await whatsapp.send(outgoing), await Email().send(outgoing)
        finally:
            await whatsapp.close()

    for outcomes in asyncio.run(send()):
        assert {o.fate for o in outcomes.values()} == {Fate.LANE_WAITS}

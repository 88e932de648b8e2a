"""One signature per invitation, the same reply to the same question, and nothing kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_bytes

import pytest
from django.db import connection

from espi.accounts.models import Staff
from espi.anonymity.v1 import codes, encoding
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending.outbox import claim, mark_sending
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.fieldwork.actions import close_fieldwork, plan_campaign
from espi.contact.frame.models import Person
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import own_store, signer
from espi.contact.tickets.actions import take_ticket
from espi.contact.tickets.errors import AlreadyUsed, WaveClosed
from espi.contact.tickets.queries import describe
from espi.design.models import ServiceArea
from espi.tallies.models import Tally
from tests.contact.field import NOW, wave_in_field


@pytest.fixture
def wave(db, settings):
    return wave_in_field()


def code_of(invitation, settings):
    return codes.derive_code(settings.CODE_SECRET, str(invitation.reference))


def names(name):
    return {"id": name, "en": f"{name} (en)"}


def register(wave, code, name, category, group="internal"):
    """Add a service area of the agency of the wave to its register."""
    agency = wave.strata.get().agency
    facts = {"code": code, "name": names(name), "category": category, "group": group}
    ServiceArea.objects.create(wave=wave, agency=agency, **facts)


def blinded():
    return b"\0" + token_bytes(383)


def ask(client, path, **body):
    return client.post(path, json.dumps(body), content_type="text/plain")


def test_a_code_gives_one_signature(wave, client, settings):
    """Repeated it is the same; another ballot is refused; unsent messages are taken back."""
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    invitation = Invitation.objects.first()
    code, message = code_of(invitation, settings), encoding.to_text(blinded())

    first = ask(client, "/v1/ticket", code=code.upper(), blinded=message)
    again = ask(client, "/v1/ticket", code=code, blinded=message)
    other = ask(client, "/v1/ticket", code=code, blinded=encoding.to_text(blinded()))

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (other.status_code, other.json()["error"]) == (409, "already_used")
    assert first.headers["Access-Control-Allow-Origin"] == settings.BOOTH_URL
    assert not first.cookies
    for channel in ("whatsapp", "email"):
        leased = claim(channel=channel, now=NOW, limit=100)
        assert invitation.reference not in {
            message.recipient for message in mark_sending(ids=leased, now=NOW)
        }
    sent = OutboundMessage.objects.filter(recipient=invitation.reference)
    assert set(sent.values_list("state", flat=True)) == {"cancelled", "planned"}
    assert OutboundMessage.objects.filter(state="sending").count() == 11


def test_looking_changes_nothing(wave, client, settings):
    """Any number of looks leaves the invitation open."""
    code = code_of(Invitation.objects.first(), settings)
    answer = ask(client, "/v1/invitation", code=code).json()

    assert (answer["state"], answer["key_stratum"]) == ("open", "uji.internal")
    assert client.get("/v1/invitation").status_code == 405
    assert client.options("/v1/ticket").status_code == 204
    assert Invitation.objects.filter(state="open").count() == 12


def test_the_booth_hears_which_service_the_list_named_and_which_there_are(wave, client, settings):
    """By code; with both names, and with what "none of these" may be about."""
    register(wave, "perizinan", "Dinas Perizinan", "personnel")
    register(wave, "rsud", "RSUD", "health")
    register(wave, "izin", "Izin usaha", "licensing", group="external")
    invitation = Invitation.objects.first()
    Person.objects.filter(pk=invitation.case.person_id).update(area="rsud")

    answer = ask(client, "/v1/invitation", code=code_of(invitation, settings)).json()

    assert answer["service"] == "rsud"
    assert answer["services"] == [
        {"code": "perizinan", "name": names("Dinas Perizinan"), "category": "personnel"},
        {"code": "rsud", "name": names("RSUD"), "category": "health"},
    ]
    assert [category["code"] for category in answer["categories"]] == ["health", "personnel"]
    assert answer["categories"][1]["name"]["en"] == "Personnel (internal)"


def test_without_a_register_the_booth_is_given_nothing_to_ask(wave, client, settings):
    answer = ask(client, "/v1/invitation", code=code_of(Invitation.objects.first(), settings))

    assert [answer.json()[name] for name in ("service", "services", "categories")] == ["", [], []]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"code": "abc"}, 400, "malformed_code"),
        ({"code": "0" * 26}, 404, "unknown_code"),
        ({"kode": "x"}, 400, "malformed"),
        ({"code": "0" * 9000}, 400, "malformed"),
    ],
)
def test_wrong_codes_are_told_in_both_languages(wave, client, body, status, error):
    """Each has its word and a sentence in Indonesian and English."""
    answer = ask(client, "/v1/invitation", **body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"].keys() == {"id", "en"}


def test_whoever_stopped_and_a_closed_wave_are_told_so(wave, client, settings):
    """Stopped at the ticket, closed after the closing; small counts do not cross."""
    sari, budi = Invitation.objects.all()[:2]
    stop(recipient=sari.reference, reason="reply", today=NOW.date())
    message = encoding.to_text(blinded())

    assert ask(client, "/v1/invitation", code=code_of(sari, settings)).json()["state"] == "stopped"
    stopped = ask(client, "/v1/ticket", code=code_of(sari, settings), blinded=message)
    assert (stopped.status_code, stopped.json()["error"]) == (410, "stopped")
    assert ask(client, "/v1/ticket", code=code_of(budi, settings), blinded="!").status_code == 400
    assert (
        ask(client, "/v1/ticket", code=code_of(budi, settings), blinded=message).status_code == 200
    )

    statement = close_fieldwork(wave=wave, actor="test") / "closing.note"
    first_text = statement.read_bytes()
    assert close_fieldwork(wave=wave, actor="test") == statement.parent
    assert statement.read_bytes() == first_text
    assert (
        ask(client, "/v1/ticket", code=code_of(budi, settings), blinded=message).status_code == 410
    )
    assert not Invitation.objects.exclude(blinded_hash=None).exists()
    assert Invitation.objects.filter(state="expired").count() == 11
    assert not Tally.objects.filter(kind="issued").exists()
    assert not list(own_store(wave).keys.directory.iterdir())


def test_a_reply_lost_on_the_last_day_can_be_fetched_the_day_after(wave, settings):
    """The last day is for those who begin; who begins later hears that it is over (A5)."""
    sari, budi = Invitation.objects.all()[:2]
    last, after = wave.closes_on, wave.closes_on + timedelta(days=1)
    asked = {"code": code_of(sari, settings), "blinded": blinded(), "signer": signer()}
    first = take_ticket(**asked, today=last)

    assert take_ticket(**asked, today=after) == first
    assert describe(code_of(sari, settings), today=after).state == "finished"
    with pytest.raises(WaveClosed):
        take_ticket(**(asked | {"code": code_of(budi, settings)}), today=after)
    with pytest.raises(WaveClosed):
        describe(code_of(budi, settings), today=after)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_parallel_requests_give_one_signature(settings):
    """Whoever comes first has it (A4)."""
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory serves one thread")
    wave_in_field(people=1)
    invitation = Invitation.objects.get()
    code = code_of(invitation, settings)

    def attempt(_n):
        try:
            return take_ticket(
                code=code, blinded=blinded(), signer=signer(), today=invitation.wave.opens_on
            )
        except AlreadyUsed:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        signatures = [s for s in pool.map(attempt, range(200)) if s]

    assert len(signatures) == 1


def test_a_race_lost_after_reading_is_refused(wave, settings):
    """Between the look and the update another ballot came: no signature leaves."""
    invitation = Invitation.objects.first()
    code = code_of(invitation, settings)

    class Slow:
        def sign(self, question, *, today):
            take_ticket(code=code, blinded=blinded(), signer=signer(), today=today)
            return signer().sign(question, today=today)

    with pytest.raises(AlreadyUsed):
        take_ticket(code=code, blinded=blinded(), signer=Slow(), today=wave.opens_on)


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_of_staff_and_public_open(wave, client, language):
    """Everybody sees what is genuine; staff see their pages; liaisons do not."""
    check = Invitation.objects.first().check_code
    assert client.get(f"/resmi?lang={language}").status_code == 200
    assert client.post(f"/cek?lang={language}", {"code": check.lower()}).context["found"]
    assert client.post("/cek", {"code": "AAAA-AAAA"}).context["found"] is None
    assert client.get("/uji/undangan").status_code == 302
    staff = Staff.objects.create(username="a", role="authority")
    client.force_login(staff)
    for page in ("/uji/undangan", "/uji/penutupan", "/", "/uji/kemajuan"):
        assert client.get(f"{page}?lang={language}").status_code == 200, page
    for _ in range(2):
        assert (
            client.post("/uji/undangan", {"step": "invitation", "confirmed": "yes"}).status_code
            == 302
        )
    assert OutboundMessage.objects.count() == 24
    liaison = Staff.objects.create(username="l", role="liaison", agency_code="kab-x")
    client.force_login(liaison)
    assert client.get("/uji/undangan").status_code == 403
    page = client.get("/uji/kemajuan")
    hidden = {"id": "terlalu sedikit orang", "en": "too few people"}
    assert hidden[language] in page.content.decode()
    assert client.get("/uji/kemajuan?format=csv").content.decode().startswith("\ufeff")

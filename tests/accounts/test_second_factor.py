"""The second factor: an app's codes, recovery codes, who must have one, and what it keeps shut."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from espi.accounts import actions, sealed, second_factor, second_step, time_codes
from espi.accounts.errors import AlreadySetUp, CodeRefused
from espi.accounts.models import Authenticator, RecoveryCode, Staff
from espi.platform.models import AuditLine
from espi.site.environment import Environment
from espi.site.settings import process

pytestmark = pytest.mark.django_db
PASSWORD = "kereta malam ke timur"
SECRET = bytes(range(20))
RFC_SECRET = b"12345678901234567890"


@pytest.fixture
def seconds(monkeypatch):
    """A real-time clock that the test moves; it counts in seconds since 1970."""

    class Seconds:
        now = 1_800_000_000.0

        def code(self, steps=0):
            return time_codes.code_at(SECRET, int(self.now) // time_codes.STEP + steps).decode()

    clock = Seconds()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


@pytest.fixture
def sari():
    return actions.add_staff(username="sari", password=PASSWORD, role="authority")


@pytest.fixture
def recovery_codes(sari, seconds):
    """Sari with an app; the time goes on to its next code."""
    codes = second_factor.set_up(staff=sari, secret=SECRET, code=seconds.code())
    seconds.now += time_codes.STEP
    return codes


def give_password(client, name="sari"):
    return client.post("/masuk", {"username": name, "password": PASSWORD, "next": "/akun"})


def give_code(client, code):
    return client.post("/masuk/kode", {"code": code, "next": "/akun"})


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at, code):
    """The last six digits of the examples for SHA-1 in RFC 6238, appendix B."""
    assert time_codes.matching_step(RFC_SECRET, code, at, after=0) == at // 30


def test_a_code_is_taken_one_step_early_or_late_and_no_more(seconds):
    taken = [
        time_codes.matching_step(SECRET, seconds.code(steps), seconds.now, 0) is not None
        for steps in (-2, -1, 0, 1, 2)
    ]

    assert taken == [False, True, True, True, False]


def test_the_password_alone_opens_nothing(client, recovery_codes):
    answer = give_password(client)

    assert answer.url == "/masuk/kode?next=%2Fakun"
    assert client.get("/akun").url.startswith("/masuk?")


def test_password_and_code_open_the_page_that_was_asked_for(client, recovery_codes, seconds):
    give_password(client)

    assert give_code(client, f"{seconds.code()[:3]} {seconds.code()[3:]}").url == "/akun"
    assert "sari" in client.get("/akun").content.decode()


def test_a_code_that_was_used_opens_nothing_again(client, recovery_codes, seconds):
    give_password(client)
    give_code(client, seconds.code())
    client.post("/keluar")
    give_password(client)

    assert give_code(client, seconds.code()).status_code == 422


def test_a_recovery_code_opens_once_however_it_is_typed(client, recovery_codes):
    code = recovery_codes[0].upper().replace("-", " ")
    give_password(client)
    first = give_code(client, code)
    client.post("/keluar")
    give_password(client)

    assert first.url == "/akun"
    assert give_code(client, code).status_code == 422
    assert RecoveryCode.objects.count() == len(recovery_codes) - 1


def test_five_minutes_lie_between_password_and_code_at_most(client, recovery_codes, seconds):
    give_password(client)
    seconds.now += second_step.PENDING_LASTS + 1

    assert give_code(client, seconds.code()).url == "/masuk"


def test_a_password_changed_in_between_ends_the_sign_in(client, recovery_codes, seconds):
    give_password(client)
    actions.set_password(username="sari", password=PASSWORD[::-1])

    assert give_code(client, seconds.code()).url == "/masuk"


def test_a_code_without_a_password_opens_nothing(client, recovery_codes, seconds):
    assert give_code(client, seconds.code()).url == "/masuk"


def test_guessing_codes_is_slowed_and_a_right_password_does_not_forgive_it(client, recovery_codes):
    answers = []
    for _ in range(7):
        give_password(client)
        answers.append(give_code(client, "000000").status_code)

    assert answers == [422] * 5 + [429] * 2


def test_a_code_that_was_refused_is_audited_without_the_code(client, recovery_codes):
    give_password(client)
    give_code(client, "123456")
    line = AuditLine.objects.get(action="accounts.sign_in_failed")

    assert line.facts == {"why": "code", "slowed": False}


def test_the_session_gets_a_new_key_at_each_step(client, recovery_codes, seconds):
    client.get("/masuk")
    give_password(client)
    between = client.cookies["sessionid"].value
    give_code(client, seconds.code())

    assert client.cookies["sessionid"].value != between
    assert not Session.objects.filter(session_key=between).exists()


def test_a_secret_is_not_readable_in_the_database(recovery_codes, settings):
    stored = bytes(Authenticator.objects.get().secret)
    settings.SECRET_KEY = "another one"

    assert SECRET not in stored
    assert sealed.unseal(stored) is None


def test_recovery_codes_are_not_in_the_database(recovery_codes):
    stored = " ".join(RecoveryCode.objects.values_list("digest", flat=True))

    assert not any(code.replace("-", "") in stored for code in recovery_codes)


def test_a_second_app_is_refused_until_the_first_is_removed(sari, recovery_codes, seconds):
    with pytest.raises(AlreadySetUp):
        second_factor.set_up(staff=sari, secret=SECRET, code=seconds.code())


def test_an_app_whose_code_does_not_fit_is_not_set_up(sari, seconds):
    with pytest.raises(CodeRefused):
        second_factor.set_up(staff=sari, secret=SECRET, code=seconds.code(steps=5))

    assert not second_factor.has_second_factor(sari)


def test_a_person_sets_up_an_app_from_the_page(client, sari, seconds):
    client.force_login(sari)
    page = client.get("/akun/aplikasi")
    secret = sealed.unseal(client.session["new_secret"].encode())
    code = time_codes.code_at(secret, int(seconds.now) // time_codes.STEP).decode()
    answer = client.post("/akun/aplikasi", {"code": code}).content.decode()

    assert b"<svg" in page.content
    assert answer.count("<code>") == second_factor.RECOVERY_CODES
    assert "new_secret" not in client.session
    assert second_factor.has_second_factor(sari)


def test_a_page_that_is_loaded_again_keeps_the_secret(client, sari):
    """A phone has scanned the first picture; the code it shows must fit the second page, too."""
    client.force_login(sari)
    pages = [client.get("/akun/aplikasi").context["secret"] for _ in range(2)]

    assert pages[0] == pages[1]


def test_where_it_is_demanded_no_page_opens_before_it_is_set_up(client, sari, settings):
    settings.SECOND_FACTOR = True
    client.force_login(sari)

    assert client.get("/staf").url == "/akun/aplikasi"
    assert client.get("/rancangan").url == "/akun/aplikasi"
    assert client.get("/akun").status_code == 200


def test_new_recovery_codes_need_a_code_and_end_the_old_ones(sari, recovery_codes, seconds):
    with pytest.raises(CodeRefused):
        second_factor.renew_recovery_codes(staff=sari, code="000000")
    fresh = second_factor.renew_recovery_codes(staff=sari, code=seconds.code())

    assert not set(fresh) & set(recovery_codes)
    with pytest.raises(CodeRefused):
        second_factor.check(sari, recovery_codes[0])


def test_a_removed_second_factor_ends_the_sessions(client, sari, recovery_codes):
    client.force_login(sari)
    second_factor.forget_second_factor(staff=sari)

    assert client.get("/akun").url.startswith("/masuk?")
    assert not RecoveryCode.objects.exists()
    assert second_factor.forget_second_factor(staff=sari) is False


def test_what_takes_two_people_asks_for_a_code_again(client, sari, recovery_codes, seconds):
    """A session that was left open must not be one of the two."""
    give_password(client)
    give_code(client, seconds.code())
    seconds.now += second_step.FRESH + 60
    new = {"username": "budi", "role": "auditor"}
    asked = client.post("/staf", new, HTTP_REFERER="http://testserver/staf")
    waiting = Staff.objects.filter(username="budi").exists()
    client.post("/masuk/kode", {"code": seconds.code(), "next": "/staf"})

    assert asked.url == "/masuk/kode?next=%2Fstaf"
    assert not waiting
    assert client.post("/staf", new).status_code == 200
    assert Staff.objects.filter(username="budi").exists()


@pytest.mark.parametrize(
    ("values", "demanded", "faults"),
    [
        ({}, True, 0),
        ({"ESPI_SECOND_FACTOR": "no"}, False, 1),
        ({"ESPI_SECOND_FACTOR": "yes"}, True, 0),
    ],
)
def test_outside_a_rehearsal_it_cannot_be_done_without(values, demanded, faults):
    env = Environment(values)

    assert process.second_factor(env, rehearsal=False) is demanded
    assert len(env.faults) == faults


def test_a_rehearsal_goes_without_unless_it_is_asked_for():
    assert process.second_factor(Environment({}), rehearsal=True) is False
    wanted = Environment({"ESPI_SECOND_FACTOR": "yes"})
    assert process.second_factor(wanted, rehearsal=True) is True


def test_a_link_sets_a_password_once(client):
    staff = actions.add_staff(username="budi", password=None, role="auditor")
    client.force_login(actions.add_staff(username="sari", password=PASSWORD, role="authority"))
    link = client.post("/staf/budi/tautan").context["link"].removeprefix("http://testserver")
    client.logout()
    page = client.get(link)
    mistyped = client.post(link, {"password": PASSWORD, "again": "lain"})
    done = client.post(link, {"password": PASSWORD, "again": PASSWORD})

    assert page.status_code == 200
    assert mistyped.status_code == 422
    assert done.url == "/masuk"
    assert give_password(client, "budi").url == "/akun"
    assert client.get(link).status_code == 410
    assert not staff.has_usable_password()


@pytest.mark.parametrize("change", ["disable", "role"])
def test_a_link_ends_with_the_account_or_its_role(client, change, sari):
    staff = actions.add_staff(username="budi", password=None, role="auditor")
    client.force_login(sari)
    link = client.post("/staf/budi/tautan").context["link"].removeprefix("http://testserver")
    if change == "disable":
        actions.disable_staff(username="budi")
    else:
        actions.set_role(username="budi", role="contractor")

    assert client.get(link).status_code == 410
    assert staff.username not in client.get(link).content.decode()


@pytest.mark.parametrize("link", ["x", "1-", "zzzzzzzzzzzzzzz-a", "-", "1-abc-def"])
def test_an_invented_link_is_refused(client, link):
    assert client.get(f"/masuk/tautan/{link}").status_code == 410


def test_a_person_changes_the_own_password_with_the_present_one(client, sari):
    client.force_login(sari)
    other = type(client)()
    other.force_login(sari)
    new = {"password": PASSWORD[::-1], "again": PASSWORD[::-1]}
    wrong = client.post("/masuk/sandi", {"present": "tebakan", **new})
    right = client.post("/masuk/sandi", {"present": PASSWORD, **new})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert client.get("/akun").status_code == 200, "this session goes on"
    assert other.get("/akun").status_code == 302, "the others end"


def test_a_person_ends_all_other_sessions(client, sari):
    client.force_login(sari)
    other = type(client)()
    other.force_login(sari)
    client.post("/akun/sesi")

    assert client.get("/akun").status_code == 200
    assert other.get("/akun").status_code == 302


def test_nobody_takes_the_own_account_away(client, sari):
    client.force_login(sari)
    client.post("/staf/sari/tutup", {"confirmed": "yes"})
    client.post("/staf/sari", {"role": "auditor"})
    sari.refresh_from_db()

    assert (sari.is_active, sari.role) == (True, "authority")


def test_an_account_is_disabled_after_a_question(client, sari):
    actions.add_staff(username="budi", password=PASSWORD, role="auditor")
    client.force_login(sari)
    asked = client.post("/staf/budi/tutup")
    before = Staff.objects.get(username="budi").is_active
    client.post("/staf/budi/tutup", {"confirmed": "yes"})

    assert (asked.status_code, before) == (200, True)
    assert not Staff.objects.get(username="budi").is_active


@pytest.mark.parametrize("role", ["contractor", "auditor", "liaison"])
def test_only_the_authority_sees_accounts(client, role):
    agency = "kab-andai" if role == "liaison" else ""
    staff = actions.add_staff(username="budi", password=None, role=role, agency_code=agency)
    client.force_login(staff)
    answers = {client.get("/staf").status_code, client.get("/staf/budi").status_code}
    answers.add(client.post("/staf/budi/tautan").status_code)

    assert answers == {403}


def test_a_device_is_known_only_after_both_steps(client, recovery_codes, seconds):
    give_password(client)
    between = "testing_device" in client.cookies
    give_code(client, seconds.code())

    assert not between
    assert client.cookies["testing_device"]["max-age"] == timedelta(days=90).total_seconds()

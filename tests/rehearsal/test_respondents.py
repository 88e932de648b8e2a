"""Simulated respondents keep to the protocol, and their answers follow the nation's truth."""

from __future__ import annotations

import asyncio
from statistics import mean

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from espi.instrument import shelf
from espi.instrument.validation import check
from espi.rehearsal.nation.truth import level
from espi.rehearsal.respondents.character import character_of
from espi.rehearsal.respondents.choices import choose_answers
from espi.rehearsal.respondents.crowd import Turn, answer_all
from espi.rehearsal.respondents.journey import ServiceAddresses
from espi.rehearsal.respondents.reading import STOP, readers
from tests.rehearsal.stand_in import System

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CODES = [f"{ALPHABET[n % 32]}{ALPHABET[n // 32]}" + "7" * 24 for n in range(200)]
GROUPS = ("internal", "external", "expert")


def letters(booth, reminded, folder="/"):
    """Return what the phones show: an invitation each, and a reminder where told."""
    return [
        {"to": f"+62899000{n:05d}", "links": [f"{booth}{folder}#{code}"]}
        for n, code in enumerate(CODES)
        for _ in range(2 if reminded else 1)
    ]


async def fieldwork(turns, system, folder="/"):
    """Run these turns against the stand-in and return what each reported."""
    state = {"reminded": False}

    async def phones(request):
        return web.json_response(letters(f"http://{request.host}", state["reminded"], folder))

    async def settled(_request):
        return web.Response()

    async def stop(request):
        number = int(request.match_info["number"][-5:])
        system.stopped.add(CODES[number])
        return web.Response()

    app = system.app()
    app.router.add_get("/__sim/messages", phones)
    app.router.add_post("/__sim/settle", settled)
    app.router.add_post("/telepon/{number}", stop)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        told = []
        for number in turns:
            state["reminded"] = number == 4
            told.append(
                await answer_all(ServiceAddresses(url, url, url, url), Turn(number, 4, "7", 8))
            )
        return told


@pytest.fixture(scope="module")
def wave():
    system = System({code: ("kota-contoh", GROUPS[n % 3]) for n, code in enumerate(CODES)})
    return system, asyncio.run(fieldwork([1, 2, 3, 4], system))


def test_nothing_goes_wrong_and_many_answer(wave):
    """Over four turns a plausible share answers, and the system always kept to the protocol."""
    system, told = wave
    answered = sum(counts.get("answered", 0) for counts in told)

    assert not [ending for counts in told for ending in counts if ending.startswith("went wrong")]
    assert 60 <= answered <= 130
    assert len(system.ballots) == answered == len(system.used)


def test_lost_replies_and_second_tries_change_nothing(wave):
    """Whoever repeats a request gets the same reply; whoever asks twice is refused."""
    system, told = wave

    assert system.answers["again"] == sum(
        counts.get("sent again after a lost reply", 0) for counts in told
    )
    assert system.answers["refused"] == sum(
        counts.get("second ballots refused", 0) for counts in told
    )
    assert system.answers["again"] > 0


def test_some_answer_only_after_the_reminder(wave):
    """The last turn brings answers of people whom a second message reached."""
    _system, told = wave

    assert told[3]["answered"] >= 10


def test_who_asked_to_stop_did_not_answer(wave):
    """No signature was given to anybody who asked to be left alone."""
    system, _told = wave

    assert not system.stopped & set(system.used)


def test_opened_answers_fit_the_questionnaire(wave):
    """Every opened ballot says what it must, and its answers are valid and complete."""
    system, _told = wave

    for plaintext in system.opened():
        instrument = system.instruments[plaintext["group"]]
        assert plaintext["instrument"] == instrument.digest
        assert plaintext["stratum"] == f"kota-contoh.{plaintext['group']}.satu"
        checked = check(instrument, plaintext["answers"])
        assert (checked.unanswered, checked.unknown) == ((), ())
        assert all(
            isinstance(value, int) or not value.isdecimal()
            for value in plaintext["answers"].values()
        )


@pytest.mark.parametrize("group", GROUPS)
def test_answers_follow_the_level_of_the_agency(group):
    """The mean score of many respondents lies near the latent level of their agency."""
    content = shelf.take(f"{group}-2026.1").to_json()
    instrument = shelf.take(f"{group}-2026.1")
    scores = []
    for n in range(400):
        answers = choose_answers(content, "kota-contoh", "7", f"orang {n}")
        for item in instrument.items:
            scale = item.scored_values
            value = answers.get(item.code)
            if scale and isinstance(value, int):
                share = (value - scale[0]) / (scale[-1] - scale[0])
                scores.append(1 - share if item.reversed else share)

    assert mean(scores) == pytest.approx(level("7", "kota-contoh", group), abs=0.06)


def test_the_same_person_answers_the_same():
    """Choices follow from the seed and the address alone."""
    content = shelf.take("internal-2026.1").to_json()

    assert choose_answers(content, "a", "7", "x") == choose_answers(content, "a", "7", "x")
    assert choose_answers(content, "a", "7", "x") != choose_answers(content, "a", "8", "x")
    assert character_of("x", "7", 4) == character_of("x", "7", 4)


def test_a_link_elsewhere_is_not_followed():
    """Respondents open only the booth they were told of, and know a reminder for one."""
    code = "7" * 26
    phones = [
        {"to": "+6289900000001", "links": [f"http://jahat.example/#{code}"]},
        {"to": "+6289900000002", "links": [f"http://booth.example/#{code}"]},
        {
            "to": "+6289900000002",
            "links": ["http://r.example/cek", f"http://booth.example/#{code}"],
        },
    ]
    phones.append({"to": "+62899", "links": [f"http://booth.example/#{code}"], "replies": [STOP]})
    mails = [{"id": 3, "to": "a@b.example", "links": [f"http://booth.example/en/#{'8' * 26}"]}]

    found = readers(phones, mails, "http://booth.example")

    assert [(one.address, one.letters, one.by_mail) for one in found] == [
        ("+6289900000002", 2, False),
        ("a@b.example", 1, True),
    ]
    assert found[1].stop_path == "/surat/3/berhenti"


def test_a_link_that_is_not_served_goes_wrong():
    """Respondents open the address of their message, and say where it leads nowhere."""
    system = System(dict.fromkeys(CODES, ("kota-contoh", "internal")))
    [told] = asyncio.run(fieldwork([1], system, folder="/en/"))

    [wrong] = [ending for ending in told if ending.startswith("went wrong: ")]
    assert wrong.startswith("went wrong: link: 404 at http://")
    assert not system.used

"""Commitment, dice, draw: in this order, each by the rules, and each by page and command."""

from __future__ import annotations

import json

import pytest

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame.errors import FrameClosed
from espi.contact.frame.models import Person
from espi.contact.sampling import actions, commands, errors
from espi.contact.sampling.models import DiceThrow, FrameCommitment, FrameSalt, SampleDraw
from espi.contact.sampling.queries import planned, throws_of
from espi.draw.dice import seed_of
from espi.platform import clock
from espi.platform.models import AuditLine
from tests.contact.frame.lists import LISTS, as_csv, open_wave, row, take
from tests.contact.sampling.draws import DICE, DRAW, ROOTS, espi, fill, shrink, throw_dice

THROWS = "12345612345612345612"


@pytest.fixture
def wave(db):
    return fill(shrink(open_wave()))


@pytest.fixture
def closed(wave):
    actions.commit_frame(wave=wave, actor="test", now=clock.now())
    return wave


@pytest.fixture
def staff(db):
    return [
        add_staff(username=name, password="a long password", role=Role.AUDITOR)
        for name, _dice in DICE
    ]


def throw(wave, by, throws=THROWS):
    return actions.throw_dice(wave=wave, by=by, throws=throws, actor="test", now=clock.now())


def draw(wave, **words):
    return actions.draw_sample(wave=wave, actor="test", now=clock.now(), **words)


def test_everybody_gets_two_fresh_salts(closed):
    """No salt is used twice, and nobody who can be drawn is left out."""
    salts = [
        bytes(salt) for row in FrameSalt.objects.all() for salt in (row.list_salt, row.unit_salt)
    ]

    assert len(salts) == len(set(salts)) == 2 * Person.objects.filter(eligible=True).count()
    assert {len(salt) for salt in salts} == {32}


def test_an_upload_after_the_commitment_is_refused(closed):
    """Lists are closed: not by page, not by deed."""
    with pytest.raises(FrameClosed):
        take(closed, as_csv([row(closed)]))


def test_an_upload_page_after_the_commitment_is_refused(client, closed):
    """The liaison reads why."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(add_staff(
        username="l", password="a long password", role=Role.LIAISON, agency_code="kab-contoh-jaya"
    ))  # fmt: skip
    before = Person.objects.count()
    file = SimpleUploadedFile("daftar.csv", as_csv([row(closed)]))
    answer = client.post(f"{LISTS}/kab-contoh-jaya/internal", {"file": file})

    assert answer.status_code == 422
    assert Person.objects.count() == before


def test_a_second_commitment_is_refused(closed):
    """A commitment that can be made again commits to nothing."""
    with pytest.raises(errors.AlreadyCommitted):
        actions.commit_frame(wave=closed, actor="test", now=clock.now())
    assert FrameCommitment.objects.count() == 1


def test_dice_before_the_commitment_are_refused(wave, staff):
    """Whoever knows the seed could still choose the lists and the salts."""
    with pytest.raises(errors.NotCommitted):
        throw(wave, "budi")


@pytest.mark.parametrize("throws", ["", "1" * 19, "1" * 401, "1" * 19 + "7", "1" * 19 + "x"])
def test_throws_are_twenty_eyes_of_a_die(closed, staff, throws):
    """Digits from 1 to 6 and enough of them."""
    with pytest.raises(errors.ThrowsUnusable):
        throw(closed, "budi", throws)


def test_an_outsider_or_a_former_colleague_throws_no_dice(closed, staff):
    """Only active staff."""
    staff[0].is_active = False
    staff[0].save()
    for who in ("budi", "nobody"):
        with pytest.raises(errors.MayNotThrow):
            throw(closed, who)


def test_one_person_throws_once(closed, staff):
    """One person cannot be two."""
    throw(closed, "budi")
    with pytest.raises(errors.HasThrown):
        throw(closed, "budi", "6" * 20)
    with pytest.raises(errors.DiceMissing):
        draw(closed)


def test_the_dice_make_the_seed_in_their_order(closed, staff):
    """The order counts; the seed is that of the published contributions."""
    for name, throws in DICE:
        throw(closed, name, throws)
    sample_draw = draw(closed)

    assert sample_draw.seed == seed_of(throws_of(closed)) != seed_of(throws_of(closed)[::-1])


def test_nobody_chooses_between_dice_and_a_value(closed, staff):
    """Once a die has fallen, no other seed is taken."""
    throw(closed, "budi")
    with pytest.raises(errors.SeedAndDice):
        draw(closed, seed="1234", source="suar")


@pytest.mark.parametrize("seed", ["x" * 81, "\ud800", "a\x00b"])
def test_a_seed_is_printable_and_short(closed, seed):
    """What cannot be printed cannot be read out to observers."""
    with pytest.raises(errors.SeedUnusable):
        draw(closed, seed=seed, source="suar")


@pytest.mark.parametrize("change", ["phone", "gone", "new", "stratum"])
def test_a_frame_that_changed_after_the_commitment_is_not_drawn_from(closed, change):
    """One row altered behind the application's back stops the draw."""
    person = Person.objects.filter(group="internal").first()
    if change == "phone":
        Person.objects.filter(pk=person.pk).update(phone="+628990000000")
    elif change == "gone":
        Person.objects.filter(pk=person.pk).update(eligible=False, exclusion="high_office")
    elif change == "stratum":
        other = closed.strata.filter(channel="sample", agency=person.agency, group=person.group)
        other = other.exclude(pk=person.stratum_id).first()
        Person.objects.filter(pk=person.pk).update(stratum=other)
    else:
        person.pk, person.phone = None, "+628990000000"
        person.save()
    with pytest.raises(errors.FrameAltered):
        draw(closed, seed="1234")
    assert not SampleDraw.objects.exists()


def test_the_plan_is_the_one_that_was_shown_before(wave):
    """What the draw takes is what ``espi sample plan`` showed on the open lists."""
    before = [plan.plain() for plan in planned(wave)]
    actions.commit_frame(wave=wave, actor="test", now=clock.now())

    assert draw(wave, seed="1234").plan == before


def test_the_rule_is_committed_to(closed):
    """A margin of error that is changed after the commitment changes no plan."""
    before = [plan.plain() for plan in planned(closed)]
    type(closed).objects.update(margin_of_error=0.4)

    assert draw(closed, seed="1234").plan == before


def test_the_commands_of_the_ceremony(wave):
    """Draw before commit, half a seed, then everything in its order."""
    assert "no commitment" in espi(commands.draw, ok=False)
    noted = espi(commands.commit).split()[-1]
    assert "go together" in espi(commands.draw, "--seed", "1", ok=False)
    assert "at least 2 people" in espi(commands.draw, ok=False)
    throw_dice()
    assert "were drawn with the seed" in espi(commands.draw)
    assert FrameCommitment.objects.get().digest == noted
    assert set(AuditLine.objects.values_list("action", flat=True)) >= {
        "sampling.commit", "sampling.dice", "sampling.draw",
    }  # fmt: skip


def test_the_pages_of_the_ceremony(client, wave):
    """The authority closes the lists, an auditor and the authority throw, the authority draws."""
    authority = add_staff(username="a", password="a long password", role=Role.AUTHORITY)
    auditor = add_staff(username="b", password="a long password", role=Role.AUDITOR)
    client.force_login(authority)
    assert client.post(DRAW, {"confirmed": "yes"}).status_code == 422
    assert client.post(f"{DRAW}/komitmen", {"confirmed": "yes"}).status_code == 302
    assert client.post(f"{DRAW}/dadu", {"throws": "7", "confirmed": "yes"}).status_code == 422
    assert client.post(f"{DRAW}/dadu", {"throws": THROWS, "confirmed": "yes"}).status_code == 302
    client.force_login(auditor)
    assert client.post(f"{DRAW}/komitmen", {"confirmed": "yes"}).status_code == 403
    assert client.post(f"{DRAW}/dadu", {"throws": THROWS, "confirmed": "yes"}).status_code == 302
    client.force_login(authority)
    assert THROWS in client.get(DRAW).content.decode()
    assert client.post(DRAW, {"confirmed": "yes"}).status_code == 302
    assert SampleDraw.objects.get().seed == seed_of(throws_of(wave))
    assert DiceThrow.objects.count() == 2
    assert client.get(DRAW).status_code == 200


def test_everybody_sees_the_commitment(client, wave):
    """Without any account: first that lists are open, then the roots, to the byte."""
    assert client.get(ROOTS).status_code == 200
    assert client.get(f"{ROOTS}/roots.json").status_code == 404
    commitment = actions.commit_frame(wave=wave, actor="test", now=clock.now())
    page = client.get(ROOTS).content.decode()
    file = client.get(f"{ROOTS}/roots.json").content

    assert commitment.digest in page
    assert all(one["list_root"] in page for one in json.loads(file)["agencies"])
    assert file.decode() == commitment.document


def test_there_is_no_commitment_without_a_wave(client, db):
    """An empty bank has nothing to show."""
    assert client.get(ROOTS).status_code == 404
    assert client.get(f"{ROOTS}/roots.json").status_code == 404

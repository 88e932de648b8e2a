"""What a superior can infer from what the liaison is shown, knowing all but one person."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from espi.accounts.models import Staff
from espi.contact.fieldwork.coarse import at_least, shift_of, step_of
from espi.contact.fieldwork.models import ProgressSnapshot
from espi.contact.fieldwork.snapshots import snapshots_of
from espi.contact.invitations.models import Invitation
from espi.platform import clock
from tests.contact.field import wave_in_field

DAYS, PEOPLE = 20, 60
TARGETS = (1, 9, 10, 19, 20, 33, 60, 95, 100, 101, 250, 2000)


@pytest.mark.parametrize("target", TARGETS)
def test_a_step_is_ten_people_and_ten_points_at_least(target):
    """Between two changes of what is shown lie ten people or more, wherever the steps are."""
    for shift in range(step_of(target)):
        shown = [at_least(n, target, shift) for n in range(target + 1)]
        if target < 20:
            assert set(shown) == {None}
            continue
        changes = [n for n in range(1, target + 1) if shown[n] != shown[n - 1]]
        jumps = [shown[n] - shown[n - 1] for n in changes]
        assert all(after - before >= 10 for before, after in pairwise([0, *changes]))
        assert all(jump >= 10 for jump in jumps)
        assert all(value % 10 == 0 and value * target <= 100 * n for n, value in enumerate(shown))


@pytest.mark.parametrize("seed", range(5))
def test_an_observer_learns_nothing_while_no_step_lies_at_hand(seed):
    """He knows each day how many others finished, and the rule, and even where the steps lie.

    Whether the one person finished makes no difference to what is shown unless the next step lies
    exactly there; on every other day his belief stays the sampling fraction, to the last digit.
    """
    random = Random(seed)
    target, fraction = 60, Fraction(60, 240)
    shift = shift_of(random.randbytes(32), "uji", "kab-x", "internal", target)
    others, moved = 0, 0
    for _day in range(DAYS):
        others = min(target - 1, others + random.randrange(7))
        without, with_one = at_least(others, target, shift), at_least(others + 1, target, shift)
        seen = without  # what is shown if the person has not finished
        believes = {True: fraction * (with_one == seen), False: (1 - fraction) * (without == seen)}
        belief = believes[True] / sum(believes.values())
        if without == with_one:
            assert belief == fraction
        else:
            moved += 1
            assert (others + 1 - shift) % step_of(target) == 0

    assert moved < DAYS / 2


def test_nobody_outside_knows_where_the_steps_lie():
    """They are spread evenly over a step by a secret; another agency has others."""
    shifts = [shift_of(bytes(32), "uji", f"kab-{n}", "internal", 100) for n in range(2000)]

    assert set(shifts) == set(range(10))
    assert all(140 < shifts.count(shift) < 260 for shift in range(10))


@pytest.fixture
def wave(db):
    return wave_in_field(people=PEOPLE)


def finish(number, day):
    """Let so many more people finish on a day."""
    still_open = Invitation.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)
    Invitation.objects.filter(pk__in=list(still_open[:number])).update(
        state="finished", finished_on=day
    )


def liaison_page(client, today):
    response = client.get("/uji/kemajuan?lang=en")
    assert response.status_code == 200
    return re.search(r"<tbody>.*</tbody>", response.content.decode(), re.DOTALL).group()


def test_nothing_changes_on_a_page_while_answers_come_in(wave, client):
    """10, 11, 12, 13 finish: the page of the day is the same to the letter, at every look."""
    today = clock.today()
    finish(9, today - timedelta(days=1))
    client.force_login(Staff.objects.create(username="l", role="liaison", agency_code="kab-x"))
    first = liaison_page(client, today)
    for _ in range(30):
        finish(1, today)
        assert liaison_page(client, today) == first
    finish(10, today - timedelta(days=1))  # even what is dated back shows tomorrow only

    assert liaison_page(client, today) == first
    assert client.get("/uji/kemajuan?format=csv").content.decode().splitlines()[1:] == [
        '"Internal","0"'
    ]


def test_when_the_liaison_looks_makes_no_difference(wave):
    """The day ends the count: whoever looks at the moment of an answer sees yesterday."""
    today = clock.today()
    finish(30, today - timedelta(days=1))
    [before] = snapshots_of(wave=wave, agency_code="kab-x", today=today)
    ProgressSnapshot.objects.all().delete()
    finish(25, today)
    [after] = snapshots_of(wave=wave, agency_code="kab-x", today=today)
    [tomorrow] = snapshots_of(wave=wave, agency_code="kab-x", today=today + timedelta(days=1))

    assert before.percent == after.percent
    assert tomorrow.percent > after.percent


@pytest.mark.parametrize(
    "path", ["/", "/uji/kerangka", "/uji/kemajuan", "/uji/kemajuan?format=csv"]
)
def test_no_page_of_a_liaison_tells_one_answer_more(wave, client, path):
    """Every page that a liaison may open, with and without one more person finished."""
    today = clock.today()
    finish(29, today - timedelta(days=1))
    client.force_login(Staff.objects.create(username="l", role="liaison", agency_code="kab-x"))
    shift = shift_of(bytes(range(32)), wave.code, "kab-x", "internal", PEOPLE)
    others = 29 + ((30 - shift) % step_of(PEOPLE) == 0)  # a step lies exactly there: go past it
    finish(others - 29, today - timedelta(days=1))
    worlds = []
    for _world in range(2):
        text = client.get(path).content.decode()
        worlds.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text))
        ProgressSnapshot.objects.all().delete()
        finish(1, today - timedelta(days=1))

    assert worlds[0] == worlds[1]

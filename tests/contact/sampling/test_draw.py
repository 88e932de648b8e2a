"""The draw: once, the same on any machine, and for everybody the chance that is written down."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.sampling.actions import commit_frame, draw_sample
from espi.contact.sampling.errors import (
    AlreadyDrawn,
    FrameStillOpen,
    ListsIncomplete,
    NotCommitted,
)
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.method.sampling.planning import Rule, StratumCount, plan
from espi.platform import clock
from espi.tallies.models import Tally
from tests.contact.frame.lists import open_wave
from tests.contact.sampling.draws import DRAW, fill


@pytest.fixture
def wave(db):
    return fill(open_wave())


def commit(wave):
    """Close the lists of the wave."""
    return commit_frame(wave=wave, actor="test", now=clock.now())


@pytest.fixture
def closed(wave):
    commit(wave)
    return wave


def draw(wave, seed="1234"):
    return draw_sample(wave=wave, seed=seed, actor="test", now=clock.now())


def test_the_weights_give_the_population_back(closed):
    """In every stratum the inverse probabilities of the drawn add up to its people."""
    sample_draw = draw(closed)
    sums = defaultdict(float)
    for case in sample_draw.cases.select_related("stratum"):
        sums[case.stratum.code] += 1 / case.inclusion_probability

    for row in sample_draw.plan:
        assert sums[row["stratum"]] == pytest.approx(row["population"])


def test_the_counts_that_cross_are_those_of_the_plan(closed):
    """Population per stratum, never below the minimum cell."""
    sample_draw = draw(closed)
    tallies = dict(Tally.objects.filter(kind="population").values_list("stratum_code", "count"))

    assert tallies == {row["stratum"]: row["population"] for row in sample_draw.plan}


def drawn(wave, seed):
    draw(wave, seed)
    phones = set(SampleCase.objects.values_list("person__phone", flat=True))
    SampleCase.objects.all().delete()
    SampleDraw.objects.all().delete()
    wave.phase = "committed"
    wave.save()
    return phones


def test_the_seed_decides(closed):
    """The same seed draws the same people, another seed others."""
    first, again, other = drawn(closed, "1234"), drawn(closed, "1234"), drawn(closed, "5678")

    assert first == again
    assert first != other


def test_a_second_draw_is_refused(closed):
    """Once and for all, even with the same seed."""
    draw(closed)

    with pytest.raises(AlreadyDrawn):
        draw(closed)


def test_a_draw_needs_lists(db):
    """Without people there is nothing to draw from, and the lists are named."""
    with pytest.raises(ListsIncomplete, match="kab-contoh-jaya"):
        commit(open_wave())


def test_a_commitment_waits_for_the_frame(wave):
    """In the design phase there is no frame."""
    wave.phase = "design"
    wave.save()

    with pytest.raises(FrameStillOpen):
        commit(wave)


@pytest.mark.parametrize("phase", ["frames", "committed"])
def test_a_draw_waits_for_the_commitment(wave, phase):
    """A seed that was known while lists were open is worth nothing; a moved phase is no deed."""
    wave.phase = phase
    wave.save()

    with pytest.raises(NotCommitted):
        draw(wave)
    assert not SampleDraw.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_draws_at_once_make_one():
    """The button is pressed twice, by two people, at the same moment."""
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory serves one thread")
    wave = fill(open_wave(), people=12)
    commit(wave)

    def attempt(seed):
        try:
            return draw(wave, seed)
        except AlreadyDrawn:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        draws = [one for one in pool.map(attempt, ["1111", "2222"]) if one]

    assert len(draws) == SampleDraw.objects.count() == 1


def test_a_small_stratum_is_joined_to_the_largest_sibling():
    """Fewer than ten people never make a stratum of their own."""
    counts = [
        StratumCount("a", "x", "internal", 400),
        StratumCount("b", "x", "internal", 9),
        StratumCount("c", "x", "internal", 90),
    ]
    plans = {row.code: row for row in plan(counts, Rule(0.1, {"internal": 0.5}, 10))}

    assert set(plans) == {"a", "c"}
    assert plans["a"].members == ("a", "b")
    assert plans["a"].population == 409


def test_sizes_follow_the_margin_of_error():
    """Five per cent of 10,000 need 370 answers; at one in two, 740 are invited (M1, M2)."""
    counts = [StratumCount("a", "x", "internal", 10_000)]
    [row] = plan(counts, Rule(0.05, {"internal": 0.5}, 10))

    assert row.invited == 740


@pytest.mark.parametrize(
    ("role", "sees", "draws"),
    [(Role.AUTHORITY, 200, 302), (Role.AUDITOR, 200, 200), (Role.CONTRACTOR, 403, 403)],
)
def test_the_page_of_the_draw(client, closed, role, sees, draws):
    """The authority draws, an auditor watches, the contractor stays outside."""
    client.force_login(add_staff(username="budi", password="a long password", role=role))

    assert client.get(DRAW).status_code == sees
    assert (
        client.post(DRAW, {"seed": "1234", "source": "suar", "confirmed": "yes"}).status_code
        == draws
    )
    assert SampleDraw.objects.exists() == (role == Role.AUTHORITY)


def test_pressing_twice_gets_a_sentence(client, closed):
    """The second press is refused in words, and nothing is drawn again."""
    client.force_login(add_staff(username="budi", password="a long password", role=Role.AUTHORITY))
    client.post(DRAW, {"seed": "1234", "source": "suar", "confirmed": "yes"})
    answer = client.post(DRAW, {"seed": "5678", "source": "suar", "confirmed": "yes"})

    assert answer.status_code == 422
    assert "sudah ditarik" in answer.content.decode()
    assert SampleDraw.objects.get().seed == "1234"


@pytest.mark.parametrize(("exponent", "small"), [(1.0, 30), (0.5, 79), (0.0, 164)])
def test_the_design_says_how_a_sample_is_shared(exponent, small):
    """In proportion, by the square root, or equally; the sum is the same (M3)."""
    counts = [StratumCount("a.1", "a", "internal", 200), StratumCount("a.2", "a", "internal", 2000)]
    rule = Rule(0.05, {"internal": 1.0}, 10, exponent)
    invited = {row.code: row.invited for row in plan(counts, rule)}

    assert sum(invited.values()) == 328
    assert invited["a.1"] == small

"""Before a release, an audit tries to solve for what is hidden; planted leaks are found."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from espi.method.index.released import read_released
from espi.response.estimation.document import read_results, results_content
from espi.response.publication.actions import (
    approve_release,
    propose_release,
    withdraw_release,
)
from espi.response.publication.errors import HiddenNumbersFollow
from espi.response.publication.leak_audit import Published, audit_release
from espi.response.publication.models import Release

DAY = date(2026, 11, 23)


@pytest.fixture
def proposed(wave, run, first):
    """Return the run's results, and the JSON of the honest release of them."""
    release = propose_release(wave=wave, actor=first)
    return read_results(run.results), release.results


def cells(results, release, **before):
    """Return the cells that the audit solves for, of releases as JSON."""
    earlier = {
        name: [read_released(each) for each in value]
        if isinstance(value, list)
        else read_released(value)
        for name, value in before.items()
    }
    published = Published(release=read_released(release), **earlier)
    return [leak.cells for leak in audit_release(results, published)]


@pytest.fixture
def planted(proposed):
    """Return a copy of the release, and its first agency, to be altered by a faulty disclosure."""
    release = deepcopy(proposed[1])
    return release, release["agencies"][0]


def test_an_honest_release_gives_nothing_away(proposed):
    """One index is withheld, one area is hidden for another, and nothing follows."""
    assert cells(*proposed) == []


def test_a_withheld_component_beside_its_index_is_found(proposed, planted):
    """With a minimum cell of 20, twelve experts followed from index, employees and users (F03)."""
    release, agency = planted
    release["minimum_cell"] = 20
    del agency["components"]["expert"]

    assert ("kab-a expert",) in cells(proposed[0], release)


def test_an_area_shown_beside_a_small_rest_is_found(proposed, planted):
    """Five employees without a unit follow where both units are shown."""
    release, agency = planted
    shown, hidden = agency["service_areas"]["internal"]
    agency["service_areas"]["internal"] = [shown, shown | {"code": hidden["code"]}]

    assert ("kab-a internal [no area]",) in cells(proposed[0], release)


def test_a_dimension_hidden_beside_its_component_is_found(proposed, planted):
    """The component is the mean of its dimensions."""
    results, (release, agency) = proposed[0], planted
    part = results.agencies[0].components["internal"]
    few = replace(part.dimensions["sdm"], n=7)
    part = replace(part, dimensions={**part.dimensions, "sdm": few})
    first = replace(results.agencies[0], components={"internal": part}, service_areas={})
    del agency["components"]["internal"]["dimensions"]["sdm"]

    assert ("kab-a internal sdm",) in cells(
        replace(results, agencies=[first, results.agencies[1]]), release
    )


def test_a_change_gives_away_an_index_that_was_withheld_the_year_before(proposed, planted):
    """This year's index less the change is last year's, and last year's less two is the third."""
    results, release = proposed
    before, agency = planted
    agency["index"] = None
    agency["n"]["expert"] = "<10"
    del agency["components"]["expert"]

    assert ("kab-a expert, year before",) in cells(results, release, year_before=before)
    assert cells(results, release, year_before=release) == []


def test_two_releases_that_differ_by_three_people_are_found(proposed, planted):
    """Two means tell the mean of the difference."""
    earlier, agency = planted
    agency["components"]["internal"]["n"] -= 3

    assert ("kab-a internal",) in cells(*proposed, same_wave=[earlier])


def test_hiding_another_area_than_before_is_found(proposed, planted):
    """What was public stays known: both units together give away those without one."""
    earlier, agency = planted
    shown, hidden = agency["service_areas"]["internal"]
    agency["service_areas"]["internal"] = [shown | {"code": hidden["code"]}]

    assert ("kab-a internal [no area]",) in cells(*proposed, same_wave=[earlier])


def test_a_leaking_release_is_refused_and_nothing_is_kept(wave, run, first):
    """The wave's minimum cell was raised after the run: the run must be made again."""
    wave.minimum_cell = 20
    wave.save()
    with pytest.raises(HiddenNumbersFollow, match="kab-a expert"):
        propose_release(wave=wave, actor=first)

    assert not Release.objects.exists()


def test_a_withdrawn_release_is_counted_in(wave, run, first, second):
    """Whoever read it still knows it."""
    propose_release(wave=wave, actor=first)
    approve_release(wave=wave, actor=second, today=DAY)
    withdraw_release(wave=wave, actor=first, reason="An error.")
    results = read_results(run.results)
    part = replace(results.agencies[0].components["internal"], n=38)
    agency = replace(
        results.agencies[0], components={**results.agencies[0].components, "internal": part}
    )
    run.results = results_content(replace(results, agencies=[agency, results.agencies[1]]))
    run.save()
    with pytest.raises(HiddenNumbersFollow, match="kab-a internal"):
        propose_release(wave=wave, actor=first)

"""One missing list does not stop the others: the wave is drawn and invited without it."""

from __future__ import annotations

import pytest

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame.models import Person, Upload
from espi.contact.frame.queries import lists_of
from espi.contact.invitations.actions import issue_invitations, plant_invitations, print_slips
from espi.contact.invitations.errors import NotAnOpenStratum, NotASampledStratum
from espi.contact.invitations.models import Invitation
from espi.contact.sampling.actions import commit_frame, draw_sample
from espi.contact.sampling.errors import ListsIncomplete
from espi.contact.sampling.models import SampleCase
from espi.contact.sampling.publishing import public_files
from espi.contact.sampling.queries import committed_roots
from espi.design.dropping import REASONS, ask_to_drop, confirm_drop
from espi.design.errors import AgencyDropped
from espi.draw.verify import verify
from espi.platform import clock
from tests.contact.frame.lists import as_csv, open_wave, row, take
from tests.contact.sampling.draws import AGENCIES, fill, shrink

MISSING, OTHER = AGENCIES
NOW = {"actor": "test", "now": clock.now()}


@pytest.fixture
def wave(db):
    """A wave of two agencies; of one a list is still missing."""
    wave = fill(shrink(open_wave()))
    Person.objects.filter(agency__code=MISSING, group="expert").delete()
    return wave


def drop(wave, agency=MISSING):
    """Let two people drop an agency."""
    people = [
        add_staff(username=name, password="a long password", role=Role.AUTHORITY)
        for name in ("ani", "budi")
    ]
    facts = {"wave": wave, "agency_code": agency, "today": clock.today()}
    ask_to_drop(**facts, reason=REASONS["missing"], actor=people[0])
    confirm_drop(**facts, actor=people[1])


def test_a_missing_list_stops_all_until_two_people_drop_the_agency(wave):
    """Then lists are closed, the sample is drawn and published for the others."""
    with pytest.raises(ListsIncomplete, match=f"{MISSING} .*espi agencies drop"):
        commit_frame(wave=wave, **NOW)
    drop(wave)

    commitment = commit_frame(wave=wave, **NOW)
    draw_sample(wave=wave, seed="1", source="x", **NOW)

    assert [agency.agency for agency in committed_roots(commitment).agencies] == [OTHER]
    assert {case.person.agency.code for case in SampleCase.objects.all()} == {OTHER}
    assert verify(public_files(wave), commitment.digest).roots == committed_roots(commitment)


def test_a_list_that_waits_does_not_keep_the_wave_when_its_agency_is_dropped(wave):
    Upload.objects.filter(agency__code=MISSING).update(
        state="waiting", rows=0, accepted=0, rejected=0, ineligible=0
    )
    drop(wave)

    commit_frame(wave=wave, **NOW)


def test_nobody_of_a_dropped_agency_is_invited_and_no_key_is_made_for_it(wave):
    """Each key stratum has invited people: the signer's closing statement counts the keys."""
    dropped = wave.strata.filter(agency__code=MISSING, channel="sample").first()
    drop(wave)
    commit_frame(wave=wave, **NOW)
    draw_sample(wave=wave, seed="1", source="x", **NOW)
    issue_invitations(wave=wave, actor="test")

    used = set(Invitation.objects.values_list("key_stratum__code", flat=True))
    assert (
        set(wave.key_strata.filter(strata__channel="sample").values_list("code", flat=True)) == used
    )
    with pytest.raises(NotASampledStratum):
        plant_invitations(wave=wave, stratum_code=dropped.code, count=1, actor="test")
    with pytest.raises(NotAnOpenStratum):
        print_slips(wave=wave, stratum_code=dropped.code, count=1, actor="test")


def test_a_withheld_agency_is_drawn_as_it_was_committed_to(wave):
    """What was committed to does not change; its results are withheld later."""
    fill(wave_without_people(wave), people=12)
    commitment = commit_frame(wave=wave, **NOW)
    wave.refresh_from_db()
    drop(wave)

    draw_sample(wave=wave, seed="1", source="x", **NOW)

    assert {case.person.agency.code for case in SampleCase.objects.all()} == set(AGENCIES)
    verify(public_files(wave), commitment.digest)


def wave_without_people(wave):
    Person.objects.all().delete()
    Upload.objects.all().delete()
    return wave


def test_a_dropped_agency_delivers_no_list_and_its_page_says_why(wave, client):
    drop(wave)

    with pytest.raises(AgencyDropped):
        take(wave, as_csv([row(wave)]), agency=MISSING)
    assert {state.agency.code for state in lists_of(wave) if state.dropped} == {MISSING}
    client.force_login(
        add_staff(username="l", password="a long password", role=Role.LIAISON, agency_code=MISSING)
    )
    page = client.get(f"/{wave.code}/kerangka?lang=en").content.decode()
    assert page.count("population list not delivered") == 3
    assert "Upload a list" not in page

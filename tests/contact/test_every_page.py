"""No page of the registry breaks, whatever has become of the wave: every phase, role, language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from espi.accounts.models import Staff
from espi.contact.dispatch.stopping.tokens import unsubscribe_token
from espi.contact.fieldwork.actions import close_fieldwork, plan_campaign
from espi.contact.frame.models import Upload
from espi.contact.invitations.actions import issue_invitations, plant_invitations, print_slips
from espi.contact.invitations.models import Invitation
from espi.contact.sampling.actions import commit_frame, throw_dice
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.design.models import Agency, KeyStratum, ServiceArea, Stratum, Wave
from espi.design.register_versions import keep_version
from espi.platform import clock
from tests.contact.field import NOW, commit, draw_everybody, drawn_wave, stratum_of
from tests.every_page import AGENCY, open_all

pytestmark = pytest.mark.django_db


def nothing():
    """No wave has been loaded."""


def bare():
    """A wave without agencies."""
    Wave.objects.filter(pk=drawn_wave("uji").pk).update(phase="design")


def no_lists(phase="frames"):
    """Agencies, but no list yet."""
    wave = drawn_wave("uji")
    Wave.objects.filter(pk=wave.pk).update(phase=phase)
    for code in (AGENCY, "kab-tanpa-daftar"):
        agency, _ = Agency.objects.get_or_create(
            code=code, defaults={"name": code, "type": "regency"}
        )
        if code == AGENCY:
            stratum_of(wave, agency)
    key = KeyStratum.objects.create(wave=wave, code="uji.lain", group="external", label={"id": "x"})
    Stratum.objects.create(
        wave=wave, agency=agency, group="external", code="uji.lain", label={"id": "x"},
        key_stratum=key,
    )  # fmt: skip
    for channel, group in (("open", "external"), ("interview", "internal")):
        key = KeyStratum.objects.create(
            wave=wave, code=f"uji.{channel}", group=group, label={"id": "x"}
        )
        Stratum.objects.create(
            wave=wave, agency=Agency.objects.get(code=AGENCY), group=group, code=f"uji.{channel}",
            label={"id": "x"}, channel=channel, key_stratum=key,
        )  # fmt: skip
    ServiceArea.objects.create(
        wave=wave, agency=Agency.objects.get(code=AGENCY), group="internal", code="izin",
        name={"id": "Izin", "en": "Permits"}, category="personnel",
    )  # fmt: skip
    keep_version(wave=wave, actor="test", today=clock.today())
    return Wave.objects.get(pk=wave.pk)


def lists():
    """One agency has delivered, another has not."""
    wave = no_lists()
    draw_everybody(wave, wave.strata.get(code="uji.1"), 12)
    SampleCase.objects.all().delete()
    SampleDraw.objects.all().delete()
    return wave


def committed():
    """The lists are closed, one person has thrown."""
    wave = lists()
    wave.strata.filter(code="uji.lain").delete()
    commit_frame(wave=wave, actor="test", now=clock.now())
    Staff.objects.create(username="budi", role="auditor")
    throw_dice(wave=wave, by="budi", throws="1234561234561234561234", actor="test", now=clock.now())
    return Wave.objects.get(pk=wave.pk)


def drawn():
    """A sample, nobody invited."""
    wave = no_lists("drawn")
    draw_everybody(wave, wave.strata.get(code="uji.1"), 12)
    return wave


def field():
    """Slips, interviews, planted invitations, a small stratum, an agency that has nothing."""
    wave = drawn()
    issue_invitations(wave=wave, actor="test")
    print_slips(wave=wave, stratum_code="uji.open", count=12, actor="test")
    print_slips(wave=wave, stratum_code="uji.interview", count=3, actor="test")
    plant_invitations(wave=wave, stratum_code="uji.1", count=2, actor="test")
    commit(wave)
    Wave.objects.filter(pk=wave.pk).update(phase="field")
    wave.refresh_from_db()
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    for origin in ("sample", "slip", "planted"):
        some = Invitation.objects.filter(origin=origin).values_list("pk", flat=True)[:2]
        Invitation.objects.filter(pk__in=list(some)).update(
            state="finished", finished_on=NOW.date()
        )
    return wave


def last_day_over():
    """Nobody has closed the wave, and its last day is over."""
    wave = field()
    today = clock.today()
    Wave.objects.update(opens_on=today - timedelta(9), closes_on=today - timedelta(1))
    return wave


def closed():
    """Fieldwork is over."""
    wave = field()
    close_fieldwork(wave=wave, actor="test")


def two_waves():
    """One is closed, a later one has just been loaded."""
    closed()
    Wave.objects.update(code="dulu", year=2025)
    bare()


STATES = (nothing, bare, no_lists, lists, committed, drawn, field, last_day_over, closed, two_waves)


@pytest.mark.parametrize("make", STATES)
def test_every_page_opens(client, make):
    """No server error for anybody, and no page links to where its reader finds nothing."""
    make()
    token = Invitation.objects.first()
    known = {
        "address": ["kemajuan", "tidak-ada"],
        "agency_code": [AGENCY, "tidak-ada"],
        "group": ["internal"],
        "kind": ["csv", "exe"],
        "link": ["x"],
        "token": ["x", unsubscribe_token(token.reference)] if token else ["x"],
        "upload_id": [*Upload.objects.values_list("pk", flat=True)[:1], 999999],
        "username": [*Staff.objects.values_list("username", flat=True)[:1], "tidak-ada"],
        "wave_code": ["uji", "tidak-ada"],
    }

    assert open_all(client, known) == []


def test_slips_and_interviews_stand_apart_from_the_sample(client):
    """Their own rows, without a response rate; what auditors planted is in no row."""
    field()
    client.force_login(Staff.objects.create(username="c", role="contractor"))
    rows = client.get("/uji/kemajuan?format=csv&lang=en").content.decode()

    assert "Kab X" not in rows  # the agency has no other name than its code here
    assert f'"{AGENCY}","Internal","12","0","0","2","16.7"' in rows
    assert f'"{AGENCY}","External, Open slips","12","","","2",""' in rows
    assert f'"{AGENCY}","Internal, Interviews","3","","","0",""' in rows

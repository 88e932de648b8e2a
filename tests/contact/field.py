"""A small wave in the field, for tests of messages, tickets and pages."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime, timedelta

from espi.contact.frame.models import Person, Upload
from espi.contact.invitations.actions import issue_invitations
from espi.contact.invitations.commitment import Roles, commit_directory
from espi.contact.invitations.signing import own_store
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.design.models import Agency, Instrument, KeyStratum, Specification, Stratum, Wave
from espi.platform import clock
from tests.keys import kept_signing_key

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)


def wave_in_field(people=12, code="uji"):
    """Return a wave of one agency with so many people invited."""
    wave = drawn_wave(code)
    agency, _ = Agency.objects.get_or_create(
        code="kab-x", defaults={"name": "Kab X", "type": "regency"}
    )
    draw_everybody(wave, stratum_of(wave, agency), people)
    issue_invitations(wave=wave, actor="test")
    commit(wave)
    wave.phase = "field"
    wave.save()
    return wave


def commit(wave):
    """Give each group a key, and fix keys and invitations."""
    private, public = kept_signing_key()
    for key_stratum in wave.key_strata.all():
        own_store(wave).keys.keep(key_stratum.code, private)
        key_stratum.public_key = b64encode(public).decode()
        key_stratum.save()
    roles = Roles("log", (), 0, "signer", "0" * 64, "")
    return commit_directory(wave=wave, roles=roles, actor="test")


def drawn_wave(code):
    """Return a wave whose sample has been drawn, with one questionnaire."""
    today = clock.today()
    specification, _ = Specification.objects.get_or_create(
        digest="s", defaults={"code": "s", "version": "1", "content": {}}
    )
    wave = Wave.objects.create(
        code=code,
        title={"id": "Uji", "en": "Trial"},
        year=2026,
        phase="drawn",
        opens_on=today - timedelta(days=1),
        closes_on=today + timedelta(days=30),
        margin_of_error=0.1,
        expected_response={"internal": 1.0, "external": 1.0, "expert": 1.0},
        specification=specification,
        rehearsal=True,
        election_key={"kty": "EC"},
    )
    instrument, _ = Instrument.objects.get_or_create(
        digest="d" * 64,
        defaults={"code": "internal", "group": "internal", "version": "1", "content": {}},
    )
    wave.instruments.add(instrument)
    return wave


def stratum_of(wave, agency):
    """Return one stratum of the agency's staff, with a key stratum of its own."""
    key = KeyStratum.objects.create(
        wave=wave,
        code=f"{wave.code}.internal",
        group="internal",
        label={"id": "x"},
        public_key="AA==",
    )
    return Stratum.objects.create(
        wave=wave,
        agency=agency,
        group="internal",
        code=f"{wave.code}.1",
        label={"id": "x"},
        key_stratum=key,
    )


def draw_everybody(wave, stratum, people):
    """Put so many people on a list and draw them all."""
    facts = {"wave": wave, "agency": stratum.agency, "group": "internal"}
    counts = {"rows": people, "accepted": people, "rejected": 0, "ineligible": 0, "duplicates": 0}
    named = {"file_name": "x", "digest": "x", "uploaded_by": "x", "uploaded_at": NOW}
    upload = Upload.objects.create(**facts, **counts, **named)
    draw = SampleDraw.objects.create(wave=wave, seed="1", plan={}, drawn_at=NOW, drawn_by="x")
    for n in range(people):
        person = Person.objects.create(
            **facts,
            upload=upload,
            stratum=stratum,
            name=f"P{n}",
            phone=f"+62899000{1000 + n}",
            email=f"p{n}@contoh.example",
            unit="Dinas",
            started_on=date(2020, 1, 1),
            eligible=True,
        )
        SampleCase.objects.create(
            draw=draw, person=person, stratum=stratum, inclusion_probability=0.5
        )

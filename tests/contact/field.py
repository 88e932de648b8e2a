"""A small wave in the field, for tests of messages, tickets and pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from espi.contact.frame.models import Person, Upload
from espi.contact.invitations.actions import issue_invitations
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.design.models import Agency, Instrument, KeyStratum, Specification, Stratum, Wave
from espi.platform import clock

NOW = datetime(2026, 7, 6, 3, 0, tzinfo=UTC)


def wave_in_field(people=12, code="uji"):
    """Return a wave of one agency with so many people invited."""
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
        expected_response={},
        specification=specification,
        rehearsal=True,
        election_key={"kty": "EC"},
    )
    instrument, _ = Instrument.objects.get_or_create(
        digest="d" * 64,
        defaults={"code": "internal", "group": "internal", "version": "1", "content": {}},
    )
    wave.instruments.add(instrument)
    agency, _ = Agency.objects.get_or_create(
        code="kab-x", defaults={"name": "Kab X", "type": "regency"}
    )
    key = KeyStratum.objects.create(
        wave=wave, code=f"{code}.internal", group="internal", label={"id": "x"}, public_key="AA=="
    )
    stratum = Stratum.objects.create(
        wave=wave,
        agency=agency,
        group="internal",
        code=f"{code}.1",
        label={"id": "x"},
        key_stratum=key,
    )
    upload = Upload.objects.create(
        wave=wave,
        agency=agency,
        group="internal",
        file_name="x",
        digest="x",
        rows=people,
        accepted=people,
        rejected=0,
        ineligible=0,
        duplicates=0,
        uploaded_by="x",
        uploaded_at=NOW,
    )
    draw = SampleDraw.objects.create(wave=wave, seed="1", plan={}, drawn_at=NOW, drawn_by="x")
    for n in range(people):
        person = Person.objects.create(
            upload=upload,
            wave=wave,
            agency=agency,
            group="internal",
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
    issue_invitations(wave=wave, actor="test")
    wave.phase = "field"
    wave.save()
    return wave

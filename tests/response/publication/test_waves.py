"""Every public page of a wave stands under its code; older results stay readable."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from espi.design.models import Wave
from espi.response.estimation.models import EstimationRun
from espi.response.publication import commands
from espi.response.publication.actions import approve_release, propose_release
from espi.response.publication.models import Release

from .conftest import agency_result

OLD = ("/hasil", "/instansi/kab-a", "/instansi/kab-a/laporan.pdf")
PUBLIC = ("/hasil", "/instansi/kab-a", "/metode", "/data/indeks.csv", "/data/indeks.json")


@pytest.fixture
def later(wave):
    """Return the wave of the next year, in the field."""
    return Wave.objects.create(
        code="w27", title={"id": "Gelombang 2027", "en": "Wave 2027"}, year=2027, phase="field",
        opens_on=date(2027, 7, 1), closes_on=date(2027, 10, 1), margin_of_error=0.05,
        expected_response={}, specification=wave.specification, rehearsal=True,
    )  # fmt: skip


def release_later(later, first, second):
    run = EstimationRun.objects.get()
    # Of one agency alone: the mean of a kind of service would be that of its own areas.
    agency = agency_result("kab-a", "A") | {"service_areas": {}}
    run.pk, run.wave, run.results = None, later, {"agencies": [agency]}
    run.save()
    later.phase = "estimated"
    later.save()
    propose_release(wave=later, actor=first)
    approve_release(wave=later, actor=second, today=date(2027, 11, 23))


def test_a_wave_in_the_field_hides_no_results(client, released, later):
    """The newest released wave is shown, and the one in the field has no results yet."""
    assert client.get("/").headers["Location"] == "/w26/hasil"
    assert [client.get(f"/w26{page}").status_code for page in PUBLIC] == [200] * len(PUBLIC)
    assert [client.get(f"/w27{page}").status_code for page in PUBLIC] == [404] * len(PUBLIC)
    assert "Results are not out yet" in client.get("/w27/hasil", {"lang": "en"}).content.decode()
    assert client.get("/w99/hasil").status_code == 404


@pytest.mark.parametrize("path", OLD)
def test_an_old_address_leads_to_the_newest_results(client, released, later, path):
    """With its language; links on paper and in reports go on working."""
    answer = client.get(path, {"lang": "en"})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/w26{path}?lang=en"


def test_programs_get_the_newest_release_where_they_always_got_it(client, released, later):
    """No redirect stands between them and the file."""
    assert client.get("/data/indeks.json").content == client.get("/w26/data/indeks.json").content
    assert client.get("/data/indeks.csv").content == client.get("/w26/data/indeks.csv").content


def test_released_waves_link_to_each_other(client, released, later, first, second):
    """The older one stays as it was; each page of results names the other wave."""
    before = client.get("/w26/data/indeks.json").content
    release_later(later, first, second)

    assert client.get("/").headers["Location"] == "/w27/hasil"
    assert client.get("/metode").headers["Location"] == "/w27/metode"
    assert client.get("/instansi/kab-a").headers["Location"] == "/w27/instansi/kab-a"
    assert 'href="/w26/hasil"' in client.get("/w27/hasil").content.decode()
    assert 'href="/w27/hasil"' in client.get("/w26/instansi/kab-a").content.decode()
    assert 'href="/w26/instansi/kab-a"' in client.get("/w26/hasil").content.decode()
    assert client.get("/w26/data/indeks.json").content == before


def test_an_older_wave_is_released_while_the_next_one_is_in_the_field(
    client, run, later, first, second
):
    """The page and the commands work on the wave that they name."""
    client.force_login(first)
    client.post("/w26/rilis", {"step": "propose"})
    named = CliRunner().invoke(commands.approve, ["--by", "second", "--wave", "w26"])

    assert named.exit_code == 0, named.output
    assert Release.objects.get(state="released").wave.code == "w26"
    assert "Public since" in client.get("/w26/rilis", {"lang": "en"}).content.decode()
    assert "Propose the release" in client.get("/w27/rilis", {"lang": "en"}).content.decode()


def test_bundle_and_report_are_of_the_wave_that_is_named(released, later, tmp_path):
    """A wave without a release is refused; the older one is written."""
    bundle, report = str(tmp_path / "bundle.json"), str(tmp_path / "report.pdf")
    assert CliRunner().invoke(commands.write_bundle, [bundle]).exit_code == 1
    assert CliRunner().invoke(commands.write_bundle, [bundle, "--wave", "w26"]).exit_code == 0
    assert CliRunner().invoke(commands.report, ["kab-a", report, "--wave", "w26"]).exit_code == 0

    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")

"""This year's wave is worked on to its end, though next year's design has been loaded."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.design.errors import NoSuchWave, SeveralWaves
from espi.response.ballotbox import actions, commands
from espi.response.log import commands as log
from espi.response.log.queries import log_of
from espi.response.opening.ceremony import open_box
from tests.response import box
from tests.response.box import DAY, ballot, closing, make_wave, noise, sheet

NEXT = "uji-2027"


@pytest.fixture
def wave(db):
    wave = make_wave()
    make_wave(NEXT, agencies=(), phase="design", year=2027)
    return wave


def run(command, *words):
    answer = CliRunner().invoke(command, [str(word) for word in words])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


@pytest.mark.django_db(transaction=True)  # tables are rewritten after the commit, as at a real box
def test_every_step_names_its_wave(wave, tmp_path):
    """Release, closing, sealing, export, opening, record: of the wave that the command names."""
    for _ in range(11):
        actions.accept_ballot(ballot=ballot(sheet()))
    assert "11 ballots" in run(commands.release, "--wave", "uji").output
    run(commands.close, "--wave", "uji", "--yes", "--early", "--announce", "0")
    wave.refresh_from_db()
    statement = closing(wave)
    (tmp_path / "closing.note").write_text(statement["note"], "utf-8")
    (tmp_path / "used.bin").write_bytes(statement["used"])
    run(commands.seal, "--wave", "uji", tmp_path)
    run(commands.export, "--wave", "uji", tmp_path / "box")
    result = open_box(folder=tmp_path / "box", present=box.present(), target=tmp_path / "out")
    run(commands.take_opening, "--wave", "uji", tmp_path / "out")
    run(log.opening, "--wave", "uji", tmp_path / "out" / "opening.json")
    run(log.publish_record, "--wave", "uji")

    counts = json.loads(run(commands.counts, "--wave", "uji", "--json").output)
    assert counts == {"waiting": 0, "ballots": 11, "opened": 11, "spoiled": 0}
    assert result.statement.round_code == "uji"
    assert log_of(wave).closed
    assert "record/uji+" in run(log.key, "--wave", "uji").output
    assert "record/uji-2028+" in run(log.key, "--wave", "uji-2028").output, "not loaded yet"


@pytest.mark.parametrize("command", [commands.counts, log.publish_record])
def test_no_wave_is_guessed(wave, command):
    """Two that could be meant are named; one that is not there is named, too."""
    with pytest.raises(SeveralWaves, match=NEXT):
        run(command)
    with pytest.raises(NoSuchWave):
        run(command, "--wave", "uji-2019")


def test_the_job_of_the_night_releases_every_wave_in_the_field(wave):
    """It needs no code, and does not stop because next year's wave is there, too."""
    for _ in range(11):
        actions.accept_ballot(ballot=ballot(sheet()))

    assert "uji: 11 ballots" in run(commands.release).output
    with pytest.raises(NoSuchWave):
        run(commands.release, "--wave", "uji-2019")


def test_counts_of_another_waves_opening_are_not_logged(wave, tmp_path):
    """They would stand in this wave's log for ever."""
    for _ in range(11):
        actions.accept_ballot(ballot=ballot(sheet()))
    box.sealed_and_exported(wave, tmp_path)
    open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")
    path = tmp_path / "out" / "opening.json"
    path.write_text(path.read_text().replace('"round": "uji"', f'"round": "{NEXT}"'))

    with pytest.raises(log.StatementFaulty, match=NEXT):
        run(log.opening, "--wave", "uji", path)


def test_each_wave_has_its_page(wave, client, settings):
    """The older one is looked at and released; without a wave in the address people choose."""
    settings.ROOT_URLCONF = "espi.site.urls.public"
    client.force_login(Staff.objects.create(username="otoritas", role="authority"))
    for _ in range(10):
        actions.accept_ballot(ballot=noise())
    choice = client.get("/kotak")
    assert choice.status_code == 300
    assert {"/uji/kotak", f"/{NEXT}/kotak"} <= set(choice.content.decode().split('"'))
    page = client.get("/uji/kotak?lang=en").content.decode()
    assert "/uji/kotak/rilis" in page
    assert f'href="/{NEXT}/kotak"' in page
    assert "/rilis" not in client.get(f"/{NEXT}/kotak").content.decode().split("<main")[1]

    answer = client.post("/uji/kotak/rilis", {"confirmed": "yes"})
    assert answer["Location"] == "/uji/kotak"
    assert wave.key_strata.get(code="kab-x.internal").batch_set.get().size == 10
    assert client.get("/tidak-ada/kotak").status_code == 404


def test_a_closed_wave_says_how_it_is_opened(wave, client, settings):
    """With the commands of this wave."""
    settings.ROOT_URLCONF = "espi.site.urls.public"
    client.force_login(Staff.objects.create(username="otoritas", role="authority"))
    actions.close_box(wave=wave, today=DAY, actor="test")
    page = client.get("/uji/kotak").content.decode()

    assert "espi box seal --wave uji CLOSING" in page
    assert "espi opening take --wave uji OUT" in page

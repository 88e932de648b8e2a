"""Which wave is meant: by command, by address, and where none is named."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner
from django.urls import reverse
from django.utils import translation

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.design import commands
from espi.design.errors import NoSuchWave, NoWave, SeveralWaves
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.design.queries import default_wave, every_wave, open_waves, wave_named
from tests.design.waves import NEWER, OLDER, load_newer, load_older

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Commands speak English; pages set their own language."""
    with translation.override("en"):
        yield


@pytest.fixture
def older():
    return load_older()


@pytest.fixture
def both(older, tmp_path):
    return older, load_newer(tmp_path / "newer")


@pytest.fixture
def authority(client):
    client.force_login(add_staff(username="o", password="a long password", role=Role.AUTHORITY))
    return client


def close(wave):
    Wave.objects.filter(pk=wave.pk).update(phase="closed")


@click.command()
@wave_option
def name_wave(wave):
    """Print which wave is meant."""
    click.echo(wave.code)


def meant(*words):
    return CliRunner().invoke(name_wave, words, catch_exceptions=False).output.strip()


def test_no_wave_is_a_refusal():
    """An empty bank says how to load a wave."""
    with pytest.raises(NoWave, match="design load"):
        default_wave()


def test_the_only_wave_is_meant_even_when_it_is_closed(older):
    """With one wave there is nothing to choose."""
    assert meant() == OLDER
    close(older)

    assert meant() == OLDER


def test_the_only_open_wave_is_meant(both):
    """A wave that is closed here is worked on by name only."""
    older, newer = both
    close(older)

    assert (open_waves(every_wave()), meant()) == ([newer], NEWER)
    assert meant("--wave", OLDER) == OLDER


def test_the_response_bank_works_until_the_release(both, settings):
    """There a closed wave is still to be opened, estimated and released."""
    older, newer = both
    close(older)
    settings.TAKES_LISTS = False

    assert open_waves(every_wave()) == [newer, older]
    Wave.objects.filter(pk=older.pk).update(phase="released")
    assert default_wave() == newer


def test_two_open_waves_are_an_error_that_names_them(both):
    """Newest first; nothing is guessed, whatever the years say."""
    with pytest.raises(SeveralWaves, match=rf"\({NEWER}, {OLDER}\).*--wave CODE"):
        meant()
    assert meant("--wave", OLDER) == OLDER


def test_an_unknown_code_is_an_error_that_names_the_known(both):
    """The operator sees what could have been meant."""
    with pytest.raises(NoSuchWave, match=f"no wave 2025. It has: {NEWER}, {OLDER}"):
        meant("--wave", "2025")


def test_an_unknown_code_in_an_empty_bank():
    """A dash instead of nothing."""
    with pytest.raises(NoSuchWave, match="It has: –"):
        wave_named("x")


def test_a_command_moves_the_wave_that_it_names(both):
    """The older one, while the newer one stays in its design."""
    done = CliRunner().invoke(commands.phase, ["frames", "--wave", OLDER], catch_exceptions=False)

    assert done.output == f"{OLDER} is now: frames.\n"
    assert {wave.code: wave.phase for wave in every_wave()} == {OLDER: "frames", NEWER: "design"}


def test_an_old_address_leads_to_the_default_wave_and_keeps_its_query(authority, both):
    """Bookmarks, and links that were printed."""
    close(both[0])
    answer = authority.get("/kerangka?lang=en&page=2")

    assert (answer.status_code, answer.url) == (302, f"/{NEWER}/kerangka?lang=en&page=2")


def test_between_open_waves_people_choose(authority, both):
    """A page with one link for each wave, the query kept; the sentence is in both languages."""
    answer = authority.get("/kerangka?page=2&lang=en")
    page = answer.content.decode()

    assert answer.status_code == 300
    for code in (OLDER, NEWER):
        assert f'<a href="/{code}/kerangka?page=2&amp;lang=en">' in page
    assert "Which wave?" in page
    assert "Gelombang yang mana?" in authority.get("/kerangka?lang=id").content.decode()


@pytest.mark.parametrize("path", ["/tidak-ada", "/tidak-ada/kerangka", "/kerangka/x/y/z"])
def test_an_address_that_no_wave_has_is_not_found(authority, both, path):
    """Whatever is no page of a wave does not lead to a choice between waves."""
    assert authority.get(path).status_code == 404


def test_without_a_wave_staff_read_why_there_is_no_page(authority):
    """The links of the navigation lead somewhere in an empty bank, too."""
    answer = authority.get("/kerangka?lang=en")

    assert answer.status_code == 409
    assert "No wave has been loaded yet" in answer.content.decode()
    assert authority.get("/cabut").status_code == 404


def test_only_reading_is_redirected(authority, older):
    """A form that was sent to an old address is not done in a wave that nobody has named."""
    assert authority.post("/penarikan/komitmen", {"confirmed": "yes"}).status_code == 405


def test_a_visitor_without_an_account_does_not_learn_which_waves_there_are(client, both):
    """Pages of the staff ask for a sign-in first; open pages of an unknown wave say nothing."""
    known, unknown = f"/{OLDER}/kerangka", "/tidak-ada/kerangka"
    for path in (known, unknown, "/kerangka"):
        assert client.get(path).url == f"/masuk?next={path}"
    answer = client.get("/tidak-ada/cabut")
    page = answer.content.decode()

    assert answer.status_code == 404
    assert OLDER not in page
    assert NEWER not in page
    assert both[0].name not in page


def test_an_open_page_offers_the_choice_to_everybody(client, both):
    """What is public of a wave needs no account."""
    answer = client.get("/cabut")

    assert answer.status_code == 300
    assert f'href="/{OLDER}/cabut"' in answer.content.decode()


def test_the_head_of_a_page_links_to_the_other_waves(authority, both):
    """To the same page, and the wave of the page is marked; navigation stays in the wave."""
    page = authority.get(f"/{OLDER}/penarikan?lang=id").content.decode()

    assert f'<a href="/{OLDER}/penarikan" aria-current="true">' in page
    assert f'<a href="/{NEWER}/penarikan">' in page
    assert f'<a href="/{OLDER}/kerangka">' in page


def test_a_page_about_one_agency_links_to_the_page_above_it_in_other_waves(authority, both):
    """The agency or upload need not be in the other wave."""
    page = authority.get(f"/{OLDER}/kerangka/kab-contoh-jaya/internal").content.decode()

    assert f'<a href="/{NEWER}/kerangka">' in page
    assert f"/{NEWER}/kerangka/kab" not in page


def test_one_wave_has_no_links_to_others(authority, older):
    """There is nothing to choose."""
    page = authority.get(f"/{OLDER}/penarikan?lang=en").content.decode()

    assert 'aria-label="Waves"' not in page


def test_the_page_of_designs_shows_every_wave(authority, both):
    """It has no wave in its address."""
    page = authority.get(reverse("design:waves")).content.decode()

    assert all(page.count(f'action="/rancangan/{code}"') == 1 for code in (OLDER, NEWER))

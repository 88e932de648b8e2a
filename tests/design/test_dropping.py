"""One agency never stops the others: two people drop it, and everybody may know why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.design import dropping_commands as commands
from espi.design.actions import advance_phase, load_design
from espi.design.dropped_file import export_dropped, take_dropped
from espi.design.dropping import REASONS, ask_to_drop, confirm_drop, requests_to_drop, restore
from espi.design.errors import (
    AgencyDropped,
    AgencyNotInWave,
    DesignFileFaulty,
    DropNotAsked,
    LastAgency,
    NotOfTheAuthority,
    ReasonIncomplete,
    SecondPersonNeeded,
    WaveNotDropping,
)
from espi.design.models import Wave
from espi.design.queries import dropped_agencies
from espi.platform import clock
from espi.platform.models import AuditLine
from tests.design.waves import DESIGN

pytestmark = pytest.mark.django_db
TODAY = clock.today()
AGENCY = "kab-contoh-jaya"


@pytest.fixture
def wave():
    wave = load_design(directory=DESIGN, actor="test")
    return advance_phase(wave=wave, to="frames", actor="test")


@pytest.fixture
def people():
    return [
        add_staff(username=name, password="a long password", role=Role.AUTHORITY)
        for name in ("ani", "budi")
    ]


def run(command, *words):
    return CliRunner().invoke(command, words, catch_exceptions=False).output


def ask(wave, actor, agency=AGENCY, reason="missing", today=TODAY):
    return ask_to_drop(
        wave=wave, agency_code=agency, reason=REASONS[reason], actor=actor, today=today
    )


def drop(wave, people, agency=AGENCY):
    ask(wave, people[0], agency)
    return confirm_drop(wave=wave, agency_code=agency, actor=people[1], today=TODAY)


def test_a_wave_goes_on_without_an_agency_that_two_people_dropped(wave, people):
    ask(wave, people[0])
    assert dropped_agencies(wave) == ()
    assert [request.agency.code for request in requests_to_drop(wave, TODAY)] == [AGENCY]

    confirm_drop(wave=wave, agency_code=AGENCY, actor=people[1], today=TODAY)

    [dropped] = dropped_agencies(wave)
    assert (dropped.agency.code, dropped.reason, dropped.withheld) == (
        AGENCY, REASONS["missing"], False,
    )  # fmt: skip
    line = AuditLine.objects.order_by("-id").first()
    assert (line.action, line.actor, line.facts["asked_by"]) == ("design.drop", "budi", "ani")


def test_an_agency_is_withheld_once_the_lists_are_closed(wave, people):
    advance_phase(wave=wave, to="committed", actor="test")

    assert drop(wave, people).withheld


def test_nobody_drops_an_agency_alone(wave, people):
    ask(wave, people[0])

    with pytest.raises(SecondPersonNeeded, match="ani"):
        confirm_drop(wave=wave, agency_code=AGENCY, actor=people[0], today=TODAY)


def test_a_request_counts_for_three_days(wave, people):
    ask(wave, people[0], today=TODAY - timedelta(days=4))

    with pytest.raises(DropNotAsked):
        confirm_drop(wave=wave, agency_code=AGENCY, actor=people[1], today=TODAY)


def test_one_agency_stays(wave, people):
    wave.strata.exclude(agency__code__in=[AGENCY, "kota-contoh"]).delete()
    drop(wave, people)

    with pytest.raises(LastAgency):
        drop(wave, people, "kota-contoh")


def test_what_was_dropped_can_be_taken_in_again_while_lists_are_taken(wave, people):
    drop(wave, people)
    with pytest.raises(AgencyDropped):
        ask(wave, people[1])
    restore(wave=wave, agency_code=AGENCY, actor=people[1])
    assert dropped_agencies(wave) == ()

    drop(wave, people)
    wave = advance_phase(wave=wave, to="committed", actor="test")
    with pytest.raises(WaveNotDropping):
        restore(wave=wave, agency_code=AGENCY, actor=people[1])


def test_the_reason_is_for_readers_of_both_languages(wave, people):
    for reason in ({"id": "gempa bumi"}, {"id": "gempa", "en": " "}, {"id": "g" * 201, "en": "e"}):
        with pytest.raises(ReasonIncomplete):
            ask_to_drop(wave=wave, agency_code=AGENCY, reason=reason, actor=people[0], today=TODAY)


@pytest.mark.parametrize("phase", ["design", "released"])
def test_a_design_and_a_release_are_changed_in_other_ways(wave, people, phase):
    Wave.objects.filter(pk=wave.pk).update(phase=phase)

    with pytest.raises(WaveNotDropping):
        ask(wave, people[0])


def test_only_an_agency_of_the_wave_is_dropped(wave, people):
    with pytest.raises(AgencyNotInWave, match="kab-lain"):
        ask(wave, people[0], agency="kab-lain")


def test_the_response_bank_hears_which_agencies_are_missing_and_why(wave, people, tmp_path):
    """Repeated it changes nothing; a newer file replaces an older one."""
    drop(wave, people)
    drop(wave, people, "kota-contoh")
    newer, older = tmp_path / "2.json", tmp_path / "1.json"
    assert export_dropped(wave=wave, path=older) == 2
    restore(wave=wave, agency_code="kota-contoh", actor=people[0])
    export_dropped(wave=wave, path=newer)
    decided = dropped_agencies(wave)
    wave.dropped_agencies.all().delete()

    for path, count in ((older, 2), (older, 2), (newer, 1)):
        assert take_dropped(path=path, actor="test", today=TODAY) == count
        assert len(dropped_agencies(wave)) == count
    assert dropped_agencies(wave) == decided


def test_what_was_withheld_here_stays_withheld(wave, people, tmp_path):
    """The file of the other bank does not name it."""
    path = tmp_path / "dropped.json"
    export_dropped(wave=wave, path=path)
    drop(wave, people)

    take_dropped(path=path, actor="test", today=TODAY)

    assert [dropped.agency.code for dropped in dropped_agencies(wave)] == [AGENCY]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('"espi/v1/dropped-agencies"', '"espi/v1/draw"'), "it is not a file of"),
        (('"latihan-2026"', '"latihan-1999"'), "has no wave 'latihan-1999'"),
        (('"reason"', '"why"'), "reason"),
        (("{", "["), "dropped.json"),
    ],
)
def test_a_faulty_file_changes_nothing(wave, people, tmp_path, change, reason):
    path = tmp_path / "dropped.json"
    drop(wave, people)
    export_dropped(wave=wave, path=path)
    path.write_text(path.read_text("utf-8").replace(*change), "utf-8")

    with pytest.raises(DesignFileFaulty, match=reason):
        take_dropped(path=path, actor="test", today=TODAY)


def test_two_people_drop_an_agency_from_the_command_line(wave, people):
    """With a reason of their own; whoever is not of the authority is refused."""
    own = ["--reason", "other", "--id", "gempa bumi", "--en", "an earthquake"]
    run(commands.drop, AGENCY, *own, "--by", "ani")
    assert "nobody of it is drawn. Reason: an earthquake." in run(
        commands.confirm, AGENCY, "--by", "budi"
    )
    assert dropped_agencies(wave)[0].reason == {"id": "gempa bumi", "en": "an earthquake"}
    run(commands.restore, AGENCY, "--by", "ani")

    assert dropped_agencies(wave) == ()
    with pytest.raises(NotOfTheAuthority, match="citra"):
        run(commands.drop, AGENCY, "--reason", "missing", "--by", "citra")

"""Pages and commands of estimation: for the authority alone."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from espi.accounts.models import Role
from espi.design.models import Wave
from espi.platform.models import AuditLine
from espi.response.estimation import actions, commands
from espi.response.estimation.models import Correction, EstimationRun
from tests.response.box import DAY, make_wave
from tests.response.estimation.conftest import staff

FACT = {
    "agency": "kab-x", "name": "facts", "value": "40", "occurred_on": "2026-05-04",
    "source": "Putusan 7/2026", "evidence": "Berkas 12",
}  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_run_page_runs_and_shows(wave, client, first, language):
    """Before a run it says so; after it there are the table, the reasons and every digest."""
    client.force_login(first)
    assert client.get(f"/uji/estimasi?lang={language}").status_code == 200
    assert client.post("/uji/estimasi", {"seed": "7"}).status_code == 302
    page = client.get(f"/uji/estimasi?lang={language}").content.decode()
    made = EstimationRun.objects.get()

    assert "KAB-X" in page
    assert "Too few answers for a score" in page or "Jawaban terlalu sedikit" in page
    names = ("extract", "tallies", "results", "corrections", "specification")
    for part in (made.method_version, *(getattr(made, f"{name}_digest") for name in names)):
        assert part in page


def test_a_refused_run_says_why(wave, client, first):
    """The page stays, with the reason."""
    wave.opening.delete()
    client.force_login(first)
    answer = client.post("/uji/estimasi?lang=en", {"seed": "7"})

    assert answer.status_code == 422
    assert "have not been opened yet" in answer.content.decode()


def test_two_people_on_the_correction_page(wave, client, first, second):
    """One enters, may not decide, the other approves; what is typed is shown as text."""
    client.force_login(first)
    client.post("/uji/koreksi", FACT | {"evidence": "<script>alert(1)</script>"})
    made = Correction.objects.get()
    assert "<script>alert" not in client.get("/uji/koreksi").content.decode()
    client.post(f"/uji/koreksi/{made.pk}", {"decision": "approve", "confirmed": "yes"})
    made.refresh_from_db()
    assert made.state == "proposed"

    client.force_login(second)
    client.post(f"/uji/koreksi/{made.pk}", {"decision": "approve", "confirmed": "yes"})
    made.refresh_from_db()
    assert (made.state, made.author, made.approver) == ("approved", "first", "second")


@pytest.mark.parametrize(
    "change", [{"value": "101"}, {"value": "nan"}, {"value": ""}, {"agency": "kab-z"},
               {"name": "taste"}, {"occurred_on": "kemarin"}, {"source": ""}, {"evidence": ""}]
)  # fmt: skip
def test_a_faulty_correction_is_shown_again(wave, client, first, change):
    """With its error, and nothing is entered."""
    client.force_login(first)

    assert client.post("/uji/koreksi", FACT | change).status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.LIAISON])
def test_others_see_nothing(wave, client, role):
    """Neither contractor nor liaison; whoever is not signed in is asked to."""
    assert client.get("/uji/estimasi").status_code == 302
    client.force_login(staff("other", role))

    assert client.get("/uji/estimasi").status_code == 403
    assert client.get("/uji/koreksi").status_code == 403
    assert client.post("/uji/koreksi/1", {"decision": "approve"}).status_code == 403


def test_an_auditor_looks_and_does_nothing(wave, client):
    """The results are shown; a posted form runs nothing."""
    client.force_login(staff("auditor", Role.AUDITOR))

    assert client.get("/uji/estimasi").status_code == 200
    client.post("/uji/estimasi", {"seed": "7"})
    assert not EstimationRun.objects.exists()
    assert client.get("/uji/koreksi").status_code == 403


def outcome(command, *words):
    answer = CliRunner().invoke(command, list(words), catch_exceptions=True)
    return answer.exit_code, answer.output + str(answer.exception or "")


def test_commands_correct_run_and_explain(wave, first, second):
    """The same by command: entered, approved by another, run, and every number explained."""
    add = ["kab-x", "facts", "40", "--on", "2026-05-04", "--source", "s", "--evidence", "e"]
    assert outcome(commands.add, *add, "--author", "first")[0] == 0
    number = str(Correction.objects.get().pk)
    assert outcome(commands.approve, number, "--approver", "first")[0] == 1
    assert outcome(commands.approve, number, "--approver", "nobody")[0] == 1
    assert outcome(commands.approve, number, "--approver", "second")[0] == 0
    assert outcome(commands.run, "--seed", "9")[0] == 0
    code, tree = outcome(commands.explain, "kab-x")

    made = EstimationRun.objects.get()
    row = made.results["agencies"][0]
    assert code == 0
    for part in ("0.3046", "0.3279", "0.3675", f"{row['index']:.4f}", f"{row['se']:.4f}", "facts"):
        assert part in tree
    assert outcome(commands.explain, "kab-q")[0] == 1


def test_explaining_a_withheld_index_gives_its_reason(wave):
    """No number is shown where there is none."""
    actions.run_estimation(wave=wave, seed="1", run_by="ani", today=DAY)
    code, tree = outcome(commands.explain, "kab-y")

    assert code == 0
    assert "too few answers: expert" in tree


def test_whoever_looks_at_unreleased_results_is_in_the_audit_log(wave, client, first):
    """The page and both commands; a page without results leaves no line."""
    client.force_login(first)
    client.get("/uji/estimasi")
    assert not AuditLine.objects.filter(action="estimation.look").exists()
    run = actions.run_estimation(wave=wave, seed="7", run_by="command", today=DAY)
    client.get("/uji/estimasi")
    CliRunner().invoke(commands.show)
    CliRunner().invoke(commands.explain, ["kab-x"])

    found = AuditLine.objects.filter(action="estimation.look").order_by("id")
    assert list(found.values_list("actor", "facts")) == [
        (first.username, {"run": run.number}),
        ("command", {"run": run.number}),
        ("command", {"run": run.number, "agency": "kab-x"}),
    ]


@pytest.mark.parametrize(("phase", "sentence"), [
    ("estimated", "Not released"), ("released", "The results of this wave are released."),
])  # fmt: skip
def test_the_run_page_says_whether_the_wave_is_released(wave, client, first, phase, sentence):
    """Before the release and after it; what the page shows stays with the authority either way."""
    actions.run_estimation(wave=wave, seed="1", run_by="ani", today=DAY)
    Wave.objects.filter(pk=wave.pk).update(phase=phase)
    client.force_login(first)
    page = client.get("/uji/estimasi?lang=en").content.decode()

    assert sentence in page
    assert ("Not released" in page) == (phase == "estimated")


def test_a_future_fact_and_a_released_wave_are_refused_on_the_page(wave, client, first):
    """With the reason; nothing is entered."""
    client.force_login(first)
    late = client.post("/uji/koreksi?lang=en", FACT | {"occurred_on": "2999-01-01"})
    Wave.objects.filter(pk=wave.pk).update(phase="released")
    released = client.post("/uji/koreksi?lang=en", FACT)

    assert (late.status_code, released.status_code) == (422, 422)
    assert "lies in the future" in late.content.decode()
    assert "are released, so no correction can count" in released.content.decode()
    assert not Correction.objects.exists()


def test_an_older_wave_is_estimated_while_the_next_one_is_in_the_field(wave, client, first, second):
    """Pages and commands work on the wave that they name, whatever was loaded later."""
    make_wave("uji-2027", agencies=("kab-x",), year=2027)
    client.force_login(first)
    assert client.post("/uji/estimasi", {"seed": "7"}).headers["Location"] == "/uji/estimasi"
    client.post("/uji/koreksi", FACT)
    assert (
        outcome(commands.approve, str(Correction.objects.get().pk), "--approver", "second")[0] == 0
    )
    assert outcome(commands.run, "--seed", "8", "--wave", "uji")[0] == 0
    code, text = outcome(commands.run, "--seed", "9")

    assert code == 1
    assert "uji-2027" in text  # two waves are open: the command asks which one is meant
    assert [run.wave.code for run in EstimationRun.objects.all()] == ["uji", "uji"]
    assert "KAB-X" in outcome(commands.show, "--wave", "uji")[1]
    assert "There is no run yet" in client.get("/uji-2027/estimasi?lang=en").content.decode()


def test_a_correction_is_decided_on_in_its_own_wave(wave, client, first, second):
    """The address of another wave does not reach it."""
    make_wave("uji-2027", agencies=("kab-x",), year=2027)
    client.force_login(first)
    client.post("/uji/koreksi", FACT)
    number = Correction.objects.get().pk
    client.force_login(second)
    sent = {"decision": "approve", "confirmed": "yes"}

    assert client.post(f"/uji-2027/koreksi/{number}", sent).status_code == 404
    assert client.post(f"/uji/koreksi/{number}", sent).headers["Location"] == "/uji/koreksi"


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_run_page_names_what_the_run_has_as_codes(wave, client, first, language):
    """Reason, stratum, band, unit and group stand in words; no code of a program is left."""
    run = actions.run_estimation(wave=wave, seed="1", run_by="ani", today=DAY)
    run.results["agencies"][0]["collapsed"] = [
        {"stratum": "kab-x.internal.1", "into": "kab-x.internal.2", "respondents": "<10"}
    ]
    flagged = dict.fromkeys(("similarity", "collapse", "burst", "crowd", "p", "q"), 0.0)
    run.results["quality"]["coached"] = [
        flagged | {"agency": "kab-x", "group": "external", "unit": "category:licensing",
                   "size": 25, "largest_group": 22}
    ]  # fmt: skip
    run.save()
    for number, word in (("1", "Kantor"), ("2", "Lapangan")):
        wave.strata.filter(code=f"kab-x.internal.{number}").update(label={"id": word})
    client.force_login(first)
    page = client.get("/uji/estimasi", {"lang": language}).content.decode()
    words = {
        "id": ("Jawaban terlalu sedikit untuk sebuah skor, pada: Ahli.", "Perizinan"),
        "en": ("Too few answers for a score, in: Expert.", "Licensing"),
    }[language]  # fmt: skip

    assert [each for each in (*words, "Kantor → Lapangan") if each not in page] == []
    codes = ("too few answers:", "category:licensing", "kab-x.internal", ">external</td>")
    assert [each for each in codes if each in page] == []


def test_a_correction_of_a_command_is_named_in_words(wave, client, first):
    """Nobody is called command."""
    client.force_login(first)
    client.post("/uji/koreksi", FACT)
    Correction.objects.update(author="command")

    assert ">baris perintah</td>" in client.get("/uji/koreksi?lang=id").content.decode()

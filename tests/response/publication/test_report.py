"""The reports say what the pages say, in both languages, as tagged PDF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client, override_settings
from django.utils import translation

from espi.canonical_json import digest_of
from espi.response.publication import numbers
from espi.response.publication.report import (
    LANGUAGES,
    national_file,
    report_file,
    reports_of,
    write_all,
)
from espi.response.publication.shares import percent

from .released import make_release

NUMBER = re.compile(r"\b\d{1,3}[.,]\d\d\b")
PERCENT = re.compile(r"\b\d{1,3} %")
LAW = "PDF/UA-1"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an agency or the nation in one language."""

    pdf: bytes
    pages: list[str]
    html: str

    @property
    def text(self):
        """The whole report on one line."""
        return " ".join(" ".join(self.pages).split())


def pages_of(path):
    """Return the text of each page of a report."""
    command = ["pdftotext", "-raw", str(path), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


def main_of(html):
    """Return what a reader sees of a page, without markup and hidden addresses."""
    body = html.split("<main", 1)[1].split("</main>", 1)[0]
    body = re.sub(r"<svg.*?</svg>|<script.*?</script>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture(scope="module")
def released_wave(scratch_database):
    """A release in a database of the module, and the storage of its reports."""
    with scratch_database() as folder, override_settings(ROOT_URLCONF="espi.site.urls.public"):
        yield make_release(), folder / "storage"


@pytest.fixture(scope="module")
def shown(released_wave):
    """Every report with the page beside it: each PDF is set once."""
    release, _storage = released_wave
    found = {}
    for language in LANGUAGES:
        html = Client().get("/w26/metode", {"lang": language}).content.decode()
        found["method", language] = Shown(b"", [], html)
        files = {code: report_file(release, code, language) for code in ("kab-a", "kab-c")}
        files["nation"] = national_file(release, language)
        for code, path in files.items():
            place = "/w26/hasil" if code == "nation" else f"/w26/instansi/{code}"
            html = Client().get(place, {"lang": language}).content.decode()
            found[code, language] = Shown(path.read_bytes(), pages_of(path), html)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["kab-a", "kab-c", "nation"])
def test_every_number_of_the_page_is_in_the_report(shown, code, language):
    """A number that only one of them has, or that is rounded otherwise, is a contradiction."""
    both = shown[code, language]
    page = main_of(both.html)
    missing = [each for each in NUMBER.findall(page) if each not in both.text]
    missing += [each for each in PERCENT.findall(page) if each not in both.text]

    assert NUMBER.search(page)
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_report_agree_on_ranks(shown, language):
    """Neither gives one rank, both give the possible ones, in the same sentence."""
    both = shown["kab-a", language]
    sentence = {
        "id": "Peringkat yang mungkin",
        "en": "Possible ranks among all agencies: 1–4. 3 others",
    }[language]

    assert sentence in main_of(both.html)
    assert sentence in both.text
    assert "no ranks are given" not in both.text
    assert "tidak ada peringkat" not in both.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_page_says_it_all(shown, language):
    """Index, band, peers, what is good, what must improve, what is not known; on one page."""
    cover, summary, *_rest = shown["kab-a", language].pages
    summary = " ".join(summary.split())
    words = {
        "id": ("Yang baik", "Yang harus diperbaiki", "Yang tidak diketahui", "Waspada",
               "Kartu tanda penduduk", "Perizinan usaha"),
        "en": ("What is good", "What must improve", "What is not known", "Alert",
               "Identity cards", "Business licences"),
    }[language]  # fmt: skip

    assert "Kabupaten Rekaan A" in cover
    assert [word for word in words if word not in summary] == []


def test_only_a_verdict_calls_an_area_good_or_bad(shown):
    """Of four areas one is good and one must improve; the others are not listed as either."""
    summary = " ".join(shown["kab-a", "en"].pages[1].split())

    assert summary.count("interval") < 10
    assert "Health centre" not in summary
    assert "Local taxes" not in summary


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_silent_area_has_a_reason_and_no_number(shown, language):
    """Hatched cells say in words why nothing is there."""
    reason = {"id": "Kurang dari 10 jawaban", "en": "Fewer than 10 answers"}[language]

    assert reason in shown["kab-a", language].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_report_say_how_good_the_answers_are(shown, language):
    """Who was told what to answer, what is hidden, the flagged unit, the index with and without."""
    both = shown["kab-a", language]
    words = {
        "id": ("24 %", "16 % – 32 %", "84 dari 350", "– dari 350",
               "Kartu tanda penduduk, 31 jawaban", "tanpa mereka"),
        "en": ("24 %", "16 % – 32 %", "84 of 350", "– of 350",
               "Identity cards, 31 answers", "without them"),
    }[language]  # fmt: skip

    for text in (main_of(both.html), both.text):
        section = text.split({"id": "Mutu jawaban", "en": "Quality of the answers"}[language])[-1]
        assert [word for word in words if word not in section] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_report_say_who_answered(shown, language):
    """Age groups with their shares, the small one and the one that it would follow from hidden."""
    both = shown["kab-a", language]
    words = {
        "id": ("Kelompok umur Anda", "37 %", "131 dari 350", "31 %", "108 dari 350"),
        "en": ("Your age group", "37 %", "131 of 350", "31 %", "108 of 350"),
    }[language]

    for text in (main_of(both.html), both.text):
        assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_large_share_is_no_small_print(shown, language):
    """The share of people who saw something is said in a sentence with its interval."""
    first = {
        "id": "pernah melihat atau mengalami: 91 % (83 % – 99 %)",
        "en": "at least once seen or experienced by 91 % (83 % – 99 %)",
    }[language]

    assert first in " ".join(shown["kab-a", language].pages[1].split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scored_question_says_which_end_is_good(shown, language):
    """ "How often … 57.96" says nothing as long as nobody knows whether high is good."""
    anchors = {"id": "0 = sangat sering, 100 = tidak pernah", "en": "0 = very often, 100 = never"}

    assert shown["kab-a", language].text.count(anchors[language]) > 10


def test_indonesian_numbers_have_a_comma(shown):
    """No score stands with a point in an Indonesian report."""
    text = shown["kab-a", "id"].text

    assert re.search(r"\b\d\d,\d\d\b", text)
    assert re.findall(r"(?<![\d.])\d\d\.\d\d(?![\d.])", text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_the_language_of_the_code(shown, language):
    """Codes of groups, strata and specifications are for programs."""
    text = shown["kab-a", language].text
    codes = [
        "kab-a.internal",
        "must-improve",
        "not-different",
        "too few answers:",
        "rehearsal-2026 2",
    ]

    assert [code for code in codes if code in text] == []
    words = {"id": "spesifikasi rehearsal-2026, versi 2",
             "en": "specification rehearsal-2026, version 2"}  # fmt: skip
    assert words[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["kab-a", "kab-c", "nation"])
def test_each_page_can_be_checked_alone(shown, released_wave, code, language):
    """Rehearsal, wave, release, run and version stand on every page: sheets get lost."""
    release, _storage = released_wave
    mark = {"id": "Latihan", "en": "Rehearsal"}[language]
    for page in shown[code, language].pages:
        sheet = page.replace("\n", "").replace(" ", "")
        assert mark in page
        assert release.digest in sheet
        assert "b" * 16 in sheet
        assert "f" * 16 in sheet


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_has_the_length_that_is_read(shown, language):
    """12 to 20 pages for an agency with data as in life."""
    assert 12 <= len(shown["kab-a", language].pages) <= 20


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["kab-a", "nation"])
def test_the_report_is_tagged(shown, code, language):
    """It claims PDF/UA, has a structure, a title and its language; veraPDF agrees, if present."""
    pdf = shown[code, language].pdf

    assert b"pdfuaid:part" in pdf
    assert b"/MarkInfo" in pdf
    assert f"/Lang({language})".encode() in pdf


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("code", ["kab-a", "nation"])
def test_verapdf_finds_no_fault(shown, tmp_path, code):
    """The independent judge of PDF/UA has nothing to say."""
    path = tmp_path / "report.pdf"
    path.write_bytes(shown[code, "en"].pdf)
    command = ["verapdf", "--flavour", "ua1", "--format", "text", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout.startswith("PASS"), done.stdout


def test_the_report_of_the_nation_names_who_has_no_index(shown):
    """A withheld agency and one that was dropped stand there with their reasons."""
    text = shown["nation", "en"].text

    assert "Taken out of the wave by two people: No list" in text
    assert "Kabupaten Rekaan D" in text

    assert "Kabupaten Rekaan C" in text
    assert "Too few answers for a score, in: Expert." in text


def test_a_withheld_agency_gets_a_report_without_an_index(shown):
    """It says why, and shows no worked example of an index that does not exist."""
    text = shown["kab-c", "en"].text

    assert "No index is shown for this agency." in text
    assert "A worked example" not in text


@pytest.fixture(scope="module")
def altered(shown, released_wave):
    """Page, PDF and CSV of an agency after one number of the release was altered: one more PDF."""
    release, _storage = released_wave
    kept, digest = release.results, release.digest
    release.results = json.loads(json.dumps(kept))
    [area, *_rest] = release.results["agencies"][0]["service_areas"]["external"]
    release.results["agencies"][0]["index"] = 12.34
    area["component"]["model"]["score"] = 23.42
    release.digest = digest_of(release.results)
    release.save()
    try:
        return files_of(release)
    finally:
        release.results, release.digest = kept, digest
        release.save()


def files_of(release):
    """Return what each kind of file says of an agency, as text without markup."""
    address = "/w26/data/{}.csv".format
    pages = (Client().get(path, {"lang": "en"}).content.decode()
             for path in ("/w26/hasil", "/w26/instansi/kab-a"))  # fmt: skip
    nation, page = map(main_of, pages)
    return {
        "nation": nation,
        "page": page,
        "pdf": " ".join(pages_of(report_file(release, "kab-a", "en"))),
        "index": Client().get(address("indeks")).content.decode(),
        "areas": Client().get(address("service-areas")).content.decode(),
    }


@pytest.mark.parametrize(
    ("number", "places"),
    [("12.34", ("nation", "page", "pdf", "index")), ("23.4", ("page", "pdf", "areas"))],
)
def test_one_altered_number_alters_page_report_and_table_together(shown, altered, number, places):
    """All read the release: an index, and the score of a service area."""
    assert [place for place in places if number not in altered[place]] == []
    assert number not in shown["kab-a", "en"].text


def test_every_file_names_the_digest_of_its_release(released_wave, altered):
    """Who holds two files can see that they are not of one release."""
    release, _storage = released_wave
    squeezed = {place: "".join(text.split()) for place, text in altered.items()}
    digest = re.search(r"[0-9a-f]{64}", squeezed["index"])[0]

    assert digest != release.digest
    assert [place for place, text in squeezed.items() if digest not in text] == []
    assert [place for place, text in squeezed.items() if release.digest in text] == []


@pytest.mark.django_db
def test_all_reports_are_written_and_a_second_run_takes_up_the_first(
    shown, released_wave, settings
):
    """What is there is not set again; progress counts what is there."""
    release, settings.STORAGE = released_wave
    folder = settings.STORAGE / "reports" / release.digest
    there = reports_of(release)
    kept = times_in(folder)
    steps = list(write_all(release, processes=1))

    assert (there.done, there.total) == (6, 8)
    assert [step.done for step in steps] == [6, 7, 8]
    assert steps[-1].finished
    assert kept.items() <= times_in(folder).items()
    assert list(write_all(release)) == [steps[-1]]


def times_in(folder):
    """Return when each report of a folder was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}


def test_numbers_are_rounded_and_not_cut_off():
    """0.42 + 1.16 is 1.58 on the page; cutting off the float below it would print 1.57."""
    with translation.override("id"):
        assert numbers.score(0.42 + 1.16) == "1,58"
        assert numbers.whole_percent(0.887) == "89 %"
        assert numbers.count(17257) == "17.257"
    assert percent(0.887) == "89 %"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_page_says_what_the_annex_says(shown, language):
    """Weights, turnout, bands, worked example and every question stand on both, with one number."""
    page, report = main_of(shown["method", language].html), shown["nation", language].text
    squeezed = "".join(report.split())
    missing = [each for each in NUMBER.findall(page) if each not in report]
    words = {
        "id": ("Contoh perhitungan", "Bobot komponen", "10.368", "941", "docs/method",
               "Seberapa sering atasan memerintahkan hal yang melanggar aturan?"),
        "en": ("A worked example", "Weights of the components", "10,368", "941", "docs/method",
               "How often do superiors order something that breaks the rules?"),
    }[language]  # fmt: skip

    assert missing == []
    assert [each for each in words if each not in page] == []
    assert "".join(words[-1].split()) in squeezed


def test_the_report_of_the_nation_compares_categories_by_type(shown):
    """Two regencies have an area of licensing each, and both must improve."""
    text = shown["nation", "en"].text

    assert "good / must improve / all service areas" in text
    assert "Licensing 0 / 2 / 2" in text
    assert "Civil registry 2 / 0 / 2" in text

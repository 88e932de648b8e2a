"""A released wave of a regency as in life, a few small agencies and one that is withheld.

It is written as the JSON of a release, with numbers that are told apart at sight, so that a test
sees which of them a page or a report shows.
"""

from __future__ import annotations

from datetime import date

import msgspec

from espi.accounts.models import Role, Staff
from espi.canonical_json import digest_of
from espi.design.models import Agency, Instrument, KeyStratum, Specification, Stratum, Wave
from espi.instrument.shelf import take
from espi.method.index.specification import take as take_specification
from espi.response.publication.models import Release
from espi.tallies.models import Tally

GROUPS = ("internal", "external", "expert")
WEIGHTS = {"internal": 0.3046, "external": 0.3279, "expert": 0.3675}
SERVICES = (
    ("izin", "Perizinan usaha", "Business licences", "licensing"),
    ("ktp", "Kartu tanda penduduk", "Identity cards", "civil-registry"),
    ("puskesmas", "Pelayanan puskesmas", "Health centre", "health"),
    ("pajak", "Pajak daerah", "Local taxes", "taxes"),
    ("bansos", "Bantuan sosial", "Social aid", "social-aid"),
)
VERDICTS = ("must-improve", "good", "not-different", "cannot-be-said")
CORRECTIONS = {"conduct": 0.42, "facts": 1.16}


def score(value, n, margin=2.5, **more):
    """Return an estimate as a release has it."""
    return {
        "score": value, "se": 1.25, "infinite_se": 1.4, "unseen": 0.8, "n": n, "df": n - 1,
        "ci_low": round(value - margin, 2), "ci_high": round(value + margin, 2),
    } | more  # fmt: skip


def share(value, n=60):
    """Return a share of people as a release has it."""
    return score(0.0, n) | {"share": value, "ci_low": value - 0.08, "ci_high": value + 0.08}


def without_score(content):
    """Return the fields of a share: an estimate without a score."""
    return {name: value for name, value in content.items() if name != "score"}


def component(sheet, specification, group, value, n):
    """Return a group's component, with every scored question of its questionnaire."""
    dimensions = [each["code"] for each in specification["dimensions"][group]]
    items = {}
    for number, item in enumerate(each for each in sheet.items if each.dimension):
        items[item.code] = score(40.0 + number * 1.37, n) | {
            "label": dict(item.text), "dimension": item.dimension,
        }  # fmt: skip
        if item.prevalence:
            items[item.code]["share"] = without_score(share(round(0.91 - number * 0.023, 4), n))
    return score(value, n) | {
        "dimensions": {
            code: score(round(value + place - 1, 2), n, part=round(1 / len(dimensions), 6))
            for place, code in enumerate(dimensions)
        },
        "correlation": [[1.0] * len(dimensions)] * len(dimensions),
        "items": items,
        "joining": 0.0,
    }


def area(number, code, name, category, dimensions):
    """Return a service area that speaks."""
    value = 61.11 + 7 * number

    def figure(at, n):
        model = {"score": at, "se": 2.0, "ci_low": at - 4, "ci_high": at + 4,
                 "model": "direct", "own": 0.8}  # fmt: skip
        return {"direct": score(at, n), "model": model}

    bar = {"gap": -4.2 + number, "above": 0.02 + 0.2 * number, "below": 0.98 - 0.2 * number,
           "near": 0.1, "verdict": VERDICTS[number % 4]}  # fmt: skip
    return {
        "code": code, "name": name, "category": category, "n": str(30 + number), "silent": None,
        "component": figure(value, 30 + number),
        "dimensions": {each: figure(value + 1, 28) for each in dimensions[:2]},
        "prevalence": {"peg2": without_score(share(0.33, 30))},
        "judgement": {"own_mean": bar, "category_mean": None, "band": bar,
                      "headline": VERDICTS[number % 4]},
    }  # fmt: skip


def answered(value, label, n, of, share_of=None):
    """Return those who gave one answer; without a share where it may not be shown."""
    shown = None if share_of is None else without_score(share(share_of, of))
    return {"value": value, "label": label, "n": n, "share": shown}


def answer_tables(sheets):
    """Return the tables of users: a quarter were told what to answer, few had company."""
    labels = {item.code: item for item in sheets["external"].items}

    def table(code, parts, topic="survey"):
        item = labels.get(code)
        words = {option.value: dict(option.label) for option in item.options} if item else {}
        return {
            "code": code, "topic": topic, "label": dict(item.text) if item else {}, "n": 350,
            "parts": [answered(value, words.get(value, {}), n, 350, at) for value, n, at in parts],
        }  # fmt: skip

    return {"external": [
        table("told", [("no", "240", 0.69), ("yes", "84", 0.24), ("no-answer", "26", 0.07),
                       ("kept-back", "0", 0.0)]),
        table("alone", [("yes", "", None), ("no", "", None), ("no-answer", "0", 0.0),
                        ("kept-back", "0", 0.0)]),
        table("age", [("a", "131", 0.37), ("b", "", None), ("c", "", None),
                      ("no-answer", "0", 0.0), ("kept-back", "108", 0.31)], "profile"),
        table("straight-lining", [("yes", "45", 0.13), ("no", "305", 0.87)]),
    ]}  # fmt: skip


def areas(specification):
    """Return the service areas of users, the last of them silent."""
    dimensions = [each["code"] for each in specification["dimensions"]["external"]]
    speaking = [
        area(number, code, {"id": name, "en": english}, category, dimensions)
        for number, (code, name, english, category) in enumerate(SERVICES[:-1])
    ]
    code, name, english, category = SERVICES[-1]
    silent = {"code": code, "name": {"id": name, "en": english}, "category": category,
              "n": "<10", "silent": "few"}  # fmt: skip
    return {"external": [*speaking, silent]}


def agency(specification, sheets, code, name, at):
    """Return the released results of an agency with an index."""
    values = {"internal": at, "external": at + 4.44, "expert": at - 7.77}
    n = {"internal": 450, "external": 350, "expert": 18}
    raw = sum(WEIGHTS[group] * value for group, value in values.items())
    index = round(raw - sum(CORRECTIONS.values()), 2)
    return {
        "code": code, "name": name, "type": "regency", "withheld": None,
        "n": {group: str(count) for group, count in n.items()}, "corrections": CORRECTIONS,
        "components": {
            group: component(sheets[group], specification, group, round(values[group], 2), n[group])
            for group in GROUPS
        },
        "index": index, "raw": round(raw, 2), "se": 1.1, "infinite_se": 1.2, "unseen": 0.7,
        "ci_low": round(index - 2.2, 2), "ci_high": round(index + 2.2, 2), "df": 40,
        "band": "waspada", "band_probability": 0.87,
        "rank": {"place": 2, "best": 1, "worst": 4, "alike": 3},
        "change": {"points": 1.23, "se": 1.1, "ci_low": -0.93, "ci_high": 3.39, "p": 0.26,
                   "q": 0.41},
        "joining": 0.0,
        "evidence": [{"name": "facts", "value": 10.0, "occurred_on": "2026-05-04",
                      "source": "Putusan 12/2026", "evidence": "Suap pengadaan"}],
        "service_areas": areas(specification),
        "answer_tables": answer_tables(sheets),
        "flagged": [{"group": "external", "n": "31",
                     "name": {"id": "Kartu tanda penduduk", "en": "Identity cards"}}],
        "without_flagged": {"index": round(index - 3.33, 2), "se": 1.2,
                            "ci_low": round(index - 5.71, 2), "ci_high": round(index - 0.95, 2)},
    }  # fmt: skip


def withheld(code, name):
    """Return an agency without an index."""
    return {
        "code": code, "name": name, "type": "regency", "withheld": "too few answers: expert",
        "n": {"internal": "41", "external": "46", "expert": "<10"}, "corrections": CORRECTIONS,
        "components": {},
    }  # fmt: skip


def content(wave, sheets):
    """Return the JSON of the release."""
    specification = wave.specification.content
    made = [
        agency(specification, sheets, "kab-a", "Kabupaten Rekaan A", 80.8),
        agency(specification, sheets, "kab-b", "Kabupaten Rekaan B", 78.3),
        withheld("kab-c", "Kabupaten Rekaan C"),
    ]
    return {
        "wave": {"code": wave.code, "title": wave.title, "year": wave.year},
        "rehearsal": wave.rehearsal, "minimum_cell": 10,
        "method": {
            "specification": str(wave.specification), "specification_digest": "d" * 64,
            "answers_digest": "e" * 64, "tallies_digest": "a" * 64, "corrections_digest": "c" * 64,
            "method_version": "f" * 64, "results_digest": "b" * 64, "seed": "42",
        },
        "specification": {
            "components": WEIGHTS,
            "bands": specification["bands"],
            "corrections": {each["name"]: each["label"] for each in specification["corrections"]},
            "dimensions": {
                group: {each["code"]: each["label"] for each in dimensions}
                for group, dimensions in specification["dimensions"].items()
            },
            "questions": {"external": {"peg2": {"id": "Perantara?", "en": "Brokers?"}}},
        },
        "national": {"index": 76.54, "se": 0.77, "ci_low": 75.03, "ci_high": 78.05, "agencies": 2},
        "agencies": made,
        "dropped": [{"code": "kab-d", "name": "Kabupaten Rekaan D", "type": "regency",
                     "withheld": False,
                     "reason": {"id": "Daftar tidak diserahkan", "en": "No list"}}],
    }  # fmt: skip


def make_wave():
    """Return a wave with specification, questionnaires, strata and counts of people."""
    read = msgspec.to_builtins(take_specification("rehearsal-2026"))
    specification = Specification.objects.create(
        code="rehearsal-2026", version="2", digest="d" * 64, content=read
    )
    wave = Wave.objects.create(
        code="w26", title={"id": "Gelombang 2026", "en": "Wave 2026"}, year=2026,
        phase=Wave.Phase.RELEASED, opens_on=date(2026, 7, 1), closes_on=date(2026, 10, 1),
        margin_of_error=0.05, expected_response={}, specification=specification, rehearsal=True,
    )  # fmt: skip
    for group in GROUPS:
        sheet = take(f"{group}-2026.1")
        wave.instruments.add(
            Instrument.objects.create(
                code=sheet.code,
                group=group,
                version=sheet.version,
                digest=sheet.digest,
                content=sheet.to_json(),
            )
        )
    for code in ("kab-a", "kab-b", "kab-c"):
        strata(wave, Agency.objects.create(code=code, name=code, type="regency"))
    return wave


def strata(wave, agency):
    """Add a stratum for each group of an agency, with its counts."""
    for group in GROUPS:
        code = f"{agency.code}.{group}"
        key = KeyStratum.objects.create(
            wave=wave, code=code, group=group, label={"id": code, "en": code}
        )
        Stratum.objects.create(
            wave=wave, agency=agency, group=group, code=code, label={"id": code, "en": code},
            key_stratum=key,
        )  # fmt: skip
        for kind, count in (("population", 3456), ("invited", 1200)):
            Tally.objects.create(wave_code=wave.code, stratum_code=code, kind=kind, count=count)


def make_release():
    """Return a public release of a fictional wave."""
    wave = make_wave()
    sheets = {group: take(f"{group}-2026.1") for group in GROUPS}
    first, second = (
        Staff.objects.create_user(name, password="a long password", role=Role.AUTHORITY)
        for name in ("pengusul", "penyetuju")
    )
    results = content(wave, sheets)
    return Release.objects.create(
        wave=wave, state=Release.State.RELEASED, run_digest="b" * 64, results=results,
        digest=digest_of(results), proposed_by=first, approved_by=second,
        released_on=date(2026, 11, 23),
    )  # fmt: skip

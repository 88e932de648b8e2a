from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest
from msgspec import convert

from espi.accounts.models import Role, Staff
from espi.design.models import Agency, KeyStratum, Specification, Stratum, Wave
from espi.method.index.document import AgencyResult
from espi.method.index.national import national
from espi.response.estimation.inputs import corrections_digest
from espi.response.estimation.models import EstimationRun
from espi.response.publication.actions import approve_release, propose_release


def estimate(score, n, **more):
    facts = {"score": score, "se": 1.25, "infinite_se": 1.4, "unseen": 0.8, "n": n,
             "df": n - 1, "ci_low": score - 2.5, "ci_high": score + 2.5}  # fmt: skip
    return facts | more


def component(score, n):
    return estimate(score, n) | {
        "dimensions": {
            "tugas": estimate(score + 1, n, part=0.5), "sdm": estimate(score - 1, n, part=0.5),
        },
        "covariance": [[1.5625, 0.5], [0.5, 1.5625]],
        "items": {
            "tug1": estimate(61.0, n, label={"id": "Pertanyaan", "en": "Question"},
                             dimension="tugas", share=estimate(0.2, n) | {"share": 0.2,
                             "ci_low": 0.1, "ci_high": 0.3}),
            "tug2": estimate(31.23456, 9, label={"id": "Sedikit", "en": "Few"}, dimension="tugas"),
        },
    }  # fmt: skip


def figure(score, n, model="area-level"):
    """Return a score of a service area: its own answers, and what all areas together make of it."""
    return {
        "direct": estimate(score - 2, n),
        "model": {"score": score, "se": 1.1, "ci_low": score - 2.2, "ci_high": score + 2.2,
                  "model": model, "own": 0.6},
    }  # fmt: skip


def bar(gap, verdict):
    above = 0.99 if gap > 3 else 0.01 if gap < -3 else 0.5
    return {"gap": gap, "above": above, "below": 1 - above, "near": 0.3, "verdict": verdict}


def area_result(code, category, n, score=70.0, verdict="not-different"):
    """Return a service area; one of fewer than ten is silent."""
    area = {"code": code, "name": {"id": f"Layanan {code}", "en": f"Service {code}"},
            "category": category, "n": n, "silent": None if n >= 10 and code else "few",
            "counts": {"tugas": n, "sdm": n, "tug1": n}}  # fmt: skip
    if area["silent"]:
        return area
    share = estimate(0.2, n) | {"share": 0.2, "ci_low": 0.1, "ci_high": 0.3}
    del share["score"]
    gap = {"good": 9.0, "must-improve": -9.0}.get(verdict, 0.0)
    return area | {
        "component": figure(score, n),
        "dimensions": {"tugas": figure(score + 1, n), "sdm": figure(score - 1, n)},
        "prevalence": {"tug1": share},
        "judgement": {"own_mean": bar(gap, verdict), "category_mean": None,
                      "band": bar(gap, verdict), "headline": verdict},
    }  # fmt: skip


def areas():
    """Return the areas of an agency: 40 employees, of whom five named no unit; 41 users."""
    return {
        "internal": [area_result("", "", 5), area_result("dinas-a", "personnel", 20),
                     area_result("dinas-b", "personnel", 15, 60.0)],
        "external": [area_result("category:other", "other", 0),
                     area_result("izin", "licensing", 22, 58.0, "must-improve"),
                     area_result("ktp", "civil-registry", 15, 83.0, "good")],
    }  # fmt: skip


def agency_result(code, name, withheld=None):
    groups = {"internal": 80.0, "external": 85.0, "expert": 70.0}
    n = {"internal": 40, "external": 41, "expert": 12 if not withheld else 4}
    return {
        "code": code, "name": name, "type": "regency", "n": n, "withheld": withheld,
        "components": {g: component(s, n[g]) for g, s in groups.items()},
        "corrections": {"conduct": 3.5238, "facts": 0.0}, "collapsed": [],
        "service_areas": areas(),
        "index": None if withheld else 74.45678, "raw": None if withheld else 77.98,
        "se": None if withheld else 1.3, "infinite_se": None if withheld else 1.5,
        "unseen": None if withheld else 0.75, "ci_low": None if withheld else 71.8,
        "ci_high": None if withheld else 77.1, "df": None if withheld else 60,
        "band": None if withheld else "waspada",
        "band_probability": None if withheld else 0.87654,
        "rank": None if withheld else {"place": 2, "best": 1, "worst": 4, "alike": 3},
        "change": None if withheld else {"points": 1.234, "se": 1.1, "ci_low": -0.9,
                                         "ci_high": 3.4, "p": 0.26, "q": 0.41},
    }  # fmt: skip


def result(content):
    """Return the results of an agency, from their JSON."""
    return convert(content, AgencyResult)


@pytest.fixture
def wave(db):
    content = {
        "components": {"internal": 0.3046, "external": 0.3279, "expert": 0.3675},
        "corrections": [{"name": n, "label": {"id": n, "en": n}} for n in ("conduct", "facts")],
        "bands": [
            {"code": "rentan", "label": {"id": "Rentan", "en": "Vulnerable"}, "low": 0, "high": 73},
            {"code": "waspada", "label": {"id": "Waspada", "en": "Alert"}, "low": 73, "high": 78},
            {"code": "terjaga", "label": {"id": "Terjaga", "en": "Guarded"}, "low": 78,
             "high": 100},
        ],
        "dimensions": {
            group: [{"code": c, "label": {"id": c.title(), "en": c}} for c in ("tugas", "sdm")]
            for group in ("internal", "external", "expert")
        },
    }  # fmt: skip
    specification = Specification.objects.create(
        code="rehearsal-2026", version="1", digest="d" * 64, content=content
    )
    wave = Wave.objects.create(
        code="w26", title={"id": "Gelombang 2026", "en": "Wave 2026"}, year=2026,
        phase=Wave.Phase.ESTIMATED, opens_on=date(2026, 7, 1), closes_on=date(2026, 10, 1),
        margin_of_error=0.05, expected_response={}, specification=specification, rehearsal=True,
    )  # fmt: skip
    for number, code in enumerate(("kab-a", "kab-b")):
        agency = Agency.objects.create(
            code=code, name=code, type="regency", province="Lazuardi", tile_x=number, tile_y=0
        )
        label = {"id": "Pegawai", "en": "Employees"}
        key = KeyStratum.objects.create(wave=wave, code=code, group="internal", label=label)
        Stratum.objects.create(
            wave=wave, code=code, agency=agency, group="internal", label=label, key_stratum=key
        )
    return wave


@pytest.fixture
def run(wave):
    agencies = [
        agency_result("kab-a", "=Kabupaten Rekaan A"),
        agency_result("kab-b", "Kabupaten Rekaan B", "too few answers: expert"),
    ]
    estimates = [agency.estimate for agency in map(result, agencies) if agency.estimate]
    nation = national(estimates)
    return EstimationRun.objects.create(
        wave=wave, number=1, run_on=date(2026, 11, 1), run_by="x", seed="s",
        extract_digest="e" * 64, tallies_digest="t" * 64,
        corrections_digest=corrections_digest(wave),
        specification_digest="d" * 64, method_version="v1", results_digest="r" * 64,
        results={"agencies": agencies, "national": asdict(nation)},
    )  # fmt: skip


def staff(name, role=Role.AUTHORITY):
    return Staff.objects.create_user(
        name, password="a long password", role=role,
        agency_code="kab-a" if role == Role.LIAISON else "",
    )  # fmt: skip


@pytest.fixture
def first(db):
    return staff("first")


@pytest.fixture
def second(db):
    return staff("second")


@pytest.fixture
def released(wave, run, first, second):
    propose_release(wave=wave, actor=first)
    return approve_release(wave=wave, actor=second, today=date(2026, 11, 23))

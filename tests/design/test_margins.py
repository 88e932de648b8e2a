"""An agency may ask for a narrower margin than its wave, and the published draw says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from espi.contact.sampling.queries import rule_of
from espi.design.actions import load_design
from espi.design.errors import DesignFileFaulty
from espi.draw.roots import Roots, read_roots
from espi.method.sampling.planning import Rule, StratumCount, plan
from espi.rehearsal.nation.design import WAVE

RESPONSE = {"internal": 0.5}


def folder(tmp_path, margin):
    """Return a copy of the fictional nation's design with a margin of its first agency."""
    target = Path(shutil.copytree(WAVE, tmp_path / "wave"))
    lines = (target / "agencies.csv").read_text("utf-8").splitlines()
    cells = [line.split(",")[:4] for line in lines]
    rows = [[*cells[0], "margin_of_error"], [*cells[1], margin], *([*row, ""] for row in cells[2:])]
    (target / "agencies.csv").write_text("\n".join(map(",".join, rows)) + "\n", "utf-8")
    return target


def test_the_margin_of_an_agency_goes_into_the_rule(db, tmp_path):
    """All others have that of the wave."""
    wave = load_design(directory=folder(tmp_path, "0.05"), actor="test")

    assert rule_of(wave).margins == {"kemen-samudra": 0.05}


@pytest.mark.parametrize("margin", ["0", "1", "5 %", "nan", "-0.1"])
def test_a_margin_that_is_none_is_refused_by_place(tmp_path, db, margin):
    """With the agency, and how it is written."""
    with pytest.raises(DesignFileFaulty, match=r"kemen-samudra: margin_of_error .* 0\.05"):
        load_design(directory=folder(tmp_path, margin), actor="test")


def test_only_that_agency_is_sampled_more():
    """Half the margin takes nearly four times the answers."""
    counts = [StratumCount(f"{code}.1", code, "internal", 100_000) for code in ("a", "b")]
    own, other = plan(counts, Rule(0.1, RESPONSE, 10, margins={"a": 0.05}))

    assert (own.invited, other.invited) == (2 * 383, 2 * 96)


@pytest.mark.parametrize("margins", [{}, {"a": 0.05}])
def test_the_published_rule_is_read_as_it_was_written(margins):
    """Without margins it has the bytes of earlier waves."""
    roots = Roots("uji", "2026-07-01", Rule(0.1, RESPONSE, 10, 1.0, margins), ())

    assert read_roots(roots.content()) == roots
    assert (b"margins" in roots.content()) == bool(margins)

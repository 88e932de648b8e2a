"""An agency may say where it is: its province, and its tile on the map of the nation."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from espi.design.actions import load_design
from espi.design.errors import DesignFileFaulty
from espi.design.files import read_design
from espi.design.models import Agency
from espi.rehearsal.nation.design import WAVE


def folder(tmp_path, first, second):
    """Return a copy of the fictional nation's design with other tiles of its first two agencies."""
    target = Path(shutil.copytree(WAVE, tmp_path / "wave"))
    header, *lines = (target / "agencies.csv").read_text("utf-8").splitlines()
    cells = [line.split(",")[:4] for line in (header, *lines)]
    tiles = [["province", "tile_x", "tile_y"], ["Kirana", *first], ["", *second]]
    tiles += [["", "", ""]] * (len(cells) - 3)
    text = "\n".join(",".join(row + tile) for row, tile in zip(cells, tiles, strict=True))
    (target / "agencies.csv").write_text(text + "\n", "utf-8")
    return target


def test_an_agency_knows_its_province_and_its_tile(db, tmp_path):
    """Others are nowhere."""
    load_design(directory=folder(tmp_path, ("3", "0"), ("", "")), actor="test")
    first, second = Agency.objects.filter(code__startswith="kemen").order_by("-code")

    assert (first.province, first.tile_x, first.tile_y) == ("Kirana", 3, 0)
    assert (second.province, second.tile_x, second.tile_y) == ("", None, None)


@pytest.mark.parametrize("tile", [("3", ""), ("-1", "0"), ("a", "b"), ("100", "0"), ("1.5", "2")])
def test_a_tile_that_is_none_is_refused_by_name(tmp_path, tile):
    """With the agency, and what would be right."""
    with pytest.raises(DesignFileFaulty, match="kemen-samudra: tile_x and tile_y must both be"):
        read_design(folder(tmp_path, tile, ("", "")))


def test_two_agencies_on_one_tile_are_refused(tmp_path):
    """One would cover the other."""
    with pytest.raises(DesignFileFaulty, match="kemen-samudra and kemen-musim have the same tile"):
        read_design(folder(tmp_path, ("1", "1"), ("1", "1")))

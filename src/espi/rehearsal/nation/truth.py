"""What the nation is really like: a latent level of integrity for each agency, group and area."""

from __future__ import annotations

from random import Random

from espi.rehearsal.nation.design import LARGE
from espi.service_categories import PREFIX

MEANS = {"internal": 0.76, "external": 0.86, "expert": 0.68}
SPREADS = {"internal": 0.035, "external": 0.025, "expert": 0.045}
SHARED = 0.04  # what the three groups of an agency have in common
SILENT = ("kab-umpama-raya", "expert")  # too few answer here: the score must be withheld


COACHED = (LARGE, "kecamatan-selatan")  # most of this unit give one prepared sheet
FOLLOW_THE_COACH = 0.8  # share of its people
GOOD, BAD = 0.07, -0.12  # how far such an area lies from its agency
ALIKE = 0.01  # standard deviation between all others
GOOD_SHARE = BAD_SHARE = 0.1
PLAIN = {  # in the large regency
    "ktp": GOOD,
    "rawat-jalan": GOOD,
    "izin-usaha": BAD,
    "pengadaan": BAD,
    "dinas-pendidikan": GOOD,
    "dinas-perizinan-satu-pintu": BAD,
    "badan-kepegawaian": BAD,
}


def level(seed: str, agency: str, group: str, area: str = "") -> float:
    """Return the true mean of the item scores there, 0 to 1.

    Args:
        seed: of the nation.
        agency: that is rated.
        group: of the respondents.
        area: service, or unit of employees; "" for all of them together.
    """
    common = Random(f"{seed}|{agency}").gauss(0, SHARED)  # noqa: S311 reproducible, no secret
    own = Random(f"{seed}|{agency}|{group}").gauss(0, SPREADS[group])  # noqa: S311 as above
    return min(0.97, max(0.3, MEANS[group] + common + own + _area(seed, agency, area)))


def _area(seed: str, agency: str, area: str) -> float:
    """Return how far an area lies from its agency: a few are good, a few bad, most alike."""
    if not area or PREFIX in area:
        return 0.0
    rng = Random(f"{seed}|{agency}|{area}|area")  # noqa: S311 as above
    if agency == LARGE:
        return PLAIN.get(area, rng.gauss(0, ALIKE))
    chance = rng.random()
    if chance < GOOD_SHARE:
        return GOOD
    return BAD if chance > 1 - BAD_SHARE else rng.gauss(0, ALIKE)


def willingness(seed: str, agency: str, group: str) -> float:
    """Return the chance that someone invited there answers, 0 to 1."""
    if (agency, group) == SILENT:
        return 0.2
    usual = {"internal": 0.42, "external": 0.38, "expert": 0.86}[group]
    return usual + Random(f"{seed}|{agency}|{group}|willing").uniform(-0.03, 0.03)  # noqa: S311

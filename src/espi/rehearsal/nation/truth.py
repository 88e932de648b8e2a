"""What the nation is really like: a latent level of integrity for each agency and group."""

from __future__ import annotations

from random import Random

MEANS = {"internal": 0.76, "external": 0.86, "expert": 0.68}
SPREADS = {"internal": 0.035, "external": 0.025, "expert": 0.045}
SHARED = 0.04  # what the three groups of an agency have in common
SILENT = ("kab-umpama-raya", "expert")  # too few answer here: the score must be withheld


def level(seed: str, agency: str, group: str) -> float:
    """Return the true mean of the item scores there, 0 to 1."""
    common = Random(f"{seed}|{agency}").gauss(0, SHARED)  # noqa: S311 reproducible, no secret
    own = Random(f"{seed}|{agency}|{group}").gauss(0, SPREADS[group])  # noqa: S311 as above
    return min(0.97, max(0.3, MEANS[group] + common + own))


def willingness(seed: str, agency: str, group: str) -> float:
    """Return the chance that someone invited there answers, 0 to 1."""
    if (agency, group) == SILENT:
        return 0.2
    usual = {"internal": 0.42, "external": 0.38, "expert": 0.86}[group]
    return usual + Random(f"{seed}|{agency}|{group}|willing").uniform(-0.03, 0.03)  # noqa: S311

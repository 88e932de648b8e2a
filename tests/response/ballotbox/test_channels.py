"""Slips, interviews and answers given with help come out of the opening told apart."""

from __future__ import annotations

from espi.response.estimation import inputs
from tests.response.ballotbox.test_opening import drop, extract, filled, opened, wave  # noqa: F401


def test_slips_are_told_apart_and_never_estimated(wave, opened, settings):  # noqa: F811 fixtures
    """Their records come out with their channel, and an estimation does not see them."""
    wave.strata.filter(code="kab-x.expert.1").update(channel="open")
    drop(*filled(12), *filled(11, key_stratum="kab-x.expert", seed=3))
    opening = opened(wave)
    frame = extract(settings, opening)

    assert dict(frame["channel"].value_counts().iter_rows()) == {"sample": 12, "open": 11}
    assert opening.report["channels"] == {"open": 11, "sample": 12}
    estimated = inputs._extract(opening)
    assert estimated.height == 12
    assert set(estimated["group"]) == {"internal"}


def test_answers_given_with_help_are_counted(wave, opened):  # noqa: F811 fixtures
    """L0 and interviews are marked inside the answer; an unknown mode is the ordinary one."""
    drop(*filled(10), *filled(10, seed=2, mode="assisted"), *filled(10, seed=3, mode="x"))

    assert opened(wave).report["modes"] == {"assisted": 10, "web": 20}

"""The page of the box says in words why envelopes were spoiled and which strata were joined."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from espi.response.ballotbox.models import Opening
from espi.response.ballotbox.opening_words import joined_lines, spoiled_lines
from espi.response.opening import decryption, records
from tests.response.box import make_wave


def reasons():
    """Return every reason for which an opening spoils an envelope, read from its source."""
    tree = ast.parse(Path(records.__file__).read_text("utf-8"))
    raised = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Spoiled"
    }
    return sorted(raised | {decryption.ALTERED})


def test_every_reason_has_words_in_indonesian():
    """A reason that is added to the opening must be added here."""
    opening = Opening(report={"spoiled": dict.fromkeys(reasons(), 2)})
    with override("id"):
        lines = dict(spoiled_lines(opening))

    assert len(lines) == len(reasons()) > 5
    assert set(lines).isdisjoint(reasons())
    assert set(lines.values()) == {2}


@pytest.mark.django_db
def test_joined_strata_have_names():
    """Strata of several agencies have one label, so the agency stands before it."""
    wave = make_wave(agencies=("kab-x",), phase="opened")
    small, large = wave.strata.filter(group="internal").order_by("code")[:2]
    opening = Opening(report={"merged": {small.code: large.code}})
    with override("en"):
        [line] = joined_lines(wave, opening)

    assert line == (f"{small.agency.name}: {small.name}", f"{large.agency.name}: {large.name}")
    assert joined_lines(wave, None) == []

from __future__ import annotations

import copy
import tomllib
from importlib.resources import files

import pytest

from espi.instrument.errors import InstrumentFaulty
from espi.instrument.model import digest_of
from espi.instrument.reader import read
from espi.instrument.shelf import names, take

SIZES = {"internal-2026.1": (20, 7), "external-2026.1": (14, 3), "expert-2026.1": (10, 1)}


@pytest.fixture
def content():
    text = files("espi.instrument.library").joinpath("external-2026.1.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_the_library_has_three_questionnaires():
    """One for each respondent group."""
    assert set(names()) == set(SIZES)


@pytest.mark.parametrize(("name", "sizes"), SIZES.items())
def test_a_questionnaire_has_its_items_and_dimensions(name, sizes):
    """Internal 20 in seven dimensions, external 14 in three, expert 10 in one."""
    scored = [item for item in take(name).items if item.dimension]

    assert (len(scored), len({item.dimension for item in scored})) == sizes


@pytest.mark.parametrize("name", SIZES)
def test_no_question_asks_for_free_text(name):
    """Every answer is a choice, and everybody may keep silent."""
    for item in take(name).items:
        assert len(item.options) >= 2
        assert any(option.missing or not item.dimension for option in item.options)


@pytest.mark.parametrize("name", SIZES)
def test_plain_data_gives_the_same_questionnaire(name):
    """What the browser reads is what was published, to the digest."""
    instrument = take(name)

    assert read(instrument.to_json(), name) == instrument
    assert digest_of(instrument.to_json()) == instrument.digest


def broken(content, change):
    faulty = copy.deepcopy(content)
    change(faulty["sections"])
    return faulty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s[0]["items"][0]["text"].pop("en"), "peg1 has no text in en"),
        (lambda s: s[0]["title"].update(id=" "), "pegawai has no text in id"),
        (lambda s: s[0]["items"][2].update(code="peg1"), "peg1 is used twice"),
        (lambda s: s[0]["items"][1]["only_if"].update(item="lay1"), "not asked before it"),
        (lambda s: s[0]["items"][1]["only_if"].update(values=["9"]), "does not offer"),
        (lambda s: s[0]["items"][1].update(options=[]), "at least two"),
        (lambda s: s[0]["items"][1].update(dimension="pegawai"), "must be whole numbers"),
        (lambda s: s[0]["items"][2].update(options="nowhere"), "missing or misplaced"),
        (lambda s: s[0].pop("items"), "missing or misplaced"),
    ],
)
def test_a_faulty_questionnaire_is_refused_by_place(content, change, said):
    """Where the fault is and what it is; nothing is guessed."""
    with pytest.raises(InstrumentFaulty, match=said):
        read(broken(content, change), "external")


def test_every_fault_is_named_at_once(content):
    """Whoever writes a questionnaire mends it in one go."""

    def change(sections):
        sections[0]["title"].pop("en")
        sections[1]["title"].pop("id")

    with pytest.raises(InstrumentFaulty) as refused:
        read(broken(content, change), "external")
    assert len(refused.value.faults) == 2


def test_an_unknown_questionnaire_is_named():
    """And the library says what it has."""
    with pytest.raises(InstrumentFaulty, match=r"expert-2026\.1"):
        take("public-2026.1")

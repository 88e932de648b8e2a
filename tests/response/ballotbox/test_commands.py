"""The box and the trustees by command, as a night's job and a ceremony would run them."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from espi.anonymity import commands as trustees
from espi.anonymity.v1 import keys, sealing
from espi.platform.errors import Refusal
from espi.response.ballotbox import actions, commands
from tests.response.box import ballot, make_wave, shares, sheet


@pytest.fixture
def wave(db, monkeypatch):
    monkeypatch.setattr(actions.engine, "forget_deleted_rows", lambda _table: None)
    wave = make_wave()
    for _ in range(11):
        actions.accept_ballot(dropped=ballot(sheet()))
    return wave


def told(command, *words):
    answer = CliRunner().invoke(command, [str(word) for word in words])
    if isinstance(answer.exception, Refusal):
        return 1, str(answer.exception)  # the command line turns it into a message
    return answer.exit_code, answer.output


@pytest.fixture
def folder(tmp_path, wave):
    """Return the trustees' folder, made by their command, its key in the wave."""
    assert told(trustees.create, tmp_path / "trustees")[0] == 0
    return tmp_path / "trustees"


def test_the_trustees_key_comes_in_three_shares(tmp_path):
    """Any two give the published key; shares are their owner's; a key is never overwritten."""
    folder = tmp_path / "trustees"
    assert told(trustees.create, folder)[0] == 0
    words = [(folder / f"share-{n}.txt").read_text() for n in (1, 2, 3)]
    public = json.loads((folder / "election-key.json").read_text())

    for pair in ((0, 1), (0, 2), (1, 2)):
        key = keys.combine([words[n] for n in pair])
        assert sealing.to_jwk(key.public_key()) == public
    assert all((folder / f"share-{n}.txt").stat().st_mode & 0o077 == 0 for n in (1, 2, 3))
    assert sorted(path.name for path in folder.iterdir()) == [
        "election-key.json", "share-1.txt", "share-2.txt", "share-3.txt",
    ]  # fmt: skip
    code, output = told(trustees.create, folder)
    assert (code, "never overwritten" in output) == (1, True)


def test_release_close_and_open(wave, tmp_path):
    """The counts follow; one share is refused, two open, a second opening is refused."""
    files = []
    for number, words in enumerate(shares()):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(f"  {words}\n\n")
    assert told(commands.release) == (0, "11 ballots were released.\n")
    assert told(commands.release) == (0, "0 ballots were released.\n")
    assert told(commands.open_box, "--share", files[0], "--share", files[1])[0] == 1
    assert told(commands.close)[0] == 0
    assert told(commands.open_box, "--share", files[0])[0] == 1
    assert told(commands.open_box, "--share", files[0], "--share", files[0])[0] == 1
    code, output = told(commands.open_box, "--share", files[2], "--share", files[1])
    assert (code, output) == (0, "11 ballots opened, 0 spoiled.\n")
    assert told(commands.open_box, "--share", files[0], "--share", files[1])[0] == 1

    counts = json.loads(told(commands.counts, "--json")[1])
    assert counts == {"waiting": 0, "ballots": 11, "opened": 11, "spoiled": 0}


def test_shares_of_another_key_are_refused(wave, folder):
    """A real pair, but not this wave's: nothing is opened."""
    told(commands.close)
    pair = [folder / "share-1.txt", folder / "share-2.txt"]

    assert told(commands.open_box, "--share", pair[0], "--share", pair[1])[0] == 1
    assert json.loads(told(commands.counts, "--json")[1])["opened"] == 0


def test_a_file_that_is_no_share_is_refused(wave, tmp_path):
    """Words of nothing, and bytes that are no text."""
    told(commands.close)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("bukan kata kunci")
    two.write_bytes(b"\xff\xfe\x00")

    assert told(commands.open_box, "--share", one, "--share", one)[0] == 1
    code, output = told(commands.open_box, "--share", one, "--share", two)
    assert code == 1
    assert output


def test_every_command_is_a_command():
    """As the command line's table wants them."""
    named = (commands.release, commands.close, commands.open_box, commands.counts, trustees.create)

    assert all(isinstance(command, click.Command) for command in named)

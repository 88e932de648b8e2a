"""The box and the trustees by command, as a night's job and a ceremony would run them."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner
from django.db import connection

from espi.anonymity.v1 import keys, sealing
from espi.platform.errors import Refusal
from espi.response.ballotbox import actions, commands
from espi.response.log import commands as log
from espi.response.opening import commands as room
from espi.response.opening.planted import Planted
from espi.trustees import commands as trustees
from tests.response.box import ballot, closing, key_ceremony, make_wave, shares, sheet


@pytest.fixture
def wave(db):
    wave = make_wave()
    for _ in range(11):
        actions.accept_ballot(ballot=ballot(sheet()))
    return wave


def told(command, *words, typed=""):
    answer = CliRunner().invoke(command, [str(word) for word in words], input=typed)
    if isinstance(answer.exception, Refusal):
        return 1, str(answer.exception)  # the command line turns it into a message
    return answer.exit_code, answer.output


TRUSTEES = ["--trustee", "Sari", "--trustee", "Budi", "--trustee", "Ayu"]


@pytest.fixture
def folder(tmp_path):
    """Return the trustees' folder, made by their command."""
    assert told(trustees.create, tmp_path / "trustees", *TRUSTEES)[0] == 0
    return tmp_path / "trustees"


@pytest.fixture
def files(tmp_path, wave):
    """Close and seal the wave by command; return what those present bring."""
    statement = tmp_path / "closing"
    statement.mkdir()
    (tmp_path / "ceremony.json").write_bytes(key_ceremony())
    for number, words in enumerate(shares()):
        (tmp_path / f"{number}.txt").write_text(f"  {words}\n\n")
    status, said = told(commands.release)
    assert (status, said.splitlines()[0]) == (0, "uji: 11 ballots were released.")
    assert ("write-ahead log" in said) == (connection.vendor == "postgresql")
    assert told(commands.release)[1].startswith("uji: 0 ballots were released.\n")
    assert told(commands.close, "--yes", "--early", "--announce", "0")[0] == 0
    assert told(commands.seal, statement)[0] == 1
    said = closing(wave)
    (statement / "closing.note").write_text(said["note"], "utf-8")
    (statement / "used.bin").write_bytes(said["used"])
    assert told(commands.seal, statement)[0] == 0
    assert told(commands.export, tmp_path / "box")[0] == 0
    return tmp_path


def enter(files, *numbers, typed=""):
    words = [word for n in numbers for word in ("--share", files / f"{n}.txt")]
    words += ["--ceremony", files / "ceremony.json", "--present", "Sari"]
    return told(room.open_envelopes, files / "box", files / "out", *words, typed=typed)


def test_the_trustees_key_comes_in_three_shares(tmp_path):
    """Any two give the published key; shares are their owner's; a key is never overwritten."""
    folder = tmp_path / "trustees"
    code, output = told(trustees.create, folder, *TRUSTEES)
    assert code == 0
    words = [(folder / f"share-{n}.txt").read_text() for n in (1, 2, 3)]
    public = json.loads((folder / "election-key.json").read_text())

    for pair in ((0, 1), (0, 2), (1, 2)):
        key = keys.combine([words[n] for n in pair])
        assert sealing.to_jwk(key.public_key()) == public
    assert all((folder / f"share-{n}.txt").stat().st_mode & 0o077 == 0 for n in (1, 2, 3))
    assert sorted(path.name for path in folder.iterdir()) == [
        "ceremony.json", "ceremony.txt", "election-key.json",
        "share-1.txt", "share-2.txt", "share-3.txt",
    ]  # fmt: skip
    assert not any(" ".join(share.split()[-4:]) in " ".join(output.split()) for share in words)
    code, output = told(trustees.create, folder, *TRUSTEES)
    assert (code, "never overwritten" in output) == (1, True)


def test_the_ceremony_guides(tmp_path):
    """It asks for three names, and two are not enough."""
    code, output = told(trustees.create, tmp_path / "one", typed="Sari\nBudi\nAyu\n\n\n\n")
    assert (code, "for Budi alone" in output) == (0, True)
    assert told(trustees.create, tmp_path / "two", *TRUSTEES[:4])[0] == 1


def test_a_rehearsal_opens_with_every_pair(folder):
    """Before anybody relies on the shares; a spoiled one is found."""
    code, output = told(trustees.rehearse, folder)
    assert (code, output.count("10 of 10"), output.count("opens nothing")) == (0, 3, 3)
    (folder / "share-2.txt").write_text("academic acid")

    assert told(trustees.rehearse, folder)[0] == 1


def test_release_close_and_open(files):
    """One share is refused, two open, what came of it is taken in; the counts follow."""
    assert enter(files, 0)[0] == 1
    assert enter(files, 0, 0)[0] == 1
    code, output = enter(files, 2, 1)
    assert (code, "Opened 11, spoiled 0" in output) == (0, True)
    code, output = told(commands.take_opening, files / "out")
    assert (code, output) == (0, "11 ballots opened, 0 spoiled.\n")
    assert told(log.opening, files / "out" / "opening.json")[0] == 0

    counts = json.loads(told(commands.counts, "--json")[1])
    assert counts == {"waiting": 0, "ballots": 11, "opened": 11, "spoiled": 0}


def test_shares_can_be_typed(files):
    """By two trustees, one after the other, without being shown."""
    code, output = enter(files, typed=f"{shares()[0]}\n{shares()[1]}\n")

    assert (code, shares()[0].split()[-1] in output) == (0, False)


def test_shares_of_another_key_are_refused(files, folder):
    """A real pair, but not this wave's: nothing is opened, whichever transcript is brought."""
    for n in (1, 2):
        (files / f"{n}.txt").write_text((folder / f"share-{n}.txt").read_text())
    assert enter(files, 1, 2)[0] == 1
    (files / "ceremony.json").write_text((folder / "ceremony.json").read_text())

    assert enter(files, 1, 2)[0] == 1
    assert not (files / "out").exists()


@pytest.mark.parametrize("content", [b"bukan kata kunci", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_share_is_refused(files, content):
    """Words of nothing, and bytes that are no text."""
    (files / "1.txt").write_bytes(content)
    code, output = enter(files, 0, 1)

    assert code == 1
    assert output


def test_auditors_commit_to_answers(tmp_path):
    """The secret is for them alone and never overwritten; the commitment is for everybody."""
    sheets = tmp_path / "sheets.json"
    sheets.write_text(json.dumps([sheet(), sheet()]))
    assert told(room.commit_planted, sheets, tmp_path / "planted")[0] == 0
    public = json.loads((tmp_path / "planted" / "planted.json").read_text())
    secret = tmp_path / "planted" / "planted-secret.json"

    assert public == {"commitment": Planted.read(secret).commitment, "count": 2}
    assert secret.stat().st_mode & 0o077 == 0
    assert told(room.commit_planted, sheets, tmp_path / "planted")[0] == 1
    sheets.write_text("{")
    assert told(room.commit_planted, sheets, tmp_path / "other")[0] == 1


def test_every_command_is_a_command():
    """As the command line's table wants them."""
    named = (commands.release, commands.close, commands.seal, commands.counts, trustees.create)

    assert all(isinstance(command, click.Command) for command in named)

"""The box takes the directory as everybody is shown it, whole or not at all."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from espi.design.directory import directory_of
from espi.design.directory import take_directory as take_keys
from espi.design.models import KeyStratum
from espi.response.log.commands import take_directory
from espi.response.log.errors import DirectoryDiffers, LogNotOpen, StatementFaulty
from espi.response.log.queries import log_of
from espi.response.log.record import folder_of
from tests.response.box import add_agency, directory, frame_hashes, make_wave


@pytest.fixture
def wave(db):
    """A wave whose box knows no key yet."""
    wave = make_wave(agencies=(), phase="design")
    add_agency(wave, "kab-x")
    return wave


@pytest.fixture
def folder(wave, tmp_path):
    """What the survey authority gives to the body that runs the box."""
    folder = tmp_path / "directory"
    folder.mkdir()
    said = directory_of(wave) | {"entries": list(directory(wave).texts)}
    (folder / "directory.json").write_text(json.dumps(said))
    (folder / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))
    KeyStratum.objects.filter(wave=wave).update(public_key="")
    wave.election_key = {}
    wave.save()
    return folder


def take(folder):
    return CliRunner().invoke(take_directory, [str(folder)])


def test_the_log_begins_with_what_the_box_verifies_with(wave, folder):
    """Twice is once."""
    assert take(folder).exit_code == 0
    assert take(folder).exit_code == 0
    wave.refresh_from_db()

    assert wave.election_key["crv"] == "P-256"
    assert not wave.key_strata.filter(public_key="").exists()
    assert log_of(wave).checkpoints.count() == 1
    assert (folder_of("uji") / "frame.bin").read_bytes() == (folder / "frame.bin").read_bytes()


def test_a_key_that_nobody_was_invited_under_is_not_used(wave, folder):
    """It stands in the plan of the wave and not in the entries; with invited people it must."""
    said = json.loads((folder / "directory.json").read_text())
    take_keys(path=folder / "directory.json", actor="test")
    wave.refresh_from_db()
    wave.key_strata.filter(code="kab-x.expert").update(invited_count=0)
    said["entries"] = list(directory(wave).texts)
    (folder / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))
    (folder / "directory.json").write_text(json.dumps(said))
    assert isinstance(take(folder).exception, DirectoryDiffers)
    said["keys"]["kab-x.expert"]["invited"] = 0
    (folder / "directory.json").write_text(json.dumps(said))

    assert take(folder).exit_code == 0


def spoiled(folder, change):
    path = folder / "directory.json"
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def other_key(said):
    one, two, *_ = said["keys"].values()
    one["public_key"], two["public_key"] = two["public_key"], one["public_key"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (other_key, DirectoryDiffers),
        (lambda said: said["election_key"].update(x=said["election_key"]["y"]), DirectoryDiffers),
        (lambda said: said.update(entries=[1, 2]), StatementFaulty),
        (lambda said: said.update(entries="x"), StatementFaulty),
        (lambda said: said.update(entries=[]), StatementFaulty),
    ],
)
def test_a_directory_that_differs_from_its_entries_is_refused(wave, folder, change, refusal):
    """No key of it is taken either."""
    spoiled(folder, change)
    told = take(folder)

    assert isinstance(told.exception, refusal)
    assert not wave.key_strata.exclude(public_key="").exists()
    with pytest.raises(LogNotOpen):
        log_of(wave)


@pytest.mark.parametrize("content", [None, b"", b"x" * 33, b"\0" * 32])
def test_other_invitations_are_refused(wave, folder, content):
    """The last entry commits to them; a file that is not there is told as such."""
    (folder / "frame.bin").unlink()
    if content is not None:
        (folder / "frame.bin").write_bytes(content)

    assert isinstance(take(folder).exception, StatementFaulty)
    assert not wave.key_strata.exclude(public_key="").exists()

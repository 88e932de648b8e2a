"""A prepared process runs a command as ``espi`` does; nothing of one command is in the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from espi.rehearsal.demo.prepared import PreparedGone, PreparedProcess
from espi.site.commands import COMMANDS, SHARED, CommandSpec
from espi.site.prepared import settings_of

ESPI = str(Path(sys.executable).with_name("espi"))
TABLE = [
    (words, spec)
    for noun, entry in COMMANDS.items()
    for words, spec in (
        [([noun], entry)]
        if isinstance(entry, CommandSpec)
        else [([noun, verb], spec) for verb, spec in entry.items()]
    )
]
FAULTY = ["sample", "plan"]  # wants settings that no test gives


@pytest.fixture(scope="module")
def prepared():
    process = PreparedProcess()
    yield process
    process.end()


def started(words, environment):
    """Run the program itself."""
    done = subprocess.run(
        [ESPI, *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def outcome(prepared, words, environment):
    done = prepared.run(words, environment)
    return done.code, done.output, done.errors


@pytest.mark.parametrize("bank", ["contact", "response"])
def test_every_command_enters_the_settings_of_the_table(bank):
    """With the options that ``espi`` itself takes, written in either way."""
    for words, spec in TABLE:
        expected = f"worker_{bank}" if spec.settings == SHARED else spec.settings
        assert settings_of(["--wave", "a", f"--bank={bank}", *words, "--yes"]) == expected
        assert settings_of(["--bank", bank, *words]) == expected


def test_what_is_not_certain_is_left_to_the_command():
    """It then enters its settings itself, as ``espi`` does."""
    for words in ([], ["--help"], ["frame"], ["frame", "unknown"], ["migrate"], ["unknown"]):
        assert settings_of(words) == ""
    assert settings_of(["--env-file", "a.env", *FAULTY]) == ""


@pytest.mark.parametrize("words", [["signer", "key"], ["frame", "unknown"], FAULTY, ["--help"]])
def test_exit_code_output_and_errors_are_those_of_the_program(prepared, words):
    """Refusals, usage errors and faulty settings too."""
    environment = {"PATH": "/usr/bin:/bin"}

    assert outcome(prepared, words, environment) == started(words, environment)


def test_a_command_sees_its_own_environment_only(prepared, tmp_path):
    """One has a folder of keys, the next one none, and the first one's is left as it was."""
    environment = {"PATH": "/usr/bin:/bin", "ESPI_SIGNER_KEYS": str(tmp_path)}
    first = outcome(prepared, ["signer", "key"], environment)
    without = outcome(prepared, ["signer", "key"], {"PATH": "/usr/bin:/bin"})

    assert first[0] == 0
    assert without[0] != 0
    assert outcome(prepared, ["signer", "key"], environment) == first


def test_no_settings_are_left_by_the_command_before(prepared):
    """The first command's settings are faulty; the second has others, and says what they lack."""
    contact = outcome(prepared, FAULTY, {"ESPI_SENDER_NAME": ""})
    response = outcome(prepared, ["box", "counts"], {"ESPI_SENDER_NAME": ""})

    assert "ESPI_CONTACT_DATABASE is missing" in contact[2]
    assert "ESPI_RESPONSE_DATABASE" not in contact[2]
    assert "ESPI_RESPONSE_DATABASE is missing" in response[2]
    assert "ESPI_CONTACT_DATABASE" not in response[2]


def test_whoever_asks_hears_that_it_is_gone():
    """Rather than wait for ever."""
    process = PreparedProcess()
    process.end()

    with pytest.raises(PreparedGone):
        process.run(["--help"], {})

"""``espi --wave CODE`` is the default of whatever command takes ``--wave``."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from espi.site import commands
from espi.site.cli import main


@click.command()
@click.option("--wave", "wave_code", default="none")
def about_a_wave(wave_code):
    click.echo(wave_code)


@click.command()
def about_nothing():
    click.echo("done")


@pytest.fixture
def answer(monkeypatch):
    """Return what a command prints, among commands of the test's own."""
    monkeypatch.setitem(
        commands.COMMANDS,
        "trial",
        {
            "wave": commands.CommandSpec(commands.NONE, f"{__name__}:about_a_wave"),
            "nothing": commands.CommandSpec(commands.NONE, f"{__name__}:about_nothing"),
        },
    )
    monkeypatch.setattr(
        "espi.site.cli.import_module", lambda _name: __import__("sys").modules[__name__]
    )
    return lambda *words: CliRunner().invoke(main, words, catch_exceptions=False).output.strip()


def test_the_wave_before_the_command_is_its_default(answer):
    assert answer("trial", "wave") == "none"
    assert answer("--wave", "w2026", "trial", "wave") == "w2026"


def test_the_command_s_own_option_wins(answer):
    assert answer("--wave", "w2026", "trial", "wave", "--wave", "w2027") == "w2027"


def test_a_command_about_no_wave_takes_no_notice(answer):
    assert answer("--wave", "w2026", "trial", "nothing") == "done"

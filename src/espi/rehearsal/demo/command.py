"""``espi demo``: run a whole wave, print its results, and serve every page."""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import time
from pathlib import Path
from types import FrameType
from typing import TextIO

import click
from rich.console import Console

from espi.rehearsal.demo import ceremonies, steps, summary
from espi.rehearsal.demo.addresses import show_addresses
from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.rehearsal.demo.processes import Processes, StepFailed
from espi.rehearsal.demo.run import DemoRun
from espi.rehearsal.demo.second_wave import open_second_wave

ROOT = Path(__file__).resolve().parents[4]


class Ended(Exception):
    """The operator asked the demo to end."""


@click.command()
@click.option("--once", is_flag=True, help="Run the wave, write summary.json, and end.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "var" / "demo")
@click.option("--base-port", default=8000, show_default=True)
@click.option("--server", default="", help="postgres://… for both banks; embedded if left out.")
def demo(*, once: bool, folder: Path, base_port: int, server: str) -> None:
    """Run a whole wave of a fictional nation through the real programs, and serve every page."""
    console = Console(highlight=False)
    end_on_signals()
    try:
        lock = only_one(folder)
        environment = fresh_environment(folder, base_port, server)
    except OSError as error:
        raise click.ClickException(f"The demo cannot prepare {folder}: {error}") from None
    processes = Processes(environment)
    run = DemoRun(environment, processes, lambda line: console.print(f"[dim]›[/dim] {line}"))
    try:
        run_wave(run, console)
        if not once:
            open_second_wave(run)
            show_addresses(environment, console)
            wait(processes)
    except Ended:
        console.print("\nThe demo ends; its files stay in", str(folder))
    except StepFailed as failure:
        raise click.ClickException(str(failure)) from None
    finally:
        processes.end()
        lock.close()


def end_on_signals() -> None:
    """Raise ``Ended`` on Ctrl-C and SIGTERM, also where the shell had them ignored."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def run_wave(run: DemoRun, console: Console) -> None:
    """Run the ten steps of a wave, write ``summary.json`` and print the results."""
    start = time.monotonic()
    for step in (
        steps.prepare,
        steps.lists,
        ceremonies.ceremony,
        ceremonies.witnesses,
        steps.directory,
        steps.fieldwork,
        steps.closing,
        ceremonies.opening,
        ceremonies.verify,
        steps.results,
    ):
        step(run)
    run.seconds["whole"] = round(time.monotonic() - start, 2)
    result = summary.collect(run)
    path = run.environment.root / "summary.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    summary.show(result, console)
    console.print(f"\nThe whole wave took {run.seconds['whole']:.0f} s. Summary: {path}")


def only_one(folder: Path) -> TextIO:
    """Return the lock of a demo's folder; it goes with the process, however that ends.

    Raises:
        click.ClickException: another demo is running in the folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise click.ClickException(
            f"Another demo is running in {folder}: end it with Ctrl-C, or choose --folder."
        ) from None
    return lock


def fresh_environment(folder: Path, base_port: int, server: str) -> DemoEnvironment:
    """Empty the folder and databases of an earlier demo, and write the settings of this one."""
    if (folder / "contact.env").exists() or (folder / "summary.json").exists():
        shutil.rmtree(folder)
    for name in ("contact", "response", "signer", "log", "lists", "booth"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    environment = DemoEnvironment(folder.resolve(), free_base(base_port), server)
    if server:
        fresh_databases(server)
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    return environment


def fresh_databases(server: str) -> None:
    """Make the two databases of the demo on a server, without those of an earlier one."""
    import psycopg

    with psycopg.connect(server.replace("postgres://", "postgresql://"), autocommit=True) as admin:
        for bank in ("contact", "response"):
            admin.execute(f"DROP DATABASE IF EXISTS espi_demo_{bank}".encode())
            admin.execute(f"CREATE DATABASE espi_demo_{bank}".encode())


def wait(processes: Processes) -> None:
    """Wait until the operator ends the demo, or a process ends by itself."""
    while True:
        processes.check()
        time.sleep(1)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 signal's signature
    raise Ended

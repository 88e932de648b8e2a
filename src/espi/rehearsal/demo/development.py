"""``espi dev``: serve a demo wave that is kept, and start a process again when its code changes.

The wave is run once, with the second small wave in the field, and stays in its folder; later starts
bring its databases up to date and serve them within seconds. Error pages show the code.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from espi.rehearsal.demo import ceremonies, steps
from espi.rehearsal.demo.addresses import show_addresses
from espi.rehearsal.demo.command import (
    ROOT,
    Ended,
    end_on_signals,
    fresh_environment,
    only_one,
    run_wave,
)
from espi.rehearsal.demo.environment import DemoEnvironment, free_base
from espi.rehearsal.demo.processes import Processes, StepFailed
from espi.rehearsal.demo.run import DemoRun
from espi.rehearsal.demo.second_wave import SLIPS_ANSWERED, day_of_service, open_second_wave

SOURCE = ROOT / "src" / "espi"
WATCHED = {".py", ".html", ".css", ".js", ".json", ".typ", ".mo"}
POLL = 0.5  # seconds
MARK = "kept.json"  # written last: a wave that did not end is run anew
# Which processes a change concerns; a change anywhere else concerns all.
CONCERNED = {
    "contact": ("registry", "dispatcher", "worker-contact"),
    "response": ("box", "public", "worker-response"),
    "signer": ("signer", "registry"),
    "booth": ("booth", "assisted"),
    "assisted": ("assisted",),
    "rehearsal": ("whatsapp", "mail"),
}


@click.command()
@click.option("--fresh", is_flag=True, help="Run the wave anew, whatever is kept.")
@click.option("--folder", type=click.Path(path_type=Path), default=ROOT / "var" / "dev")
@click.option("--base-port", default=8500, show_default=True)
@click.option("--server", default="", help="postgres://… for both banks; embedded if left out.")
def dev(*, fresh: bool, folder: Path, base_port: int, server: str) -> None:
    """Serve a kept demo wave to a developer: restarts on changes, readable error pages."""
    console = Console(highlight=False)
    end_on_signals()
    lock = only_one(folder)
    try:
        if fresh or not (folder / MARK).exists():
            wave_to_keep(folder, base_port, server, console)
        serve_kept(folder, server, console)
    except Ended:
        console.print("\nStopped. A finished wave is kept in", str(folder))
    except StepFailed as failure:
        raise click.ClickException(str(failure)) from None
    finally:
        lock.close()


def wave_to_keep(folder: Path, base_port: int, server: str, console: Console) -> None:
    """Run the demo in the folder up to the second wave, and end its processes."""
    environment = fresh_environment(folder, base_port, server)
    processes = Processes(environment)
    run = DemoRun(environment, processes, lambda line: console.print(f"[dim]›[/dim] {line}"))
    try:
        run_wave(run, console)
        open_second_wave(run)
    finally:
        processes.end()
    for bank in ("contact", "response"):
        with (environment.root / f"{bank}.env").open("a", encoding="utf-8") as file:
            file.write("ESPI_DEVELOPMENT=yes\n")
    text = json.dumps({"base_port": environment.base_port})
    (folder / MARK).write_text(text, "utf-8")


def serve_kept(folder: Path, server: str, console: Console) -> None:
    """Serve the kept wave, on the ports that its settings name, until the developer ends it.

    Raises:
        click.ClickException: another program has one of the ports.
    """
    port = json.loads((folder / MARK).read_text("utf-8"))["base_port"]
    if free_base(port) != port:
        raise click.ClickException(
            f"Another program has a port between {port} and {port + 99}, which the kept wave "
            "needs: end it, or make a new wave with --fresh."
        )
    environment = DemoEnvironment(folder.resolve(), port, server)
    processes = Processes(environment)
    try:
        start(DemoRun(environment, processes, console.print), console)
        watch(processes, console)
    finally:
        processes.end()


def start(run: DemoRun, console: Console) -> None:
    """Bring the databases up to date, start every process, and say where everything is."""
    run.set_day(day_of_service(run.environment.root / "second"))
    run.both("migrate")
    steps.start_servers(run)
    ceremonies.start_witnesses(run)
    steps.start_booths(run)
    show_addresses(run.environment, console)
    slips = (run.environment.root / "second" / "slips.csv").read_text("ascii").splitlines()
    console.print("Links to answer with (the page of phones is empty after a restart):")
    for line in slips[SLIPS_ANSWERED:]:
        console.print(f"  {line.split(',')[1]}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of the source tree with the time of their last change."""

    times: dict[Path, float]

    @classmethod
    def of(cls, source: Path) -> Snapshot:
        """Look at every watched file below ``source``."""
        paths = (path for path in source.rglob("*") if path.suffix in WATCHED)
        return cls({path: path.stat().st_mtime for path in paths if path.is_file()})

    def changed_since(self, earlier: Snapshot) -> set[Path]:
        """Return the files that were changed, added or removed."""
        both = self.times.keys() | earlier.times.keys()
        return {path for path in both if self.times.get(path) != earlier.times.get(path)}


def concerned(changed: set[Path], source: Path, running: list[str]) -> list[str]:
    """Return which of the running processes to start again after these files changed."""
    names: set[str] = set()
    for path in changed:
        names |= set(CONCERNED.get(path.relative_to(source).parts[0], running))
    return [name for name in running if name in names]


def watch(processes: Processes, console: Console) -> None:
    """Restart what changes, until the developer ends it.

    A process that ends by itself, after a typing error for example, is reported once and started
    again at the next change.
    """
    ours = list(processes.commands)
    before = Snapshot.of(SOURCE)
    while True:
        time.sleep(POLL)
        now = Snapshot.of(SOURCE)
        changed = now.changed_since(before)
        for name in concerned(changed, SOURCE, ours):
            console.print(f"[dim]›[/dim] {name} starts again")
            processes.restart(name)
        before = now
        try:
            processes.check()
        except StepFailed as failure:
            console.print(f"[red]{failure}[/red]")
            for name in [n for n, p in processes.running.items() if p.poll() is not None]:
                del processes.running[name]

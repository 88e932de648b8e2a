"""The results of a demo wave: ``summary.json`` and a page of text, as the programs give them."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from espi.rehearsal.demo.run import DemoRun


def collect(run: DemoRun) -> dict[str, Any]:
    """Ask each program what it counted, and return the summary of the wave.

    Returns:
        ``counts``, ``agencies`` and ``seconds``, as docs/reference/files.md describes them.
    """
    contact = json.loads(run.contact("fieldwork", "progress", "--json"))
    box = json.loads(run.response("box", "counts", "--json"))
    results = json.loads(run.response("estimation", "show", "--json"))
    return {
        "counts": {
            "frame": contact["frame"],
            "invited": contact["invited"],
            "messages": contact["messages"],
            "signatures": contact["signatures"],
            "ballots": box["ballots"],
            "opened": box["opened"],
        },
        "agencies": results["agencies"],
        "seconds": run.seconds,
    }


def show(summary: dict[str, Any], console: Console) -> None:
    """Print the counts of the steps and the table of the index with its intervals."""
    counts = summary["counts"]
    frame = counts["frame"]
    console.print()
    console.print(
        f"[bold]Lists[/bold]      {frame['rows']:,} rows: {frame['accepted']:,} accepted, "
        f"{frame['rejected']:,} returned ({frame['duplicates']:,} duplicates), "
        f"{frame['ineligible']:,} not eligible"
    )
    console.print(f"[bold]Invited[/bold]    {counts['invited']:,} people")
    for channel, states in counts["messages"].items():
        counted = ", ".join(f"{number:,} {state}" for state, number in states.items())
        console.print(f"[bold]Messages[/bold]   {channel}: {counted}")
    console.print(
        f"[bold]Answers[/bold]    {counts['signatures']:,} signatures, {counts['ballots']:,} "
        f"ballots in the box, {counts['opened']:,} opened"
    )
    console.print(index_table(summary["agencies"]))


def index_table(agencies: list[dict[str, Any]]) -> Table:
    """Return the index table; rows whose intervals overlap have no order worth the name."""
    table = Table(title="Integrity index of a fictional nation, 95 % intervals")
    for title in ("Agency", "Index", "± SE", "95 % interval", "Band", "n int/ext/exp"):
        table.add_column(title, justify="left" if title in {"Agency", "Band"} else "right")
    for row in sorted(agencies, key=lambda row: -(row["index"] or 0)):
        n = "/".join(_count(row, group) for group in ("internal", "external", "expert"))
        if row["withheld"]:
            table.add_row(row["name"], "–", "", "", f"withheld: {row['withheld']}", n)
            continue
        interval = f"{row['ci_low']:.2f} – {row['ci_high']:.2f}"
        numbers = (f"{row['index']:.2f}", f"{row['se']:.2f}", interval)
        table.add_row(row["name"], *numbers, row["band"], n)
    return table


def _count(row: dict[str, Any], group: str) -> str:
    """Return how many of a group answered; a group too small to be named is not nobody."""
    return "<10" if group in row["few"] else str(row["n"].get(group, 0))

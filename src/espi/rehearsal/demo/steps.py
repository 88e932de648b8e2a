"""The steps of the demo, in order: each a few commands of ``espi``, as an operator gives them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from espi.rehearsal.demo import ceremonies, staff
from espi.rehearsal.demo.environment import AUTHORITY, SECOND
from espi.rehearsal.demo.run import Story

WAVE_DESIGN = Path(__file__).resolve().parents[2] / "rehearsal" / "nation" / "wave"
SEED = "20260706"
SERVED = ("registry", "box", "booth", "public", "whatsapp", "mail")


def read_wave(folder: Path) -> dict[str, Any]:
    """Return the settings of the wave in a design folder."""
    import tomllib

    return tomllib.loads((folder / "wave.toml").read_text("utf-8"))


def prepare(story: Story) -> None:
    """Make databases, staff and the wave; start everything that serves."""
    with story.step("prepare", "Databases, staff and the design of the wave"):
        story.set_day(read_wave(WAVE_DESIGN)["opens_on"] - timedelta(days=40))
        story.both("migrate")
        story.both("staff", "load", stdin=staff.staff_lines(WAVE_DESIGN))
        story.both("design", "load", str(WAVE_DESIGN))
    with story.step("processes", "Starting the processes"):
        start_servers(story)


def start_servers(story: Story) -> None:
    """Start each process as its own program."""
    run, places = story.processes, story.places
    port = {name: str(places.port(name)) for name in (*SERVED, "smtp")}
    run.start("registry", "contact", "serve", "registry", "--port", port["registry"])
    run.start("signer", "signer", "serve", "signer", "--port", str(places.port("signer")))
    run.start("box", "response", "serve", "box", "--port", port["box"])
    run.start("public", "response", "serve", "public", "--port", port["public"])
    simulator = [
        "--port",
        port["whatsapp"],
        "--webhook",
        f"{places.url('registry')}/webhooks/whatsapp",
    ]
    run.start("whatsapp", "contact", "rehearsal", "whatsapp", *simulator)
    run.start(
        "mail", "contact", "rehearsal", "mail", "--port", port["mail"], "--smtp-port", port["smtp"]
    )
    run.wait_for_ports("registry", "signer", "box", "public", "whatsapp", "mail")
    run.start("dispatcher", "contact", "dispatch")
    run.start("worker-contact", "contact", "--bank", "contact", "work")
    run.start("worker-response", "response", "--bank", "response", "work")


def lists(story: Story) -> None:
    """Let each liaison deliver the population lists, then draw the sample."""
    with story.step("nation", "A fictional nation writes its population lists"):
        story.contact("rehearsal", "nation", str(story.places.lists), "--seed", SEED)
        story.contact("--bank", "contact", "design", "phase", "frames")
    with story.step("frames", "The lists are read, checked and returned where they are wrong"):
        story.contact("frame", "import-folder", str(story.places.lists))
    with story.step("draw", "The lists are committed to, two people throw dice, a sample is drawn"):
        draw(story, "draw")


def draw(story: Story, folder: str) -> None:
    """Commit, throw, draw and publish; then check the published draw as any observer would."""
    root = story.contact("sample", "commit").split()[-1]
    for who, throws in staff.DICE:
        story.contact("sample", "dice", "--by", who, throws)
    story.contact("sample", "draw")
    story.contact("sample", "publish", story.file(folder))
    story.tell(story.contact("draw", "verify", story.file(folder), "--root", root).splitlines()[-1])


def directory(story: Story) -> None:
    """Fix keys and invitations, and publish the booth."""
    ceremonies.directory(story, story.round_code, "")


def closing(story: Story) -> None:
    """Close the wave on the day after its last."""
    ceremonies.closing(story, read_wave(WAVE_DESIGN)["closes_on"])


def start_booths(story: Story) -> None:
    """Serve the booth, and its assisted twin for browsers without script."""
    for name in ("booth", "assisted"):
        if name not in story.processes.running:
            port = str(story.places.port(name))
            words = ["serve", name, story.file("booth"), "--port", port]
            story.processes.start(name, "contact", *words)
            story.processes.wait_for_ports(name)


def fieldwork(story: Story) -> None:
    """Invite, answer, remind, answer; a day at a time."""
    opens = read_wave(WAVE_DESIGN)["opens_on"]
    start_booths(story)
    with story.step("invitations", "Invitations go out over WhatsApp and e-mail"):
        story.set_day(opens)
        story.contact("campaign", "plan", "invitation")
        story.drain()
    for number, days in enumerate((1, 3, 8), start=1):
        with story.step(f"answers {number}", f"Day {days}: people answer on their phones"):
            story.set_day(opens + timedelta(days=days))
            answer(story, number)
            if number == 1:
                ceremonies.plant(story)
            story.response("box", "release")
            ceremonies.tidy(story)
    with story.step("reminder", "One reminder to those who have not finished"):
        story.set_day(opens + timedelta(days=14))
        story.contact("campaign", "plan", "reminder")
        story.drain()
    with story.step("answers 4", "Day 16: people answer after the reminder"):
        story.set_day(opens + timedelta(days=16))
        answer(story, 4)
        story.drain()


def answer(story: Story, turn: int) -> None:
    """Let the simulated respondents of this turn answer."""
    words = ["--turn", str(turn), "--turns", "4", "--seed", SEED]
    words += ["--mail", story.places.url("mail"), "--seen", story.file("seen.jsonl")]
    story.contact("rehearsal", "answer", *words)


def results(story: Story) -> None:
    """Correct, estimate and release, each by two people."""
    with story.step("estimation", "Corrections by two people, then the estimation"):
        for number, words in enumerate(staff.corrections(), start=1):
            story.response("corrections", "add", *words, "--author", AUTHORITY)
            story.response("corrections", "approve", str(number), "--approver", SECOND)
        story.response("estimation", "run", "--seed", SEED)
    with story.step("release", "Release by four eyes; reports are written"):
        story.response("release", "propose", "--by", AUTHORITY)
        story.response("release", "approve", "--by", SECOND)
        story.response("bundle", "write", story.file("bundle.json"))
        story.tell("  " + story.response("bundle", "verify", story.file("bundle.json")).strip())

"""The steps of the demo, in order: each a few commands of ``espi``, as an operator gives them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from espi.rehearsal.demo import ceremonies, staff
from espi.rehearsal.demo.environment import AUTHORITY, SECOND
from espi.rehearsal.demo.run import DemoRun
from espi.rehearsal.nation.design import LARGE, SHORT

WAVE_DESIGN = Path(__file__).resolve().parents[1] / "nation" / "wave"
SEED = "20260706"
SERVED = ("registry", "box", "booth", "public", "whatsapp", "mail")


def read_wave(folder: Path) -> dict[str, Any]:
    """Return the settings of the wave in a design folder."""
    import tomllib

    return tomllib.loads((folder / "wave.toml").read_text("utf-8"))


def prepare(run: DemoRun) -> None:
    """Make databases, staff and the wave; start everything that serves."""
    with run.step("prepare", "Databases, staff and the design of the wave"):
        run.set_day(read_wave(WAVE_DESIGN)["opens_on"] - timedelta(days=40))
        run.both("migrate")
        for give, bank in ((run.contact, "contact"), (run.response, "response")):
            lines = staff.staff_lines(WAVE_DESIGN, liaisons=bank == "contact")
            give("--bank", bank, "staff", "load", stdin=lines)
        run.both("design", "load", str(WAVE_DESIGN))
    with run.step("processes", "Starting the processes"):
        start_servers(run)


def start_servers(run: DemoRun) -> None:
    """Start each process as its own program."""
    processes, environment = run.processes, run.environment
    port = {name: str(environment.port(name)) for name in (*SERVED, "smtp")}
    processes.start("registry", "contact", "serve", "registry", "--port", port["registry"])
    processes.start(
        "signer", "signer", "serve", "signer", "--port", str(environment.port("signer"))
    )
    processes.start("box", "response", "serve", "box", "--port", port["box"])
    processes.start("public", "response", "serve", "public", "--port", port["public"])
    webhook = f"{environment.url('registry')}/webhooks/whatsapp"
    simulator = ["--port", port["whatsapp"], "--webhook", webhook]
    processes.start("whatsapp", "contact", "rehearsal", "whatsapp", *simulator)
    processes.start(
        "mail", "contact", "rehearsal", "mail", "--port", port["mail"], "--smtp-port", port["smtp"]
    )
    processes.wait_for_ports("registry", "signer", "box", "public", "whatsapp", "mail")
    processes.start("dispatcher", "contact", "dispatch")
    processes.start("worker-contact", "contact", "--bank", "contact", "work")
    processes.start("worker-response", "response", "--bank", "response", "work")


def lists(run: DemoRun) -> None:
    """Let each liaison deliver the population lists, then draw the sample."""
    with run.step("nation", "A fictional nation writes its population lists"):
        run.contact("rehearsal", "nation", str(run.environment.lists), "--seed", SEED)
        run.contact("--bank", "contact", "design", "phase", "frames")
    with run.step("frames", "The lists are read, checked and returned where they are wrong"):
        mend(run, run.contact("frame", "import-folder", str(run.environment.lists)))
    with run.step("dropped", "One list is too short: two people go on without its agency"):
        drop(run, *SHORT)
    with run.step("draw", "The lists are committed to, two people throw dice, a sample is drawn"):
        draw(run, "draw")


def mend(run: DemoRun, outcome: str) -> None:
    """Let the large regency mend the services that nobody knew, and deliver those rows again.

    Args:
        run: of the demo.
        outcome: of the import: one line a list, which ends with the number of the upload.
    """
    [line] = [line for line in outcome.splitlines() if line.startswith(f"{LARGE} external:")]
    returned, mended = run.file("returned.csv"), run.file("mended.csv")
    run.contact("frame", "rejected", line.split()[-1], returned)
    run.contact("rehearsal", "mend", returned, mended, "--agency", LARGE)
    run.report(f"  {run.contact('frame', 'import', LARGE, 'external', mended).strip()}")


def drop(run: DemoRun, agency: str, group: str) -> None:
    """Go on without an agency, as two people decide; the other bank is told, too."""
    bank = ("--bank", "contact", "agencies")
    run.contact(*bank, "drop", agency, "--reason", "short", "--by", AUTHORITY)
    run.report(f"  {group}: {run.contact(*bank, 'confirm', agency, '--by', SECOND).strip()}")
    run.contact("agencies", "export", run.file("dropped.json"))
    run.response("agencies", "take", run.file("dropped.json"))


def draw(run: DemoRun, folder: str) -> None:
    """Commit, throw, draw and publish; then check the published draw as any observer would."""
    root = run.contact("sample", "commit").split()[-1]
    for who, throws in staff.DICE:
        run.contact("sample", "dice", "--by", who, throws)
    run.contact("sample", "draw")
    run.contact("sample", "publish", run.file(folder))
    run.report(run.contact("draw", "verify", run.file(folder), "--root", root).splitlines()[-1])


def directory(run: DemoRun) -> None:
    """Fix keys and invitations, and publish the booth."""
    ceremonies.directory(run, "")


def closing(run: DemoRun) -> None:
    """Close the wave on the day after its last."""
    ceremonies.closing(run, read_wave(WAVE_DESIGN)["closes_on"])


def start_booths(run: DemoRun) -> None:
    """Serve the booth, and its assisted twin for browsers without script."""
    for name in ("booth", "assisted"):
        if name not in run.processes.running:
            port = str(run.environment.port(name))
            words = ["serve", name, run.file("booth"), "--port", port]
            run.processes.start(name, "contact", *words)
            run.processes.wait_for_ports(name)


def fieldwork(run: DemoRun) -> None:
    """Invite, answer, remind, answer; a day at a time."""
    opens = read_wave(WAVE_DESIGN)["opens_on"]
    with run.step("invitations", "Invitations go out over WhatsApp and e-mail"):
        start_booths(run)
        run.set_day(opens)
        run.contact("campaign", "plan", "invitation")
        run.drain()
    for number, days in enumerate((1, 3, 8), start=1):
        with run.step(f"answers {number}", f"Day {days}: people answer on their phones"):
            run.set_day(opens + timedelta(days=days))
            answer(run, number)
            if number == 1:
                ceremonies.plant(run)
            run.response("box", "release")
            ceremonies.tidy(run)
    with run.step("reminder", "One reminder to those who have not finished"):
        run.set_day(opens + timedelta(days=14))
        run.contact("campaign", "plan", "reminder")
        run.drain()
    with run.step("answers 4", "Day 16: people answer after the reminder"):
        run.set_day(opens + timedelta(days=16))
        answer(run, 4)
        run.drain()


def answer(run: DemoRun, turn: int) -> None:
    """Let the simulated respondents of this turn answer."""
    words = ["--turn", str(turn), "--turns", "4", "--seed", SEED]
    words += ["--mail", run.environment.url("mail"), "--seen", run.file("seen.jsonl")]
    run.contact("rehearsal", "answer", *words)


def results(run: DemoRun) -> None:
    """Correct, estimate and release, each by two people."""
    with run.step("estimation", "Corrections by two people, then the estimation"):
        for number, words in enumerate(staff.corrections(), start=1):
            run.response("corrections", "add", *words, "--author", AUTHORITY)
            run.response("corrections", "approve", str(number), "--approver", SECOND)
        run.response("estimation", "run", "--seed", SEED)
    with run.step("release", "Release by four eyes; reports are written"):
        run.response("release", "propose", "--by", AUTHORITY)
        run.response("release", "approve", "--by", SECOND)
        run.response("bundle", "write", run.file("bundle.json"))
        run.report("  " + run.response("bundle", "verify", run.file("bundle.json")).strip())

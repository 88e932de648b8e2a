"""Steps of the demo that need keys: log, trustees, closing and opening, each by its own role."""

from __future__ import annotations

from datetime import date, timedelta

from espi.rehearsal.demo.environment import WITNESSES
from espi.rehearsal.demo.processes import verifier
from espi.rehearsal.demo.run import DemoRun

TRUSTEES = ("Sari", "Budi", "Ayu")
WAVES = ("latihan-2026", "latihan-2027")
WITNESS = "espi_verify.witness_server"
PLANTED_IN = "kab-contoh-jaya.internal.layanan"
SLIPS_IN = "kab-contoh-jaya.external.loket"
# Invitations that are nobody's: the stratum, how many, and the file for their links. The second
# wave has of every kind, so that pages are seen with all of them.
NAMELESS = {
    "latihan-2026": ((PLANTED_IN, 3, "planted"), (SLIPS_IN, 30, "slips")),
    "latihan-2027": (
        (PLANTED_IN, 2, "planted"),
        (SLIPS_IN, 12, "slips"),
        ("kota-contoh.external.loket", 4, "few-slips"),
        ("kab-contoh-jaya.internal.wawancara", 12, "interviews"),
    ),
}


def ceremony(run: DemoRun) -> None:
    """Make the trustees' key, and open test envelopes with it before anybody relies on it."""
    with run.step("ceremony", "Three trustees make the key, and rehearse the opening"):
        names = [word for name in TRUSTEES for word in ("--trustee", name)]
        run.contact("trustees", "create", run.file("trustees"), *names)
        run.contact("trustees", "rehearse", run.file("trustees"))
        run.contact("design", "election-key", run.file("trustees/election-key.json"))


def witnesses(run: DemoRun) -> None:
    """Make two witnesses, each with a key of its own, and start them."""
    with run.step("witnesses", "Two witnesses get keys, and sign what the log shows"):
        _make_witnesses(run)


def _make_witnesses(run: DemoRun) -> None:
    lines = ""
    for name in WITNESSES:
        create = verifier("create", run.file(name), "--name", f"{name}.example", module=WITNESS)
        key = run.processes.run_program(create, run.environment.root).strip()
        lines += f"{key} {run.environment.url(name)}\n"
    file = run.environment.root / "log" / "witnesses"
    file.write_text("", "utf-8")  # the log's key is asked for before any witness answers
    start_witnesses(run)
    file.write_text(lines, "utf-8")


def start_witnesses(run: DemoRun) -> None:
    """Start the witnesses; each signs the checkpoints of our logs as long as these only grow."""
    logs = []
    for code in WAVES:
        logs += ["--log", run.response("log", "key", "--wave", code).strip()]
    for name in WITNESSES:
        port = str(run.environment.port(name))
        words = ("serve", run.file(name), "--port", port, *logs)
        run.processes.start_program(name, verifier(*words, module=WITNESS))
    run.processes.wait_for_ports(*WITNESSES)


def verify(run: DemoRun) -> None:
    """Let the independent verifier check the published record from a folder of its own."""
    with run.step("verification", "An outsider checks the published log from another folder"):
        elsewhere = run.environment.root / "elsewhere"
        elsewhere.mkdir()
        address = f"{run.environment.url('box')}/record/{run.wave_code}"
        page = run.environment.url("booth")
        command = verifier(address, "--page", page, module="espi_verify.cli")
        output = run.processes.run_program(command, elsewhere)
        for line in output.splitlines()[-5:]:
            run.report(f"  {line}")


def directory(run: DemoRun, folder: str) -> None:
    """Make signing keys, fix keys and invitations in the log, publish the booth.

    Args:
        run: its wave is the one in question.
        folder: of the demo, with a slash at the end, where the files of this wave are kept.
    """
    with run.step(f"directory {run.wave_code}", "Signing keys; keys and invitations are logged"):
        run.contact("invitations", "issue")
        issue_nameless(run, folder)
        request, keys = run.file(f"{folder}request.json"), run.file(f"{folder}public-keys.json")
        run.contact("keys", "request", request)
        run.signer("signer", "keys", request, keys)
        run.contact("keys", "import", keys)
        exported = run.file(f"{folder}directory")
        run.contact("directory", "export", exported, *participants(run))
        run.signer("signer", "admit", run.wave_code, f"{exported}/for-the-signer.csv")
        run.response("directory", "import", exported)
        run.contact("booth", "publish", f"{exported}/directory.json", run.file("booth"))
        publish_audit_heads(run)
        run.contact("fieldwork", "open")
        run.response("--bank", "response", "design", "phase", "field")


def issue_nameless(run: DemoRun, folder: str) -> None:
    """Issue the invitations of this wave that belong to nobody: slips and planted ones."""
    for stratum, count, name in NAMELESS[run.wave_code]:
        verb = "plant" if name == "planted" else "slips"
        words = [stratum, run.file(f"{folder}{name}.csv"), "--count", str(count)]
        if name == "slips":
            words += ["--sheet", run.file(f"{folder}{name}.pdf")]
        run.contact("invitations", verb, *words)


def participants(run: DemoRun) -> list[str]:
    """Return the options of ``directory export`` that name who takes part, by their keys."""
    words = ["--log", run.response("log", "key").strip()]
    words += ["--signer", run.signer("signer", "key").strip()]
    words += ["--booth", run.contact("booth", "hash").strip()]
    words += ["--ceremony", run.file("trustees/ceremony.json")]
    witness_keys = run.environment.witnesses()
    for key in witness_keys:
        words += ["--witness", key]
    return [*words, "--quorum", str(len(witness_keys))]


def publish_audit_heads(run: DemoRun) -> None:
    """Put the ends of both audit logs among the page's files, whose hashes are then logged."""
    run.both("audit", "head", "--into", run.file("booth"))
    run.response("log", "page", run.file("booth"))


def plant(run: DemoRun) -> None:
    """Let people at a counter answer with slips, and auditors with what was planted for them."""
    run.contact("rehearsal", "plant", run.file("slips.csv"), run.file("slips.json"))
    run.contact("rehearsal", "plant", run.file("planted.csv"), run.file("sheets.json"))
    run.contact("planted", "commit", run.file("sheets.json"), run.file("planted"))
    run.response("log", "planted", run.file("planted/planted.json"))


def tidy(run: DemoRun) -> None:
    """Do what is done every night on the side that knows persons."""
    run.contact("fieldwork", "tidy")
    run.signer("signer", "tidy", run.wave_code)


def closing(run: DemoRun, closes_on: date) -> None:
    """Close the wave: keys destroyed, the last batches logged, the log sealed."""
    with run.step("closing", "Fieldwork closes; signing keys are destroyed, the log is sealed"):
        run.set_day(closes_on + timedelta(days=1))
        run.drain()  # the day has woken messages: none may be on the wire while counts are kept
        run.contact("fieldwork", "close", "--yes")
        run.signer("signer", "close", run.wave_code, run.file("closing"), "--yes")
        run.set_day(closes_on + timedelta(days=8))  # phones keep an envelope for seven days
        run.response("box", "close", "--yes")
        publish_audit_heads(run)
        run.response("box", "seal", run.file("closing"))
        run.contact("tallies", "export", run.file("tallies.json"))
        run.response("tallies", "import", run.file("tallies.json"))


def opening(run: DemoRun) -> None:
    """Open the box with two of three shares, without network or database."""
    with run.step("opening", "Two of three trustees open the envelopes, offline"):
        run.response("box", "export", run.file("box"))
        words = ["--ceremony", run.file("trustees/ceremony.json")]
        words += ["--planted", run.file("planted/planted-secret.json")]
        for number in (1, 3):
            words += ["--share", run.file(f"trustees/share-{number}.txt")]
        for name in TRUSTEES:
            words += ["--present", name]
        output = run.contact("opening", "open", run.file("box"), run.file("opened"), *words)
        for line in output.splitlines()[3:7]:
            run.report(f"  {line}")
        inputs = [run.file(name) for name in ("seen.jsonl", "directory/directory.json", "box")]
        run.contact("rehearsal", "game", *inputs, run.file("response/game.json"))
        run.response("opening", "take", run.file("opened"))
        run.response("log", "opening", run.file("opened/opening.json"))

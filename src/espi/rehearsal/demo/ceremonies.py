"""Keys, the public log and the opening, as the demo plays them: each role with its own settings."""

from __future__ import annotations

from datetime import date, timedelta

from espi.rehearsal.demo.environment import WITNESSES
from espi.rehearsal.demo.processes import verifier
from espi.rehearsal.demo.run import Story

TRUSTEES = ("Sari", "Budi", "Ayu")
ROUNDS = ("latihan-2026", "latihan-2027")
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


def ceremony(story: Story) -> None:
    """Make the trustees' key, and open test envelopes with it before anybody relies on it."""
    with story.step("ceremony", "Three trustees make the key, and rehearse the opening"):
        names = [word for name in TRUSTEES for word in ("--trustee", name)]
        story.contact("trustees", "create", story.file("trustees"), *names)
        story.contact("trustees", "rehearse", story.file("trustees"))
        story.contact("design", "election-key", story.file("trustees/election-key.json"))


def witnesses(story: Story) -> None:
    """Start two witnesses, each with a key of its own, that will sign only what grows."""
    story.places.root.joinpath("log", "witnesses").write_text("", "utf-8")
    logs = []
    for code in ROUNDS:
        logs += ["--log", story.response("log", "key", "--wave", code).strip()]
    lines = ""
    for name in WITNESSES:
        folder, port = story.file(name), str(story.places.port(name))
        create = verifier("create", folder, "--name", f"{name}.example", module=WITNESS)
        key = story.processes.run_program(create, story.places.root).strip()
        serve = verifier("serve", folder, "--port", port, *logs, module=WITNESS)
        story.processes.start_program(name, serve)
        lines += f"{key} {story.places.url(name)}\n"
    story.processes.wait_for_ports(*WITNESSES)
    story.places.root.joinpath("log", "witnesses").write_text(lines, "utf-8")


def verify(story: Story) -> None:
    """Let the independent verifier check the published record from a folder of its own."""
    with story.step("verification", "A stranger checks the published log from another folder"):
        elsewhere = story.places.root / "elsewhere"
        elsewhere.mkdir()
        address = f"{story.places.url('box')}/record/{story.round_code}"
        page = story.places.url("booth")
        command = verifier(address, "--page", page, module="espi_verify.cli")
        told = story.processes.run_program(command, elsewhere)
        for line in told.splitlines()[-5:]:
            story.tell(f"  {line}")


def directory(story: Story, round_code: str, folder: str) -> None:
    """Make signing keys, fix keys and invitations in the log, publish the booth."""
    with story.step(f"directory {round_code}", "Signing keys; keys and invitations are logged"):
        story.contact("invitations", "issue")
        for stratum, count, name in NAMELESS[round_code]:
            verb = "plant" if name == "planted" else "slips"
            words = [stratum, story.file(f"{folder}{name}.csv"), "--count", str(count)]
            if name == "slips":
                words += ["--sheet", story.file(f"{folder}{name}.pdf")]
            story.contact("invitations", verb, *words)
        place = story.file(folder + "directory")
        story.contact("keys", "request", story.file(folder + "request.json"))
        made = story.file(folder + "public-keys.json")
        story.signer("signer", "keys", story.file(folder + "request.json"), made)
        story.contact("keys", "import", made)
        story.contact("directory", "export", place, *roles(story, round_code))
        story.signer("signer", "admit", round_code, f"{place}/for-the-signer.csv")
        story.response("directory", "import", place)
        story.contact("booth", "publish", f"{place}/directory.json", story.file("booth"))
        publish_audit_heads(story)
        story.contact("fieldwork", "open")
        story.response("--bank", "response", "design", "phase", "field")


def roles(story: Story, round_code: str) -> list[str]:
    """Return who takes part, as the export of the directory is told."""
    words = ["--log", story.response("log", "key", "--wave", round_code).strip()]
    words += ["--signer", story.signer("signer", "key").strip()]
    words += ["--booth", story.contact("booth", "hash").strip()]
    words += ["--ceremony", story.file("trustees/ceremony.json")]
    witnesses = story.places.witnesses()
    for key in witnesses:
        words += ["--witness", key]
    return [*words, "--quorum", str(len(witnesses))]


def publish_audit_heads(story: Story) -> None:
    """Put the ends of both audit logs among the page's files, whose hashes are then logged."""
    story.both("audit", "head", "--into", story.file("booth"))
    story.response("log", "page", story.file("booth"))


def plant(story: Story) -> None:
    """Let people at a counter answer with slips, and auditors with what was planted for them."""
    story.contact("rehearsal", "plant", story.file("slips.csv"), story.file("slips.json"))
    story.contact("rehearsal", "plant", story.file("planted.csv"), story.file("sheets.json"))
    story.contact("planted", "commit", story.file("sheets.json"), story.file("planted"))
    story.response("log", "planted", story.file("planted/planted.json"))


def tidy(story: Story) -> None:
    """Do what is done every night on the side that knows persons."""
    story.contact("fieldwork", "tidy")
    story.signer("signer", "tidy", story.round_code)


def closing(story: Story, closes_on: date) -> None:
    """Close the wave: keys destroyed, the last batches logged, the log sealed."""
    with story.step("closing", "Fieldwork closes; signing keys are destroyed, the log is sealed"):
        story.set_day(closes_on + timedelta(days=1))
        story.drain()  # the day has woken messages: none may be on the wire while counts are kept
        story.contact("fieldwork", "close", "--yes")
        story.signer("signer", "close", story.round_code, story.file("closing"), "--yes")
        story.set_day(closes_on + timedelta(days=8))  # phones keep an envelope for seven days
        story.response("box", "close", "--yes")
        publish_audit_heads(story)
        story.response("box", "seal", story.file("closing"))
        story.contact("tallies", "export", story.file("tallies.json"))
        story.response("tallies", "import", story.file("tallies.json"))


def opening(story: Story) -> None:
    """Open the box with two of three shares, without network or database."""
    with story.step("opening", "Two of three trustees open the envelopes, offline"):
        story.response("box", "export", story.file("box"))
        words = ["--ceremony", story.file("trustees/ceremony.json")]
        words += ["--planted", story.file("planted/planted-secret.json")]
        for number in (1, 3):
            words += ["--share", story.file(f"trustees/share-{number}.txt")]
        for name in TRUSTEES:
            words += ["--present", name]
        told = story.contact("opening", "open", story.file("box"), story.file("opened"), *words)
        for line in told.splitlines()[3:7]:
            story.tell(f"  {line}")
        place = [story.file(name) for name in ("seen.jsonl", "directory/directory.json", "box")]
        story.contact("rehearsal", "game", *place, story.file("response/game.json"))
        story.response("opening", "take", story.file("opened"))
        story.response("log", "opening", story.file("opened/opening.json"))

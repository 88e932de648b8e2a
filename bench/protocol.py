"""``make bench``: the anonymity protocol, as ratios against a stated baseline in the same run.

Large measures are taken on a part and told for 600,000; ``--full`` takes them whole, ``--small``
takes a few of everything: the tests run that, so that a part that fails is seen at once.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import blindrsa, encoding, entries, keys, notes, sealing, tiles, tree
from espi.anonymity.v1.directory import Directory, InvitationsEntry, RoundEntry, StratumEntry
from espi.anonymity.v1.statements import PageStatement, to_entry
from espi.canonical_json import canonical_json
from espi.instrument import shelf
from espi.instrument.model import Instrument
from espi.response.opening.box import Box
from espi.response.opening.decryption import open_all
from espi.response.opening.facts import StratumPlace, WaveDesign
from espi.signer.store import Store

ROOT = Path(__file__).resolve().parents[1]
WHOLE = 600_000
FULL, SMALL = "--full" in sys.argv, "--small" in sys.argv
SIGNED = WHOLE if FULL else 60 if SMALL else 20_000
OPENED = WHOLE if FULL else 60 if SMALL else 10_000
TICKETS, TIMED = (20, 120) if SMALL else (400, 1200)
STRATUM, ROUND, ORIGIN = "kab-x.internal", "bench", "box.example/record/bench"
PSS = padding.PSS(padding.MGF1(hashes.SHA384()), 48)


@contextmanager
def clock() -> Iterator[Callable[[], float]]:
    """Yield a function that tells the seconds since the beginning, or of the whole when it ended."""
    start, end = time.perf_counter(), [0.0]
    yield lambda: (end[0] or time.perf_counter()) - start
    end[0] = time.perf_counter()


def told(what: str, ours: str, baseline: str, theirs: str, ratio: float) -> None:
    """Print one line: our measure, the baseline's, the ratio."""
    print(f"{what:<46} {ours:>26}   {baseline:<36} {theirs:>16}   ratio {ratio:7.2f}")


@lru_cache(maxsize=4)
def private_key(pem: bytes) -> rsa.RSAPrivateKey:
    """Return a key, read once per process."""
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 narrows the type
    return key


def signatures(folder: Path) -> None:
    """Tickets per second on one core, with and without the signer's memory."""
    pem, _der = keys.generate_signing_key()
    store = Store(folder / "signer")
    store.keys.keep(STRATUM, pem)
    count = TICKETS
    store.admit({n.to_bytes(32, "big"): STRATUM for n in range(count)})
    messages = [b"\0" + secrets.token_bytes(383) for _ in range(count)]
    with clock() as plain:
        for message in messages:
            private_key(pem).sign(message, PSS, hashes.SHA384())
    with clock() as blind:
        for message in messages:
            blindrsa.blind_sign(pem, message)
    with clock() as whole:
        for n, message in enumerate(messages):
            store.sign(key_stratum=STRATUM, invitation=n.to_bytes(32, "big"), blinded=message,
                       today=date(2026, 7, 7))  # fmt: skip
    rate = count / plain()
    told(
        "blind signatures a second and core",
        f"{count / blind():.0f}",
        "plain RSA-PSS",
        f"{rate:.0f}",
        rate * blind() / count,
    )
    told(
        "  with the signer's file (fsync each)",
        f"{count / whole():.0f}",
        "plain RSA-PSS",
        f"{rate:.0f}",
        rate * whole() / count,
    )


def make_ballot(task: tuple[bytes, bytes]) -> bytes:
    """Return a log entry of a ballot named by its number, signed."""
    pem, name = task
    random = sha256(name).digest()
    prepared = random + encoding.message_of_digest(ROUND, STRATUM, name)
    signature = private_key(pem).sign(prepared, PSS, hashes.SHA384())
    return entries.BallotEntry(STRATUM, name, random, signature).to_bytes()


def invitations() -> list[bytes]:
    """Return as many hashes of invitations as there are ballots: no more may be accepted."""
    return [n.to_bytes(32, "big") for n in range(max(SIGNED, OPENED))]


def directory(public: bytes, election: dict[str, str], log: str, signer: str) -> Directory:
    """Return the directory of a log with one stratum."""
    rules = RoundEntry(
        round_code=ROUND, level="L1", minimum=10, election_key=election, log=log,
        witnesses=(), quorum=0, signer=signer, booth="0" * 64, ceremony="",
    )  # fmt: skip
    invited = invitations()
    stratum = StratumEntry(
        round_code=ROUND, stratum=STRATUM, parent="", group="internal", invited=len(invited),
        key=b64encode(public).decode(), merges=(f"{STRATUM}.1",),
    )  # fmt: skip
    return Directory.of(
        rules, [stratum], InvitationsEntry(ROUND, len(invited), tree.root(invited), "")
    )


def verification(folder: Path) -> None:
    """The independent verifier on a whole record, on two processes."""
    pem, der = keys.generate_signing_key()
    log, signer = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    election = sealing.to_jwk(keys.generate_election_key().public_key())
    verifiers = str(notes.verifier_of(log, ORIGIN)), str(notes.verifier_of(signer, "signer"))
    opening = directory(der, election, *verifiers)
    names = sorted(secrets.token_bytes(32) for _ in range(SIGNED))
    with ProcessPoolExecutor() as pool:
        ballots = list(pool.map(make_ballot, ((pem, name) for name in names), chunksize=200))
    page = to_entry(PageStatement(ROUND, {"index.html": "0" * 64}))
    made = [*opening.written, page, *ballots]
    with clock() as logged:
        leaves = [tree.leaf_hash(entry) for entry in made]
        for path, content in [*tiles.hash_tiles(leaves), *tiles.entry_bundles(made, 0)]:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    with clock() as bare:
        for entry in made:
            sha256(entry).digest()
    _sign_record(folder, leaves, opening.size, log, verifiers)
    _verify(folder, der, made[opening.size + 1 :])
    told(f"log of {WHOLE:,} leaves, tiles written", f"{logged() * WHOLE / len(made):.1f} s", "SHA-256 of the entries alone",
         f"{bare() * WHOLE / len(made):.1f} s", logged() / bare())  # fmt: skip


def _sign_record(
    folder: Path,
    leaves: list[bytes],
    first: int,
    log: Ed25519PrivateKey,
    verifiers: tuple[str, str],
) -> None:
    """Write keys, frame and checkpoints beside the tiles of a record."""
    said = {
        "format": "espi/v1/record-keys", "round": ROUND, "origin": ORIGIN, "log": verifiers[0],
        "witnesses": [], "quorum": 0, "signer": verifiers[1],
    }  # fmt: skip
    (folder / "keys.json").write_text(canonical_json(said))
    (folder / "frame.bin").write_bytes(entries.joined(invitations()))
    (folder / "checkpoints").mkdir()
    for size in (first, len(leaves)):
        text = notes.Checkpoint(ORIGIN, size, tree.root_of(leaves[:size])).text
        (folder / "checkpoints" / str(size)).write_text(notes.sign(text, log, ORIGIN))
    newest = (folder / "checkpoints" / str(len(leaves))).read_bytes()
    (folder / "checkpoint").write_bytes(newest)


def _verify(folder: Path, der: bytes, ballots: list[bytes]) -> None:
    public, some = blindrsa.load_public(der), ballots[:2000]
    parsed = [entries.BallotEntry.of(entry) for entry in some]
    with clock() as bare:
        for one in parsed:
            public.verify(one.signature, one.prepared(ROUND), PSS, hashes.SHA384())
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from espi_verify.cli import main; sys.exit(main())"
    words = [sys.executable, "-I", "-c", code, str(ROOT / "verifier" / "src"), str(folder)]
    with clock() as whole:
        done = subprocess.run(
            [*words, "--processes", "2"], capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(f"the record does not verify: {done.stdout[-300:]} {done.stderr[-300:]}")
    ours, theirs = whole() * WHOLE / len(ballots), bare() * WHOLE / len(some) / 2
    told(
        f"verifying a record of {WHOLE:,}, 2 processes",
        f"{ours:.0f} s (goal 120)",
        "bare RSA-PSS on two cores",
        f"{theirs:.0f} s",
        ours / theirs,
    )


def seal_ballot(task: tuple[bytes, bytes, dict[str, str]]) -> bytes:
    """Return a sealed and signed answer sheet as a box exports it."""
    pem, sheet, election = task
    envelope = sealing.seal(sealing.from_jwk(election), encoding.info(ROUND, STRATUM), sheet)
    prepared = encoding.prepare(encoding.message(ROUND, STRATUM, envelope), secrets.token_bytes(32))
    return prepared + private_key(pem).sign(prepared, PSS, hashes.SHA384()) + envelope


def answer_sheet(instrument: Instrument) -> bytes:
    """Return an answer sheet with the first option of every item."""
    answers = {item.code: item.options[0].value for item in instrument.items if item.applies({})}
    content = {"v": 1, "round": ROUND, "stratum": f"{STRATUM}.1", "agency": "kab-x", "unit": "Dinas", "group": "internal",
               "instrument": instrument.digest, "language": "id", "mode": "web", "answers": answers}  # fmt: skip
    return json.dumps(content).encode()


def wave_design(instrument: Instrument) -> WaveDesign:
    """Return a wave of one stratum as its box exports it."""
    return WaveDesign(
        wave=ROUND,
        strata={f"{STRATUM}.1": StratumPlace("kab-x", "internal", "sample")},
        instruments={instrument.code: instrument.to_json()},
        specification=None,
    )


def opening(folder: Path) -> None:
    """Opening, with every signature checked again, on every core."""
    pem, der = keys.generate_signing_key()
    election = keys.generate_election_key()
    instrument = shelf.take("internal-2026.1")
    jwk = sealing.to_jwk(election.public_key())
    sheet = answer_sheet(instrument)
    with ProcessPoolExecutor() as pool:
        made = list(
            pool.map(seal_ballot, ((pem, sheet, jwk) for _ in range(OPENED)), chunksize=100)
        )
    made.sort(key=lambda ballot: encoding.ballot_digest(ballot[448:]))
    (folder / "sealed").mkdir()
    (folder / "sealed" / f"{STRATUM}.bin").write_bytes(b"".join(made))
    log = directory(der, jwk, "", "")
    written = b"".join(len(entry).to_bytes(2, "big") + entry for entry in log.written)
    (folder / "entries.bin").write_bytes(written)
    (folder / "box.json").write_text(json.dumps(wave_design(instrument).to_json()))
    info, some = encoding.info(ROUND, STRATUM), [ballot[448:] for ballot in made[:1000]]
    with clock() as bare:
        for envelope in some:
            sealing.open_sealed(election, info, envelope)
    with clock() as whole:
        opened = open_all(Box.at(folder), election, frozenset())
    assert sum(frame.height for frame in opened.frames) == OPENED  # noqa: S101 a measure of nothing else
    ours, theirs = whole() * WHOLE / OPENED, bare() * WHOLE / len(some) / (os.cpu_count() or 1)
    told(
        f"opening {WHOLE:,} ballots, {os.cpu_count()} cores",
        f"{ours:.0f} s (goal 300)",
        "bare HPKE on all cores",
        f"{theirs:.0f} s",
        ours / theirs,
    )
    print(
        f"  largest process so far: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"
    )


def booth(folder: Path) -> None:
    """Seal, blind and finalize in Chromium, six times throttled, against the same unthrottled."""
    script = gzip.compress((ROOT / "src/espi/booth/static/booth.js").read_bytes())
    print(f"booth script: {len(script) / 1000:.1f} kB gzip (goal 25)")
    twin = folder / "twin.js"
    esbuild = ROOT / "frontend/node_modules/esbuild/bin/esbuild"
    source = ROOT / "frontend/booth/tests/twin.ts"
    words = [
        esbuild,
        source,
        "--bundle",
        "--format=iife",
        "--global-name=twin",
        "--log-level=error",
    ]
    try:
        subprocess.run([*words, f"--outfile={twin}"], check=True)
        times = in_chromium(twin, asked_of_booth())
    except (ImportError, OSError) as missing:
        print("The booth is not measured:", missing)
        return
    cold, warm = (
        {rate: sum(one[at] for one in found.values()) for rate, found in times.items()}
        for at in (0, 1)
    )
    told(
        "booth: seal, blind, finalize, 6 x slower, cold",
        f"{cold[6]:.0f} ms (goal 1000)",
        "unthrottled",
        f"{cold[1]:.0f} ms",
        cold[6] / cold[1],
    )
    told(
        "  the same, warm",
        f"{warm[6]:.0f} ms",
        "unthrottled",
        f"{warm[1]:.0f} ms",
        warm[6] / warm[1],
    )


def asked_of_booth() -> dict[str, object]:
    """Return keys, a message and the signer's answer, as the booth's own functions take them."""
    pem, der = keys.generate_signing_key()
    public = blindrsa.load_public(der)
    prepared = secrets.token_bytes(64)
    blinded, inverse = blindrsa.blind(public, prepared)
    n = public.public_numbers().n.to_bytes(384, "big")
    return {
        "jwk": {"kty": "RSA", "n": encoding.to_text(n), "e": "AQAB"},
        "election": sealing.to_jwk(keys.generate_election_key().public_key()),
        "prepared": prepared.hex(),
        "answer": blindrsa.blind_sign(pem, blinded).hex(),
        "inverse": inverse.to_bytes(384, "big").hex(),
    }


def in_chromium(twin: Path, asked: dict[str, object]) -> dict[int, dict[str, list[float]]]:
    """Return first and median milliseconds of each task, unthrottled and six times slower."""
    from playwright.sync_api import sync_playwright

    times = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for rate in (1, 6):
            page = browser.new_page()
            page.route(
                "http://localhost/*",
                lambda route: route.fulfill(body="<html></html>", content_type="text/html"),
            )
            page.goto("http://localhost/")
            page.add_script_tag(path=twin)
            page.context.new_cdp_session(page).send(
                "Emulation.setCPUThrottlingRate", {"rate": rate}
            )
            times[rate] = page.evaluate("asked => twin.speed(asked)", asked)
            page.close()
        browser.close()
    return times


def timing() -> None:
    """A24: does the time of a signature depend on the message? Welch's t, fixed against random."""
    pem, _der = keys.generate_signing_key()
    fixed = b"\0" + secrets.token_bytes(383)
    samples: dict[bool, list[float]] = {True: [], False: []}
    for n in range(TIMED):
        same = secrets.randbelow(2) == 0
        message = fixed if same else b"\0" + secrets.token_bytes(383)
        with clock() as spent:
            blindrsa.blind_sign(pem, message)
        if n > 100:  # noqa: PLR2004 the first warm the caches
            samples[same].append(spent())
    trimmed = [sorted(times)[: len(times) * 9 // 10] for times in samples.values()]
    means = [sum(times) / len(times) for times in trimmed]
    spread = [
        sum((t - m) ** 2 for t in times) / (len(times) - 1) / len(times)
        for times, m in zip(trimmed, means, strict=True)
    ]
    print(
        f"timing of the signer, fixed against random: t = {(means[0] - means[1]) / sum(spread) ** 0.5:.1f} (a leak shows beyond 4.5)"
    )


if __name__ == "__main__":
    parts = (
        (signatures, verification, opening) if SMALL else (signatures, verification, opening, booth)
    )
    for measure in parts:
        with tempfile.TemporaryDirectory() as place:
            measure(Path(place))
    timing()

"""``make bench``: how fast the parts that matter are, as ratios against a stated baseline.

Every pair is measured in turn in this one run; quote the ratios, not the seconds. ``--small``
does each once or twice, for the tests.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable
from itertools import count

import numpy as np
import reports  # beside this file
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing
from espi.method.estimation.linear import mean
from espi.method.estimation.variance import element_design, variance
from espi.method.sampling.selection import select

REPORTS = 40
SMALL = "--small" in sys.argv
ROUNDS = 1 if SMALL else 7


def median_time(task: Callable[[], object], repeat: int) -> float:
    """Return the median seconds of one task over several rounds of ``repeat``."""
    times, repeat = [], 2 if SMALL else repeat
    for _round in range(ROUNDS):
        start = time.perf_counter()
        for _again in range(repeat):
            task()
        times.append((time.perf_counter() - start) / repeat)
    return sorted(times)[ROUNDS // 2]


def report(what: str, ours: float, baseline: str, theirs: float) -> None:
    """Print one line: our time, the baseline's, and the ratio."""
    print(f"{what:<42} {ours * 1000:9.3f} ms   {baseline:<34} {theirs * 1000:9.3f} ms"
          f"   ratio {ours / theirs:7.2f}")  # fmt: skip


def signatures() -> None:
    """Blind signing and verifying against plain RSA-PSS of the same key."""
    pem, der = keys.generate_signing_key()
    public = blindrsa.load_public(der)
    prepared = encoding.prepare(secrets.token_bytes(32), secrets.token_bytes(32))
    blinded, inverse = blindrsa.blind(public, prepared)
    signature = blindrsa.finalize(public, prepared, blindrsa.blind_sign(pem, blinded), inverse)
    plain = serialization.load_pem_private_key(pem, None)
    assert isinstance(plain, rsa.RSAPrivateKey)  # noqa: S101 narrows the type
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    ours = median_time(lambda: blindrsa.blind_sign(pem, blinded), 40)
    theirs = median_time(lambda: plain.sign(prepared, scheme, hashes.SHA384()), 40)
    report("blind signature, checked", ours, "plain RSA-PSS signature", theirs)
    ours = median_time(lambda: blindrsa.blind(public, prepared), 40)
    verified = median_time(lambda: blindrsa.verify(public, prepared, signature), 200)
    report("blinding (respondent)", ours, "verifying a signature", verified)


def envelopes() -> None:
    """Sealing and opening an answer sheet against AES-GCM of the same block."""
    key = keys.generate_election_key()
    sheet, block = secrets.token_bytes(900), secrets.token_bytes(encoding.BLOCK)
    info = encoding.info("bench", "stratum")
    envelope = sealing.seal(key.public_key(), info, sheet)
    cipher, nonce = AESGCM(secrets.token_bytes(32)), secrets.token_bytes(12)
    theirs = median_time(lambda: cipher.encrypt(nonce, block, None), 300)
    ours = median_time(lambda: sealing.seal(key.public_key(), info, sheet), 100)
    report("sealing an answer sheet", ours, "AES-256-GCM of the block", theirs)
    ours = median_time(lambda: sealing.open_sealed(key, info, envelope), 100)
    report("opening an answer sheet", ours, "AES-256-GCM of the block", theirs)


def estimation() -> None:
    """A mean with its standard error on 600,000 answers against the weighted mean alone."""
    rng = np.random.default_rng(1)
    n, h = (6_000, 77) if SMALL else (600_000, 7_680)
    y, weight, stratum = rng.uniform(0, 100, n), rng.uniform(1, 9, n), rng.integers(0, h, n)
    design = element_design(stratum, np.full(h, 500.0))
    everyone = np.ones(n, dtype=bool)
    theirs = median_time(lambda: np.average(y, weights=weight), 5)
    ours = median_time(lambda: variance(mean(y, weight, everyone), design), 2)
    report("mean and standard error, 600,000 answers", ours, "weighted mean alone (numpy)", theirs)


def draw() -> None:
    """Drawing 1,000 of 20,000 by hash against sorting the list."""
    units = [f"+62899{number:08d}|" for number in range(20_000)]
    theirs = median_time(lambda: sorted(units, reverse=True), 3)
    ours = median_time(lambda: select(units, "seed", 1000), 3)
    report("drawing 1,000 of 20,000 by hash", ours, "sorting the list", theirs)


def agency_reports() -> None:
    """One report against an empty PDF, and 40 in two processes against 40 one after the other."""
    numbers = count()
    theirs = median_time(reports.empty, 3)
    ours = median_time(lambda: reports.one(next(numbers)), 3)
    report("setting a report of an agency", ours, "empty PDF/UA of the same engine", theirs)
    if not SMALL:
        start = time.perf_counter()
        reports.many(REPORTS, 2)
        both = time.perf_counter() - start
        report(f"{REPORTS} reports in two processes", both, f"{REPORTS} in one", REPORTS * ours)


if __name__ == "__main__":
    for measure in (signatures, envelopes, estimation, draw, agency_reports):
        measure()

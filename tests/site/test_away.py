"""Behind a proxy with TLS, and with PostgreSQL away: the programs say so, and live on."""

from __future__ import annotations

import json

import pytest

NOWHERE = "postgres://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="module")
def away(served):
    """A registry and a box behind a proxy with TLS, whose database refuses connections."""
    for name, bank in (("registry-away", "contact"), ("box-away", "response")):
        text = (served.environment.root / f"{bank}.env").read_text("utf-8")
        lines = text.replace("URL=http://", "URL=https://").splitlines()
        kept = [line for line in lines if "_DATABASE=" not in line]
        database = f"ESPI_{bank.upper()}_DATABASE={NOWHERE}"
        (served.environment.root / f"{name}.env").write_text("\n".join([*kept, database]), "utf-8")
        served.start(name, name)
        served.wait(name)
    yield served
    for name in ("registry-away", "box-away"):
        process = served.processes.running.pop(name)
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize(("name", "path"), [
    ("registry-away", "/v1/invitation"), ("registry-away", "/v1/ticket"),
    ("box-away", "/v1/ballots"),
])  # fmt: skip
def test_a_program_is_told_to_come_again(away, name, path):
    """The booth keeps what it has and asks later; its script may read the answer."""
    code = {"code": "0" * 26, "blinded": "AAAA"}
    ballot = {"stratum": "s", "c": "A" * 11_031, "prep": "A" * 86, "sig": "A" * 512}
    body = json.dumps(ballot if "ballots" in path else code).encode()
    answer = away.ask(name, "POST", path, body)

    assert answer.status == 503
    assert json.loads(answer.body)["error"] == "busy"
    assert set(json.loads(answer.body)["message"]) == {"id", "en"}
    assert int(answer.headers["retry-after"]) > 0
    booth = away.environment.url("booth").replace("http:", "https:")
    assert answer.headers["access-control-allow-origin"] == booth


@pytest.mark.parametrize("path", ["/masuk", "/", "/kerangka", "/u/x"])
def test_a_person_is_told_in_both_languages(away, path):
    """With a session that would have to be looked up; pages that need no database are shown."""
    cookie = "Cookie: __Host-registry_session=abcdefghijklmnopqrstuvwxyz012345\r\n"
    answer = away.ask("registry-away", "GET", path, headers=cookie)
    if answer.status == 503:
        assert "coba lagi" in answer.body.decode()
        assert "try again" in answer.body.decode()
        assert int(answer.headers["retry-after"]) > 0
    else:
        assert answer.status in {200, 404}
    assert away.ask("registry-away", "GET", "/", headers=cookie).status == 503


@pytest.mark.parametrize("name", ["registry-away", "box-away"])
@pytest.mark.parametrize("path", ["/", "/nichts", "/v1/ballots", "/masuk"])
def test_browsers_are_told_to_come_back_over_tls(away, name, path):
    """The proxy speaks plain HTTP with the program, and no header has to say otherwise."""
    answer = away.ask(name, "GET", path)

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_without_https_nobody_is_told_so(served):
    assert "strict-transport-security" not in served.ask("registry", "GET", "/masuk").headers

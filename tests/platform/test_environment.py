from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from espi.site.environment import Environment, SettingsAreFaulty, database
from espi.site.settings import process


def test_every_fault_is_named_at_once():
    """A process that is told too little says all that is missing, in one message."""
    env = Environment({"ESPI_CONTACT_DATABASE": "mysql://x", "ESPI_CODE_SECRET": "abc"})
    process.every(env)
    process.contact(env)

    with pytest.raises(SettingsAreFaulty) as caught:
        env.require_no_faults()
    message = str(caught.value)
    for name in ("ESPI_SECRET_KEY", "ESPI_BOX_URL", "ESPI_CONTACT_DATABASE", "ESPI_CODE_SECRET"):
        assert name in message


def test_a_rehearsal_clock_needs_a_rehearsal():
    """Outside a rehearsal nobody can shift the clock."""
    env = Environment({"ESPI_REHEARSAL": "no", "ESPI_CLOCK_FILE": "/clock"})
    process.every(env)

    assert any("ESPI_CLOCK_FILE" in fault for fault in env.faults)


def test_a_database_address_is_understood():
    """Both engines are named by an address; a password may hold any character."""
    postgres = database("postgres://espi:p%40ss@db.example:5433/contact")

    assert (postgres["HOST"], postgres["PORT"], postgres["NAME"]) == (
        "db.example",
        "5433",
        "contact",
    )
    assert postgres["PASSWORD"] == "p@ss"
    assert database("sqlite:////var/espi/contact.sqlite3")["NAME"] == "/var/espi/contact.sqlite3"


def test_a_box_elsewhere_needs_nothing_of_the_contact_bank():
    """Its settings load from what docs/howto/run-the-box.md lists, and from no other name."""
    guide = Path(__file__).resolve().parents[2] / "docs" / "howto" / "run-the-box.md"
    lines = re.findall(r"^(ESPI_\w+)=(\S*)", guide.read_text("utf-8"), re.MULTILINE)
    settings = {name: value.replace("…", "x" * 40) or "x" for name, value in lines}
    assert not [
        name for name in settings if "CONTACT" in name or "CODE" in name or "SIGNER" in name
    ]
    for module in ("box", "worker_response"):
        done = subprocess.run(
            [sys.executable, "-c", f"import espi.site.settings.{module} as s; print(s.DATABASES)"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": "src", **settings},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "box.sqlite3" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ESPI_REGISTRY_URL", "https://münchen.example"),
        ("ESPI_REGISTRY_URL", "registry.example"),
        ("ESPI_REGISTRY_URL", "https://registry.example/a b"),
        ("ESPI_SENDER_NAME", "x" * 101),
        ("ESPI_SENDER_NAME", "\u200b"),
        ("ESPI_MAIL_FROM", "survei"),
        ("ESPI_MAIL_FROM", "Survei <a..b@contoh.example>"),
    ],
)
def test_what_cannot_stand_in_a_mail_is_refused_at_the_start(name, value):
    """Not at the first of three million messages."""
    env = Environment({name: value})
    process.every(env)
    process.carriers(env)

    assert any(fault.startswith(f"{name} cannot be read") for fault in env.faults)


@pytest.mark.parametrize("value", ["X_Forwarded_Proto", "X-Forwarded-Proto:", "1", "a b"])
@pytest.mark.parametrize("name", ["ESPI_PROXY_HEADER", "ESPI_PROXY_TLS_HEADER"])
def test_the_name_of_a_header_is_checked(name, value):
    """One with an underscore would never arrive."""
    env = Environment({name: value})
    process.every(env)

    assert any(name in fault for fault in env.faults)


def test_a_proxy_is_believed_only_where_its_header_is_named():
    """By default no header makes a request a secure one."""
    assert process.every(Environment({}))["SECURE_PROXY_SSL_HEADER"] is None
    settings = process.every(Environment({"ESPI_PROXY_TLS_HEADER": "X-Forwarded-Proto"}))
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("value", ["0", "1001", "50.5", "²", "-1", "fifty"])
def test_the_size_of_a_list_is_checked(value):
    env = Environment({"ESPI_LARGEST_LIST": value})
    process.contact(env)

    assert any("ESPI_LARGEST_LIST" in fault for fault in env.faults)


def test_a_server_that_is_away_is_noticed():
    """While somebody waits, and not after minutes."""
    options = database("postgres://espi@db.example/contact")["OPTIONS"]

    assert options["connect_timeout"] <= 10
    assert options["tcp_user_timeout"] <= 30_000

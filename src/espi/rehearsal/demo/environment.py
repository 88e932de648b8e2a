"""Folder, ports and settings of a demo."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

PORTS = {
    "registry": 1,
    "box": 2,
    "booth": 3,
    "public": 4,
    "whatsapp": 5,
    "mail": 6,
    "smtp": 7,
    "signer": 8,
    "assisted": 9,
    "witness-one": 10,
    "witness-two": 11,
}
WITNESSES = ("witness-one", "witness-two")
PASSWORD = "rehearsal only"  # noqa: S105 the demo listens on this machine alone, and says so
AUTHORITY, SECOND, CONTRACTOR, AUDITOR = "otoritas", "otoritas-kedua", "pelaksana", "auditor"


@dataclass(frozen=True, slots=True)
class DemoEnvironment:
    """The folder of the demo and the ports of its processes.

    Attributes:
        server: address of a PostgreSQL server for both banks; embedded databases if empty.
    """

    root: Path
    base_port: int
    server: str = ""

    def database(self, bank: str) -> str:
        """Return the address of a bank's database: a file, or a database of the server."""
        if not self.server:
            return f"sqlite:///{self.root / f'{bank}.sqlite3'}"
        return f"{self.server.rpartition('/')[0]}/espi_demo_{bank}"

    def port(self, process: str) -> int:
        """Return the port of a process."""
        return self.base_port + PORTS[process]

    def url(self, process: str) -> str:
        """Return the address of a process, without a slash at the end."""
        return f"http://localhost:{self.port(process)}"

    @property
    def lists(self) -> Path:
        """The population lists, as the liaisons deliver them."""
        return self.root / "lists"

    @property
    def clock(self) -> Path:
        """The file that shifts the clock of the rehearsal, in days."""
        return self.root / "clock"

    def witnesses(self) -> dict[str, str]:
        """Return the witnesses that were started: their keys and addresses."""
        path = self.root / "log" / "witnesses"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return dict(line.split() for line in lines)

    def settings_of(self, bank: str) -> dict[str, str]:
        """Return the settings of a bank as they were written, without the other bank's."""
        lines = (self.root / f"{bank}.env").read_text("utf-8").splitlines()
        settings = dict(line.split("=", 1) for line in lines if line)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("ESPI_")}
        return inherited | settings


def free_base(wanted: int) -> int:
    """Return the first base port, from ``wanted`` in steps of 100, with all its ports free."""
    for base in range(wanted, wanted + 2000, 100):
        if all(_is_free(base + offset) for offset in PORTS.values()):
            return base
    raise OSError("No free ports were found; end another demo first.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_environments(environment: DemoEnvironment) -> None:
    """Write the settings of each role, with its own secrets and its own database."""
    token = secrets.token_hex(32)
    roles = {
        "contact": _contact(environment) | {"ESPI_SIGNER_TOKEN": token},
        "response": _response(environment),
        "signer": {
            "ESPI_SIGNER_KEYS": str(environment.root / "signer"),
            "ESPI_SIGNER_TOKEN": token,
        },
    }
    for role, own in roles.items():
        path = environment.root / f"{role}.env"
        lines = "".join(f"{name}={value}\n" for name, value in (_shared(environment) | own).items())
        path.write_text(lines, "utf-8")
        path.chmod(0o600)


def _shared(environment: DemoEnvironment) -> dict[str, str]:
    origins = ("registry", "box", "booth", "public", "assisted")
    return {
        "ESPI_REHEARSAL": "yes",
        "ESPI_CLOCK_FILE": str(environment.clock),
        "ESPI_ALLOWED_HOSTS": "localhost,127.0.0.1",
        "ESPI_SENDER_NAME": "E-SPI",
        "ESPI_AUDIT_HEADS": str(environment.root / "audit-heads"),
    } | {f"ESPI_{name.upper()}_URL": environment.url(name) for name in origins}


def _contact(environment: DemoEnvironment) -> dict[str, str]:
    return {
        "ESPI_SECRET_KEY": secrets.token_hex(32),
        "ESPI_CODE_SECRET": secrets.token_hex(32),
        "ESPI_CONTACT_DATABASE": environment.database("contact"),
        "ESPI_STORAGE": str(environment.root / "contact"),
        "ESPI_STATE_DIR": str(environment.root / "contact" / "state"),
        "ESPI_SIGNER_URL": environment.url("signer"),
        "ESPI_WHATSAPP_URL": environment.url("whatsapp"),
        "ESPI_WHATSAPP_PHONE_NUMBER_ID": "100000000000001",
        "ESPI_WHATSAPP_TOKEN": secrets.token_hex(16),
        "ESPI_WHATSAPP_APP_SECRET": secrets.token_hex(16),
        "ESPI_WHATSAPP_VERIFY_TOKEN": secrets.token_hex(16),
        "ESPI_SMTP_HOST": "127.0.0.1",
        "ESPI_SMTP_PORT": str(environment.port("smtp")),
        "ESPI_SMTP_TLS": "no",
        "ESPI_MAIL_FROM": "survei@espi.example",
        "ESPI_SENDING_RATE": "1000",
    }


def _response(environment: DemoEnvironment) -> dict[str, str]:
    return {
        "ESPI_SECRET_KEY": secrets.token_hex(32),
        "ESPI_RESPONSE_DATABASE": environment.database("response"),
        "ESPI_STORAGE": str(environment.root / "response"),
        "ESPI_LOG_KEY": str(environment.root / "log" / "log.pem"),
        "ESPI_WITNESSES": str(environment.root / "log" / "witnesses"),
    }

"""Settings that each process takes from its environment, by the bank it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from espi.platform.addresses import origin, sender_address, sender_name
from espi.site.environment import (
    Environment,
    database,
    database_of_ballots,
    header_name,
    megabytes,
    secret,
    tls_header,
)
from espi.wsgi.limiter import networks


def every(env: Environment) -> dict[str, Any]:
    """Return what any Django process needs."""
    origins = {
        name: env.read(f"ESPI_{name}", origin) or ""
        for name in ("REGISTRY_URL", "BOX_URL", "BOOTH_URL", "PUBLIC_URL")
    }
    secure = all(address.startswith("https://") for address in origins.values())
    clock_file = env.text("ESPI_CLOCK_FILE", "")
    rehearsal = env.flag("ESPI_REHEARSAL")
    heads = env.text("ESPI_AUDIT_HEADS", "")
    if clock_file and not rehearsal:
        env.faults.append("ESPI_CLOCK_FILE is only for a rehearsal (ESPI_REHEARSAL=yes)")
    return origins | {
        "SECRET_KEY": env.text("ESPI_SECRET_KEY"),
        "ALLOWED_HOSTS": env.text("ESPI_ALLOWED_HOSTS").split(","),
        "REHEARSAL": rehearsal,
        "CLOCK_FILE": clock_file,
        "STORAGE": env.path("ESPI_STORAGE"),
        "AUDIT_HEADS": Path(heads) if heads else None,
        "SENDER_NAME": env.read("ESPI_SENDER_NAME", sender_name) or "",
        "PROXY_HEADER": env.read("ESPI_PROXY_HEADER", header_name, "") or "",
        "SECURE_PROXY_SSL_HEADER": env.read("ESPI_PROXY_TLS_HEADER", tls_header, ""),
        "FRONTS": env.read("ESPI_FRONTS", networks, "") or (),
        "CSRF_TRUSTED_ORIGINS": sorted(set(origins.values())),
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
    }


def cookies(name: str, *, secure: bool) -> dict[str, str]:
    """Return the names of the cookies of a process that staff sign in to.

    Browsers take a cookie whose name begins with ``__Host-`` only over TLS and from this very
    host: no neighbour under the same domain can set it. Each process has names of its own, because
    browsers do not tell ports apart.
    """
    prefix = "__Host-" if secure else ""
    kinds = ("session", "csrf", "device")
    return {f"{kind.upper()}_COOKIE_NAME": f"{prefix}{name}_{kind}" for kind in kinds}


def contact(env: Environment) -> dict[str, Any]:
    """Return what the contact bank needs: its database, and the secret of the codes."""
    return {
        "BANK": "contact",
        "TAKES_LISTS": True,
        "LARGEST_LIST": env.read("ESPI_LARGEST_LIST", megabytes, "50"),
        "DATABASES": {"default": env.read("ESPI_CONTACT_DATABASE", database)},
        "CODE_SECRET": env.read("ESPI_CODE_SECRET", secret),
        "STATE_DIR": env.path("ESPI_STATE_DIR"),
        "MACHINE": env.text("ESPI_MACHINE", ""),
    }


def release_rows_when_stopped(databases: dict[str, Any]) -> None:
    """Let PostgreSQL end a transaction in which its client has been silent for half a minute.

    A dispatcher that is stopped or cut off in mid-transaction would otherwise hold its rows for
    hours against the one that takes over. Its transactions last milliseconds. SQLite has no such
    setting: there a process that is stopped in mid-transaction must be continued or killed.
    """
    if databases["default"]["ENGINE"].endswith("postgresql"):
        options = databases["default"]["OPTIONS"]
        options["options"] = "-c idle_in_transaction_session_timeout=30s"


def signer(env: Environment) -> dict[str, Any]:
    """Return where the signer is: a folder of this machine, or an address with its token."""
    url = env.text("ESPI_SIGNER_URL", "").rstrip("/")
    if url:
        return {"SIGNER_URL": url, "SIGNER_TOKEN": env.text("ESPI_SIGNER_TOKEN")}
    return {"SIGNER_URL": "", "SIGNER_KEYS": env.path("ESPI_SIGNER_KEYS")}


def carriers(env: Environment) -> dict[str, Any]:
    """Return what is needed to reach people and to believe what carriers report."""
    return {
        "WHATSAPP_URL": env.text("ESPI_WHATSAPP_URL", "https://graph.facebook.com").rstrip("/"),
        "WHATSAPP_VERSION": env.text("ESPI_WHATSAPP_VERSION", "v26.0"),
        "WHATSAPP_PHONE_NUMBER_ID": env.text("ESPI_WHATSAPP_PHONE_NUMBER_ID"),
        "WHATSAPP_TOKEN": env.text("ESPI_WHATSAPP_TOKEN"),
        "WHATSAPP_APP_SECRET": env.text("ESPI_WHATSAPP_APP_SECRET"),
        "WHATSAPP_VERIFY_TOKEN": env.text("ESPI_WHATSAPP_VERIFY_TOKEN"),
        "SMTP_HOST": env.text("ESPI_SMTP_HOST"),
        "SMTP_PORT": env.read("ESPI_SMTP_PORT", int),
        "SMTP_USER": env.text("ESPI_SMTP_USER", ""),
        "SMTP_PASSWORD": env.text("ESPI_SMTP_PASSWORD", ""),
        "SMTP_TLS": env.flag("ESPI_SMTP_TLS", "yes"),
        "MAIL_FROM": env.read("ESPI_MAIL_FROM", sender_address) or "",
        "SENDING_RATE": env.read("ESPI_SENDING_RATE", int, "60"),
    }


def response(env: Environment) -> dict[str, Any]:
    """Return what a process of the response bank needs: its own database."""
    return {
        "BANK": "response",
        "TAKES_LISTS": False,
        "DATABASES": {"default": env.read("ESPI_RESPONSE_DATABASE", database_of_ballots)},
    }


def log(env: Environment) -> dict[str, Any]:
    """Return what is needed to sign the log, and whom to ask as a witness."""
    witnesses = env.text("ESPI_WITNESSES", "")
    return {
        "LOG_KEY": env.path("ESPI_LOG_KEY"),
        "WITNESSES": Path(witnesses) if witnesses else None,
    }

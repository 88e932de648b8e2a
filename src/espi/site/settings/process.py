"""Reads the settings of each kind of process from the environment, under Django's names."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from espi.site.environment import Environment
from espi.site.settings import table

ORIGINS = {
    "REGISTRY_URL": table.REGISTRY_URL,
    "BOX_URL": table.BOX_URL,
    "BOOTH_URL": table.BOOTH_URL,
    "PUBLIC_URL": table.PUBLIC_URL,
}
THIS_MACHINE = {"localhost", "127.0.0.1"}


def every(env: Environment) -> dict[str, Any]:
    """Return what any Django process needs."""
    origins = {name: env.read(setting) or "" for name, setting in ORIGINS.items()}
    secure = all(address.startswith("https://") for address in origins.values())
    clock_file = env.read(table.CLOCK_FILE) or ""
    rehearsal = env.read(table.REHEARSAL) or False
    if clock_file and not rehearsal:
        env.faults.append("ESPI_CLOCK_FILE is only for a rehearsal (ESPI_REHEARSAL=yes)")
    return origins | {
        "DEBUG": development(env, list(origins.values()), rehearsal=rehearsal),
        "SECRET_KEY": env.read(table.SECRET_KEY),
        "ALLOWED_HOSTS": env.read(table.ALLOWED_HOSTS),
        "REHEARSAL": rehearsal,
        "SECOND_FACTOR": second_factor(env, rehearsal=rehearsal),
        "CLOCK_FILE": clock_file,
        "STORAGE": env.read(table.STORAGE),
        "AUDIT_HEADS": env.read(table.AUDIT_HEADS),
        "SENDER_NAME": env.read(table.SENDER_NAME) or "",
        "PROXY_HEADER": env.read(table.PROXY_HEADER) or "",
        "SECURE_PROXY_SSL_HEADER": env.read(table.PROXY_TLS_HEADER),
        "FRONTS": env.read(table.FRONTS) or (),
        "CSRF_TRUSTED_ORIGINS": sorted(set(origins.values())),
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
    }


def development(env: Environment, origins: list[str], *, rehearsal: bool) -> bool:
    """Return whether error pages may show the code and the values of a request.

    Such a page would show personal data to whoever provokes an error. It is therefore refused
    wherever somebody else could reach the process: outside a rehearsal, and on any address that
    is not of this machine.
    """
    wanted = env.read(table.DEVELOPMENT) or False
    if wanted and not (rehearsal and all(urlsplit(o).hostname in THIS_MACHINE for o in origins)):
        env.faults.append(
            "ESPI_DEVELOPMENT is only for a rehearsal (ESPI_REHEARSAL=yes) on http://localhost"
        )
    return wanted


def second_factor(env: Environment, *, rehearsal: bool) -> bool:
    """Return whether staff must have a second factor; only a rehearsal goes without."""
    wanted = env.read(table.SECOND_FACTOR)
    if wanted is False and not rehearsal:
        env.faults.append("ESPI_SECOND_FACTOR=no is only for a rehearsal (ESPI_REHEARSAL=yes)")
    return not rehearsal if wanted is None else wanted


def middleware(classes: list[str], *, debug: bool) -> list[str]:
    """Return the middleware of a process; the error pages of developers need one more."""
    return ["espi.site.development.ErrorPagesHaveStyle", *classes] if debug else classes


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
        "LARGEST_LIST": env.read(table.LARGEST_LIST),
        "DATABASES": {"default": env.read(table.CONTACT_DATABASE)},
        "CODE_SECRET": env.read(table.CODE_SECRET),
        "STATE_DIR": env.read(table.STATE_DIR),
        "MACHINE": env.read(table.MACHINE) or "",
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
    url = env.read(table.SIGNER_URL)
    if url:
        return {"SIGNER_URL": url, "SIGNER_TOKEN": env.read(table.SIGNER_TOKEN)}
    return {"SIGNER_URL": "", "SIGNER_KEYS": env.read(table.SIGNER_KEYS)}


def carriers(env: Environment) -> dict[str, Any]:
    """Return what is needed to reach people and to believe what carriers report."""
    prints = env.read(table.PRINT_MESSAGES) or False
    if prints and not env.read(table.REHEARSAL):
        env.faults.append("ESPI_PRINT_MESSAGES is only for a rehearsal (ESPI_REHEARSAL=yes)")
    return {
        "PRINT_MESSAGES": prints,
        "WHATSAPP_URL": env.read(table.WHATSAPP_URL),
        "WHATSAPP_VERSION": env.read(table.WHATSAPP_VERSION),
        "WHATSAPP_PHONE_NUMBER_ID": env.read(table.WHATSAPP_PHONE_NUMBER_ID),
        "WHATSAPP_TOKEN": env.read(table.WHATSAPP_TOKEN),
        "WHATSAPP_APP_SECRET": env.read(table.WHATSAPP_APP_SECRET),
        "WHATSAPP_VERIFY_TOKEN": env.read(table.WHATSAPP_VERIFY_TOKEN),
        "SMTP_HOST": env.read(table.SMTP_HOST),
        "SMTP_PORT": env.read(table.SMTP_PORT),
        "SMTP_USER": env.read(table.SMTP_USER) or "",
        "SMTP_PASSWORD": env.read(table.SMTP_PASSWORD) or "",
        "SMTP_TLS": env.read(table.SMTP_TLS),
        "MAIL_FROM": env.read(table.MAIL_FROM) or "",
        "SENDING_RATE": env.read(table.SENDING_RATE),
    }


def response(env: Environment) -> dict[str, Any]:
    """Return what a process of the response bank needs: its own database."""
    return {
        "BANK": "response",
        "TAKES_LISTS": False,
        "DATABASES": {"default": env.read(table.RESPONSE_DATABASE)},
    }


def log(env: Environment) -> dict[str, Any]:
    """Return what is needed to sign the log, and the file of the witnesses."""
    return {"LOG_KEY": env.read(table.LOG_KEY), "WITNESSES": env.read(table.WITNESSES)}

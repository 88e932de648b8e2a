"""Every setting of every program, in one table.

The settings modules read from it, and ``tools/reference.py`` writes docs/reference/settings.md and
the example files in deploy/ from it. A house test compares all four. To add a setting, add a line
here and read it with ``env.read``.
"""

from __future__ import annotations

from espi.site.environment import Setting
from espi.site.settings import kinds

# What a process is called in the documentation; the keys of Django processes are their modules.
PROCESSES = {
    "registry": "registry",
    "dispatch": "dispatcher",
    "worker_contact": "worker of the contact bank",
    "box": "box",
    "public": "public",
    "worker_response": "worker of the response bank",
    "signer": "signer",
    "relay": "relay",
    "assisted": "assisted booth",
    "booth": "`espi booth publish`",
    "command line": "command line",
    "rehearsal": "rehearsal",
    "tests": "tests",
}
CONTACT = ("registry", "dispatch", "worker_contact")
RESPONSE = ("box", "public", "worker_response")
DJANGO = CONTACT + RESPONSE
CARRIED = CONTACT  # the worker of the contact bank knows the carriers, but sends nothing

ENV_FILE = Setting(
    "ESPI_ENV_FILE",
    kinds.PATH,
    ("command line",),
    "A file of `NAME=value` lines with the settings below. What the environment already holds "
    "wins. Also `espi --env-file`.",
    default="",
)
SECRET_KEY = Setting(
    "ESPI_SECRET_KEY",
    kinds.TEXT,
    DJANGO,
    "Signs sessions and forms. At least 50 random characters, one per bank, never shared.",
    secret=True,
)
ALLOWED_HOSTS = Setting(
    "ESPI_ALLOWED_HOSTS",
    kinds.NAMES,
    DJANGO,
    "Host names that this process answers to, separated by commas.",
    example="survey.example",
)
REHEARSAL = Setting(
    "ESPI_REHEARSAL",
    kinds.YES_OR_NO,
    (*DJANGO, "rehearsal"),
    "`yes` marks every page and report as a rehearsal and allows a clock file.",
    default="no",
)
DEVELOPMENT = Setting(
    "ESPI_DEVELOPMENT",
    kinds.YES_OR_NO,
    DJANGO,
    "`yes` shows readable error pages to developers. Refused outside a rehearsal, and where an "
    "address below is not of this machine. `make dev` sets it.",
    default="no",
)
SECOND_FACTOR = Setting(
    "ESPI_SECOND_FACTOR",
    kinds.YES_OR_NO,
    DJANGO,
    "`yes`: staff open no page before they have set up an authenticator app. `no` is refused "
    "outside a rehearsal; people may still set one up, and are asked for its codes then.",
    default="",
    default_note="`yes`; in a rehearsal `no`",
)
CLOCK_FILE = Setting(
    "ESPI_CLOCK_FILE",
    kinds.TEXT,
    (*DJANGO, "signer", "rehearsal"),
    "Only in a rehearsal: a file with the number of days by which the clock is shifted.",
    default="",
)
STORAGE = Setting(
    "ESPI_STORAGE",
    kinds.PATH,
    DJANGO,
    "Folder for the files of this bank: lists, extracts, reports. In the response bank also for "
    "the ballots that wait (`intake/`), so it must outlive the process and must not be backed up "
    "in that part. One per bank.",
    example="/srv/espi/files",
)
AUDIT_HEADS = Setting(
    "ESPI_AUDIT_HEADS",
    kinds.PATH,
    DJANGO,
    "A file outside the database, to which `espi audit head` adds the end of this bank's audit "
    "log, one line a day, and with which `espi audit verify` compares it. Without it, a log whose "
    "end was cut off, or all of it, looks whole. Best on another machine, or made append-only "
    "(`chattr +a FILE`). It holds a day, a number of lines and a hash; nothing of what the lines "
    "say. One file can serve both banks.",
    default="",
    example="/srv/espi-audit/heads",
)
SENDER_NAME = Setting(
    "ESPI_SENDER_NAME",
    kinds.SENDER_NAME,
    (*DJANGO, "booth"),
    "The name that respondents see as sender, the same every year: 1 to 100 characters of any "
    "kind, commas and accents too.",
    example="Survei Integritas",
)
REGISTRY_URL = Setting(
    "ESPI_REGISTRY_URL",
    kinds.ORIGIN,
    (*DJANGO, "booth", "rehearsal"),
    "Public address of the registry, without a slash at the end. It stands in mail headers: ASCII "
    "only (`xn--…` for other letters), like the three below.",
    example="https://registry.example",
)
BOX_URL = Setting(
    "ESPI_BOX_URL",
    kinds.ORIGIN,
    (*DJANGO, "booth", "relay", "rehearsal"),
    "Public address of the box. In production on a registrable domain of its own.",
    example="https://box.example",
)
BOOTH_URL = Setting(
    "ESPI_BOOTH_URL",
    kinds.ORIGIN,
    (*DJANGO, "relay", "rehearsal"),
    "Public address of the booth; the only origin that registry and box answer across origins.",
    example="https://booth.example",
)
PUBLIC_URL = Setting(
    "ESPI_PUBLIC_URL",
    kinds.ORIGIN,
    (*DJANGO, "booth"),
    "Public address of the results site.",
    example="https://results.example",
)
CONTACT_DATABASE = Setting(
    "ESPI_CONTACT_DATABASE",
    kinds.DATABASE,
    CONTACT,
    "Database of the contact bank: `sqlite:////absolute/path` or "
    "`postgres://user:password@host:port/name`. No process of the response bank may know it.",
    secret=True,
    example="sqlite:////srv/espi/contact.sqlite3",
)
RESPONSE_DATABASE = Setting(
    "ESPI_RESPONSE_DATABASE",
    kinds.DATABASE_OF_BALLOTS,
    RESPONSE,
    "Database of the response bank, written like that of the contact bank. No process of the "
    "contact bank may know it.",
    secret=True,
    example="sqlite:////srv/espi/response.sqlite3",
)
CODE_SECRET = Setting(
    "ESPI_CODE_SECRET",
    kinds.SECRET,
    CONTACT,
    "Personal codes are derived from it and never stored. Lose it and no reminder can be sent; "
    "leak it and codes of people who have not answered can be used.",
    secret=True,
)
STATE_DIR = Setting(
    "ESPI_STATE_DIR",
    kinds.PATH,
    CONTACT,
    "Folder beside the contact database, the same for all its processes, made where it is "
    "missing: the mark by which a restored or copied database is noticed, the journal of messages "
    "begun, and the stop requests. On a local file system, readable by one account alone, and "
    "**in no backup together with the database**: see "
    "[After a restore or a move](../howto/restore-the-contact-bank.md).",
    example="/srv/espi/state",
)
MACHINE = Setting(
    "ESPI_MACHINE",
    kinds.TEXT,
    CONTACT,
    "A name for the machine that may send. Set it where machines are made anew at each start "
    "(containers), and never to the same value on two of them.",
    default="",
    default_note="the machine id of the operating system, else the name of the host",
)
SIGNER_KEYS = Setting(
    "ESPI_SIGNER_KEYS",
    kinds.PATH,
    ("registry", "signer"),
    "Folder of the signing keys and of what the signer remembers, readable by this process alone. "
    "The registry needs it only where it signs itself. Keys are destroyed at the closing of a "
    "wave.",
    example="/srv/espi/signer",
)
SIGNER_URL = Setting(
    "ESPI_SIGNER_URL",
    kinds.ADDRESS,
    ("registry",),
    "Where a signer that another body runs listens; without it the registry signs itself, from "
    "`ESPI_SIGNER_KEYS`.",
    default="",
    example="http://127.0.0.1:8008",
)
SIGNER_TOKEN = Setting(
    "ESPI_SIGNER_TOKEN",
    kinds.TEXT,
    ("registry", "signer"),
    "At least 32 characters that only registry and signer know. The registry needs it only with "
    "`ESPI_SIGNER_URL`.",
    secret=True,
)
LARGEST_LIST = Setting(
    "ESPI_LARGEST_LIST",
    kinds.MEGABYTES,
    CONTACT,
    "Megabytes of a population list that the pages take in, from 1 to 1000. Every other address "
    "takes 128 KiB, reports of carriers 3 MiB. Your proxy must allow as much. The default is also "
    "the most that the reading of lists takes.",
    default="50",
)
PROXY_HEADER = Setting(
    "ESPI_PROXY_HEADER",
    kinds.HEADER,
    (*DJANGO, "relay", "assisted"),
    "Header in which your own proxy tells the address of a visitor, for example `X-Real-IP`; used "
    "in memory only, to limit failing requests of one network to 120 a minute, and never stored. "
    "Set it only behind a proxy that overwrites it; the same name with underscores is ignored. "
    "Behind a proxy that names nobody all visitors share one limit: valid codes and ballots pass "
    "all the same, but who mistypes may be asked to wait.",
    default="",
    default_note="the address of the connection",
    example="X-Real-IP",
)
PROXY_TLS_HEADER = Setting(
    "ESPI_PROXY_TLS_HEADER",
    kinds.TLS_HEADER,
    DJANGO,
    "Header in which your own proxy says `https`, for example `X-Forwarded-Proto`. Set it only "
    "behind a proxy that overwrites it. (Browsers are told to come back over TLS, HSTS, wherever "
    "the addresses above are https, with or without this.)",
    default="",
    default_note="no header is believed",
    example="X-Forwarded-Proto",
)
FRONTS = Setting(
    "ESPI_FRONTS",
    kinds.NETWORKS,
    DJANGO,
    "Addresses or networks of the relay and the assisted booth, separated by blanks: many people "
    "come through these, and they limit failed requests themselves.",
    default="",
)
ASSISTED_URL = Setting(
    "ESPI_ASSISTED_URL",
    kinds.ADDRESS,
    ("booth",),
    "Where the assisted booth is served, for browsers without script; without it the page only "
    "asks for another browser.",
    default="",
    example="https://assisted.example",
)
LOG_KEY = Setting(
    "ESPI_LOG_KEY",
    kinds.PATH,
    ("public", "worker_response"),
    "File of the key that signs the log; made when it is not there. Held by the body that runs "
    "the box.",
    example="/srv/espi/log.pem",
)
WITNESSES = Setting(
    "ESPI_WITNESSES",
    kinds.PATH,
    ("public", "worker_response"),
    "File with a line per witness: its verifier key, a blank, its address.",
    default="",
    example="/srv/espi/witnesses",
)
WHATSAPP_URL = Setting(
    "ESPI_WHATSAPP_URL",
    kinds.ADDRESS,
    (*CARRIED, "rehearsal"),
    "Base address of the Cloud API.",
    default="https://graph.facebook.com",
)
WHATSAPP_VERSION = Setting(
    "ESPI_WHATSAPP_VERSION", kinds.TEXT, CARRIED, "Version of the Graph API.", default="v26.0"
)
WHATSAPP_PHONE_NUMBER_ID = Setting(
    "ESPI_WHATSAPP_PHONE_NUMBER_ID",
    kinds.TEXT,
    (*CARRIED, "rehearsal"),
    "Id of the sending number.",
    example="100000000000001",
)
WHATSAPP_TOKEN = Setting(
    "ESPI_WHATSAPP_TOKEN",
    kinds.TEXT,
    (*CARRIED, "rehearsal"),
    "Token of the system user at the carrier.",
    secret=True,
)
WHATSAPP_APP_SECRET = Setting(
    "ESPI_WHATSAPP_APP_SECRET",
    kinds.TEXT,
    (*CARRIED, "rehearsal"),
    "Secret with which the carrier signs its reports (webhooks).",
    secret=True,
)
WHATSAPP_VERIFY_TOKEN = Setting(
    "ESPI_WHATSAPP_VERIFY_TOKEN",
    kinds.TEXT,
    (*CARRIED, "rehearsal"),
    "Word agreed with the carrier for the first handshake of the webhook.",
    secret=True,
)
SMTP_HOST = Setting(
    "ESPI_SMTP_HOST", kinds.TEXT, CARRIED, "Name of the mail relay.", example="smtp.example"
)
SMTP_PORT = Setting(
    "ESPI_SMTP_PORT",
    kinds.NUMBER,
    (*CARRIED, "rehearsal"),
    "Port of the mail relay.",
    example="587",
)
SMTP_USER = Setting(
    "ESPI_SMTP_USER", kinds.TEXT, CARRIED, "Name of our account at the mail relay.", default=""
)
SMTP_PASSWORD = Setting(
    "ESPI_SMTP_PASSWORD",
    kinds.TEXT,
    CARRIED,
    "Password of our account at the mail relay.",
    default="",
    secret=True,
)
SMTP_TLS = Setting(
    "ESPI_SMTP_TLS",
    kinds.YES_OR_NO,
    CARRIED,
    "Whether the mail relay is spoken to over TLS (STARTTLS) from the first word on.",
    default="yes",
)
MAIL_FROM = Setting(
    "ESPI_MAIL_FROM",
    kinds.SENDER_ADDRESS,
    CARRIED,
    "Sender address of e-mails: the bare address, without a name.",
    example="survey@survey.example",
)
PRINT_MESSAGES = Setting(
    "ESPI_PRINT_MESSAGES",
    kinds.YES_OR_NO,
    CARRIED,
    "Only in a rehearsal: the dispatcher prints each message, with its personal code, instead of "
    "handing it to WhatsApp or to the mail relay, and counts it as accepted. For developers; no "
    "report of a printed message ever comes.",
    default="no",
)
SENDING_RATE = Setting(
    "ESPI_SENDING_RATE",
    kinds.NUMBER,
    CARRIED,
    "Messages a second over WhatsApp. The default leaves a reserve of the 80 that a number may "
    "send.",
    default="60",
)
MAIL_URL = Setting(
    "ESPI_MAIL_URL",
    kinds.ADDRESS,
    ("rehearsal",),
    "Page of the mail sink, where simulated respondents read their e-mails.",
    default="",
)
TEST_DATABASE = Setting(
    "ESPI_TEST_DATABASE",
    kinds.DATABASE_OF_BALLOTS,
    ("tests",),
    "Address of a PostgreSQL server for the tests; `tools/with-postgresql` makes one.",
    default="sqlite:///:memory:",
)

# In the order of the documentation.
SETTINGS: tuple[Setting[object], ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Setting)
)

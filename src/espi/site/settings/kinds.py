"""Every kind of setting: what the documentation calls it, and the function that reads it."""

from __future__ import annotations

from pathlib import Path

from espi.platform.addresses import origin, sender_address, sender_name
from espi.site.environment import (
    Kind,
    database,
    database_of_ballots,
    header_name,
    megabytes,
    names,
    secret,
    tls_header,
    without_slash,
    yes_or_no,
)
from espi.wsgi.limiter import networks

TEXT = Kind("text", str)
NUMBER = Kind("whole number", int)
YES_OR_NO = Kind("`yes` or `no`", yes_or_no)
PATH = Kind("path", Path)
NAMES = Kind("names, separated by commas", names)
NETWORKS = Kind("addresses or networks, separated by blanks", networks)
MEGABYTES = Kind("megabytes, 1 to 1000", megabytes)
SECRET = Kind("hexadecimal, at least 32 characters", secret)

ORIGIN = Kind("web address without a path", origin)
ADDRESS = Kind("web address", without_slash)
HEADER = Kind("name of an HTTP header", header_name)
TLS_HEADER = Kind(HEADER.label, tls_header)

DATABASE = Kind("database address", database)
DATABASE_OF_BALLOTS = Kind("database address", database_of_ballots)

SENDER_NAME = Kind("name of 1 to 100 characters", sender_name)
SENDER_ADDRESS = Kind("e-mail address", sender_address)

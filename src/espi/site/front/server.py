"""Starts granian with the front before a program, and keeps it running."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from copy import deepcopy
from functools import partial
from importlib import import_module

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from espi.platform.logs import LOGGING, hide_texts_of_errors
from espi.site.front.application import Front
from espi.site.front.limits import Limits

CONNECTIONS = 1000  # at a time; more wait to be accepted
FILES = 4096  # connections, databases and temporary files that may be open
LARGEST_HEADERS = 64 * 1024  # bytes
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
PAUSE = 2.0  # seconds before a program whose workers die at once is started again


def serve(target: str, limits: Limits, host: str, at: int) -> None:
    """Serve the WSGI application ``module:name`` until the process is ended.

    A worker that dies is replaced. Where new workers die at once, too, granian gives up; it is
    started again after a pause, for as long as it takes: whatever kills workers may be over.
    """
    hide_texts_of_errors()
    _allow_many_files()
    while True:
        server = Granian(
            target,
            address=host,
            port=at,
            interface=Interfaces.ASGINL,
            workers=1,  # the counts of failures and large bodies are kept in the worker's memory
            websockets=False,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(limits.headers_within * 1000),
                max_buffer_size=LARGEST_HEADERS,
            ),
            backpressure=CONNECTIONS,
            respawn_failed_workers=True,
            log_access=False,
            log_dictconfig=deepcopy(LOGGING),  # granian writes its level into it
            log_level="warning",  # type: ignore[arg-type] # granian takes the name too
        )
        try:
            server.serve(target_loader=partial(load, target, limits), wrap_loader=False)
        except SystemExit:
            if server.interrupt_signal or not server.respawned_wrks:
                raise
        else:
            return
        sys.stderr.write(f"The workers of {target} keep dying; starting anew.\n")
        time.sleep(PAUSE)


def load(target: str, limits: Limits) -> Front:
    """Return the front before a program; runs in the worker.

    The worker ends with the process that started it, however that one ended: left alone it would
    go on serving beside the next one.
    """
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    module, _, name = target.partition(":")
    origin = os.environ.get("ESPI_BOOTH_URL", "").rstrip("/")
    return Front(getattr(import_module(module), name), limits, origin)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

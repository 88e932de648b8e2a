"""The limit on failed requests, for the programs through which others reach registry and box.

Registry and box see one address for everybody who comes through the assisted booth or the relay;
a flood must be stopped here, or everybody who comes through is stopped there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from espi.wsgi.limiter import FAILURES, FAILURES_A_MINUTE, Limiter, last_address
from espi.wsgi.types import Application, Environ, StartResponse

# A program sets it in the environment once the visitor has shown a valid code.
VALID_CODE_SHOWN = "espi.known"


def limited(answer: Application, busy: Application, most: int = FAILURES_A_MINUTE) -> Application:
    """Return an application that answers with ``busy`` where a network fails too often.

    What succeeds always passes, and so does what fails after the program has set
    ``VALID_CODE_SHOWN`` in the environment: a question left unanswered is no attack.

    The address is that of the connection, or what ESPI_PROXY_HEADER names; it is never kept.
    """
    limiter = Limiter(most)

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = answer(environ, lambda status, headers: started.append((status, headers)))
        status, headers = started[-1]
        failed = int(status[:3]) in FAILURES and not environ.get(VALID_CODE_SHOWN)
        if failed and not limiter.count_failure(_address(environ)):
            return busy(environ, start_response)
        start_response(status, headers)
        return body

    return application


def _address(environ: Environ) -> str:
    header = os.environ.get("ESPI_PROXY_HEADER", "").upper().replace("-", "_")
    forwarded = str(environ.get(f"HTTP_{header}", "")) if header else ""
    return last_address(forwarded, str(environ.get("REMOTE_ADDR", "")))

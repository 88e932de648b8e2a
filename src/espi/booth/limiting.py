"""The limit on failed requests, for the programs through which others reach registry and box.

Registry and box see one address for everybody who comes through the assisted booth or the relay;
whoever floods must be stopped here, or all who come through are stopped there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from espi.booth.wsgi import Application, Environ, StartResponse
from espi.platform.limiter import FAILURES, FAILURES_A_MINUTE, Limiter, last_address


def limited(answer: Application, busy: Application, most: int = FAILURES_A_MINUTE) -> Application:
    """Return an application that answers ``busy`` to networks that fail too often.

    The address is that of the connection, or what ESPI_PROXY_HEADER names; it is never kept.
    """
    limiter = Limiter(most)

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        address = _address(environ)
        if not limiter.allows(address):
            return busy(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]]) -> object:
            if int(status[:3]) in FAILURES:
                limiter.failed(address)
            return start_response(status, headers)

        return answer(environ, start)

    return application


def _address(environ: Environ) -> str:
    header = os.environ.get("ESPI_PROXY_HEADER", "").upper().replace("-", "_")
    told = str(environ.get(f"HTTP_{header}", "")) if header else ""
    return last_address(told, str(environ.get("REMOTE_ADDR", "")))

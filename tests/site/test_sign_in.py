"""Many who sign in at once: respondents are answered meanwhile, and memory stays bounded."""

from __future__ import annotations

import re
import select
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from tests.site.conftest import head, read_answer

MANY = 24
MEGABYTE = 1024 * 1024


def form(served, password, name="otoritas"):
    """Return the body and the headers of a sign-in, as a browser would send them."""
    page = served.ask("registry", "GET", "/masuk")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())[1]
    cookie = page.headers["set-cookie"].partition(";")[0]
    fields = {"csrfmiddlewaretoken": token, "username": name, "password": password}
    headers = f"Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return urlencode(fields).encode(), headers


def test_sign_ins_do_not_stand_before_respondents(served):
    """Twenty-four strangers sign in at once, then a respondent comes, then a member of staff."""
    main = served.processes.running["registry"].pid
    worker = Path(f"/proc/{main}/task/{main}/children").read_text().split()[0]
    body, headers = form(served, "wrong password", "orang.asing")
    with ExitStack() as stack:
        strangers = [stack.enter_context(served.connect("registry")) for _ in range(MANY)]
        for stranger in strangers:
            stranger.sendall(head("POST", "/masuk", len(body), headers) + body)
        for _ in range(2):  # the first one may overtake those who have just come
            respondent = served.ask("registry", "POST", "/v1/invitation", b'{"code": "x"}')
        answered, _, _ = select.select(strangers, [], [], 0)
        statuses = {read_answer(stranger).status for stranger in strangers}
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())[1])
    right, headers = form(served, "rehearsal only")

    assert respondent.status in {400, 429}
    assert len(answered) <= MANY // 2  # the respondent did not stand in one queue with them
    assert statuses <= {200, 403, 422, 429, 503}
    assert peak * 1024 < 500 * MEGABYTE
    assert served.ask("registry", "POST", "/masuk", right, headers).status == 302

"""A26 without script: whatever a form says, the assisted booth answers with a page."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.assisted import wsgi
from tests.attacks.test_fuzz import MODEST, ODD
from tests.booth.conftest import world  # noqa: F401 a fixture

NAMES = st.sampled_from(["code", "bag", "go", "lang", "q.tug1", "q.tug2", "q.", "x", "\0"])
WORDS = st.one_of(
    st.text(max_size=60), st.sampled_from(["next", "back", "send", "retry", "id", "en", "1", "4"])
)
FORMS = st.dictionaries(NAMES, WORDS, max_size=6)


def post(body):
    """Return status and page."""
    told = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/", "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
    }  # fmt: skip
    content = b"".join(wsgi.respond(environ, lambda status, _headers: told.append(status)))
    return int(told[0][:3]), content.decode()


def form(fields):
    return urlencode(fields, errors="surrogatepass").encode("ascii")


@pytest.fixture
def begun(world):  # noqa: F811 the fixture
    """What the first page of the questionnaire carries."""
    status, page = post(form({"code": world.code}))
    assert status == 200
    return re.search(r'name="bag" value="([^"]+)"', page)[1]


def test_forms_of_any_shape_get_a_page(begun, world):  # noqa: F811 the fixture
    """Before and after the beginning; nothing reaches the box that was not answered."""

    @MODEST
    @given(FORMS, st.booleans())
    def bends(fields, goes_on):
        status, page = post(form(fields | ({"bag": begun} if goes_on else {})))
        assert status < 500
        assert page.startswith("<!doctype html>")

    bends()
    for body in ODD:
        assert post(body)[0] < 500
    assert not world.ballots

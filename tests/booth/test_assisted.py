"""The assisted booth does in memory what a browser would do, says so first, and keeps nothing."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from espi.anonymity.v1 import encoding, sealing
from espi.assisted import wsgi
from espi.assisted.sealed_state import DAY, Answering, CannotBeRead, SealedState
from espi.wording.catalogue import say

STRATUM = "kab-x.internal"


class Visitor:
    """Somebody with a browser that runs no script."""

    def __init__(self, url, language="id"):
        self.url, self.language = url, language
        self.status, self.page, self.headers = 0, "", {}

    def get(self, path="/"):
        return self._go(Request(f"{self.url}{path}?lang={self.language}"))

    def post(self, **fields):
        body = urlencode({"lang": self.language, **fields}).encode()
        return self._go(Request(self.url + "/", body))

    def _go(self, request):
        try:
            answer = urlopen(request, timeout=20)
        except HTTPError as refused:
            answer = refused
        with answer:
            self.status, self.headers = answer.status, answer.headers
            self.page = answer.read().decode()
        return self

    @property
    def bag(self):
        field = re.search(r'name="bag" value="([^"]+)"', self.page)
        return field[1] if field else ""

    def choose(self, which=0):
        """Return the answers of this page: for each question, one of its options."""
        names = {}
        for name, value in re.findall(r'name="(q\.[^"]+)" value="([^"]+)"', self.page):
            names.setdefault(name, []).append(value)
        return {name: values[min(which, len(values) - 1)] for name, values in names.items()}


@pytest.fixture
def visitor(world, web):
    wsgi.sealed_state.cache_clear()
    return Visitor(web(wsgi.application))


def until_review(visitor, code):
    visitor.post(code=code)
    while "q." in visitor.page:
        answers = visitor.choose()
        before = visitor.bag
        visitor.post(bag=before, go="next", **answers)
        if visitor.status == 422:  # routing opened a question: answer it too
            visitor.post(bag=visitor.bag, go="next", **visitor.choose())
    return visitor


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_says_first_what_it_does_not_protect(world, web, language):
    """Before the code is asked for; a plain page without script, cookie or draft."""
    visitor = Visitor(web(wsgi.application), language).get()

    assert visitor.status == 200
    assert visitor.page.index(say(language, "assisted.trust")) < visitor.page.index('name="code"')
    assert "<script" not in visitor.page
    assert "Set-Cookie" not in visitor.headers
    assert visitor.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in visitor.headers["Content-Security-Policy"]
    assert len(visitor.page) < 30_000


def test_the_whole_way(visitor, world, tmp_path, monkeypatch):
    """One ballot that opens with the mode it was given in; no file is written on the way."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setenv("TMPDIR", str(empty))
    until_review(visitor, world.code)
    assert say("id", "questionnaire.review_text") in unescape(visitor.page)
    visitor.post(bag=visitor.bag, go="send")
    [envelope] = world.ballots.values()
    info = encoding.info("uji", STRATUM)
    sheet = json.loads(sealing.open_sealed(world.election, info, envelope))

    assert (visitor.status, sheet["mode"], sheet["unit"]) == (200, "assisted", "Dinas")
    assert sheet["answers"]
    shown = re.search(r'class="receipt">([^<]+)<', visitor.page)[1].replace("-", "")
    assert shown == encoding.receipt(envelope)
    assert not list(empty.iterdir())


def test_nobody_is_told_who_asks(visitor, world):
    """What the server passes on carries nothing of the respondent's request."""
    until_review(visitor, world.code).post(bag=visitor.bag, go="send")

    for _path, _body, headers in world.seen:
        assert set(headers) == {"Host", "Accept-Encoding", "Content-Length", "Content-Type"}


@pytest.mark.parametrize("path", ["/v1/ticket", "/v1/ballots"])
def test_a_lost_reply_burns_nobody(visitor, world, path):
    """The page carries the locked envelope: the same question again, and one ballot (A5)."""
    until_review(visitor, world.code)
    world.lose[path] = 2
    visitor.post(bag=visitor.bag, go="send")
    assert (visitor.status, bool(visitor.bag)) == (503, True)
    visitor.post(bag=visitor.bag, go="retry")
    assert visitor.status == 503
    visitor.post(bag=visitor.bag, go="retry")

    assert visitor.status == 200
    assert len(world.ballots) == 1
    assert len({body["blinded"] for p, body, _ in world.seen if p == "/v1/ticket"}) == 1


def test_pressing_twice_is_one_ballot(visitor, world):
    """The page that is sent again sends the same envelope (A4)."""
    until_review(visitor, world.code)
    bag = visitor.bag
    assert visitor.post(bag=bag, go="send").status == 200
    first = visitor.page
    assert visitor.post(bag=bag, go="send").status == 200
    assert visitor.page == first
    assert len(world.ballots) == 1


@pytest.mark.parametrize("path", ["/v1/ticket", "/v1/ballots"])
def test_the_form_sent_again_burns_nobody(visitor, world, path):
    """The retry page itself was lost: the browser sends the form before it once more (A5)."""
    until_review(visitor, world.code)
    bag = visitor.bag
    world.lose[path] = 1
    assert visitor.post(bag=bag, go="send").status == 503
    assert visitor.post(bag=bag, go="send").status == 200
    assert len(world.ballots) == 1


def test_an_answer_can_be_changed_before_it_is_sent(visitor, world):
    """Back from the review: what is sent is what was shown last."""
    until_review(visitor, world.code)
    visitor.post(bag=visitor.bag, go="back")
    visitor.post(bag=visitor.bag, go="next", **visitor.choose(1))
    while "q." in visitor.page:
        visitor.post(bag=visitor.bag, go="next", **visitor.choose(1))
    visitor.post(bag=visitor.bag, go="send")
    assert visitor.status == 200
    assert len(world.ballots) == 1


@pytest.mark.parametrize("answer", [{}, {"signature": "!"}, {"signature": "A" * 512}])
def test_a_false_signature_is_told(visitor, world, monkeypatch, answer):
    """The page says so, sends nothing, and keeps the envelope for another try (A2)."""
    until_review(visitor, world.code)
    monkeypatch.setattr(world, "ticket", lambda _asked: (200, answer))
    visitor.post(bag=visitor.bag, go="send")

    assert visitor.status == 409
    assert say("id", "booth.not_published") in unescape(visitor.page)
    assert visitor.bag
    assert not world.ballots


def test_what_travels_says_nothing(visitor, world):
    """Neither code nor answers; altered, of another process, or too old, it is refused."""
    visitor.post(code=world.code)
    bag = visitor.bag
    data = encoding.from_text(bag)
    assert world.code.encode() not in data
    for bad in (encoding.to_text(data[:-1] + bytes([data[-1] ^ 1])), bag[:-4], "", "!",
                SealedState().lock(Answering(world.code, {}, 0, {}))):  # fmt: skip
        assert visitor.post(bag=bad, go="next").status == 400
    keeper, state = SealedState(), Answering(world.code, {"state": "open"}, 1, {"a": "1"})
    locked = keeper.lock(state, now=0)
    assert keeper.read(locked, now=DAY - 1) == state
    with pytest.raises(CannotBeRead):
        keeper.read(locked, now=DAY + 1)


def test_missing_answers_come_back_with_a_way_to_them(visitor, world):
    """Status 422, a summary of links, and what was answered is still there."""
    visitor.post(code=world.code)
    answers = visitor.choose()
    first, value = next(iter(answers.items()))
    visitor.post(bag=visitor.bag, go="next", **{first: value})

    assert visitor.status == 422
    assert 'role="alert"' in visitor.page
    target = re.search(r'<a href="#([^"]+)"', visitor.page)[1]
    assert f'id="{target}"' in visitor.page
    assert re.search(rf'name="{re.escape(first)}" value="{value}" checked', visitor.page)


@pytest.mark.parametrize("code", ["", "x", "0" * 26, "é" * 26, "0" * 5000])
def test_wrong_codes_are_told(visitor, code):
    """As a sentence on the first page."""
    visitor.post(code=code)

    assert visitor.status == 422
    assert 'role="alert"' in visitor.page


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [("/", "POST", b"\xff\xfe"), ("/", "POST", b"a=%ff%fe"), ("/", "PUT", b""), ("/x", "GET", None),
     ("/", "POST", b"x" * 200_000), ("/", "POST", b"&".join(b"a=1" for _ in range(900))),
     ("/", "POST", b"bag=&bag=&go=send"), ("/", "POST", b"lang=zz")],
)  # fmt: skip
def test_malformed_requests_are_answered_by_a_page(visitor, path, method, body):
    """Never an error of ours, whatever is sent (A26)."""
    visitor._go(Request(visitor.url + path, body, method=method))

    assert 400 <= visitor.status < 500
    assert "<main>" in visitor.page


def test_a_lying_registry_is_told_to_the_respondent(visitor, world):
    """A group that was not published: no question is asked."""
    invitation = world.invitation
    world.invitation = lambda code: invitation(code) | {"key_stratum": "kab-x.expert"}
    visitor.post(code=world.code)

    assert visitor.status == 409
    assert "q." not in visitor.page
    assert not world.ballots


def test_a_registry_that_is_away_is_told(visitor, monkeypatch, world):
    """Nothing was sent, and the page says so."""
    world.lose["/v1/invitation"] = 1
    visitor.post(code=world.code)

    assert visitor.status == 503
    assert say("id", "assisted.unreachable") in visitor.page


def test_the_process_leaves_no_core(visitor, world):
    """Whatever kills it, its memory is not written to a disk (A28)."""
    import resource

    visitor.post(code=world.code)

    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_the_page_points_to_it(world, tmp_path):
    """In the part that browsers without script show."""
    page = (tmp_path / "booth" / "index.html").read_text()
    without = page[page.index("<noscript>") : page.index("</noscript>")]

    assert 'href="http://assisted.example/?lang=en"' in without


def test_a_pasted_link_is_understood(visitor, world):
    """The whole link, as it stands in the message or as a mail filter has altered it."""
    for pasted in (f"https://booth.example/en/#{world.code}",
                   f"https://booth.example/%23{world.code.upper()}"):  # fmt: skip
        visitor.post(code=pasted)
        assert visitor.status == 200
        assert "q." in visitor.page


def closed(world, monkeypatch, path):
    """Let one address of the other side answer that the survey is closed."""
    answer = world.answer
    refusal = {"error": "closed", "message": {"id": "Sudah ditutup.", "en": "It is closed."}}
    monkeypatch.setattr(
        world,
        "answer",
        lambda there, asked: (410, refusal) if there == path else answer(there, asked),
    )


@pytest.mark.parametrize("path", ["/v1/ticket", "/v1/ballots"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_comes_too_late_is_told_for_good(world, web, monkeypatch, path, language):
    """The survey was closed after the answers were given: a last page, no "try again"."""
    wsgi.sealed_state.cache_clear()
    visitor = until_review(Visitor(web(wsgi.application), language), world.code)
    closed(world, monkeypatch, path)
    visitor.post(bag=visitor.bag, go="send")

    assert visitor.status == 410
    assert say(language, "assisted.closed_unsent") in unescape(visitor.page)
    assert (visitor.bag, "<form" in visitor.page) == ("", False)
    assert not world.ballots


def test_a_closed_survey_asks_nothing(visitor, world, monkeypatch):
    """No questionnaire, and no field to try another code in."""
    closed(world, monkeypatch, "/v1/invitation")
    visitor.post(code=world.code)

    assert visitor.status == 410
    assert "Sudah ditutup." in visitor.page
    assert "<form" not in visitor.page

"""A26: whatever is sent to a public address, no error of ours, and nothing grows.

hypothesis makes requests from the shapes of real ones: random bytes, JSON of wrong shapes, and a
valid request with one part replaced, left out or bent.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.apps import apps
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import codes, encoding
from espi.booth.wsgi import application as booth
from espi.contact.invitations.models import Invitation
from tests.contact.field import wave_in_field
from tests.response.box import body, make_wave, noise

MODEST = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
REGISTRY, BOX, PUBLIC = (f"espi.site.urls.{name}" for name in ("registry", "box", "public"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
ODD = [
    b"", b"null", b"[]", b"{}", b"NaN", b"1e999", b'"\\ud800"', b"[" * 20_000, b'{"a":' * 5_000,
    b"\xff\xfe\x00", b"\x00" * 500, b"9" * 9_000, b'{"code":1,"code":2}', b"x" * 70_000,
]  # fmt: skip
PATHS = [
    "/record/uji/..%2f..%2fbox.sqlite3", "/record/uji/%00", "/record/uji/" + "a/" * 400,
    "/record/uji/\\..\\x", "/record/" + "x" * 3000 + "/checkpoint", "/record/uji/tile/0/é",
    "/record/uji/tile//0", "/record/uji/.", "/record/..//uji/checkpoint",
    "/record/uji/checkpoints//", "/record/uji/" + "x" * 3000, "/record/uji/tile/" + "1" * 300,
]  # fmt: skip
FILES = [
    "/\0", "/\udcff", "/" + "x" * 5000, "/assets", "/assets/", "/../secret.pem", "//etc/passwd",
    "/assets/../../secret.pem", "/config.json/", "/config.json\0.gz", "/./config.json",
]  # fmt: skip
PAGES = [
    "/", "/instansi/x", "/instansi/" + "a" * 400, "/instansi/x/laporan.pdf", "/data/indeks.json",
    "/tren", "/amplop", "/permainan", "/permainan/data.json", "/metode", "/masuk", "/nichts",
]  # fmt: skip
QUERIES = [
    "",
    "?lang=%00",
    "?lang=" + "x" * 5000,
    "?cari=%ff%fe",
    "?lang=id&lang=en",
    "?a[]=%F0%9F%98%80",
]


def rows():
    """Return how many rows each table has."""
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def bent(valid):
    """Return requests that differ from a valid one in one part."""
    names = sorted(valid)
    return st.one_of(
        st.tuples(st.sampled_from(names), JSON).map(lambda one: valid | {one[0]: one[1]}),
        st.sampled_from(names).map(lambda name: {k: v for k, v in valid.items() if k != name}),
        st.tuples(st.sampled_from(names), st.integers(0, 5000)).map(
            lambda one: valid | {one[0]: spoiled(str(valid[one[0]]), one[1])}
        ),
        JSON,
    )


def spoiled(text, at):
    at %= max(1, len(text))
    return text[:at] + chr((ord(text[at : at + 1] or "a") + 1) % 128) + text[at + 1 :]


def sent(client, path, content, kind="text/plain"):
    """Post and return the status; an exception of ours fails the test by itself."""
    return client.post(path, content, content_type=kind).status_code


@pytest.fixture
def box(db, settings, tmp_path):
    settings.ROOT_URLCONF = BOX
    settings.STORAGE = tmp_path
    (tmp_path / "record" / "uji" / "tile").mkdir(parents=True)
    make_wave()
    return Client()


@pytest.fixture
def registry(db, settings):
    settings.ROOT_URLCONF = REGISTRY
    wave_in_field()
    return Client()


def test_the_box_takes_nothing_bent(box):
    """No row comes of it, whatever it was."""
    before = rows()

    @MODEST
    @given(bent(json.loads(body(noise()))))
    def bends(content):
        assert 400 <= sent(box, "/v1/ballots", json.dumps(content)) < 500

    bends()
    for content in ODD:
        assert 400 <= sent(box, "/v1/ballots", content) < 500
    assert rows() == before


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options", "trace"])
def test_other_methods_do_nothing(box, method):
    """At the box and at the record."""
    for path in ("/v1/ballots", "/record/uji/checkpoint"):
        assert getattr(box, method)(path).status_code < 500


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leaves_the_record(box, path):
    """Nor breaks anything."""
    assert box.get(path).status_code in {301, 400, 404}


def test_the_registry_signs_nothing_bent(registry, settings):
    """Codes and blinded messages of any shape: every invitation stays open."""
    code = codes.derive_code(settings.CODE_SECRET, str(Invitation.objects.first().reference))
    before = rows()

    @MODEST
    @given(bent({"code": code, "blinded": "!"}))
    def bends(content):
        for path in ("/v1/invitation", "/v1/ticket"):
            assert sent(registry, path, json.dumps(content)) < 500

    bends()
    for content in ODD:
        for path in ("/v1/invitation", "/v1/ticket", "/webhooks/whatsapp"):
            assert sent(registry, path, content) < 500
    assert rows() == before
    assert not Invitation.objects.exclude(state="open").exists()


def test_numbers_that_are_no_message_use_no_invitation_up(registry, settings):
    """0, 1, n - 1, n, above; one byte too few or too many."""
    invitation = Invitation.objects.first()
    code = codes.derive_code(settings.CODE_SECRET, str(invitation.reference))
    high = b"\xff" * 384
    for value in (bytes(384), bytes(383) + b"\1", high, b"\0" * 383, b"\1" * 385, b""):
        asked = json.dumps({"code": code, "blinded": encoding.to_text(value)})
        assert sent(registry, "/v1/ticket", asked) == 400
    invitation.refresh_from_db()

    assert invitation.state == "open"


@pytest.mark.parametrize("path", ["/cek", "/resmi", "/cabut", "/masuk", "/u/x", "/u/" + "a" * 900])
def test_pages_of_the_registry_bear_anything(registry, path):
    """Form fields, queries and paths."""
    for query in QUERIES:
        assert registry.get(path + query).status_code < 500
    for code in ("", "\0", "x" * 5000, "é" * 9, "%00"):
        assert registry.post(path, {"code": code}).status_code < 500


@pytest.mark.parametrize("path", [*FILES, *(path.removeprefix("/record/uji") for path in PATHS)])
def test_no_path_leaves_the_booth(path, tmp_path, monkeypatch):
    """The host of the page, too, has one answer to what is not there."""
    monkeypatch.setenv("ESPI_BOOTH_FOLDER", str(tmp_path / "booth"))
    (tmp_path / "booth" / "assets").mkdir(parents=True)
    (tmp_path / "booth" / "config.json").write_text('{"registry": "https://a", "box": "https://b"}')
    (tmp_path / "secret.pem").write_text("secret")
    told = []
    page = booth({"REQUEST_METHOD": "GET", "PATH_INFO": path}, lambda *words: told.append(words))

    assert told[0][0] == "404 Not Found"
    assert page == [b"not found"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_the_results_bear_anything(db, settings, path):
    """Before anything was released, and with any query."""
    settings.ROOT_URLCONF = PUBLIC
    client = Client()
    for query in QUERIES:
        assert client.get(path + query).status_code < 500


def test_the_day_of_a_signature_is_all_that_is_kept(registry, settings):
    """A valid request in the midst of noise works, and leaves a day and a hash."""
    invitation = Invitation.objects.first()
    code = codes.derive_code(settings.CODE_SECRET, str(invitation.reference))
    for content in ODD[:5]:
        sent(registry, "/v1/ticket", content)
    asked = json.dumps({"code": code, "blinded": encoding.to_text(b"\0" + b"a" * 383)})
    assert sent(registry, "/v1/ticket", asked) == 200
    invitation.refresh_from_db()

    assert isinstance(invitation.finished_on, date)
    assert len(bytes(invitation.blinded_hash)) == 32

"""docs/protocol/http.yaml is true, and what schemathesis makes of it breaks nothing (A26).

Valid and invalid requests for every address: no error of ours, only described answers, and
whatever does not keep to the description is refused.
"""

from __future__ import annotations

import string
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from espi.anonymity.v1 import codes, encoding
from espi.booth.wsgi import application as booth
from espi.contact.invitations.models import Invitation
from espi.signer import service
from espi.signer.store import Store
from tests.attacks.test_fuzz import rows
from tests.booth.conftest import world  # noqa: F401 a fixture
from tests.contact.field import wave_in_field
from tests.keys import kept_signing_key
from tests.response.box import make_wave

DESCRIPTION = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "http.yaml"
TOKEN = "rahasia-hanya-untuk-uji-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "identity"}
STRATUM = "kab-x.internal"
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# An envelope has 11,031 characters, and hypothesis draws a string of a pattern one character at a
# time: a minute of computing for 75 requests. Here it is drawn as bytes; the pattern as it stands
# in the description is tried with a few requests more.
SEALED = {"type": "string", "format": "sealed", "minLength": 11_031, "maxLength": 11_031}
ALPHABET = string.ascii_letters + string.digits + "-_"
FEW = settings(EXAMPLES, max_examples=5)
VALID, INVALID = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
# What a request in order may hear: yes, or that the number is none of this key, the signature
# false, the code used, or that there is no such code, group, round or file.
IN_ORDER = {"positive_data_acceptance": {"expected-statuses": [200, 400, 403, 404, 409, 410]}}


def registry(request):
    """Return the registry with a wave in the field, and the code of one invitation."""
    wave_in_field()
    secret = request.getfixturevalue("settings").CODE_SECRET
    code = codes.derive_code(secret, str(Invitation.objects.first().reference))
    return get_wsgi_application(), {"code": code}


def box(request):
    """Return a box that takes ballots, and the code of a group."""
    make_wave()
    return get_wsgi_application(), {"stratum": STRATUM}


def public(request):
    """Return the results site before anything was released."""
    return get_wsgi_application(), {}


def signer(request):
    """Return a signer, and an invitation that was committed to."""
    folder, patch = request.getfixturevalue("tmp_path"), request.getfixturevalue("monkeypatch")
    patch.setenv("ESPI_SIGNER_TOKEN", TOKEN)
    patch.setenv("ESPI_SIGNER_KEYS", str(folder))
    store = Store(folder / "uji")
    store.keys.keep(STRATUM, kept_signing_key()[0])
    store.admit({bytes(32): STRATUM})
    known = {"round": "uji", "stratum": STRATUM, "invitation": encoding.to_text(bytes(32))}
    return service.application, known


def booth_host(request):
    """Return the host of a published page."""
    request.getfixturevalue("world")
    return booth, {}


APPS = {"registry": registry, "box": box, "public": public, "signer": signer, "booth": booth_host}

schemathesis.openapi.format(
    "sealed",
    st.binary(min_size=11_031, max_size=11_031).map(
        lambda drawn: "".join(ALPHABET[byte % 64] for byte in drawn)
    ),
)


@pytest.fixture
def one_connection(db):
    """Let requests share the test's transaction, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(params=APPS)
def described(request, one_connection, settings, tmp_path):
    """The description of one host with its application, and what is known there."""
    settings.STORAGE = tmp_path
    settings.FAILURES_A_MINUTE = 10**9
    if request.param in {"registry", "box", "public"}:
        settings.ROOT_URLCONF = f"espi.site.urls.{request.param}"
    application, known = APPS[request.param](request)
    return application, known, request.param


def operations(description, application, host):
    """Yield the operations of one host, to be called on its application."""
    config = schemathesis.Config.from_dict({"checks": IN_ORDER})
    schema = schemathesis.openapi.from_dict(description, config=config).include(tag=host)
    schema.app = application
    for found in schema.get_all_operations():
        yield found.ok()


def drawn_quickly(description):
    """Return the description with the envelope of a ballot as a format of its own."""
    quick = deepcopy(description)
    body = quick["paths"]["/v1/ballots"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert body["properties"]["c"]["pattern"].endswith("{11031}$")
    body["properties"]["c"] = SEALED
    return quick


def test_answers_are_those_that_are_described(described):
    """And nothing grows by it."""
    application, known, host = described
    description = yaml.safe_load(DESCRIPTION.read_text("utf-8"))
    before = rows()
    for operation in operations(drawn_quickly(description), application, host):
        try_out(operation, VALID, {})
        try_out(operation, VALID, known)
        try_out(operation, INVALID, {})
    if host == "box":
        for operation in operations(description, application, host):
            try_out(operation, VALID, {}, FEW)
            try_out(operation, INVALID, {}, FEW)

    assert rows() == before


def try_out(operation, mode, known, examples=EXAMPLES):
    """Send what schemathesis makes up, with what is known put into its body."""
    strategy = operation.as_strategy(generation_mode=mode)

    @examples
    @given(case=strategy)
    def asks(case):
        if known and isinstance(case.body, dict):
            case.body = case.body | known
        case.call_and_validate(headers=HEADERS)

    with suppress(*([Unsatisfiable] if mode is INVALID else [])):
        asks()  # an operation that takes anything has no invalid request

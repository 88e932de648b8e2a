"""Every address in every message and on every slip is opened as its reader would open it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import unescape
from urllib.parse import urlsplit

import pytest

from espi.anonymity.typed_codes import code_in
from espi.anonymity.v1 import codes
from espi.booth import wsgi
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.transports.email.message import compose
from espi.contact.dispatch.transports.whatsapp.request import send_request
from espi.contact.fieldwork.actions import plan_campaign
from espi.contact.invitations import slips
from espi.contact.invitations.models import Invitation
from espi.rehearsal.whatsapp.templates import DEFAULT, read_templates
from espi.wording.messages import PARAMETERS
from tests.booth import qr
from tests.contact.field import NOW, wave_in_field

ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


@pytest.fixture
def open_address(settings, client, world):
    """Return a function that opens an address of this system, and returns status and page."""
    del world  # a published booth

    def asked(address):
        parts = urlsplit(address)
        if address.startswith(settings.BOOTH_URL):
            statuses = []
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": parts.path or "/"}
            body = wsgi.application(environ, lambda status, _headers: statuses.append(status))
            return int(statuses[0][:3]), b"".join(body).decode()
        assert address.startswith(settings.REGISTRY_URL), address
        client.cookies.clear()
        answer = client.get(f"{parts.path}?{parts.query}")
        return answer.status_code, answer.content.decode()

    return asked


@pytest.fixture
def messages(db):
    """Every message of both campaigns, to readers of both languages."""
    wave = wave_in_field()
    english = Invitation.objects.order_by("pk").values_list("pk", flat=True)[:6]
    Invitation.objects.filter(pk__in=list(english)).update(language="en")
    for kind in ("invitation", "reminder"):
        plan_campaign(wave=wave, kind=kind, actor="test", now=NOW)
    return list(OutboundMessage.objects.order_by("pk"))


def parts_of(message, settings):
    """Return each part of a message as its reader sees it, with the language it is in."""
    envelope = replace(outgoing_message(message), attempt="satu")
    if message.channel == "whatsapp":
        places = {"BOOTH_URL": settings.BOOTH_URL, "REGISTRY_URL": settings.REGISTRY_URL}
        template = read_templates(DEFAULT, places)[message.template, message.language]
        wanted = tuple(name for name in PARAMETERS if f"{{{{{name}}}}}" in template.body)
        bubble = template.render(send_request(envelope, wanted)["template"]["components"])
        urls = "\n".join(button.url for button in bubble.buttons)
        return envelope.code, [(message.language, bubble.text), (message.language, urls)]
    mail = message_from_bytes(compose(envelope).as_bytes(), policy=default)
    languages = (message.language, "en" if message.language == "id" else "id")
    plain = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    texts = plain.split("-" * 60)
    marked = mail.get_body(("html",)).get_content().split("<hr>")
    parts = [("", str(mail["List-Unsubscribe"]))]
    for language, text, html in zip(languages, texts, marked, strict=True):
        links = list(map(unescape, re.findall(r'href="([^"]+)"', html)))
        assert links == ADDRESS.findall(text)
        parts.append((language, text))
    return envelope.code, parts


def test_every_address_of_every_message_opens(messages, settings, open_address):
    """Links lead to the page, in the reader's language, and each carries the reader's own code."""
    opened, seen = Counter(), Counter()
    for message in messages:
        code, parts = parts_of(message, settings)
        for language, part in parts:
            for address in ADDRESS.findall(part):
                status, page = open_address(address)
                assert status == 200, address
                if address.startswith(settings.BOOTH_URL):
                    english = urlsplit(address).path.startswith("/en/")
                    assert english == (language == "en"), address
                    assert "data-root=" in page
                    opened[code_in(address) == code if "#" in address else "typed"] += 1
                elif language:
                    assert f'<html lang="{language}"' in page, address
                seen[message.channel, message.template, message.language] += 1

    assert len(seen) == 8  # two channels, two campaigns, two languages
    assert opened[True] > opened["typed"] > 0
    assert not opened[False]


def test_a_mail_shows_the_code_apart_from_the_link(messages, settings):
    """Whoever cannot open the link types what stands beside it."""
    mails = [parts_of(message, settings) for message in messages if message.channel == "email"]
    for code, parts in mails:
        shown = [
            typed for _, text in parts for typed in re.findall(r": ((?:\w{4} ){6}\w{2})\n", text)
        ]
        assert [code_in(typed) for typed in shown] == [code, code]


def test_a_slip_opens_by_camera_and_by_hand(open_address):
    """The QR code is read from the picture; the printed code is typed with its blanks."""
    for n in range(20):
        code = codes.derive_code(b"k", str(n))
        address = qr.read(slips.qr(code))
        status, page = open_address(address)

        assert (status, "data-root=" in page) == (200, True)
        assert code_in(address) == code_in(slips.spaced(code)) == code

"""Headers as a mail server receives them: through a real SMTP conversation, byte for byte."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import socket
from dataclasses import replace
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller

from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending import outbox
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.transports.email.transport import Email
from espi.contact.dispatch.transports.outcomes import Fate
from espi.contact.fieldwork.actions import plan_campaign
from tests.contact.field import NOW, wave_in_field

pytestmark = pytest.mark.django_db

ORDINARY_HOST = "https://survei-penilaian-integritas.lembaga-contoh.example"
LONG_HOST = "https://" + ".".join(["a" * 63, "b" * 63, "c" * 63]) + ".contoh.example:8443"
NAMES = [
    "E-SPI",
    "Survei Integritas, Lembaga Contoh",
    'Survei "Integritas" \\ Contoh',
    "Survei Penilaian Integritas — Lembaga Contoh, Républik (Contoh) <uji@lain.example>",
    "é, x; " * 15,
    "x, " * 32,
    "调查" * 45,
    "=?utf-8?q?x?=",
    "Survei: Integritas",
]


class Sink:
    """Keeps what was said in each conversation."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 OK"


@pytest.fixture
def send(settings):
    """Send messages to a sink of this test, and return the sink and the outcomes."""

    def through(outgoing):
        sink = Sink()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            settings.SMTP_PORT = probe.getsockname()[1]
        controller = Controller(sink, hostname="127.0.0.1", port=settings.SMTP_PORT)
        controller.start()
        try:
            return sink, asyncio.run(Email().send(outgoing))
        finally:
            controller.stop()

    return through


def messages_of_wave(limit=1):
    wave = wave_in_field(people=3)
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    ids = outbox.claim(channel="email", now=NOW, limit=limit)
    return [outgoing_message(m) for m in outbox.mark_sending(ids=ids, now=NOW)]


def header_lines(raw):
    """Return the header lines of a mail by name, folded ones joined as RFC 5322 says."""
    head = raw.split(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    lines = re.sub(rb"\r\n([ \t])", rb"\1", head).split(b"\r\n")
    return {
        line.split(b":", 1)[0].decode().lower(): line.split(b":", 1)[1].strip() for line in lines
    }


@pytest.mark.parametrize("host", [ORDINARY_HOST, LONG_HOST])
def test_the_address_for_stopping_is_plain_on_the_wire(send, settings, host):
    """However long the host: one line, no encoded word, and a page of ours behind it."""
    settings.REGISTRY_URL = host
    settings.MAIL_FROM = f"survei@{'d' * 63}.{'e' * 63}.contoh.example"
    [message] = messages_of_wave()

    sink, outcomes = send([message])

    [(sender, _to, raw)] = sink.mails
    assert outcomes[message.key].fate is Fate.ACCEPTED
    assert sender == settings.MAIL_FROM
    assert f"\r\nList-Unsubscribe: <{message.unsubscribe}>\r\n".encode() in raw
    assert message.unsubscribe.startswith(f"{host}/u/")
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    headers = header_lines(raw)
    assert re.fullmatch(rb"<[0-9a-f]{32}@d{63}\.e{63}\.contoh\.example>", headers["message-id"])
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()


@pytest.mark.parametrize("name", NAMES)
def test_a_sender_is_one_name_and_one_address(send, settings, name):
    """A comma, a quote, brackets, other letters: MAIL FROM is the address, From one mailbox."""
    settings.SENDER_NAME = name
    [message] = messages_of_wave()

    sink, outcomes = send([message])

    [(sender, to, raw)] = sink.mails
    assert outcomes[message.key].fate is Fate.ACCEPTED
    assert (sender, to) == (settings.MAIL_FROM, [message.address])
    read = email.message_from_bytes(raw, policy=email.policy.default)
    [mailbox] = read["From"].addresses
    assert mailbox.addr_spec == settings.MAIL_FROM
    written = header_lines(raw)["from"].decode("ascii").rpartition(" <")[0]
    if written.startswith('"'):
        written = re.sub(r"\\(.)", r"\1", written[1:-1])
    assert str(make_header(decode_header(written))) == " ".join(name.split())
    words = re.findall(r"=\?[^?]+\?.\?[^?]*\?=", written)
    assert all(len(word) <= 75 for word in words)
    assert str(read["To"]) == message.address
    assert read["Date"].datetime is not None


def test_the_longest_addresses_arrive_whole(send):
    """64 characters before the at sign and 254 in all, in To and in RCPT TO."""
    [message] = messages_of_wave()
    longest = f"{'n' * 64}@{'h' * 63}.{'i' * 63}.{'j' * 53}.example"
    assert len(longest) == 254

    sink, outcomes = send([replace(message, address=longest)])

    [(_sender, to, raw)] = sink.mails
    assert outcomes[message.key].fate is Fate.ACCEPTED
    assert to == [longest]
    assert header_lines(raw)["to"] == longest.encode()


def test_a_subject_with_other_letters_is_encoded_in_short_words(send, monkeypatch):
    """Encoded words have at most 75 characters, and say what was meant."""
    from espi.wording import messages as texts

    subject = "Undangan — Survei Penilaian Integritas " * 4
    monkeypatch.setitem(texts.SUBJECTS, "espi_undangan_v1", subject.strip())
    [message] = messages_of_wave()

    sink, _outcomes = send([message])

    [(_sender, _to, raw)] = sink.mails
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert str(read["Subject"]) == subject.strip()
    assert raw.split(b"\r\n\r\n")[0].isascii()


def test_an_address_of_an_older_list_is_nobody_elses_trouble(send):
    """It fails alone; the mails beside it are sent."""
    first, second, third = messages_of_wave(limit=3)

    _sink, outcomes = send([first, replace(second, address="a..b@contoh.example"), third])

    assert outcomes[second.key].fate is Fate.FINAL
    assert [outcomes[e.key].fate for e in (first, third)] == [Fate.ACCEPTED] * 2

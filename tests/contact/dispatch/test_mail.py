"""How far a mail had come decides whether it is in doubt; and no relay ends the dispatcher."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager

import pytest

from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending import outbox
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.transports.email.transport import send_over_one
from espi.contact.dispatch.transports.outcomes import Fate
from tests.contact.dispatch.outgoing import planned
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db
CUT = "cut"
USUAL = {
    "banner": "220 relay.example", "EHLO": "250 relay.example", "MAIL": "250 OK", "RCPT": "250 OK",
    "DATA": "354 go on", "content": "250 2.0.0 taken", "QUIT": "221 bye", "RSET": "250 OK",
}  # fmt: skip


class Talk(socketserver.StreamRequestHandler):
    """One connection to the relay: each command gets the reply it was told, or the cut."""

    def handle(self):
        if not self.answer("banner"):
            return
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper() if line.split() else ""
            if not self.answer(verb):
                return
            if verb == "DATA" and self.server.replies["DATA"].startswith("354"):
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.server.taken += 1
                if not self.answer("content"):
                    return
            if verb == "QUIT":
                return

    def answer(self, verb):
        reply = self.server.replies.get(verb, "500 what?")
        if reply == CUT:
            return False
        self.wfile.write(f"{reply}\r\n".encode())
        return True


@contextmanager
def relay(settings, **replies):
    """Run a relay that replies as usual, but for what is told."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads, server.replies, server.taken = True, USUAL | replies, 0
        settings.SMTP_PORT = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def three_mails():
    planned(people=3)
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    ids = outbox.claim(channel="email", now=NOW, limit=3)
    return [outgoing_message(message) for message in outbox.mark_sending(ids=ids, now=NOW)]


CASES = {
    "cut at the banner": ({"banner": CUT}, ["lane waits"] * 3),
    "banner 421": ({"banner": "421 4.3.2 shutting down"}, ["lane waits"] * 3),
    "banner 554": ({"banner": "554 5.7.1 you are blocked"}, ["all stops"] * 3),
    "sender refused": ({"MAIL": "553 5.7.1 not your address"}, ["all stops"] * 3),
    "too many mails": ({"MAIL": "450 4.7.1 rate limit"}, ["lane waits"] * 3),
    "cut at the sender": ({"MAIL": CUT}, ["lane waits"] * 3),
    "no such person": ({"RCPT": "550 5.1.1 unknown"}, ["final"] * 3),
    "greylisted": ({"RCPT": "450 4.2.0 greylisted"}, ["again"] * 3),
    "421 at the recipient": ({"RCPT": "421 4.7.0 later"}, ["lane waits"] * 3),
    "cut before the content": ({"DATA": CUT}, ["lane waits"] * 3),
    "content not wanted": ({"DATA": "451 4.3.0 full"}, ["lane waits"] * 3),
    "cut after the content": ({"content": CUT}, ["uncertain", "lane waits", "lane waits"]),
    "rubbish after the content": ({"content": "huh"}, ["uncertain"] * 3),
    "quota": ({"content": "550 5.4.5 Daily quota exceeded"}, ["lane waits"] * 3),
    "rude goodbye": ({"QUIT": "421 4.4.2 too slow"}, ["accepted"] * 3),
    "cut goodbye": ({"QUIT": CUT}, ["accepted"] * 3),
}


@pytest.mark.parametrize(("replies", "fates"), CASES.values(), ids=CASES)
def test_only_what_the_relay_may_have_taken_is_in_doubt(settings, replies, fates):
    """Before it asks for the content it has nothing; after that only its answer counts."""
    outgoing = three_mails()
    with relay(settings, **replies) as server:
        outcomes = send_over_one(outgoing)

    assert [outcomes[message.key].fate for message in outgoing] == [Fate(fate) for fate in fates]
    doubtful = sum(o.fate in {Fate.UNCERTAIN, Fate.ACCEPTED} for o in outcomes.values())
    assert server.taken == doubtful or "550" in replies.get("content", "")


def test_a_sender_that_is_lost_sends_no_further_mail(settings):
    """The right to send is asked for before each mail."""
    outgoing = three_mails()
    answers = iter([True, False, False])
    with relay(settings) as server:
        outcomes = send_over_one(outgoing, lambda: next(answers))

    assert [o.fate.value for o in outcomes.values()] == ["accepted", "unsent", "unsent"]
    assert server.taken == 1

"""A4, A6, A7: a ticket serves once, for one stratum of one round, for one envelope."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from espi.design.models import Wave
from espi.response.ballotbox import actions
from espi.response.ballotbox.errors import BoxClosed, SignatureInvalid
from espi.response.ballotbox.models import Ballot
from tests.response.box import DAY, body, digest_of, make_wave, noise, signed, waiting

PARTS = ("envelope", "prepared", "signature")


def flipped(dropped, part, bit):
    data = bytearray(getattr(dropped, part))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    return replace(dropped, **{part: bytes(data)})


def refused(dropped, why=SignatureInvalid):
    with pytest.raises(why):
        actions.accept_ballot(ballot=dropped)
    return not waiting()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("bit", [0, 7, 8, 255, 256, 511, 3071, 5000, 66_183])
def test_one_flipped_bit_is_refused(wave, part, bit):
    """In the envelope, in what was signed, in the signature (A6, A7)."""
    assert refused(flipped(noise(), part, bit))


@pytest.mark.parametrize("other", ["kab-x.external", "kab-x.expert"])
def test_a_ticket_moved_to_another_stratum_is_refused(wave, other):
    """With another key, and even where two strata had one key (A6)."""
    assert refused(replace(noise(), stratum=other))
    envelope = noise().envelope
    same_key = signed(envelope, "kab-x.internal", "uji", other.split(".")[1])
    assert refused(replace(same_key, stratum=other))


def test_a_ticket_of_another_round_is_refused(wave):
    """The same stratum and even the same key, a year before (A6)."""
    assert refused(noise(wave="uji-2025"))


@pytest.mark.parametrize("part", PARTS)
def test_parts_of_two_ballots_make_none(wave, part):
    """A signature does not carry over to another envelope (A6)."""
    assert refused(replace(noise(), **{part: getattr(noise(), part)}))


@pytest.mark.parametrize("signature", [b"\0" * 384, b"\0" * 383 + b"\1", b"\xff" * 384])
def test_numbers_that_need_no_key_are_refused(wave, signature):
    """Zero, one, and more than the modulus are no signatures."""
    assert refused(replace(noise(), signature=signature))


@pytest.mark.parametrize("tail", ["=", "==", "\n", " ", "+", "A"])
def test_a_ballot_has_one_spelling(wave, client, tail):
    """Other spellings of the same bytes are not taken for another ballot."""
    ballot = noise()
    content = body(ballot, sig=ballot.to_json()["sig"] + tail)

    assert client.post("/v1/ballots", content, content_type="text/plain").status_code == 400
    assert not waiting()


def test_a_replay_is_the_same_ballot(wave, client):
    """Two hundred times one envelope: one row, one answer, before and after the release (A4)."""
    dropped = noise()
    told = {
        client.post("/v1/ballots", body(dropped), content_type="text/plain").content
        for _ in range(200)
    }
    assert (len(told), len(waiting())) == (1, 1)

    for _ in range(9):
        actions.accept_ballot(ballot=noise())
    actions.release_batches(wave=wave, today=DAY, actor="test")
    actions.accept_ballot(ballot=dropped)
    assert (len(waiting()), Ballot.objects.count()) == (0, 10)


def test_a_second_signature_on_the_same_envelope_adds_nothing(wave):
    """Another valid ticket for it is still that one ballot (A4)."""
    envelope = noise().envelope
    for _ in range(2):
        actions.accept_ballot(ballot=signed(envelope, "kab-x.internal", "uji", "internal"))

    assert len(waiting()) == 1


def test_a_ballot_of_a_closed_wave_is_refused(wave):
    """Also with a perfect signature."""
    actions.close_box(wave=wave, today=date(2026, 10, 2), actor="test")
    assert refused(noise(), BoxClosed)


def in_threads(deed, times):
    def done(number):
        try:
            return deed(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(done, range(times)))


def needs_a_server():
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory serves one thread")


def test_parallel_replays_are_one_ballot(wave):
    """A hundred at the same moment (A4)."""
    needs_a_server()
    dropped = noise()
    told = in_threads(lambda _n: actions.accept_ballot(ballot=dropped), 100)

    assert (len(set(told)), len(waiting())) == (1, 1)


def test_nothing_is_lost_while_releases_run(wave):
    """Ballots pour in, some twice, while batches are moved and the box is closed."""
    needs_a_server()
    dropped = [noise() for _ in range(150)]

    def deed(number):
        if number % 20 == 19:
            actions.release_batches(wave=the_wave(), today=DAY, actor="test")
        actions.accept_ballot(ballot=dropped[number])
        return actions.accept_ballot(ballot=dropped[number - 1])

    in_threads(deed, 150)
    actions.close_box(wave=the_wave(), today=DAY, actor="test")

    held = {bytes(digest) for digest in Ballot.objects.values_list("digest", flat=True)}
    assert held == {digest_of(one) for one in dropped}
    assert not waiting()


def test_nothing_is_accepted_behind_the_back_of_a_closing(wave):
    """Ballots pour in while the box is closed: each is refused, or counted."""
    needs_a_server()
    dropped = [noise() for _ in range(200)]

    def deed(number):
        if number == 60:
            actions.close_box(wave=the_wave(), today=DAY, actor="test")
        try:
            actions.accept_ballot(ballot=dropped[number])
        except BoxClosed:
            return None
        return digest_of(dropped[number])

    accepted = set(in_threads(deed, 200)) - {None}
    held = {bytes(digest) for digest in Ballot.objects.values_list("digest", flat=True)}
    assert 0 < len(accepted) < 200
    assert accepted == held
    assert not waiting()


def the_wave():
    return Wave.objects.get(code="uji")


def test_a_wave_of_the_same_name_next_year_has_other_tickets(wave):
    """A later wave in the field with the same strata does not take this one's tickets."""
    early = noise()
    wave.phase = "released"
    wave.save()
    make_wave("uji-2027", year=2027)

    assert refused(early)
    assert actions.accept_ballot(ballot=noise(wave="uji-2027"))

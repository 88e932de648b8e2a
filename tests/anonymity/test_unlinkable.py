"""The promise itself: with every database and every key in hand, any ballot fits any person."""

from __future__ import annotations

from itertools import product
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives import serialization

from espi.anonymity.v1 import blindrsa, encoding, sealing

PEOPLE = 6


@pytest.fixture(scope="module")
def round_(signer, election_key):
    """Six people of one stratum: what the signer saw, and what lies in the box."""
    transcripts, ballots = [], []
    for person in range(PEOPLE):
        info = encoding.info("2026", "kab-x.internal")
        envelope = sealing.seal(election_key.public_key(), info, f"answers {person}".encode())
        said = encoding.message("2026", "kab-x.internal", envelope)
        prepared = encoding.prepare(said, token_bytes(32))
        blinded, inverse = blindrsa.blind(signer.public, prepared)
        answer = blindrsa.blind_sign(signer.private, blinded)
        transcripts.append((blinded, answer))
        ballots.append((prepared, blindrsa.finalize(signer.public, prepared, answer, inverse)))
    return transcripts, ballots


def explanation(public, transcript, ballot):
    """Return the one blinding factor under which this transcript would have made this ballot."""
    n = public.public_numbers().n
    answer, signature = (int.from_bytes(part, "big") for part in (transcript[1], ballot[1]))
    return answer * pow(signature, -1, n) % n


@pytest.mark.parametrize(("person", "envelope"), list(product(range(PEOPLE), repeat=2)))
def test_every_transcript_explains_every_ballot(signer, round_, person, envelope):
    """36 of 36 pairings are consistent: attack A1.

    The factor r = s' / s exists, is a possible draw, blinds this ballot's encoded message to
    exactly the bytes that the signer saw, and unblinds the signer's answer to this signature. No
    second factor does, so each pairing is explained in exactly one way and none is likelier.
    """
    (blinded, answer), (prepared, signature) = (
        part[n] for part, n in zip(round_, (person, envelope), strict=True)
    )
    numbers = signer.public.public_numbers()
    r = explanation(signer.public, (blinded, answer), (prepared, signature))
    encoded = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n)
    inverse = pow(r, -1, numbers.n)

    assert 1 < r < numbers.n
    assert (encoded * pow(r, numbers.e, numbers.n) % numbers.n).to_bytes(384, "big") == blinded
    assert blindrsa.finalize(signer.public, prepared, answer, inverse) == signature


def test_the_private_key_tells_no_more(signer, round_):
    """Signing every ballot again with the private key gives the same table of explanations."""
    key = serialization.load_pem_private_key(signer.private, password=None).private_numbers()
    n = key.public_numbers.n
    transcripts, ballots = round_
    explained = {
        pow(int.from_bytes(blinded, "big"), key.d, n)
        * pow(int.from_bytes(ballot[1], "big"), -1, n)
        % n
        for (blinded, _), ballot in product(transcripts, ballots)
    }

    assert explained == {
        explanation(signer.public, *pair) for pair in product(transcripts, ballots)
    }
    assert len(explained) == PEOPLE * PEOPLE


def test_what_the_signer_saw_is_not_in_the_box(round_):
    """No bytes are common to both sides."""
    transcripts, ballots = round_

    assert not {part for pair in transcripts for part in pair} & {
        part for pair in ballots for part in pair
    }

"""Keys: the signing key's form, and the election key among three trustees."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import keys, sealing
from espi.trustees import commands

TRUSTEES = ["--trustee", "Sari", "--trustee", "Budi", "--trustee", "Ayu"]


@pytest.fixture(scope="module")
def shares(election_key):
    """Three shares of the election key."""
    return keys.split(election_key)


def test_a_signing_key_is_rsa_3072(signer):
    """With the usual exponent, and a PEM that is the other half of the DER."""
    private = serialization.load_pem_private_key(signer.private, password=None)

    assert private.key_size == 3072
    assert private.public_key() == signer.public


@pytest.mark.parametrize("pair", list(permutations(range(3), 2)))
def test_any_two_shares_give_the_key(election_key, shares, pair):
    """In any order: attack A29."""
    found = keys.combine([shares[n] for n in pair])

    assert found.private_numbers() == election_key.private_numbers()


def test_three_shares_give_the_key_too(election_key, shares):
    """A ceremony where everybody came does not fail for it."""
    assert keys.combine(shares).private_numbers() == election_key.private_numbers()


def test_a_share_may_be_typed_with_capitals_and_line_breaks(election_key, shares):
    """As it stands on paper."""
    typed = [shares[0].upper().replace(" ", "\n", 5), f"  {shares[1]} \n"]

    assert keys.combine(typed).private_numbers() == election_key.private_numbers()


@pytest.mark.parametrize("which", [[], [0], [0, 0]])
def test_fewer_than_two_shares_give_nothing(shares, which):
    """One share, were it given twice, is one share."""
    with pytest.raises(keys.SharesDoNotFit):
        keys.combine([shares[n] for n in which])


def test_shares_of_different_keys_do_not_fit(shares):
    """Nor do shares of one key that was split twice."""
    with pytest.raises(keys.SharesDoNotFit):
        keys.combine([shares[0], keys.split(keys.generate_election_key())[1]])


@settings(max_examples=25, deadline=None)
@given(place=st.integers(0, 32), word=st.sampled_from(["academic", "zero", "nonsense", "smear"]))
def test_a_mistyped_word_is_noticed(shares, place, word):
    """The checksum of the share finds it."""
    words = shares[0].split()
    words[place] = word if words[place] != word else "acid"

    with pytest.raises(keys.SharesDoNotFit):
        keys.combine([" ".join(words), shares[1]])


def test_a_share_holds_no_part_of_the_key_in_clear(election_key, shares):
    """Each split is drawn anew: the same key, other words."""
    again = keys.split(election_key)

    assert not set(shares) & set(again)


def test_the_command_writes_three_shares_and_never_overwrites(tmp_path):
    """`espi` on the trustees' machine: shares readable by their owner alone, one public key."""
    folder = tmp_path / "ceremony"
    made = CliRunner().invoke(commands.create, [str(folder), *TRUSTEES])
    again = CliRunner().invoke(commands.create, [str(folder), *TRUSTEES])
    shares = [(folder / f"share-{n}.txt").read_text("utf-8") for n in (1, 2, 3)]
    public = json.loads((folder / "election-key.json").read_text("utf-8"))

    assert made.exit_code == 0
    assert again.exit_code == 1
    assert sealing.to_jwk(keys.combine(shares[1:]).public_key()) == public
    assert {oct((folder / f"share-{n}.txt").stat().st_mode & 0o777) for n in (1, 2, 3)} == {"0o600"}

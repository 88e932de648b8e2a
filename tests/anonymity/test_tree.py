"""The commitment to the box: published roots, and no trace of order."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import tree

# The reference tree of Certificate Transparency; its leaves are sorted as they are.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves):
    """RFC 9162, section 2.1.1, as it is written there: recursively."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    halves = by_definition(leaves[:split]) + by_definition(leaves[split:])
    return sha256(b"\x01" + halves).digest()


@pytest.mark.parametrize("size", range(9))
def test_reproduces_the_published_roots(size):
    """From no leaf to eight."""
    assert tree.root(LEAVES[:size]).hex() == ROOTS[size]


@given(ballots=st.lists(st.binary(min_size=32, max_size=32), max_size=40, unique=True))
def test_is_the_tree_of_the_standard(ballots):
    """Our loop and the standard's recursion agree at every size."""
    assert tree.root(ballots) == by_definition(sorted(ballots))


@given(ballots=st.lists(st.binary(max_size=32), max_size=20), data=st.data())
def test_the_order_of_arrival_leaves_no_trace(ballots, data):
    """Any order of the same ballots gives the same root."""
    assert tree.root(data.draw(st.permutations(ballots))) == tree.root(ballots)


@given(
    ballots=st.lists(st.binary(max_size=8), min_size=1, max_size=20, unique=True), data=st.data()
)
def test_a_ballot_taken_away_is_noticed(ballots, data):
    """The root of fewer ballots is another root."""
    gone = data.draw(st.sampled_from(ballots))

    assert tree.root([b for b in ballots if b != gone]) != tree.root(ballots)

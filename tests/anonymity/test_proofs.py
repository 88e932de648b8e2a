"""Inclusion and consistency: published proofs, every proof of every small tree, and refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import tree
from tests.anonymity.test_tree import LEAVES, ROOTS

HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
A, B, C = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
)
D, E, F = (
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
INCLUSION = {(0, 8): [A, B, C], (5, 8): [D, E, ROOTS[4]], (2, 3): [ROOTS[2]],
             (1, 5): [ROOTS[1], B, D]}  # fmt: skip
CONSISTENCY = {(1, 8): [A, B, C], (6, 8): [F, E, ROOTS[4]], (2, 5): [B, D], (1, 1): []}
PAIRS = [(small, large) for large in range(1, 34) for small in range(1, large + 1)]
MANY = [tree.leaf_hash(bytes([n])) for n in range(33)]


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_reproduces_the_published_inclusion_proofs(place, proof):
    """The reference proofs of Certificate Transparency."""
    index, size = place

    assert [node.hex() for node in tree.inclusion_proof(HASHES[:size], index)] == proof


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_reproduces_the_published_consistency_proofs(sizes, proof):
    """The same for trees that grow."""
    small, large = sizes

    assert [node.hex() for node in tree.consistency_proof(HASHES[:large], small)] == proof


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_included_and_nothing_else(size):
    """Each proof holds for its leaf at its place, and for no other."""
    leaves, root = MANY[:size], tree.root_of(MANY[:size])
    for index in range(size):
        proof = tree.inclusion_proof(leaves, index)
        fits = [
            (at, leaf)
            for at in range(size)
            for leaf in (leaves[index], bytes(32))
            if tree.includes(root, size, at, leaf, proof)
        ]
        assert fits == [(index, leaves[index])]
        assert not tree.includes(root, size, index, leaves[index], [*proof, bytes(32)])
        assert not proof or not tree.includes(root, size, index, leaves[index], proof[:-1])


@pytest.mark.parametrize(("small", "large"), PAIRS)
def test_every_beginning_is_proved(small, large):
    """Each tree begins with each smaller one, and the proof says so of no other root."""
    earlier, later = tree.root_of(MANY[:small]), tree.root_of(MANY[:large])
    proof = tree.consistency_proof(MANY[:large], small)

    assert tree.extends((small, earlier), (large, later), proof)
    assert not tree.extends((small, bytes(32)), (large, later), proof)
    assert not tree.extends((small, earlier), (large, bytes(32)), proof)
    assert not tree.extends((small, earlier), (large, later), [*proof, bytes(32)])
    if proof:
        assert not tree.extends((small, earlier), (large, later), proof[:-1])


@given(size=st.integers(2, 33), data=st.data())
def test_a_changed_past_has_no_proof(size, data):
    """Whoever changes one leaf of the past finds no proof among those of the trees he can build."""
    small, where = data.draw(st.integers(1, size - 1)), data.draw(st.integers(0, size - 2))
    forged = [*MANY[:size]]
    forged[min(where, small - 1)] = bytes(32)
    root = tree.root_of(forged)

    for leaves in (forged, MANY[:size]):
        proof = tree.consistency_proof(leaves, small)
        assert not tree.extends((small, tree.root_of(MANY[:small])), (size, root), proof)


@pytest.mark.parametrize("index", [-1, 8])
def test_no_proof_of_what_is_not_there(index):
    """A leaf or a size outside the tree."""
    with pytest.raises(tree.NotInTree):
        tree.inclusion_proof(HASHES, index)
    with pytest.raises(tree.NotInTree):
        tree.consistency_proof(HASHES, index + 1 if index > 0 else 0)
    assert not tree.includes(tree.root_of(HASHES), 8, index, HASHES[0], [])
    assert not tree.extends((0, b""), (8, tree.root_of(HASHES)), [])
    assert not tree.extends((9, b""), (8, tree.root_of(HASHES)), [])


def test_the_same_tree_extends_itself_without_proof():
    """And by no other way."""
    whole = 8, tree.root_of(HASHES)

    assert tree.extends(whole, whole, [])
    assert not tree.extends(whole, whole, [bytes(32)])
    assert not tree.extends((3, tree.root_of(HASHES[:3])), whole, [])

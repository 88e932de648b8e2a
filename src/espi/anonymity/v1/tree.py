"""Merkle trees: a root that commits to many things, and short proofs about it.

Source: docs/protocol/record.md, P11; RFC 9162, section 2.1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"  # a leaf can never be passed off as an inner node
HASH_LENGTH = 32


class NotInTree(LookupError):
    """A proof was asked for a leaf or a size that the tree does not have."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf, 32 bytes."""
    return sha256(LEAF + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, 32 bytes."""
    return sha256(NODE + left + right).digest()


def root(ballots: Collection[bytes]) -> bytes:
    """Commit to a set of sealed ballots, 32 bytes.

    The ballots are sorted first: the root says what is in the box, and nothing
    about the order in which it came.

    Source: RFC 9162, section 2.1.1 (the tree), over the sorted leaves.
    """
    return root_of([leaf_hash(ballot) for ballot in sorted(ballots)])


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in their order, 32 bytes."""
    return layers(leaves)[-1][0] if leaves else sha256(b"").digest()


def layers(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Return every layer of the tree, from the leaf hashes up to the root alone.

    A node without a right neighbour is passed up as it is.
    """
    tree = [leaves]
    while len(tree[-1]) > 1:
        layer = tree[-1]
        pairs = zip(layer[::2], layer[1::2], strict=False)
        above = [sha256(NODE + left + right).digest() for left, right in pairs]
        tree.append([*above, *layer[len(layer) & ~1 :]])
    return tree


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the neighbours on the way from a leaf to the root.

    Raises:
        NotInTree: there is no such leaf.

    Source: RFC 9162, section 2.1.3.1.
    """
    if not 0 <= index < len(leaves):
        raise NotInTree(index)
    proof = []
    for layer in layers(leaves)[:-1]:
        if index ^ 1 < len(layer):
            proof.append(layer[index ^ 1])
        index >>= 1
    return proof


def includes(root_hash: bytes, size: int, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that a leaf hash is at ``index`` of a tree of ``size``.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    at, last, value = index, size - 1, leaf
    for neighbour in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = node_hash(neighbour, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node_hash(value, neighbour)
        at, last = at >> 1, last >> 1
    return last == 0 and value == root_hash


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return what shows that the tree of the first ``earlier`` leaves is a beginning of this one.

    Raises:
        NotInTree: the tree was never so large, or the size is not positive.

    Source: RFC 9162, section 2.1.4.1.
    """
    if not 0 < earlier <= len(leaves):
        raise NotInTree(earlier)
    return [] if earlier == len(leaves) else _subproof(leaves, earlier, whole=True)


def _subproof(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if earlier <= split:
        return [*_subproof(leaves[:split], earlier, whole=whole), root_of(leaves[split:])]
    right = _subproof(leaves[split:], earlier - split, whole=False)
    return [*right, root_of(leaves[:split])]


def extends(earlier: tuple[int, bytes], later: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the later tree (size, root) begins with the earlier one.

    Source: RFC 9162, section 2.1.4.2.
    """
    (small, small_root), (large, large_root) = earlier, later
    if not 0 < small <= large:
        return False
    if small == large:
        return not proof and small_root == large_root
    path = [small_root, *proof] if small & (small - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = small - 1, large - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    climbed = _climb_both(at, last, path)
    return climbed == (small_root, large_root)


def _climb_both(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees that a consistency proof leads to, if it has their height."""
    old = new = path[0]
    for neighbour in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(neighbour, old), node_hash(neighbour, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, neighbour)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None

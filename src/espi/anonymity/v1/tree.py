"""The commitment to a set of ballots."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"  # a leaf can never be passed off as an inner node


def root(ballots: Collection[bytes]) -> bytes:
    """Commit to a set of sealed ballots, 32 bytes.

    The ballots are sorted first: the root says what is in the box, and nothing
    about the order in which it came.

    Source: RFC 9162, section 2.1.1 (the tree), over the sorted leaves.
    """
    layer = [sha256(LEAF + ballot).digest() for ballot in sorted(ballots)]
    while len(layer) > 1:
        pairs = zip(layer[::2], layer[1::2], strict=False)
        odd = layer[len(layer) & ~1 :]
        layer = [sha256(NODE + left + right).digest() for left, right in pairs] + odd
    return layer[0] if layer else sha256(b"").digest()

from __future__ import annotations

import pytest
from espi_verify import files, tree

from tests.verifier import record

# The entries and roots that implementations of RFC 6962 and 9162 compare themselves with.
ENTRIES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PROOFS = {
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    assert tree.root_of(ENTRIES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("sizes", PROOFS)
def test_published_consistency_proofs(sizes: tuple[int, int]) -> None:
    old, new = ((size, bytes.fromhex(ROOTS[size])) for size in sizes)
    assert tree.is_consistent(old, new, [bytes.fromhex(one) for one in PROOFS[sizes]])


def test_every_small_tree_agrees_with_the_definition() -> None:
    entries = [bytes([one]) for one in range(80)]
    growing = tree.GrowingTree()
    for size in range(80):
        assert growing.root() == record.root(entries[:size])
        growing.append(tree.leaf(entries[size]))


def test_every_proof_holds_and_no_changed_one_does() -> None:
    hashes = [record.leaf_hash(bytes([one])) for one in range(34)]
    for new in range(1, 35):
        for old in range(new + 1):
            proof = record.consistency(old, hashes[:new])
            said = (old, record.tree_root(hashes[:old])), (new, record.tree_root(hashes[:new]))
            assert tree.is_consistent(*said, proof), (old, new)
            assert not tree.is_consistent(*said, [*proof, bytes(32)])
            assert not tree.is_consistent(said[0], (new, bytes(32)), proof) or old == 0
            if 0 < old < new:
                assert not tree.is_consistent((old, bytes(32)), said[1], proof)
                assert not tree.is_consistent(*said, proof[:-1])
                assert not tree.is_consistent(*said, [bytes(32), *proof[1:]])


def test_a_tree_never_shrinks() -> None:
    assert not tree.is_consistent((2, bytes(32)), (1, bytes(32)), [])


def test_tiles_stand_where_tlog_tiles_says() -> None:
    assert files.tile_path(0, 0) == "tile/0/000"
    assert files.tile_path("entries", 255, 3) == "tile/entries/255.p/3"
    assert files.tile_path(0, 1000) == "tile/0/x001/000"
    assert files.tile_path(2, 1234067) == "tile/2/x001/x234/067"


def test_a_tree_of_70000_has_the_tiles_of_tlog_tiles() -> None:
    widths = [list(files.tiles(level, 70_000)) for level in range(files.levels(70_000))]
    assert [len(level) for level in widths] == [274, 2, 1]
    assert [level[-1] for level in widths] == [(273, 112), (1, 17), (0, 1)]
    assert [files.levels(size) for size in (0, 1, 255, 256, 65_535, 65_536)] == [0, 1, 1, 2, 2, 3]

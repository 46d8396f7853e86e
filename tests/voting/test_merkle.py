"""The Merkle tree against RFC 6962's own definition and Certificate Transparency's vectors."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.merkle import (
    BLOCK_LEAVES,
    EMPTY_ROOT,
    Tree,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root_of,
    split_at,
)

# The data and roots of every RFC 6962 implementation's tests (certificate-transparency, Trillian).
DATA = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
KNOWN = [sha256(b"\x00" + bytes.fromhex(text)).digest() for text in DATA]
LEAVES = [sha256(b"\x00" + number.to_bytes(3)).digest() for number in range(3 * BLOCK_LEAVES + 7)]


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH as §2.1 writes it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    middle = split_at(len(leaves))
    return node_hash(defined_root(leaves[:middle]), defined_root(leaves[middle:]))


def tree_of(leaves: list[bytes]) -> Tree:
    """A tree that may read its leaves only within one block."""

    def read(start: int, end: int) -> list[bytes]:
        assert start // BLOCK_LEAVES == (end - 1) // BLOCK_LEAVES or start == end
        return leaves[start:end]

    whole = len(leaves) // BLOCK_LEAVES
    blocks = [root_of(leaves[n * BLOCK_LEAVES : (n + 1) * BLOCK_LEAVES]) for n in range(whole)]
    return Tree(len(leaves), blocks, read)


@pytest.mark.parametrize("size", range(1, 9))
def test_root_is_the_published_one(size: int) -> None:
    assert root_of(KNOWN[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "expected"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_inclusion_proof_is_the_published_one(index: int, size: int, expected: list[str]) -> None:
    assert [one.hex() for one in tree_of(KNOWN[:size]).inclusion(index)] == expected


@pytest.mark.parametrize(
    ("older", "size", "expected"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_consistency_proof_is_the_published_one(older: int, size: int, expected: list[str]) -> None:
    assert [one.hex() for one in tree_of(KNOWN[:size]).consistency(older)] == expected


@given(st.integers(0, len(LEAVES)))
def test_root_from_blocks_is_the_defined_one(size: int) -> None:
    assert tree_of(LEAVES[:size]).root() == root_of(LEAVES[:size]) == defined_root(LEAVES[:size])


@given(st.data())
def test_inclusion_is_proved_for_the_leaf_and_nothing_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(LEAVES[:size])
    root, proof = tree.root(), tree.inclusion(index)
    assert proves_inclusion(LEAVES[index], index, size, proof, root)
    assert not proves_inclusion(LEAVES[index], index, size, [*proof, root], root)
    assert not proves_inclusion(sha256(b"other").digest(), index, size, proof, root)
    if proof:
        assert not proves_inclusion(LEAVES[index], index, size, proof[:-1], root)
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], sha256(proof[place]).digest(), *proof[place + 1 :]]
        assert not proves_inclusion(LEAVES[index], index, size, changed, root)
    for other in {index - 1, index + 1, size} - {index}:
        assert not proves_inclusion(LEAVES[index], other, size, proof, root)


@given(st.data())
def test_consistency_is_proved_for_the_same_beginning_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    older = data.draw(st.integers(1, size))
    tree, old_root = tree_of(LEAVES[:size]), root_of(LEAVES[:older])
    root, proof = tree.root(), tree.consistency(older)
    assert proves_consistency(older, old_root, size, root, proof)
    assert not proves_consistency(older, sha256(b"other").digest(), size, root, proof)
    assert not proves_consistency(older, old_root, size, sha256(b"other").digest(), proof)
    assert not proves_consistency(older, old_root, size, root, [*proof, root])
    if proof:
        assert not proves_consistency(older, old_root, size, root, proof[1:])

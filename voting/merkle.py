"""The Merkle tree over sealed records (RFC 6962 §2.1): roots, proofs and their checks. Pure.

Leaves are hashes already (`voting.records.leaf_hash`). Nothing is kept here; `Tree` reads the roots
over blocks of 256 leaves, so that a root over a million leaves takes 4,096 hashes and a tail.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BLOCK_LEAVES = 256
EMPTY_ROOT = sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours: 0x01, left, right."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, or over the roots of neighbouring equal blocks of them.

    >>> data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    ...         "606162636465666768696a6b6c6d6e6f"]
    >>> leaves = [sha256(b"\\x00" + bytes.fromhex(text)).digest() for text in data]
    >>> root_of(leaves[:3]).hex()
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'
    >>> root_of(leaves).hex()
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
    >>> root_of([]).hex()[:16]
    'e3b0c44298fc1c14'
    """
    level = list(hashes)
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        # The odd one at the end goes up as it is: this is the tree that §2.1 splits from above.
        level = [node_hash(*pair) for pair in pairs] + level[len(level) & ~1 :]
    return level[0] if level else EMPTY_ROOT


def split_at(size: int) -> int:
    """The largest power of two smaller than `size`: where a tree of 2 or more leaves is split.

    >>> [split_at(size) for size in (2, 3, 4, 5, 1_000_000)]
    [1, 2, 2, 4, 524288]
    """
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(frozen=True)
class Tree:
    """A tree of `size` leaves, read from the roots of its whole blocks and as few leaves as do.

    `leaves(start, end)` gives the hashes of some leaves; it is asked for parts of one block only.
    """

    size: int
    blocks: Sequence[bytes]
    leaves: Callable[[int, int], Sequence[bytes]]

    def root(self, start: int = 0, end: int | None = None) -> bytes:
        """The root over the leaves from `start`, a multiple of the width of its subtree."""
        end = self.size if end is None else end
        if end - start < BLOCK_LEAVES:
            return root_of(self.leaves(start, end))
        first, last = start // BLOCK_LEAVES, end // BLOCK_LEAVES
        tail = self.leaves(last * BLOCK_LEAVES, end) if end % BLOCK_LEAVES else []
        return root_of([*self.blocks[first:last], *([root_of(tail)] if tail else [])])

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that leaf `index` is in the tree (§2.1.1): its siblings from below.

        >>> leaves = [sha256(bytes([0, n])).digest() for n in range(7)]
        >>> tree = Tree(7, [], lambda start, end: leaves[start:end])
        >>> proof = tree.inclusion(5)
        >>> [len(proof), proves_inclusion(leaves[5], 5, 7, proof, tree.root())]
        [3, True]
        """
        start, end, proof = 0, self.size, []
        while end - start > 1:
            middle = start + split_at(end - start)
            if index < middle:
                proof.append(self.root(middle, end))
                end = middle
            else:
                proof.append(self.root(start, middle))
                start = middle
        return proof[::-1]

    def consistency(self, older: int) -> list[bytes]:
        """The proof that this tree begins with the tree of its first `older` leaves (§2.1.2)."""
        start, end, proof = 0, self.size, []
        while older != end:
            middle = start + split_at(end - start)
            if older <= middle:
                proof.append(self.root(middle, end))
                end = middle
            else:
                proof.append(self.root(start, middle))
                start = middle
        return ([self.root(start, end)] if start else []) + proof[::-1]


def proves_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether a proof shows that `leaf` stands at `index` of the tree (RFC 9162 §2.1.3.2)."""
    sides = _sides(index, size - 1) if 0 <= index < size else []
    if not 0 <= index < size or len(sides) != len(proof):
        return False
    found = leaf
    for other, is_left in zip(proof, sides, strict=True):
        found = node_hash(other, found) if is_left else node_hash(found, other)
    return found == root


def proves_consistency(
    older: int, older_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows that the larger tree begins with the older (RFC 9162 §2.1.4.2).

    >>> leaves = [sha256(bytes([0, n])).digest() for n in range(7)]
    >>> tree = Tree(7, [], lambda start, end: leaves[start:end])
    >>> old = root_of(leaves[:3])
    >>> proves_consistency(3, old, 7, tree.root(), tree.consistency(3))
    True
    >>> proves_consistency(3, old, 7, old, tree.consistency(3))
    False
    """
    if older == size:
        return not proof and older_root == root
    if not 0 < older < size:
        return False
    path = list(proof) if older & (older - 1) else [older_root, *proof]
    full = (older & -older).bit_length() - 1  # levels of the older tree's last whole subtree
    sides = _sides((older - 1) >> full, (size - 1) >> full)
    if len(path) != len(sides) + 1:
        return False
    first = second = path[0]
    for other, is_left in zip(path[1:], sides, strict=True):
        first = node_hash(other, first) if is_left else first
        second = node_hash(other, second) if is_left else node_hash(second, other)
    return first == older_root and second == root


def _sides(index: int, last: int) -> list[bool]:
    """For each sibling on the way up from `index` of 0 to `last`, whether it is on the left.

    >>> _sides(6, 6)
    [True, True]
    """
    sides = []
    while last:
        # The last of an odd number has no sibling and goes up as it is.
        if index & 1 or index < last:
            sides.append(bool(index & 1))
        index, last = index >> 1, last >> 1
    return sides

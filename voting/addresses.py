"""What is kept of an erased account's mail address: a keyed hash, never the address. Pure."""

from __future__ import annotations

import unicodedata

from voting.ciphers import keyed_hash


def address_digest(address: str) -> bytes:
    """The keyed hash of a mail address, in whatever case it was typed; 32 bytes.

    >>> address_digest("Anna@Example.org") == address_digest(" anna@example.ORG")
    True
    """
    plain = unicodedata.normalize("NFKC", address.strip()).casefold()
    return keyed_hash(b"address", plain.encode())

"""Keys to drafts that have no author yet: making one, and the hash that is kept of it. No database.

A key is 256 random bits: nobody guesses it, so a plain hash of it is as good as a slow one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """A key that nobody has had before."""
    return secrets.token_urlsafe(32)


def is_key(text: str) -> bool:
    """Whether a text from outside can be a key at all.

    >>> is_key("a" * 43), is_key("guess")
    (True, False)
    """
    return _SHAPE.fullmatch(text) is not None


def hash_of(key: str) -> str:
    """What the database keeps instead of the key, in 43 characters.

    >>> hash_of("a" * 43)
    'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA'
    """
    return urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).decode().rstrip("=")

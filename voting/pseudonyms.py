"""Voters' pseudonyms: one per person and round, unlinkable without that person's key.

The key lies encrypted in the database under a secret that only the server's settings hold.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from voting.models import PSEUDONYM_BYTES, VoteKey

if TYPE_CHECKING:
    from accounts.models import User

NONCE_BYTES = 12
KEY_BYTES = 32


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"vote key|" + secret.encode()).digest())


def seal_key(key: bytes) -> bytes:
    """Encrypt a person's key for the database: 12 bytes of nonce, then the ciphertext."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(settings.VOTE_KEY_SECRET).encrypt(nonce, key, None)


def open_key(sealed: bytes | memoryview) -> bytes:
    """Decrypt a person's key; raises `InvalidTag` if it was altered or the secret is another."""
    sealed = bytes(sealed)
    cipher = _cipher(settings.VOTE_KEY_SECRET)
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


def pseudonym(key: bytes, round_id: int) -> bytes:
    """The voter's 16-byte name in one round (LEDGER §3.2)."""
    message = f"vote|support|{round_id}".encode()
    return hmac.digest(key, message, "sha256")[:PSEUDONYM_BYTES]


def key_of(user: User) -> bytes | None:
    """The person's key, or None before their first vote. One query."""
    row = VoteKey.objects.filter(person_id=user.pk).first()
    return open_key(row.sealed_key) if row else None

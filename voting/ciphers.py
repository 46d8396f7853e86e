"""Encrypts small secrets under a key of the server's settings, one for each purpose."""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _cipher(purpose: bytes, secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(purpose + b"|" + secret.encode()).digest())


def encrypt(purpose: bytes, text: bytes) -> bytes:
    """12 bytes of nonce, then the ciphertext with its 16 bytes of tag (AES-256-GCM)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(purpose, settings.VOTE_KEY_SECRET).encrypt(nonce, text, None)


def decrypt(purpose: bytes, sealed: bytes) -> bytes:
    """The text; raises `InvalidTag` if it was altered or the secret is another."""
    cipher = _cipher(purpose, settings.VOTE_KEY_SECRET)
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)

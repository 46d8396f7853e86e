"""Encrypts and hashes under a key of the server's settings, one for each purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.views.decorators.debug import sensitive_variables

NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _key(purpose: bytes, secret: str) -> bytes:
    return hashlib.sha256(purpose + b"|" + secret.encode()).digest()


@lru_cache(maxsize=8)
def _cipher(purpose: bytes, secret: str) -> AESGCM:
    return AESGCM(_key(purpose, secret))


@sensitive_variables("message")
def keyed_hash(purpose: bytes, message: bytes) -> bytes:
    """HMAC-SHA256; 32 bytes. For what is so few that a bare hash could be found by trying all."""
    return hmac.digest(_key(purpose, settings.VOTE_KEY_SECRET), message, "sha256")


def encrypt(purpose: bytes, text: bytes) -> bytes:
    """12 bytes of nonce, then the ciphertext with its 16 bytes of tag (AES-256-GCM)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(purpose, settings.VOTE_KEY_SECRET).encrypt(nonce, text, None)


def decrypt(purpose: bytes, sealed: bytes) -> bytes:
    """The text; raises `InvalidTag` if it was altered or the secret is another."""
    cipher = _cipher(purpose, settings.VOTE_KEY_SECRET)
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)

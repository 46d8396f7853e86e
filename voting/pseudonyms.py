"""Voters' pseudonyms: one per person and round, unlinkable without that person's key.

The key lies encrypted in the database under a secret that only the server's settings hold.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import connection

from accounts.models import AssuranceLevel
from voting.ciphers import decrypt, encrypt
from voting.models import PSEUDONYM_BYTES

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Round

KEY_BYTES = 32
PURPOSE = b"vote key"

# Written out: the ORM gives back no key that was there before, and a second query would ask for it.
MAKE_KEY = """
    INSERT INTO voting_votekey (person_id, sealed_key) VALUES (%s, %s)
    ON CONFLICT (person_id) DO UPDATE SET person_id = excluded.person_id
    RETURNING sealed_key
"""


def seal_key(key: bytes) -> bytes:
    """Encrypt a person's key for the database."""
    return encrypt(PURPOSE, key)


def open_key(sealed: bytes | memoryview) -> bytes:
    """Decrypt a person's key; raises `InvalidTag` if it was altered or the secret is another."""
    return decrypt(PURPOSE, bytes(sealed))


def pseudonym(key: bytes, round_id: int) -> bytes:
    """The voter's 16-byte name in one round (LEDGER §3.2)."""
    message = f"vote|support|{round_id}".encode()
    return hmac.digest(key, message, "sha256")[:PSEUDONYM_BYTES]


def merge_pseudonym(key: bytes, merge_id: int) -> bytes:
    """The voter's 16-byte name in one merge of proposals; no row of the ledger has it."""
    return hmac.digest(key, f"vote|merge|{merge_id}".encode(), "sha256")[:PSEUDONYM_BYTES]


@dataclass(frozen=True)
class PersonKeys:
    """A person's secrets, decrypted; None before a first vote, or a first look at a document."""

    account: bytes | None = None
    document: bytes | None = None

    def __bool__(self) -> bool:
        return self.account is not None or self.document is not None

    def pseudonym_in(self, round_: Round) -> bytes:
        """The person's name in a round, or no bytes, which is nobody's name."""
        asks = round_.level >= AssuranceLevel.DOCUMENT
        key = self.document if asks else self.account
        return pseudonym(key, round_.pk) if key else b""


def keys_of(user: User) -> PersonKeys:
    """The person's keys. One query."""
    columns = ("vote_key__sealed_key", "anchor_key__sealed_key")
    rows = get_user_model().objects.filter(pk=user.pk).values_list(*columns)
    account, document = rows.first() or (None, None)
    return PersonKeys(account and open_key(account), document and open_key(document))


def make_key(user: User) -> bytes:
    """The person's key, made on their first vote; of two made at once the first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE_KEY, [user.pk, seal_key(secrets.token_bytes(KEY_BYTES))])
        (sealed_key,) = cursor.fetchone()
    return open_key(bytes(sealed_key))

"""Links by which supporters answer a merge without signing in: sealed, and written down nowhere.

A row with a person beside a merge would say whom they support. So the link itself holds merge and
person, encrypted under a key of the server's; the address shows neither.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from voting.ciphers import decrypt, encrypt

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Merge

PURPOSE = b"merge link"
_NUMBERS = struct.Struct(">QQ")


class BadLink(Exception):
    """The link was altered or cut short, or is none at all."""


def link_token(merge: Merge, person: User) -> str:
    """The last part of the address at which this person answers this merge; 59 characters."""
    sealed = encrypt(PURPOSE, _NUMBERS.pack(merge.pk, person.pk))
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def read_token(token: str) -> tuple[int, int]:
    """Numbers of the merge and of the person. Raises `BadLink`."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        # Of the last character only some bits count: another with the same bits is altered too.
        if urlsafe_b64encode(sealed).decode().rstrip("=") != token:
            raise BadLink
        merge, person = _NUMBERS.unpack(decrypt(PURPOSE, sealed))
    except (Error, InvalidTag, ValueError, struct.error) as error:
        raise BadLink from error
    return merge, person

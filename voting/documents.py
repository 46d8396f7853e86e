"""What is kept of a document somebody shows: a keyed hash of its number, never the number. Pure.

The number is typed by staff, turned into 32 bytes in the form or the action, and forgotten.
"""

from __future__ import annotations

import unicodedata

from django.views.decorators.debug import sensitive_variables

from voting.ciphers import keyed_hash

SHORTEST, LONGEST = 5, 24
# Typed on a Russian keyboard or a Latin one, a series of letters is the same document.
LOOKALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


class NumberUnreadable(ValueError):
    """What was typed is no number of a document."""


@sensitive_variables("typed", "number")
def normal_number(typed: str) -> str:
    """The number as it is hashed: letters and digits only, one alphabet, capitals.

    Raises `NumberUnreadable`.

    >>> normal_number("№ 08 15-123456"), normal_number("ав 123456") == normal_number("AB123456")
    ('0815123456', True)
    """
    plain = unicodedata.normalize("NFKC", typed.replace("№", "")).upper().translate(LOOKALIKES)
    number = "".join(letter for letter in plain if letter.isalnum())
    if not SHORTEST <= len(number) <= LONGEST or not any(letter.isdigit() for letter in number):
        raise NumberUnreadable
    return number


@sensitive_variables("typed")
def document_digest(typed: str) -> bytes:
    """The keyed hash of a document's number; 32 bytes. Raises `NumberUnreadable`.

    Numbers are few enough to try them all, so a bare hash would be as good as the number. The
    key is not in the database.
    """
    return keyed_hash(b"document", normal_number(typed).encode())

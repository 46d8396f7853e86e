"""The hash that frozen criteria and protocols carry. Pure, no models."""

from __future__ import annotations

from typing import Any

from voting import rules


def hash_of(contents: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal.

    >>> hash_of({"b": 1, "a": 2}) == hash_of({"a": 2, "b": 1})
    True
    """
    return rules.hash_of(contents).hex()

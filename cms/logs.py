"""Keeps personal data out of the log: addresses, IPs and the keys in links are blotted out.

A formatter and not a filter, because tracebacks and PostgreSQL's details carry them too.
"""

from __future__ import annotations

import ipaddress
import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _blot_ipv6(match: re.Match[str]) -> str:
    """Only a real one: 12:34:56 is a time."""
    try:
        ipaddress.ip_address(match[0])
    except ValueError:
        return match[0]
    return "[ip]"


BLOTS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # A link to confirm an address or to set a password is as good as the password, and the one to
    # a draft or to a case is all that keeps others out. A receipt's shows a vote.
    (
        re.compile(
            r"(/(?:confirm-email|password/reset/key|proposals/draft|cases/open|receipts)/)"
            r"[^/\s'\"]+"
        ),
        r"\1[key]",
    ),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "[ip]"),
    (re.compile(r"(?<![\w:.])[0-9a-fA-F:]*:[0-9a-fA-F:.]*[0-9a-fA-F]"), _blot_ipv6),
    (re.compile(r"(DETAIL:\s+Key \([^)]*\)=)\(.*\)"), r"\1([value])"),
)


def blot(text: str) -> str:
    """The text without what could tell who somebody is."""
    for pattern, instead in BLOTS:
        text = pattern.sub(instead, text)
    return text


class PrivateFormatter(logging.Formatter):
    """Python's own format, blotted after everything has been put in."""

    def format(self, record: logging.LogRecord) -> str:
        return blot(super().format(record))

"""What a dossier holds, as plain JSON: its shape, its hash, names in each language. No models."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypedDict

VERSION = 1

# One text in each language of the site, by language code; the dossier picks the reader's.
Names = dict[str, str]


class ProposalPart(TypedDict):
    """The proposal as it stood; texts are in `language`, the author's own."""

    id: int
    title: str
    summary: str
    problem: str
    solution: str
    beneficiaries: str
    language: str
    author_name: str
    submitted_at: str | None
    published_at: str | None
    category: Names | None
    municipality: Names | None
    population: int
    tags: list[str]
    point: list[str] | None
    url: str


class CallPart(TypedDict):
    """The call it answered, and the support it asked for."""

    title: Names
    threshold: int


class FiguresPart(TypedDict):
    """Counts at the moment of freezing; supports cast here and imported ones stay apart."""

    support_count: int
    imported_support_count: int
    as_of: str


class ReferralPart(TypedDict):
    """To whom it goes, why, and by when an answer is due."""

    body: Names
    note: str
    made_at: str
    due_on: str


class StepPart(TypedDict):
    """One step of the public history."""

    made_at: str
    status: Names
    reason: str


class AttachmentPart(TypedDict):
    """A file that lies with the proposal: what it is and where, never its bytes."""

    name: str
    kind: str
    size_bytes: int
    url: str


class Snapshot(TypedDict):
    """The whole dossier. Times are ISO 8601 with offset, dates ISO 8601."""

    version: int
    site: Names
    proposal: ProposalPart
    call: CallPart
    figures: FiguresPart
    referral: ReferralPart
    history: list[StepPart]
    attachments: list[AttachmentPart]


def canonical(snapshot: Snapshot | dict[str, Any]) -> str:
    """The one spelling of a snapshot: keys sorted, no spaces, letters as they are."""
    return json.dumps(
        snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def contents_hash(snapshot: Snapshot | dict[str, Any]) -> str:
    """SHA-256 of the canonical spelling in UTF-8, in hexadecimal.

    >>> contents_hash({"b": 1, "a": "я"}) == contents_hash({"a": "я", "b": 1})
    True
    """
    # Half a character, as a careless import may leave, must not keep a dossier from being made.
    return hashlib.sha256(canonical(snapshot).encode("utf-8", "surrogatepass")).hexdigest()


def in_language(names: Names | None, language: str, source: str = "ru") -> str:
    """The name in a language, else in the source language, else any; empty for none.

    >>> in_language({"ru": "Хабаровск", "en": "Khabarovsk"}, "en")
    'Khabarovsk'
    >>> in_language({"ru": "Хабаровск"}, "ja")
    'Хабаровск'
    """
    if not names:
        return ""
    return names.get(language) or names.get(source) or next(iter(names.values()))

"""What a dossier holds, as plain JSON: its shape, its hash, what changed between two. No models.

Version 1 had no versions, tallies, course of support, arguments, assessment, similar proposals and
changes, and some of version 2 no cost; `completed` reads it with those empty.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NotRequired, TypedDict

VERSION = 2

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
    municipality_slug: NotRequired[str]
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


class CostPart(TypedDict):
    """What it costs as a vote with a budget stated it, in minor units; `ballot` names the vote."""

    minor: int
    currency: str
    ballot: Names


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


class VersionPart(TypedDict):
    """The words as they were from a moment on; a page compares them, a dossier prints them."""

    number: int
    occasion: Names
    made_at: str
    words: dict[str, str]


class GroupPart(TypedDict):
    """So many votes of one kind: exactly (`exactly`), at least (`least`), or `few`: below 10."""

    key: str
    name: Names
    told: str
    count: int


class SealPart(TypedDict):
    """The head of the ledger under which the votes stand: anybody can prove them by it."""

    size: int
    root: str
    note: str
    made_at: str
    is_closing: bool
    holds_all: bool


class VotesPart(TypedDict):
    """How the supports were cast, when and from where. Groups below 10 are not told apart."""

    by_channel: list[GroupPart]
    by_level: list[GroupPart]
    by_municipality: list[GroupPart]
    by_day: list[tuple[str, int]]
    seal: SealPart | None
    record_url: str


class RemovalPart(TypedDict):
    """Votes held, annulled or restored, as the public page tells it; `count` None is below 10."""

    kind: Names
    reason: Names
    words: str
    count: int | None
    made_at: str


class IntegrityPart(TypedDict):
    """What speaks for and against the figure."""

    is_disputed: bool
    removals: list[RemovalPart]


class SimilarPart(TypedDict):
    """Another public proposal close in words."""

    id: int
    title: str
    language: str
    status: Names
    support_count: int
    url: str


class ArgumentPart(TypedDict):
    """One of the strongest arguments, once residents can give them."""

    text: str
    language: str


class ChangePart(TypedDict):
    """One thing that is not as it was in the dossier before."""

    key: str
    before: Any
    after: Any


class ChangesPart(TypedDict):
    """What changed since the dossier before, and which that was."""

    number: int
    contents_hash: str
    items: list[ChangePart]


class Snapshot(TypedDict):
    """The whole dossier. Times are ISO 8601 with offset, dates ISO 8601."""

    version: int
    number: int
    site: Names
    contact: str
    proposal: ProposalPart
    versions: list[VersionPart]
    call: CallPart
    figures: FiguresPart
    votes: VotesPart
    integrity: IntegrityPart
    arguments: dict[str, list[ArgumentPart]]
    assessment: dict[str, Any] | None
    cost: NotRequired[CostPart | None]
    referral: ReferralPart | None
    history: list[StepPart]
    attachments: list[AttachmentPart]
    similar: list[SimilarPart]
    changes: ChangesPart | None


NO_VOTES: VotesPart = {
    "by_channel": [],
    "by_level": [],
    "by_municipality": [],
    "by_day": [],
    "seal": None,
    "record_url": "",
}


def completed(snapshot: Snapshot | dict[str, Any]) -> Snapshot:
    """A snapshot of any version with every part that there is now; what it lacks is empty."""
    empty: dict[str, Any] = {
        "number": 1,
        "contact": "",
        "versions": [],
        "votes": NO_VOTES,
        "integrity": {"is_disputed": False, "removals": []},
        "arguments": {"for": [], "against": []},
        "assessment": None,
        "cost": None,
        "referral": None,
        "similar": [],
        "changes": None,
    }
    return {**empty, **snapshot}  # type: ignore[typeddict-item]  # the union of both has all keys


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


# What is compared, in the order it is told; a path into the snapshot. Moments of freezing and what
# follows from them are left out: they differ each time and say nothing.
COMPARED = (
    ("title", ("proposal", "title")),
    ("summary", ("proposal", "summary")),
    ("problem", ("proposal", "problem")),
    ("solution", ("proposal", "solution")),
    ("beneficiaries", ("proposal", "beneficiaries")),
    ("category", ("proposal", "category")),
    ("municipality", ("proposal", "municipality")),
    ("support_count", ("figures", "support_count")),
    ("imported_support_count", ("figures", "imported_support_count")),
    ("threshold", ("call", "threshold")),
    ("body", ("referral", "body")),
    ("due_on", ("referral", "due_on")),
    ("note", ("referral", "note")),
    ("is_disputed", ("integrity", "is_disputed")),
    ("assessment", ("assessment", "total")),
    ("cost", ("cost",)),
)
LISTED = (
    ("tags", lambda snapshot: snapshot["proposal"]["tags"]),
    ("attachments", lambda snapshot: [file["name"] for file in snapshot["attachments"]]),
    ("steps", lambda snapshot: [in_language(step["status"], "") for step in snapshot["history"]]),
    ("removals", lambda snapshot: [row["made_at"] for row in snapshot["integrity"]["removals"]]),
    ("seal", lambda snapshot: _closing_root(snapshot["votes"]["seal"])),
)


def _closing_root(seal: SealPart | None) -> list[str]:
    # Any later head has another root; that the votes are sealed for good is news once.
    return [seal["root"]] if seal and seal["is_closing"] else []


def changes_between(
    before: Snapshot | dict[str, Any], after: Snapshot | dict[str, Any]
) -> list[ChangePart]:
    """What is not as it was, as (key, before, after); lists of words where lists are compared.

    >>> one = {"proposal": {"title": "A", "tags": []}, "history": [], "attachments": []}
    >>> two = one | {"proposal": {"title": "B", "tags": ["x"]}}
    >>> changes_between(one, two)
    [{'key': 'title', 'before': 'A', 'after': 'B'}, {'key': 'tags', 'before': [], 'after': ['x']}]
    """
    old, new = completed(before), completed(after)
    pairs = [(key, _at(old, path), _at(new, path)) for key, path in COMPARED]
    pairs += [(key, list(read(old)), list(read(new))) for key, read in LISTED]
    return [{"key": key, "before": was, "after": now} for key, was, now in pairs if was != now]


def _at(snapshot: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        snapshot = (snapshot or {}).get(name)
    return snapshot

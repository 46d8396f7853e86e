"""What visitors choose from, in their language: calls, themes and places.

Two queries, and kept for a minute: they change by the month and stand on every list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.models import Municipality
from home.kept import drop, kept
from proposals.models import CallPage, CallPhase, Category

if TYPE_CHECKING:
    from uuid import UUID

    from django.db import models

    from accounts.models import LocalizedTerm
    from proposals.models import Proposal


@dataclass
class CallChoice:
    """A call with its phases and its title in the active language."""

    pk: int
    slug: str
    title: str
    threshold: int
    translation_key: UUID
    phases: dict[str, CallPhase] = field(default_factory=dict)

    def phase(self, kind: str) -> CallPhase | None:
        return self.phases.get(kind)

    def is_open_for(self, kind: str) -> bool:
        phase = self.phases.get(kind)
        return phase is not None and phase.is_open


@dataclass(frozen=True)
class Term:
    """A theme or a place with its words in the active language."""

    pk: int
    slug: str
    name: str
    icon: str = ""
    short_name: str = ""
    tile_row: int = 0
    tile_column: int = 0


NAMED = ("pk", "slug", "translation_key", "locale__language_code", "name")


class _TermRow(NamedTuple):
    """A theme or a place in one language, as it is read."""

    kind: str
    pk: int
    slug: str
    key: UUID
    language: str
    name: str
    icon: str
    short_name: str
    tile_row: int
    tile_column: int


class Choices(NamedTuple):
    """All there is to choose from, kept as one: a list asks for each of them."""

    calls: list[CallChoice]
    themes: list[Term]
    places: list[Term]


def read() -> Choices:
    """Live calls, the one whose support ends soonest first; themes and places by name."""
    found = kept("choices", lambda: Choices(_read_calls(), *_read_terms()))
    return found._replace(calls=sorted(found.calls, key=_urgency))


class Belonging(NamedTuple):
    """What a proposal belongs to, in the visitor's language."""

    call: CallChoice
    theme: Term | None
    place: Term | None


def belonging(proposal: Proposal) -> Belonging:
    """A proposal's call, theme and place. No query, but for what is new or no choice any more."""
    found = _belonging(proposal)
    if _is_whole(found, proposal):
        return found
    forget()
    return _belonging(proposal)


def _belonging(proposal: Proposal) -> Belonging:
    found = read()
    call = next((call for call in found.calls if call.pk == proposal.call_id), None)
    return Belonging(
        call or _read_call(proposal.call),
        next((row for row in found.themes if row.pk == proposal.category_id), None),
        next((row for row in found.places if row.pk == proposal.municipality_id), None),
    )


def _is_whole(found: Belonging, proposal: Proposal) -> bool:
    """Whether its theme and place were known: one was added less than a minute ago if not."""
    named = (found.theme is None, found.place is None)
    return named == (proposal.category_id is None, proposal.municipality_id is None)


def forget() -> None:
    """Read everything anew: somebody asked for what was not there a minute ago."""
    drop("choices")


def calls() -> list[CallChoice]:
    """Live calls with their phases; first those whose support ends soonest."""
    return read().calls


def places() -> list[Term]:
    """Municipalities by name, with their tiles."""
    return read().places


def _read_calls() -> list[CallChoice]:
    title = CallPage.objects.live().filter(
        translation_key=OuterRef("call__translation_key"), locale__language_code=get_language()
    )
    phases = (
        CallPhase.objects.filter(
            call__live=True, call__locale__language_code=settings.LANGUAGE_CODE
        )
        .annotate(
            slug=F("call__slug"),
            title=Coalesce(Subquery(title.values("title")[:1]), "call__title"),
            threshold=F("call__threshold"),
            translation_key=F("call__translation_key"),
        )
        .order_by("closes_at", "pk")
    )
    found: dict[int, CallChoice] = {}
    for phase in phases:
        call = found.setdefault(
            phase.call_id,
            CallChoice(
                phase.call_id, phase.slug, phase.title, phase.threshold, phase.translation_key
            ),
        )
        call.phases[phase.kind] = phase
    return list(found.values())


def _read_call(page: CallPage) -> CallChoice:
    """A call that is no choice, as its page was taken down. Two queries."""
    words = CallPage.objects.filter(
        translation_key=page.translation_key, locale__language_code=get_language()
    )
    title = words.values_list("title", flat=True).first() or page.title
    phases = {phase.kind: phase for phase in page.phases.all()}
    return CallChoice(page.pk, page.slug, title, page.threshold, page.translation_key, phases)


def _urgency(call: CallChoice) -> tuple[bool, float]:
    support = call.phases.get(CallPhase.Kind.SUPPORT)
    if support is not None and support.is_open:
        return (False, support.closes_at.timestamp())
    return (True, -max(phase.closes_at.timestamp() for phase in call.phases.values()))


def _read_terms() -> tuple[list[Term], list[Term]]:
    """Themes and places by name. One query for both: a page has few to spend."""
    themes = _spoken(Category).values_list(
        Value("theme"), *NAMED, "icon", Value(""), Value(0), Value(0)
    )
    places = _spoken(Municipality).values_list(
        Value("place"), *NAMED, Value(""), "short_name", "tile_row", "tile_column"
    )
    rows = [_TermRow(*row) for row in themes.union(places, all=True)]
    return _in_language(rows, "theme"), _in_language(rows, "place")


def _spoken(model: type[LocalizedTerm]) -> models.QuerySet[Any]:
    languages = {settings.LANGUAGE_CODE, get_language()}
    return model.objects.filter(locale__language_code__in=languages).order_by()


def _in_language(rows: list[_TermRow], kind: str) -> list[Term]:
    """The source's rows of one kind with the active language's words, if there are any."""
    own = [row for row in rows if row.kind == kind]
    words = {row.key: row for row in own if row.language == get_language()}
    terms = [
        Term(
            row.pk,
            row.slug,
            words.get(row.key, row).name,
            icon=row.icon,
            short_name=words.get(row.key, row).short_name,
            tile_row=row.tile_row,
            tile_column=row.tile_column,
        )
        for row in own
        if row.language == settings.LANGUAGE_CODE
    ]
    return sorted(terms, key=lambda term: term.name.casefold())

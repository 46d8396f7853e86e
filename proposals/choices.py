"""What visitors choose from, in their language: calls, themes and places.

One query each, and kept for a minute: they change by the month and stand on every list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.models import Municipality
from home.kept import drop, kept
from proposals.models import CallPage, CallPhase, Category

if TYPE_CHECKING:
    from uuid import UUID

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


class Choices(NamedTuple):
    """All there is to choose from, kept as one: a list asks for each of them."""

    calls: list[CallChoice]
    themes: list[Term]
    places: list[Term]


def read() -> Choices:
    """Live calls, the one whose support ends soonest first; themes and places by name."""
    found = kept("choices", lambda: Choices(_read_calls(), _read_themes(), _read_places()))
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


def _read_themes() -> list[Term]:
    return [
        Term(row.pk, row.slug, row.name, icon=row.icon) for row in Category.objects.in_language()
    ]


def _read_places() -> list[Term]:
    return [
        Term(
            row.pk,
            row.slug,
            row.name,
            short_name=row.short_name,
            tile_row=row.tile_row,
            tile_column=row.tile_column,
        )
        for row in Municipality.objects.in_language()
    ]

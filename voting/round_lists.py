"""Rounds of ballots as lists show them: open, coming, over. Reads only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from voting.models import Option, Round, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from proposals.models import CallPage
    from voting.models.rounds import RoundQuerySet

OVER_ON_PAGE = 20
SECONDS = 60


def announced() -> RoundQuerySet:
    """Rounds with something to choose between; before that only staff see them."""
    own = Option.objects.filter(round=OuterRef("pk"))
    another = Option.objects.filter(round=OuterRef("round"), number__gt=OuterRef("number"))
    return Round.objects.ballots().filter(Exists(own.filter(Exists(another))))


def open_now() -> list[Round]:
    """Rounds that take votes, first what closes first. One query a minute."""
    rounds = announced().open().order_by("closes_at", "pk")
    found = _remembered("open-rounds", lambda: list(rounds))
    return [round_ for round_ in found if round_.is_open]


def of_call(call: CallPage) -> list[Round]:
    """All rounds about a call's proposals, the newest first. One query a minute."""
    rounds = announced().filter(call__translation_key=call.translation_key)
    name = f"rounds-of-{call.translation_key}"
    return _remembered(name, lambda: list(rounds.order_by("-opens_at")))


def _remembered(name: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, at most a minute old; the same in all languages, and for each worker.

    Not `home.kept`: each publication would ask anew, and each language for itself.
    """
    return caches["memory"].get_or_set(f"rounds:{name}", make, SECONDS)


def left_behind(call: CallPage) -> RoundQuerySet:
    """Open rounds of a call's proposals that have votes and so keep their dates, not the call's."""
    phase = call.source.phase("support")
    if phase is None:
        return Round.objects.none()
    voted = Exists(VoteEvent.objects.filter(round=OuterRef("pk")))
    rounds = Round.objects.filter(voted, proposal__call=call.source.pk, closed_at__isnull=True)
    return rounds.exclude(opens_at=phase.opens_at, closes_at=phase.closes_at)


class RoundLists:
    """The three lists of the page of rounds. Three queries."""

    def __init__(self, page: str | None = None) -> None:
        self.page = page
        self.now = timezone.now()

    @cached_property
    def _live(self) -> list[Round]:
        unclosed = announced().filter(closed_at__isnull=True, closes_at__gt=self.now)
        return list(unclosed.order_by("closes_at", "pk"))

    @property
    def open(self) -> list[Round]:
        """What takes votes now, first what closes first."""
        return [round_ for round_ in self._live if round_.opens_at <= self.now]

    @property
    def coming(self) -> list[Round]:
        """What is announced, first what opens first."""
        coming = [round_ for round_ in self._live if round_.opens_at > self.now]
        return sorted(coming, key=lambda round_: round_.opens_at)

    @cached_property
    def over(self) -> Page[Round]:
        """What is closed, the newest first."""
        ended = Q(closed_at__isnull=False) | Q(closes_at__lte=self.now)
        rounds = announced().filter(ended).order_by(F("closes_at").desc(), "-pk")
        return Paginator(rounds.prefetch_related("results"), OVER_ON_PAGE).get_page(self.page)

"""Stating results anew where staff changed votes after the close; the sealer calls it."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from voting.actions.results import state_result
from voting.models import Intervention


def restate_rounds() -> int:
    """State anew each result that interventions changed since; returns how many.

    Not before all of a round's rows are sealed, so that what is stated can be counted again from
    the published records. Repeated after a crash it states nothing twice.
    """
    waiting = Intervention.objects.filter(
        state=Intervention.State.DONE,
        result=None,
        vote_count__gt=0,
        decided_at__gte=F("round__closed_at"),
        round__results__isnull=False,
    )
    rows = waiting.select_related("round__closing_seal").distinct().order_by("round", "pk")
    return sum(_restate(list(group)) for _id, group in groupby(rows, key=attrgetter("round_id")))


@transaction.atomic
def _restate(rows: list[Intervention]) -> bool:
    round_ = rows[0].round
    if round_.events.filter(place__isnull=True).exists():
        return False
    late = [row for row in rows if _came_after_the_seal(row)]
    result = state_result(round_=round_, reason=_reason(late)) if late else round_.results.first()
    Intervention.objects.filter(pk__in=[row.pk for row in rows]).update(result=result)
    return bool(late)


def _came_after_the_seal(row: Intervention) -> bool:
    """Whether the first statement of the result did not know of it yet."""
    seal = row.round.closing_seal
    size = seal.size if seal else 0
    voters = row.votes.filter(changed=True).values("voter")
    return row.round.events.filter(voter__in=voters, place__seq__gte=size).exists()


def _reason(rows: list[Intervention]) -> str:
    """The reasons in the source language; pages say them in the reader's from the rows."""
    with translation.override(settings.LANGUAGE_CODE):
        return "; ".join(
            f"{row.get_kind_display()} ({row.vote_count}): {row.get_reason_display()}"
            for row in rows
        )

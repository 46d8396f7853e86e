"""What pages say of a merge: whom it concerns, how somebody stands in it, how many chose what.

Reads only; answering is `voting.actions.merging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge as in_order
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from proposals.models import MergePart
from voting.models import MergeAnswer, MergeLetters, Option, Round, VoteEvent
from voting.models.ledger import SMALLEST_GROUP, shown_count
from voting.pseudonyms import keys_of, merge_pseudonym
from voting.supporters import standing_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accounts.models import User
    from proposals.models import Merge, Proposal

Choice = MergeAnswer.Choice
_number = attrgetter("pk")


def rounds_of(proposals: Iterable[Proposal]) -> dict[int, Round]:
    """The rounds of support of these proposals, by proposal. One query."""
    return {row.proposal_id: row for row in Round.objects.filter(proposal__in=list(proposals))}


def supporters_of(merge: Merge, after: int = 0) -> Iterator[User]:
    """People who back one of those to be merged, each once, by number from `after` on exclusive."""
    rounds = rounds_of(merge.sources).values()
    people = in_order(*(standing_people(row, after) for row in rounds), key=_number)
    for _pk, same in groupby(people, key=_number):
        yield next(same)


def backed_by(user: User, rounds: Iterable[Round]) -> list[int]:
    """Numbers of the proposals among these rounds' that the person's support stands for."""
    keys, rounds = keys_of(user), list(rounds)
    if not keys or not rounds:
        return []
    pairs = ((row.pk, keys.pseudonym_in(row)) for row in rounds)
    rows = VoteEvent.objects.newest_of(pairs)
    return sorted(row.round.proposal_id for row in rows if row.stands)


@dataclass(frozen=True)
class StandingIn:
    """How one person stands in a merge: what they back of it, and what they chose."""

    backed: list[Proposal]
    backs_target: bool
    choice: str = ""

    @property
    def choice_words(self) -> str:
        return str(Choice(self.choice).label) if self.choice else ""


def standing_in(merge: Merge, person: User) -> StandingIn:
    """The person's present standing. Five queries at most."""
    target, sources = merge.target, merge.sources
    backed = backed_by(person, rounds_of([target, *sources]).values())
    answer = answer_of(merge, person)
    return StandingIn(
        [source for source in sources if source.pk in backed],
        target.pk in backed,
        answer.choice if answer else "",
    )


def answer_of(merge: Merge, person: User) -> MergeAnswer | None:
    """What is kept of somebody who was asked or answered. Two queries."""
    keys = keys_of(person)
    voter = merge_pseudonym(keys.account, merge.pk) if keys.account else b""
    return MergeAnswer.objects.filter(merge=merge, voter=voter).first()


def given_count(merge: Merge) -> int:
    """How often support was given to those to be merged: it grows if new supporters came."""
    rounds = rounds_of(merge.sources).values()
    return VoteEvent.objects.filter(round__in=rounds, kind=1).count()


@dataclass(frozen=True)
class Figures:
    """How many supporters chose what; None for fewer than 10, as for votes."""

    moved: int | None
    kept: int | None
    withdrawn: int | None
    unanswered: int | None
    is_tiny: bool
    """Whether so few were asked that all of it is one sentence."""


def figures_of(merge: Merge) -> Figures:
    """What everybody is told of the answers. Two queries."""
    letters = MergeLetters.objects.filter(merge=merge).first()
    asked = letters.asked_count if letters else 0
    rows = MergeAnswer.objects.filter(merge=merge).exclude(choice="").order_by()
    counts = dict(rows.values_list("choice").annotate(count=Count("pk")))
    silent = max(asked - sum(counts.values()), 0)
    chosen = [counts.get(choice, 0) for choice in (Choice.MOVE, Choice.KEEP, Choice.WITHDRAW)]
    moved, kept, withdrawn, unanswered = (shown_count(count) for count in (*chosen, silent))
    return Figures(moved, kept, withdrawn, unanswered, is_tiny=asked < SMALLEST_GROUP)


def in_merges(numbers: Iterable[int]) -> dict[int, str]:
    """Why proposals with these numbers cannot become options now, by number. One query."""
    parts = MergePart.objects.filter(proposal__in=list(numbers), is_active=True)
    words = _(
        "“%(title)s” is part of merge %(merge)s, which is not over yet. Take it into a ballot once"
        " the merge is made, or call that off first."
    )
    return {
        part.proposal_id: words % {"title": part.proposal, "merge": part.merge}
        for part in parts.select_related("proposal", "merge")
    }


def in_open_ballots(proposals: Iterable[Proposal]) -> list[Option]:
    """Options of ballots not closed yet that stand for one of these. One query."""
    options = Option.objects.filter(proposal__in=list(proposals), round__closed_at__isnull=True)
    return list(options.select_related("round", "proposal"))

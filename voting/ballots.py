"""A round's ballot before one visitor: options in their order, marks, and what they may do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from proposals.models.proposals import path_of_proposal
from voting.marks import BLANK, is_ticked, marks_of
from voting.models import Option, VoteEvent
from voting.permissions import Refusal, why_not_again, why_not_vote
from voting.pseudonyms import keys_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from voting.marks import Marks
    from voting.models import Round

# Up to so many points an option's are chosen with one click; more are typed.
POINTS_SHOWN = 10


@dataclass(frozen=True)
class Row:
    """One option on the ballot: what is marked beside it, and what is wrong with that."""

    option: Option
    mark: str = ""
    fault: str = ""

    @property
    def number(self) -> int:
        return self.option.number

    @property
    def proposal_url(self) -> str:
        """Where the option is described at length, or ""."""
        return path_of_proposal(self.option.proposal_id) if self.option.proposal_id else ""


def last_ballot(user: User | AnonymousUser, round_: Round) -> VoteEvent | None:
    """The person's newest row in the round. Two queries, none signed out."""
    if not user.is_authenticated:
        return None
    keys = keys_of(user)
    return VoteEvent.objects.last_of(round_.pk, keys.pseudonym_in(round_)) if keys else None


def shuffled(options: list[Option], seed: str) -> list[Option]:
    """Options in an order that is the same for a seed and fair over all; by number without one."""
    if not seed:
        return sorted(options, key=lambda option: option.number)
    return sorted(options, key=lambda option: _ticket(f"{seed}|{option.round_id}|{option.number}"))


def _ticket(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class Ballot:
    """What a page shows of a ballot. One query for the options; `last` comes from `last_ballot`."""

    def __init__(
        self,
        round_: Round,
        user: User | AnonymousUser,
        *,
        seed: str = "",
        last: VoteEvent | None = None,
        marks: Marks | None = None,
        faults: dict[int, str] | None = None,
    ) -> None:
        self.round, self.user, self.seed, self.last = round_, user, seed, last
        self.marks = self.standing if marks is None else marks
        self.faults = faults or {}

    @cached_property
    def rows(self) -> list[Row]:
        options = shuffled(list(self.round.options.all()), self.seed)
        return [
            Row(option, self.marks.get(option.number, ""), self.faults.get(option.number, ""))
            for option in options
        ]

    @property
    def blank(self) -> Row:
        """The box with which one says that one chooses nothing."""
        return Row(Option(number=BLANK), self.marks.get(BLANK, ""), self.faults.get(BLANK, ""))

    @property
    def marked(self) -> list[Row]:
        """The options that are marked, in the order of their places if they have any."""
        rows = [row for row in self.rows if row.mark]
        if self.round.method == "ranked":
            rows.sort(key=lambda row: int(row.mark) if row.mark.isdecimal() else 0)
        return rows

    @cached_property
    def standing(self) -> Marks:
        """The marks of the ballot that is in."""
        return marks_of(self.round.method, self.last.choice) if self.stands else {}

    @property
    def standing_rows(self) -> list[Row]:
        """The options of the ballot that is in."""
        return Ballot(self.round, self.user, seed=self.seed, last=self.last).marked

    @property
    def stands(self) -> bool:
        return self.last is not None and self.last.stands

    @property
    def gen(self) -> int:
        return self.last.gen if self.last else 0

    @property
    def receipt(self) -> UUID | None:
        return self.last.uuid if self.last else None

    @cached_property
    def refusal(self) -> str:
        """Why this person cannot vote now, or ""."""
        again = why_not_again(self.last) if self.last else None
        return again or why_not_vote(self.user, self.round) or ""

    @property
    def is_taken(self) -> bool:
        """Whether staff hold or annulled it: its voter has to read of that after the close too."""
        return self.refusal in (Refusal.HELD, Refusal.ANNULLED)

    @property
    def may_fill(self) -> bool:
        """Whether to draw the form: the signed-out choose first and sign in then."""
        return self.refusal in {"", Refusal.SIGNED_OUT}

    @property
    def is_ticked(self) -> bool:
        return is_ticked(self.round.method)

    @property
    def points(self) -> range | None:
        """The points to choose from, or None where they are typed."""
        few = self.round.method == "score" and self.round.score_max <= POINTS_SHOWN
        return range(self.round.score_max + 1) if few else None

    @property
    def most(self) -> int:
        """The largest number that may be typed beside an option."""
        return self.round.score_max if self.round.method == "score" else len(self.rows)

    @property
    def spent_minor(self) -> int:
        """What the marked options cost together."""
        return sum(row.option.cost_minor for row in self.rows if row.mark)

"""How supports look to one visitor: everything a page of proposals needs, read in one go."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from django.urls import reverse

from proposals.models.proposals import path_of_proposal
from voting.models import Round, RoundShown, VoteEvent
from voting.permissions import Refusal, why_not_again, why_not_vote
from voting.pseudonyms import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from proposals.models import Proposal
    from voting.actions import Standing


COLUMNS = [field.name for field in fields(RoundShown)]


@dataclass(frozen=True)
class SupportPanel:
    """One proposal's gauge and button."""

    proposal_id: int
    support_count: int
    threshold: int
    gen: int = 0
    refusal: str = ""
    round: Round | RoundShown | None = None
    receipt: UUID | None = None

    @classmethod
    def after(cls, standing: Standing) -> SupportPanel:
        """The panel a person sees after their click. No query."""
        row = standing.round
        counts = (row.proposal_id, standing.support_count, row.threshold, standing.gen)
        return cls(*counts, round=row, receipt=standing.event.uuid if standing.event else None)

    @property
    def stands(self) -> bool:
        """Whether this visitor's support stands: odd generations do."""
        return self.gen % 2 == 1

    @property
    def url(self) -> str:
        """Where support is given and taken back."""
        return f"{path_of_proposal(self.proposal_id)}support/"

    @property
    def has_receipt(self) -> bool:
        return self.receipt is not None

    @property
    def receipt_url(self) -> str:
        return reverse("voting:receipt", args=[self.receipt]) if self.receipt else ""

    @property
    def is_disputed(self) -> bool:
        """Whether a recount came to another figure than the one shown."""
        return bool(self.round and self.round.disputed_at)

    @property
    def is_over(self) -> bool:
        """Whether no support is taken any more, from anybody."""
        return bool(self.round and not self.round.is_open and not self.round.is_coming)

    @property
    def is_taken(self) -> bool:
        """Whether staff hold or annulled it: then there is something to appeal against."""
        return self.refusal in (Refusal.HELD, Refusal.ANNULLED)

    @property
    def asks_to_sign_in(self) -> bool:
        return self.refusal == Refusal.SIGNED_OUT

    @property
    def refusal_text(self) -> str:
        return str(Refusal(self.refusal).label) if self.refusal else ""


class SupportBook:
    """Panels for many proposals. One query signed out, three signed in, however many rows."""

    def __init__(self, proposals: Iterable[Proposal], user: User | AnonymousUser) -> None:
        self.user = user
        ids = [proposal.pk for proposal in proposals]
        self.rounds = {row.proposal_id: row for row in self._read(ids)}
        self.newest = self._newest() if user.is_authenticated and self.rounds else {}

    def _read(self, ids: list[int]) -> Iterable[Round | RoundShown]:
        rounds = Round.objects.filter(proposal__in=ids)
        if self.user.is_authenticated:
            return rounds
        return (RoundShown(*row) for row in rounds.values_list(*COLUMNS))

    def _newest(self) -> dict[int, VoteEvent]:
        """This person's newest row by round."""
        keys = keys_of(self.user)
        if not keys:
            return {}
        voters = [keys.pseudonym_in(row) for row in self.rounds.values()]
        events = VoteEvent.objects.filter(round__in=self.rounds.values(), voter__in=voters)
        return {event.round_id: event for event in events.order_by("gen")}

    def panel(self, proposal: Proposal) -> SupportPanel | None:
        """The panel of one proposal, or None if it has no round."""
        row = self.rounds.get(proposal.pk)
        if row is None:
            return None
        last = self.newest.get(row.pk)
        return SupportPanel(
            proposal_id=proposal.pk,
            support_count=proposal.support_count,
            threshold=row.threshold,
            gen=last.gen if last else 0,
            # What staff took comes first: its voter has to read of it after the close too.
            refusal=(last and why_not_again(last)) or why_not_vote(self.user, row) or "",
            round=row,
            receipt=last.uuid if last else None,
        )

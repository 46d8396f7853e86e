"""How supports look to one visitor: everything a page of proposals needs, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proposals.models.proposals import path_of_proposal
from voting.models import Round, VoteEvent
from voting.permissions import Refusal, why_not_support
from voting.pseudonyms import key_of, pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from proposals.models import Proposal
    from voting.actions import Standing


@dataclass(frozen=True)
class SupportPanel:
    """One proposal's gauge and button."""

    proposal_id: int
    support_count: int
    threshold: int
    gen: int = 0
    refusal: str = ""
    round: Round | None = None

    @classmethod
    def after(cls, standing: Standing) -> SupportPanel:
        """The panel a person sees after their click. No query."""
        row = standing.round
        return cls(row.proposal_id, standing.support_count, row.threshold, standing.gen, "", row)

    @property
    def stands(self) -> bool:
        """Whether this visitor's support stands: odd generations do."""
        return self.gen % 2 == 1

    @property
    def url(self) -> str:
        """Where support is given and taken back."""
        return f"{path_of_proposal(self.proposal_id)}support/"

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
        self.rounds = {row.proposal_id: row for row in Round.objects.filter(proposal__in=ids)}
        self.gens = self._gens() if user.is_authenticated and self.rounds else {}

    def _gens(self) -> dict[int, int]:
        """This person's newest generation by round."""
        key = key_of(self.user)
        if key is None:
            return {}
        rounds = [row.pk for row in self.rounds.values()]
        voters = [pseudonym(key, round_id) for round_id in rounds]
        events = VoteEvent.objects.filter(round__in=rounds, voter__in=voters).order_by("gen")
        return dict(events.values_list("round_id", "gen"))

    def panel(self, proposal: Proposal) -> SupportPanel | None:
        """The panel of one proposal, or None if it has no round."""
        row = self.rounds.get(proposal.pk)
        if row is None:
            return None
        return SupportPanel(
            proposal_id=proposal.pk,
            support_count=proposal.support_count,
            threshold=row.threshold,
            gen=self.gens.get(row.pk, 0),
            refusal=why_not_support(self.user, row) or "",
            round=row,
        )

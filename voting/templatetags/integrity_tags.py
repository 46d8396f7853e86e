"""Tags that say how sure a count is; `voting.removals` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from voting.removals import held_words, told_of

if TYPE_CHECKING:
    from proposals.models import Proposal
    from voting.models import Round
    from voting.removals import Removal
    from voting.supports import SupportBook

register = template.Library()


@register.inclusion_tag("voting/told_of_votes.html")
def told_of_votes(proposal: Proposal, supports: SupportBook) -> dict[str, Any]:
    """`{% told_of_votes proposal supports %}`: how supporters are known, what was removed."""
    round_ = supports.rounds.get(proposal.pk)
    return {
        "round": round_,
        "told": told_of(round_.pk, proposal.support_count) if round_ else None,
    }


@register.simple_tag
def removals(round_: Round) -> list[Removal]:
    """`{% removals round as found %}`: held, annulled, restored votes. One query a minute."""
    return told_of(round_.pk, 0).removals


@register.simple_tag
def held(round_: Round) -> str:
    """`{% held round as words %}`: why its result is not stated yet. From what `removals` keeps."""
    return held_words(told_of(round_.pk, 0).removals)

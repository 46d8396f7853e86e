"""Tags about merges of proposals and what supporters chose; `voting.merges` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from proposals.models import Merge
from proposals.story import has_story
from voting.merges import Figures, figures_of

if TYPE_CHECKING:
    from proposals.models import Proposal

register = template.Library()


@register.inclusion_tag("voting/merges.html")
def merges_of(proposal: Proposal) -> dict[str, Any]:
    """`{% merges_of proposal %}`: merges that go on, and those that were made. No query without."""
    if not has_story(proposal):
        return {"merges": []}
    shown = Merge.objects.filter(
        parts__proposal=proposal,
        parts__dropped_at__isnull=True,
        state__in=[Merge.State.OPEN, Merge.State.DONE],
    )
    rows = [_told(merge, proposal) for merge in shown.with_parts().order_by("begun_at")]
    return {"proposal": proposal, "merges": rows}


def _told(merge: Merge, proposal: Proposal) -> dict[str, Any]:
    is_target = merge.target == proposal
    figures = figures_of(merge) if is_target and merge.state == Merge.State.DONE else None
    return {"merge": merge, "is_target": is_target, "figures": figures}


@register.simple_tag
def merge_figures(merge: Merge) -> Figures:
    """`{% merge_figures merge as figures %}`: how many chose what, as everybody is told."""
    return figures_of(merge)

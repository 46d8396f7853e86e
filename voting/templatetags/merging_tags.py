"""Tags about merges of proposals and what supporters chose; `voting.merges` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from proposals.models import Merge
from proposals.story import has_story
from voting.merge_links import link_token
from voting.merges import Figures, figures_of

if TYPE_CHECKING:
    from proposals.models import Proposal
    from proposals.permissions import Visitor

register = template.Library()


@register.inclusion_tag("voting/merges.html", takes_context=True)
def merges_of(context: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    """`{% merges_of proposal %}`: merges that go on, and those that were made. No query without."""
    if not has_story(proposal):
        return {"merges": []}
    shown = Merge.objects.filter(
        parts__proposal=proposal,
        parts__dropped_at__isnull=True,
        state__in=[Merge.State.OPEN, Merge.State.DONE],
    )
    user = context["request"].user
    rows = [_told(merge, proposal, user) for merge in shown.with_parts().order_by("begun_at")]
    return {"proposal": proposal, "merges": rows}


def _told(merge: Merge, proposal: Proposal, user: Visitor) -> dict[str, Any]:
    is_target = merge.target == proposal
    figures = figures_of(merge) if is_target and merge.state == Merge.State.DONE else None
    # Who supports one of them only now has got no mail yet: the same link stands on the page.
    asks = merge.takes_answers and user.is_authenticated
    url = reverse("voting:merge_choice", args=[link_token(merge, user)]) if asks else ""
    return {"merge": merge, "is_target": is_target, "figures": figures, "url": url}


@register.simple_tag
def merge_figures(merge: Merge) -> Figures:
    """`{% merge_figures merge as figures %}`: how many chose what, as everybody is told."""
    return figures_of(merge)

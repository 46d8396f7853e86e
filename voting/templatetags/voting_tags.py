"""Template tags with which any page shows supports. The reading is in `voting.supports`."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import F, OuterRef, Subquery, Sum
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from home.stencil import Stencil, hole
from home.templatetags.site import gauge
from proposals import states
from proposals.models import Proposal
from proposals.templatetags.proposals_tags import once_on_a_page
from voting.models import VoteEvent
from voting.supports import SupportBook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

    from voting.supports import SupportPanel

register = template.Library()

LATELY = timedelta(days=7)


@register.simple_tag(takes_context=True)
def supports_of(context: dict[str, Any], proposals: Iterable[Proposal]) -> SupportBook:
    """`{% supports_of proposals as supports %}`: read the supports of a whole list at once."""
    return SupportBook(proposals, context["request"].user)


@register.simple_tag(takes_context=True)
def support_panel(
    context: dict[str, Any], proposal: Proposal, supports: SupportBook, *, large: bool = False
) -> SafeString:
    """`{% support_panel proposal supports %}`: gauge, sentence and button of one proposal."""
    panel = supports.panel(proposal)
    if panel and panel.asks_to_sign_in:
        return _invited(panel, proposal.title, large)
    shown = {"panel": panel, "proposal": proposal, "large": large, "request": context["request"]}
    return render_to_string(
        "voting/support.html#panel", shown | {"csrf_token": context.get("csrf_token")}
    )


def _invited(panel: SupportPanel, title: str, large: bool) -> SafeString:
    shown = gauge(panel.support_count, panel.threshold, large=large)
    if panel.round and panel.round.disputed_at:
        shown += render_to_string("voting/support.html#dispute")
    values = {
        "number": panel.proposal_id,
        "gauge": shown,
        "url": panel.url,
        "title": title,
    }
    return _invitation(large, get_language()).fill(values)


@cache
def _invitation(large: bool, _language: str | None) -> Stencil:
    # Drawn once, because a list shows twenty, and drawing them was a quarter of its cost.
    panel = {"proposal_id": hole("number"), "url": hole("url")}
    shown = {"panel": panel, "gauge": hole("gauge"), "proposal": {"title": hole("title")}}
    html = render_to_string("voting/support.html#invitation", shown | {"large": large})
    return Stencil(html, ["number", "gauge", "url", "title"])


@register.simple_tag(takes_context=True)
def moving_proposals(context: dict[str, Any], count: int = 3) -> list[Proposal]:
    """Those that gained most support in the last seven days, with `gained`. One query.

    Twice as many are read, for those that another section of the page shows already.
    """
    gains = (
        VoteEvent.objects.filter(day__gt=timezone.localdate() - LATELY)
        .order_by()
        .values("round__proposal")
        .annotate(gained=Sum("kind"))
        .filter(gained__gt=0, round__proposal__status__in=states.SUPPORTABLE)
    )
    most = gains.order_by("-gained", "round__proposal").values("round__proposal")[: 2 * count]
    own = gains.filter(round__proposal=OuterRef("pk")).values("gained")
    rows = Proposal.objects.filter(pk__in=Subquery(most)).for_rows().named()
    found = (
        rows.select_related("figures", "category")
        .annotate(gained=Subquery(own), threshold=F("call__threshold"))
        .order_by("-gained", "pk")
    )
    return once_on_a_page(context, found, count)

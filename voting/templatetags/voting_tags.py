"""Template tags with which any page shows supports. The reading is in `voting.supports`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import F, OuterRef, Subquery, Sum
from django.utils import timezone
from django.utils.safestring import SafeString

from proposals import states
from proposals.models import Proposal
from proposals.templatetags.proposals_tags import once_on_a_page
from voting.models import VoteEvent
from voting.panels import draw
from voting.supports import SupportBook

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    if panel is None:
        return SafeString()
    return draw(
        panel,
        proposal.title,
        token=context.get("csrf_token", ""),
        next_url=context["request"].get_full_path() if supports.user.is_authenticated else "",
        large=large,
    )


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

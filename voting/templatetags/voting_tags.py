"""Template tags with which any page shows supports. The reading is in `voting.supports`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from voting.supports import SupportBook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proposals.models import Proposal

register = template.Library()


@register.simple_tag(takes_context=True)
def supports_of(context: dict[str, Any], proposals: Iterable[Proposal]) -> SupportBook:
    """`{% supports_of proposals as supports %}`: read the supports of a whole list at once."""
    return SupportBook(proposals, context["request"].user)


@register.inclusion_tag("voting/support_panel.html", takes_context=True)
def support_panel(
    context: dict[str, Any], proposal: Proposal, supports: SupportBook, *, large: bool = False
) -> dict[str, Any]:
    """`{% support_panel proposal supports %}`: gauge, sentence and button of one proposal."""
    return {
        "panel": supports.panel(proposal),
        "proposal": proposal,
        "large": large,
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
    }

"""Tags of a proposal's page about who writes it and what was added; `proposals.story` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from proposals import states
from proposals.authorship import is_main_author
from proposals.story import Story
from proposals.story import story_of as read_story

if TYPE_CHECKING:
    from proposals.models import Proposal

register = template.Library()


@register.simple_tag
def story_of(proposal: Proposal) -> Story:
    """`{% story_of proposal as story %}`: co-authors and amendments."""
    return read_story(proposal)


@register.inclusion_tag("proposals/author_links.html", takes_context=True)
def author_links(context: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    """What an author can do from the page: add, co-authors, versions, withdraw."""
    user = context["request"].user
    return {
        "proposal": proposal,
        "may_amend": proposal.status in states.AMENDABLE,
        "may_withdraw": proposal.is_public
        and proposal.status in states.MOVES["withdraw"].sources
        and is_main_author(user, proposal),
    }

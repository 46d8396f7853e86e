"""What proposals add to the search over the whole site. The list's own search is in listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from home.search import SearchGroup, SearchResult
from home.search_terms import query_terms
from proposals.models import Proposal

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 5


def proposals_found(text: str, request: HttpRequest) -> SearchGroup | None:
    """The most supported public proposals that hold every word, and where all are. Two queries."""
    if not query_terms(text):
        return None
    found = Proposal.objects.public().matching(text)
    rows = found.named().order_by("-figures__support_count", "-pk")[:SHOWN]
    results = [_result(proposal) for proposal in rows]
    total = found.count() if len(results) == SHOWN else len(results)
    more = f"{reverse('proposals:list')}?{urlencode({'q': text})}"
    return SearchGroup(gettext("Proposals"), results, total, more if total > SHOWN else "")


def _result(proposal: Proposal) -> SearchResult:
    return SearchResult(
        title=proposal.title,
        url=proposal.get_absolute_url(),
        summary=proposal.summary,
        kind=proposal.get_status_display(),
        on=proposal.published_at,
        language=proposal.language if proposal.language != get_language() else "",
    )

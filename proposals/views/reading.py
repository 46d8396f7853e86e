"""What everybody reads: the list of proposals, one proposal, and those similar to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.views.decorators.http import require_safe

from home.caching import public_page
from proposals import choices, history
from proposals.listing import Listing
from proposals.models import Proposal
from proposals.permissions import has_role, may_see_proposal
from proposals.states import AUTHOR
from proposals.views.appeals import appeal_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

START_COOKIE = "list_start"
DAY = 24 * 60 * 60


@require_safe
@public_page
def proposal_list(request: HttpRequest) -> HttpResponse:
    """The list; with htmx only what it swaps."""
    listing = Listing(request.GET)
    if not listing.is_valid:
        return render(request, "proposals/list_refused.html", {"errors": listing.form}, status=400)
    if listing.needs_start:
        return _to_start(request, listing)
    if not (listing.is_tidy or request.htmx):
        return HttpResponseRedirect(request.path + listing.query)
    template = f"proposals/proposal_list.html{_part(request)}"
    response = render(request, template, {"listing": listing})
    patch_vary_headers(response, ("HX-Target",))
    if not listing.is_tidy:
        response["HX-Push-Url"] = request.path + listing.query
    return response


def _part(request: HttpRequest) -> str:
    """The whole page; the rows for “Show more”; the rows and the filters for a changed filter."""
    if not request.htmx:
        return ""
    return "#filtered" if request.htmx.target == "results" else "#results"


def _to_start(request: HttpRequest, listing: Listing) -> HttpResponse:
    """To the same list with a start on the circle: this browser's of today, or a new one.

    The pages themselves stay the same for everybody; only this redirect is a person's own.
    """
    kept = request.COOKIES.get(START_COOKIE, "")
    known = kept.isascii() and kept.isdigit() and len(kept) <= 10
    start = int(kept) if known else listing.random_start()
    response = HttpResponseRedirect(listing.url(seed=str(start)))
    add_never_cache_headers(response)
    if not known:
        response.set_cookie(
            START_COOKIE,
            str(start),
            max_age=DAY,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response


@require_safe
@public_page
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal; before it is public and after it is gone, a page that says what is going on."""
    proposal = get_object_or_404(Proposal.objects.for_reading(), pk=pk)
    if not may_see_proposal(request.user, proposal):
        return _hidden(request, proposal)
    response = render(request, "proposals/proposal_detail.html", _shown(request, proposal))
    if not proposal.is_public:
        add_never_cache_headers(response)
    return response


def _shown(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    belonging = choices.belonging(proposal)
    is_author = has_role(request.user, proposal, AUTHOR)
    return {
        "proposal": proposal,
        "belonging": belonging,
        "entries": history.entries(proposal, belonging.call),
        "next_step": history.next_step(proposal, belonging.call),
        "last_change": history.last_change(proposal),
        "proposals": [proposal],
        "is_author": is_author,
        "second_look": appeal_of(proposal) if is_author and not proposal.is_public else None,
        "title": proposal.title,
        "description": proposal.summary,
        "og_type": "article",
    }


def _hidden(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Nothing of the text, only what became of it. A draft does not exist for others."""
    if proposal.status == Proposal.Status.DRAFT:
        raise Http404
    gone = proposal.status in {Proposal.Status.WITHDRAWN, Proposal.Status.REJECTED}
    context = {"proposal": proposal, "next_step": history.next_step(proposal)}
    response = render(
        request, "proposals/proposal_hidden.html", context, status=410 if gone else 200
    )
    add_never_cache_headers(response)
    return response


@require_safe
@public_page
def similar(request: HttpRequest, pk: int) -> HttpResponse:
    """Proposals closest in words to this one; a page of its own, so that reading costs none."""
    proposal = get_object_or_404(Proposal.objects.public(), pk=pk)
    found = (
        Proposal.objects.public().exclude(pk=pk).similar_to(f"{proposal.title} {proposal.summary}")
    )
    part = "#found" if request.htmx else ""
    context = {"proposal": proposal, "found": found}
    return render(request, f"proposals/similar.html{part}", context)

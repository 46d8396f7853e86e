"""Promises in public: the board, one commitment, its evidence, the calendar and open data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.ratelimit import rate_limit
from government.commitment_board import Board
from government.commitment_calendar import calendar_of
from government.commitment_rows import commitment_listing
from government.commitment_timeline import steps_of
from government.models import Commitment, CommitmentChange
from government.permissions import may_see_commitment
from home.caching import public_page
from home.chrome import chrome_of
from home.exports import FORMATS
from proposals.views.downloads import as_file
from proposals.views.files import hand_out

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

ON_PAGE = 20


@require_safe
@public_page
def commitments(request: HttpRequest) -> HttpResponse:
    """The board. Five queries."""
    board = Board(request.GET)
    if not board.is_valid:
        return _no_such_list(request)
    rows = Paginator(board.rows.for_pages(), ON_PAGE).get_page(request.GET.get("page"))
    return render(request, "government/commitments.html", {"board": board, "commitments": rows})


def _no_such_list(request: HttpRequest) -> HttpResponse:
    return render(request, "government/commitments_refused.html", status=400)


@require_safe
@public_page
def commitment(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise with all that happened to it, and what residents say of it."""
    found = _visible(request, pk)
    seen = found.observations.accepted().select_related("commitment__proposal")
    own = found.observations.standing().filter(author=request.user.pk)
    context = {
        "commitment": found,
        "entries": steps_of(found),
        "own": own if request.user.is_authenticated else (),
        "observations": Paginator(seen, ON_PAGE).get_page(request.GET.get("page")),
        "title": found.what,
    }
    response = render(request, "government/commitment.html", context)
    if not found.proposal.is_public:
        add_never_cache_headers(response)
    return response


def _visible(request: HttpRequest, pk: int) -> Commitment:
    found = get_object_or_404(Commitment.objects.for_pages(), pk=pk)
    if not may_see_commitment(request.user, found):
        raise Http404
    return found


@require_safe
def proof(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The photo or the document of a step."""
    steps = CommitmentChange.objects.select_related("commitment__proposal")
    step = get_object_or_404(steps, pk=pk)
    file = getattr(step, kind) if kind in ("photo", "document") else None
    if not file or not may_see_commitment(request.user, step.commitment):
        raise Http404
    if kind == "photo":
        return hand_out(file, file.name)
    name = step.document_name
    return hand_out(file, name, as_attachment=True, filename=name)


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """Due dates of what the board shows, to subscribe to."""
    board = Board(request.GET)
    if not board.is_valid:
        return _no_such_list(request)
    data = calendar_of(
        board.rows.for_pages().with_last_change(),
        name=gettext("Commitments · %(site)s") % {"site": chrome_of(request).site_name},
        language=get_language() or "",
        address_of=lambda one: request.build_absolute_uri(one.get_absolute_url()),
    )
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(False, "commitments.ics") or ""
    return answer


@require_GET
@never_cache
@rate_limit("commitments_file", "60/h", methods=("GET",))
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """What the board shows as open data, all of its rows."""
    if name not in FORMATS:
        raise Http404
    board = Board(request.GET)
    if not board.is_valid:
        return _no_such_list(request)
    listing = commitment_listing(board)
    response = as_file(listing, FORMATS[name])
    file_name = f"commitments-{localdate(listing.generated_at)}.{FORMATS[name].extension}"
    response["Content-Disposition"] = content_disposition_header(True, file_name) or ""
    return response

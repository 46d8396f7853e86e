"""What everybody can read: committees, their meetings and decisions, rounds and protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.ratelimit import rate_limit
from assessment.exports import protocol_listing
from assessment.models import AssessmentRound, Committee, Meeting, Protocol
from assessment.protocol_paper import render_protocol
from assessment.public_lists import committee_context, committee_rows, protocol_context
from home.caching import public_page
from home.exports import FORMATS
from home.papers import NotSet
from voting.rules import canonical

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


@require_safe
@public_page
def committees(request: HttpRequest) -> HttpResponse:
    """Every committee. Two queries."""
    return render(request, "assessment/committee_list.html", {"rows": committee_rows()})


@require_safe
@public_page
def committee(request: HttpRequest, slug: str) -> HttpResponse:
    """One committee with its members, documents, meetings and rounds."""
    context = committee_context(_committee(slug))
    return render(request, "assessment/committee.html", context)


def _committee(slug: str) -> Committee:
    """The source-language row under its words in the active language. One query."""
    found = [one for one in Committee.objects.in_language() if one.slug == slug]
    if not found:
        raise Http404
    return found[0]


@require_safe
@public_page
def meeting(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One meeting: agenda, whether there was a quorum, decisions as the public reads them."""
    owner = _committee(slug)
    found = get_object_or_404(Meeting.objects.select_related("event"), committee=owner.pk, pk=pk)
    context = {
        "committee": owner,
        "meeting": found,
        "agenda": found.agenda.select_related("decision", "proposal"),
    }
    return render(request, "assessment/meeting.html", context)


@require_safe
@public_page
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Criteria from the moment that reading begins; the protocol once it is published."""
    rows = AssessmentRound.objects.public().select_related("committee", "protocol", "call")
    found = get_object_or_404(rows, pk=pk)
    return render(request, "assessment/round.html", protocol_context(found))


def _protocol(pk: int) -> Protocol:
    return get_object_or_404(Protocol.objects.select_related("round"), round=pk)


def _as_file(content: Any, kind: str, name: str, *, inline: bool = False) -> HttpResponseBase:
    wrap = StreamingHttpResponse if not isinstance(content, bytes) else HttpResponse
    response = wrap(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    return response


@require_safe
@public_page
def protocol_json(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The very bytes whose SHA-256 the protocol carries."""
    content = canonical(_protocol(pk).contents)
    return _as_file(content, "application/json", f"protocol-{pk}.json")


@require_GET
@never_cache
@rate_limit("protocol_file", "60/h", methods=("GET",))
def protocol_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The protocol to print; back to its page if it cannot be set."""
    found = _protocol(pk)
    try:
        content = render_protocol(found)
    except NotSet:
        return redirect(found.round)
    return _as_file(content, "application/pdf", f"protocol-{pk}.pdf", inline=True)


@require_GET
@never_cache
@rate_limit("protocol_file", "60/h", methods=("GET",))
def protocol_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The protocol's table as a workbook."""
    form = FORMATS["xlsx"]
    listing = protocol_listing(_protocol(pk))
    return _as_file(form.write(listing), form.content_type, f"protocol-{pk}.xlsx")

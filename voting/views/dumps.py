"""A round's dump over HTTP: the whole as a zip made while it is sent, and its single files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_safe

from accounts.ratelimit import rate_limit
from home.caching import public_page
from voting.dumps import Dump, published_rounds, zipped

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

TYPES = {
    "json": "application/json",
    "gz": "application/gzip",
    "bin": "application/octet-stream",
    "txt": "text/plain; charset=utf-8",
    "py": "text/x-python; charset=utf-8",
}


@require_GET
@rate_limit("dump", "20/h", methods=("GET",))
def dump(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything in one file."""
    found = _dump(request, pk)
    response = StreamingHttpResponse(zipped(found), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{found.name}.zip")
    return response


@require_GET
@rate_limit("dump_part", "240/h", methods=("GET",))
def dump_part(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """One file of the dump; `?size=` asks for an older head, so that several fit together."""
    make = _dump(request, pk).parts.get(name)
    if make is None:
        raise Http404
    return StreamingHttpResponse(make(), content_type=TYPES[name.rpartition(".")[2]])


@require_safe
@public_page
def recount(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on which a browser checks the dump and counts it by itself."""
    round_ = get_object_or_404(published_rounds().select_related("proposal"), pk=pk)
    return render(request, "voting/recount.html", {"round": round_, "dump": Dump.of(round_)})


def _dump(request: HttpRequest, pk: int) -> Dump:
    size = request.GET.get("size", "")
    if size and not (size.isascii() and size.isdecimal() and len(size) < 19):
        raise Http404
    round_ = get_object_or_404(published_rounds().select_related("closing_seal"), pk=pk)
    found = Dump.of(round_, int(size) if size else None)
    if found is None:
        raise Http404
    return found

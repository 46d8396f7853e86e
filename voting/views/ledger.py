"""The ledger as everybody may check it: the newest signed head, and how to use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from home.caching import public_page
from voting.dumps import published_rounds
from voting.heads import verifiers
from voting.sealed import newest_seal

if TYPE_CHECKING:
    from django.http import HttpRequest

ROUNDS_ON_PAGE = 20


@require_safe
@cache_control(public=True, max_age=10)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest head as a signed note (C2SP tlog-checkpoint), for programs."""
    seal = newest_seal()
    if seal is None:
        # Not 404: Django would look for it once more under a language.
        return HttpResponse("Nothing is sealed yet.\n", status=503, content_type="text/plain")
    return HttpResponse(seal.note, content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def ledger(request: HttpRequest) -> HttpResponse:
    """Why counts can be believed, in plain words, and all that checks them needs. Five queries."""
    rounds = published_rounds().select_related("proposal").order_by("-pk")
    page = Paginator(rounds, ROUNDS_ON_PAGE).get_page(request.GET.get("page"))
    context = {"seal": newest_seal(), "keys": verifiers(), "rounds": page}
    return render(request, "voting/ledger.html", context)

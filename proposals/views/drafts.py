"""Drafts of people without an account: the private link, the claim, and leaving one behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.ratelimit import rate_limit
from proposals.keys import is_key
from proposals.models import Proposal
from proposals.ownerless import claim_draft, discard_draft
from proposals.views.holders import (
    drafts_held,
    for_authors,
    for_holders,
    held_key,
    hold,
    let_go,
    not_here,
)
from proposals.views.writing import refuse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_GET
@never_cache
def open_draft(request: HttpRequest, key: str) -> HttpResponse:
    """Move the key out of the address into the session: the page it leads to tells nothing."""
    draft = Proposal.objects.opened_by(key).first() if is_key(key) else None
    if draft is None:
        response = not_here(request)
    else:
        hold(request, draft.pk, key)
        response = redirect("proposals:edit", draft.pk)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_POST
@for_authors
@for_holders
@rate_limit("claim", "20/h")
def claim(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """For who came by the link signed in, or could not have the draft when they signed in."""
    if not proposal.author_id:  # the second of two clicks finds it claimed
        try:
            _claim(request, proposal)
        except PermissionDenied:
            return refuse(request, proposal.call)
    return redirect("proposals:edit", proposal.pk)


def claim_held(request: HttpRequest) -> None:
    """After somebody signed in: what they had begun in this browser is theirs.

    A draft for a call that is closed to them stays as it is; its pages say why.
    """
    for proposal in drafts_held(request):
        try:
            _claim(request, proposal)
        except PermissionDenied:
            continue


def _claim(request: HttpRequest, proposal: Proposal) -> None:
    key = held_key(request, proposal.pk)
    claimed = claim_draft(user=request.user, proposal=proposal, key=key)
    let_go(request, proposal.pk)
    words = _("Your draft “%(title)s” is kept in your account now.")
    messages.success(request, words % {"title": claimed})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("leave", "40/h")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the draft on this device, for one that others use too, or erase it."""
    draft = next((draft for draft in drafts_held(request) if draft.pk == pk), None)
    if draft is None:  # the second of two clicks, too
        return redirect("proposals:start")
    if request.method != "POST":
        return render(request, "proposals/write_leave.html", {"proposal": draft})
    words = _("This device has forgotten the draft. Only its link leads back to it.")
    if "erase" in request.POST:
        discard_draft(proposal=draft, key=held_key(request, pk))
        words = _("The draft is erased.")
    let_go(request, pk)
    messages.success(request, words)
    return redirect("proposals:start")

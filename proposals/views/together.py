"""Writing together: co-authors, their invitations, amendments, and versions side by side.

These pages keep the default Referrer-Policy, which tells other sites nothing: with "no-referrer"
browsers send a form without its origin, and it would be refused as a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.ratelimit import rate_limit
from home.caching import public_page
from proposals.actions.amending import send_amendment
from proposals.actions.inviting import (
    InvitationOver,
    accept_invitation,
    decline_invitation,
    invite_coauthor,
    is_for,
    remove_coauthor,
    revoke_invitation,
)
from proposals.authorship import is_main_author, may_amend_proposal, may_invite_coauthors
from proposals.comparing import compare
from proposals.keys import hash_of, is_key
from proposals.models import CoAuthor, Invitation, Proposal
from proposals.permissions import has_role, may_see_proposal
from proposals.shared_forms import AmendmentForm, CompareForm, InvitationForm
from proposals.states import AUTHOR
from proposals.views.holders import for_authors, own_proposal
from proposals.views.writing import cannot_change

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


# Co-authors --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("invite", "20/d")
def coauthors(request: HttpRequest, pk: int) -> HttpResponse:
    """Who writes with the author; the author invites here, by POST."""
    proposal = own_proposal(request, pk)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            invite_coauthor(user=request.user, proposal=proposal, **form.cleaned_data)
        except PermissionDenied:
            return cannot_change(request, proposal)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("proposals:coauthors", pk)
    return _draw_coauthors(request, proposal, form)


def _draw_coauthors(request: HttpRequest, proposal: Proposal, form: InvitationForm) -> HttpResponse:
    context = {
        "proposal": proposal,
        "form": form,
        "coauthors": proposal.coauthors.all(),
        "invitations": proposal.invitations.open(),
        "is_main": is_main_author(request.user, proposal),
        "may_invite": may_invite_coauthors(request.user, proposal),
    }
    return render(request, "proposals/coauthors.html", context)


@require_POST
@for_authors
@rate_limit("coauthors", "40/h")
def remove(request: HttpRequest, pk: int, coauthor_pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    coauthor = CoAuthor.objects.filter(proposal=proposal, pk=coauthor_pk).first()
    if coauthor is not None:  # the second of two clicks finds it gone
        remove_coauthor(user=request.user, coauthor=coauthor)
    messages.success(request, _("The co-authorship has ended."))
    is_own = coauthor is not None and coauthor.person_id == request.user.pk
    return redirect("proposals:mine") if is_own else redirect("proposals:coauthors", pk)


@require_POST
@for_authors
@rate_limit("coauthors", "40/h")
def revoke(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    invitation = get_object_or_404(Invitation, proposal=proposal, pk=invitation_pk)
    try:
        revoke_invitation(user=request.user, invitation=invitation)
    except InvitationOver:
        messages.warning(request, _("This invitation was answered already, or it has run out."))
    else:
        messages.success(request, _("The invitation is taken back; its link opens nothing now."))
    return redirect("proposals:coauthors", pk)


# An invitation -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("invitation", "30/h")
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """What the link opens. Only a button answers; saying no needs no account, saying yes does."""
    found = Invitation.objects.select_related("proposal", "invited_by").filter(
        key_hash=hash_of(key) if is_key(key) else None
    )
    row = found.first()
    if row is None or not row.is_open:
        return _over(request, row)
    if request.method == "POST":
        return _answer(request, row)
    return _private(render(request, "proposals/invitation.html", _asked(request, row)))


def _asked(request: HttpRequest, row: Invitation) -> dict[str, Any]:
    is_own = has_role(request.user, row.proposal, AUTHOR)
    is_other = request.user.is_authenticated and not is_for(row, request.user)
    shown = {"invitation": row, "proposal": row.proposal}
    return {**shown, "is_own": is_own, "is_other": is_other and not is_own}


def _answer(request: HttpRequest, row: Invitation) -> HttpResponse:
    try:
        if "decline" in request.POST:
            decline_invitation(invitation=row)
            return _over(request, row)
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        accept_invitation(user=request.user, invitation=row)
    except PermissionDenied:
        page = render(request, "proposals/invitation.html", _asked(request, row), status=403)
        return _private(page)
    except InvitationOver:
        row.refresh_from_db()
        return _over(request, row)
    messages.success(request, _("You are a co-author now."))
    return redirect("proposals:coauthors", row.proposal_id)


def _over(request: HttpRequest, row: Invitation | None) -> HttpResponse:
    """What became of the invitation; nothing of the proposal, which may not be public."""
    declined = row is not None and row.state == Invitation.State.DECLINED
    status = 200 if declined else 410 if row else 404
    page = render(request, "proposals/invitation_over.html", {"invitation": row}, status=status)
    return _private(page)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


# Amendments --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("amend", "20/d")
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Add to a proposal that people support already; a moderator reads it first."""
    proposal = own_proposal(request, pk)
    if not may_amend_proposal(request.user, proposal):
        return cannot_change(request, proposal)
    form = AmendmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            send_amendment(user=request.user, proposal=proposal, **form.cleaned_data)
        except PermissionDenied:
            return cannot_change(request, proposal)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Sent in. A moderator reads it, then everybody can."))
            return redirect(proposal)
    waiting = proposal.amendments.waiting().first()
    context = {"proposal": proposal, "form": form, "waiting": waiting}
    return render(request, "proposals/amend.html", context)


# Versions ----------------------------------------------------------------------------------------


@require_safe
@public_page
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions compared: everybody the public ones, authors and moderators all."""
    proposal = get_object_or_404(Proposal.objects.select_related("author"), pk=pk)
    if not may_see_proposal(request.user, proposal):
        raise Http404
    sees_all = _sees_all(request, proposal)
    rows = proposal.versions.all() if sees_all else proposal.versions.public()
    found = list(rows.select_related("amendment"))
    form = CompareForm(request.GET, found) if found else None
    chosen = form and form.chosen
    if form is not None and chosen is None:
        raise Http404
    parts = compare(*chosen, proposal.language) if chosen else []
    shown = {"parts": parts, "is_changed": any(part.is_changed for part in parts)}
    context = {"proposal": proposal, "versions": found, "form": form, **shown}
    response = render(request, "proposals/versions.html", context)
    if sees_all:
        add_never_cache_headers(response)
    return response


def _sees_all(request: HttpRequest, proposal: Proposal) -> bool:
    moderates = request.user.has_perm("proposals.moderate_proposal")
    return moderates or has_role(request.user, proposal, AUTHOR)

"""What an author can do against a decision of the moderators: ask for a second look, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from proposals.actions import AppealRefused, make_appeal
from proposals.forms import AppealForm
from proposals.permissions import decision_to_appeal, last_day_to_appeal, why_not_appeal
from proposals.views.holders import for_authors, own_proposal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from proposals.models import Proposal


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("appeal-proposal", "10/h")
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision, until when one may appeal, and the form; later how the appeal stands."""
    proposal = own_proposal(request, pk)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _send(request, proposal, form.cleaned_data["text"])
    context = {"proposal": proposal, "form": form, **appeal_of(proposal)}
    is_faulty = request.method == "POST"
    return render(request, "proposals/appeal.html", context, status=422 if is_faulty else 200)


def _send(request: HttpRequest, proposal: Proposal, text: str) -> HttpResponse:
    try:
        make_appeal(user=request.user, proposal=proposal, text=text)
    except AppealRefused as refused:
        messages.warning(request, refused.refusal.label)
    else:
        messages.success(request, _("Your appeal is with the moderators."))
    return redirect("proposals:appeal", proposal.pk)


def appeal_of(proposal: Proposal) -> dict[str, Any]:
    """How the second look at a proposal stands, for its author. One or two queries."""
    decision = decision_to_appeal(proposal)
    return {
        "appeal": getattr(proposal, "appeal", None),
        "refusal": why_not_appeal(proposal),
        "decision": decision,
        "last_day": last_day_to_appeal(proposal, decision) if decision else None,
    }

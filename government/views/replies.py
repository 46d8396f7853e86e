"""The author's reply to what a body asks about their proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from government.actions import CaseMoved, reply_to_body
from government.case_forms import ReplyForm
from government.case_pages import step_entries
from government.models import Referral
from government.permissions import is_asked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@rate_limit("reply_to_body", "10/h")
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """What the body asked, and room for a reply that everybody reads."""
    referral = get_object_or_404(Referral.objects.for_pages(), proposal=pk)
    if referral.proposal.author_id != request.user.pk:
        raise PermissionDenied
    if not is_asked(request.user, referral):
        messages.info(request, _("The body does not wait for a reply of yours."))
        return redirect(referral.proposal)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _send(request, referral, form)
    context = {"referral": referral, "form": form, "entries": step_entries([referral])}
    return render(request, "government/reply.html", context, status=422 if form.errors else 200)


def _send(request: HttpRequest, referral: Referral, form: ReplyForm) -> HttpResponse:
    try:
        reply_to_body(user=request.user, referral=referral, words=form.cleaned_data["words"])
    except CaseMoved:
        messages.error(request, _("The body has answered already; your reply was not needed."))
    else:
        messages.success(request, _("Your reply is public and on its way to the body."))
    return redirect(referral.proposal)

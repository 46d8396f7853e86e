"""Dossiers as files, from the frozen snapshot alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from government.dossier_paper import render_dossier_pdf
from government.models import Dossier
from government.permissions import may_read_dossiers
from government.snapshots import canonical
from home.papers import NotSet

if TYPE_CHECKING:
    from django.http import HttpRequest

    from government.snapshots import Snapshot


@require_safe
@cache_control(private=True, no_store=True)
def dossier_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The dossier of a referral as the paper that goes to the body."""
    dossier = _dossier(request, pk)
    return pdf_response(request, dossier.snapshot, back_to=dossier.referral.proposal_id)


@require_safe
@cache_control(private=True, no_store=True)
def dossier_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The very bytes whose SHA-256 the dossier carries."""
    dossier = _dossier(request, pk)
    response = HttpResponse(canonical(dossier.snapshot), content_type="application/json")
    name = f"dossier-{dossier.referral.proposal_id}.json"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _dossier(request: HttpRequest, pk: int) -> Dossier:
    if not may_read_dossiers(request.user):
        raise PermissionDenied
    newest = Dossier.objects.filter(referral=pk).select_related("referral").order_by("-number")
    return get_object_or_404(newest[:1])


def pdf_response(request: HttpRequest, snapshot: Snapshot, back_to: int) -> HttpResponse:
    """A snapshot as PDF, in the staff's language; back to the proposal if it cannot be set."""
    try:
        content = render_dossier_pdf(snapshot)
    except NotSet:
        messages.error(request, _("The paper could not be made. The JSON holds the same."))
        return redirect("proposals_admin:inspect", back_to)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"dossier-{snapshot['proposal']['id']}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name)
    return response

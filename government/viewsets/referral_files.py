"""The staff's list of referrals as a file: the proposals in it, with what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from government.actions import record_export
from government.models import Referral
from government.permissions import may_export_proposals
from government.proposal_rows import proposal_listing
from government.views.exporting import described_filters
from government.viewsets.listing import FILES, ReferralFilterSet
from home.exports import FORMATS
from proposals.models import Proposal
from proposals.views.downloads import as_file

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


@require_safe
@cache_control(private=True, no_store=True)
def referrals_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list at this address, by the day that answers are due."""
    if not may_export_proposals(request.user):
        raise PermissionDenied
    if name not in FILES:
        raise Http404
    filters = ReferralFilterSet(request.GET, Referral.objects.all(), request=request)
    if not filters.is_valid():
        messages.error(request, _("No file was made: no filter has this value."))
        return redirect(f"{reverse('referrals_admin:index')}?{request.GET.urlencode()}")
    found = filters.filter_queryset(filters.queryset).order_by().values("pk")
    proposals = Proposal.objects.for_staff(request.user).filter(referral__in=found)
    listing = proposal_listing(
        proposals.order_by("referral__due_on", "referral__pk"),
        title=_("Referrals"),
        filters=described_filters(filters.form, ""),
    )
    response = as_file(listing, FORMATS[name], "referrals")
    record_export(user=request.user, name=name, listing=listing)
    return response

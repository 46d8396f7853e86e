"""The public page of what became of proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from government.models import Referral
from home.caching import public_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from government.models import ReferralQuerySet

RESULTS_ON_PAGE = 20


@require_safe
@public_page
def results(request: HttpRequest) -> HttpResponse:
    """What became of the proposals that were put before the Government. Three queries."""
    public = Referral.objects.public()
    show = request.GET.get("show", "")
    shown = _shown(public, show).for_pages()
    context = {
        "figures": public.figures(),
        "referrals": Paginator(shown, RESULTS_ON_PAGE).get_page(request.GET.get("page")),
        "show": show,
    }
    return render(request, "government/results.html", context)


def _shown(referrals: ReferralQuerySet, show: str) -> ReferralQuerySet:
    """All of them unless one state was asked for; those that wait longest come first."""
    if show == "waiting":
        return referrals.unanswered()
    if show == "overdue":
        return referrals.overdue()
    if show == "answered":
        return referrals.filter(answer__isnull=False).order_by("-answer__entered_at", "-pk")
    return referrals.order_by("-made_at", "-pk")

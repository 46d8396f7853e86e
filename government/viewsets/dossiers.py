"""Dossiers on the screen and as files, from the frozen snapshot alone; freezing a new version."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from government.actions import freeze_dossier
from government.dossier_formats import FORMATS
from government.dossier_words import document_of
from government.models import Dossier, Referral
from government.permissions import may_freeze_dossier, may_read_dossiers
from government.views.dossier_files import dossier_response
from home.papers import NotSet
from home.staff import StaffPage

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@cache_control(private=True, no_store=True)
def dossier_file(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The dossier of a referral as a file: the newest, or the `version` that is asked for."""
    if not may_read_dossiers(request.user):
        raise PermissionDenied
    if name not in FORMATS:
        raise Http404
    dossier = _asked(request, get_object_or_404(Referral, pk=pk))
    return file_response(request, dossier.snapshot, name, back_to=dossier.referral.proposal_id)


def _asked(request: HttpRequest, referral: Referral) -> Dossier:
    """The version in the address, else the newest; one that is not there does not exist."""
    dossiers = referral.dossiers.select_related("referral").order_by("-number")
    if version := request.GET.get("version", ""):
        number = int(version) if version.isascii() and version.isdecimal() else 0
        return get_object_or_404(dossiers, number=min(number, 2**15 - 1))
    return get_object_or_404(dossiers[:1])


def file_response(request: HttpRequest, snapshot: Any, name: str, back_to: int) -> HttpResponse:
    """A snapshot as a file, in the staff's language; back to the proposal if it cannot be set."""
    try:
        return dossier_response(snapshot, name)
    except NotSet:
        messages.error(request, _("The paper could not be made. The JSON holds the same."))
        return redirect("proposals_admin:inspect", back_to)


class DossierPage(StaffPage):
    """One dossier to read, its versions and files; the button freezes a new version."""

    may = may_read_dossiers
    template_name = "government/staff/dossier.html"
    page_title = gettext_lazy("Dossier")
    header_icon = "doc-full"

    @cached_property
    def referral(self) -> Referral:
        return get_object_or_404(Referral.objects.select_related("proposal"), pk=self.kwargs["pk"])

    def parents(self) -> list[dict[str, Any]]:
        url = reverse("proposals_admin:inspect", args=[self.referral.proposal_id])
        return [{"url": url, "label": str(self.referral.proposal)}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        dossier = _asked(request, self.referral)
        return self.draw(
            dossier=dossier,
            document=document_of(dossier.snapshot, get_language() or settings.LANGUAGE_CODE),
            versions=list(self.referral.dossiers.order_by("number")),
            formats=list(FORMATS),
            may_freeze=may_freeze_dossier(request.user, self.referral)
            and not self.referral.is_answered,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            dossier = freeze_dossier(user=request.user, referral=self.referral)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            text = _("Version %(number)d of the dossier is frozen.")
            messages.success(request, text % {"number": dossier.number})
        return redirect("referrals_admin:dossier", self.referral.pk)

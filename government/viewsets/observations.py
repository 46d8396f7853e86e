"""What residents say of commitments, as moderators read it before everybody does."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from government.actions.observations import (
    ObservationDecided,
    accept_observation,
    refuse_observation,
)
from government.commitment_forms import RefusalForm
from government.models import Observation
from government.permissions import may_check_observations, may_decide_observation
from home.staff import StaffPage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ON_PAGE = 50


class ObservationsPage(StaffPage):
    """A page of the queue of observations."""

    may = may_check_observations
    page_title = gettext_lazy("Residents' observations")
    header_icon = "view"

    def parents(self) -> list[dict[str, Any]]:
        url = reverse("observations_admin:index")
        return [{"url": url, "label": _("Residents' observations")}]


class ObservationIndexView(ObservationsPage):
    """What waits, the oldest first."""

    template_name = "government/staff/observations.html"

    def parents(self) -> list[dict[str, Any]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Observation.objects.waiting().select_related("commitment")
        page = Paginator(rows, ON_PAGE).get_page(request.GET.get("p"))
        return self.draw(observations=page)


class ObservationView(ObservationsPage):
    """One observation beside its commitment: accept it, or refuse it with words."""

    template_name = "government/staff/observation.html"

    @cached_property
    def observation(self) -> Observation:
        rows = Observation.objects.select_related("commitment__proposal", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(RefusalForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_decide_observation(request.user, self.observation):
            raise PermissionDenied
        form = RefusalForm(request.POST)
        accepts = request.POST.get("stage") == "accept"
        if not accepts and not form.is_valid():
            return self.show(form)
        try:
            self.decide(accepts, form)
        except ObservationDecided:
            messages.warning(request, _("Somebody else has decided on this one meanwhile."))
            return redirect("observations_admin:observation", self.observation.pk)
        return redirect("observations_admin:index")

    def decide(self, accepts: bool, form: RefusalForm) -> None:
        user, observation = self.request.user, self.observation
        if accepts:
            accept_observation(user=user, observation=observation)
            messages.success(self.request, _("It stands on the commitment's page now."))
        else:
            reason = form.cleaned_data["reason"]
            refuse_observation(user=user, observation=observation, reason=reason)
            messages.success(self.request, _("Refused; its author is told why."))

    def show(self, form: RefusalForm) -> HttpResponse:
        observation = self.observation
        may = may_decide_observation(self.request.user, observation)
        waits = observation.state == Observation.State.WAITING
        return self.draw(
            observation=observation, form=form, may_decide=may and waits, is_own=waits and not may
        )

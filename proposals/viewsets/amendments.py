"""Amendments in the admin: those that wait, and one with the decision on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminAutoHeightTextInput

from home.staff import StaffPage
from proposals.actions.amending import AmendmentDecided, decline_amendment, publish_amendment
from proposals.authorship import may_decide_amendment, may_merge_proposals
from proposals.models import Amendment

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class DeclineForm(forms.Form):
    """Why an amendment is not published."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=gettext_lazy("The author reads it in the mail; nobody else."),
    )


class AmendmentPage(StaffPage):
    """A page about amendments."""

    may = may_merge_proposals
    header_icon = "doc-full"

    def parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("amendments_admin:index"), "label": _("Amendments")}]


class AmendmentIndexView(AmendmentPage):
    """Those that wait, the oldest first."""

    page_title = gettext_lazy("Amendments")
    template_name = "proposals/staff/amendments.html"

    def parents(self) -> list[dict[str, Any]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = Amendment.objects.waiting().select_related("proposal")
        return self.draw(waiting=list(waiting))


class AmendmentView(AmendmentPage):
    """What would be added to which text, and the two decisions."""

    page_title = gettext_lazy("Amendment")
    template_name = "proposals/staff/amendment.html"

    @cached_property
    def amendment(self) -> Amendment:
        rows = Amendment.objects.select_related("proposal", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=DeclineForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        publishes = request.POST.get("stage") == "publish"
        form = DeclineForm(None if publishes else request.POST)
        try:
            if publishes:
                publish_amendment(user=request.user, amendment=self.amendment)
            elif form.is_valid():
                reason = form.cleaned_data["reason"]
                decline_amendment(user=request.user, amendment=self.amendment, reason=reason)
            else:
                return self.draw(form=form, status=422)
        except ValidationError as error:
            form.add_error(None, error)
            return self.draw(form=form, status=422)
        except AmendmentDecided:
            messages.warning(request, _("It was decided on meanwhile. Nothing was changed."))
        else:
            messages.success(request, _("Decided. The authors have got a mail."))
        return redirect("amendments_admin:index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal = self.amendment.proposal
        waits = self.amendment.state == Amendment.State.WAITING and proposal.is_public
        may = waits and may_decide_amendment(self.request.user, proposal)
        shown = {"amendment": self.amendment, "proposal": proposal, "may": may}
        return super().get_context_data(**shown, **kwargs)


class AmendmentViewSet(ViewSet):
    """Addresses of amendments in the admin."""

    name = "amendments"
    url_prefix = "amendments"
    url_namespace = "amendments_admin"

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", AmendmentIndexView.as_view(), name="index"),
            path("<int:pk>/", AmendmentView.as_view(), name="amendment"),
        ]


class AmendmentsPanel(Component):
    """On the admin's front page: how many amendments wait. One query."""

    name = "amendments_waiting"
    template_name = "proposals/staff/amendments_panel.html"
    order = 55

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"count": Amendment.objects.waiting().count()}

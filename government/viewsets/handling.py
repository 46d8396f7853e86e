"""Staff pages about a referral that waits: person in charge, links, replies, time, notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from government.actions import (
    CaseMoved,
    add_note,
    assign_referral,
    decide_extension,
    hide_step,
    refer_again,
    reply_to_body,
    revoke_links,
    send_link,
)
from government.handling_forms import (
    AssignForm,
    DecideExtensionForm,
    HandlingForm,
    NoteForm,
    ReferAgainForm,
    ReplyForm,
)
from government.models import Referral, ReferralStep
from government.permissions import may_handle_referral
from government.viewsets.pages import StagedView
from proposals.actions import ProposalMoved

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Handling:
    """One thing staff may do: its form, its action, its heading and button."""

    form: type[HandlingForm]
    do: Callable[..., Any]
    title: Any


HANDLINGS = {
    "assign": Handling(AssignForm, assign_referral, gettext_lazy("Choose the person in charge")),
    "again": Handling(ReferAgainForm, refer_again, gettext_lazy("Put before a body once more")),
    "reply": Handling(ReplyForm, reply_to_body, gettext_lazy("Reply to the body")),
    "extension": Handling(
        DecideExtensionForm, decide_extension, gettext_lazy("Decide about more time")
    ),
    "note": Handling(NoteForm, add_note, gettext_lazy("Add a note among staff")),
}


class HandleView(StagedView):
    """One form, one action; each says on its page who reads what is written."""

    header_icon = "mail"
    template_name = "government/staff/handle.html"
    verb = "answer_accept"  # possible as long as the answer is open

    @cached_property
    def handling(self) -> Handling:
        if self.kwargs["verb"] not in HANDLINGS:
            raise Http404
        return HANDLINGS[self.kwargs["verb"]]

    @cached_property
    def referral(self) -> Referral:
        return get_object_or_404(Referral.objects.for_pages(), proposal=self.kwargs["pk"])

    @property
    def form_class(self) -> Any:
        return partial(self.handling.form, referral=self.referral)

    def get_page_title(self) -> Any:
        return self.handling.title

    def get_object(self) -> Any:
        proposal = super().get_object()
        if not may_handle_referral(self.request.user, self.referral):
            raise PermissionDenied
        return proposal

    def carry_on(self, form: Any) -> HttpResponse:
        try:
            self.handling.do(user=self.request.user, referral=self.referral, **form.wishes)
        except CaseMoved:
            raise ProposalMoved(self.object.status) from None
        messages.success(self.request, _("Done."))
        return redirect("proposals_admin:inspect", self.object.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            referral=self.referral, button=self.handling.title, **kwargs
        )


@require_POST
def links(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Send whoever is in charge a fresh link, or take all links away."""
    referral = get_object_or_404(Referral, proposal=pk)
    if verb == "send":
        link = send_link(user=request.user, referral=referral)
        if link:
            words = _("A fresh link is on its way to %(person)s. The one before opens nothing.")
            messages.success(request, words % {"person": link.official})
        else:
            messages.error(request, _("Nobody is in charge. Choose the person in charge first."))
    elif verb == "revoke":
        count = revoke_links(user=request.user, referral=referral)
        text = ngettext("%(count)d link was revoked.", "%(count)d links were revoked.", count)
        messages.success(request, text % {"count": count})
    else:
        raise Http404
    return redirect("proposals_admin:inspect", pk)


@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step's words off the public pages."""
    rows = ReferralStep.objects.select_related("referral__proposal")
    step = get_object_or_404(rows, pk=pk)
    hide_step(user=request.user, step=step)
    messages.success(request, _("The step is hidden. Staff still see it here."))
    return redirect("proposals_admin:inspect", step.referral.proposal_id)

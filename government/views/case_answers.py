"""The official's answer: in parts, looked at as residents will see it, then published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from government.actions import CaseMoved, answer_case
from government.actions.answering import draft_answer
from government.answer_forms import AnswerRows, PartFormSet
from government.case_forms import CaseAnswerForm
from government.case_pages import preview_context
from government.commitment_forms import PromiseFormSet
from government.models import Referral
from government.permissions import may_act_in_case
from government.row_forms import unchecked
from government.views.case_holders import case_of, for_holders, shut_out
from government.views.cases import moved
from proposals.actions import ProposalMoved

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from government.models import CaseLink


class AnswerDraft:
    """What stands in the three parts of the page: the whole, its parts, the promises."""

    def __init__(self, data: Any, link: CaseLink, referral: Referral) -> None:
        self.link, self.referral = link, referral
        self.rows = AnswerRows(data, PartFormSet, PromiseFormSet)
        self.form = CaseAnswerForm(data, link=link, referral=referral)
        if self.rows.wants_row:
            unchecked(self.form)

    def is_valid(self) -> bool:
        """Looks at all three, so that every error is said at once."""
        return all([self.form.is_valid(), self.rows.are_fine])

    @property
    def wishes(self) -> dict[str, Any]:
        """What `answer_case` takes."""
        return {"text": self.form.cleaned_data["text"], "parts": self.rows.parts.parts}

    @property
    def context(self) -> dict[str, Any]:
        own = {"form": self.form, "referral": self.referral, "link": self.link}
        return own | self.rows.context


@require_http_methods(["GET", "HEAD", "POST"])
@for_holders
@rate_limit("case_answer", "60/h", by=case_of)
def case_answer(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """First the form, then what will stand there, and only that page's button publishes it."""
    referral = Referral.objects.for_pages().get(pk=link.referral_id)
    if not may_act_in_case(link, referral):
        return moved(request, link)
    draft = AnswerDraft(request.POST or None, link, referral)
    stage = request.POST.get("stage", "")
    if draft.rows.wants_row or stage not in ("preview", "send") or not draft.is_valid():
        return _form(request, draft, checked=stage in ("preview", "send"))
    try:
        return _publish(request, draft) if stage == "send" else _preview(request, draft)
    except ValidationError as error:
        draft.form.add_error(None, error)
        return _form(request, draft, checked=True)
    except (CaseMoved, ProposalMoved):
        return moved(request, link)


def _form(request: HttpRequest, draft: AnswerDraft, *, checked: bool) -> HttpResponse:
    is_refused = checked and not draft.rows.wants_row
    context = {**draft.context, "is_refused": is_refused}
    status = 422 if is_refused else 200
    return render(request, "government/case_answer.html", context, status=status)


def _preview(request: HttpRequest, draft: AnswerDraft) -> HttpResponse:
    answer = draft_answer(link=draft.link, referral=draft.referral, **draft.wishes)
    answer.clean_fields()
    shown = preview_context(answer, draft.rows)
    context = {**draft.context, **shown, "proposal": draft.referral.proposal}
    return render(request, "government/case_answer_preview.html", context)


def _publish(request: HttpRequest, draft: AnswerDraft) -> HttpResponse:
    try:
        answer_case(link=draft.link, promises=draft.rows.promises.promises, **draft.wishes)
    except PermissionDenied:
        return shut_out(request)
    messages.success(request, _("The answer is published. Author and supporters are being told."))
    return redirect("government:case", draft.link.referral_id)

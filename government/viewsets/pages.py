"""Staff pages that show what will go out before it does: promote a proposal, enter an answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View
from wagtail.admin import messages

from government import notifications
from government.actions import answer_referral, draft_referral, promote_proposal
from government.actions.commitments import draft_commitments
from government.answer_forms import AnswerRows, StaffPartFormSet
from government.case_notifications import preview_link
from government.case_pages import preview_context
from government.commitment_forms import StaffPromiseFormSet
from government.dossiers import freeze
from government.forms import AnswerForm, PromoteForm, StagedForm
from government.models import Answer, Referral
from government.permissions import may_answer_referral, may_promote_proposal
from government.row_forms import unchecked
from government.viewsets.dossiers import file_response
from proposals import states
from proposals.actions import ProposalMoved
from proposals.viewsets.decision import StaffProposalMixin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class StagedView(StaffProposalMixin, View):
    """First the form, then what will go out, and only that page's button sends it."""

    form_class: type[StagedForm]
    verb = ""
    preview_template_name = ""
    index_url_name = "proposals_admin:index"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(self.form_class())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid() or form.cleaned_data["stage"] == StagedForm.BACK:
            return self.draw(form)
        try:
            if states.target(self.object.status, self.verb) is None:
                raise ProposalMoved(self.object.status)
            return self.carry_on(form)
        except ProposalMoved:
            self.object = self.get_object()
            return self.draw(form, moved=True, status=409)
        except ValidationError as error:
            form.add_error(None, error)
            return self.draw(form)

    def carry_on(self, form: StagedForm) -> HttpResponse:
        """Send, or show what would be sent."""
        if form.cleaned_data["stage"] == StagedForm.SEND:
            self.send(form)
            return redirect("proposals_admin:inspect", self.object.pk)
        context = self.get_context_data(form=form, **self.preview(form))
        return self.render(self.preview_template_name, context)

    def send(self, form: Any) -> None:
        raise NotImplementedError

    def preview(self, form: Any) -> dict[str, Any]:
        raise NotImplementedError

    def draw(self, form: StagedForm, status: int = 200, **flags: bool) -> HttpResponse:
        context = self.get_context_data(form=form, media=form.media, **flags)
        return self.render(self.template_name, context, status)

    def render(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return self.response_class(
            request=self.request, template=[template], context=context, status=status
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        last_change = list(self.object.status_changes.all())[-1:]
        return super().get_context_data(
            proposal=self.object, last_change=last_change[0] if last_change else None, **kwargs
        )


class PromoteView(StagedView):
    """Choose the body, write the covering note, look at dossier and mails, send."""

    form_class = PromoteForm
    verb = "promote"
    page_title = pgettext_lazy("heading", "Put before the Government")
    header_icon = "mail"
    template_name = "government/staff/promote.html"
    preview_template_name = "government/staff/promote_preview.html"

    def get_object(self) -> Any:
        proposal = super().get_object()
        if not may_promote_proposal(self.request.user, proposal):
            raise PermissionDenied
        return proposal

    def carry_on(self, form: PromoteForm) -> HttpResponse:
        if form.cleaned_data["stage"] == PromoteForm.PAPER:
            return file_response(self.request, freeze(self.drafted(form)), "pdf", self.object.pk)
        return super().carry_on(form)

    def drafted(self, form: PromoteForm) -> Referral:
        data = form.cleaned_data
        return draft_referral(
            user=self.request.user, proposal=self.object, body=data["body"], note=data["note"]
        )

    def preview(self, form: PromoteForm) -> dict[str, Any]:
        referral = self.drafted(form)
        language = translation.get_language() or settings.LANGUAGE_CODE
        return {
            "referral": referral,
            "body_name": notifications.body_name(referral.body, language),
            "snapshot": freeze(referral),
            "mail_to_author": notifications.mail_to_author(referral),
            "mail_to_body": notifications.mail_to_body(referral),
            "mail_to_official": preview_link(referral),
        }

    def send(self, form: PromoteForm) -> None:
        data = form.cleaned_data
        promote_proposal(
            user=self.request.user, proposal=self.object, body=data["body"], note=data["note"]
        )
        messages.success(
            self.request,
            _("“%(title)s” is before the Government now.") % {"title": self.object},
        )


class AnswerView(StagedView):
    """Enter a body's answer, look at it as residents will, publish it."""

    form_class = AnswerForm
    page_title = gettext_lazy("Official answer")
    header_icon = "comment"
    template_name = "government/staff/answer.html"
    preview_template_name = "government/staff/answer_preview.html"
    verb = "answer_accept"  # both verbs start from the same status

    @cached_property
    def rows(self) -> AnswerRows:
        """What stands below the answer: its parts, and what it promises."""
        return AnswerRows(self.request.POST, StaffPartFormSet, StaffPromiseFormSet)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.rows.wants_row:
            return self.draw(unchecked(self.form_class(request.POST)))
        return super().post(request, *args, **kwargs)

    def carry_on(self, form: AnswerForm) -> HttpResponse:
        if self.rows.are_fine and form.settle_outcome(self.rows.parts.outcome):
            return super().carry_on(form)
        return self.draw(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**self.rows.context, **kwargs)

    @cached_property
    def referral(self) -> Referral:
        return get_object_or_404(
            Referral.objects.for_pages().select_related("proposal__author"),
            proposal=self.kwargs["pk"],
        )

    def get_object(self) -> Any:
        proposal = super().get_object()
        if not may_answer_referral(self.request.user, self.referral):
            raise PermissionDenied
        return proposal

    def preview(self, form: AnswerForm) -> dict[str, Any]:
        answer = self.drafted(form)
        # Here, for what it refuses is said in the staff's language.
        draft_commitments(answer=answer, promises=self.rows.promises.promises)
        person = self.object.author or self.request.user
        return {
            "referral": self.referral,
            "answer": answer,
            "page": self.as_residents_see_it(answer),
            "mail": notifications.preview_answer(answer, person),
            "reader": person,
        }

    def drafted(self, form: AnswerForm) -> Answer:
        answer = Answer(referral=self.referral, entered_at=timezone.now(), **form.fields_of_answer)
        answer.check_day()
        return answer

    def as_residents_see_it(self, answer: Answer) -> str:
        """The top of the public page as a document of its own, in the proposal's language."""
        known = {code for code, _name in settings.LANGUAGES}
        language = self.object.language
        with translation.override(language if language in known else settings.LANGUAGE_CODE):
            answer.referral = Referral.objects.for_pages().get(pk=self.referral.pk)
            context = {"proposal": self.object, **preview_context(answer, self.rows)}
            return render_to_string("government/staff/answer_page.html", context)

    def send(self, form: AnswerForm) -> None:
        answer_referral(
            user=self.request.user,
            referral=self.referral,
            parts=self.rows.parts.parts,
            promises=self.rows.promises.promises,
            **form.fields_of_answer,
        )
        messages.success(
            self.request,
            _("The answer stands on the page of “%(title)s”. Author and supporters are being told.")
            % {"title": self.object},
        )

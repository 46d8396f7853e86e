"""What the staff pages of assessment share: the committee or round they are about, refusals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from assessment.models import AssessmentRound, Committee
from assessment.permissions import AssessmentRefused, may_run_assessment
from home.staff import StaffPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse


def name_of(committee: Committee) -> str:
    """A committee's name in the active language. One query."""
    same = Committee.objects.filter(translation_key=committee.translation_key)
    return same.localized_names()[committee.translation_key]


class CommitteePage(StaffPage):
    """A page about one committee, for those who run committees."""

    may = may_run_assessment
    header_icon = "group"

    @cached_property
    def committee(self) -> Committee:
        return get_object_or_404(Committee.objects.sources(), pk=self.kwargs["pk"])

    @property
    def home(self) -> str:
        return reverse("committees_admin:committee", args=[self.committee.pk])

    @cached_property
    def committee_name(self) -> str:
        return name_of(self.committee)

    def get_page_subtitle(self) -> str:
        return self.committee_name

    def parents(self) -> list[dict[str, Any]]:
        label = capfirst(str(Committee._meta.verbose_name_plural))
        return [
            {"url": reverse("committees_admin:index"), "label": label},
            {"url": self.home, "label": self.committee_name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            committee=self.committee,
            committee_name=self.committee_name,
            home_url=self.home,
            **kwargs,
        )


class RoundPage(StaffPage):
    """A page about one round of assessment."""

    may = may_run_assessment
    header_icon = "list-ol"

    @cached_property
    def round(self) -> AssessmentRound:
        rows = AssessmentRound.objects.select_related("committee", "call", "protocol")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def home(self) -> str:
        return reverse("assessments_admin:inspect", args=[self.round.pk])

    def get_page_subtitle(self) -> str:
        return str(self.round)

    def parents(self) -> list[dict[str, Any]]:
        label = capfirst(str(AssessmentRound._meta.verbose_name_plural))
        return [
            {"url": reverse("assessments_admin:index"), "label": label},
            {"url": self.home, "label": str(self.round)},
        ]

    def draw(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        return super().draw(status, template, round=self.round, home_url=self.home, **context)


def attempt(request: HttpRequest, act: Callable[[], object], done: Any) -> bool:
    """Do it and say so; or say in words why not. Whether it was done."""
    try:
        act()
    except AssessmentRefused as refused:
        messages.error(request, refused.refusal.label)
        return False
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, done)
    return True


def attempt_form(form: forms.Form, act: Callable[[], object]) -> bool:
    """Do it, or put what is wrong beside the fields; what was typed stays. Whether it was done."""
    try:
        act()
    except AssessmentRefused as refused:
        form.add_error(None, refused.refusal.label)
    except ValidationError as error:
        _put_beside_fields(form, error)
    else:
        return True
    return False


def _put_beside_fields(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = name in form.fields and name != NON_FIELD_ERRORS
        form.add_error(name if known else None, ValidationError(errors))


class FormPage(CommitteePage):
    """A page with one form: draw it, try it, go back to where it belongs."""

    template_name = "assessment/staff/form.html"
    button = _("Save")
    intro: Any = ""

    def make_form(self, data: Any = None) -> Any:
        """The form, bound to `data` if there is any."""
        raise NotImplementedError

    def act(self, form: Any) -> None:
        """What a valid form does."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        return self.home

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if form.is_valid() and attempt_form(form, lambda: self.act(form)):
            messages.success(request, _("Saved."))
            return redirect(self.back)
        return self.show(form)

    def show(self, form: Any) -> HttpResponse:
        return self.draw(
            form=form, media=form.media, button=self.button, back_url=self.back, intro=self.intro
        )

"""One case for the official who opened it: the dossier, the clock, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.ratelimit import rate_limit
from government.actions import (
    CaseMoved,
    ask_extension,
    ask_question,
    forward_case,
    say_not_ours,
)
from government.case_forms import CaseForm, ExtensionForm, ForwardForm, NotOursForm, QuestionForm
from government.case_pages import case_context
from government.dossier_formats import FORMATS
from government.models import Referral
from government.permissions import may_act_in_case
from government.views.case_holders import (
    case_of,
    for_holders,
    open_until,
    shut_out,
    typed_words,
)
from government.views.dossier_files import dossier_response
from home.papers import NotSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from government.models import CaseLink


@dataclass(frozen=True)
class Act:
    """One thing an official may do: its form, its action, and what is said afterwards."""

    form: type[CaseForm]
    do: Callable[..., Any]
    heading: Any
    done: Any


ACTS = {
    "forward": Act(
        ForwardForm,
        forward_case,
        gettext_lazy("Pass the case on"),
        gettext_lazy("The case is passed on. You can go on reading it by your link."),
    ),
    "question": Act(
        QuestionForm,
        ask_question,
        gettext_lazy("Ask a question"),
        gettext_lazy("Your question is public. The reply comes to you by mail."),
    ),
    "extension": Act(
        ExtensionForm,
        ask_extension,
        gettext_lazy("Ask for more time"),
        gettext_lazy("Everybody can see now that you asked for more time."),
    ),
    "not-ours": Act(
        NotOursForm,
        say_not_ours,
        gettext_lazy("Say that it is not yours to decide"),
        gettext_lazy("The case is with our staff again; they put it before the body in charge."),
    ),
}


@require_safe
@for_holders
def case(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """The dossier to read, and the ways to go on."""
    context = {**case_context(link), "until": open_until(request, link), "acts": ACTS}
    return render(request, "government/case.html", context)


@require_safe
@for_holders
@rate_limit("case_dossier", "20/h", methods=("GET", "HEAD"), by=case_of)
def case_dossier(request: HttpRequest, link: CaseLink, name: str) -> HttpResponse:
    """The newest dossier as a file."""
    dossier = link.referral.dossiers.order_by("-number").first()
    if dossier is None or name not in FORMATS:
        raise Http404
    try:
        return dossier_response(dossier.snapshot, name)
    except NotSet:
        messages.error(request, _("The paper could not be made. Try again in a minute."))
        return redirect("government:case", link.referral_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_holders
@rate_limit("case_step", "20/h", by=case_of)
def case_step(request: HttpRequest, link: CaseLink, verb: str) -> HttpResponse:
    """The form of one act; sent, what it does."""
    if verb not in ACTS:
        raise Http404
    referral = Referral.objects.for_pages().get(pk=link.referral_id)
    if not may_act_in_case(link, referral):
        return moved(request, link)
    form = ACTS[verb].form(request.POST or None, link=link, referral=referral)
    if request.method == "POST" and form.is_valid():
        return _act(request, link, verb, form)
    return _form_page(request, verb, form)


def _form_page(request: HttpRequest, verb: str, form: CaseForm) -> HttpResponse:
    context = {"form": form, "verb": verb, "act": ACTS[verb], "referral": form.referral}
    status = 422 if form.errors else 200
    return render(request, "government/case_step.html", context, status=status)


def _act(request: HttpRequest, link: CaseLink, verb: str, form: CaseForm) -> HttpResponse:
    try:
        ACTS[verb].do(link=link, **form.wishes)
    except ValidationError as error:
        form.add_error(None, error)
        return _form_page(request, verb, form)
    except CaseMoved:
        return moved(request, link)
    except PermissionDenied:
        return shut_out(request)
    messages.success(request, ACTS[verb].done)
    return redirect("government:case", link.referral_id)


def moved(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """Somebody was quicker: what stands now, and the words that were typed."""
    context = {**case_context(link), "typed": typed_words(request)}
    return render(request, "government/case_moved.html", context, status=409)

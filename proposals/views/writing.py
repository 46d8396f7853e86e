"""Writing a proposal: from the choice of a call to the page after it is sent in."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import Municipality
from accounts.ratelimit import rate_limit
from proposals import history, states
from proposals.actions import (
    ProposalMoved,
    missing_parts,
    move_proposal,
    save_draft,
    start_draft,
    submit_proposal,
)
from proposals.cleaning import one_line
from proposals.forms import STEPS, StepForm, TitleForm
from proposals.models import CallPage, Category, Proposal
from proposals.permissions import may_edit_proposal, may_move_proposal, what_hinders

if TYPE_CHECKING:
    from collections.abc import Callable

    View = Callable[..., HttpResponse]

NEXT_STEP = {"title": "text", "text": "place", "place": "files"}
STEP_OF_PART = {
    "title": "title",
    "problem": "text",
    "solution": "text",
    "beneficiaries": "text",
    "summary": "text",
    "category": "place",
}
# What the browser sends that nobody typed.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "back", "call", "language"})
PER_PAGE = 50


def for_authors(view: View) -> View:
    """Ask visitors to sign in and lead them back; never lose what they had typed until then."""

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            context = {"next": _way_back(request, **kwargs), **lost(request)}
            return render(request, "proposals/write_signed_out.html", context, status=403)
        return redirect_to_login(request.get_full_path())

    return never_cache(signed_in)


def _way_back(request: HttpRequest, pk: int = 0, step: str = "", **_files: int) -> str:
    """The page that a form stood on: where to go on after signing in."""
    if step:
        return reverse("proposals:edit", args=[pk, step])
    if pk:
        return reverse("proposals:edit", args=[pk])
    call = request.POST.get("call", "")
    return request.path + (f"?call={quote(call)}" if call else "")


def lost(request: HttpRequest) -> dict[str, Any]:
    """What was typed into a form that can no longer be taken, for copying."""
    typed = [
        value.strip()
        for name, values in request.POST.lists()
        if name not in NOT_TYPED
        for value in values
    ]
    return {"typed": "\n\n".join(filter(None, typed))}


def own_proposal(request: HttpRequest, pk: int) -> Proposal:
    """The visitor's own proposal; somebody else's is as good as none."""
    return get_object_or_404(Proposal.objects.for_page(), pk=pk, author=request.user)


def cannot_change(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Say where the proposal is by now, and give back what was typed."""
    proposal.refresh_from_db(fields=["status"])
    context = {"proposal": proposal, **lost(request)}
    return render(request, "proposals/write_closed.html", context, status=409)


def refuse(request: HttpRequest, call: CallPage) -> HttpResponse:
    """Say which rule of the call stands in the way, and what can be done about it."""
    places = {place.pk for place in call.municipalities.all()}
    context = {
        "call": call.localized,
        "rule": what_hinders(request.user, call),
        "phase": call.phase("submission"),
        "places": [place for place in Municipality.objects.in_language() if place.pk in places],
        **lost(request),
    }
    return render(request, "proposals/write_refused.html", context, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("start", "20/h")
def start(request: HttpRequest) -> HttpResponse:
    call = _chosen_call(request)
    if call is None:
        calls = [call.localized for call in _open_calls()]
        return render(request, "proposals/write_start.html", {"calls": calls})
    if what_hinders(request.user, call):
        return refuse(request, call)
    initial = {"language": get_language(), "title": one_line(request.GET.get("title", ""))[:90]}
    form = TitleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        proposal = start_draft(user=request.user, call=call, **form.kept)
        return redirect("proposals:edit", proposal.pk, "text")
    context = {"form": form, "call": call.localized, "slug": call.slug, "step": "title"}
    return render(request, "proposals/write_step.html", context)


def _open_calls() -> list[CallPage]:
    calls = CallPage.objects.sources().in_phase("submission").select_related("locale").distinct()
    return sorted(calls.prefetch_related("phases"), key=CallPage.urgency)


def _chosen_call(request: HttpRequest) -> CallPage | None:
    """The call that the address names, in any language, else the only one there is."""
    slug = one_line(request.POST.get("call") or request.GET.get("call", ""))[:255]
    if page := CallPage.objects.live().filter(slug=slug).select_related("locale").first():
        return page.source
    calls = _open_calls()
    return calls[0] if len(calls) == 1 else None


@require_GET
@never_cache
@rate_limit("similar", "120/m", methods=("GET",))
def similar(request: HttpRequest) -> HttpResponse:
    title = one_line(request.GET.get("title", ""))[:90]
    found = Proposal.objects.public().similar_to(title) if title else []
    return render(request, "proposals/write_similar.html", {"similar": found})


@require_safe
@for_authors
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Straight to where writing goes on: the first part that is missing, else the check."""
    missing = missing_parts(own_proposal(request, pk))
    if missing:
        return redirect("proposals:edit", pk, STEP_OF_PART[missing[0]])
    return redirect("proposals:check", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("edit", "60/m")
def edit_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if not may_edit_proposal(request.user, proposal):
        return cannot_change(request, proposal)
    form = _form_of(step)(request.POST if request.method == "POST" else None, instance=proposal)
    try:
        if form.is_bound and _save(request, form):
            messages.success(request, _("Saved."))
            return _go_on(request, pk, step)
    except PermissionDenied:
        return cannot_change(request, proposal)
    context = {"form": form, "proposal": proposal, "step": step, "back": "back" in request.GET}
    return render(request, "proposals/write_step.html", context)


def _form_of(step: str) -> type[StepForm]:
    if step not in STEPS:
        raise Http404
    return STEPS[step]


def _save(request: HttpRequest, form: StepForm) -> bool:
    """Keep what can be kept; True if that was all. Raises `PermissionDenied`."""
    is_whole = form.is_valid()
    try:
        save_draft(user=request.user, proposal=form.instance, **form.kept)
    except ValidationError as error:  # sent in from another tab just now, and left unfinished here
        form.add_error(None, error.messages[0])
        return False
    return is_whole


def _go_on(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    if "back" in request.GET:
        return redirect("proposals:check", pk)
    if NEXT_STEP[step] == "files":
        return redirect("proposals:files", pk)
    return redirect("proposals:edit", pk, NEXT_STEP[step])


@require_POST
@for_authors
@rate_limit("autosave", "120/m")
def autosave(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    proposal = own_proposal(request, pk)
    form = _form_of(step)(request.POST, instance=proposal, is_autosave=True)
    try:
        return HttpResponse(status=204 if _save(request, form) else 422)
    except PermissionDenied:
        return HttpResponse(status=409)


@require_safe
@for_authors
def check(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if not may_edit_proposal(request.user, proposal):
        return cannot_change(request, proposal)
    missing = [(name, STEP_OF_PART[name]) for name in dict.fromkeys(missing_parts(proposal))]
    context = {
        "proposal": proposal,
        "missing": missing,
        "similar": Proposal.objects.public().similar_to(proposal.title),
        "category": _name(proposal.category),
        "municipality": _name(proposal.municipality),
        "step": "check",
    }
    return render(request, "proposals/write_check.html", context)


def _name(term: Category | Municipality | None) -> str:
    return term and type(term).objects.localized_names()[term.translation_key]


@require_POST
@for_authors
@rate_limit("submit", "20/h")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if proposal.status == Proposal.Status.SUBMITTED:  # the second of two clicks
        return redirect("proposals:done", pk)
    try:
        submit_proposal(user=request.user, proposal=proposal)
    except ValidationError:
        return redirect("proposals:check", pk)
    except PermissionDenied:
        return refuse(request, proposal.call)
    except ProposalMoved as moved:
        if moved.status != Proposal.Status.SUBMITTED:
            return cannot_change(request, proposal)
    return redirect("proposals:done", pk)


@require_safe
@for_authors
def done(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if proposal.status in {Proposal.Status.DRAFT, Proposal.Status.RETURNED}:
        return redirect("proposals:check", pk)
    context = {"proposal": proposal, "next_step": history.next_step(proposal)}
    return render(request, "proposals/done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_authors
@rate_limit("withdraw", "20/h")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if proposal.status == Proposal.Status.WITHDRAWN:
        return redirect("proposals:mine")
    if not states.target(proposal.status, "withdraw"):
        return cannot_change(request, proposal)
    if request.method != "POST" or not may_move_proposal(request.user, proposal, "withdraw"):
        return render(request, "proposals/withdraw.html", {"proposal": proposal})
    try:
        move_proposal(user=request.user, proposal=proposal, verb="withdraw")
    except ProposalMoved:
        return cannot_change(request, proposal)
    messages.success(request, _("Your proposal is withdrawn."))
    return redirect("proposals:mine")


@require_safe
@for_authors
def mine(request: HttpRequest) -> HttpResponse:
    turn = Case(When(status__in=["draft", "returned"], then=Value(0)), default=Value(1))
    proposals = (
        Proposal.objects.filter(author=request.user)
        .for_list()
        .prefetch_related("call__phases", "status_changes")
        .select_related("call")
        .order_by(turn, "-changed_at", "-pk")
    )
    pages = Paginator(proposals, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(proposal, history.next_step(proposal)) for proposal in pages]
    return render(request, "proposals/mine.html", {"pages": pages, "rows": rows})

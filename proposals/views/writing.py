"""Writing a proposal: from the choice of a call to the page after it is sent in."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from home.posting import posts_from
from proposals import history, states
from proposals.actions import (
    ProposalMoved,
    missing_parts,
    move_proposal,
    save_draft,
    start_draft,
    submit_proposal,
)
from proposals.authorship import may_amend_proposal
from proposals.cleaning import one_line
from proposals.forms import STEPS, StepForm, TitleForm
from proposals.keys import is_key, new_key
from proposals.models import CallPage, Category, Proposal
from proposals.ownerless import start_ownerless_draft
from proposals.permissions import may_edit_proposal, may_move_proposal, what_hinders
from proposals.views.holders import (
    drafts_held,
    for_authors,
    for_holders,
    held_key,
    hold,
    lost,
    own_proposal,
    way_back,
    writer_of,
)

NEXT_STEP = {"title": "text", "text": "place", "place": "files"}
STEP_OF_PART = {
    "title": "title",
    "problem": "text",
    "solution": "text",
    "beneficiaries": "text",
    "summary": "text",
    "category": "place",
}
PER_PAGE = 50


def cannot_change(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Say where the proposal is by now, and give back what was typed."""
    proposal.refresh_from_db(fields=["status"])
    may_amend = may_amend_proposal(request.user, proposal)
    context = {"proposal": proposal, "may_amend": may_amend, **lost(request)}
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
@never_cache
@rate_limit("start-day", "200/d")
@rate_limit("start", "40/h")
def start(request: HttpRequest) -> HttpResponse:
    begun = {"begun": drafts_held(request)}
    call = _chosen_call(request)
    if call is None:
        calls = [call.localized for call in _open_calls()]
        return render(request, "proposals/write_start.html", {"calls": calls, **begun})
    if what_hinders(request.user, call):
        return refuse(request, call)
    initial = {"language": get_language(), "title": one_line(request.GET.get("title", ""))[:90]}
    form = TitleForm(request.POST if request.method == "POST" else None, initial=initial)
    key = _key_of(request)
    if form.is_bound and form.is_valid():
        return redirect("proposals:edit", _begin(request, call, key, form).pk, "text")
    context = {"form": form, "call": call.localized, "slug": call.slug, "key": key}
    return render(request, "proposals/write_step.html", {**context, **begun, "step": "title"})


def _key_of(request: HttpRequest) -> str:
    """The key that the form carries since it was opened, so that two clicks make one draft."""
    sent = request.POST.get("key", "")
    return sent if is_key(sent) else new_key()


def _begin(request: HttpRequest, call: CallPage, key: str, form: TitleForm) -> Proposal:
    if request.user.is_authenticated:
        return start_draft(user=request.user, call=call, **form.kept)
    proposal = start_ownerless_draft(call=call, key=key, **form.kept)
    hold(request, proposal.pk, key)
    return proposal


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
@for_holders
def edit(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Straight to where writing goes on: the first part that is missing, else the check."""
    if missing := missing_parts(proposal):
        return redirect("proposals:edit", proposal.pk, STEP_OF_PART[missing[0]])
    return redirect("proposals:check", proposal.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_holders
@rate_limit("edit", "60/m", by=writer_of)
def edit_step(request: HttpRequest, proposal: Proposal, step: str) -> HttpResponse:
    if not may_edit_proposal(request.user, proposal, held_key(request, proposal.pk)):
        return cannot_change(request, proposal)
    form = _form_of(step)(request.POST if request.method == "POST" else None, instance=proposal)
    try:
        if form.is_bound and _save(request, form):
            messages.success(request, _("Saved."))
            return _go_on(request, proposal.pk, step)
    except PermissionDenied:
        return cannot_change(request, proposal)
    context = {"form": form, "proposal": proposal, "step": step, "back": "back" in request.GET}
    page = {**context, **way_back(request, proposal)}
    return render(request, "proposals/write_step.html", page)


def _form_of(step: str) -> type[StepForm]:
    if step not in STEPS:
        raise Http404
    return STEPS[step]


def _save(request: HttpRequest, form: StepForm) -> bool:
    """Keep what can be kept; True if that was all. Raises `PermissionDenied`."""
    is_whole, draft = form.is_valid(), form.instance
    key = held_key(request, draft.pk)
    try:
        save_draft(user=request.user, proposal=draft, key=key, **form.kept)
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
@for_holders
@rate_limit("autosave", "120/m", by=writer_of)
def autosave(request: HttpRequest, proposal: Proposal, step: str) -> HttpResponse:
    form = _form_of(step)(request.POST, instance=proposal, is_autosave=True)
    try:
        return HttpResponse(status=204 if _save(request, form) else 422)
    except PermissionDenied:
        return HttpResponse(status=409)


@require_safe
@for_holders
def check(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    if not may_edit_proposal(request.user, proposal, held_key(request, proposal.pk)):
        return cannot_change(request, proposal)
    missing = [(name, STEP_OF_PART[name]) for name in dict.fromkeys(missing_parts(proposal))]
    context = {
        "proposal": proposal,
        "missing": missing,
        "similar": Proposal.objects.public().similar_to(proposal.title),
        "category": _name(proposal.category),
        "municipality": _name(proposal.municipality),
        "step": "check",
        **way_back(request, proposal),
    }
    return render(request, "proposals/write_check.html", context)


def _name(term: Category | Municipality | None) -> str:
    return term and type(term).objects.localized_names()[term.translation_key]


@posts_from("proposals:check")
@for_authors
@rate_limit("submit", "20/h")
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = own_proposal(request, pk)
    if proposal.status == Proposal.Status.SUBMITTED:  # the second of two clicks
        return redirect("proposals:done", pk)
    try:
        submit_proposal(user=request.user, proposal=proposal)
    except ValidationError:
        messages.error(request, _("It is not sent in yet: something is missing."))
        return redirect(f"{reverse('proposals:check', args=[pk])}#missing")
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
        Proposal.objects.written_by(request.user)
        .for_list()
        .prefetch_related("call__phases", "status_changes")
        .select_related("call", "appeal")
        .order_by(turn, "-changed_at", "-pk")
    )
    pages = Paginator(proposals, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(proposal, history.next_step(proposal)) for proposal in pages]
    context = {"pages": pages, "rows": rows, "begun": drafts_held(request)}
    return render(request, "proposals/mine.html", context)

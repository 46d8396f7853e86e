"""Casting a ballot over HTTP: one POST, whatever goes wrong gives back what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from voting.actions import OtherRules, StaleForm, VoteRefused, cast_ballot, withdraw_ballot
from voting.ballots import Ballot, last_ballot
from voting.choices import ChoiceRefused
from voting.forms import BallotForm
from voting.models import Round
from voting.origins import origin_of
from voting.uncast import drop_marks, keep_marks
from voting.views.rounds import draw_ballot, draw_round, find_round

if TYPE_CHECKING:
    from django.http import HttpRequest


@never_cache
@rate_limit("ballot", "60/m", cache="memory")  # the ledger refuses doubles anyway
@require_http_methods(["GET", "HEAD", "POST"])
def cast(request: HttpRequest, pk: int) -> HttpResponse:
    """Cast or change a ballot; the signed-out keep their choice while they sign in."""
    round_ = _find_ballot(request, pk)
    if request.method != "POST":
        return redirect(round_)
    form = BallotForm(round_, request.POST)
    if form.is_outdated:
        return _again(request, round_, form, 409)
    if not form.is_valid():
        return _again(request, round_, form, 422)
    if not request.user.is_authenticated and round_.is_open:
        keep_marks(request, round_, form.marks)
        return redirect_to_login(round_.get_absolute_url())
    return _cast(request, round_, form)


def _cast(request: HttpRequest, round_: Round, form: BallotForm) -> HttpResponse:
    seen = {"seen_gen": form.cleaned_data["gen"], "seen_rules": bytes(round_.rules_hash)}
    wish = {"choice": form.choice, **seen}
    if request.user.is_authenticated:
        wish["origin"] = origin_of(request)
    try:
        standing = cast_ballot(user=request.user, round_id=round_.pk, **wish)
    except (OtherRules, StaleForm):
        return _again(request, round_, form, 409)
    except ChoiceRefused as refused:
        form.refuse(refused.fault, refused.option)
        return _again(request, round_, form, 422)
    except VoteRefused:
        return _again(request, round_, form, 403)
    drop_marks(request, round_)
    messages.success(request, _("Your ballot is in. This is its receipt."))
    return redirect("voting:receipt", standing.event.uuid if standing.event else "")


@never_cache
@rate_limit("ballot", "60/m", cache="memory")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a ballot back altogether; another may be cast until the close."""
    round_ = _find_ballot(request, pk)
    if not request.user.is_authenticated:
        return redirect_to_login(round_.get_absolute_url())
    form = BallotForm(round_, request.POST)
    if request.method != "POST" or "gen" in form.errors:
        return redirect(round_)
    try:
        withdraw_ballot(user=request.user, round_id=pk, seen_gen=form.cleaned_data["gen"])
    except StaleForm:
        return _again(request, round_, None, 409)
    except VoteRefused:
        return _again(request, round_, None, 403)
    messages.success(request, _("Your ballot is taken back. You can cast another until the close."))
    return redirect(round_)


@never_cache
@rate_limit("keep_ballot", "120/m", cache="memory")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is marked so far: a script sends it after a pause, people without by a button."""
    round_ = _find_ballot(request, pk)
    if request.method != "POST":
        return redirect(round_)
    form = BallotForm(round_, request.POST)
    may_keep = round_.is_open and not form.is_outdated
    if may_keep:
        keep_marks(request, round_, form.marks, last_ballot(request.user, round_))
    if request.headers.get("X-Autosave"):
        return HttpResponse(status=204 if may_keep else 409)
    return redirect(round_) if may_keep else _again(request, round_, form, 409)


def _find_ballot(request: HttpRequest, pk: int) -> Round:
    round_ = find_round(request, pk)
    if round_.method == Round.Method.SUPPORT:
        raise Http404
    return round_


def _again(
    request: HttpRequest, round_: Round, form: BallotForm | None, status: int
) -> HttpResponse:
    """The page as it stands now, with what the person marked, on it or beside it.

    Of a form of other rules nothing is shown by its numbers.
    """
    round_.refresh_from_db()
    if changed := form is not None and form.is_outdated:
        form, status = None, 409
    if not round_.is_open:
        tried = Ballot(round_, request.user, marks=form.marks).marked if form else []
        return draw_round(request, round_, status=403, tried=tried, too_late=True)
    if form:
        keep_marks(request, round_, form.marks, last_ballot(request.user, round_))
    return draw_ballot(request, round_, form, status=status, changed=changed)

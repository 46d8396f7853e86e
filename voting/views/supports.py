"""Supporting a proposal over HTTP: one POST, or a page to confirm on after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from proposals.models import Proposal
from voting.actions import StaleForm, VoteRefused, cast_support, withdraw_support
from voting.forms import SupportForm
from voting.models import Round
from voting.origins import origin_of
from voting.panels import draw
from voting.supports import SupportBook, SupportPanel

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from voting.actions import Standing

PAGE = "voting/support.html"


@rate_limit("support", "60/m", cache="memory")  # the ledger refuses doubles anyway
@login_required
@require_http_methods(["GET", "POST"])
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks to confirm (where a signed-out click ends up); POST gives or takes support."""
    if request.method == "GET":
        return _ask(request, pk)
    form = SupportForm(request.POST)
    if not form.is_valid():
        return _ask(request, pk, status=400)
    try:
        standing = _act(request, pk, form.cleaned_data)
    except Round.DoesNotExist:
        raise Http404 from None
    except StaleForm:
        return _ask(request, pk, status=409, stale=True)
    except VoteRefused:
        return _ask(request, pk, status=403)
    if not request.htmx:
        return redirect(_back(request, pk, form.cleaned_data["next"]))
    return _panel(request, standing, form.cleaned_data)


def _act(request: HttpRequest, pk: int, fields: dict[str, Any]) -> Standing:
    wish = {"user": request.user, "proposal_id": pk, "seen_gen": fields["gen"]}
    if fields["stands"]:
        return cast_support(**wish, origin=origin_of(request))
    return withdraw_support(**wish)


def _panel(request: HttpRequest, standing: Standing, fields: dict[str, Any]) -> HttpResponse:
    """The button as it is now."""
    panel, title = SupportPanel.after(standing), standing.round.proposal_title or ""
    return HttpResponse(_drawn(request, panel, title, large=fields["large"], back=fields["next"]))


def _drawn(
    request: HttpRequest, panel: SupportPanel, title: str, *, back: str, **how: bool
) -> SafeString:
    next_url = back or request.get_full_path()
    return draw(panel, title, token=get_token(request), next_url=next_url, **how)


def _ask(request: HttpRequest, pk: int, *, status: int = 200, stale: bool = False) -> HttpResponse:
    """The present state of one proposal's support, with the button to change it."""
    proposal = get_object_or_404(Proposal.objects.public().for_list(), pk=pk)
    panel = SupportBook([proposal], request.user).panel(proposal)
    how = {"large": bool(request.POST.get("large", not request.htmx)), "stale": stale}
    back = request.GET.get("next", "")
    drawn = _drawn(request, panel, proposal.title, back=back, **how) if panel else ""
    if request.htmx:
        # htmx shows the body of a 422; any other refusal it would only report.
        return HttpResponse(drawn, status=422)
    return render(request, PAGE, {"proposal": proposal, "drawn": drawn}, status=status)


def _back(request: HttpRequest, pk: int, wanted: str) -> str:
    """Where the person came from, if that is on this site; else the proposal."""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return f"{wanted}#support-{pk}" if allowed else Proposal(pk=pk).get_absolute_url()

"""What residents see of a commitment: telling it, and the photos that came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.ratelimit import rate_limit
from government.actions.observations import (
    ObservationDecided,
    send_observation,
    take_back_observation,
)
from government.commitment_forms import ObservationForm
from government.models import Commitment, Observation
from government.permissions import may_see_observation, may_send_observation
from proposals.views.files import hand_out
from proposals.views.holders import for_authors, lost

if TYPE_CHECKING:
    from django.http import FileResponse, HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("observe-day", "30/d")
@rate_limit("observe", "10/h")
def observe(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request)
    commitment = get_object_or_404(Commitment.objects.public().for_pages(), pk=pk)
    if not may_send_observation(request.user, commitment):
        context = {"commitment": commitment, **lost(request)}
        return render(request, "government/observe_refused.html", context, status=403)
    is_post = request.method == "POST"
    form = ObservationForm(request.POST, request.FILES) if is_post else ObservationForm()
    if is_post and form.is_valid() and _sent(request, commitment, form):
        messages.success(request, _("Thank you. Our staff read it before everybody can."))
        return redirect(commitment)
    return render(request, "government/observe.html", {"commitment": commitment, "form": form})


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back; what was typed in before the session ran out is shown to copy."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    context = {"next": request.path, **lost(request)}
    return render(request, "government/observe_signed_out.html", context, status=403)


def _sent(request: HttpRequest, commitment: Commitment, form: ObservationForm) -> bool:
    """Keep it, or say on the form why not."""
    try:
        send_observation(user=request.user, commitment=commitment, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages[0])
    except PermissionDenied:  # dropped in the meantime
        form.add_error(None, _("Nothing can be said about this commitment any more."))
    else:
        return True
    return False


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_authors
@rate_limit("take-back-observation", "30/h")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody said, and the button that makes it unsaid."""
    rows = Observation.objects.filter(author=request.user).select_related("commitment__proposal")
    observation = get_object_or_404(rows, pk=pk)
    if request.method == "POST":
        return _taken_back(request, observation)
    return render(request, "government/take_back.html", {"observation": observation})


def _taken_back(request: HttpRequest, observation: Observation) -> HttpResponse:
    try:
        take_back_observation(user=request.user, observation=observation)
    except ObservationDecided:
        messages.warning(request, _("It is not shown and does not wait any more."))
    else:
        messages.success(request, _("Taken back. Your words and the photo are deleted."))
    return redirect(observation.commitment)


@require_safe
def observation_photo(request: HttpRequest, pk: int) -> FileResponse:
    rows = Observation.objects.select_related("commitment__proposal")
    observation = get_object_or_404(rows, pk=pk)
    if not observation.photo or not may_see_observation(request.user, observation):
        raise Http404
    return hand_out(observation.photo, observation.photo.name)

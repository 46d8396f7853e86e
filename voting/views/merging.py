"""What becomes of one's support when proposals are merged: one link, without signing in.

These pages keep the default Referrer-Policy, which tells other sites nothing: with "no-referrer"
browsers send a form without its origin, and it would be refused as a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from proposals.models import Merge
from voting.actions import VoteRefused
from voting.actions.merging import MergeEnded, NothingToMove, answer_merge
from voting.forms import MergeForm
from voting.merge_links import BadLink, read_token
from voting.merges import standing_in
from voting.models import Round

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("merge-choice", "60/h")
def merge_choice(request: HttpRequest, token: str) -> HttpResponse:
    """Move, leave or take back. Opening the link does nothing, so no mail program can vote."""
    try:
        merge, person = _concerned(token)
    except (BadLink, Merge.DoesNotExist, get_user_model().DoesNotExist):
        return _draw(request, status=404)
    if request.user.is_authenticated and request.user.pk != person.pk:
        return _draw(request, status=403, merge=merge, is_other=True)
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _answer(request, merge, person, form)
    return _draw(request, merge=merge, person=person, form=form)


def _concerned(token: str) -> tuple[Merge, User]:
    number, person = read_token(token)
    people = get_user_model().objects.filter(is_active=True)
    return Merge.objects.with_parts().get(pk=number), people.get(pk=person)


def _answer(request: HttpRequest, merge: Merge, person: User, form: MergeForm) -> HttpResponse:
    """Keep the answer and show it, or say why nothing was changed."""
    try:
        answer_merge(user=person, merge=merge, **form.cleaned_data)
    except (MergeEnded, NothingToMove, Round.DoesNotExist):
        merge = Merge.objects.with_parts().get(pk=merge.pk)
        return _draw(request, status=409, merge=merge, person=person, form=form)
    except VoteRefused as refused:
        form.add_error(None, str(refused.refusal.label))
        form.add_error(None, _("Nothing was changed."))
        return _draw(request, status=409, merge=merge, person=person, form=form)
    messages.success(request, _("Your choice is kept. You can change it until the time is over."))
    return redirect(request.path)


def _draw(
    request: HttpRequest,
    *,
    status: int = 200,
    merge: Merge | None = None,
    person: User | None = None,
    form: MergeForm | None = None,
    **context: Any,
) -> HttpResponse:
    """The page in each of its states; of a person it says nothing but how their support stands."""
    if merge and person:
        context["standing"] = standing = standing_in(merge, person)
        if form and not form.is_bound:
            form = MergeForm(initial={"choice": standing.choice})
        if status == 200 and not (merge.takes_answers or standing.choice):
            status = 410
    shown = {"merge": merge, "form": form, **context}
    response = render(request, "voting/merge_choice.html", shown, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response

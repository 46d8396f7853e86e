"""What the author of a proposal answers to a merge, by the link in their mail.

These pages keep the default Referrer-Policy, which tells other sites nothing: with "no-referrer"
browsers send a form without its origin, and it would be refused as a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.ratelimit import rate_limit
from proposals.actions.merging import MergeOver, answer_as_author
from proposals.keys import hash_of, is_key
from proposals.models import Merge, MergePart
from proposals.shared_forms import ConsentForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

State = Merge.State


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("merge-consent", "30/h")
def consent(request: HttpRequest, key: str) -> HttpResponse:
    """Agree or not. Opening the link answers nothing, so a mail program that looks at it does no
    harm; while others are still asked, the answer can be changed.
    """
    part = _part_of(key)
    if part is None:
        return _draw(request, None, 404)
    if request.user.is_authenticated and part.asked_id != request.user.pk:
        return _draw(request, part, 403, is_other=True)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            answer_as_author(part=part, **form.cleaned_data)
        except MergeOver:
            return _draw(request, _part_of(key), 409)
        messages.success(request, _("Your answer is kept."))
        return redirect(request.path)
    if not form.is_bound and part.answer:
        form = ConsentForm(initial={"agrees": part.answer})
    return _draw(request, part, 200, form=form)


def _part_of(key: str) -> MergePart | None:
    """The part of a merge that the key in the address belongs to, with all of the merge."""
    rows = MergePart.objects.select_related("proposal", "merge")
    part = rows.filter(key_hash=hash_of(key)).first() if is_key(key) else None
    if part is not None:
        part.merge = Merge.objects.with_parts().get(pk=part.merge_id)
    return part


def _draw(
    request: HttpRequest, part: MergePart | None, status: int, **context: object
) -> HttpResponse:
    merge = part and part.merge
    asks = bool(merge and merge.state == State.ASKING and merge.due_at > timezone.now())
    shown = {"part": part, "merge": merge, "asks": asks, **context}
    if merge and not asks and status == 200:
        status = 410 if not part.answer else 200
    response = render(request, "proposals/merge_consent.html", shown, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response

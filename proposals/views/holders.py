"""Who is let in to write: authors, and whoever's browser holds the key to a draft without one.

Keys come by the private link and lie in the session from then on, never in another address.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.ratelimit import source_of
from proposals.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]

SESSION = "draft_keys"
# More than one browser begins in good faith; a session must not grow without end.
HELD_MAX = 20
# What the browser sends that nobody typed.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "back", "call", "key", "language"})


# The same for a draft that never was: nobody learns from it which numbers there are.
HOW_A_DRAFT_OPENS = _(
    "A draft opens only in the browser it was written in, by its own link, or once you have signed"
    " in to the account it belongs to."
)


# Keys in the session -----------------------------------------------------------------------------


def held_keys(request: HttpRequest) -> dict[str, str]:
    """Keys that this browser holds, by the number of their draft."""
    return request.session.get(SESSION, {})


def held_key(request: HttpRequest, pk: int) -> str:
    """The key to one draft, or ""."""
    return held_keys(request).get(str(pk), "")


def hold(request: HttpRequest, pk: int, key: str) -> None:
    """Remember a key; of too many the oldest is forgotten, and its link still works."""
    keys = {**held_keys(request), str(pk): key}
    request.session[SESSION] = dict(list(keys.items())[-HELD_MAX:])


def let_go(request: HttpRequest, pk: int) -> None:
    """Forget the key to one draft."""
    rest = {number: key for number, key in held_keys(request).items() if number != str(pk)}
    request.session[SESSION] = rest


def drafts_held(request: HttpRequest) -> list[Proposal]:
    """Drafts begun in this browser that have no author yet. One query, none without a key."""
    keys = held_keys(request).values()
    return list(Proposal.objects.opened_by(*keys).order_by("-changed_at")) if keys else []


def way_back(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """For the page: the private link of a draft without an author; nothing for any other."""
    if proposal.author_id:
        return {}
    link = reverse("proposals:open", args=[held_key(request, proposal.pk)])
    return {"link": request.build_absolute_uri(link)}


# Who is let in -----------------------------------------------------------------------------------


def for_authors(view: View) -> View:
    """Ask visitors to sign in and lead them back; never lose what they had typed until then."""

    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _ask_to_sign_in(request, **kwargs)

    return never_cache(signed_in)


def for_holders(view: View) -> View:
    """Hand the view the proposal: one's own, or the draft that a key in this browser opens."""

    @wraps(view)
    def let_in(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        keys = filter(None, [held_key(request, pk)])
        in_hands = Proposal.objects.in_hands_of(request.user, *keys).for_page()
        if proposal := in_hands.filter(pk=pk).first():
            return view(request, proposal, **kwargs)
        if request.user.is_authenticated:
            return not_here(request)
        if request.method != "POST":
            messages.info(request, HOW_A_DRAFT_OPENS)
        return _ask_to_sign_in(request, pk=pk, **kwargs)

    return never_cache(let_in)


def own_proposal(request: HttpRequest, pk: int) -> Proposal:
    """The proposal if the visitor is among its authors; somebody else's is as good as none."""
    return get_object_or_404(Proposal.objects.written_by(request.user).for_page(), pk=pk)


def writer_of(request: HttpRequest, proposal: Proposal, **_step: str) -> str:
    """Who is counted: the person, else the draft; a whole school may write behind one address."""
    return source_of(request) if request.user.is_authenticated else f"draft-{proposal.pk}"


def not_here(request: HttpRequest) -> HttpResponse:
    """No such draft for this person; the same for one that never was."""
    return render(request, "proposals/write_not_here.html", lost(request), status=404)


def _ask_to_sign_in(
    request: HttpRequest, pk: int = 0, step: str = "", **_files: int
) -> HttpResponse:
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    page = reverse("proposals:edit", args=[pk, step] if step else [pk])
    context = {"next": page, **lost(request)}
    return render(request, "proposals/write_signed_out.html", context, status=403)


def lost(request: HttpRequest) -> dict[str, Any]:
    """What was typed into a form that can no longer be taken, for copying."""
    typed = [
        value.strip()
        for name, values in request.POST.lists()
        if name not in NOT_TYPED
        for value in values
    ]
    return {"typed": "\n\n".join(filter(None, typed))}

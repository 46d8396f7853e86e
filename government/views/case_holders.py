"""Who is let in to a case: whose browser came by its link, and typed the code from the mail.

The key leaves the address at once; from then on the session knows the link's number, and after
the code until when it is open. Every request looks at the link again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from government.models import AnswerPart, CaseLink
from government.permissions import may_read_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]

SESSION, REFUSED = "case_links", "case_refused"
HELD_MAX = 20
# Stated on the page: how long a browser may go on after the code.
OPEN_FOR = timedelta(hours=4)
# Fields that hold what somebody wrote or decided; in a row their names have a number in front.
ANSWERED = ("words", "text", "what", "outcome", "reasons")
PROMISED = ("owner_name", "due_on", "amount", "budget_line")


def present(request: HttpRequest, link: CaseLink) -> None:
    """Remember that this browser came by the link; it opens nothing before the code.

    A case that the same link has opened here stays open: a second click must not shut it.
    """
    held, key = dict(request.session.get(SESSION, {})), str(link.referral_id)
    row = held.pop(key, {})
    held[key] = row if row.get("link") == link.pk else {"link": link.pk}
    request.session[SESSION] = dict(list(held.items())[-HELD_MAX:])
    request.session.pop(REFUSED, None)


def let_in(request: HttpRequest, link: CaseLink) -> None:
    """Open the case to this browser for a while; the session gets a new name."""
    request.session.cycle_key()
    until = timezone.now() + OPEN_FOR
    held = request.session.get(SESSION, {})
    row = {"link": link.pk, "until": until.timestamp()}
    request.session[SESSION] = {**held, str(link.referral_id): row}


def forget(request: HttpRequest, pk: int) -> None:
    """Forget the case on this device."""
    held = request.session.get(SESSION, {})
    request.session[SESSION] = {key: row for key, row in held.items() if key != str(pk)}


def refuse(request: HttpRequest, link: CaseLink | None) -> None:
    """Remember which link was refused, for the page that says why and sends a new one."""
    request.session[REFUSED] = link.pk if link else 0


def held_link(request: HttpRequest, pk: int) -> CaseLink | None:
    """The link to this case that the browser came by, if it was not taken away. One query."""
    row = request.session.get(SESSION, {}).get(str(pk))
    if row is None:
        return None
    rows = CaseLink.objects.select_related("official", "referral__proposal", "referral__body")
    link = rows.filter(pk=row["link"], referral=pk).first()
    return link if link and may_read_case(link) else None


def open_until(request: HttpRequest, link: CaseLink) -> datetime | None:
    """Until when the browser may read the case; None before the code and when time is over."""
    row = request.session.get(SESSION, {}).get(str(link.referral_id), {})
    if row.get("link") != link.pk or "until" not in row:
        return None
    until = datetime.fromtimestamp(row["until"], UTC)
    return until if until > timezone.now() else None


def for_presenters(view: View) -> View:
    """Hand the view the link that the browser came by, whether a code was typed in or not."""

    @wraps(view)
    def handed(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        link = held_link(request, pk)
        return shut_out(request) if link is None else view(request, link, **kwargs)

    return never_cache(handed)


def for_holders(view: View) -> View:
    """Hand the view the link of a case that the code has opened to this browser."""

    @wraps(view)
    def opened(request: HttpRequest, link: CaseLink, **kwargs: Any) -> HttpResponse:
        if open_until(request, link) is None:
            return shut_out(request, link)
        return view(request, link, **kwargs)

    return for_presenters(opened)


def shut_out(request: HttpRequest, link: CaseLink | None = None) -> HttpResponse:
    """To the code, or to the page that says how a case opens; what was typed is kept."""
    if request.method == "POST":
        context = {"typed": typed_words(request), "link": link}
        return render(request, "government/case_shut.html", context, status=403)
    if link is not None:
        return redirect("government:case_code", link.referral_id)
    return redirect("government:case_refused")


def typed_words(request: HttpRequest) -> str:
    """What somebody put into a form that can no longer be taken, for copying."""
    decided = dict(AnswerPart.Outcome.choices)
    typed = [
        str(decided.get(value, value)).strip()
        for name, values in request.POST.lists()
        if name.rpartition("-")[2] in (*ANSWERED, *PROMISED)
        for value in values
    ]
    return "\n\n".join(filter(None, typed))


def case_of(_request: HttpRequest, link: CaseLink, **_kwargs: Any) -> str:
    """Who is counted: the person a case was given to, on whatever device."""
    return f"case-{link.referral_id}-{link.official_id}"

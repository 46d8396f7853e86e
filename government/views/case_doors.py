"""The way into a case: the link, the code, a fresh link, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.ratelimit import rate_limit, take_ticket
from government.actions.links import note_opening, renew_link
from government.case_forms import CodeForm
from government.case_notifications import tell_code
from government.models import CaseLink
from government.permissions import may_read_case
from government.views.case_holders import (
    REFUSED,
    case_of,
    for_presenters,
    forget,
    let_in,
    open_until,
    present,
    refuse,
)
from home.posting import posts_from

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DAY = 24 * 60 * 60
FRESH_LINKS_A_DAY = 3


@require_safe
@never_cache
@rate_limit("open_case", "60/h", methods=("GET", "HEAD"))
def open_case(request: HttpRequest, key: str) -> HttpResponse:
    """Move the key out of the address; mail programs open links too, so no code is sent yet."""
    link = CaseLink.objects.opened_by(key)
    if link is not None and link.is_alive and may_read_case(link):
        present(request, link)
        response = redirect("government:case_code", link.referral_id)
    else:
        refuse(request, link)
        response = redirect("government:case_refused")
    # On this answer alone: a page with a form would send its POST without an origin, and CSRF
    # protection would refuse it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limit("fresh_link", "5/h")
def case_refused(request: HttpRequest) -> HttpResponse:
    """Why a link opens nothing, and the button that sends a fresh one: to the address on file."""
    number = request.session.get(REFUSED)
    link = CaseLink.objects.filter(pk=number).select_related("official", "referral").first()
    if request.method == "POST":
        _send_fresh(link)
        messages.success(request, _said_whatever_it_was())
        return redirect("government:case_refused")
    state = "closed" if number is None else link.state if link else "unknown"
    if link and not may_read_case(link):
        state = CaseLink.Ending.REVOKED
    return render(request, "government/case_refused.html", {"state": state})


def _send_fresh(link: CaseLink | None) -> None:
    if link is None:
        return
    key = f"fresh:{link.referral_id}:{link.official_id}"
    if take_ticket(key, FRESH_LINKS_A_DAY, DAY):
        renew_link(link)


def _said_whatever_it_was() -> str:
    return _(
        "If the link was once yours and the case still waits for you, a fresh link is on its way to"
        " your address. It can take some minutes."
    )


@require_safe
@for_presenters
def case_code(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """Where the code goes, and where it is typed in."""
    if open_until(request, link) is not None:
        return redirect("government:case", link.referral_id)
    return _code_page(request, link, CodeForm())


def _code_page(
    request: HttpRequest, link: CaseLink, form: CodeForm, status: int = 200
) -> HttpResponse:
    context = {"link": link, "form": form, "referral": link.referral}
    return render(request, "government/case_code.html", context, status=status)


@posts_from("government:case_code")
@for_presenters
@rate_limit("case_code", "5/h", by=case_of)
def send_code(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """Mail six digits to the address on file."""
    tell_code(link)
    words = _("A code is on its way to %(address)s. It works for 15 minutes.")
    messages.success(request, words % {"address": link.official.masked_email})
    return redirect("government:case_code", link.referral_id)


@posts_from("government:case_code")
@for_presenters
@rate_limit("enter_code", "30/h", by=case_of)
def enter_code(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """Let the browser in, or say how many tries are left."""
    form = CodeForm(request.POST)
    if form.is_valid() and link.use_code(form.cleaned_data["code"]):
        let_in(request, link)
        note_opening(link)
        return redirect("government:case", link.referral_id)
    if form.is_valid():
        form.add_error("code", _what_is_wrong(link))
    return _code_page(request, link, form, status=422)


def _what_is_wrong(link: CaseLink) -> str:
    if not link.takes_code:
        return _("No code is waiting for you, or it has expired. Send another code.")
    text = ngettext(
        "This is not the code of the last mail. %(count)d try is left.",
        "This is not the code of the last mail. %(count)d tries are left.",
        link.tries_left,
    )
    return text % {"count": link.tries_left}


@require_POST
@for_presenters
def leave_case(request: HttpRequest, link: CaseLink) -> HttpResponse:
    """Forget the case on this device."""
    forget(request, link.referral_id)
    messages.success(request, _("This device has forgotten the case. Its link opens it again."))
    return redirect("government:case_refused")

"""What is answered to a form that does not prove whose it is; Django's middleware asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.resend import is_from_here, posted_fields

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def refuse_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse it, and offer to send it again if a page of ours sent it: it is older than a sign-in.

    Another site's form gets none of its fields back.
    """
    again = posted_fields(request) if is_from_here(request) else []
    response = render(request, "403_csrf.html", {"again": again}, status=403)
    add_never_cache_headers(response)
    return response

"""What somebody posted, so that a page that had to refuse it can offer to send it again.

For refusals that pass: a form from before a sign-in, too many tries. No view of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

    Fields = list[tuple[str, str]]

# Bytes on the wire: a long proposal in Cyrillic takes 200,000.
ROOM = 500_000
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def posted_fields(request: HttpRequest) -> Fields:
    """Names and values to send again, without passwords; none of a sign-in, of files, of too much.

    Whoever draws them has to know that the request was the person's own: `is_from_here`, or the
    token's check. Otherwise another site's form would need but one press to be taken.
    """
    if request.method != "POST" or _is_about_signing_in(request) or _is_too_much(request):
        return []
    if request.FILES:
        return []  # A page cannot hold files, and without them it would be another form.
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN and "password" not in name
    ]


def is_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this very site sent the request."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _is_about_signing_in(request: HttpRequest) -> bool:
    """Whether it went to allauth, whose forms hold passwords and codes and little else."""
    match = request.resolver_match
    return match is not None and match.view_name.startswith("account_")


def _is_too_much(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > ROOM

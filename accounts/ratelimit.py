"""How often one person may do one thing: a fixed window counted in Django's cache."""

from __future__ import annotations

import logging
import secrets
import time
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache as default_cache
from django.core.cache import caches
from django.shortcuts import render

from accounts.resend import posted_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.cache import BaseCache
    from django.http import HttpRequest, HttpResponse

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
logger = logging.getLogger(__name__)


def rate_limit(
    name: str,
    rate: str,
    methods: tuple[str, ...] = ("POST",),
    by: Callable[..., str] | None = None,
    cache: str = "default",
) -> Callable:
    """Refuse with 429 after `rate`, such as "60/m" or "5/h", a person or an address.

    `by` takes what the view takes and names somebody else to count. Limits of one name share a
    count. It holds over several workers if they share the cache; in "memory", which costs no
    query, each worker counts for itself.
    """
    amount, _per, unit = rate.partition("/")
    limit, seconds = int(amount), SECONDS[unit]

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return view(request, *args, **kwargs)
            who = by(request, *args, **kwargs) if by else source_of(request)
            try:
                taken = take_ticket(f"rate:{name}:{who}", limit, seconds, caches[cache])
            except Exception:  # every cache raises its own
                # Uncounted tries would be unlimited tries: a broken cache closes the door.
                logger.exception("The cache is down, so %s is refused", name)
                return too_many_requests(request, wait=30, status=503)
            wait = seconds - int(time.time()) % seconds
            return view(request, *args, **kwargs) if taken else too_many_requests(request, wait)

        return limited

    return decorate


def take_ticket(key: str, limit: int, seconds: int, cache: BaseCache = default_cache) -> bool:
    """Take one of the window's numbered tickets; False when all are gone. Two look-ups as a rule.

    `add` is atomic in each of Django's shared caches, while the database cache's `incr` is not;
    so every ticket is a key of its own, found by trying from a random one onwards.
    """
    window = f"{key}:{int(time.time()) // seconds}"
    if cache.get(window) == "gone":
        return False
    first = secrets.randbelow(limit)
    for step in range(limit):
        if cache.add(f"{window}:{(first + step) % limit}", 1, seconds):
            return True
    cache.set(window, "gone", seconds)
    return False


def source_of(request: HttpRequest) -> str:
    """Who is counted: the account, else the address, an IPv6 one by its /64 network."""
    if request.user.is_authenticated:
        return f"user-{request.user.pk}"
    address = ip_address(get_adapter().get_client_ip(request))
    address = getattr(address, "ipv4_mapped", None) or address
    # A household owns a /64: counted by address, one machine could come from 2^64 of them.
    return str(ip_network((address, 64 if address.version == 6 else 32), strict=False))


def too_many_requests(request: HttpRequest, wait: int = 60, status: int = 429) -> HttpResponse:
    """Say how long to wait and give back what was posted; allauth answers so at its own limits."""
    # Views are asked after the token is checked, so what was posted is this person's own.
    context = {"wait": wait, "uncounted": status == 503, "again": posted_fields(request)}
    response = render(request, "429.html", context, status=status)
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    return response

"""Asks the site as each person, rolls back what came of it, and notes what must never happen."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tests.world import World

WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) +\"?(\w+)", re.IGNORECASE)


@dataclass
class Answer:
    """One answer, with what happened on the way to it."""

    role: str
    method: str
    address: str
    status: int
    location: str
    headers: dict[str, str]
    content: str
    writes: set[str] = field(default_factory=set)
    error: str = ""

    @property
    def is_crash(self) -> bool:
        """Whether a view failed, whatever the visitor was shown for it."""
        return self.status >= 500 or bool(self.error)

    def __str__(self) -> str:
        to = f" → {self.location}" if self.location else ""
        asked = f"{self.role} {self.method} {self.address[:200]}"
        return f"{asked}: {self.status}{to} {self.error}".strip()


class Browsers:
    """A browser for each person, signed in once and as good as new before each request."""

    def __init__(self, world: World, *, enforce_csrf_checks: bool = False) -> None:
        self.clients: dict[str, Client] = {}
        self.cookies: dict[str, dict[str, str]] = {}
        self.asked = 0
        for role, user in world.people.items():
            client = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)
            if user:
                client.force_login(user)
            self.clients[role] = client
            self.cookies[role] = {name: one.value for name, one in client.cookies.items()}

    def ask(self, role: str, method: str, address: str, **request: Any) -> Answer:
        """Send one request; nothing of it stays but the answer."""
        client, writes, errors = self.clients[role], set(), []
        client.cookies.clear()
        client.cookies.load(self.cookies[role])
        cache.clear()
        self.asked += 1

        def watch(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
            if match := WRITE.match(sql):
                writes.add(match[2])
            return execute(sql, params, many, context)

        def note(sender: Any, **kwargs: Any) -> None:
            errors.append(repr(sys.exception()))

        got_request_exception.connect(note)
        whole = transaction.atomic()
        # Django's own mark for tests: what insists on being the outermost transaction may run.
        whole._from_testcase = True
        try:
            with whole, connection.execute_wrapper(watch):
                response = client.generic(method, address, **request)
                content = content_of(response)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(note)
        return Answer(
            role,
            method,
            address,
            response.status_code,
            response.headers.get("Location", ""),
            dict(response.headers),
            content,
            writes,
            " ".join(errors),
        )


def content_of(response: HttpResponse) -> str:
    """The whole text, a streamed one too, whose queries run only now.

    Read to its end it is closed by Django's test client. `close()` would say that the request is
    finished, and on PostgreSQL close the connection that the test's transaction lives on.
    """
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return whole.decode("utf-8", "replace")

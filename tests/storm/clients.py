"""People who click at once: many connections from one process, and a log of what came back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from tests.storm.site import Site

TOKEN = "s" * 32  # a CSRF cookie and the same in the form
LOST = 0  # status of a request whose answer never came


@dataclass
class Answer:
    """What one request came to; `status` is LOST if the connection broke."""

    status: int
    body: str = ""


@dataclass
class Person:
    """Somebody signed in, with the answers to all they sent."""

    session: str
    answers: list[Answer] = field(default_factory=list)

    @classmethod
    def signed_in(cls, user: User) -> Person:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return cls(session.session_key)

    async def post(self, site: Site, path: str, **fields: object) -> Answer:
        """Send one form on a connection of its own."""
        answer = await self._send(
            site.port, path, urlencode(fields | {"csrfmiddlewaretoken": TOKEN})
        )
        self.answers.append(answer)
        return answer

    async def _send(self, port: int, path: str, body: str) -> Answer:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            f"HX-Request: true\r\nCookie: sessionid={self.session}; csrftoken={TOKEN}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write((head + body).encode())
            raw = await reader.read()
            writer.close()
        except OSError:
            return Answer(LOST)
        first, _mark, rest = raw.decode(errors="replace").partition("\r\n")
        # A killed worker may have sent a head and nothing after it: then nobody was told anything.
        complete = "\r\n\r\n" in rest and first.startswith("HTTP/1.1 ")
        return Answer(int(first.split()[1]), rest) if complete else Answer(LOST)


async def at_once(posts: Iterable[asyncio.Future[Answer]]) -> list[Answer]:
    """All of them in flight together."""
    return await asyncio.gather(*posts)

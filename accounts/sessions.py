"""Where sign-ins are kept: Django's table, read by a statement made once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's, except that composing the query anew took a sixth of a vote's time."""

    def _validate_session_key(self, key: str) -> bool:
        """Whether a cookie can name a session at all; PostgreSQL fails on the zero byte in one."""
        named = super()._validate_session_key(key)
        return bool(named) and key.isascii() and key.isalnum()

    def load(self) -> dict[str, Any]:
        """What the session holds, nothing once it is over. One query."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])

"""How people sign in: allauth's way, with the person read by a statement made once."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from django.db import connection

from accounts.models import User
from accounts.rows import columns_of, row_to


class AuthenticationBackend(AllauthBackend):
    """Allauth's, except that composing the query anew took a tenth of a vote's time."""

    def get_user(self, user_id: int | str) -> User | None:
        """The person of a session, if they may still sign in. One query."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns_of(User)} FROM accounts_user WHERE id = %s",  # noqa: S608
                [user_id],
            )
            row = cursor.fetchone()
        user = row_to(User, row) if row else None
        return user if user and self.user_can_authenticate(user) else None

"""A connection to PostgreSQL that is used again: no question to the server, no broken line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from cms.settings.base import database_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def line() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, as each thread of the server has one."""
    own = connections.create_connection("default")
    own.ensure_connection()
    try:
        yield own
    finally:
        own.close()


def ask(own: BaseDatabaseWrapper, sql: str) -> int:
    with own.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_postgresql_is_reached_through_our_backend() -> None:
    for scheme in ("postgres", "postgresql"):
        assert database_from(f"{scheme}://a@b/c")["ENGINE"] == "cms.postgresql"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
@pytest.mark.django_db
def test_line_that_the_server_cut_is_made_anew() -> None:
    with line() as own:
        assert own.is_usable()
        first = ask(own, "SELECT pg_backend_pid()")
        assert ask(connection, f"SELECT pg_terminate_backend({first}, 5000)")
        assert not own.is_usable()
        own.health_check_enabled, own.health_check_done = True, False
        assert ask(own, "SELECT pg_backend_pid()") != first


@pytest.mark.skipif(connection.vendor != "postgresql", reason="is about PostgreSQL")
@pytest.mark.django_db
def test_line_is_usable_after_everything_a_request_does() -> None:
    with line() as own:
        ask(own, "SELECT count(*) FROM accounts_user")
        with own.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
        assert own.is_usable()
        own.close()
        assert not own.is_usable()

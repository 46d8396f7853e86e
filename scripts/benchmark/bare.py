"""The baselines: a bare Django view, and one that only inserts a row. Nothing of the site."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import dj_database_url
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path

if TYPE_CHECKING:
    from django.http import HttpRequest

DATABASE = dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=600)
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["OPTIONS"] = {
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
if not settings.configured:
    settings.configure(
        ROOT_URLCONF=__name__,
        SECRET_KEY="bench",  # noqa: S106 - signs nothing
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": DATABASE},
        MIDDLEWARE=[],
    )
    django.setup()


def page(request: HttpRequest) -> HttpResponse:
    """Nothing but an answer."""
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    """Nothing but one committed row."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (body) VALUES (%s)", ["x" * 64])
    return HttpResponse("ok")


urlpatterns = [path("page", page), path("insert", insert)]
application = get_wsgi_application()


def make_table() -> None:
    """The table that `insert` writes to."""
    key = "INTEGER PRIMARY KEY" if connection.vendor == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_row (id {key}, body TEXT)")


if __name__ == "__main__":
    make_table()

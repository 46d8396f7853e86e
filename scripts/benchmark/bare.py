"""The baselines: a bare Django view, one that only inserts a row, and one behind a sign-in.

Nothing of the site. The last has what `startproject` gives, session, account and CSRF check, and
inserts one row: the least that a vote can be.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import dj_database_url
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from django.utils.decorators import decorator_from_middleware

if TYPE_CHECKING:
    from collections.abc import Callable

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
        INSTALLED_APPS=[f"django.contrib.{name}" for name in ("contenttypes", "auth", "sessions")],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        MIDDLEWARE=[],
    )
    django.setup()


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The middleware of a new project that a form of somebody signed in goes through."""
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware
    from django.middleware.csrf import CsrfViewMiddleware

    for middleware in (CsrfViewMiddleware, AuthenticationMiddleware, SessionMiddleware):
        view = decorator_from_middleware(middleware)(view)
    return view


def page(request: HttpRequest) -> HttpResponse:
    """Nothing but an answer."""
    return HttpResponse("ok")


def insert(request: HttpRequest) -> HttpResponse:
    """Nothing but one committed row."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (body) VALUES (%s)", ["x" * 64])
    return HttpResponse("ok")


@signed_in
def vote(request: HttpRequest) -> HttpResponse:
    """One committed row of somebody who is signed in, after the check of the form's token."""
    return insert(request) if request.user.is_authenticated else HttpResponse(status=403)


urlpatterns = [path("page", page), path("insert", insert), path("vote", vote)]
application = get_wsgi_application()


def make_tables() -> None:
    """The table that is written to, and the one of Django's own accounts."""
    from django.contrib.auth.models import User

    key = "INTEGER PRIMARY KEY" if connection.vendor == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_row (id {key}, body TEXT)")
    if User._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(User)


def sign_in(count: int) -> list[str]:
    """Make so many people and sign them in; returns their session keys."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    people = User.objects.bulk_create(User(username=f"bench{n}") for n in range(count))
    keys = []
    for person in people:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    return keys


if __name__ == "__main__":
    make_tables()
    print(json.dumps(sign_in(int(sys.argv[1]))))

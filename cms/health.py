"""Whether this process lives and whether it can serve: for load balancers, never for people."""

from __future__ import annotations

import logging
import shutil
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from voting.heads import refusal_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    type Check = Callable[[], None]

logger = logging.getLogger(__name__)


class Unready(Exception):
    """Why this process should get no requests now; a word, because anybody may read it."""


@never_cache
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Answers as long as the process does. Asks nothing of anybody: a restart mends no database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answers 503 while a vote could not be kept: no write, no room, an older schema.

    Tells of late seals too, but goes on serving: votes are kept all the same, only proofs are late.
    """
    answers = {name: answer_of(check) for name, check in CHECKS.items()}
    ready = all(answer == "ok" for answer in answers.values())
    answers["seals"] = answer_of(check_seals)
    response = JsonResponse(answers, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "10"
    return response


def answer_of(check: Check) -> str:
    """What one check says; the details of a failure are for the log only."""
    try:
        check()
    except Unready as unready:
        return str(unready)
    except (DatabaseError, OSError):
        logger.exception("Readiness check failed")
        return "failed"
    return "ok"


def check_write() -> None:
    """Commit a change of nothing: a full disk and a read-only replica both answer SELECT 1."""
    with transaction.atomic(durable=True):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # A probe that waits behind a lock would pile up instead of telling.
                cursor.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '2s'")
        rows = MigrationRecorder(connection).migration_qs
        rows.filter(pk__in=rows.order_by("pk").values("pk")[:1]).update(app=F("app"))


def check_disk() -> None:
    """Uploads and SQLite both need room; PostgreSQL's disk is PostgreSQL's to watch."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < settings.HEALTH_MIN_FREE_BYTES:
        raise Unready("full")


@cache
def check_migrations() -> None:
    """New code on an old schema fails in the middle of requests. Asked until none is pending."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unready("pending")


def check_seals() -> None:
    """The sealer touches the file of the last head once a minute, new votes or not."""
    if refusal_file().exists():
        raise Unready("refused")
    try:
        age_seconds = time.time() - Path(settings.SEAL_FILE).stat().st_mtime
    except FileNotFoundError:
        raise Unready("none") from None
    if age_seconds > settings.HEALTH_SEAL_SECONDS:
        raise Unready("late")


CHECKS = {"database": check_write, "disk": check_disk, "migrations": check_migrations}

"""What load balancers are told."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cms import health
from voting.sealing import SealRefused, seal_votes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """The answer about migrations is kept per process; no test may live on another's."""
    health.check_migrations.cache_clear()
    yield
    health.check_migrations.cache_clear()


def test_livez_asks_no_database(client: Client) -> None:
    # Without the `db` mark any query fails this test.
    response = client.get("/livez")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_health_takes_no_post(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_readyz_of_a_sound_site_says_ok(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "disk": "ok",
        "migrations": "ok",
        "seals": "none",
    }
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_asks_about_migrations_until_none_is_pending(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/readyz")
    with django_assert_max_num_queries(4):  # A savepoint, the probe, its limits on PostgreSQL.
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_without_room_is_not_ready(client: Client, settings: SettingsWrapper) -> None:
    settings.HEALTH_MIN_FREE_BYTES = 2**63
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["disk"] == "full"
    assert response["Retry-After"] == "10"


@pytest.mark.django_db
def test_readyz_with_a_pending_migration_is_not_ready_until_it_is_applied(client: Client) -> None:
    recorder = MigrationRecorder(connection)
    newest = recorder.migration_qs.filter(app="voting").latest("pk")
    recorder.record_unapplied(newest.app, newest.name)
    assert client.get("/readyz").json()["migrations"] == "pending"
    recorder.record_applied(newest.app, newest.name)
    assert client.get("/readyz").json()["migrations"] == "ok"


@pytest.mark.django_db
def test_readyz_when_nothing_can_be_written_is_not_ready_and_tells_no_details(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/readyz")  # Learns that no migration is pending before the tables are out of reach.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION READ ONLY")
        else:
            cursor.execute("PRAGMA query_only = ON")
    response = client.get("/readyz")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")
    assert response.status_code == 503
    assert response.json()["database"] == "failed"
    assert "Readiness check failed" in caplog.text


@pytest.mark.django_db
def test_readyz_tells_of_seals_and_stays_ready(client: Client, settings: SettingsWrapper) -> None:
    seal_votes()
    assert client.get("/readyz").json()["seals"] == "ok"
    long_ago = time.time() - 1000
    os.utime(settings.SEAL_FILE, (long_ago, long_ago))
    late = client.get("/readyz")
    assert late.status_code == 200, "votes are kept all the same"
    assert late.json()["seals"] == "late"
    seal_votes()
    assert client.get("/readyz").json()["seals"] == "ok"


@pytest.mark.django_db
def test_readyz_tells_that_the_sealer_refused(client: Client, settings: SettingsWrapper) -> None:
    seal_votes()
    settings.SEAL_FILE.write_text("nonsense")
    with pytest.raises(SealRefused):
        seal_votes()
    assert client.get("/readyz").json()["seals"] == "refused"

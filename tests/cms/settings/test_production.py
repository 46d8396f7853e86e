"""Production's settings as a server would start with them, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
COMPLETE = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "VOTE_KEY_SECRET": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "SEAL_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "ALLOWED_HOSTS": "points.example.org",
    "BASE_URL": "https://points.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "MAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "MAIL_FROM": "points@example.org",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing in its environment but what is given."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "cms.settings.production",
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_without_its_variables_says_so_in_one_sentence() -> None:
    done = manage("check")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"Production needs {', '.join(sorted(COMPLETE, key=_order))} in the environment."
    ]


def _order(name: str) -> int:
    """The order in which production.py asks."""
    source = (ROOT / "cms/settings/production.py").read_text(encoding="utf-8")
    return source.index(f'("{name}")')


@pytest.mark.parametrize("name", ["SECRET_KEY", "VOTE_KEY_SECRET"])
def test_production_refuses_a_short_secret(name: str) -> None:
    done = manage("check", **COMPLETE | {name: "short"})
    assert done.returncode == 2
    assert done.stderr.startswith(f"{name} has 5 characters")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("key", ["short", "AAAA", "A" * 44])
def test_production_refuses_a_seal_key_that_is_none(key: str) -> None:
    done = manage("check", **COMPLETE | {"SEAL_KEY": key})
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["SEAL_KEY must be 32 random bytes in base64."]


def test_production_passes_djangos_deployment_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", **COMPLETE)
    assert done.returncode == 0, done.stderr


def test_production_keeps_cookies_and_scheme_to_this_host_and_https() -> None:
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE"]
    names += ["CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG"]
    asked = f"from django.conf import settings as s; print(*(getattr(s, n) for n in {names}))"
    done = manage("shell", "--no-imports", "--command", asked, **COMPLETE)
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", *["True"] * 3, "False"]


@pytest.mark.parametrize(
    ("url", "pgbouncer", "expected"),
    [
        ("postgres://db/points", "", "5 False"),
        ("postgres://db/points", "1", "None True"),
        ("sqlite://:memory:", "1", "absent False"),
    ],
)
def test_nothing_of_a_connection_is_relied_on_behind_pgbouncer(
    url: str, pgbouncer: str, expected: str
) -> None:
    show = (
        "from django.conf import settings; d = settings.DATABASES['default'];"
        "print(d['OPTIONS'].get('prepare_threshold', 'absent'), end=' ');"
        "print(d.get('DISABLE_SERVER_SIDE_CURSORS', False))"
    )
    environment = COMPLETE | {"DATABASE_URL": url, "PGBOUNCER": pgbouncer}
    done = manage("shell", "--no-imports", "-v0", "-c", show, **environment)
    assert done.stdout.splitlines()[-1:] == [expected], done.stderr

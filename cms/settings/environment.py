"""Reads settings from the environment and says in one sentence what is missing or malformed."""

from __future__ import annotations

import os
from base64 import b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIL_SCHEMES = {
    "smtp": {},
    "smtp+tls": {"use_tls": True},
    "smtps": {"use_ssl": True},
}
CACHE_SCHEMES = {
    "file": "django.core.cache.backends.filebased.FileBasedCache",
    "db": "django.core.cache.backends.db.DatabaseCache",
    "locmem": "django.core.cache.backends.locmem.LocMemCache",
}


class Environment:
    """Collects what is missing, so that one start names all of it and not one a start."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self.values = values
        self.missing: list[str] = []

    def required(self, name: str) -> str:
        """The value, or "" and a note for `complete`."""
        value = self.values.get(name, "").strip()
        if not value:
            self.missing.append(name)
        return value

    def optional(self, name: str, default: str) -> str:
        """The value or the default."""
        return self.values.get(name, "").strip() or default

    def number(self, name: str, default: int) -> int:
        """A whole number; raises ImproperlyConfigured for anything else."""
        value = self.optional(name, str(default))
        if not value.isdecimal():
            raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
        return int(value)

    def words(self, name: str) -> list[str]:
        """A required list, separated by commas."""
        return [word.strip() for word in self.required(name).split(",") if word.strip()]

    def complete(self) -> None:
        """Raise ImproperlyConfigured if anything required was missing."""
        if self.missing:
            raise ImproperlyConfigured(
                f"Production needs {', '.join(self.missing)} in the environment."
            )


def secret(name: str, value: str) -> str:
    """The value, if it is long enough not to be guessed; nothing to say about a missing one."""
    if value and len(value) < 50:
        raise ImproperlyConfigured(
            f"{name} has {len(value)} characters and needs at least 50 random ones."
        )
    return value


def seed(name: str, value: str) -> str:
    """The value, if it is 32 bytes in base64, as an Ed25519 key is made from."""
    try:
        size = len(b64decode(value, validate=True))
    except ValueError:
        size = 0
    if value and size != 32:
        raise ImproperlyConfigured(f"{name} must be 32 random bytes in base64.")
    return value


def origin(name: str, value: str) -> str:
    """An https origin without a path, as links in mails and Django's CSRF check need it."""
    parts = urlsplit(value)
    if value and (parts.scheme != "https" or not parts.netloc or parts.path.strip("/")):
        raise ImproperlyConfigured(f"{name} must look like https://points.example.org.")
    return value.rstrip("/")


def _port(parts: SplitResult) -> dict[str, int]:
    return {"port": parts.port} if parts.port else {}


def mailers(name: str, url: str) -> dict[str, Any]:
    """Django's MAILERS for smtp+tls://user:password@host:port (or smtps:// or smtp://)."""
    parts = urlsplit(url)
    if url and (parts.scheme not in MAIL_SCHEMES or not parts.hostname):
        raise ImproperlyConfigured(
            f"{name} must look like smtp+tls://user:password@mail.example.org:587"
            " (smtps:// for TLS from the first byte, smtp:// for none)."
        )
    options: dict[str, Any] = {"host": parts.hostname, "timeout": 20, **_port(parts)}
    if parts.username:
        options |= {"username": unquote(parts.username), "password": unquote(parts.password or "")}
    options |= MAIL_SCHEMES.get(parts.scheme, {})
    return {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }


def cache(name: str, url: str) -> dict[str, Any]:
    """One of Django's CACHES, for db://table, file:///folder or locmem://."""
    parts = urlsplit(url)
    if parts.scheme not in CACHE_SCHEMES:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(CACHE_SCHEMES)} and ://.")
    return {
        "BACKEND": CACHE_SCHEMES[parts.scheme],
        "LOCATION": unquote(parts.path) if parts.scheme == "file" else parts.netloc,
        # Django's default of 300 entries would throw out what is still asked for.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }

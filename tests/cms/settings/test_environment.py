"""What a server's environment may say, and the one sentence when it says it wrongly."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings.environment import Environment, cache, mailers, origin, secret


def test_environment_names_all_that_is_missing_at_once() -> None:
    env = Environment({"B": "here", "C": "  "})
    assert [env.required(name) for name in "ABC"] == ["", "here", ""]
    with pytest.raises(ImproperlyConfigured, match=r"^Production needs A, C in the environment\.$"):
        env.complete()


def test_environment_with_everything_is_complete() -> None:
    env = Environment({"HOSTS": "a.example.org, b.example.org,"})
    assert env.words("HOSTS") == ["a.example.org", "b.example.org"]
    assert env.optional("LEVEL", "INFO") == "INFO"
    env.complete()


def test_environment_number_refuses_words() -> None:
    assert Environment({"N": "5"}).number("N", 1) == 5
    with pytest.raises(ImproperlyConfigured, match="N must be a whole number, not 'five'"):
        Environment({"N": "five"}).number("N", 1)


def test_secret_refuses_a_short_one_without_repeating_it() -> None:
    assert secret("S", "") == ""
    assert secret("S", "x" * 50) == "x" * 50
    with pytest.raises(ImproperlyConfigured) as refusal:
        secret("S", "hunter2")
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("url", ["http://example.org", "example.org", "https://example.org/site"])
def test_origin_refuses_what_is_no_https_origin(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="must look like https://"):
        origin("BASE_URL", url)


def test_origin_drops_the_last_slash() -> None:
    assert origin("BASE_URL", "https://example.org/") == "https://example.org"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.example.org", {}),
        ("smtp+tls://mail.example.org:587", {"port": 587, "use_tls": True}),
        (
            "smtps://anna%40example.org:p%3Aw@mail.example.org",
            {"username": "anna@example.org", "password": "p:w", "use_ssl": True},
        ),
    ],
)
def test_mailers_of_a_url_gives_the_backends_options(url: str, options: dict[str, object]) -> None:
    mailer = mailers("MAIL_URL", url)["default"]
    assert mailer["OPTIONS"] == {"host": "mail.example.org", "timeout": 20} | options


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp:///x"])
def test_mailers_refuses_other_urls_without_repeating_a_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="MAIL_URL must look like"):
        mailers("MAIL_URL", url)


@pytest.mark.parametrize(
    ("url", "backend", "location"),
    [
        ("db://limits", "db.DatabaseCache", "limits"),
        ("file:///var/lib/points%20a", "filebased.FileBasedCache", "/var/lib/points a"),
        ("locmem://one", "locmem.LocMemCache", "one"),
    ],
)
def test_cache_of_a_url_gives_backend_and_place(url: str, backend: str, location: str) -> None:
    config = cache("CACHE_URL", url)
    assert config["BACKEND"] == f"django.core.cache.backends.{backend}"
    assert config["LOCATION"] == location


def test_cache_refuses_an_unknown_scheme() -> None:
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL must begin with"):
        cache("CACHE_URL", "redis://localhost")

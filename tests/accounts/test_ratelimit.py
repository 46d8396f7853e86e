"""How often one person may do one thing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.ratelimit import rate_limit, source_of, take_ticket, too_many_requests

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from accounts.models import User
    from voting.models import Round

pytestmark = pytest.mark.django_db


@rate_limit("test", "2/m")
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


def post(person: User | None = None, address: str = "203.0.113.1", method: str = "post") -> int:
    request = getattr(RequestFactory(), method)("/", REMOTE_ADDR=address)
    request.user = person or AnonymousUser()
    return view(request)


@time_machine.travel("2026-11-24 12:00:15+00:00", tick=False)
def test_third_try_waits_until_the_window_ends(resident: User) -> None:
    assert [post(resident).status_code for _try in range(3)] == [200, 200, 429]
    refused = post(resident)
    assert refused.headers["Retry-After"] == "45"
    assert "no-store" in refused.headers["Cache-Control"]
    with time_machine.travel("2026-11-24 12:01:00+00:00", tick=False):
        assert post(resident).status_code == 200


def test_people_behind_one_address_do_not_share_a_limit(resident: User, neighbour: User) -> None:
    for _try in range(2):
        assert post(resident).status_code == 200
    assert post(neighbour).status_code == 200


def test_reading_is_not_counted(resident: User) -> None:
    assert {post(resident, method="get").status_code for _try in range(5)} == {200}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
    ],
)
def test_strangers_are_counted_by_address_or_network(one: str, other: str, same: bool) -> None:
    sources = []
    for address in (one, other):
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user = AnonymousUser()
        sources.append(source_of(request))
    assert (sources[0] == sources[1]) is same


def test_forwarded_address_is_not_believed_without_a_proxy() -> None:
    for fake in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        request = RequestFactory().post("/", HTTP_X_FORWARDED_FOR=fake)
        request.user = AnonymousUser()
        answer = view(request)
    assert answer.status_code == 429


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_refusal_is_a_page_in_the_language(
    client_of: object, resident: User, language: str
) -> None:
    client = client_of(resident)
    for _try in range(6):
        answer = client.post(f"/{language}/accounts/delete/", {})
    assert answer.status_code == 429
    assert f'<html lang="{language}"' in answer.content.decode()
    assert "Retry-After" in answer.headers


def test_what_was_posted_is_given_back_to_send_again(stranger: Client, ballot: Round) -> None:
    """Once the token was checked, it is the person's own."""
    address = f"/en/rounds/{ballot.pk}/cast/?from=list"
    fields = {"option": ["2", "3"], "rules": 'a"b', "password": "boiling-100"}
    answers = [stranger.post(address, fields) for _try in range(61)]
    page = answers[-1].text
    assert answers[-1].status_code == 429
    assert f'<form method="post" action="{address}">' in page
    assert '<input type="hidden" name="option" value="2">' in page
    assert '<input type="hidden" name="option" value="3">' in page
    assert 'value="a&quot;b"' in page
    assert "what you typed is kept on this page" in page
    assert "boiling-100" not in page


def test_refusal_to_read_offers_the_address_again(stranger: Client, home: object) -> None:
    request = RequestFactory().get("/en/proposals/?q=bridge")
    request.user, request.session = AnonymousUser(), stranger.session
    page = too_many_requests(request).content.decode()
    assert '<a class="button" href="/en/proposals/?q=bridge">' in page
    assert 'method="post"' not in page.partition("<main")[2].partition("</main>")[0]


def test_broken_cache_closes_the_door(resident: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(caches["default"], "add", broken)
    refused = post(resident)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "30"


def test_allauths_own_limits_answer_the_same(stranger: object, home: object) -> None:
    for _try in range(31):
        answer = stranger.post("/en/accounts/login/", {"login": "anna@example.org"})
    assert answer.status_code == 429
    assert "anna@example.org" not in answer.text
    assert "Send it again" not in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "Too many tries" in answer.content.decode()


@time_machine.travel("2026-11-24 12:00:15+00:00", tick=False)
def test_tickets_run_out_and_stay_so() -> None:
    assert [take_ticket("key", 3, 60) for _try in range(5)] == [True] * 3 + [False] * 2
    assert take_ticket("other", 3, 60)


PROGRAM = """
import sys, django
from django.conf import settings
settings.configure(
    MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "allauth.account"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1],
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL"}}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 10000}}},
)
django.setup()
from django.core.management import call_command
if sys.argv[2] == "make":
    call_command("createcachetable")
else:
    from accounts.ratelimit import take_ticket
    print(sum(take_ticket("one", 40, 86400) for _try in range(40)))
"""


def test_limit_holds_over_two_workers_that_share_a_cache(tmp_path: Path) -> None:
    def start(what: str) -> subprocess.Popen:
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "cache.db"), what]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    start("make").communicate()
    workers = [start("take") for _worker in range(2)]
    taken = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(taken) == 40

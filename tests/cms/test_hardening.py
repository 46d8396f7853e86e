"""Forged requests and bad input, at every route: refused or answered, never a crash."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.urls import get_resolver

from tests.access import TABLE, lines_of, routes_of
from tests.asking import Browsers
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.access import Route

# The mark is what makes pytest-django set up a database at all, for `world` too.
pytestmark = pytest.mark.django_db

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Samples that let our routes get as far as they go; the rest take what world.py finds.
SAMPLES = {
    "proposals:detail": "public",
    "proposals:similar": "public",
    "proposals:withdraw": "submitted",
    "proposals:done": "submitted",
    "proposals:appeal": "appealed",
    "proposals:image": "public",
    "proposals:document": "public",
    "voting:support": "public",
    "events:ics": "event",
    "proposals_admin:inspect": "submitted",
    "proposals_admin:assign": "submitted",
    "proposals_admin:appeal": "appealed",
    "proposals_admin:history": "submitted",
    "proposals_admin:history_results": "submitted",
}
# Parameters that some view of ours reads.
NAMES = (
    *(
        "q",
        "p",
        "page",
        "after",
        "seed",
        "order",
        "ordering",
        "call",
        "status",
        "category",
        "place",
    ),
    *("tag", "next", "title", "show", "year", "month", "kind", "when", "call__id", "state", "pk"),
    *("reached", "decided_by", "version", "submitted_at_from"),
    *("gen", "stands", "large", "back", "language", "email", "name", "municipality", "latitude"),
    *("problem", "solution", "beneficiaries", "password", "verb", "reason", "seen", "body", "note"),
    *("key", "erase", "forget", "queue", "assignee", "reason_code"),
    *("p", "verdict", "due_on", "link", "stage", "promises-TOTAL_FORMS", "more_promises"),
)
BAD_VALUES = {
    "nul and brackets": "%00%5B%7D%22%27%3B--",
    "lone surrogate, half a character": "%ED%A0%80%91",
    "far too great": "9" * 40,
    "below zero": "-1",
    "not a digit to Python": "%C2%B2",
}
HUGE = "x" * 100_000


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Everything made once and rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world: World) -> Browsers:
    return Browsers(world)


def all_routes() -> list[Route]:
    return routes_of(get_resolver().url_patterns)


def own_routes() -> list[Route]:
    return [route for route in all_routes() if route.is_own]


@cache
def told_samples() -> dict[str, str]:
    """The first sample that the table of access names for each route."""
    lines, _faults = lines_of(all_routes(), TABLE)
    return {
        line.route.pattern: next((rule.sample for rule in line.rules if rule.sample), "")
        for line in lines
    }


def address(world: World, route: Route) -> str:
    told = "draft" if route.name.startswith("proposals:") else told_samples()[route.pattern]
    return world.address(route, SAMPLES.get(route.name, told))


def test_unsafe_methods_without_a_token_are_refused_everywhere(world: World) -> None:
    browsers = Browsers(world, enforce_csrf_checks=True)
    taken = [
        answer
        for route in all_routes()
        for method in (UNSAFE if route.is_own else ("POST",))
        if (
            answer := browsers.ask("superuser", method, address(world, route), content_type=FORM)
        ).status
        != 403
    ]
    assert not taken, "\n".join(map(str, taken))
    print(f"\n{browsers.asked} requests without a token")  # noqa: T201 - for `pytest -s`


def test_unsafe_methods_from_another_site_are_refused(world: World) -> None:
    browsers = Browsers(world, enforce_csrf_checks=True)
    token = "a" * 32
    for cookies in browsers.cookies.values():
        cookies["csrftoken"] = token
    taken = [
        answer
        for route in own_routes()
        if (
            answer := browsers.ask(
                "superuser",
                "POST",
                address(world, route),
                data=f"csrfmiddlewaretoken={token}",
                content_type=FORM,
                headers={"Origin": "https://elsewhere.example"},
            )
        ).status
        != 403
    ]
    assert not taken, "\n".join(map(str, taken))


@pytest.mark.parametrize("kind", BAD_VALUES)
def test_bad_parameters_are_no_crash(kind: str, world: World, browsers: Browsers) -> None:
    query = "&".join(f"{name}={BAD_VALUES[kind]}" for name in NAMES)
    crashes = []
    for route in own_routes():
        role = "superuser" if route.pattern.startswith("admin/") else "resident"
        where = address(world, route)
        joint = "&" if "?" in where else "?"
        asked = (
            browsers.ask(role, "GET", f"{where}{joint}{query}"),
            browsers.ask(role, "POST", where, data=query, content_type=FORM),
        )
        crashes += [str(answer) for answer in asked if answer.is_crash]
    assert not crashes, "\n".join(crashes)


@pytest.mark.parametrize("kind", BAD_VALUES)
def test_one_bad_parameter_is_no_crash(kind: str, world: World, browsers: Browsers) -> None:
    """One at a time: among many, the first that is refused would hide the rest."""
    lists = (
        *("proposals:list", "search", "government:results", "referrals_admin:index"),
        *("government:commitments", "government:commitments_calendar", "commitments_admin:index"),
    )
    crashes = []
    for route in own_routes():
        if route.name not in lists:
            continue
        role = "superuser" if route.pattern.startswith("admin/") else "anonymous"
        for name in NAMES[:21]:
            where = f"{address(world, route)}?{name}={BAD_VALUES[kind]}"
            answer = browsers.ask(role, "GET", where)
            if answer.is_crash:
                crashes.append(str(answer))
    assert not crashes, "\n".join(crashes)


def bodies() -> Iterator[tuple[str, str, str]]:
    """Bodies that are not what a form sends, each with its name and content type."""
    yield "huge values", "&".join(f"{name}={HUGE}" for name in NAMES[:15]), FORM
    yield "every name twice", "&".join(f"{name}=1&{name}=2" for name in NAMES), FORM
    yield "deep JSON", "[" * 10_000, JSON
    yield "JSON for a form", '{"title": ["a"]}', JSON
    yield "no boundary", "--x\r\n\r\n", "multipart/form-data"
    yield (
        "cut short",
        "--x\r\nContent-Disposition: form-data; na",
        "multipart/form-data; boundary=x",
    )
    yield "unknown charset", "title=a", f"{FORM}; charset=nowhere"
    yield "many fields", "&".join(f"f{number}=" for number in range(10_002)), FORM


@pytest.mark.parametrize(
    ("data", "content_type"), [one[1:] for one in bodies()], ids=[one[0] for one in bodies()]
)
def test_bad_bodies_are_no_crash(
    data: str, content_type: str, world: World, browsers: Browsers
) -> None:
    crashes = []
    for route in own_routes():
        role = "superuser" if route.pattern.startswith("admin/") else "resident"
        answer = browsers.ask(
            role, "POST", address(world, route), data=data, content_type=content_type
        )
        if answer.is_crash:
            crashes.append(str(answer))
    assert not crashes, "\n".join(crashes)


@pytest.mark.parametrize("value", ["0", str(2**63), "9" * 30, "%00", "%ED%A0%80", "%91"])
def test_bad_values_in_addresses_are_no_crash(value: str, world: World, browsers: Browsers) -> None:
    crashes = []
    for route in own_routes():
        if "<" not in route.pattern.replace("<lang>", ""):
            continue
        role = "superuser" if route.pattern.startswith("admin/") else "resident"
        where = route.address(lambda _route, _name: "VALUE").replace("VALUE", value)
        asked = (browsers.ask(role, method, where, content_type=FORM) for method in ("GET", "POST"))
        crashes += [str(answer) for answer in asked if answer.is_crash]
    assert not crashes, "\n".join(crashes)

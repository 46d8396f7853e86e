"""Every route × every role × the methods that matter, against `tests/access.toml`.

What Decidim, Django and Wagtail had to publish advisories about, and where this suite tries it:

| class of advisory (examples)                           | tried here by                          |
|--------------------------------------------------------|----------------------------------------|
| missing permission (Decidim 2023-36465, 2026-40869)    | test_answers_are_as_the_table_says     |
| new view that nobody guarded                           | test_every_route_has_a_line            |
| somebody else's private thing (2024-27090, 2026-40870, | the same, samples draft, submitted and |
| Wagtail 44197–44201)                                   | rejected; test_private_words_stay_so   |
| private columns and addresses leak (2023-34090)        | test_addresses_of_people_stay_private  |
| unpublished files (2026-45377)                         | samples of proposals:image, :document  |
| forged requests (2023-47635)                           | test_hardening.py: csrf                |
| crash or injection by parameters (2026-45376,          | test_hardening.py: bad input           |
| 2024-32469, 2025-65017 id as text, Django DoS)         |                                        |
| stored script (the twelve XSS)                         | test_hardening.py: policy; home blocks |
| two votes by a race (2023-47634)                       | tests/voting/test_races.py             |
| formula in an export (Wagtail leaves it to us)         | tests/home/test_exports.py             |
| sign-in tried without limit                            | tests/accounts/test_ratelimit.py       |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import get_resolver, include, path

from tests.access import OUTSIDERS, TABLE, Line, Rule, agrees, lines_of, routes_of
from tests.asking import Browsers
from tests.world import DRAFT_WORDS, KEYED_WORDS, NOTE_WORDS, SENT_WORDS, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.asking import Answer

# The mark is what makes pytest-django set up a database at all, for `world` too.
pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
# What a form must hold to get past its first check, so that the right to send it is what decides.
BODIES = {
    "voting:support": "stands=1&gen=0",
    "voting:cast": "option=1&gen=0&rules={world.ballot.rules_hex}",
    "voting:keep": "option=1&rules={world.ballot.rules_hex}",
    "voting:withdraw": "gen=0",
}
BULK = "wagtail_bulk_action"  # refuses by a page that says so
# Writes that a GET may make, and why.
MAY_WRITE = {
    ("readyz", "django_migrations"): "the probe of whether a write would work changes nothing",
    ("export_proposals", "wagtailcore_modellogentry"): "the audit log says who took a list out",
    ("referrals_admin:file", "wagtailcore_modellogentry"): "and who took referrals out",
    ("figures_admin:file", "wagtailcore_modellogentry"): "and who took figures out",
}
# What a refusal may write, and why.
MAY_KEEP = {
    ("voting:cast", "voting_ballotdraft"): "what somebody chose is kept until they may cast it",
}
MAY_WRITE_ANYWHERE = {
    "django_session": "Wagtail leaves a message for whom it refuses",
    "wagtailusers_userprofile": "Wagtail keeps staff's settings from their first page on",
}


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    lines, _faults = lines_of(routes_of(get_resolver().url_patterns), TABLE)
    return lines


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Everything made once and rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def answers(lines: list[Line], world: World) -> list[tuple[Line, str, Answer]]:
    """Every answer with its line and what was expected; asked once for all tests here."""
    browsers = Browsers(world)
    found = [
        (line, expected, answer)
        for line in lines
        for rule in line.rules
        for expected, answer in ask(browsers, world, line, rule)
    ]
    print(f"\n{len(lines)} routes, {browsers.asked} requests")  # noqa: T201 - for `pytest -s`
    return found


def ask(browsers: Browsers, world: World, line: Line, rule: Rule) -> Iterator[tuple[str, Answer]]:
    """Put one rule to the site, as each role that it speaks of."""
    address = world.address(line.route, rule.sample)
    for method in rule.methods:
        body = BODIES.get(line.route.name, "").format(world=world) if method == "POST" else ""
        for role, expected in rule.asked(method).items():
            yield expected, browsers.ask(role, method, address, data=body, content_type=FORM)


def test_every_route_has_a_line() -> None:
    _lines, faults = lines_of(routes_of(get_resolver().url_patterns), TABLE)
    assert not faults, "\n".join(faults)


def test_answers_are_as_the_table_says(answers: list[tuple[Line, str, Answer]]) -> None:
    wrong = [
        f"{line.route.name or line.route.pattern}: expected {expected}, {answer}"
        for line, expected, answer in answers
        if not agrees(expected, answer.status, answer.location, answer.address)
    ]
    assert not wrong, f"{len(wrong)} of {len(answers)}\n" + "\n".join(wrong)


def test_private_words_stay_so(answers: list[tuple[Line, str, Answer]], world: World) -> None:
    readers = {
        DRAFT_WORDS: {"resident"},
        KEYED_WORDS: set(),
        SENT_WORDS: {"resident", "moderator", "promoter", "superuser"},
        NOTE_WORDS: {"moderator", "promoter", "superuser"},
        world.case_key: set(),
    }
    seen = [
        f"{words}: {answer}"
        for _line, _expected, answer in answers
        for words, may in readers.items()
        if words in answer.content and answer.role not in may
    ]
    assert not seen, "\n".join(seen)


def test_addresses_of_people_stay_private(answers: list[tuple[Line, str, Answer]]) -> None:
    seen = [
        f"{address}: {answer}"
        for _line, _expected, answer in answers
        if answer.role in OUTSIDERS
        for address in re.findall(r"\w+@example\.org", answer.content)
        if not address.startswith((answer.role, "ministry"))
    ]
    assert not seen, "\n".join(seen)


def test_looking_writes_nothing(answers: list[tuple[Line, str, Answer]]) -> None:
    written = [
        f"{table}: {answer}"
        for line, _expected, answer in answers
        if answer.method in ("GET", "HEAD") and line.route.is_own
        for table in answer.writes
        if (line.route.name, table) not in MAY_WRITE and table not in MAY_WRITE_ANYWHERE
    ]
    assert not written, "\n".join(written)


def test_refused_requests_write_nothing(answers: list[tuple[Line, str, Answer]]) -> None:
    written = [
        f"{table}: {answer}"
        for line, expected, answer in answers
        if expected in ("login", "deny", "403", "404", "405", "409")
        or (line.route.name, answer.role) in {(BULK, "promoter"), (BULK, "editor")}
        for table in answer.writes - set(MAY_WRITE_ANYWHERE)
        if (line.route.name, table) not in MAY_KEEP
    ]
    assert not written, "\n".join(written)


def test_every_answer_carries_its_policy(answers: list[tuple[Line, str, Answer]]) -> None:
    bare = [
        f"{trouble}: {answer}"
        for _line, _expected, answer in answers
        for trouble in troubles_of(answer)
    ]
    assert not bare, "\n".join(bare)


def troubles_of(answer: Answer) -> Iterator[str]:
    """What is wrong with the headers of one answer."""
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src" not in policy:
        yield "no content security policy"
    if "unsafe" in policy and not answer.address.startswith("/admin/"):
        yield "a loose content security policy"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if answer.headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        yield "no referrer policy"
    if answer.headers.get("X-Frame-Options") not in ("DENY", "SAMEORIGIN"):
        yield "may be framed"
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if (
        is_page
        and answer.role != "anonymous"
        and "public" in answer.headers.get("Cache-Control", "")
        and answer.status == 200
    ):
        yield "one person's page in a shared cache"


# The checker itself ------------------------------------------------------------------------------


def view(request: object) -> HttpResponse:
    return HttpResponse()


FAKE = [
    path("plain/", view, name="plain"),
    path("staff/", include(([path("<int:pk>/", view, name="edit")], "staff"))),
]
PLAIN = ["GET HEAD: ok | anonymous login", "POST PUT DELETE: 405"]
WHOLE = {"exact": {"plain": PLAIN}, "deny": {"staff:*": "outsiders"}}


def faults_of(**table: object) -> list[str]:
    return lines_of(routes_of(FAKE), {**WHOLE, **table})[1]


def test_checker_is_content_with_a_whole_table() -> None:
    assert faults_of() == []


def test_checker_misses_a_line() -> None:
    assert faults_of(exact={}) == ["plain/ (plain): no line in tests/access.toml"]


def test_checker_misses_a_route() -> None:
    exact = {"plain": PLAIN, "gone": PLAIN}
    assert faults_of(exact=exact) == ["no route for the line 'gone'"]


def test_checker_refuses_a_wild_line_that_lets_outsiders_in() -> None:
    faults = faults_of(deny={"staff:*": "anonymous moderator"})
    assert faults == ["staff/<int:pk>/ (staff:edit): 'staff:*' lets outsiders in"]


def test_checker_refuses_a_rule_that_forgets_a_method() -> None:
    assert "says nothing about POST" in faults_of(exact={"plain": ["GET HEAD PUT DELETE: ok"]})[0]


def test_checker_refuses_an_unknown_role() -> None:
    assert "no role 'mayor'" in faults_of(exact={"plain": ["GET: ok | mayor 403"]})[0]


def test_checker_fills_addresses() -> None:
    addresses = [route.address(lambda route, name: 7) for route in routes_of(FAKE)]
    assert addresses == ["/plain/", "/staff/7/"]


@pytest.mark.parametrize(
    ("expected", "status", "location", "is_right"),
    [
        ("ok", 204, "", True),
        ("ok", 302, "/ru/", False),
        ("login", 302, "/ru/accounts/login/?next=/", True),
        ("login", 302, "/ru/", False),
        ("redirect", 302, "/ru/accounts/login/?next=/", False),
        ("404", 404, "", True),
        ("403", 404, "", False),
        ("deny", 302, "/admin/", True),
        ("deny", 302, "/ru/", False),
        ("deny", 200, "", False),
        ("deny", 500, "", False),
    ],
)
def test_checker_tells_answers_apart(
    expected: str, status: int, location: str, is_right: bool
) -> None:
    assert agrees(expected, status, location) is is_right

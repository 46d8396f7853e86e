"""Reads the access table and the site's routes, and says where they differ. Asks no server.

`tests/access.toml` explains its own lines; `tests/world.py` has the people and things.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern
from django.utils.regex_helper import normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

OUTSIDERS = ("anonymous", "resident", "neighbour", "unverified")
STAFF = ("moderator", "promoter", "editor", "superuser")
ROLES = OUTSIDERS + STAFF
DESKS = ("registrar", "scrutineer")  # Staff with one task each: tried where a line names them.
ASSESSORS = ("secretary", "reviewer")  # The same, of committees.
GROUPS = {
    "all": ROLES,
    "outsiders": OUTSIDERS,
    "staff": STAFF,
    "desks": DESKS,
    "assessors": ASSESSORS,
    "people": ROLES[1:],
}
OWN_APPS = {"accounts", "assessment", "cms", "events", "government", "home", "proposals", "voting"}
LANGUAGE = "ru/"
TABLE = tomllib.loads((Path(__file__).parent / "access.toml").read_text("utf-8"))

RULE = re.compile(
    r"(?P<methods>[A-Z]+(?: [A-Z]+)*)(?: (?P<sample>[a-z_]+))?: (?P<usual>\w+)"
    r"(?P<others>(?: \| [a-z ]+ \w+)*)"
)
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver, with what stands before it."""

    pattern: str
    name: str
    owner: str
    parts: tuple[Any, ...]

    @property
    def is_own(self) -> bool:
        """Whether the view is ours, and not Django's, Wagtail's or allauth's."""
        return self.owner in OWN_APPS

    def answers_to(self, key: str) -> bool:
        """Whether a key of the table means this route: its name, its pattern, or a `*` of one."""
        if "*" in key:
            return fnmatchcase(self.name, key) or fnmatchcase(self.pattern, key)
        return key in (self.name, self.pattern)

    def address(self, argument: Callable[[Route, str], object]) -> str:
        """A real address of the route, each parameter asked from `argument`."""
        return "/" + "".join(
            _filled(part, lambda name: argument(self, name)) for part in self.parts
        )


def _filled(part: Any, argument: Callable[[str], object]) -> str:
    if isinstance(part, LocalePrefixPattern):
        return LANGUAGE
    if isinstance(part, RegexPattern):
        template, names = normalize(str(part))[0]
        return template % {name: quote(str(argument(name))) for name in names}
    return ARGUMENT.sub(lambda match: quote(str(argument(match[1]))), str(part))


def routes_of(patterns: Iterable[URLPattern | URLResolver]) -> list[Route]:
    """Every route once, in the order in which the resolver tries them."""
    found: dict[str, Route] = {}
    for route in _walk(patterns, (), ()):
        # A second route of the same pattern is never reached.
        found.setdefault(route.pattern, route)
    return list(found.values())


def _walk(
    patterns: Iterable[URLPattern | URLResolver], parts: tuple, spaces: tuple
) -> Iterator[Route]:
    for one in patterns:
        here = (*parts, one.pattern)
        if isinstance(one, URLResolver):
            within = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one.url_patterns, here, within)
            continue
        name = ":".join((*spaces, one.name or ""))
        yield Route("".join(map(_written, here)), name, _owner(one), here)


def _written(part: Any) -> str:
    return "<lang>/" if isinstance(part, LocalePrefixPattern) else str(part)


def _owner(one: URLPattern) -> str:
    view = getattr(one.callback, "view_class", one.callback)
    return getattr(view, "__module__", type(view).__module__).partition(".")[0]


@dataclass(frozen=True)
class Rule:
    """What one line says about some methods on one sample."""

    methods: tuple[str, ...]
    sample: str
    expected: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read `GET HEAD draft: 404 | resident ok`; raises ValueError if it cannot be read."""
        match = RULE.fullmatch(text)
        if match is None:
            raise ValueError(f"cannot read the rule {text!r}")
        expected = dict.fromkeys(ROLES, match["usual"])
        for other in filter(None, match["others"].split(" | ")):
            *roles, answer = other.split()
            for role in roles:
                if role not in GROUPS and role not in ROLES + DESKS + ASSESSORS:
                    raise ValueError(f"there is no role {role!r} in {text!r}")
                expected |= dict.fromkeys(GROUPS.get(role, (role,)), answer)
        return cls(tuple(match["methods"].split()), match["sample"] or "", expected)

    def asked(self, method: str) -> dict[str, str]:
        """The roles to ask as: three will do for a method that nobody may use, and for HEAD.

        Django answers HEAD as GET, which all roles try.
        """
        if method == "HEAD" or set(self.expected.values()) == {"405"}:
            few = ("anonymous", "neighbour", "superuser")
            return {role: self.expected[role] for role in few}
        return self.expected


@dataclass(frozen=True)
class Line:
    """A route and every rule that holds for it."""

    route: Route
    rules: tuple[Rule, ...]


def lines_of(routes: list[Route], table: dict[str, Any]) -> tuple[list[Line], list[str]]:
    """Each route with its rules, and a sentence about each that has none or too few.

    A `[deny]` line stands for many routes of somebody else; it must refuse all who are not staff.
    """
    exact, deny = table["exact"], table["deny"]
    lines, faults, used = [], [], set()
    for route in routes:
        keys = [key for key in exact if route.answers_to(key)]
        wild = [key for key in deny if route.answers_to(key)] if not keys else []
        used |= {*keys, *wild}
        rules, trouble = _rules(route, exact, deny, keys, wild)
        faults += [f"{route.pattern} ({route.name}): {one}" for one in trouble]
        lines.append(Line(route, tuple(rules)))
    faults += [f"no route for the line {key!r}" for key in {**exact, **deny} if key not in used]
    return lines, faults


def _rules(
    route: Route, exact: dict, deny: dict, keys: list[str], wild: list[str]
) -> tuple[list[Rule], list[str]]:
    if wild:
        refused = deny[wild[0]].split()
        roles = [role for group in refused for role in GROUPS.get(group, (group,))]
        trouble = [] if set(OUTSIDERS) <= set(roles) else [f"{wild[0]!r} lets outsiders in"]
        trouble += [f"{wild[0]!r} is wild, and the route is ours"] if route.is_own else []
        # Two outsiders stand for the four: Wagtail knows but one kind of person who is no staff.
        expected = dict.fromkeys([role for role in roles if role not in OUTSIDERS[2:]], "deny")
        return [Rule(("GET", "POST"), "", expected)], trouble
    if not keys:
        return [], ["no line in tests/access.toml"]
    if len(keys) > 1:
        return [], [f"more than one line: {keys}"]
    try:
        rules = [Rule.parse(text) for text in exact[keys[0]]]
    except ValueError as error:
        return [], [str(error)]
    needed = {"GET", "POST"} | ({"HEAD", "PUT", "DELETE"} if route.is_own else set())
    missing = needed - {method for rule in rules for method in rule.methods}
    return rules, [f"says nothing about {', '.join(sorted(missing))}"] if missing else []


def class_of(status: int, location: str, address: str = "") -> str:
    """The word the table uses for an answer."""
    if address and location.partition("?")[0] == f"/{LANGUAGE}{address[1:]}".partition("?")[0]:
        return "404"  # Django tries a missing page once more, under the language
    if 200 <= status < 300:
        return "ok"
    if status in (301, 302, 303):
        doors = ("/accounts/login/", "/accounts/staff/", "/admin/login/")
        return "login" if any(door in location for door in doors) else "redirect"
    return str(status)


def agrees(expected: str, status: int, location: str, address: str = "") -> bool:
    """Whether an answer is of the expected class; `deny` is any of the ways to be refused."""
    got = class_of(status, location, address)
    if expected != "deny":
        return got == expected
    # Wagtail sends staff without the right to its front page, with a message.
    refusals = ("login", "403", "404", "405")
    return got in refusals or (got == "redirect" and location == "/admin/")

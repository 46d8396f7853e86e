"""The demo's staff and residents. All of them made up, all with one public password."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from wagtail.models import WorkflowPage

from accounts.actions import confirm_email, record_consent
from accounts.consents import consent_page
from accounts.models import Consent, Municipality, User
from cms.demo.clock import clock_at
from cms.demo.content import Calendar, Step, read
from cms.demo.terms import source_term
from government import roles
from home.models import NewsIndexPage

if TYPE_CHECKING:
    from collections.abc import Iterator

STAFF_DAY, RESIDENTS_DAY = -262, -255
# The group of each role in people.toml; the administrator needs none.
GROUPS = {
    "editor": roles.EDITORS,
    "moderator": roles.MODERATORS,
    "promoter": roles.PROMOTERS,
    "registrar": roles.REGISTRARS,
    "scrutineer": roles.SCRUTINEERS,
    "secretary": roles.SECRETARIES,
    "expert": roles.COMMITTEE_MEMBERS,
}


def person(key: str) -> User:
    """A person of people.toml by key, or a supporter by `supporter-07`."""
    return User.objects.get(email=f"{key}@example.org")


def supporter_keys() -> list[str]:
    """The keys of all whose only work is to support."""
    return [f"supporter-{number:02}" for number in range(1, _supporters()["count"] + 1)]


def staff_steps(calendar: Calendar) -> Iterator[Step]:
    """The groups, then one step a member of staff."""
    yield Step("groups", _make_groups)
    for row in read("people")["staff"]:
        yield Step("people", partial(_make_staff, row, calendar))


def workflow_steps() -> Iterator[Step]:
    """One step: what editors submit for the news, moderators publish."""
    yield Step("workflows", _make_workflow)


def resident_steps(calendar: Calendar) -> Iterator[Step]:
    """One step a resident; their consent needs the page that asks for it."""
    for number, row in enumerate([*read("people")["resident"], *_supporter_rows()]):
        yield Step("people", partial(_make_resident, row, number, calendar))


def _make_groups() -> bool:
    if Group.objects.filter(name=roles.PROMOTERS).exists():
        return False  # Somebody may have changed what they may do.
    roles.ensure_roles()
    return True


def _make_workflow() -> bool:
    if WorkflowPage.objects.filter(page__in=NewsIndexPage.objects.all()).exists():
        return False
    roles.ensure_roles()
    return True


@cache
def _password_hash() -> str:
    """Hashed once for all: seventy slow hashes of one public password would protect nobody."""
    return make_password(read("people")["password"])


def _supporters() -> dict[str, Any]:
    return read("people")["supporters"]


def _supporter_rows() -> Iterator[dict[str, Any]]:
    lists = _supporters()
    names, initials, places = lists["given_names"], lists["initials"], lists["municipalities"]
    for number, key in enumerate(supporter_keys()):
        yield {
            "email": f"{key}@example.org",
            "name": f"{names[number % len(names)]} {initials[number % len(initials)]}",
            "municipality": places[number % len(places)],
            "language": lists["language"],
        }


def _make_staff(row: dict[str, Any], calendar: Calendar) -> bool:
    if User.objects.filter(email=row["email"]).exists():
        return False
    is_admin = row["role"] == "admin"
    with clock_at(calendar.moment(STAFF_DAY)), transaction.atomic():
        person = _make_person(
            row, calendar.moment(STAFF_DAY), is_staff=is_admin, is_superuser=is_admin
        )
        person.groups.set(Group.objects.filter(name=GROUPS.get(row["role"])))
    return True


def _make_resident(row: dict[str, Any], number: int, calendar: Calendar) -> bool:
    if User.objects.filter(email=row["email"]).exists():
        return False
    joined_at = calendar.moment(RESIDENTS_DAY + number // 24, f"{number % 24:02}:15")
    with clock_at(joined_at), transaction.atomic():
        person = _make_person(
            row, joined_at, municipality=source_term(Municipality, row["municipality"])
        )
        with translation.override(person.language):
            record_consent(
                user=person, purpose=Consent.Purpose.PERSONAL_DATA, text=consent_page().text
            )
    return True


def _make_person(row: dict[str, Any], joined_at: Any, **fields: Any) -> User:
    person = User.objects.create(
        email=row["email"],
        name=row["name"],
        language=row["language"],
        organisation=row.get("organisation", ""),
        password=_password_hash(),
        date_joined=joined_at,
        **fields,
    )
    confirm_email(user=person)
    return person

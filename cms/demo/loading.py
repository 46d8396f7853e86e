"""All of the demo in the order it has to be made, and whether a database may hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import User
from cms.demo import (
    articles,
    calls,
    cases,
    committees,
    maps,
    pages,
    people,
    pictures,
    rounds,
    stories,
    terms,
)

if TYPE_CHECKING:
    from cms.demo.content import Step


def steps(picture_width: int = pictures.WIDTH) -> list[Step]:
    """Every step of the demo; each finds out by itself whether it is done already."""
    calendar = calls.first_calendar()
    return [
        *terms.steps(),
        *maps.steps(),
        *cases.people_steps(),
        *people.staff_steps(calendar),
        *pictures.steps(picture_width),
        *pictures.crop_steps(),
        *pages.steps(calendar),
        *articles.steps(calendar),
        *calls.steps(calendar),
        *people.workflow_steps(),
        *people.resident_steps(calendar),
        *rounds.over_steps(calendar),
        *stories.steps(calendar),
        *rounds.open_steps(calendar),
        *committees.steps(calendar),
        *cases.mail_steps(),
    ]


def belongs_to_real_people() -> bool:
    """Whether people use this database who are not the demo's: its passwords are public."""
    if User.objects.filter(email="admin@example.org").exists():
        return False
    return User.objects.exclude(Q(email__endswith="@example.org")).exists()

"""Who is told about commitments: owners and staff of due dates, residents of what they sent in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.tasks import task
from django.utils import translation

from accounts.notifications import absolute_url, deliver_mail, render_mail, send_mail_to
from government.models import Observation
from government.notifications import body_name
from home.words import in_every_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import User
    from government.models import Commitment, Official

REMINDER = "government/mail/commitment_due"
OBSERVATION = "government/mail/observation"


def reminder_context(commitment: Commitment, language: str) -> dict[str, Any]:
    """What a reminder says, in a language."""
    with translation.override(language):
        url = absolute_url(commitment.get_absolute_url())
    body = body_name(commitment.body, language)
    return {"commitment": commitment, "body": body, "url": url}


def tell_owner(commitment: Commitment, *, is_escalated: bool) -> None:
    """Queue the reminder to those who promised; nothing if nobody of them has an address."""
    language = commitment.body.mail_language
    mail = render_mail(REMINDER, language, reminder_context(commitment, language))
    for address in owners(commitment, is_escalated=is_escalated):
        deliver_mail.enqueue(*mail, address)


def owners(commitment: Commitment, *, is_escalated: bool) -> list[str]:
    """Addresses of whoever is in charge, and once it is overdue of the body's head, each once.

    The body's own address stands in where the body has nobody on file. Three queries at most.
    """
    body = commitment.body
    people = [person_in_charge(commitment), body.head if is_escalated else None]
    addresses = [one.email for one in people if one and one.email] or [body.email]
    return [address for address in dict.fromkeys(addresses) if address]


def person_in_charge(commitment: Commitment) -> Official | None:
    """Whom the promise names, else who has the case, gets the body's referrals, or is its head.

    Names as staff and officials write them: a person's, with the position or without, or that of
    a department, whose lead it is then. Two queries.
    """
    named, has_case = commitment.owner_name.casefold(), commitment.answer.referral.official_id
    departments = commitment.body.departments.all()
    leads = {one.lead_id for one in departments if named in map(str.casefold, one.name.values())}
    ways: tuple[Callable[[Official], bool], ...] = (
        lambda one: named in map(str.casefold, in_every_language(one).values()),
        lambda one: named == one.name.casefold(),
        lambda one: one.pk in leads,
        lambda one: one.pk == has_case,
        lambda one: one.gets_referrals,
        lambda one: one.is_head,
    )
    people = list(commitment.body.officials.reachable())
    return next((one for is_in_charge in ways for one in people if is_in_charge(one)), None)


def tell_staff(commitment: Commitment) -> None:
    """Queue the same for those who carry proposals to the Government, each in their language."""
    for person in promoters():
        language = person.language
        mail = render_mail(REMINDER, language, reminder_context(commitment, language))
        deliver_mail.enqueue(*mail, person.email)


def promoters() -> Iterable[User]:
    """Active people who may promote proposals, each once. One query."""
    granted = Permission.objects.filter(
        codename="promote_proposal", content_type__app_label="proposals"
    )
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    may = Q(user_permissions__in=granted) | Q(groups__permissions__in=granted)
    return people.filter(may | Q(is_superuser=True)).distinct().order_by("pk")


def tell_of_observation(observation: Observation) -> None:
    """Queue the mail about what became of an observation."""
    mail_observation.enqueue(observation.pk)


@task()
def mail_observation(observation_id: int) -> None:
    """Tell a resident that their words are shown, or why they are not."""
    rows = Observation.objects.select_related("author", "commitment")
    observation = rows.get(pk=observation_id)
    if author := observation.author:
        with translation.override(author.language):
            url = absolute_url(observation.commitment.get_absolute_url())
        context = {"observation": observation, "commitment": observation.commitment, "url": url}
        send_mail_to(author, OBSERVATION, context)

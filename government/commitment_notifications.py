"""Who is told about commitments: owners and staff of due dates, residents of what they sent in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.tasks import task
from django.utils import translation

from accounts.notifications import absolute_url, deliver_mail, render_mail, send_mail_to
from government.models import Observation
from government.notifications import body_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from government.models import Commitment

REMINDER = "government/mail/commitment_due"
OBSERVATION = "government/mail/observation"


def reminder_context(commitment: Commitment, language: str) -> dict[str, Any]:
    """What a reminder says, in a language."""
    with translation.override(language):
        url = absolute_url(commitment.get_absolute_url())
    body = body_name(commitment.body, language)
    return {"commitment": commitment, "body": body, "url": url}


def tell_owner(commitment: Commitment) -> None:
    """Queue the reminder to the body that promised; nothing if it has no address."""
    if commitment.body.email:
        language = settings.LANGUAGE_CODE
        mail = render_mail(REMINDER, language, reminder_context(commitment, language))
        deliver_mail.enqueue(*mail, commitment.body.email)


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

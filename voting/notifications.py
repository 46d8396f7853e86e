"""Mail about votes. What waits to be sent says to nobody who reads it whose vote it is about.

Mails about merges are in `merge_notifications`.
"""

from __future__ import annotations

import json
import logging
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation

from accounts.notifications import absolute_url, render_mail, send_mail_to
from voting.models import Appeal, Intervention
from voting.pseudonyms import open_key, seal_key
from voting.supporters import people_behind

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Round

logger = logging.getLogger(__name__)


def queue_receipt(*, code: str, address: str, language: str) -> None:
    """Have a receipt mailed; what lies in the queue is encrypted.

    A row with an address beside a receipt would undo the pseudonyms of the ledger.
    """
    words = json.dumps([code, address, language]).encode()
    mail_receipt.enqueue(seal_key(words).hex())


@task()
def mail_receipt(sealed: str) -> None:
    """Send the mail that `queue_receipt` encrypted."""
    code, address, language = json.loads(open_key(bytes.fromhex(sealed)))
    with translation.override(language):
        url = absolute_url(reverse("voting:receipt", args=[code]))
    subject, body = render_mail("voting/mail/receipt", language, {"code": code, "url": url})
    EmailMessage(subject, body, to=[address]).send()


def tell_of_intervention(row: Intervention) -> None:
    """Queue the mails to those whose votes were held, given back, annulled or restored."""
    mail_intervention.enqueue(row.pk)


@task()
def mail_intervention(intervention_id: int) -> None:
    """Tell everybody concerned, each once, in order of their ids.

    The cursor is saved after each mail: a run that is killed repeats at most the mail it was at,
    and a second run beside it stops as soon as it sees the cursor gone on.
    """
    row = Intervention.objects.select_related("round__proposal").get(pk=intervention_id)
    voters = {bytes(one) for one in row.votes.filter(changed=True).values_list("voter", flat=True)}
    for person in people_behind(row.round, voters, row.notified_up_to):
        _mail_one(person, "voting/mail/intervention", {"intervention": row}, row.round)
        if not _advance(row, person.pk):
            return
    # The last person's number has no business beside their vote any longer.
    Intervention.objects.filter(pk=row.pk).update(notified_at=timezone.now(), notified_up_to=0)


def tell_of_appeal(appeal: Appeal) -> None:
    """Queue the mail about an appeal that was declined; of a granted one its votes tell."""
    mail_appeal.enqueue(appeal.pk)


@task()
def mail_appeal(appeal_id: int) -> None:
    """Tell the voter what was answered to their appeal."""
    appeal = Appeal.objects.select_related("event__round__proposal").get(pk=appeal_id)
    round_ = appeal.event.round
    for person in people_behind(round_, {bytes(appeal.event.voter)}):
        _mail_one(person, "voting/mail/appeal", {"appeal": appeal}, round_)


def _mail_one(person: User, template: str, context: dict[str, Any], round_: Round) -> None:
    with translation.override(person.language):
        about = round_.proposal or round_
        links = {
            "url": absolute_url(about.get_absolute_url()),
            "appeal_url": absolute_url(reverse("voting:appeal", args=[round_.pk])),
            "title": str(about),
        }
    try:
        send_mail_to(person, template, {**context, **links})
    except SMTPRecipientsRefused:
        # One mailbox that no longer exists must not keep all those after it from the news.
        logger.warning("round %s: the mail server refused an address", round_.pk)


def _advance(row: Intervention, person_id: int) -> bool:
    """Move the cursor to a person; False if another run has moved it meanwhile."""
    here = Intervention.objects.filter(pk=row.pk, notified_up_to=row.notified_up_to)
    row.notified_up_to = person_id
    return bool(here.update(notified_up_to=person_id))

"""Mail about votes. What waits to be sent says to nobody who reads it whose vote it is about."""

from __future__ import annotations

import json

from django.core.mail import EmailMessage
from django.tasks import task
from django.urls import reverse
from django.utils import translation

from accounts.notifications import absolute_url, render_mail
from voting.pseudonyms import open_key, seal_key


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

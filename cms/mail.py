"""Mail of development and the demo: in the terminal, and on a page that only debug mode has."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.mail.backends.console import EmailBackend as TerminalBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from proposals.notifications import send_due_mails

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage as ParsedMessage

    from django.core.mail import EmailMessage
    from django.urls import URLPattern

KEPT = 50


class Letter(NamedTuple):
    """One mail as the page shows it."""

    to: str
    subject: str
    sent_at: datetime | None
    text: str


class TerminalAndPageBackend(TerminalBackend):
    """Prints each mail and keeps the last 50 as files, which a reload of the server leaves."""

    def write_message(self, message: EmailMessage) -> None:
        parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        # Readable, not as it would go over the wire: Cyrillic in base64 helps nobody.
        self.stream.write(f"To: {parsed['to']}\nSubject: {parsed['subject']}\n\n{text_of(parsed)}")
        self.stream.write("-" * 79 + "\n")
        keep(message.message().as_bytes())


def keep(raw: bytes) -> None:
    """File one mail under the time, and drop the oldest beyond the last 50."""
    folder = Path(settings.DEBUG_MAIL_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{time_ns()}.eml").write_bytes(raw)
    for old in sorted(folder.glob("*.eml"))[:-KEPT]:
        old.unlink(missing_ok=True)  # another process may have been quicker


def letters() -> list[Letter]:
    """The kept mails, newest first."""
    files = sorted(Path(settings.DEBUG_MAIL_DIR).glob("*.eml"), reverse=True)
    return [read(file.read_bytes()) for file in files]


def read(raw: bytes) -> Letter:
    """One mail from its file."""
    message = message_from_bytes(raw, policy=policy.default)
    sent_at = message["date"].datetime if message["date"] else None
    return Letter(str(message["to"]), str(message["subject"]), sent_at, text_of(message))


def text_of(message: ParsedMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(preferencelist=("plain",))
    return body.get_content() if body else ""


@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Everybody's mail, which is why it must not exist on a real site: see `urls`."""
    if not settings.DEBUG:
        raise Http404
    send_due_mails()  # nothing else does, where no worker and no timer run
    return render(request, "cms/mail.html", {"letters": letters()})


def urls(*, debug: bool) -> list[URLPattern]:
    """The page's address in debug mode, else none."""
    return [path("mail/", inbox, name="debug_mail")] if debug else []

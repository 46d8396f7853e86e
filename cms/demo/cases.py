"""The demo's officials, what they did with their cases, and one link to try it with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage

from cms import mail
from cms.demo.content import Step, read
from cms.demo.proposals import find
from cms.demo.terms import source_term
from government.actions import (
    ask_extension,
    ask_question,
    escalate_referral,
    forward_case,
    reply_to_body,
)
from government.case_notifications import link_mail
from government.models import Body, CaseLink, Department, Official, Referral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cms.demo.content import Calendar

NOON = "12:00"
TRIED = "cold-chain"  # the case whose link lies in the mail of the demonstration


def people_steps() -> Iterator[Step]:
    """Departments and officials; whoever leads a department after both are there."""
    for row in read("officials")["official"]:
        yield Step("officials", partial(_make_official, row))


def _make_official(row: dict[str, Any]) -> bool:
    body = source_term(Body, row["body"])
    department = None
    if "department" in row:
        department, _made = Department.objects.get_or_create(
            body=body, name__ru=row["department"]["ru"], defaults={"name": row["department"]}
        )
    official, made = Official.objects.get_or_create(
        body=body,
        email=row["email"],
        defaults={
            "department": department,
            "name": row["name"],
            "position": row["position"],
            "gets_referrals": row.get("receives", False),
            "is_head": row.get("is_head", False),
        },
    )
    if made and department and row.get("leads"):
        Department.objects.filter(pk=department.pk).update(lead=official)
    return made


def moments(row: dict[str, Any], calendar: Calendar) -> Iterator[tuple[datetime, str, Any]]:
    """When, what kind of step, and the step; each may be repeated."""
    for step in row.get("referral", {}).get("steps", []):
        when = calendar.moment(step["day"], NOON)
        yield when, "cases", partial(_make_step, row, step, when, calendar)


def _make_step(
    row: dict[str, Any], step: dict[str, Any], when: datetime, calendar: Calendar
) -> bool:
    referral = Referral.objects.select_related("proposal__author").get(proposal=find(row))
    if referral.steps.filter(kind=step["kind"], made_at=when).exists():
        return False
    if referral.proposal.status != "promoted":
        return False  # The demo is used already, and somebody answered.
    act = ACTS.get(step["kind"])
    if act is None:
        return bool(escalate_referral(referral))
    act(referral, step, calendar)
    return True


def _link_of(referral: Referral) -> CaseLink:
    """The link of whoever is in charge."""
    return CaseLink.objects.filter(referral=referral, official=referral.official)[0]


def _forward(referral: Referral, step: dict[str, Any], _calendar: Calendar) -> None:
    to = Department.objects.get(body=referral.body, name__ru=step["department"])
    if to.lead:
        words = step["text"]
        forward_case(link=_link_of(referral), official=to.lead, department=to, words=words)


def _ask(referral: Referral, step: dict[str, Any], _calendar: Calendar) -> None:
    ask_question(link=_link_of(referral), words=step["text"])


def _reply(referral: Referral, step: dict[str, Any], _calendar: Calendar) -> None:
    reply_to_body(user=referral.proposal.author, referral=referral, words=step["text"])


def _extend(referral: Referral, step: dict[str, Any], calendar: Calendar) -> None:
    until = calendar.moment(step["until"]).date()
    ask_extension(link=_link_of(referral), due_on=until, words=step["text"])


ACTS: dict[str, Callable[[Referral, dict[str, Any], Calendar], None]] = {
    "forwarded": _forward,
    "question": _ask,
    "reply": _reply,
    "extended": _extend,
}


def mail_steps() -> Iterator[Step]:
    """A mail with a link that works, where development shows mails and nowhere else."""
    if getattr(settings, "DEBUG_MAIL_DIR", None):
        yield Step("mails", _keep_link)


def _keep_link() -> bool:
    row = next(row for row in read("proposals")["proposal"] if row["key"] == TRIED)
    referral = Referral.objects.get(proposal=find(row))
    link = _link_of(referral)
    if any(letter.to == link.official.email for letter in mail.letters()):
        return False
    message = EmailMessage(*link_mail(link, link.take_key(), None), to=[link.official.email])
    mail.keep(message.message().as_bytes())
    return True

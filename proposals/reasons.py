"""Why moderators return or reject a proposal: the list, and what each code says to the author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Reason(models.TextChoices):
    """The codes are kept with each decision, so that they can be counted over the years."""

    DUPLICATE = "duplicate", _("Repeats another proposal")
    COMPETENCE = "competence", _("Not within the region's powers")
    OFF_TOPIC = "off_topic", _("Not what the call asks for")
    PERSONAL_DATA = "personal_data", _("Personal data of others")
    INSULTS = "insults", _("Insults or threats")
    UNCLEAR = "unclear", pgettext_lazy("reason", "Unclear")
    INCOMPLETE = "incomplete", pgettext_lazy("reason", "Incomplete")
    ADVERTISING = "advertising", _("Advertising")
    UNLAWFUL = "unlawful", _("Against the law")
    OTHER = "other", _("Another reason")


SENTENCES: dict[str, _StrPromise] = {
    Reason.DUPLICATE: _("Another proposal asks for the same already. You can support that one."),
    Reason.COMPETENCE: _(
        "The Territory's authorities cannot decide this: it is for federal bodies, a court or"
        " private people."
    ),
    Reason.OFF_TOPIC: _("This call asks for something else; see its rules."),
    Reason.PERSONAL_DATA: _(
        "Names, addresses, telephone numbers or pictures of other people stand in it. They cannot"
        " be published."
    ),
    Reason.INSULTS: _("It insults or threatens somebody. Say what is wrong without that."),
    Reason.UNCLEAR: _("It does not become clear what exactly should be done, or where."),
    Reason.INCOMPLETE: _("Something is missing without which nobody can judge the proposal."),
    Reason.ADVERTISING: _("It advertises goods, services, a company or a candidate."),
    Reason.UNLAWFUL: _("What it asks for, or the way it says so, is against the law."),
}
# Verbs that take a code of this list.
CODED = frozenset({"return", "reject"})

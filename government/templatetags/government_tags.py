"""What became of proposals, for pages of other apps: the official answer, the latest outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from government.commitment_timeline import PROMISED
from government.commitment_words import STATUS_OF_STATE
from government.models import Answer, Commitment, Referral
from government.permissions import is_asked
from proposals.models import Proposal

if TYPE_CHECKING:
    from government.models import AnswerPart
    from proposals.models import CallPage

register = template.Library()

# Only these can have a referral, so pages of all other proposals cost no query.
REFERRED = frozenset({"promoted", "accepted", "declined", "in_progress", "done"})
TONES = {
    Answer.Outcome.ACCEPTED: "ok",
    Answer.Outcome.PARTLY: "ok",
    Answer.Outcome.DECLINED: "bad",
}


def referral_of(proposal: Proposal) -> Referral | None:
    """The proposal's referral with its body and answer. One query for a page, at most."""
    if proposal.status not in REFERRED:
        return None
    if not hasattr(proposal, "_referral_shown"):
        found = Referral.objects.for_pages().filter(proposal=proposal.pk).first()
        proposal._referral_shown = found  # type: ignore[attr-defined]  # kept for the second tag
    return proposal._referral_shown  # type: ignore[attr-defined]


def answer_context(referral: Referral, parts: list[AnswerPart] | None = None) -> dict[str, Any]:
    """What the callout of an answer shows. One query; none for a preview, which has its parts."""
    answer = referral.answer
    saved = list(answer.parts.all()) if parts is None and answer.pk else []
    tone = TONES[Answer.Outcome(answer.outcome)]
    return {"referral": referral, "answer": answer, "tone": tone, "answer_parts": parts or saved}


@register.inclusion_tag("government/answer.html")
def official_answer(proposal: Proposal) -> dict[str, Any]:
    """The body's answer as a callout; nothing before there is one."""
    found = referral_of(proposal)
    return answer_context(found) if found and found.is_answered else {}


@register.inclusion_tag("government/referral.html", takes_context=True)
def referral(context: template.Context, proposal: Proposal) -> dict[str, Any]:
    """To which body a proposal went, since when, and when it answers; nothing once it has."""
    found = referral_of(proposal)
    if found is None or found.is_answered:
        return {}
    user = context.get("user")  # none in a page that is drawn for nobody
    return {"referral": found, "is_asked": user is not None and is_asked(user, found)}


@register.inclusion_tag("components/status_tag.html")
def commitment_status(commitment: Commitment) -> dict[str, Any]:
    """The state of a commitment, in the colour and with the sign of a proposal's status."""
    status = STATUS_OF_STATE[commitment.state]
    return {"status": status, "label": commitment.get_state_display()}


@register.inclusion_tag("government/commitments_of_proposal.html")
def commitments_of(proposal: Proposal) -> dict[str, Any]:
    """What was promised about a proposal. One query, none for one without an answer."""
    if proposal.status not in PROMISED:
        return {}
    rows = Commitment.objects.filter(proposal=proposal.pk).for_pages()
    return {"commitments": list(rows.order_by("due_on", "pk"))}


@register.simple_tag
def latest_outcomes(count: int = 3) -> list[Referral]:
    """Promoted proposals, the one with the latest news first. One query."""
    latest = Coalesce("answer__entered_at", "made_at").desc()
    return list(Referral.objects.public().for_pages().order_by(latest, "-pk")[:count])


@register.simple_tag
def round_figures(call: CallPage) -> dict[str, int]:
    """A call's proposals and supports; answers given and overdue, of all calls. One query."""
    own = Q(call__translation_key=call.translation_key)
    late = Q(referral__answer__isnull=True, referral__due_on__lt=timezone.localdate())
    return Proposal.objects.public().aggregate(
        proposals=Count("pk", filter=own),
        supports=Coalesce(Sum("figures__support_count", filter=own), 0),
        answered=Count("referral__answer"),
        overdue=Count("referral", filter=late),
    )

"""Who may run committees and score proposals, and in which words somebody is refused. No writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from assessment.conflicts import is_same_organisation
from assessment.models import Assignment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from assessment.models import AssessmentRound, Membership
    from proposals.models import Proposal

    Visitor = User | AnonymousUser


class Refusal(TextChoices):
    """Why something cannot be done now, as it is said to whoever asked for it."""

    BEGUN = "begun", _("Reading has begun: criteria and proposals stay as they are.")
    NOT_BEGUN = "not_begun", _("Reading has not begun yet.")
    ENDED = "ended", _("The round is closed: no scores are taken any more.")
    NOT_ENDED = "not_ended", _("End the reading first.")
    HAS_PROTOCOL = "has_protocol", _("The protocol is published and stays as it is.")
    WEIGHTS = "weights", _("The weights of all scales have to add up to 1.")
    NO_PROPOSALS = "no_proposals", _("Take proposals into the round first.")
    NO_REVIEWERS = "no_reviewers", _("A proposal has nobody left who may read it.")
    NO_QUORUM = "no_quorum", _("Fewer members took part than the quorum asks for.")
    EARLY = "early", _("Sheets are missing, and scores are not due yet.")
    TOO_FEW = "too_few", _("The committee has fewer members with an account than its quorum.")
    UNDISCUSSED = "undiscussed", _("Proposals that reviewers disagree on have to be discussed.")
    RECUSED = "recused", _("You are recused from this proposal and do not score it.")
    CONFLICT = (
        "conflict",
        _("You or your organisation wrote this proposal, so you do not score it."),
    )
    TERM_OVER = "term_over", _("Your term of office is over: you score no more.")
    GONE = "gone", _("The proposal was withdrawn, archived or merged: it is not scored any more.")
    NOT_SHORTLISTED = (
        "not_shortlisted",
        _("A proposal is not on the shortlist any more. Leave it out, then begin."),
    )
    NOT_SELECTING = "not_selecting", _("This round only ranks: it selects nobody.")
    NOT_DECLARED = "not_declared", _("Declare first whether you have a conflict of interest.")
    SENT = "sent", _("This sheet was sent in already.")
    NOT_DISPUTED = "not_disputed", _("Only scores that reviewers disagree on are changed.")
    NOT_SENT = "not_sent", _("Send your sheet in first.")
    NO_PLACE = "no_place", _("This proposal has no place: it was excluded or nobody read it.")
    NOT_MET = "not_met", _("The meeting has not begun yet.")
    NOT_COUNTED = "not_counted", _("Write down first who was there.")
    MEETING_QUORUM = "meeting_quorum", _("The meeting had no quorum, so it decided nothing.")
    DECIDED = "decided", _("A decision is recorded: it stays, and so does who was there.")


class AssessmentRefused(Exception):
    """An action that its rules do not allow now; `refusal.label` says why in words."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def may_run_assessment(user: Visitor) -> bool:
    """Whether the person keeps committees, their meetings and their rounds."""
    return user.has_perm("assessment.run_assessment")


def may_score_proposals(user: Visitor) -> bool:
    """Whether the person has the reviewers' pages at all."""
    return user.has_perm("assessment.score_proposal")


def may_score_among(members: Iterable[Membership]) -> set[int]:
    """Which of these members' accounts have the reviewers' pages. One query."""
    granted = Permission.objects.filter(
        content_type__app_label="assessment", codename="score_proposal"
    )
    rights = Q(user_permissions__in=granted) | Q(groups__permissions__in=granted)
    people = get_user_model().objects.filter(Q(is_superuser=True) | rights, is_active=True)
    return set(people.filter(pk__in=[one.user_id for one in members]).values_list("pk", flat=True))


def may_read_sheet(user: Visitor, assignment: Assignment) -> bool:
    """Whether this sheet is the person's own; nobody else opens it, not even an administrator."""
    return may_score_proposals(user) and assignment.membership.user_id == user.pk


def may_place_by_hand(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person may give a proposal another place: never one they wrote."""
    return may_run_assessment(user) and not wrote(user.pk, proposal)


def wrote(user_id: int | None, proposal: Proposal) -> bool:
    """Whether the person is author or co-author. One query, none if co-authors are prefetched."""
    if user_id is None:
        return False
    return user_id in {proposal.author_id, *(one.person_id for one in proposal.coauthors.all())}


def conflict_of(member: Membership, proposal: Proposal) -> str:
    """The recusal that is found by itself, or "": one's own proposal, or one's organisation's."""
    if wrote(member.user_id, proposal):
        return Assignment.Recusal.OWN
    own = {member.organisation, member.user.organisation if member.user else ""}
    people = [proposal.author, *(one.person for one in proposal.coauthors.all())]
    theirs = {person.organisation for person in people if person}
    if any(is_same_organisation(one, other) for one in own for other in theirs):
        return Assignment.Recusal.ORGANISATION
    return ""


def refuse_begun(round_: AssessmentRound) -> None:
    """Raises `AssessmentRefused` once the round's rules are frozen."""
    if round_.opened_at is not None:
        raise AssessmentRefused(Refusal.BEGUN)


def refuse_not_reading(round_: AssessmentRound) -> None:
    """Raises `AssessmentRefused` unless the round takes scores."""
    if round_.opened_at is None:
        raise AssessmentRefused(Refusal.NOT_BEGUN)
    if round_.ended_at is not None:
        raise AssessmentRefused(Refusal.ENDED)


def refuse_sheet(assignment: Assignment) -> None:
    """Raises `AssessmentRefused` for who may not fill in this sheet now."""
    refuse_not_reading(assignment.assessed.round)
    if assignment.assessed.is_gone:
        raise AssessmentRefused(Refusal.GONE)
    if assignment.is_recused:
        raise AssessmentRefused(Refusal.RECUSED)
    if assignment.membership.is_over:
        raise AssessmentRefused(Refusal.TERM_OVER)
    if assignment.declared_at is None:
        raise AssessmentRefused(Refusal.NOT_DECLARED)

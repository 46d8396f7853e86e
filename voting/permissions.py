"""Who may vote in a round, and why not if not. Questions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AssuranceLevel, User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from voting.models import LockedRound, Round, VoteEvent

    Visitor = User | AnonymousUser


class Refusal(models.TextChoices):
    """Why a person cannot vote in a round now, in words that say what to do."""

    SIGNED_OUT = "signed_out", _("Sign in to support this proposal.")
    NOT_OPEN_YET = "not_open_yet", _("Support has not opened yet.")
    CLOSED = "closed", _("Support is closed.")
    LEVEL = "level", _("Confirm your e-mail address first: the link is in the mail we sent you.")
    ELSEWHERE = (
        "elsewhere",
        _(
            "This call is for residents of certain municipalities."
            " Say in your profile where you live."
        ),
    )
    DOCUMENT = (
        "document",
        _("For this vote, show a document at our desk once; then you can vote here."),
    )
    HELD = (
        "held",
        _(
            "Your vote is held for a check and does not count at the moment."
            " Show a document at our desk and it counts again."
        ),
    )
    ANNULLED = ("annulled", _("Your vote was annulled. You can appeal against this."))


class DocumentRefusal(models.TextChoices):
    """Why a document cannot be put down for an account, in words that say what to do."""

    OTHER_ACCOUNT = (
        "other_account",
        _(
            "This document was shown for another account already, and one person has one account"
            " that counts. Whoever no longer uses the old account erases it in the profile and"
            " then shows the document again."
        ),
    )
    OTHER_DOCUMENT = (
        "other_document",
        _(
            "This account was confirmed with another document. If that one was replaced by a new"
            " one, say so below."
        ),
    )
    KNOWN = (
        "known",
        _(
            "Somebody without an account showed this document at the desk or on paper, so it"
            " cannot take the place of another one."
        ),
    )
    UNPROVEN = (
        "unproven",
        _("The e-mail address of this account is not confirmed yet: the link is in the mail."),
    )
    OWN = ("own", _("Nobody confirms their own account: ask a colleague."))


DESK_CLOSED = _(
    "Ten votes and documents of yours wait for a colleague to look at when they came. Another"
    " registrar or a scrutineer opens “Work at the desk” in the menu; then you can go on."
)


class PaperRefusal(models.TextChoices):
    """Why something cannot be done with paper ballots now."""

    NO_PAPER = "no_paper", _("This round takes no paper ballots.")
    NOT_OPEN_YET = "not_open_yet", _("This round has not opened yet.")
    STILL_OPEN = "still_open", _("This round is still open: people may vote on paper yet.")
    ENDED = "ended", _("All paper ballots of this round are in; no more can be taken.")
    DAY = "day", _("On this day the round did not take ballots.")
    CAST = "cast", _("This batch is being cast or was cast already; it cannot be changed.")
    LINE = "line", _("The batch has fewer ballots than this number.")
    TWICE = "twice", _("Two of your colleagues have typed in this ballot already.")
    NOT_READY = "not_ready", _("The batch is not ready to be cast: see what is listed below.")
    UNFINISHED = (
        "unfinished",
        _("A batch of this round is not cast yet. Cast it or delete it first."),
    )


def why_not_vote(user: Visitor, round_: Round | LockedRound) -> Refusal | None:
    """The reason a person cannot vote now, or None. No query, one for residents-only rounds."""
    if round_.is_coming:
        return Refusal.NOT_OPEN_YET
    if not round_.is_open:
        return Refusal.CLOSED
    if not user.is_authenticated:
        return Refusal.SIGNED_OUT
    if user.level < round_.level:
        return Refusal.DOCUMENT if user.level >= AssuranceLevel.EMAIL else Refusal.LEVEL
    if round_.residents_only and not round_.is_for(user.municipality):
        return Refusal.ELSEWHERE
    return None


def people_who_may_vote(round_: Round) -> QuerySet[User]:
    """The accounts that `why_not_vote` lets vote while the round is open."""
    people = User.objects.filter(is_active=True, level__gte=round_.level)
    if round_.residents_only:
        return people.filter(municipality__slug__in=round_.rules["municipalities"])
    return people


def why_not_again(last: VoteEvent) -> Refusal | None:
    """The reason a voter cannot act after this row, or None: what staff took, only they give."""
    taken = {"hold": Refusal.HELD, "annul": Refusal.ANNULLED}
    return taken.get(last.reason)


def may_check_document(user: Visitor) -> bool:
    """Whether the person may look at documents at the desk, and take votes there."""
    return user.has_perm("voting.check_document")


def may_enter_paper(user: Visitor) -> bool:
    """Whether the person may type in paper ballots, and cast them once two people agree."""
    return user.has_perm("voting.enter_paper")


def may_look_over_desks(user: Visitor) -> bool:
    """Whether the person may look at what colleagues did at the desk, and let them go on."""
    return may_check_document(user) or may_guard_votes(user)


def may_look_over_desk(user: Visitor, person: User) -> bool:
    """Whether the person may look at this one's entries: nobody looks at their own."""
    return may_look_over_desks(user) and user.pk != person.pk


def why_not_at_desk(round_: Round) -> Refusal | None:
    """The reason nobody can vote at the desk in a round now, or None."""
    if round_.is_coming:
        return Refusal.NOT_OPEN_YET
    return None if round_.is_open else Refusal.CLOSED


def may_see_round(user: Visitor, round_: Round) -> bool:
    """Everybody, once there is something to choose between; staff who prepare it before."""
    is_support = round_.proposal_id is not None
    return is_support or len(round_.rules["options"]) > 1 or may_prepare_rounds(user)


def may_prepare_rounds(user: Visitor) -> bool:
    """Whether the person may make rounds, change them before the first vote, and close them."""
    return user.has_perm("voting.change_round")


def may_guard_votes(user: Visitor) -> bool:
    """Whether the person may hold, annul and restore votes, and answer appeals."""
    return user.has_perm("voting.guard_votes")

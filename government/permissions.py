"""Who may put proposals before the Government, enter its answers and keep its promises.

Questions only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import AssuranceLevel
from proposals.permissions import may_move_proposal, may_read_as_staff

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from government.models import CaseLink, Commitment, Observation, Referral
    from proposals.models import Proposal

    Visitor = User | AnonymousUser


def may_promote_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person may put this proposal before a body; says nothing about its status."""
    return may_move_proposal(user, proposal, "promote")


def may_answer_referral(user: Visitor, referral: Referral) -> bool:
    """Whether the person may enter the answer to a referral."""
    return may_move_proposal(user, referral.proposal, "answer_accept")


def may_freeze_dossier(user: Visitor, referral: Referral) -> bool:
    """Whether the person may freeze a later version of a referral's dossier."""
    return may_promote_proposal(user, referral.proposal)


def may_read_dossiers(user: Visitor) -> bool:
    """Whether the person may take dossiers out of the admin."""
    return user.has_perm("proposals.promote_proposal") or may_export_proposals(user)


def may_export_proposals(user: Visitor) -> bool:
    """Whether the person may take lists of proposals out of the admin."""
    return user.has_perm("proposals.export_proposal")


def may_keep_commitments(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person may add, move and redate commitments about this proposal."""
    return may_move_proposal(user, proposal, "start")


def may_send_observation(user: Visitor, commitment: Commitment) -> bool:
    """Whether the person may say what they see of a commitment: signed in, address proven."""
    if not user.is_authenticated or user.level < AssuranceLevel.EMAIL:
        return False
    return commitment.proposal.is_public and commitment.takes_observations


def may_check_observations(user: Visitor) -> bool:
    """Whether the person reads what residents send in before everybody does."""
    return user.has_perm("proposals.moderate_proposal")


def may_decide_observation(user: Visitor, observation: Observation) -> bool:
    """Whether the person may accept or refuse this one: nobody decides on their own."""
    return may_check_observations(user) and observation.author_id != user.pk


def may_take_back_observation(user: Visitor, observation: Observation) -> bool:
    """Whether the person wrote it: nobody else takes it back, staff refuse."""
    return user.is_authenticated and observation.author_id == user.pk


def may_see_observation(user: Visitor, observation: Observation) -> bool:
    """Everybody sees accepted ones, authors their own, moderators all."""
    is_own = user.is_authenticated and observation.author_id == user.pk
    return observation.is_public or is_own or may_check_observations(user)


def may_see_commitment(user: Visitor, commitment: Commitment) -> bool:
    """Everybody sees those of public proposals, staff all."""
    return commitment.proposal.is_public or may_read_as_staff(user)


def may_read_case(link: CaseLink) -> bool:
    """Whether a link's holder may go on reading the case that they opened by it."""
    return not link.is_revoked and link.official.is_active


def may_act_in_case(link: CaseLink, referral: Referral) -> bool:
    """Whether the holder is in charge of the case now, and it still waits for an answer."""
    in_charge = may_read_case(link) and referral.official_id == link.official_id
    return in_charge and referral.proposal.status == "promoted" and not referral.is_returned


def may_handle_referral(user: Visitor, referral: Referral) -> bool:
    """Whether the person, as staff, may do with a referral what its body does not do itself."""
    return may_answer_referral(user, referral)


def may_reply_to_body(user: Visitor, referral: Referral) -> bool:
    """Whether the person may reply to what a body asks: the author, and staff."""
    if referral.proposal.status != "promoted":
        return False
    return may_handle_referral(user, referral) or is_asked(user, referral)


def is_asked(user: Visitor, referral: Referral) -> bool:
    """Whether the person is the author and the body waits for a word of theirs. One query."""
    if not user.is_authenticated or referral.proposal.author_id != user.pk:
        return False
    said = referral.steps.filter(Q(kind="question") | Q(kind="reply", by=user)).order_by("-pk")
    last = said.values_list("kind", flat=True).first()
    return last == "question"

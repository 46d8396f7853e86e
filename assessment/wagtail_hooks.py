"""Registers with Wagtail's admin what assessment has for staff. No logic here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.permissions import KeptPolicy
from assessment.models import AssessedProposal, Committee
from assessment.permissions import may_run_assessment, may_score_proposals
from assessment.personal_data import assessment_data, let_go_of_member
from assessment.templatetags.assessment_tags import review_of
from assessment.viewsets import CommitteeSnippetViewSet, CommitteesViewSet, ReviewsViewSet
from assessment.viewsets.panels import CommitteesPanel, MyReviewsPanel, ReviewPanel
from assessment.viewsets.rounds import AssessmentRoundViewSet
from home.staff import StaffMenuItem
from proposals.history import Entry

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User
    from proposals.models import Proposal

# First of all: Wagtail makes a policy of its own for a model whose policy is asked for before.
register_permission_policy(Committee, KeptPolicy(Committee))
register_snippet(CommitteeSnippetViewSet)

LOG_ACTIONS = {
    "save_member": (_("Change a term of office"), _("A term of office was changed")),
    "save_document": (_("Add a document"), _("A document was added")),
    "remove_document": (_("Remove a document"), _("A document was removed")),
    "save_meeting": (_("Call a meeting"), _("A meeting was called or changed")),
    "add_item": (_("Add to the agenda"), _("A matter was put on the agenda")),
    "record_attendance": (_("Write down who was there"), _("It was written down who was there")),
    "record_decision": (_("Record a decision"), _("A decision was recorded")),
    "take_proposals": (_("Take proposals into a round"), _("Proposals were taken into the round")),
    "leave_out": (_("Leave a proposal out"), _("A proposal was left out of the round")),
    "share_out": (_("Share out reviews"), _("Reviews were shared out")),
    "open_reading": (_("Begin reading"), _("Reading began; the criteria are frozen")),
    "declare": (_("Declare conflicts of interest"), _("Conflicts of interest were declared")),
    "submit_sheet": (_("Send a sheet"), _("A sheet was sent in")),
    "change_sheet": (_("Change scores"), _("Scores were changed after a discussion")),
    "discuss": (_("Mark as discussed"), _("A disagreement was discussed")),
    "end_reading": (_("End reading"), _("Reading ended; scores are closed")),
    "place_by_hand": (_("Give another place"), _("A place was given by hand")),
    "publish": (_("Publish the protocol"), _("The protocol was published")),
}


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    """Name what the audit log says about committees and their rounds."""
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(f"assessment.{name}", label, message)


@hooks.register("register_admin_viewset")
def register_committees() -> CommitteesViewSet:
    return CommitteesViewSet()


@hooks.register("register_admin_viewset")
def register_rounds() -> AssessmentRoundViewSet:
    return AssessmentRoundViewSet()


@hooks.register("register_admin_viewset")
def register_reviews() -> ReviewsViewSet:
    return ReviewsViewSet()


@hooks.register("register_admin_menu_item")
def register_assessment_menu() -> SubmenuMenuItem:
    """Where reviewers and secretaries work."""
    entries = [
        (_("My reviews"), "reviews_admin:index", may_score_proposals),
        (_("Rounds of assessment"), "assessments_admin:index", may_run_assessment),
        (_("Committees"), "committees_admin:index", may_run_assessment),
    ]
    items: list[MenuItem] = [
        StaffMenuItem(label, reverse(url), name=url.replace(":", "-"), order=place, may=may)
        for place, (label, url, may) in enumerate(entries)
    ]
    menu = Menu(register_hook_name=None, items=items)
    return SubmenuMenuItem(_("Assessment"), menu, name="assessment", icon_name="list-ol", order=155)


@hooks.register("construct_proposal_panels")
def show_the_review(panels: list[Any], proposal: Proposal, request: HttpRequest) -> None:
    panel = ReviewPanel(proposal)
    if panel.is_shown:
        panels.append(panel)


@hooks.register("construct_homepage_panels")
def show_what_waits_for_reviewers(request: HttpRequest, panels: list[Any]) -> None:
    if may_score_proposals(request.user):
        panels.append(MyReviewsPanel(request.user))
    if may_run_assessment(request.user):
        panels.append(CommitteesPanel())


@hooks.register("construct_merge_hindrances")
def keep_together_what_is_read(hindrances: list[str], proposals: list[Proposal]) -> None:
    """A proposal that a committee reads stays what it is until the protocol is published."""
    rows = AssessedProposal.objects.in_unpublished_rounds().filter(proposal__in=proposals)
    for row in rows.select_related("proposal", "round"):
        words = _now(
            "“%(title)s” is in the round of assessment “%(round)s”, which has no protocol yet."
        )
        hindrances.append(words % {"title": row.proposal, "round": row.round})


@hooks.register("register_timeline_entries")
def tell_of_the_review(proposal: Proposal) -> list[Entry]:
    """The line of the protocol in a proposal's public timeline."""
    review = review_of(proposal)
    if review is None:
        return []
    words = _now("Expert review: excluded by a hard stop")
    if review["rank"] is not None:
        words = _now("Expert review: %(total)s of 10, place %(rank)d of %(of)d")
        words %= {**review, "total": floatformat(review["total"], 2)}
    elif not review["stops"]:
        words = _now("Expert review: not read")
    about = _now("Protocol")
    url = review["protocol_url"]
    return [Entry("shortlisted", words, review["made_at"], about=about, url=url)]


@hooks.register("before_erase_account")
def let_go_of_terms(account: User, keep_name: bool) -> None:
    let_go_of_member(account=account, keep_name=keep_name)


@hooks.register("register_personal_data")
def own_assessment_data(user: User) -> tuple[str, Any]:
    """The person's terms of office, sheets and scores."""
    return "assessment", assessment_data(user)

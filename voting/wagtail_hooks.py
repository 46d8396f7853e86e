"""Registers what voting adds to other apps: rounds follow proposals, votes follow people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from home.staff import StaffMenuItem
from proposals import states
from proposals.models import CallPage
from voting.actions import SUPPORTED, close_round, drop_round, erase_votes, open_round
from voting.actions.appeals import appeals_data
from voting.actions.merging import ask_supporters, end_asking
from voting.actions.returning import take_up_kept_key
from voting.merges import in_open_ballots
from voting.models import VoteEvent
from voting.own_votes import drafts_data, votes_data
from voting.permissions import (
    may_check_document,
    may_enter_paper,
    may_guard_votes,
    may_look_over_desks,
    may_prepare_rounds,
)
from voting.round_lists import left_behind
from voting.uncast import take_over
from voting.viewsets import DeskViewSet, IntegrityViewSet, PaperViewSet
from voting.viewsets.filters import SupportedFilter
from voting.viewsets.panels import DeskPanel, IntegrityPanel, PaperPanel
from voting.viewsets.rounds import RoundViewSet

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.log_actions import LogActionRegistry
    from wagtail.models import Page

    from accounts.models import User
    from proposals.models import Proposal, StatusChange


@hooks.register("after_move_proposal")
def rounds_follow_proposals(change: StatusChange) -> None:
    """Open the round on acceptance; close it once the proposal can no longer be supported."""
    if change.verb in {"accept", "import", "overturn"}:
        open_round(proposal=change.proposal)
    elif change.verb == "undo":
        drop_round(proposal=change.proposal)
    elif change.to_status not in states.SUPPORTABLE:
        close_round(proposal=change.proposal)


hooks.register("after_begin_merge", ask_supporters)
hooks.register("after_end_merge", end_asking)


@hooks.register("construct_proposal_filters")
def filter_by_days_of_support(filters: dict[str, Any], request: HttpRequest) -> None:
    """Links from the figures narrow the staff's list down to the proposals of a week."""
    filters["supported"] = SupportedFilter(
        label=_("Supported or support taken back"), widget=DateRangePickerWidget
    )


@hooks.register("construct_merge_hindrances")
def keep_out_of_ballots(hindrances: list[str], proposals: list[Proposal]) -> None:
    """A proposal that people choose in a ballot stays what it is until the ballot is closed."""
    for option in in_open_ballots(proposals):
        words = _("“%(title)s” is an option of the ballot “%(ballot)s”, which is not closed yet.")
        hindrances.append(words % {"title": option.proposal, "ballot": option.round})


@hooks.register("construct_undo_hindrances")
def keep_what_is_supported(hindrances: list[str], proposal: Proposal) -> None:
    """What people support, or support and take back, stays published; so does an option."""
    if VoteEvent.objects.filter(round__proposal=proposal).exists():
        hindrances.append(str(SUPPORTED))
    keep_out_of_ballots(hindrances, [proposal])


@hooks.register("before_erase_account")
def take_votes_back(account: User, keep_name: bool) -> None:
    """Undo the person's votes in open rounds while their key still finds them."""
    erase_votes(user=account)


@hooks.register("after_confirm_email")
def know_voter_again(account: User) -> None:
    """Whoever erased an account with held or annulled votes is the same voter when they return."""
    take_up_kept_key(user=account)


@hooks.register("register_personal_data")
def own_votes(user: User) -> tuple[str, Any]:
    """Which proposals the person supported, and whether that still stands."""
    return "supports", votes_data(user)


@hooks.register("register_personal_data")
def own_appeals_data(user: User) -> tuple[str, Any]:
    """What the person wrote against votes being held or annulled, and what came of it."""
    return "appeals", appeals_data(user)


@hooks.register("register_personal_data")
def own_drafts(user: User) -> tuple[str, Any]:
    """What the person marked on ballots and has not cast."""
    return "ballots_not_cast", drafts_data(user)


# What was chosen before signing in belongs to whoever signs in.
hooks.register("after_sign_in", take_over)


@hooks.register("register_navigation_item", order=5)  # after the list of proposals
def show_votes_in_the_menu() -> tuple[Any, str]:
    return pgettext_lazy("page", "Votes"), reverse("voting:rounds")


@hooks.register("register_admin_viewset")
def register_desk() -> DeskViewSet:
    return DeskViewSet()


@hooks.register("register_admin_viewset")
def register_rounds() -> RoundViewSet:
    return RoundViewSet()


@hooks.register("after_edit_page")
def say_which_rounds_keep_their_dates(request: HttpRequest, page: Page) -> None:
    """Dates of a published call are carried over to rounds nobody voted in, and to no others."""
    if not isinstance(page, CallPage) or "action-publish" not in request.POST:
        return
    if count := left_behind(page).count():
        words = ngettext(
            "%(count)d proposal of this call has votes already: its round keeps the dates that"
            " were promised to voters.",
            "%(count)d proposals of this call have votes already: their rounds keep the dates that"
            " were promised to voters.",
            count,
        )
        messages.warning(request, words % {"count": count})


@hooks.register("register_admin_viewset")
def register_integrity() -> IntegrityViewSet:
    return IntegrityViewSet()


@hooks.register("register_admin_viewset")
def register_paper() -> PaperViewSet:
    return PaperViewSet()


@hooks.register("register_admin_menu_item")
def register_votes_menu() -> SubmenuMenuItem:
    """Where staff work with votes. Others add to it by `register_votes_menu_item`."""
    entries = [
        (pgettext_lazy("menu", "Rounds"), "rounds_admin:index", may_prepare_rounds),
        (_("Document check"), "desk_admin:document", may_check_document),
        (_("Vote at the desk"), "desk_admin:vote", may_check_document),
        (_("Work at the desk"), "desk_admin:work", may_look_over_desks),
        (_("Paper ballots"), "paper_admin:index", may_enter_paper),
        (_("Integrity of votes"), "integrity_admin:index", may_guard_votes),
    ]
    items: list[MenuItem] = [
        StaffMenuItem(label, reverse(url), name=url.replace(":", "-"), order=10 * place, may=may)
        for place, (label, url, may) in enumerate(entries, start=1)
    ]
    menu = Menu(register_hook_name="register_votes_menu_item", items=items)
    return SubmenuMenuItem(_("Votes"), menu, name="votes", icon_name="tasks", order=160)


@hooks.register("construct_homepage_panels")
def show_what_waits_about_votes(request: HttpRequest, panels: list[Any]) -> None:
    if may_guard_votes(request.user):
        panels.append(IntegrityPanel())
    if may_enter_paper(request.user):
        panels.append(PaperPanel())
    if may_look_over_desks(request.user):
        panels.append(DeskPanel(request.user))


LOG_ACTIONS = {
    "take_proposals": (_("Take options from a call"), _("Options were taken from a call")),
    "copy_round": (_("Copy a round"), _("The round was made as a copy")),
    "close_round": (_("Close a round early"), _("The round was closed early")),
    "rehearse": (_("Rehearse a round"), _("The round was rehearsed")),
    "check_document": (_("Check a document"), _("A document was seen")),
    "look_at_desk": (_("Look up a vote at the desk"), _("A vote was looked up at the desk")),
    "enter_paper_ballot": (_("Type in a paper ballot"), _("A paper ballot was typed in")),
    "cast_at_desk": (_("Take a vote at the desk"), _("A vote was taken at the desk")),
    "look_over_desk": (_("Look at work at the desk"), _("Work at the desk was looked at")),
    "make_paper_batch": (_("Begin a batch of paper"), _("A batch of paper ballots was begun")),
    "recount_paper_batch": (_("Count paper anew"), _("A count by hand was corrected")),
    "delete_paper_batch": (_("Delete a batch of paper"), _("A batch of paper was deleted")),
    "cast_paper_batch": (_("Cast a batch of paper"), _("A batch of paper ballots was cast")),
    "end_paper": (_("End the paper ballots"), _("All paper ballots are in")),
    "ask_intervention": (_("Intervene in votes"), _("An intervention in votes was asked for")),
    "confirm_intervention": (_("Confirm an intervention"), _("An intervention was confirmed")),
    "refuse_intervention": (_("Refuse an intervention"), _("An intervention was refused")),
    "decline_appeal": (_("Decline an appeal"), _("An appeal was declined")),
}


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    """Name what the audit log says about votes."""
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(f"voting.{name}", label, message)

"""Registers with Wagtail's admin what the proposals app has for staff. No logic here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.search import SearchArea
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.permissions import KeptPolicy
from home.staff import StaffMenuItem
from proposals import shared_hooks  # noqa: F401 - what it registers is all we want
from proposals.actions import end_appeal, let_go_of_author
from proposals.likeness import count_similar_later
from proposals.models import Category, Proposal
from proposals.permissions import ProposalPolicy, may_read_as_staff
from proposals.personal_data import proposals_data
from proposals.site_search import proposals_found
from proposals.views.drafts import claim_held
from proposals.viewsets import CategoryViewSet, ProposalViewSet
from proposals.viewsets.bulk import BULK_ACTIONS
from proposals.viewsets.log import FORMATTERS
from proposals.viewsets.panels import QueueKeysPanel, WaitingPanel
from proposals.viewsets.queue import Queue

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User

# First of all: Wagtail makes a policy of its own for a model whose policy is asked for before.
register_permission_policy(Proposal, ProposalPolicy(Proposal))
register_permission_policy(Category, KeptPolicy(Category))
register_snippet(CategoryViewSet)


Status = Proposal.Status
MODERATE = "proposals.moderate_proposal"
SAVED_VIEWS = [
    (MODERATE, Queue.WAITING.label, f"?status={Status.SUBMITTED}&ordering=due"),
    (may_read_as_staff, _("Gathering support"), f"?status={Status.SUPPORTING}&ordering=-supports"),
    (may_read_as_staff, _("Shortlist"), f"?status={Status.SHORTLISTED}&ordering=-supports"),
    (may_read_as_staff, _("With the Government"), f"?status={Status.PROMOTED}&ordering=sent"),
    (may_read_as_staff, _("All proposals"), ""),
]
QUEUES = (Queue.NEAR, Queue.OVERDUE, Queue.MINE, Queue.AUTHOR, Queue.APPEALS)


@hooks.register("register_admin_viewset")
def register_proposals() -> ProposalViewSet:
    return ProposalViewSet()


@hooks.register("register_admin_menu_item")
def register_proposals_menu() -> SubmenuMenuItem:
    """The lists staff start from. Other apps add to it by `register_proposals_menu_item`."""
    index = reverse("proposals_admin:index")
    items: list[MenuItem] = [
        StaffMenuItem(label, index + query, name=f"proposals-{place}", order=10 * place, may=may)
        for place, (may, label, query) in enumerate(SAVED_VIEWS)
    ]
    items += [
        StaffMenuItem(
            queue.label,
            f"{index}?queue={queue}&ordering=due",
            name=f"proposals-{queue}",
            order=1 + place,
            may=MODERATE,
        )
        for place, queue in enumerate(QUEUES)
    ]
    choose = reverse("proposals_admin:choose")
    promote = "proposals.promote_proposal"
    items.append(StaffMenuItem(_("Choose the shortlist"), choose, order=25, may=promote))
    categories = reverse(Category.snippet_viewset.get_url_name("list"))
    keep = "proposals.change_category"
    items.append(StaffMenuItem(_("Categories"), categories, name="categories", order=90, may=keep))
    menu = Menu(register_hook_name="register_proposals_menu_item", items=items)
    return SubmenuMenuItem(
        _("Proposals"), menu, name="proposals", icon_name="clipboard-list", order=150
    )


class ProposalSearchArea(SearchArea):
    """Finds proposals by words or number from every search in the admin."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_read_as_staff(request.user)


@hooks.register("register_admin_search_area")
def search_proposals_from_anywhere() -> SearchArea:
    return ProposalSearchArea(
        _("Proposals"),
        reverse("proposals_admin:index"),
        name="proposals",
        icon_name="clipboard-list",
        order=150,
    )


@hooks.register("construct_homepage_panels")
def show_what_waits(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm(MODERATE):
        panels.append(WaitingPanel())


# Wagtail asks each member of staff for its own copy.
hooks.register("register_account_settings_panel", QueueKeysPanel)


@hooks.register("insert_global_admin_css")
def load_staff_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/staff.css"))


# What follows from a step inside this app.
hooks.register("after_move_proposal", count_similar_later)
hooks.register("after_move_proposal", end_appeal)


@hooks.register("register_log_actions")
def register_steps(actions: LogActionRegistry) -> None:
    """Every verb under its name, so that histories and reports say it in the reader's language."""
    for action, formatter in FORMATTERS.items():
        actions.register_action(action)(formatter)


@hooks.register("register_navigation_item")
def show_proposals_in_the_menu() -> tuple[Any, str]:
    return _("Proposals"), reverse("proposals:list")


# Proposals in the search over the whole site, below its pages.
hooks.register("register_search_results", proposals_found)

# What was begun without an account belongs to whoever signs in.
hooks.register("after_sign_in", claim_held)


@hooks.register("before_erase_account")
def let_go_of_proposals(account: User, keep_name: bool) -> None:
    let_go_of_author(author=account, keep_name=keep_name)


@hooks.register("register_personal_data")
def own_proposals(user: User) -> tuple[str, Any]:
    """What the person wrote here, from first draft to done."""
    return "proposals", proposals_data(user)


for bulk_action in BULK_ACTIONS:
    hooks.register("register_bulk_action", bulk_action)

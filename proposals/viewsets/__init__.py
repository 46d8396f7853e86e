"""The staff's side of proposals: which views make it up, at which addresses, for whom."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import ModelAdminURLFinder
from wagtail.admin.auth import permission_required
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from proposals.models import Category, Proposal
from proposals.permissions import STAFF_CODENAMES, may_read_as_staff
from proposals.viewsets.decision import DecisionView, ProposalHistoryView
from proposals.viewsets.listing import ProposalFilterSet, ProposalIndexView
from proposals.viewsets.moderation import AppealView, AssignView, UndoView
from proposals.viewsets.shortlist import ChooseView

__all__ = ["CategoryViewSet", "ProposalViewSet"]


class DecisionURLFinder(ModelAdminURLFinder):
    """Where Wagtail's reports and logs send staff for a proposal: there is no edit form."""

    edit_url_name = "proposals_admin:inspect"

    def get_edit_url(self, instance: Proposal) -> str | None:
        if self.user is not None and not may_read_as_staff(self.user):
            return None
        return self.construct_edit_url(instance)


class ProposalViewSet(ModelViewSet):
    """Proposals for staff, who decide about residents' words and never write in them.

    A `ModelViewSet`, not a snippet's: a snippet comes with add, edit, copy, delete, revisions,
    choosers and a bulk delete for what editors write, and every one would have to be closed again.
    Only the addresses below exist.
    """

    model = Proposal
    name = "proposal"
    url_prefix = "proposals"
    url_namespace = "proposals_admin"  # `proposals` is the public site's
    icon = "clipboard-list"
    menu_label = _("Proposals")
    list_per_page = 50
    filterset_class = ProposalFilterSet
    index_view_class = ProposalIndexView
    index_template_name = "proposals/staff/index.html"
    inspect_view_enabled = True
    inspect_view_class = DecisionView
    inspect_template_name = "proposals/staff/decision.html"
    history_view_class = ProposalHistoryView
    copy_view_enabled = False
    # Nothing on a page refers to proposals, and the index would cost queries on every save.
    add_to_reference_index = False
    form_fields: tuple[str, ...] = ()

    def get_permissions_to_register(self) -> Any:
        """Those that groups can be given: deciding and exporting. Writing is nobody's."""
        return Permission.objects.filter(
            content_type__app_label="proposals",
            codename__in=STAFF_CODENAMES,
        )

    @property
    def url_finder_class(self) -> type[ModelAdminURLFinder]:
        return DecisionURLFinder

    @property
    def choose_view(self) -> Any:
        view = self.construct_view(ChooseView)
        return permission_required("proposals.promote_proposal")(view)

    @property
    def assign_view(self) -> Any:
        return permission_required("proposals.moderate_proposal")(self.construct_view(AssignView))

    @property
    def undo_view(self) -> Any:
        return permission_required("proposals.moderate_proposal")(self.construct_view(UndoView))

    @property
    def appeal_view(self) -> Any:
        return permission_required("proposals.moderate_proposal")(self.construct_view(AppealView))

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("choose/", self.choose_view, name="choose"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/assign/", self.assign_view, name="assign"),
            path("<int:pk>/undo/", self.undo_view, name="undo"),
            path("<int:pk>/appeal/", self.appeal_view, name="appeal"),
            path("<int:pk>/history/", self.history_view, name="history"),
            path("<int:pk>/history/results/", self.history_results_view, name="history_results"),
        ]


class CategoryViewSet(SnippetViewSet):
    """Categories, which editors keep in every language."""

    model = Category
    icon = "tag"
    menu_label = _("Categories")
    list_display = ("name", "slug", "icon")
    search_fields = ("name",)
    copy_view_enabled = False

    def get_menu_item_is_registered(self) -> bool:
        return True  # its entry stands in the menu of proposals, not under Snippets

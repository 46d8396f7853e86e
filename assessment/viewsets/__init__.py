"""The staff's side of assessment: which pages make it up, at which addresses."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from assessment.models import Committee
from assessment.viewsets import committees
from assessment.viewsets.reviews import DeclareView, ReviewIndexView, SheetView

__all__ = ["CommitteeSnippetViewSet", "CommitteesViewSet", "ReviewsViewSet"]


class CommitteeSnippetViewSet(SnippetViewSet):
    """Names, purpose and rules of committees, kept in every language as other terms are."""

    model = Committee
    icon = "group"
    menu_label = _("Committees")
    copy_view_enabled = False
    list_display = ("name", "kind", "locale")
    search_fields = ("name",)
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        FieldPanel("purpose"),
        MultiFieldPanel(
            [FieldPanel("quorum_percent"), FieldPanel("quorum_count"), FieldPanel("chair_casts")],
            _("How it decides"),
        ),
    ]

    def get_menu_item_is_registered(self) -> bool:
        return True  # its entry stands in the menu of assessment, not under Snippets


class CommitteesViewSet(ViewSet):
    """Where secretaries work: members, documents, meetings and decisions of each committee."""

    name = "committees"
    url_prefix = "committees"
    url_namespace = "committees_admin"
    icon = "group"
    menu_label = _("Committees")

    def get_urlpatterns(self) -> list[Any]:
        views = committees
        return [
            path("", views.CommitteeIndexView.as_view(), name="index"),
            path("<int:pk>/", views.CommitteeView.as_view(), name="committee"),
            path("<int:pk>/members/add/", views.AddMemberView.as_view(), name="add_member"),
            path("members/<int:pk>/", views.MemberView.as_view(), name="member"),
            path("<int:pk>/documents/add/", views.AddDocumentView.as_view(), name="add_document"),
            path(
                "documents/<int:pk>/remove/",
                views.RemoveDocumentView.as_view(),
                name="remove_document",
            ),
            path("<int:pk>/meetings/add/", views.AddMeetingView.as_view(), name="add_meeting"),
            path("meetings/<int:pk>/", views.MeetingView.as_view(), name="meeting"),
            path("meetings/<int:pk>/edit/", views.EditMeetingView.as_view(), name="edit_meeting"),
            path(
                "meetings/<int:pk>/attendance/", views.AttendanceView.as_view(), name="attendance"
            ),
            path("items/<int:pk>/decide/", views.DecideView.as_view(), name="decide"),
        ]


class ReviewsViewSet(ViewSet):
    """Where reviewers declare conflicts and fill in their sheets."""

    name = "reviews"
    url_prefix = "reviews"
    url_namespace = "reviews_admin"
    icon = "tick-inverse"
    menu_label = _("My reviews")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", ReviewIndexView.as_view(), name="index"),
            path("<int:pk>/declare/", DeclareView.as_view(), name="declare"),
            path("sheets/<int:pk>/", SheetView.as_view(), name="sheet"),
        ]

"""The staff's side of voting: which pages make it up, at which addresses."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from voting.viewsets.desk import DeskCastView, DeskVoteView, DeskWorkView, DocumentView
from voting.viewsets.integrity import (
    AppealView,
    FindingView,
    IntegrityIndexView,
    InterventionView,
    RoundIntegrityView,
)
from voting.viewsets.paper import (
    AddBatchView,
    BatchView,
    CastBatchView,
    DeleteBatchView,
    EndPaperView,
    EntryView,
    PaperIndexView,
    RecountView,
)
from voting.viewsets.shifts import ShiftView

__all__ = ["DeskViewSet", "IntegrityViewSet", "PaperViewSet"]


class DeskViewSet(ViewSet):
    """Where people come in person: documents are looked at and votes taken."""

    name = "desk"
    url_prefix = "desk"
    url_namespace = "desk_admin"
    icon = "user"
    menu_label = _("Desk")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("document/", DocumentView.as_view(), name="document"),
            path("vote/", DeskVoteView.as_view(), name="vote"),
            path("vote/cast/", DeskCastView.as_view(), name="cast"),
            path("work/", DeskWorkView.as_view(), name="work"),
        ]


class IntegrityViewSet(ViewSet):
    """Votes that stand out, what is done about them, and appeals."""

    name = "integrity"
    url_prefix = "integrity"
    url_namespace = "integrity_admin"
    icon = "warning"
    menu_label = _("Integrity of votes")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", IntegrityIndexView.as_view(), name="index"),
            path("round/<int:pk>/", RoundIntegrityView.as_view(), name="round"),
            path("round/<int:pk>/<str:kind>/", FindingView.as_view(), name="finding"),
            path("round/<int:pk>/<int:by>/<str:day>/", ShiftView.as_view(), name="shift"),
            path("intervention/<int:pk>/", InterventionView.as_view(), name="intervention"),
            path("appeal/<int:pk>/", AppealView.as_view(), name="appeal"),
        ]


class PaperViewSet(ViewSet):
    """Paper ballots, from the count by hand to the ledger."""

    name = "paper"
    url_prefix = "paper"
    url_namespace = "paper_admin"
    icon = "doc-full"
    menu_label = _("Paper ballots")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", PaperIndexView.as_view(), name="index"),
            path("round/<int:pk>/add/", AddBatchView.as_view(), name="add"),
            path("round/<int:pk>/end/", EndPaperView.as_view(), name="end"),
            path("<int:pk>/", BatchView.as_view(), name="batch"),
            path("<int:pk>/entry/", EntryView.as_view(), name="entry"),
            path("<int:pk>/recount/", RecountView.as_view(), name="recount"),
            path("<int:pk>/cast/", CastBatchView.as_view(), name="cast"),
            path("<int:pk>/delete/", DeleteBatchView.as_view(), name="delete"),
        ]

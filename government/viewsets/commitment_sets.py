"""The addresses of staff's pages of commitments and observations."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from government.viewsets.commitments import (
    AddCommitmentsView,
    CommitmentIndexView,
    CommitmentView,
)
from government.viewsets.observations import ObservationIndexView, ObservationView


class CommitmentViewSet(ViewSet):
    """Commitments: moved by steps with evidence, never edited or deleted."""

    name = "commitments"
    url_prefix = "commitments"
    url_namespace = "commitments_admin"
    icon = "calendar-check"
    menu_label = _("Commitments")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", CommitmentIndexView.as_view(), name="index"),
            path("<int:pk>/", CommitmentView.as_view(), name="commitment"),
            path("answer/<int:pk>/add/", AddCommitmentsView.as_view(), name="add"),
        ]


class ObservationViewSet(ViewSet):
    """What residents say of commitments, to be read first."""

    name = "observations"
    url_prefix = "observations"
    url_namespace = "observations_admin"
    icon = "view"
    menu_label = _("Residents' observations")

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", ObservationIndexView.as_view(), name="index"),
            path("<int:pk>/", ObservationView.as_view(), name="observation"),
        ]

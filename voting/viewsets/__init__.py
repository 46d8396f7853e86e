"""The staff's side of voting: which pages make it up, at which addresses."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from voting.viewsets.desk import DocumentView

__all__ = ["DeskViewSet"]


class DeskViewSet(ViewSet):
    """Where people come in person: documents are looked at and votes taken."""

    name = "desk"
    url_prefix = "desk"
    url_namespace = "desk_admin"
    icon = "user"
    menu_label = _("Desk")

    def get_urlpatterns(self) -> list[Any]:
        return [path("document/", DocumentView.as_view(), name="document")]

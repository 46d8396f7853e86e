"""The staff's side of the government app: which pages make it up, at which addresses."""

from __future__ import annotations

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from government.models import Body
from government.viewsets.dossiers import DossierPage, dossier_file
from government.viewsets.handling import HandleView, hide, links
from government.viewsets.listing import ReferralIndexView
from government.viewsets.pages import AnswerView, PromoteView
from government.viewsets.referral_files import referrals_file

__all__ = ["BodyViewSet", "ReferralViewSet"]


class BodyViewSet(SnippetViewSet):
    """Bodies of government: a snippet, since staff write them and keep them in every language."""

    model = Body
    icon = "group"
    menu_label = _("Bodies")
    copy_view_enabled = False
    list_display = ("name", "kind", "email", "answer_days")
    list_filter = ("kind",)
    search_fields = ("name",)
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        FieldPanel("municipality"),
        MultiFieldPanel(
            [FieldPanel("email"), FieldPanel("mail_language"), FieldPanel("answer_days")],
            _("Referrals"),
        ),
    ]

    def get_menu_item_is_registered(self) -> bool:
        return True  # its entry stands in the menu of proposals, not under Snippets


class ReferralViewSet(ViewSet):
    """Referrals: made and answered by staff, never edited or deleted, so no `ModelViewSet`."""

    name = "referral"
    url_prefix = "referrals"
    url_namespace = "referrals_admin"
    icon = "mail"

    def get_urlpatterns(self) -> list[Any]:
        index = {"index_url_name": self.get_url_name("index")}
        index |= {"index_results_url_name": self.get_url_name("index_results")}
        return [
            path("", ReferralIndexView.as_view(**index), name="index"),
            path(
                "results/",
                ReferralIndexView.as_view(**index, results_only=True),
                name="index_results",
            ),
            path("file/<slug:name>/", referrals_file, name="file"),
            path("promote/<int:pk>/", PromoteView.as_view(), name="promote"),
            path("answer/<int:pk>/", AnswerView.as_view(), name="answer"),
            path("handle/<int:pk>/<slug:verb>/", HandleView.as_view(), name="handle"),
            path("links/<int:pk>/<slug:verb>/", links, name="links"),
            path("steps/<int:pk>/hide/", hide, name="hide_step"),
            path("dossier/<int:pk>/", DossierPage.as_view(), name="dossier"),
            path("dossier/<int:pk>.<slug:name>", dossier_file, name="dossier_file"),
        ]

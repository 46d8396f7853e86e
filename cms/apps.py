"""Names the app for Django, and lets every publication empty the page cache."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """The shell around all apps."""

    name = "cms"

    def ready(self) -> None:
        from wagtail.signals import page_published, page_unpublished, post_page_move

        for signal in (page_published, page_unpublished, post_page_move):
            signal.connect(_forget_pages)


def _forget_pages(**_kwargs: Any) -> None:
    # Wagtail's signals and not its hooks: scheduled publishing does not run the hooks.
    from django.db import transaction

    from home.kept import forget_all

    # Before the commit another visitor could fill the new generation with the old page.
    transaction.on_commit(forget_all)

"""Names the app for Django, and lets rounds follow a call's dates when its page is published."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class VotingConfig(AppConfig):
    """The voting app."""

    name = "voting"

    def ready(self) -> None:
        from wagtail.signals import page_published

        from proposals.models import CallPage

        page_published.connect(_rounds_follow_call, sender=CallPage)


def _rounds_follow_call(instance: Any, **_kwargs: Any) -> None:
    # Wagtail's signal and not its hook: scheduled publishing does not run the hook.
    from voting.actions import follow_call

    follow_call(call=instance)

"""Names the app for Django."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """The proposals app."""

    name = "proposals"

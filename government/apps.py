"""Names the app for Django."""

from django.apps import AppConfig


class GovernmentConfig(AppConfig):
    """The government app."""

    name = "government"

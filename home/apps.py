"""Names the app for Django."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The home app."""

    name = "home"

"""Names the app for Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """The cms app."""

    name = "cms"

"""Names the app for Django."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """The assessment app."""

    name = "assessment"

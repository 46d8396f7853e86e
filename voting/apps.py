"""Names the app for Django."""

from django.apps import AppConfig


class VotingConfig(AppConfig):
    """The voting app."""

    name = "voting"

"""Names the app for Django, and gives Wagtail's list of people our own forms."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "accounts"
    default = True

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401 - importing it connects it


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's people, with the fields that our User has."""

    user_viewset = "accounts.viewsets.PeopleViewSet"

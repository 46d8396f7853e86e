"""People and municipalities in the Wagtail admin; erasure instead of bare deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, NameEmailSettingsPanel
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import DeleteBulkAction
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView, UserViewSet

from accounts.actions import erase_account, settle_email
from accounts.forms import municipality_field
from accounts.models import AssuranceLevel, Municipality, User
from accounts.permissions import may_erase_account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

FIELDS = (
    *("email", "name", "municipality", "organisation", "level", "language"),
    *("is_superuser", "groups"),
)


class OneAddressEach:
    """Refuses an address that differs from another person's only by its capitals."""

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()  # type: ignore[attr-defined]
        others = User.objects.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        if others.filter(email__iexact=email).exists():
            raise ValidationError(_("Another person has this address."))
        return email


class LevelByHand:
    """Offers no level for which a document has to be seen: only the desk's page gives that one.

    Given by hand it would have no key behind it, and one person could have it twice.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.instance.level  # type: ignore[attr-defined]
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (value, label)
            for value, label in AssuranceLevel.choices
            if value < AssuranceLevel.DOCUMENT or value == present
        ]


class PersonCreationForm(LevelByHand, OneAddressEach, UserCreationForm):
    """A person that staff add by hand, such as a colleague."""

    first_name = None
    last_name = None
    municipality = municipality_field()

    class Meta(UserCreationForm.Meta):
        fields = FIELDS


class PersonEditForm(LevelByHand, OneAddressEach, UserEditForm):
    """What staff may change about a person."""

    first_name = None
    last_name = None
    municipality = municipality_field()

    class Meta(UserEditForm.Meta):
        fields = (*FIELDS, "is_active")


class SettlesEmail:
    """Lets sign-in follow what staff entered: address and level stand in two tables."""

    def save_instance(self) -> User:
        user = super().save_instance()  # type: ignore[misc]
        settle_email(user=user)
        return user


class PersonCreateView(SettlesEmail, CreateView):
    """Adds a person."""


class PersonEditView(SettlesEmail, EditView):
    """Changes a person."""


class PersonDeleteView(DeleteView):
    """Erases, so that other apps let go first; the name stays on what is public."""

    def delete_action(self) -> None:
        erase_account(account=self.object, by=self.request.user, keep_name=True)


class EraseBulkAction(DeleteBulkAction):
    """The same for several at once; replaces Wagtail's, which deletes behind our back."""

    def check_perm(self, obj: User) -> bool:
        return super().check_perm(obj) and may_erase_account(self.request.user, obj)

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "user": self.request.user}

    @classmethod
    def execute_action(cls, objects: Iterable[User], **kwargs: Any) -> tuple[int, int]:
        if kwargs.get("user") is None:
            raise PermissionDenied
        people = list(objects)
        for account in people:
            erase_account(account=account, by=kwargs["user"], keep_name=True)
        return len(people), 0


class PeopleIndexView(IndexView):
    """The list of people, found by name or e-mail."""

    search_fields = ("name", "email")

    @property
    def columns(self) -> list[Column]:
        standard = [column for column in super().columns if column.name != "is_superuser"]
        by_name = {column.name: column for column in standard}
        by_name["name"].sort_key = "name"
        by_name["email"].label = _("E-mail address")
        level = Column(
            "level", label=_("Assurance level"), accessor="get_level_display", sort_key="level"
        )
        return [*standard[:3], level, *standard[3:]]

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.ordering in {"name", "-name"}:
            return queryset.order_by(self.ordering)
        return super().order_queryset(queryset)


class PeopleViewSet(UserViewSet):
    """Wagtail's people with our forms and views."""

    index_view_class = PeopleIndexView
    add_view_class = PersonCreateView
    edit_view_class = PersonEditView
    delete_view_class = PersonDeleteView

    def get_form_class(self, for_update: bool = False) -> type[PersonCreationForm | PersonEditForm]:
        return PersonEditForm if for_update else PersonCreationForm


class NameForm(forms.ModelForm):
    """The one name our User has."""

    class Meta:
        model = User
        fields = ("name",)


class NamePanel(BaseSettingsPanel):
    """Takes the place of Wagtail's first and last name."""

    name = "name"
    title = _("Name")
    order = 100
    form_class = NameForm


class StaffAccountView(AccountView):
    """Staff's own page in the admin; address and password are changed on the public site."""

    def get_panels(self) -> list[BaseSettingsPanel]:
        return [
            NamePanel(panel.request, panel.user, panel.profile)
            if isinstance(panel, NameEmailSettingsPanel)
            else panel
            for panel in super().get_panels()
        ]


class MunicipalityViewSet(SnippetViewSet):
    """Municipalities, which staff keep in every language: names, and places on the tile map."""

    model = Municipality
    icon = "site"
    menu_label = _("Municipalities")
    list_display = ("name", "short_name", "centre", "population", "locale")
    search_fields = ("name", "short_name")
    copy_view_enabled = False
    panels = (
        FieldPanel("name"),
        FieldPanel("short_name"),
        FieldPanel("slug"),
        FieldPanel("centre"),
        FieldPanel("population"),
        FieldRowPanel(
            [FieldPanel("tile_row"), FieldPanel("tile_column")], heading=_("Place on the tile map")
        ),
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")], heading=_("Centre")),
    )

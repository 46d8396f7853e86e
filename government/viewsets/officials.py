"""Departments and officials as staff keep them: never deleted, since cases point at them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.snippets.views.snippets import SnippetViewSet

from accounts.forms import TermChoiceField
from government.models import Body, Department, Official


def in_each_language(field: str) -> tuple[str, ...]:
    """A text in several languages is searched in each."""
    return tuple(f"{field}__{code}" for code, _name in settings.LANGUAGES)


class OfBodyForm(WagtailAdminModelForm):
    """A form about something of a body, whose body is chosen under its name in one language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = TermChoiceField(
            label=_("Body"), queryset=Body.objects.sources().order_by("kind", "name")
        )


class KeptViewSet(SnippetViewSet):
    """A snippet with its entry in the menu of proposals, not under Snippets."""

    copy_view_enabled = False

    def get_menu_item_is_registered(self) -> bool:
        return True


class DepartmentViewSet(KeptViewSet):
    """Departments of bodies."""

    model = Department
    icon = "group"
    menu_label = _("Departments")
    list_display = ("__str__", "body", "lead")
    list_filter = ("body",)
    search_fields = in_each_language("name")
    edit_handler = ObjectList(
        [FieldPanel("body"), FieldPanel("name"), FieldPanel("lead")], base_form_class=OfBodyForm
    )


class OfficialViewSet(KeptViewSet):
    """People who answer for bodies."""

    model = Official
    icon = "user"
    menu_label = _("Officials")
    list_display = ("__str__", "body", "gets_referrals", "is_head", "is_active")
    list_filter = ("body", "is_active", "gets_referrals")
    search_fields = ("name", "email", *in_each_language("position"))
    edit_handler = ObjectList(
        [
            FieldPanel("body"),
            FieldPanel("department"),
            FieldPanel("name"),
            FieldPanel("position"),
            FieldPanel("email"),
            MultiFieldPanel(
                [FieldPanel("is_active"), FieldPanel("gets_referrals"), FieldPanel("is_head")],
                _("Referrals"),
            ),
        ],
        base_form_class=OfBodyForm,
    )

"""What staff fill in to work with a referral that waits for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.forms import TermChoiceField
from government.actions.steps import WORDS_MAX
from government.forms import StagedForm
from government.models import Body, Official
from proposals.cleaning import plain_text

if TYPE_CHECKING:
    from government.models import Referral


def words_field(label: Any, help_text: Any, *, required: bool = True) -> forms.CharField:
    """A few sentences, for everybody or for staff as `help_text` says."""
    return forms.CharField(
        label=label,
        max_length=WORDS_MAX,
        required=required,
        widget=AdminAutoHeightTextInput(attrs={"rows": 4}),
        help_text=help_text,
    )


class HandlingForm(StagedForm):
    """One thing that staff do with a referral."""

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral = referral

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return {
            name: plain_text(value) if isinstance(value, str) else value
            for name, value in data.items()
        }

    @property
    def wishes(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stage"}


class AssignForm(HandlingForm):
    """Who of the body is in charge."""

    official = forms.ModelChoiceField(label=_("Person in charge"), queryset=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Official.objects.reachable().filter(body=self.referral.body_id)
        self.fields["official"].queryset = people


class ReferAgainForm(HandlingForm):
    """To which body the case goes now."""

    body = TermChoiceField(label=_("Body"), queryset=None)
    note = words_field(_("Covering note"), _("Goes to the body; residents can read it too."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.sources().order_by("kind", "name")


class ReplyForm(HandlingForm):
    """What staff reply to a body's question."""

    words = words_field(_("Reply"), _("Everybody will read it."))


class DecideExtensionForm(HandlingForm):
    """Yes or no to more time."""

    is_granted = forms.TypedChoiceField(
        label=_("More time"),
        choices=[("yes", _("Yes, give it")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = words_field(_("Words"), _("Everybody will read it. A no needs them."), required=False)


class NoteForm(HandlingForm):
    """A note that only staff read."""

    words = words_field(_("Note"), _("Only staff read it: no page or paper shows it."))

"""What staff and reviewers fill in: terms of office, meetings, decisions, sheets of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from accounts.models import User
from assessment.models import AgendaItem, CommitteeDocument, Decision, Meeting, Membership
from assessment.models.rounds import SCALE_MAX
from events.models import EventPage
from proposals.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assessment.models import Criterion

REASON = {"rows": 3}


def proposal_field() -> forms.ModelChoiceField:
    """A public proposal by its number."""
    return forms.ModelChoiceField(
        label=_("Number of the proposal"),
        queryset=Proposal.objects.public(),
        required=False,
        widget=forms.NumberInput,
        error_messages={"invalid_choice": _("There is no public proposal of this number.")},
    )


class MembershipForm(forms.ModelForm):
    """A term of office; the account is found by its address."""

    email = forms.EmailField(
        label=_("E-mail address of the account"),
        required=False,
        help_text=_("Who scores proposals needs an account. It is not shown to the public."),
    )

    class Meta:
        model = Membership
        fields = ("name", "position", "organisation", "role", "starts_on", "ends_on")
        widgets: ClassVar = {"starts_on": AdminDateInput, "ends_on": AdminDateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        if self.instance.user:
            self.fields["email"].initial = self.instance.user.email

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        self.instance.user = User.objects.filter(email__iexact=email).first() if email else None
        if email and self.instance.user is None:
            raise ValidationError(_("There is no account with this address."))
        return email


class DocumentForm(forms.ModelForm):
    """A document of the site or a link."""

    class Meta:
        model = CommitteeDocument
        fields = ("title", "document", "url", "dated_on")
        widgets: ClassVar = {"dated_on": AdminDateInput}
        help_texts: ClassVar = {
            "document": _("Upload it under Documents first, then choose it here."),
        }


class MeetingForm(forms.ModelForm):
    """When and where a committee meets."""

    class Meta:
        model = Meeting
        fields = ("held_at", "place", "event", "minutes")
        widgets: ClassVar = {"held_at": AdminDateTimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = EventPage.objects.live().filter(locale__language_code=settings.LANGUAGE_CODE)
        self.fields["event"].queryset = events.order_by("-starts_at")


class AgendaItemForm(forms.ModelForm):
    """A matter for the agenda."""

    proposal = proposal_field()

    class Meta:
        model = AgendaItem
        fields = ("title", "proposal")


class AttendanceForm(forms.Form):
    """Who of the members in office on that day was there."""

    present = forms.ModelMultipleChoiceField(
        label=_("Who was there"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, members: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = members


class DecisionForm(forms.ModelForm):
    """What was decided, with how many votes."""

    class Meta:
        model = Decision
        fields = (
            *("votes_for", "votes_against", "votes_abstain", "chair_vote"),
            *("reasons", "extract"),
        )


class QuotaForm(forms.Form):
    """How many proposals a round takes, shared out by theme."""

    places = forms.IntegerField(label=_("How many"), min_value=1, max_value=10_000)


class PlaceForm(forms.Form):
    """Another place for a proposal, or another word on its selection, and why."""

    def __init__(self, selects: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not selects:
            del self.fields["selected"]

    place = forms.IntegerField(
        label=pgettext_lazy("in a ranking", "Place"), min_value=1, max_value=10_000, required=False
    )
    selected = forms.TypedChoiceField(
        label=_("Selection"),
        required=False,
        empty_value=None,
        coerce=lambda value: value == "yes",
        choices=[
            ("", _("as the rule says")),
            ("yes", _("take it by hand")),
            ("no", _("leave it out by hand")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs=REASON)
    )


class DeclarationForm(forms.Form):
    """With which of the proposals there is a conflict of interest, and that there is none else."""

    none_else = forms.BooleanField(
        label=_("With the other proposals I have no conflict of interest."),
        error_messages={"required": _("Confirm this before you read.")},
    )

    def __init__(self, assignments: Iterable[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(assignments)
        for row in self.rows:
            self.fields[f"conflict-{row.pk}"] = forms.BooleanField(
                required=False, label=_("I have a conflict of interest")
            )
            self.fields[f"note-{row.pk}"] = forms.CharField(
                required=False,
                max_length=500,
                label=_("What it is"),
                help_text=_("Only the secretary reads it."),
            )

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        """Each proposal with its two fields."""
        return [(row, self[f"conflict-{row.pk}"], self[f"note-{row.pk}"]) for row in self.rows]

    @property
    def conflicts(self) -> dict[int, str]:
        """Assignment to note, of those with a conflict; only of a valid form."""
        data = self.cleaned_data
        return {row.pk: data[f"note-{row.pk}"] for row in self.rows if data[f"conflict-{row.pk}"]}


class SheetForm(forms.Form):
    """A reviewer's sheet: points for each scale, yes or no and a reason for each hard stop.

    As a draft nothing is required; `scores` are what the action takes.
    """

    def __init__(
        self, criteria: Iterable[Criterion], *args: Any, draft: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self._add_stop(criterion) if criterion.is_stop else self._add_scale(criterion, draft)

    def _add_scale(self, criterion: Criterion, draft: bool) -> None:
        words = _("Give whole points from 0 to 10.")
        self.fields[f"points-{criterion.pk}"] = forms.IntegerField(
            label=_("Points from 0 to 10"),
            min_value=0,
            max_value=SCALE_MAX,
            required=not draft,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
        )
        self._add_comment(criterion, _("Comment"))

    def _add_stop(self, criterion: Criterion) -> None:
        self.fields[f"stops-{criterion.pk}"] = forms.BooleanField(
            label=_("It applies"), required=False
        )
        self._add_comment(criterion, _("Reason, which residents read"))

    def _add_comment(self, criterion: Criterion, label: Any) -> None:
        self.fields[f"comment-{criterion.pk}"] = forms.CharField(
            label=label,
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def lines(self) -> list[tuple[Criterion, Any, Any]]:
        """Each criterion with its field and its comment."""
        return [
            (
                one,
                self[f"{'stops' if one.is_stop else 'points'}-{one.pk}"],
                self[f"comment-{one.pk}"],
            )
            for one in self.criteria
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.criteria:
            if one.is_stop and data.get(f"stops-{one.pk}") and not data.get(f"comment-{one.pk}"):
                self.add_error(f"comment-{one.pk}", _("A hard stop needs its reason."))
        return data

    @property
    def scores(self) -> dict[int, dict[str, Any]]:
        """Criterion to values; only of a valid form."""
        data = self.cleaned_data
        return {
            one.pk: {
                "value": data.get(f"points-{one.pk}"),
                "stops": data.get(f"stops-{one.pk}", False),
                "comment": data[f"comment-{one.pk}"],
            }
            for one in self.criteria
        }


class ChangeForm(forms.Form):
    """Why scores are changed after a discussion."""

    reason = forms.CharField(
        label=_("Why you change your scores"),
        max_length=2000,
        widget=forms.Textarea(attrs=REASON),
        error_messages={"required": _("Write why you change your scores.")},
    )

"""What staff type at the desk. Forms only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from home.words import said
from voting.documents import NumberUnreadable, normal_number
from voting.models import Intervention, Round
from voting.models.desk import UNSEEN_MAX
from voting.models.paper import BALLOTS_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINES_MAX = 500
TO_TAKE, TO_GIVE = _("to hold or annul"), _("to give back or restore")


def number_field() -> forms.CharField:
    """The number of a document; browsers are asked not to keep it."""
    return forms.CharField(
        label=_("Number of the document"),
        max_length=60,
        help_text=_(
            "Series and number of the passport, with or without spaces. Only a keyed hash of it"
            " is kept. Always take the same kind of document, or one person could vote twice."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def check_number(typed: str) -> str:
    """The number as typed, if it can be one; raises `ValidationError`."""
    try:
        normal_number(typed)
    except NumberUnreadable:
        # The sentence does not repeat the number: it would stand in logs of refused forms.
        raise ValidationError(
            _("This is no number of a document: 5 to 24 letters and digits, a digit among them.")
        ) from None
    return typed


class DocumentForm(forms.Form):
    """A document's number, and whose account it belongs to if there is one."""

    number = number_field()
    email = forms.EmailField(
        label=_("E-mail address of the account"),
        required=False,
        help_text=_("Leave it empty for somebody without an account."),
    )
    replaces = forms.BooleanField(
        label=_("The earlier document of this account was replaced by this one"), required=False
    )
    person: User | None = None

    def clean_number(self) -> str:
        return check_number(self.cleaned_data["number"])

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email:
            self.person = User.objects.filter(email__iexact=email, is_active=True).first()
            if self.person is None:
                raise ValidationError(_("There is no account with this address."))
        return email

    @property
    def fields_of_check(self) -> Mapping[str, Any]:
        data = self.cleaned_data
        return {"user": self.person, "number": data["number"], "replaces": data["replaces"]}


class DeskVoteForm(forms.Form):
    """In which round somebody at the desk votes, and the number of the document they show."""

    round = forms.ModelChoiceField(label=_("Round"), queryset=Round.objects.none())
    number = number_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = Round.objects.open().filter(paper=True).order_by("pk")

    def clean_number(self) -> str:
        return check_number(self.cleaned_data["number"])


class LookedForm(forms.Form):
    """Whose entries at the desk somebody has looked at, and how many the page showed."""

    person = forms.ModelChoiceField(queryset=User.objects.filter(desk_tally__isnull=False))
    seen_count = forms.IntegerField(min_value=1, max_value=UNSEEN_MAX)


class CountForm(forms.Form):
    """What was counted by hand: the ballots, and for each option what `sums_of` adds up."""

    ballot_count = forms.IntegerField(
        label=_("Ballots, counted by hand"),
        min_value=1,
        max_value=BALLOTS_MAX,
        help_text=_(
            "Blank ones too. Write a number on each ballot, from 1 on, before typing them in."
        ),
    )

    def __init__(self, round_: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in round_.rules["options"]:
            number = option["number"]
            self.fields[f"total-{number}"] = forms.IntegerField(
                label=f"{number}. {said(option['title'])[0]}", min_value=0, max_value=10**9
            )
        self.numbers = [option["number"] for option in round_.rules["options"]]

    @property
    def counted(self) -> dict[str, Any]:
        """The fields of a batch that were counted by hand."""
        data = self.cleaned_data
        totals = {number: data[f"total-{number}"] for number in self.numbers}
        return {"ballot_count": data["ballot_count"], "totals": totals}

    @property
    def total_fields(self) -> list[forms.BoundField]:
        return [self[f"total-{number}"] for number in self.numbers]


class BatchForm(CountForm):
    """Where and when ballots were put in, and what was counted by hand."""

    field_order = ("place", "voted_on", "ballot_count")

    place = forms.CharField(
        label=_("Place"),
        max_length=120,
        help_text=_("Where the ballots were put in, such as “Library, box 2”."),
    )
    voted_on = forms.DateField(
        label=_("Day on which they were put in"), widget=forms.DateInput(attrs={"type": "date"})
    )


class EntryForm(forms.Form):
    """One ballot's number and document; its options are a `BallotForm`'s."""

    line = forms.IntegerField(label=_("Number on the paper"), min_value=1, max_value=BALLOTS_MAX)
    number = number_field()
    slot = forms.TypedChoiceField(
        label=_("Whose reading this one replaces"),
        choices=[],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def clean_number(self) -> str:
        return check_number(self.cleaned_data["number"])


class LinesForm(forms.Form):
    """Many ballots at once, one a line, as a spreadsheet or a scanner gives them."""

    lines = forms.CharField(
        label=_("Many at once"),
        max_length=LINES_MAX * 100,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_lines(self) -> list[str]:
        rows = [row.strip() for row in self.cleaned_data["lines"].splitlines() if row.strip()]
        if len(rows) > LINES_MAX:
            most = {"most": LINES_MAX}
            raise ValidationError(_("Not more than %(most)d ballots at once.") % most)
        return rows


class InterventionForm(forms.Form):
    """What to do to some votes, why in public, and what colleagues should know."""

    kind = forms.ChoiceField(label=_("What is done"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Reason, public"))
    words = forms.CharField(
        label=_("Explanation, public"),
        max_length=500,
        required=False,
        help_text=_("Stands beside the reason on the public page and in the mail. No names."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=2000,
        required=False,
        help_text=_("What you saw. It stays inside the admin."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, kinds: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Intervention.Kind.choices)
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]
        # None is chosen beforehand: the reason is public, and each voter is told of it.
        unchosen = ("", _("- Select an option -"))
        self.fields["reason"].choices = [unchosen, *reasons_for(kinds)]
        if len(self.fields["kind"].choices) == 1:
            self.fields["kind"].initial = next(iter(kinds))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind, reason = data.get("kind"), data.get("reason")
        if kind and reason and reason not in Intervention.reasons_for(kind):
            self.add_error("reason", _("This is no reason for what you want to do."))
        return data


def reasons_for(kinds: Iterable[str]) -> list[tuple[Any, Any]]:
    """Reasons to choose from; under two headings where votes may be taken and given back."""
    fitting = {Intervention.reasons_for(kind): kind in Intervention.TAKING for kind in kinds}
    groups = [
        (TO_TAKE if takes else TO_GIVE, [(one.value, one.label) for one in reasons])
        for reasons, takes in fitting.items()
    ]
    return groups[0][1] if len(groups) == 1 else groups


class NoteForm(forms.Form):
    """Why a colleague's request is refused."""

    note = forms.CharField(
        label=_("Why not"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )


class AnswerForm(forms.Form):
    """What a voter is told when their appeal is declined."""

    answer = forms.CharField(
        label=_("Answer to the voter"),
        max_length=2000,
        min_length=10,
        help_text=_("Goes out by mail. Say what was looked at, and nothing about other people."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

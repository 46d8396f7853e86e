"""The forms of voting: the support button's, a ballot's, and the box for a receipt's code."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voting.marks import BLANK, has_unknown, marks_in, read_marks
from voting.models import MergeAnswer
from voting.money import in_words

if TYPE_CHECKING:
    from django.http import QueryDict

    from voting.models import Round

GEN_MAX = 32_000
FAULTS = {
    "shape": gettext_lazy("This ballot cannot be read. Fill it in again, please."),
    "unknown": gettext_lazy("This option is no longer on the ballot."),
    "twice": gettext_lazy("This option is chosen twice."),
    "place_taken": gettext_lazy("Another option has this place. Give each its own."),
    "empty": gettext_lazy("You chose nothing. Choose something, or tick “blank ballot” below."),
    "both": gettext_lazy("You ticked “blank ballot” and chose options too. Do one of the two."),
}


class ReceiptCodeForm(forms.Form):
    """The code of a receipt, typed from paper or pasted with the address around it."""

    code = forms.CharField(
        label=gettext_lazy("Code of the receipt"),
        help_text=gettext_lazy("Such as 1b4e28ba-2fa1-41d2-883f-b9a761bde3fb, or the whole link."),
        max_length=300,
    )

    def clean_code(self) -> uuid.UUID:
        text = self.cleaned_data["code"].strip().rstrip("/").rpartition("/")[2]
        try:
            return uuid.UUID(text.replace(" ", ""))
        except ValueError:
            raise forms.ValidationError(
                _("This is no code of a receipt: it has 32 letters from a to f and digits.")
            ) from None


class SupportForm(forms.Form):
    """What the person wants, and which generation of their vote and which size the page showed."""

    stands = forms.BooleanField(required=False)
    gen = forms.IntegerField(required=False, min_value=0, max_value=GEN_MAX)
    large = forms.BooleanField(required=False)
    next = forms.CharField(required=False, max_length=2000)


class MergeForm(forms.Form):
    """What becomes of one's support when what it is for is merged."""

    choice = forms.ChoiceField(
        label=gettext_lazy("What becomes of your support?"),
        choices=MergeAnswer.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    use_required_attribute = False


class BallotForm(forms.Form):
    """A filled-in ballot: `marks` as they were typed, `faults` by option, and the `choice`."""

    gen = forms.IntegerField(required=False, min_value=0, max_value=GEN_MAX)

    def __init__(self, round_: Round, data: QueryDict) -> None:
        super().__init__(data)
        self.round = round_
        self.marks = marks_in(round_.rules, data.getlist("option"), data.get)
        self.faults: dict[int, str] = {}
        self.choice: Any = None

    @property
    def is_outdated(self) -> bool:
        """Whether it was drawn under other rules: its numbers may name other options by now."""
        return self.data.get("rules") != self.round.rules_hex

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if has_unknown(self.round.rules, self.data.getlist("option"), self.data):
            self.refuse("unknown", None)
            return data
        self.choice, faults = read_marks(self.round.rules, self.marks)
        for option, fault in faults.items():
            self.refuse(fault, option)
        return data

    def refuse(self, fault: str, option: int | None) -> None:
        """Say what is wrong, at the option it is wrong with, else at the box “blank ballot”."""
        option = option or BLANK
        self.faults[option] = str(FAULTS.get(fault) or self._fault_with_figures(fault))
        self.add_error(None, self.faults[option])

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Each fault with its option's number, for the list on top of the page."""
        unread = {BLANK: FAULTS["shape"]} if "gen" in self.errors else {}
        return list({**unread, **self.faults}.items())

    def _fault_with_figures(self, fault: str) -> str:
        round_ = self.round
        if fault == "limit":
            count, limit = len(self.marks), round_.limit or 0
            figures = {"count": count, "limit": limit, "over": count - limit}
            return _("%(count)d of %(limit)d chosen. Take %(over)d off.") % figures
        if fault == "budget":
            over = in_words(self._spent - (round_.budget_minor or 0), round_.currency)
            return _("Together they cost %(over)s more than the budget. Take one off.") % {
                "over": over
            }
        if fault == "points":
            return _("Give whole points from 0 to %(most)d.") % {"most": round_.score_max}
        most = {"most": len(round_.rules["options"])}
        return _("Give a whole place from 1 to %(most)d, or leave it empty.") % most

    @property
    def _spent(self) -> int:
        costs = {option["number"]: option["cost_minor"] for option in self.round.rules["options"]}
        return sum(costs[number] for number in self.marks)


class AppealForm(forms.Form):
    """What a voter says against their vote being held or annulled."""

    text = forms.CharField(
        label=gettext_lazy("Why your vote should count"),
        max_length=2000,
        min_length=10,
        help_text=gettext_lazy("A few sentences are enough. Our staff read it, nobody else."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 2000}),
    )

"""What staff fill in to make a round: its rules and options, and what is refused and why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)

from accounts.models import AssuranceLevel, Municipality
from proposals.models import Proposal
from proposals.viewsets.fields import CallChoiceField
from proposals.viewsets.listing import source_calls
from voting.actions.preparing import refuse_merging, save_round
from voting.merges import in_merges
from voting.models import Round

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Check = Callable[[dict[str, Any]], Iterator[tuple[str, Any]]]

METHODS = [choice for choice in Round.Method.choices if choice[0] != Round.Method.SUPPORT]
BUDGETS = {Round.Method.GREEDY, Round.Method.EQUAL_SHARES}
MINOR = 100
MONEY_MAX = Decimal(9_000_000_000_000)


class MoneyField(forms.DecimalField):
    """Typed in roubles, kept in kopecks: nobody types five noughts too few."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min_value": Decimal(0), "max_value": MONEY_MAX}
        super().__init__(**{**limits, "max_digits": 16, "decimal_places": 2, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        whole = Decimal(value) / MINOR
        return whole.to_integral_value() if value % MINOR == 0 else whole

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * MINOR)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class CapitalForm(WagtailAdminModelForm):
    """A form whose fields begin with a capital, ours as Django's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)


class OptionForm(CapitalForm):
    """One option. Its number is its place in the list."""

    cost_minor = MoneyField(label=_("cost in roubles"), required=False)
    proposal = forms.ModelChoiceField(
        label=_("Number of the proposal"),
        queryset=Proposal.objects.public(),
        required=False,
        widget=forms.NumberInput,
        help_text=_("The page that tells more about the option, if there is one."),
        error_messages={"invalid_choice": _("There is no public proposal of this number.")},
    )

    def clean_cost_minor(self) -> int:
        return self.cleaned_data["cost_minor"] or 0


class RoundForm(CapitalForm):
    """A round's rules; with its options it is refused as a whole, each fault at its field."""

    method = forms.ChoiceField(label=_("method"), choices=METHODS)
    call = CallChoiceField(
        label=_("call"),
        queryset=None,
        required=False,
        help_text=_("The call whose proposals are voted on, if there is one."),
    )
    budget_minor = MoneyField(label=_("budget in roubles"), required=False, min_value=Decimal(1))
    municipalities = forms.ModelMultipleChoiceField(
        label=_("municipalities"),
        queryset=Municipality.objects.sources(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whose residents may vote, if it is for residents only."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True  # only rounds of supports have none
        self.fields["call"].queryset = source_calls()
        self.fields["municipalities"].label_from_instance = self._place_names().get
        if not self.instance.pk:
            self.fields["method"].initial = Round.Method.APPROVAL

    def _place_names(self) -> dict[Municipality, str]:
        return {place: place.name for place in Municipality.objects.in_language()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for check in self._checks():
            for field, words in check(data):
                self.add_error(field, words)
        return data

    def _checks(self) -> list[Check]:
        who = [self._check_times, self._check_who, self._check_published]
        method = [self._check_money, self._check_comparison, self._check_threshold]
        # Last: it spoils rows of options, and the others count those that are fine.
        return [*who, *method, self._check_counts, self._check_merges]

    def _check_times(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        opens_at, closes_at = data.get("opens_at"), data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            yield "closes_at", _("A round has to close after it opens.")
        if opens_at and "opens_at" in self.changed_data and opens_at < timezone.now():
            yield "opens_at", _("This moment is past. A round opens in the future.")
        if closes_at and closes_at < timezone.now():
            yield "closes_at", _("This moment is past.")

    def _check_money(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if data.get("method") not in BUDGETS:
            if data.get("fits_budget"):
                yield "fits_budget", _("This method has no budget.")
            return
        budget = data.get("budget_minor")
        if not budget:
            yield "budget_minor", _("This method shares out a budget: say how much it is.")
        for form in self._options:
            cost = form.cleaned_data.get("cost_minor")
            if not cost:
                form.add_error("cost_minor", _("Say what it costs: a budget is shared out."))
        costs = [form.cleaned_data["cost_minor"] for form in self._options if form.is_valid()]
        if budget and costs and min(costs) > budget:
            yield "budget_minor", _("The budget does not reach for a single option.")

    def _check_comparison(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if data.get("comparison") and data.get("method") != Round.Method.EQUAL_SHARES:
            yield "comparison", _("Only equal shares are compared.")

    def _check_threshold(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if data.get("threshold") and data.get("method") == Round.Method.RANKED:
            yield "threshold", _("Rankings have a quota and no threshold: leave 0.")

    def _check_who(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if data.get("residents_only") and not data.get("municipalities"):
            yield "municipalities", _("Tick the municipalities whose residents may vote.")
        if data.get("paper") and data.get("level", 0) < AssuranceLevel.DOCUMENT:
            yield (
                "level",
                _("A round with paper ballots needs the assurance level “document seen”."),
            )

    def _check_published(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        if not data.get("open_record") and not data.get("hidden"):
            yield "hidden", _("Where only sums are published, results stay hidden until the close.")

    def _check_merges(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        words = in_merges(self._proposals)
        for form in self._options:
            proposal = form.cleaned_data.get("proposal")
            if proposal is not None and proposal.pk in words:
                form.add_error("proposal", words[proposal.pk])
        yield from ()  # each fault stands at its option

    def _check_counts(self, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        count = len(self._options)
        if not count:
            return
        if (data.get("limit") or 0) > count:
            yield "limit", _("There are fewer options than this.")
        if data.get("method") not in BUDGETS and (data.get("seats") or 0) > count:
            yield "seats", _("There are fewer options than this.")
        if count == 1 and data.get("opens_at") and data["opens_at"] <= timezone.now():
            yield "opens_at", _("There have to be two options before it opens.")

    @property
    def _options(self) -> list[OptionForm]:
        """The options that stay, as far as they can be read."""
        forms_ = self.formsets["options"].forms if "options" in self.formsets else []
        kept = [form for form in forms_ if form.has_changed() or form.instance.pk]
        return [form for form in kept if form.is_valid() and not form.cleaned_data.get("DELETE")]

    @property
    def _proposals(self) -> list[int]:
        """Numbers of the proposals that options are about."""
        named = [form.cleaned_data.get("proposal") for form in self._options]
        return [proposal.pk for proposal in named if proposal is not None]

    def save(self, commit: bool = True) -> Round:
        """Save rules and options together. Raises `RoundFrozen`, `ValidationError`."""
        return save_round(round_=self.instance, save=self._save_all)

    def _save_all(self) -> None:
        refuse_merging(self._proposals)  # one may have been proposed since the form was read
        round_ = super().save(commit=False)
        _number_new(round_)
        round_.save()
        self.save_m2m()


def _number_new(round_: Round) -> None:
    """Give new options numbers that no other has; they get their own once all are saved."""
    options = round_.options.all()
    last = max((option.number or 0 for option in options), default=0)
    for number, option in enumerate((o for o in options if not o.number), start=last + 1):
        option.number = number


class OptionsPanel(InlinePanel):
    """Options in their order, each with a form of ours."""

    def get_form_options(self) -> dict[str, Any]:
        options = super().get_form_options()
        options["formsets"]["options"]["form"] = OptionForm
        return options


OPTION_PANELS = [
    FieldPanel("title"),
    FieldPanel("text"),
    FieldRowPanel([FieldPanel("cost_minor"), FieldPanel("proposal")]),
]
PANELS = [
    HelpPanel(
        content=_(
            "Everybody sees the round once it has two options, with the dates below. Its rules"
            " are free to change until the first vote; from then on nobody can change them."
        )
    ),
    MultiFieldPanel([FieldPanel("title"), FieldPanel("intro"), FieldPanel("call")], _("Words")),
    FieldRowPanel(
        [
            FieldPanel("opens_at", help_text=_("Times are those of Vladivostok.")),
            FieldPanel("closes_at"),
        ],
        heading=_("When"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("method"),
            FieldRowPanel(
                [
                    FieldPanel("limit"),
                    FieldPanel("seats", help_text=_("With a budget the money decides.")),
                    FieldPanel("score_max", help_text=_("Where points are given.")),
                ]
            ),
            FieldPanel(
                "threshold",
                help_text=_("Votes or points below which nothing is chosen; 0 if there is none."),
            ),
        ],
        _("How it is counted"),
    ),
    MultiFieldPanel(
        [FieldPanel("budget_minor"), FieldPanel("fits_budget"), FieldPanel("comparison")],
        _("Budget"),
    ),
    OptionsPanel("options", panels=OPTION_PANELS, heading=_("Options"), label=_("Option")),
    MultiFieldPanel(
        [
            FieldPanel("level"),
            FieldPanel("residents_only"),
            FieldPanel("municipalities"),
            FieldPanel("paper"),
        ],
        _("Who may vote"),
    ),
    MultiFieldPanel([FieldPanel("hidden"), FieldPanel("open_record")], _("What is published")),
]
ROUND_PANELS = ObjectList(PANELS, base_form_class=RoundForm)

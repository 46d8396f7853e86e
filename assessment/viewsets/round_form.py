"""What a secretary fills in to make a round: committee, call, dates, criteria or a set of them."""

from __future__ import annotations

from typing import Any

from django import forms
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

from assessment.actions.rounds import save_round
from assessment.models import AssessmentRound, Committee
from assessment.presets import criteria_of, preset_choices
from proposals.viewsets.fields import CallChoiceField, TermChoiceField
from proposals.viewsets.listing import source_calls


class RoundForm(WagtailAdminModelForm):
    """A round's rules; a new one may take its criteria from a set."""

    committee = TermChoiceField(label=_("Committee"), queryset=None)
    call = CallChoiceField(label=_("Call"), queryset=None)
    preset = forms.ChoiceField(
        label=_("criteria to start from"),
        required=False,
        help_text=_(
            "They are copied into the round and can be changed there until reading begins."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = Committee.objects.sources()
        self.fields["call"].queryset = source_calls()
        self.fields["preset"].choices = [("", _("Criteria of my own, below")), *preset_choices()]

    def save(self, commit: bool = True) -> AssessmentRound:
        """Save rules and criteria together. Raises `AssessmentRefused` once they are frozen."""
        return save_round(round_=self.instance, save=self._save_all)

    def _save_all(self) -> AssessmentRound:
        if not self.instance.pk:
            self.instance.made_by = self.for_user
        if preset := self.cleaned_data.get("preset"):
            saved = super().save(commit=False)
            saved.criteria = criteria_of(preset, saved)
            saved.save()
            return saved
        return super().save()


CRITERION_PANELS = [
    FieldPanel("name"),
    FieldRowPanel([FieldPanel("kind"), FieldPanel("weight")]),
    FieldPanel("low"),
    FieldPanel("middle"),
    FieldPanel("high"),
]
ROUND_PANELS = ObjectList(
    [
        HelpPanel(
            content=_(
                "Criteria, weights and the words of the scales are free to change until reading"
                " begins. Then they are frozen and hashed, and everybody can see them."
            )
        ),
        MultiFieldPanel(
            [FieldPanel("committee"), FieldPanel("call"), FieldPanel("title"), FieldPanel("intro")],
            _("What is assessed, and by whom"),
        ),
        FieldRowPanel(
            [FieldPanel("due_at"), FieldPanel("per_proposal"), FieldPanel("spread_max")],
            heading=_("Reading"),
        ),
        FieldRowPanel(
            [FieldPanel("selected_count"), FieldPanel("by_theme")], heading=_("Selection")
        ),
        FieldPanel("preset"),
        InlinePanel(
            "criteria", panels=CRITERION_PANELS, heading=_("Criteria"), label=_("Criterion")
        ),
    ],
    base_form_class=RoundForm,
)

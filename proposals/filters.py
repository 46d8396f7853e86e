"""What the address of the list may say: search, filters, order, and the place in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from proposals import states
from proposals.models import Proposal
from proposals.models.proposals import SHUFFLE_MAX
from proposals.paging import Mark, NotAMarkError

if TYPE_CHECKING:
    from collections.abc import Iterable

SEARCH_MAX = 200
WHOLE_TERRITORY = "territory"  # stands for "no municipality" in an address

ORDERS = [
    ("random", _("Random")),
    ("newest", _("Newest")),
    ("supported", _("Most supported")),
    ("closing", _("Closing soon")),
]


class ListForm(forms.Form):
    """Values that are not on offer are refused: guessing at them would show a wrong list."""

    q = forms.CharField(label=_("Search in proposals"), max_length=SEARCH_MAX, required=False)
    call = forms.ChoiceField(label=_("Call"), required=False)
    status = forms.MultipleChoiceField(
        label=_("Stage"),
        required=False,
        choices=[choice for choice in Proposal.Status.choices if choice[0] in states.PUBLIC],
    )
    category = forms.MultipleChoiceField(label=_("Theme"), required=False)
    place = forms.MultipleChoiceField(label=_("Where"), required=False)
    tag = forms.SlugField(max_length=100, required=False, allow_unicode=True)
    order = forms.ChoiceField(choices=ORDERS, required=False)
    seed = forms.IntegerField(min_value=0, max_value=SHUFFLE_MAX, required=False)
    after = forms.CharField(max_length=40, required=False)

    def __init__(
        self, data: Any, *, calls: Iterable[Any], categories: Iterable[Any], places: Iterable[Any]
    ) -> None:
        super().__init__(data)
        for name, rows in (("call", calls), ("category", categories), ("place", places)):
            self.fields[name].choices = [(row.slug, row.slug) for row in rows]
        self.fields["place"].choices += [(WHOLE_TERRITORY, WHOLE_TERRITORY)]

    def clean_after(self) -> Mark | None:
        text = self.cleaned_data["after"]
        if not text:
            return None
        try:
            return Mark.read(text)
        except NotAMarkError as error:
            raise ValidationError(_("This is no place in the list.")) from error

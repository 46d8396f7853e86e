"""Lists of proposals that staff take away as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from government.actions import record_export
from government.exports import FORMATS
from government.permissions import may_export_proposals
from government.proposal_rows import proposal_listing
from home.papers import NotSet
from proposals.models import Proposal
from proposals.views.downloads import as_file
from proposals.viewsets.listing import ProposalFilterSet, listed_proposals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase


@require_safe
@cache_control(private=True, no_store=True)
def export_proposals(request: HttpRequest, name: str) -> HttpResponseBase:
    """The list of proposals as the admin shows it at this address, as a file."""
    if not may_export_proposals(request.user):
        raise PermissionDenied
    if name not in FORMATS:
        raise Http404
    filters = ProposalFilterSet(request.GET, Proposal.objects.none(), request=request).form
    if not filters.is_valid():
        return _back_to_list(request, _("No file was made: no filter has this value."))
    described = described_filters(filters, request.GET.get("q", ""))
    listing = proposal_listing(listed_proposals(request), filters=described)
    try:
        response = as_file(listing, FORMATS[name])
    except NotSet:
        sentence = _("The paper could not be made. Take another format, please.")
        return _back_to_list(request, sentence)
    record_export(user=request.user, name=name, listing=listing)
    return response


def _back_to_list(request: HttpRequest, refusal: str) -> HttpResponse:
    messages.error(request, refusal)
    return redirect(f"{reverse('proposals_admin:index')}?{request.GET.urlencode()}")


def described_filters(form: forms.Form, text: str) -> list[tuple[str, str]]:
    """What the list was narrowed to, as (label, words), so that the file says what it holds."""
    asked = form.cleaned_data
    described = [
        (str(form.fields[name].label), in_words(form.fields[name], asked[name])) for name in asked
    ]
    described.append((_("Search"), text.strip()))
    return [(label, words) for label, words in described if words]


def in_words(field: forms.Field, value: Any) -> str:
    """A filter's value as the person who chose it saw it; empty for none."""
    if isinstance(value, slice):
        ends = [
            date_format(end, "SHORT_DATE_FORMAT") if end else "…"
            for end in (value.start, value.stop)
        ]
        return " – ".join(ends)
    if isinstance(value, list) and isinstance(field, forms.ChoiceField):
        labels = dict(field.choices)
        return ", ".join(str(labels[item]) for item in value)
    if isinstance(field, forms.ModelChoiceField) and value:
        return str(field.label_from_instance(value))
    return str(value or "")

"""Rounds in the admin: the list, making one, changing and deleting it before the first vote."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from django.forms import RadioSelect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from voting.actions.preparing import RoundFrozen, refuse_frozen
from voting.models import Round
from voting.viewsets.round_form import ROUND_PANELS
from voting.viewsets.round_pages import (
    CloseRoundView,
    CopyRoundView,
    PreviewView,
    RehearseView,
    RoundView,
    TakeProposalsView,
)
from voting.viewsets.round_words import FROZEN, STATES, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.models.rounds import RoundQuerySet


class RoundFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=STATES,
        empty_label=gettext_lazy("All"),
        widget=RadioSelect,
        method="filter_state",
    )

    class Meta:
        model = Round
        fields: tuple[str, ...] = ("method",)

    def filter_state(self, queryset: RoundQuerySet, _name: str, value: str) -> RoundQuerySet:
        now = timezone.now()
        if value == "open":
            return queryset.open(now)
        if value == "coming":
            return queryset.filter(closed_at__isnull=True, opens_at__gt=now)
        return queryset.filter(Q(closed_at__isnull=False) | Q(closes_at__lte=now))


class RoundIndexView(generic.IndexView):
    """Rounds of ballots with their state; those of supports follow their proposals."""

    default_ordering = "-opens_at"
    filterset_class = RoundFilterSet
    is_searchable = False

    def get_base_queryset(self) -> RoundQuerySet:
        voters = Count("events", filter=Q(events__gen=1))
        return Round.objects.ballots().annotate(voter_count=voters)

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn("title", label=_("Title"), accessor=str, get_url=self.get_inspect_url),
            Column("state", label=_("State"), accessor=state_of),
            Column("method", label=_("Method"), accessor="get_method_display"),
            Column("opens_at", label=_("Opens"), accessor=_moment("opens_at"), sort_key="opens_at"),
            Column(
                "closes_at", label=_("Closes"), accessor=_moment("closes_at"), sort_key="closes_at"
            ),
            Column("voter_count", label=_("Voters"), accessor="voter_count"),
        ]


def _moment(name: str) -> Any:
    def words(round_: Round) -> str:
        moment = timezone.localtime(getattr(round_, name))
        return date_format(moment, "SHORT_DATETIME_FORMAT")

    return words


class FrozenMixin:
    """Leads to the round's page, with a sentence, once its rules can no longer change."""

    def refuse(self, pk: int) -> HttpResponse:
        messages.warning(self.request, FROZEN)  # type: ignore[attr-defined]
        return redirect("rounds_admin:inspect", pk)


class MergingMixin:
    """Shows the form again where a merge of one of its proposals was proposed at this moment."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except ValidationError as error:
            form.add_error(None, error)
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class RoundCreateView(MergingMixin, generic.CreateView):
    """Makes a round, and goes on to its page."""

    def get_success_url(self) -> str:
        return reverse("rounds_admin:inspect", args=[self.object.pk])


class RoundEditView(FrozenMixin, MergingMixin, generic.EditView):
    """Changes a round before its first vote."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.is_frozen:
            return self.refuse(self.object.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if self.object.is_frozen:
            return self.refuse(self.object.pk)
        return super().post(request, *args, **kwargs)

    def get_queryset(self) -> RoundQuerySet:
        return Round.objects.ballots()

    def get_success_url(self) -> str:
        return reverse("rounds_admin:inspect", args=[self.object.pk])

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except (RoundFrozen, DatabaseError):
            # A vote came while the form was open, or between our look and the write.
            return self.refuse(self.object.pk)


class RoundDeleteView(FrozenMixin, generic.DeleteView):
    """Deletes a round nobody voted in."""

    # Django's DELETE goes past the form, and so past the look at the votes.
    http_method_names = ("get", "head", "options", "post")

    def get_queryset(self) -> RoundQuerySet:
        return Round.objects.ballots()

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                refuse_frozen(self.object)
                return super().form_valid(form)
        except (DatabaseError, RoundFrozen):
            return self.refuse(self.object.pk)


class RoundViewSet(ModelViewSet):
    """Rounds of ballots: what is chosen from, by whom, until when, counted how."""

    model = Round
    name = "round"
    url_prefix = "rounds"
    url_namespace = "rounds_admin"
    icon = "tasks"
    menu_label = gettext_lazy("Rounds")
    edit_handler = ROUND_PANELS
    index_view_class = RoundIndexView
    add_view_class = RoundCreateView
    edit_view_class = RoundEditView
    delete_view_class = RoundDeleteView
    inspect_view_enabled = True
    inspect_view_class = RoundView
    inspect_template_name = "voting/staff/round.html"
    copy_view_enabled = False
    add_to_reference_index = False

    def get_permissions_to_register(self) -> Any:
        names = ("add_round", "change_round", "delete_round", "view_round")
        return Permission.objects.filter(content_type__app_label="voting", codename__in=names)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # Nothing refers to a round but votes and options, which its page shows.
        return {**super().get_common_view_kwargs(**kwargs), "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        usage = "usage/<int:pk>/"
        kept = [one for one in super().get_urlpatterns() if str(one.pattern) != usage]
        return [
            *kept,
            path("<int:pk>/preview/", PreviewView.as_view(), name="preview"),
            path("<int:pk>/take/", TakeProposalsView.as_view(), name="take"),
            path("<int:pk>/copy/", CopyRoundView.as_view(), name="copy"),
            path("<int:pk>/close/", CloseRoundView.as_view(), name="close"),
            path("<int:pk>/rehearse/", RehearseView.as_view(), name="rehearse"),
        ]

"""The integrity desk: what stands out in a round, what is done about it, and what voters say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from home.staff import StaffPage
from voting.actions.appeals import AppealAnswered, decline_appeal, grant_appeal
from voting.actions.interventions import (
    InterventionRefused,
    ask_intervention,
    confirm_intervention,
    refuse_intervention,
)
from voting.desk_work import desk_work, shifts_of
from voting.integrity import NoGroup, RoundTraces, TraceGroup, key_of
from voting.models import Appeal, Intervention, Round, TakenVote, VoteTrace
from voting.models.ledger import SMALLEST_GROUP
from voting.permissions import may_guard_votes
from voting.spared import left_out_of
from voting.viewsets.forms import AnswerForm, InterventionForm, NoteForm
from voting.viewsets.intervention_words import say_done, say_refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.bursts import Burst

Kind = Intervention.Kind
ROUNDS_SHOWN = 50
LATEST_SHOWN = 20
# What may follow on an intervention that was done: its own votes, the other way round.
FOLLOWING = {
    Kind.HOLD: (Kind.RELEASE, Kind.ANNUL),
    Kind.RELEASE: (Kind.HOLD, Kind.ANNUL),
    Kind.ANNUL: (Kind.RESTORE,),
    Kind.RESTORE: (Kind.ANNUL,),
}


def kinds_now(round_: Round, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Those kinds that the round still allows: no vote is held once it is over."""
    return tuple(kind for kind in kinds if kind != Kind.HOLD or not round_.is_over)


class IntegrityPage(StaffPage):
    """A page of the integrity desk."""

    may = may_guard_votes
    page_title = gettext_lazy("Integrity of votes")
    header_icon = "warning"

    def parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("integrity_admin:index"), "label": _("Integrity of votes")}]


class IntegrityIndexView(IntegrityPage):
    """What waits for somebody, and the rounds with most votes lately."""

    template_name = "voting/staff/integrity_index.html"

    def parents(self) -> list[dict[str, Any]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Intervention.objects.select_related("round__proposal", "requested_by")
        appeals = Appeal.objects.filter(state=Appeal.State.OPEN)
        return self.draw(
            urgent=list(Round.objects.held_up().order_by("closed_at")),
            waiting=list(rows.waiting()),
            appeals=list(appeals.select_related("event__round__proposal")),
            latest=list(rows.exclude(state=Intervention.State.ASKED)[:LATEST_SHOWN]),
            rounds=self.rounds(),
            desk_work=desk_work(),
        )

    def rounds(self) -> list[tuple[Round, int, Any, int]]:
        """Rounds with traces: how many, and when the last came; or with votes that staff took.

        Three queries.
        """
        traces = VoteTrace.objects.order_by().values_list("event__round")
        counts = traces.annotate(count=Count("pk"), last=Max("minute")).order_by("-count")
        found = {pk: (count, last) for pk, count, last in counts[:ROUNDS_SHOWN]}
        votes = TakenVote.objects.order_by().values_list("event__round")
        taken = dict(votes.annotate(count=Count("pk")).order_by("-count")[:ROUNDS_SHOWN])
        rounds = Round.objects.select_related("proposal").in_bulk([*found, *taken])
        return [
            (rounds[pk], *found.get(pk, (0, None)), taken.get(pk, 0)) for pk in {**found, **taken}
        ]


@dataclass(frozen=True)
class Finding:
    """One group of votes that stands out, as the list shows it."""

    burst: Burst
    label: str
    url: str


class RoundIntegrityPage(IntegrityPage):
    """A page about one round's votes."""

    @cached_property
    def round(self) -> Round:
        rounds = Round.objects.select_related("proposal")
        return get_object_or_404(rounds, pk=self.kwargs["pk"])

    @cached_property
    def traces(self) -> RoundTraces:
        return RoundTraces(self.round)

    @property
    def round_title(self) -> str:
        return str(self.round.proposal or self.round)


class RoundIntegrityView(RoundIntegrityPage):
    """What stands out in a round, by which rule, and what was done already."""

    template_name = "voting/staff/integrity_round.html"

    def get_page_title(self) -> str:
        return self.round_title

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(
            round=self.round,
            shape=self.traces.shape,
            bars=self.traces.bars,
            findings=[self.finding(burst) for burst in self.traces.bursts],
            levels=self.round.events.turnout_by_level(),
            shifts=shifts_of(self.round),
            smallest=SMALLEST_GROUP,
            networks=[self.network(*pair) for pair in self.traces.largest_networks],
            interventions=self.round.interventions.select_related("requested_by"),
        )

    def finding(self, burst: Burst) -> Finding:
        return Finding(burst, label_of(burst.kind, burst.key), self.address(burst.kind, burst.key))

    def network(self, key: bytes, count: int) -> tuple[str, int, str]:
        return label_of("subnet", key), count, self.address("subnet", key)

    def address(self, kind: str, value: Any) -> str:
        address = reverse("integrity_admin:finding", args=[self.round.pk, kind])
        return f"{address}?{urlencode({'key': key_of(kind, value)})}"


def label_of(kind: str, value: Any) -> str:
    """A group in words: a network has no name here, only the beginning of its hash."""
    if kind == "subnet":
        return _("One network (%(name)s)") % {"name": value.hex()[:6]}
    if kind == "domain":
        return _("Addresses at %(domain)s") % {"domain": value}
    moment = date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    return _("Ten minutes from %(moment)s") % {"moment": moment}


class GroupPage(RoundIntegrityPage):
    """The votes of one group, and what may be done to all of them together."""

    offered: tuple[str, ...] = (Kind.HOLD, Kind.ANNUL)

    def parents(self) -> list[dict[str, Any]]:
        url = reverse("integrity_admin:round", args=[self.round.pk])
        return [*super().parents(), {"url": url, "label": self.round_title}]

    def voters(self) -> list[bytes]:
        """The voters' pseudonyms."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the page shows of the group."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(InterventionForm(self.kinds, initial={"kind": self.kinds[0]}))

    @property
    def kinds(self) -> tuple[str, ...]:
        return kinds_now(self.round, self.offered)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = InterventionForm(self.kinds, request.POST)
        if not form.is_valid():
            return self.show(form)
        voters = self.voters()
        if len(voters) < SMALLEST_GROUP:  # a colleague was quicker
            raise Http404
        try:
            row = ask_intervention(
                by=request.user, round_=self.round, voters=voters, **form.cleaned_data
            )
        except InterventionRefused as refusal:
            say_refused(request, refusal)
            return redirect("integrity_admin:round", self.round.pk)
        say_done(request, row)
        return redirect("integrity_admin:intervention", row.pk)

    def show(self, form: InterventionForm) -> HttpResponse:
        return self.draw(round=self.round, form=form, **self.context())


class FindingView(GroupPage):
    """The votes of one finding: how they are made up, what is innocent about them, what to do."""

    template_name = "voting/staff/integrity_finding.html"

    def get_page_title(self) -> str:
        return label_of(self.group.kind, self.group.value)

    @cached_property
    def group(self) -> TraceGroup:
        try:
            return self.traces.group(self.kwargs["kind"], self.request.GET.get("key", ""))
        except NoGroup:
            raise Http404 from None

    def voters(self) -> list[bytes]:
        return self.group.voters()

    def context(self) -> dict[str, Any]:
        group = self.group
        domains = sorted(group.counts.domains.items(), key=lambda pair: -pair[1])
        return {
            "group": group,
            "shape": group.shape,
            "whole": self.traces.shape,
            "bars": group.bars,
            "domains": domains[:10],
        }


class InterventionView(IntegrityPage):
    """One intervention: what, why, by whom; the second person's buttons; what may follow."""

    template_name = "voting/staff/integrity_intervention.html"

    @cached_property
    def row(self) -> Intervention:
        rows = Intervention.objects.select_related(
            "round__proposal", "requested_by", "confirmed_by", "result", "follows"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return str(self.row)

    @property
    def following(self) -> tuple[str, ...]:
        is_done = self.row.state == Intervention.State.DONE and self.row.vote_count
        return kinds_now(self.row.round, FOLLOWING[Kind(self.row.kind)]) if is_done else ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stages = {"confirm": self.confirm, "refuse": self.refuse, "follow": self.follow}
        return stages.get(request.POST.get("stage", ""), self.show)()

    def confirm(self) -> HttpResponse:
        try:
            say_done(
                self.request, confirm_intervention(by=self.request.user, intervention=self.row)
            )
        except InterventionRefused as refusal:
            say_refused(self.request, refusal)
        return self.here()

    def refuse(self) -> HttpResponse:
        form = NoteForm(self.request.POST)
        note = form.cleaned_data["note"] if form.is_valid() else ""
        try:
            refuse_intervention(by=self.request.user, intervention=self.row, note=note)
        except InterventionRefused as refusal:
            say_refused(self.request, refusal)
        return self.here()

    def follow(self) -> HttpResponse:
        form = InterventionForm(self.following, self.request.POST)
        if not form.is_valid():
            return self.show(form)
        changed = self.row.votes.filter(changed=True).values_list("voter", flat=True)
        try:
            row = ask_intervention(
                by=self.request.user,
                round_=self.row.round,
                follows=self.row,
                voters=[bytes(voter) for voter in changed],
                **form.cleaned_data,
            )
        except InterventionRefused as refusal:
            say_refused(self.request, refusal)
            return self.here()
        say_done(self.request, row)
        return redirect("integrity_admin:intervention", row.pk)

    def here(self) -> HttpResponse:
        return redirect("integrity_admin:intervention", self.row.pk)

    def show(self, form: InterventionForm | None = None) -> HttpResponse:
        following, left_out = self.following, left_out_of(self.row)
        return self.draw(
            row=self.row,
            votes=self.row.votes.count() - left_out.total(),
            left_out=[(Intervention.Reason(why).label, n) for why, n in left_out.items()],
            is_own=self.row.requested_by_id == self.request.user.pk,
            note_form=NoteForm(),
            form=form or (InterventionForm(following) if following else None),
        )


class AppealView(IntegrityPage):
    """One appeal beside why the vote was taken: grant it, or decline it with words."""

    page_title = gettext_lazy("Appeal")
    template_name = "voting/staff/integrity_appeal.html"

    @cached_property
    def appeal(self) -> Appeal:
        rows = Appeal.objects.select_related("event__round__proposal", "intervention")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(AnswerForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.POST.get("stage") == "grant":
                return self.grant()
            form = AnswerForm(request.POST)
            if not form.is_valid():
                return self.show(form)
            decline_appeal(by=request.user, appeal=self.appeal, **form.cleaned_data)
        except AppealAnswered:
            messages.warning(request, _("Somebody else has answered this appeal meanwhile."))
        except InterventionRefused as refusal:
            say_refused(request, refusal)
        else:
            messages.success(request, _("Declined; the voter is told why."))
        return redirect("integrity_admin:appeal", self.appeal.pk)

    def grant(self) -> HttpResponse:
        row = grant_appeal(by=self.request.user, appeal=self.appeal)
        if row.intervention:
            say_done(self.request, row.intervention)
        return redirect("integrity_admin:appeal", self.appeal.pk)

    def show(self, form: AnswerForm) -> HttpResponse:
        event = self.appeal.event
        taken = Intervention.objects.filter(
            round=event.round_id, votes__voter=event.voter, votes__changed=True, kind=event.reason
        )
        why = taken.select_related("requested_by", "confirmed_by").order_by("-decided_at").first()
        return self.draw(appeal=self.appeal, event=event, why=why, form=form)

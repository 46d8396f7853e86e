"""Paper ballots in the admin: batches, typing in, what two people read differently, casting."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from home.staff import StaffPage
from voting.actions.paper import (
    PaperRefused,
    cast_paper_batch,
    delete_paper_batch,
    end_paper,
    enter_paper_ballot,
    make_paper_batch,
    paper_check,
    recount_paper_batch,
)
from voting.choices import ChoiceRefused
from voting.forms import BallotForm
from voting.models import PaperBallot, PaperBatch, Round, VoteEvent
from voting.permissions import PaperRefusal, may_enter_paper
from voting.viewsets.ballots import staff_ballot
from voting.viewsets.forms import BatchForm, CountForm, EntryForm, LinesForm
from voting.viewsets.paper_lines import enter_lines

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

State, Outcome = PaperBatch.State, PaperBallot.Outcome


class PaperPage(StaffPage):
    """A page about paper ballots."""

    may = may_enter_paper
    page_title = gettext_lazy("Paper ballots")
    header_icon = "doc-full"

    def parents(self) -> list[dict[str, Any]]:
        if self.__class__ is PaperIndexView:
            return []
        return [{"url": reverse("paper_admin:index"), "label": _("Paper ballots")}]


class PaperIndexView(PaperPage):
    """Rounds that take paper, what was typed in of each, and the button that ends it."""

    template_name = "voting/staff/paper_index.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rounds = Round.objects.filter(paper=True, opens_at__lte=timezone.now())
        rounds = rounds.select_related("paper_end").order_by("-closes_at")
        counted = Count("ballots", filter=Q(ballots__outcome=Outcome.COUNTED))
        batches = PaperBatch.objects.annotate(counted=counted).order_by("pk")
        by_round: dict[int, list[PaperBatch]] = {}
        for batch in batches.filter(round__in=rounds):
            by_round.setdefault(batch.round_id, []).append(batch)
        return self.draw(rounds=[(row, by_round.get(row.pk, [])) for row in rounds])


class RoundPaperPage(PaperPage):
    """A page about the paper of one round."""

    @cached_property
    def round(self) -> Round:
        return get_object_or_404(Round, pk=self.kwargs["pk"], paper=True)


class AddBatchView(RoundPaperPage):
    """What was counted by hand, before anybody types in a ballot."""

    page_title = gettext_lazy("A new batch")
    template_name = "voting/staff/paper_count.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=BatchForm(self.round), round=self.round)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = BatchForm(self.round, request.POST)
        if form.is_valid():
            try:
                place = {name: form.cleaned_data[name] for name in ("place", "voted_on")}
                batch = make_paper_batch(
                    by=request.user, round_=self.round, **place, **form.counted
                )
                return redirect("paper_admin:batch", batch.pk)
            except PaperRefused as refused:
                field = "voted_on" if refused.refusal == PaperRefusal.DAY else None
                form.add_error(field, refused.refusal.label)
        return self.draw(form=form, round=self.round)


class EndPaperView(RoundPaperPage):
    """The page that asks whether all paper of a round is in, and the button that says so."""

    page_title = gettext_lazy("All paper ballots are in")
    template_name = "voting/staff/paper_end.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(round=self.round)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            end_paper(by=request.user, round_=self.round)
        except PaperRefused as refused:
            messages.error(request, refused.refusal.label)
        else:
            messages.success(request, _("The round is sealed next, and its result stated."))
        return redirect("paper_admin:index")


class BatchPage(PaperPage):
    """A page about one batch."""

    @cached_property
    def batch(self) -> PaperBatch:
        return get_object_or_404(PaperBatch.objects.select_related("round"), pk=self.kwargs["pk"])

    def parents(self) -> list[dict[str, Any]]:
        url = reverse("paper_admin:batch", args=[self.batch.pk])
        return [*super().parents(), {"url": url, "label": str(self.batch)}]

    def back(self) -> HttpResponse:
        return redirect("paper_admin:batch", self.batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=self.batch, round=self.batch.round, **kwargs)


class BatchView(BatchPage):
    """How far a batch is, what keeps it from being cast, and what came of it."""

    template_name = "voting/staff/paper_batch.html"

    def parents(self) -> list[dict[str, Any]]:
        return PaperPage.parents(self)

    def get_page_title(self) -> str:
        return str(self.batch)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_entering = self.batch.state == State.ENTERING
        return self.draw(check=paper_check(self.batch) if is_entering else None, **self.outcomes())

    def outcomes(self) -> dict[str, Any]:
        """What became of the ballots: how many, and by line those that do not count."""
        ballots = list(self.batch.ballots.all())
        channels = dict(VoteEvent.Channel.choices)
        return {
            "counted": sum(one.outcome == Outcome.COUNTED for one in ballots),
            "waiting": sum(one.outcome == Outcome.WAITING for one in ballots),
            "refused": [
                (one, channels.get(one.channel, ""))
                for one in ballots
                if one.outcome in {Outcome.VOTED, Outcome.TAKEN}
            ],
        }


class RecountView(BatchPage):
    """Corrects the count by hand."""

    page_title = gettext_lazy("Correct the count by hand")
    template_name = "voting/staff/paper_count.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        totals = {f"total-{number}": count for number, count in self.batch.totals.items()}
        initial = {"ballot_count": self.batch.ballot_count, **totals}
        return self.draw(form=CountForm(self.batch.round, initial=initial))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CountForm(self.batch.round, request.POST)
        if form.is_valid():
            try:
                recount_paper_batch(by=request.user, batch=self.batch, **form.counted)
                return self.back()
            except PaperRefused as refused:
                form.add_error(None, refused.refusal.label)
        return self.draw(form=form)


class CastBatchView(BatchPage):
    """The button that casts a batch; pressed again after a crash, it goes on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            cast_paper_batch(by=request.user, batch=self.batch)
        except PaperRefused as refused:
            messages.error(request, refused.refusal.label)
        else:
            counted = self.batch.ballots.filter(outcome=Outcome.COUNTED).count()
            text = ngettext(
                "Cast. %(count)d ballot counts.", "Cast. %(count)d ballots count.", counted
            )
            messages.success(request, text % {"count": counted})
        return self.back()


class DeleteBatchView(BatchPage):
    """Asks first, then throws a batch away that nothing was cast of."""

    page_title = gettext_lazy("Delete the batch")
    template_name = "voting/staff/paper_delete.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(typed=self.batch.ballots.count())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            delete_paper_batch(by=request.user, batch=self.batch)
        except PaperRefused as refused:
            messages.error(request, refused.refusal.label)
            return self.back()
        return redirect("paper_admin:index")


# An error report must not hold the numbers of people's passports.
@method_decorator(sensitive_post_parameters("number", "lines"), name="dispatch")
class EntryView(BatchPage):
    """Types in ballots, one by one or many at once. What the other person read stays unseen."""

    page_title = gettext_lazy("Type in ballots")
    template_name = "voting/staff/paper_entry.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        line = request.GET.get("line", "")
        wanted = int(line) if line.isascii() and line.isdecimal() and len(line) < 6 else None
        return self.show(EntryForm(initial={"line": wanted or self.next_line()}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "lines" in request.POST:
            return self.many()
        entry, ballot = self.entry_form(request.POST), BallotForm(self.batch.round, request.POST)
        # Both are read, so that everything that is wrong is said at once.
        are_valid = [entry.is_valid(), ballot.is_valid()]
        if all(are_valid) and self.enter(entry, ballot):
            text = _("Ballot %(line)d is typed in.") % {"line": entry.cleaned_data["line"]}
            messages.success(request, text)
            return redirect("paper_admin:entry", self.batch.pk)
        return self.show(entry, ballot)

    def entry_form(self, data: Any) -> EntryForm:
        form = EntryForm(data)
        form.fields["slot"].choices = [("", ""), (1, "1"), (2, "2")]
        return form

    def enter(self, entry: EntryForm, ballot: BallotForm) -> bool:
        values = {name: entry.cleaned_data[name] for name in ("line", "number", "slot")}
        try:
            enter_paper_ballot(
                by=self.request.user, batch=self.batch, choice=ballot.choice, **values
            )
        except ChoiceRefused as refused:
            ballot.refuse(refused.fault, refused.option)
        except PaperRefused as refused:
            about_line = refused.refusal in {PaperRefusal.LINE, PaperRefusal.TWICE}
            entry.add_error("line" if about_line else None, refused.refusal.label)
        else:
            return True
        return False

    def many(self) -> HttpResponse:
        form = LinesForm(self.request.POST)
        if not form.is_valid():
            return self.show(lines=form)
        done, refused = enter_lines(self.request.user, self.batch, form.cleaned_data["lines"])
        if done:
            said = ngettext(
                "%(count)d ballot is typed in.", "%(count)d ballots are typed in.", done
            )
            messages.success(self.request, said % {"count": done})
        if not refused:
            return redirect("paper_admin:entry", self.batch.pk)
        form = LinesForm(initial={"lines": "\n".join(row.typed for row in refused)})
        return self.show(lines=form, refused=refused)

    def show(
        self,
        entry: EntryForm | None = None,
        ballot: BallotForm | None = None,
        lines: LinesForm | None = None,
        **context: Any,
    ) -> HttpResponse:
        if self.batch.state != State.ENTERING:
            messages.error(self.request, PaperRefusal.CAST.label)
            return self.back()
        entry = entry or EntryForm(initial={"line": self.next_line()})
        return self.draw(
            form=entry,
            ballot=staff_ballot(self.batch.round, ballot),
            lines=lines or LinesForm(),
            is_taken="line" in entry.errors,
            own=self.own_count(),
            **context,
        )

    def own_count(self) -> int:
        return self.batch.ballots.filter(entries__by=self.request.user).count()

    def next_line(self) -> int:
        """The first number that neither this person has typed in nor two others."""
        entries = self.batch.ballots.annotate(
            own=Count("entries", filter=Q(entries__by=self.request.user)), all=Count("entries")
        )
        done = set(entries.filter(Q(own=1) | Q(all=2)).values_list("line", flat=True))
        return next((n for n in range(1, self.batch.ballot_count + 1) if n not in done), 1)

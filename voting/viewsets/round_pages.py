"""A round's own page in the admin, and the steps from it: preview, copy, close, rehearsal."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from home.staff import StaffPage
from proposals.models import Proposal
from voting.actions.preparing import RoundFrozen, close_early, copy_round, take_proposals
from voting.ballots import Ballot
from voting.merges import in_merges
from voting.models import Round
from voting.permissions import may_prepare_rounds
from voting.readiness import checks
from voting.rehearsal import rehearse
from voting.removals import held_words, removals_of
from voting.results import Outcome
from voting.viewsets.round_words import FROZEN, SCENES, finding_words, state_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from proposals.models.sets import ProposalQuerySet

REHEARSED = "voting.rehearse"
TAKEN = (Proposal.Status.SHORTLISTED, Proposal.Status.ACCEPTED)


def was_rehearsed(round_: Round) -> bool:
    """Whether it was played through well since its rules changed last. One query."""
    entries = ModelLogEntry.objects.for_instance(round_).filter(action=REHEARSED)
    played = {entry.data.get("rules") for entry in entries if entry.data.get("passed")}
    return round_.rules_hex in played


class RoundView(generic.InspectView):
    """All about one round: its state, its rules, the sheet of checks, and what can be done."""

    page_title = gettext_lazy("Round")

    def get_object(self, queryset: Any = None) -> Round:
        round_ = Round.objects.ballots().select_related("call").filter(pk=self.pk).first()
        if round_ is None:
            raise Http404
        return round_

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [] if self.object.is_frozen else super().header_more_buttons

    def get_fields_context(self) -> list[Any]:
        return []  # Our template says it in words.

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_ = self.object
        return super().get_context_data(
            round=round_,
            state=state_of(round_),
            is_frozen=round_.is_frozen,
            voter_count=round_.events.filter(gen=1).count(),
            checks=checks(round_, rehearsed=was_rehearsed(round_)),
            may_prepare=may_prepare_rounds(self.request.user),
            held=held_words(removals_of(round_.pk)) if round_.closing_seal_id is None else "",
            **kwargs,
        )


class RoundPage(StaffPage):
    """A step with one round."""

    may = may_prepare_rounds
    header_icon = "tasks"

    @cached_property
    def round(self) -> Round:
        round_ = Round.objects.ballots().filter(pk=self.kwargs["pk"]).first()
        if round_ is None:
            raise Http404
        return round_

    def get_page_subtitle(self) -> str:
        return str(self.round)

    def parents(self) -> list[dict[str, Any]]:
        plural = capfirst(str(Round._meta.verbose_name_plural))
        return [
            {"url": reverse("rounds_admin:index"), "label": plural},
            {"url": self.home, "label": str(self.round)},
        ]

    @property
    def home(self) -> str:
        return reverse("rounds_admin:inspect", args=[self.round.pk])

    def draw(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        return super().draw(status, template, round=self.round, home_url=self.home, **context)

    def frozen(self) -> HttpResponse:
        messages.warning(self.request, FROZEN)
        return redirect(self.home)


class PreviewView(RoundPage):
    """The public page as voters will see it while the round is open; nothing can be cast on it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ballot = Ballot(self.round, request.user, seed="preview")
        ballot.refusal = ""
        context = {"round": self.round, "ballot": ballot, "preview": True}
        return render(request, "voting/round.html", context)


class TakeProposalsView(RoundPage):
    """Choose proposals of the round's call that become its options."""

    page_title = gettext_lazy("Options from the call")
    template_name = "voting/staff/take_proposals.html"

    @property
    def proposals(self) -> ProposalQuerySet:
        known = self.round.options.exclude(proposal=None).values("proposal")
        of_call = Proposal.objects.filter(call=self.round.call_id, status__in=TAKEN)
        return of_call.exclude(pk__in=known).select_related("figures").order_by("pk")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.round.is_frozen:
            return self.frozen()
        words = in_merges(proposal.pk for proposal in self.proposals)
        free = [proposal for proposal in self.proposals if proposal.pk not in words]
        return self.draw(proposals=free, merging=[*words.values()])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        numbers = [text for text in request.POST.getlist("proposal") if text.isdecimal()]
        chosen = self.proposals.filter(pk__in=[int(text) for text in numbers if len(text) < 18])
        try:
            count = take_proposals(user=request.user, round_=self.round, proposals=chosen)
        except RoundFrozen:
            return self.frozen()
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(request.path)
        words = ngettext(
            "%(count)d option added. Fill in what it costs and its other languages.",
            "%(count)d options added. Fill in what they cost and their other languages.",
            count,
        )
        messages.success(request, words % {"count": count})
        return redirect("rounds_admin:edit", self.round.pk)


class CopyRoundView(RoundPage):
    """Make a new round with the same rules; the button is on the round's page."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.home)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            copy = copy_round(user=request.user, round_=self.round)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.home)
        messages.success(request, _("This is the copy. It opens in a week unless you change it."))
        return redirect("rounds_admin:edit", copy.pk)


class CloseForm(forms.Form):
    """Why a round is closed before its time."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the audit log."),
    )


class CloseRoundView(RoundPage):
    """Close a round before its time, for good."""

    page_title = gettext_lazy("Close early")
    template_name = "voting/staff/close_round.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.round.closed_at is not None:
            return redirect(self.home)
        return self.show(CloseForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CloseForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        reason = form.cleaned_data["reason"]
        if close_early(user=request.user, round_=self.round, reason=reason):
            self.say_closed()
        else:
            messages.warning(request, _("The round was closed already."))
        return redirect(self.home)

    @property
    def held(self) -> str:
        return held_words(removals_of(self.round.pk))

    def say_closed(self) -> None:
        if self.held:
            messages.warning(self.request, _("The round is closed."))  # its page says the rest
            return
        words = _("The round is closed. Its result is stated in a minute.")
        messages.success(self.request, words)

    def show(self, form: CloseForm) -> HttpResponse:
        return self.draw(form=form, held=self.held)


class RehearseView(RoundPage):
    """Made-up voters against a copy of the rules, and the sheet of checks, to be printed."""

    page_title = gettext_lazy("Rehearsal")
    template_name = "voting/staff/rehearse.html"

    @property
    def may_play(self) -> bool:
        return len(self.round.rules["options"]) > 1

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(may_play=self.may_play, checks=self.sheet)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_play:
            return redirect(request.path)
        scenes = rehearse(self.round.rules)
        passed = all(scene.passed for scene in scenes)
        data = {"rules": self.round.rules_hex, "passed": passed}
        log(instance=self.round, action=REHEARSED, user=request.user, data=data)
        played = [self.shown(scene) for scene in scenes]
        return self.draw(may_play=True, scenes=played, passed=passed, checks=self.sheet)

    @property
    def sheet(self) -> list[Any]:
        return checks(self.round, rehearsed=was_rehearsed(self.round))

    def shown(self, scene: Any) -> dict[str, Any]:
        copy = Round(method=self.round.method, currency=self.round.currency)
        copy.rules = scene.rules
        findings = [(finding.passed, finding_words(finding)) for finding in scene.findings]
        outcome = Outcome(copy, scene.tally)
        return {"title": SCENES[scene.key], "findings": findings, "outcome": outcome}

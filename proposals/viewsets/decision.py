"""The decision page: a proposal's text beside what staff may do with it, and the mail first."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic.base import BaseObjectMixin, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from accounts.models import Municipality
from proposals import states
from proposals.actions import ProposalMoved, ProposalRewritten, move_proposal, what_keeps
from proposals.likeness import duplicates_of
from proposals.models import Category, Proposal
from proposals.notifications import preview_mail
from proposals.permissions import (
    has_role,
    may_check_proposal,
    may_move_proposal,
    may_undo_decision,
)
from proposals.reasons import CODED
from proposals.viewsets.forms import DecisionForm, StepForm
from proposals.viewsets.panels import moderation_of
from proposals.viewsets.steps import DECISIONS, STEPS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
    from django.utils.safestring import SafeString

    from accounts.models import User
    from proposals.models import StatusChange
    from proposals.models.sets import ProposalQuerySet


def steps_open_to(user: Any, proposal: Proposal) -> list[str]:
    """The verbs that this person may use on the proposal now, in the table's order."""
    return [
        verb
        for verb in DECISIONS
        if proposal.status in states.MOVES[verb].sources and may_move_proposal(user, proposal, verb)
    ]


def own_queue(beside: Proposal, user: User) -> ProposalQuerySet:
    """What the person may decide on beside a proposal: nobody's, or theirs, and not their words."""
    others = Proposal.objects.waiting().exclude(pk=beside.pk)
    others = others.exclude(pk__in=Proposal.objects.written_by(user).values("pk"))
    free = others.filter(Q(assignee=None) | Q(assignee=user))
    return free.only("pk", "submitted_at", "moderation_due_on")


def next_waiting(decided: Proposal, user: User) -> Proposal | None:
    """The next in the person's queue after one just decided on; from its start at its end."""
    queue = own_queue(decided, user)
    return queue.filter(_comes_after(decided)).first() or queue.first()


def previous_waiting(seen: Proposal, user: User) -> Proposal | None:
    """The one before it in the person's queue, or None for the first."""
    return own_queue(seen, user).exclude(_comes_after(seen)).last()


def _comes_after(decided: Proposal) -> Q:
    due, sent = decided.moderation_due_on, decided.submitted_at
    if due is None or sent is None:
        return Q()
    same_day = Q(moderation_due_on=due)
    return (
        Q(moderation_due_on__gt=due)
        | same_day & Q(submitted_at__gt=sent)
        | same_day & Q(submitted_at=sent, pk__gt=decided.pk)
    )


class StaffProposalMixin(PermissionCheckedMixin, BaseObjectMixin, WagtailAdminTemplateMixin):
    """A page of the admin about one proposal."""

    model = Proposal
    permission_required = "view"
    index_url_name = ""
    inspect_url_name = ""
    history_url_name = ""
    header_icon = "clipboard-list"

    def get_base_object_queryset(self) -> ProposalQuerySet:
        proposals = Proposal.objects.for_staff(self.request.user)
        related = proposals.for_page().select_related("assignee", "appeal__against")
        return related.prefetch_related("status_changes__by")

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        plural = capfirst(str(Proposal._meta.verbose_name_plural))
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


class DecisionView(StaffProposalMixin, View):
    """Text left, decision right; a second page shows the mail, and only its button decides."""

    template_name = "proposals/staff/decision.html"
    page_title = gettext_lazy("Decision")
    form_class: type[StepForm] = DecisionForm

    @cached_property
    def steps(self) -> list[str]:
        return steps_open_to(self.request.user, self.object)

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.object.is_public:
            return []
        url = self.object.get_absolute_url()
        return [HeaderButton(_("On the site"), url=url, icon_name="view")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(self.form_class())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        is_valid = form.is_valid()
        try:
            self.refuse_decided(form.cleaned_data.get("verb"))
            if not is_valid:
                # At the top of the page; on a phone the fields are a screen and a half below.
                messages.error(request, _("Nothing is decided yet: see what is said at the form."))
                return self.draw(form)
            if form.cleaned_data["stage"] == StepForm.BACK:
                return self.draw(form)
            if form.cleaned_data["stage"] == StepForm.SEND:
                return self.decide(form)
            self.refuse_stale(form)
        except ProposalMoved:
            return self.draw(form, moved=True, status=409)
        except ProposalRewritten:
            return self.draw(form, rewritten=True, status=409)
        return self.draw_mail(form)

    def refuse_decided(self, verb: str | None) -> None:
        """Before anything is asked about words that no longer matter: somebody came first."""
        may = verb and may_move_proposal(self.request.user, self.object, verb)
        if may and states.target(self.object.status, verb) is None:
            raise ProposalMoved(self.object.status)

    def refuse_stale(self, form: StepForm) -> None:
        """Say before the mail is shown what `move_proposal` would say after it."""
        if not may_move_proposal(self.request.user, self.object, form.cleaned_data["verb"]):
            raise PermissionDenied
        if form.cleaned_data["seen_at"] != self.object.changed_at:
            raise ProposalRewritten

    def decide(self, form: StepForm) -> HttpResponse:
        verb = form.cleaned_data["verb"]
        change = move_proposal(
            user=self.request.user,
            proposal=self.object,
            verb=verb,
            reason=form.cleaned_data["reason"],
            seen_at=form.cleaned_data["seen_at"],
            reason_code=form.cleaned_data["reason_code"],
        )
        here = reverse(self.inspect_url_name, args=[self.object.pk])
        messages.success(self.request, self.words_about(change, here))
        return self.go_on(verb, here)

    def words_about(self, change: StatusChange, here: str) -> SafeString:
        """What was done, with the way to it and, if there is one, the way back."""
        done = STEPS[change.verb].done
        shown = {
            "words": _("“%(title)s”: %(step)s.") % {"title": self.object, "step": done},
            "url": here,
            "decision": change,
            "can_undo": change.verb in states.DECISIONS,
        }
        return render_to_string("proposals/staff/_decided.html", shown, self.request)

    def go_on(self, verb: str, here: str) -> HttpResponseRedirect:
        """To the next that waits after moderating; else back to the same proposal."""
        if states.MOVES[verb].role != states.MODERATOR:
            return redirect(here)
        if waiting := next_waiting(self.object, self.request.user):
            return redirect(self.inspect_url_name, waiting.pk)
        queue = f"{reverse(self.index_url_name)}?status={Proposal.Status.SUBMITTED}&ordering=sent"
        return redirect(queue)

    def draw_mail(self, form: StepForm) -> HttpResponse:
        """The second page: what will happen, and the mail as the author will get it."""
        verb = form.cleaned_data["verb"]
        self.page_title = STEPS[verb].button
        context = self.get_context_data(
            form=form, step=STEPS[verb], waits=verb in states.DECISIONS, **self.outcome(form)
        )
        return self.render("proposals/staff/decision_mail.html", context)

    def outcome(self, form: StepForm) -> dict[str, Any]:
        """Where the step leads to, and what the author will be told."""
        data = form.cleaned_data
        return {
            "status_after": Proposal.Status(states.MOVES[data["verb"]].target).label,
            "mail": preview_mail(self.object, data["verb"], data["reason"], data["reason_code"]),
        }

    def draw(self, form: StepForm, status: int = 200, **flags: bool) -> HttpResponse:
        """The page itself; `flags` say what came between, and the words that were typed stay."""
        if "moved" in flags or "rewritten" in flags:
            self.refresh()
        context = self.get_context_data(form=form, **flags)
        return self.render(self.template_name, context, status=status)

    def refresh(self) -> None:
        self.object = self.get_object()
        self.__dict__.pop("steps", None)

    def render(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return self.response_class(
            request=self.request, template=[template], context=context, status=status
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = Category.objects.localized_names() | Municipality.objects.localized_names()
        history = list(self.object.status_changes.all())
        return super().get_context_data(
            proposal=self.object,
            category=_name(names, self.object.category),
            municipality=_name(names, self.object.municipality),
            steps=[(verb, STEPS[verb]) for verb in self.steps],
            takes_code=not CODED.isdisjoint(self.steps),
            is_own=has_role(self.request.user, self.object, states.AUTHOR),
            history=[(change, STEPS[change.verb].done) for change in history],
            last_change=history[-1] if history else None,
            decision=self.decision_to_undo(history),
            similar=self.similar(),
            neighbours=self.neighbours(),
            panels=self.panels(),
            moderation=moderation_of(self.object, self.request.user),
            history_url=reverse(self.history_url_name, args=[self.object.pk]),
            **kwargs,
        )

    def decision_to_undo(self, history: list[StatusChange]) -> StatusChange | None:
        """The last step, if it is this person's decision and nothing keeps it."""
        last = history[-1] if history else None
        if last is None or not may_undo_decision(self.request.user, last):
            return None
        return None if what_keeps(last) else last

    def neighbours(self) -> dict[str, str]:
        """Addresses of what waits before and after it in the person's queue. Two queries."""
        user, waits = self.request.user, self.object.status == Proposal.Status.SUBMITTED
        if not waits or not may_check_proposal(user, self.object):
            return {}
        found = {
            "previous": previous_waiting(self.object, user),
            "next": next_waiting(self.object, user),
        }
        return {
            name: reverse(self.inspect_url_name, args=[row.pk])
            for name, row in found.items()
            if row
        }

    def similar(self) -> list[Proposal]:
        """Others with the same words, while there is still a choice to be made."""
        return duplicates_of(self.object) if self.object.status == Proposal.Status.SUBMITTED else []

    def panels(self) -> list[Any]:
        """What other apps know about the proposal; see the hook `construct_proposal_panels`."""
        panels: list[Any] = []
        for construct in hooks.get_hooks("construct_proposal_panels"):
            construct(panels, self.object, self.request)
        return panels


def _name(names: dict[Any, str], term: Category | Municipality | None) -> str:
    return names.get(term.translation_key, term.name) if term else ""


class ProposalHistoryView(HistoryView):
    """The log of one proposal: who did what with it, and when."""

    any_permission_required = ("view",)
    inspect_url_name = ""

    def get_base_object_queryset(self) -> ProposalQuerySet:
        return Proposal.objects.for_staff(self.request.user)

    def get_edit_url(self, instance: Proposal) -> str:
        return reverse(self.inspect_url_name, args=[instance.pk])

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [
            HeaderButton(
                _("Decision page"), url=self.get_edit_url(self.object), icon_name="clipboard-list"
            )
        ]

"""The desk: a document is looked at, and a vote taken from somebody who came in person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages

from home.staff import StaffPage
from voting.actions import DocumentRefused, OtherRules, StaleForm, VoteRefused, check_document
from voting.actions.desk import VoteStands, cast_at_desk, look_at_desk
from voting.actions.desk_work import DeskClosed, look_over_desk
from voting.choices import ChoiceRefused
from voting.desk_work import is_desk_closed, unseen_work
from voting.documents import document_digest
from voting.forms import BallotForm
from voting.models import Round
from voting.permissions import (
    DESK_CLOSED,
    DocumentRefusal,
    may_check_document,
    may_look_over_desks,
    why_not_again,
)
from voting.viewsets.ballots import staff_ballot
from voting.viewsets.forms import DeskVoteForm, DocumentForm, LookedForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.actions import Standing
    from voting.models import VoteEvent

SALT = "voting.desk"
TICKET_SECONDS = 30 * 60


def why_closed(request: HttpRequest) -> str:
    """Why this person can enter nothing at the desk now, in words, or "". One query."""
    return str(DESK_CLOSED) if is_desk_closed(request.user) else ""


# An error report must not hold the number of somebody's passport.
@method_decorator(sensitive_post_parameters("number"), name="dispatch")
class DocumentView(StaffPage):
    """Put down that a document was seen, for an account or for somebody without one."""

    may = may_check_document
    page_title = gettext_lazy("Document check")
    header_icon = "user"
    template_name = "voting/staff/check_document.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=DocumentForm(), closed=why_closed(request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DocumentForm(request.POST)
        if not form.is_valid():
            return self.draw(form=form)
        try:
            check_document(by=request.user, **form.fields_of_check)
        except DocumentRefused as refused:
            form.add_error(None, refused.refusal.label)
            may_replace = refused.refusal == DocumentRefusal.OTHER_DOCUMENT
            return self.draw(form=form, may_replace=may_replace, status=409)
        except DeskClosed:
            form.add_error(None, DESK_CLOSED)
            return self.draw(form=form, status=409)
        messages.success(request, self.done(form))
        return redirect(reverse("desk_admin:document"))

    def done(self, form: DocumentForm) -> str:
        if person := form.person:
            text = _(
                "Document seen. The account %(email)s now counts as “document seen”, and its votes"
                " that were held count again."
            )
            return text % {"email": person.email}
        return _("Document seen. The person can vote at the desk and on paper.")


@method_decorator(sensitive_post_parameters("number"), name="dispatch")
class DeskVoteView(StaffPage):
    """First the round and the document, then how the person's vote stands, then the ballot."""

    may = may_check_document
    page_title = gettext_lazy("Vote at the desk")
    header_icon = "check"
    template_name = "voting/staff/desk_vote.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=DeskVoteForm(), closed=why_closed(request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DeskVoteForm(request.POST)
        if not form.is_valid():
            return self.draw(form=form)
        digest = document_digest(form.cleaned_data["number"])
        return DeskBallot(self, form.cleaned_data["round"], digest).draw()


class DeskCastView(StaffPage):
    """The ballot of somebody at the desk. Who that is, a signed ticket of the page before says."""

    may = may_check_document
    page_title = gettext_lazy("Vote at the desk")
    header_icon = "check"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("desk_admin:vote")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            ballot = DeskBallot.from_ticket(self, request.POST.get("ticket", ""))
        except signing.BadSignature:
            messages.error(request, _("This page was open for too long. Begin again, please."))
            return redirect("desk_admin:vote")
        if request.POST.get("stage") == "change":
            return ballot.draw(change=True)
        return ballot.cast()


class DeskWorkView(StaffPage):
    """What colleagues did at the desk that nobody else has looked at: counts and times, no more."""

    may = may_look_over_desks
    page_title = gettext_lazy("Work at the desk")
    header_icon = "view"
    template_name = "voting/staff/desk_work.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(unseen=unseen_work(), own=request.user.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LookedForm(request.POST)
        if form.is_valid() and look_over_desk(by=request.user, **form.cleaned_data):
            messages.success(request, _("Put down that you have looked. Your colleague can go on."))
        else:
            messages.warning(request, _("Somebody else was quicker. This is how it stands now."))
        return redirect("desk_admin:work")


class DeskBallot:
    """One person's ballot at the desk, between the page that names them and the one that casts."""

    def __init__(self, page: StaffPage, round_: Round, digest: bytes, rules: str = "") -> None:
        self.page, self.round, self.digest = page, round_, digest
        # Those the page before was drawn by: under others its numbers may name other options.
        self.rules = rules or round_.rules_hex

    @classmethod
    def from_ticket(cls, page: StaffPage, ticket: str) -> DeskBallot:
        """Raises `BadSignature` if it is not ours, somebody else's, or older than half an hour."""
        parts = signing.loads(ticket, salt=SALT, max_age=TICKET_SECONDS)
        person, round_id, digest, rules = parts
        if person != page.request.user.pk:
            raise signing.BadSignature("another person's")
        return cls(page, get_object_or_404(Round, pk=round_id), bytes.fromhex(digest), rules)

    @property
    def ticket(self) -> str:
        parts = [self.page.request.user.pk, self.round.pk, self.digest.hex(), self.round.rules_hex]
        return signing.dumps(parts, salt=SALT)

    def cast(self) -> HttpResponse:
        request = self.page.request
        change = bool(request.POST.get("change"))
        if self.rules != self.round.rules_hex:
            return self.draw(status=409, change=change, moved="ballot")
        form = BallotForm(self.round, request.POST)
        if not form.is_valid():
            return self.draw(form, change=change)
        seen = {"seen_gen": form.cleaned_data["gen"] or 0, "seen_rules": bytes.fromhex(self.rules)}
        wish = {"choice": form.choice, "change": change, **seen}
        try:
            standing = cast_at_desk(
                by=request.user, round_id=self.round.pk, digest=self.digest, **wish
            )
        except ChoiceRefused as refused:
            form.refuse(refused.fault, refused.option)
            return self.draw(form, change=change)
        except OtherRules:
            return self.draw(status=409, change=change, moved="ballot")
        except (VoteStands, StaleForm, VoteRefused, DeskClosed):
            return self.draw(status=409, moved="vote")
        self.say_done(standing)
        return redirect("desk_admin:vote")

    def say_done(self, standing: Standing) -> None:
        """Offer the receipt to print: somebody without an account sees the vote no other way."""
        receipt = reverse("voting:receipt", args=[standing.event and standing.event.uuid])
        messages.success(
            self.page.request,
            _("The vote is in. The person counts once over all channels."),
            buttons=[messages.button(receipt, _("Receipt to print"), new_window=True)],
        )

    def draw(
        self,
        form: BallotForm | None = None,
        *,
        change: bool = False,
        moved: str = "",
        status: int = 200,
    ) -> HttpResponse:
        """How the person stands, and the ballot where one may be filled in.

        `moved` is what is otherwise than the page before it thought: their `vote`, or the `ballot`.
        """
        by = self.page.request.user
        last = look_at_desk(by=by, round_=self.round, digest=self.digest)
        return self.page.draw(
            status,
            "voting/staff/desk_ballot.html",
            round=self.round,
            last=last,
            refusal=self.refusal(last),
            ballot=staff_ballot(self.round, form),
            ticket=self.ticket,
            change=change,
            moved=moved,
        )

    def refusal(self, last: VoteEvent | None) -> str:
        """Why no ballot can be filled in, in words, or ""."""
        if not self.round.is_open:
            return _("This round takes no votes at the desk now.")
        if closed := why_closed(self.page.request):
            return closed
        taken = why_not_again(last) if last else None
        return _("This person's vote is held or annulled: see the integrity desk.") if taken else ""

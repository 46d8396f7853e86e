"""Committees in the admin: the list, each one's page, members, documents, meetings, decisions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from assessment.actions.committees import (
    add_item,
    members_on_day,
    record_attendance,
    record_decision,
    remove_document,
    save_document,
    save_meeting,
    save_membership,
)
from assessment.forms import (
    AgendaItemForm,
    AttendanceForm,
    DecisionForm,
    DocumentForm,
    MeetingForm,
    MembershipForm,
)
from assessment.models import (
    AgendaItem,
    AssessmentRound,
    Committee,
    CommitteeDocument,
    Meeting,
    Membership,
)
from assessment.permissions import may_run_assessment, may_score_among
from assessment.viewsets.pages import CommitteePage, FormPage, attempt
from home.staff import StaffPage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class CommitteeIndexView(StaffPage):
    """Every committee with how many sit in it and what it does. Three queries."""

    may = may_run_assessment
    page_title = gettext_lazy("Committees")
    header_icon = "group"
    template_name = "assessment/staff/committees.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        in_office = Membership.objects.in_office().values_list("committee")
        members = dict(in_office.annotate(count=Count("pk")))
        rounds = dict(
            AssessmentRound.objects.reading().values_list("committee").annotate(Count("pk"))
        )
        rows = [
            (one, members.get(one.pk, 0), rounds.get(one.pk, 0))
            for one in Committee.objects.in_language()
        ]
        add_url = reverse(Committee.snippet_viewset.get_url_name("add"))
        return self.draw(rows=rows, add_url=add_url)


class CommitteeView(CommitteePage):
    """All about one committee, and what can be done."""

    page_title = gettext_lazy("Committee")
    template_name = "assessment/staff/committee.html"

    def parents(self) -> list[dict[str, Any]]:
        return super().parents()[:1]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        members = list(self.committee.memberships.in_order().select_related("user"))
        able = may_score_among(members)
        voting = [one for one in members if one.is_in_office and one.role != one.Role.SECRETARY]
        return self.draw(
            members=[(one, self.trouble(one, able)) for one in members],
            member_count=len(voting),
            chair=next((one for one in voting if one.role == one.Role.CHAIR), None),
            quorum=self.committee.quorum_for(len(voting)),
            documents=self.committee.documents.select_related("document"),
            meetings=self.committee.meetings.all(),
            rounds=self.committee.rounds.select_related("protocol"),
            edit_url=reverse(
                Committee.snippet_viewset.get_url_name("edit"), args=[self.committee.pk]
            ),
        )

    def trouble(self, member: Membership, able: set[int]) -> str:
        """Why somebody in office cannot score, or ""."""
        if not member.is_in_office or member.role == member.Role.SECRETARY:
            return ""
        if member.user is None:
            return _("no account: cannot score")
        if member.user_id not in able:
            return _("the account is not in the group “Committee members”: cannot score")
        return ""


class AddMemberView(FormPage):
    """Begins a term of office."""

    page_title = gettext_lazy("New member")

    def make_form(self, data: Any = None) -> MembershipForm:
        return MembershipForm(data, instance=Membership(committee=self.committee))

    def act(self, form: MembershipForm) -> None:
        save_membership(user=self.request.user, membership=form.instance)


class OfMember(FormPage):
    """A page about one term of office."""

    @cached_property
    def member(self) -> Membership:
        rows = Membership.objects.select_related("committee", "user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def committee(self) -> Committee:
        return self.member.committee


class MemberView(OfMember):
    """Changes or ends a term of office."""

    page_title = gettext_lazy("Term of office")

    def make_form(self, data: Any = None) -> MembershipForm:
        return MembershipForm(data, instance=self.member)

    def act(self, form: MembershipForm) -> None:
        save_membership(user=self.request.user, membership=form.instance)


class AddDocumentView(FormPage):
    """Puts a document or link on the public page."""

    page_title = gettext_lazy("New document")

    def make_form(self, data: Any = None) -> DocumentForm:
        return DocumentForm(data, instance=CommitteeDocument(committee=self.committee))

    def act(self, form: DocumentForm) -> None:
        save_document(user=self.request.user, document=form.instance)


class RemoveDocumentView(CommitteePage):
    """The button that takes a document off the public page."""

    http_method_names = ["post"]

    @cached_property
    def document(self) -> CommitteeDocument:
        rows = CommitteeDocument.objects.select_related("committee")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def committee(self) -> Committee:
        return self.document.committee

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        home = self.home
        remove_document(user=request.user, document=self.document)
        messages.success(request, _("The document is off the page."))
        return redirect(home)


class AddMeetingView(FormPage):
    """Calls a meeting."""

    page_title = gettext_lazy("New meeting")

    def make_form(self, data: Any = None) -> MeetingForm:
        return MeetingForm(data, instance=Meeting(committee=self.committee))

    def act(self, form: MeetingForm) -> None:
        save_meeting(user=self.request.user, meeting=form.instance)


class MeetingPage(FormPage):
    """A page about one meeting."""

    @cached_property
    def meeting(self) -> Meeting:
        rows = Meeting.objects.select_related("committee")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def committee(self) -> Committee:
        return self.meeting.committee

    @property
    def back(self) -> str:
        return reverse("committees_admin:meeting", args=[self.meeting.pk])

    def parents(self) -> list[dict[str, Any]]:
        return [*super().parents(), {"url": self.back, "label": str(self.meeting)}]


class EditMeetingView(MeetingPage):
    """Changes when and where, and writes the minutes."""

    page_title = gettext_lazy("Change the meeting")

    def make_form(self, data: Any = None) -> MeetingForm:
        return MeetingForm(data, instance=self.meeting)

    def act(self, form: MeetingForm) -> None:
        save_meeting(user=self.request.user, meeting=form.instance)


class MeetingView(MeetingPage):
    """Agenda, attendance and decisions of one meeting; a post adds to the agenda."""

    page_title = gettext_lazy("Meeting")
    template_name = "assessment/staff/meeting.html"

    def parents(self) -> list[dict[str, Any]]:
        return super().parents()[:-1]

    def get_page_title(self) -> str:
        return str(self.meeting)

    def make_form(self, data: Any = None) -> AgendaItemForm:
        return AgendaItemForm(data, instance=AgendaItem(meeting=self.meeting))

    def act(self, form: AgendaItemForm) -> None:
        add_item(user=self.request.user, item=form.instance)

    def show(self, form: Any) -> HttpResponse:
        members = members_on_day(self.meeting)
        there = self.meeting.attendances.values_list("membership_id", flat=True)
        attendance = AttendanceForm(members, initial={"present": list(there)})
        agenda = self.meeting.agenda.select_related("decision", "proposal")
        return self.draw(form=form, meeting=self.meeting, attendance=attendance, agenda=agenda)


class AttendanceView(MeetingPage):
    """Writes down who was there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AttendanceForm(members_on_day(self.meeting), request.POST)
        if form.is_valid():
            there = form.cleaned_data["present"]
            attempt(
                request,
                lambda: record_attendance(user=request.user, meeting=self.meeting, present=there),
                _("It is written down who was there."),
            )
        else:
            messages.error(request, _("Somebody on this list is no member any more."))
        return redirect(self.back)


class DecideView(MeetingPage):
    """Records what was decided on one item."""

    page_title = gettext_lazy("Record a decision")
    intro = gettext_lazy("A recorded decision stays as it is: nobody changes it afterwards.")

    @cached_property
    def item(self) -> AgendaItem:
        rows = AgendaItem.objects.select_related("meeting__committee")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def meeting(self) -> Meeting:
        return self.item.meeting

    def get_page_subtitle(self) -> str:
        return str(self.item)

    def make_form(self, data: Any = None) -> DecisionForm:
        return DecisionForm(data)

    def act(self, form: DecisionForm) -> None:
        record_decision(user=self.request.user, item=self.item, decision=form.instance)

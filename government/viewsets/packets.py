"""Packets in the admin: chosen in the list of proposals, watched while made, taken away."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.viewsets.base import ViewSet

from government.actions import ask_packet, remake_packet
from government.models import Packet
from government.models.packets import PACKET_MAX
from government.permissions import may_read_dossiers
from home.staff import StaffPage
from proposals.models import Proposal
from proposals.viewsets.listing import listed_proposals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

SHOWN = 50
LOOK_AGAIN_SECONDS = 5


class PacketForm(forms.Form):
    """What the packet is for, and in which language."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        help_text=gettext_lazy("It stands on every page: the meeting and its day, for example."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, initial=get_language
    )


class MakePacket(BulkAction):
    """A bulk step that changes nothing: it has a packet made of the chosen proposals."""

    models = [Proposal]
    action_type = "packet"
    display_name = gettext_lazy("Packet for a meeting")
    aria_label = gettext_lazy("Make one PDF of the dossiers of the selected proposals")
    action_priority = 60
    form_class = PacketForm
    template_name = "government/staff/bulk_packet.html"

    @classmethod
    def get_queryset(cls, model: type[Proposal], object_ids: list[Any]) -> list[Proposal]:
        known = [int(number) for number in object_ids if f"{number}".isdecimal()]
        rows = get_list_or_404(Proposal.objects.public(), pk__in=known)
        # In the order in which they were asked for, which is the list's.
        places = {number: place for place, number in enumerate(known)}
        return sorted(rows, key=lambda row: places[row.pk])

    def check_perm(self, obj: Proposal) -> bool:
        return may_read_dossiers(self.request.user)

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> Any:
        return listed_proposals(self.request).values_list("pk", flat=True)

    def prepare_action(self, objects: list[Proposal], objects_without_access: Any) -> Any:
        """Ends the step here: there is nothing that the rest of Wagtail's would do."""
        form = self.cleaned_form
        assert form is not None  # Wagtail sets it before  # noqa: S101
        numbers = [proposal.pk for proposal in objects]
        try:
            packet = ask_packet(user=self.request.user, proposals=numbers, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return redirect("packets_admin:packet", packet.pk)

    @classmethod
    def execute_action(cls, objects: list[Proposal], **_kwargs: Any) -> tuple[int, int]:
        raise NotImplementedError  # `prepare_action` never lets it come so far


class PacketList(StaffPage):
    """The newest packets, how far each is, and until when it is kept."""

    may = may_read_dossiers
    template_name = "government/staff/packets.html"
    page_title = gettext_lazy("Packets")
    header_icon = "doc-full"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(packets=Packet.objects.select_related("by")[:SHOWN], most=PACKET_MAX)


class PacketPage(StaffPage):
    """One packet; while it is being made the page looks again by itself."""

    may = may_read_dossiers
    template_name = "government/staff/packet.html"
    page_title = gettext_lazy("Packet")
    header_icon = "doc-full"

    @cached_property
    def packet(self) -> Packet:
        return get_object_or_404(Packet, pk=self.kwargs["pk"])

    def parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("packets_admin:index"), "label": PacketList.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.draw(packet=self.packet)
        if self.packet.is_under_way:
            response["Refresh"] = f"{LOOK_AGAIN_SECONDS}"
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        remake_packet(user=request.user, packet=self.packet)
        messages.success(request, _("The packet is being made again."))
        return redirect("packets_admin:packet", self.packet.pk)


@require_safe
@cache_control(private=True, no_store=True)
def packet_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF of a packet that is ready."""
    if not may_read_dossiers(request.user):
        raise PermissionDenied
    packet = get_object_or_404(Packet, pk=pk, state=Packet.State.READY)
    name = f"packet-{packet.pk}.pdf"
    return FileResponse(packet.file.open(), filename=name, content_type="application/pdf")


class PacketViewSet(ViewSet):
    """Where packets are in the admin."""

    name = "packets"
    url_prefix = "packets"
    url_namespace = "packets_admin"
    icon = "doc-full"

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", PacketList.as_view(), name="index"),
            path("<int:pk>/", PacketPage.as_view(), name="packet"),
            path("<int:pk>.pdf", packet_file, name="file"),
        ]

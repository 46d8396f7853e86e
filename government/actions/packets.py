"""Packets of dossiers: asked for by staff, made in the background, erased after a while."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.models import Packet
from government.models.packets import PACKET_MAX, PARTS_KEPT
from government.packet_making import make_packet
from government.permissions import may_read_dossiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User


@transaction.atomic
def ask_packet(*, user: User, title: str, proposals: Sequence[int], language: str) -> Packet:
    """Have a packet made of these proposals, in this order.

    Raises `PermissionDenied`, `ValidationError` for none, too many, or no title.
    """
    if not may_read_dossiers(user):
        raise PermissionDenied
    if not 0 < len(proposals) <= PACKET_MAX:
        text = _("A packet holds 1 to %(most)d proposals; choose fewer.")
        raise ValidationError(text % {"most": PACKET_MAX})
    packet = Packet(
        title=title.strip(),
        language=language,
        proposals=list(proposals),
        by=user,
        asked_at=timezone.now(),
    )
    packet.clean_fields(exclude=["file", "left_out"])
    packet.save()
    data = {"proposals": len(packet.proposals)}
    log(instance=packet, action="government.ask_packet", user=user, data=data)
    transaction.on_commit(partial(make_packet.enqueue, packet.pk))
    return packet


def remake_packet(*, user: User, packet: Packet) -> None:
    """Try again to make a packet that failed or was left; one being made goes on as it is."""
    if not may_read_dossiers(user):
        raise PermissionDenied
    make_packet.enqueue(packet.pk)


def erase_old_packets() -> int:
    """Erase the packets whose time is over, and their files; returns how many."""
    erase_left_parts()
    count = 0
    for packet in Packet.objects.to_erase():
        # The row first: a file without a row is found by nobody, a row without its file fails.
        name, storage = packet.file.name, packet.file.storage
        packet.delete()
        if name:
            storage.delete(name)
        count += 1
    return count


def erase_left_parts() -> None:
    """Erase what workers left that were killed half-way: hidden files and folders, a day old."""
    folder = Path(Packet._meta.get_field("file").storage.path("packets"))
    before = (timezone.now() - PARTS_KEPT).timestamp()
    for path in folder.glob(".*"):
        if path.stat().st_mtime >= before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

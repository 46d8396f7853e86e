"""Makes packets in the background: claims one, tells how far it is, keeps the file or says no."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.tasks import task
from django.utils import timezone

from government.dossier_formats import locator_of
from government.dossiers import newest_snapshot
from government.models import Packet
from government.packet_paper import PacketPaper
from home.papers import NotSet
from proposals.models import Proposal
from proposals.rows import site_name

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)
State = Packet.State


class Superseded(Exception):
    """Somebody else makes this packet now, or it was erased."""


@task()
def make_packet(packet_id: int) -> None:
    """Make a packet that nobody is making; a second run beside it finds nothing to do."""
    now = timezone.now()
    claimed = Packet.objects.startable().filter(pk=packet_id)
    if not claimed.update(state=State.MAKING, touched_at=now, done_count=0, left_out=[]):
        return
    packet = Packet.objects.get(pk=packet_id)
    try:
        _make(packet)
    except Superseded:
        return
    except NotSet as failure:
        logger.error("packet %s: not set: %s", packet_id, failure)
        _fail(packet)
    except Exception:
        _fail(packet)
        raise


def _fail(packet: Packet) -> None:
    own = Packet.objects.filter(pk=packet.pk, touched_at=packet.touched_at)
    own.update(state=State.FAILED)


def _make(packet: Packet) -> None:
    paper = PacketPaper(
        title=packet.title,
        site=site_name(packet.language),
        language=packet.language,
        progress=lambda count: _advance(packet, done_count=count),
    )
    folder = Path(packet.file.storage.path("packets"))
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / f".{packet.pk}.part"
    try:
        pages = paper.write(_contents(packet, paper), whole)
        _keep(packet, whole, page_count=pages, left_out=paper.left_out)
    finally:
        whole.unlink(missing_ok=True)


def _contents(packet: Packet, paper: PacketPaper) -> Iterator[tuple[dict[str, Any], str]]:
    """The dossiers in order, read as they are needed. What is public no more is left out."""
    for number in packet.proposals:
        if not Proposal.objects.public().filter(pk=number).exists():
            paper.left_out.append(number)
            continue
        snapshot: Any = newest_snapshot(number)
        yield snapshot, locator_of(snapshot)


def _advance(packet: Packet, **fields: Any) -> None:
    """Note how far it is; raises `Superseded` if the packet is not this run's any more."""
    now = timezone.now()
    own = Packet.objects.filter(pk=packet.pk, touched_at=packet.touched_at)
    if not own.update(touched_at=now, **fields):
        raise Superseded
    packet.touched_at = now


def _keep(packet: Packet, whole: Path, **fields: Any) -> None:
    with whole.open("rb") as file:
        packet.file.save("packet.pdf", File(file), save=False)
    try:
        _advance(packet, state=State.READY, file=packet.file.name, **fields)
    except Superseded:
        packet.file.delete(save=False)
        raise

"""Packets: many dossiers as one tagged PDF, made in the background, kept for a while."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from wagtail.models import ModelLogEntry

from government import packet_making, packet_paper
from government.actions import ask_packet, erase_old_packets, remake_packet
from government.models import Packet
from government.models.packets import KEPT, PACKET_MAX, STALE
from government.packet_making import make_packet
from government.packet_paper import PacketPaper
from government.pdf_joining import _elements
from home.papers import NotSet
from proposals.models import Proposal
from tests.factories.government import make_packet_row, make_referral
from tests.factories.proposals import ProposalFactory
from tests.factories.snapshots import full_snapshot, snapshot
from tests.government.test_papers import tags_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]

State = Packet.State


@pytest.fixture
def private(db: None) -> Iterator[Path]:
    """The folder of packets, empty before and after."""
    folder = Path(Packet._meta.get_field("file").storage.path("packets"))
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def contents(count: int) -> list[tuple[dict[str, Any], str]]:
    """As many dossiers, every third of the first version, each under its own number."""
    made = []
    for number in range(1, count + 1):
        one: Any = snapshot() if number % 3 == 0 else full_snapshot()
        one["proposal"] |= {"id": number, "title": f"Предложение номер {number}"}
        made.append((one, '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'))
    return made


@pytest.fixture(scope="module")
def packet_pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Five dossiers, set two at a time."""
    target = tmp_path_factory.mktemp("packet") / "packet.pdf"
    seen: list[int] = []
    paper = PacketPaper("Заседание 1 декабря", "Амур 100°", "ru", progress=seen.append)
    paper.left_out.append(77)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packet_paper, "AT_ONCE", 2)
        pages = paper.write(contents(5), target)
    assert seen == [2, 4, 5]
    assert [path.name for path in target.parent.iterdir()] == ["packet.pdf"]
    content = target.read_bytes()
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == pages
    return content


# The paper -----------------------------------------------------------------------------------


def test_packet_is_tagged_like_its_parts(packet_pdf: bytes) -> None:
    tags = [tag for tag, _language in tags_of(packet_pdf)]
    assert tags.count("/H1") == 6  # its own and one for each dossier
    assert tags.count("/Document") == 4
    assert "ja" in {language for _tag, language in tags_of(packet_pdf)}
    with pikepdf.open(io.BytesIO(packet_pdf)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "ru"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Заседание 1 декабря"


def test_every_page_and_link_finds_its_tags_in_the_whole(packet_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(packet_pdf)) as pdf:
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        keys = [int(key) for key in numbers[::2]]
        assert keys == sorted(set(keys))
        found = dict(zip(keys, numbers[1::2], strict=True))
        used = []
        for page in pdf.pages:
            used.append(int(page.StructParents))
            elements = [one for one in found[used[-1]] if "/Pg" in one]
            assert elements
            assert {one.Pg.objgen for one in elements} == {page.objgen}
            used += [int(note.StructParent) for note in page.get("/Annots", [])]
        assert len(used) == len(set(used))
        assert set(used) <= set(keys)


def test_heads_of_tables_keep_names_of_their_own(packet_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(packet_pdf)) as pdf:
        tree = pdf.Root.StructTreeRoot
        names = [str(name) for name in list(tree.IDTree.Names)[::2]]
        own = [str(one.ID) for one in _elements(tree) if "/ID" in one]
    assert sorted(own) == names
    assert len(names) == len(set(names))
    assert names == sorted(names)
    assert len(names) > 40


def test_contents_lead_to_the_pages_they_name(packet_pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(packet_pdf))
    assert reader.page_labels[:2] == ["i", "1"]
    first = reader.pages[0]
    lines = first.extract_text()
    assert "5 досье" in text_of(packet_pdf) or "5 dossiers" in text_of(packet_pdf)
    assert "77" in lines
    with pikepdf.open(io.BytesIO(packet_pdf)) as pdf:
        places = {page.objgen: place for place, page in enumerate(pdf.pages)}
        starts = [places[note.Dest[0].objgen] for note in pdf.pages[0].Annots]
        assert not [note for note in pdf.pages[0].Annots if "/A" in note]
    assert len(starts) == 5
    for number, start in enumerate(starts, 1):
        assert f"Предложение номер {number}" in reader.pages[start].extract_text()
        assert reader.page_labels[start] in lines
    titles = [str(one.title) for one in reader.outline if not isinstance(one, list)]
    assert titles[1:] == [f"Предложение номер {number}" for number in range(1, 6)]


def test_packet_links_nowhere_but_to_us(packet_pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(packet_pdf)) as pdf:
        links = {
            str(note.A.URI)
            for page in pdf.pages
            for note in page.get("/Annots", [])
            if "/A" in note
        }
    assert {link.split("/ru/")[0] for link in links} == {"https://boiling-point.example"}


# Asking and making ---------------------------------------------------------------------------


def asked(user: User, *proposals: Proposal, **fields: Any) -> Packet:
    common = {"title": "Заседание", "language": "ru", "proposals": [one.pk for one in proposals]}
    return ask_packet(user=user, **{**common, **fields})


def test_packet_is_made_of_frozen_and_of_present_dossiers(
    call: CallPage, promoter: User, private: Path, django_capture_on_commit_callbacks: Any
) -> None:
    frozen, loose = make_referral(call=call).proposal, ProposalFactory(call=call)
    Proposal.objects.filter(pk=frozen.pk).update(title="Изменено потом")
    hidden = ProposalFactory(call=call, title="CANARY-HIDDEN")
    with django_capture_on_commit_callbacks() as callbacks:
        packet = asked(promoter, loose, frozen, hidden)
    Proposal.objects.filter(pk=hidden.pk).update(status=Proposal.Status.WITHDRAWN)
    for callback in callbacks:
        callback()
    packet.refresh_from_db()
    assert (packet.state, packet.done_count, packet.left_out) == (State.READY, 2, [hidden.pk])
    with packet.file.open() as file:
        content = file.read()
    titles = [
        one.title
        for one in pypdf.PdfReader(io.BytesIO(content)).outline[1:]
        if not isinstance(one, list)
    ]
    assert titles == [loose.title, frozen.title]  # the frozen one as it was
    assert "CANARY" not in text_of(content)
    assert [path.name for path in private.iterdir()] == [Path(packet.file.name).name]
    entry = ModelLogEntry.objects.get(action="government.ask_packet")
    assert (entry.user, entry.data) == (promoter, {"proposals": 3})


def test_packet_is_made_by_the_worker_of_production(
    call: CallPage,
    promoter: User,
    private: Path,
    settings: Any,
    staff_of: SignIn,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        packet = asked(promoter, ProposalFactory(call=call), ProposalFactory(call=call))
    address = reverse("packets_admin:packet", args=[packet.pk])
    assert "Refresh" in staff_of(promoter).get(address).headers
    (job,) = DBTaskResult.objects.filter(task_path__endswith="make_packet")
    job.claim("worker")
    worker().run_task(job)
    packet.refresh_from_db()
    assert (packet.state, packet.done_count) == (State.READY, 2)
    assert DBTaskResult.objects.get(pk=job.pk).status == "SUCCESSFUL"
    assert "Refresh" not in staff_of(promoter).get(address).headers
    assert f"/admin/packets/{packet.pk}.pdf" in staff_of(promoter).get(address).text


def worker() -> Worker:
    """What `manage.py db_worker` runs, without its loop."""
    return Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id="worker",
        excluded_queue_names=[],
    )


@pytest.mark.parametrize("count", [0, PACKET_MAX + 1])
def test_packet_of_none_or_too_many_is_refused(count: int, promoter: User) -> None:
    with pytest.raises(ValidationError):
        ask_packet(user=promoter, title="x", proposals=list(range(count)), language="ru")


@pytest.mark.parametrize("fields", [{"title": " "}, {"title": "x" * 121}, {"language": "xx"}])
def test_packet_without_words_is_refused(
    fields: dict[str, str], promoter: User, proposal: Proposal
) -> None:
    with pytest.raises(ValidationError):
        asked(promoter, proposal, **fields)
    assert not Packet.objects.exists()


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_packet_by_others_is_refused(
    person: str, proposal: Proposal, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        asked(user, proposal)
    with pytest.raises(PermissionDenied):
        remake_packet(user=user, packet=make_packet_row())


def test_packet_that_cannot_be_set_fails_and_can_be_made_again(
    proposal: Proposal, promoter: User, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet = make_packet_row(proposals=[proposal.pk])

    def refuse(*_args: object) -> bytes:
        raise NotSet("no")

    with monkeypatch.context() as patch:
        patch.setattr(packet_paper, "typeset", refuse)
        make_packet.enqueue(packet.pk)
    packet.refresh_from_db()
    assert packet.state == State.FAILED
    assert not list(private.iterdir())
    remake_packet(user=promoter, packet=packet)
    packet.refresh_from_db()
    assert packet.is_ready


def test_packet_being_made_is_left_alone_until_its_worker_is_gone(
    proposal: Proposal, private: Path
) -> None:
    fields = {"state": State.MAKING, "touched_at": timezone.now()}
    packet = make_packet_row(proposals=[proposal.pk], **fields)
    make_packet.enqueue(packet.pk)
    packet.refresh_from_db()
    assert packet.state == State.MAKING
    with time_machine.travel(timezone.now() + STALE + timedelta(minutes=1), tick=False):
        assert packet.is_stale
        make_packet.enqueue(packet.pk)
    packet.refresh_from_db()
    assert packet.is_ready


def test_run_that_was_overtaken_leaves_no_file(
    proposal: Proposal, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet = make_packet_row(proposals=[proposal.pk])
    keep = packet_making._keep

    def overtaken(own: Packet, whole: Path, **fields: Any) -> None:
        Packet.objects.filter(pk=own.pk).update(touched_at=timezone.now() + timedelta(seconds=1))
        keep(own, whole, **fields)

    monkeypatch.setattr(packet_making, "_keep", overtaken)
    make_packet.enqueue(packet.pk)
    packet.refresh_from_db()
    assert packet.state == State.MAKING
    assert not list(private.iterdir())


def test_database_refuses_a_ready_packet_without_a_file(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_packet_row(state=State.READY)


def test_old_packets_are_erased_with_their_files(proposal: Proposal, private: Path) -> None:
    old, new = make_packet_row(proposals=[proposal.pk]), make_packet_row()
    make_packet.enqueue(old.pk)
    assert list(private.iterdir())
    Packet.objects.filter(pk=old.pk).update(asked_at=timezone.now() - KEPT - timedelta(hours=1))
    call_command("erase_old_packets")
    assert list(Packet.objects.values_list("pk", flat=True)) == [new.pk]
    assert not list(private.iterdir())
    assert erase_old_packets() == 0


# The admin -----------------------------------------------------------------------------------


def bulk_url(*proposals: Proposal) -> str:
    ids = "&".join(f"id={one.pk}" for one in proposals)
    return f"/admin/bulk/proposals/proposal/packet/?{ids}"


def test_parts_that_a_killed_worker_left_are_erased_after_a_day(private: Path) -> None:
    (private / ".left").mkdir(parents=True)
    (private / ".left" / "0.pdf").write_bytes(b"%PDF")
    (private / ".7.part").write_bytes(b"%PDF")
    erase_old_packets()
    assert len(list(private.iterdir())) == 2  # somebody may be at work on them
    with time_machine.travel(timezone.now() + timedelta(days=1, hours=1)):
        erase_old_packets()
    assert list(private.iterdir()) == []


def test_packet_is_asked_for_in_the_list_and_watched(
    call: CallPage, promoter: User, staff_of: SignIn, private: Path
) -> None:
    one, other = ProposalFactory(call=call), ProposalFactory(call=call)
    client = staff_of(promoter)
    page = client.get(bulk_url(other, one)).content.decode()
    assert "Make the packet" in page
    response = client.post(bulk_url(other, one), {"title": "Заседание", "language": "en"})
    packet = Packet.objects.get()
    assert packet.proposals == [other.pk, one.pk]
    assert response["Location"] == reverse("packets_admin:packet", args=[packet.pk])
    watched = client.get(response["Location"])
    assert watched["Refresh"] == "5"
    assert 'max="2" value="0"' in watched.content.decode()
    make_packet.enqueue(packet.pk)
    ready = client.get(response["Location"])
    assert "Refresh" not in ready
    assert "Download the packet" in ready.content.decode()
    file = client.get(reverse("packets_admin:file", args=[packet.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert "no-store" in file["Cache-Control"]
    assert "Заседание" in client.get(reverse("packets_admin:index")).content.decode()


def test_packet_of_too_many_keeps_what_was_typed(
    call: CallPage, promoter: User, staff_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("government.actions.packets.PACKET_MAX", 1)
    one, other = ProposalFactory(call=call), ProposalFactory(call=call)
    response = staff_of(promoter).post(
        bulk_url(one, other), {"title": "Заседание", "language": "ru"}
    )
    page = response.content.decode()
    assert "choose fewer" in page
    assert 'value="Заседание"' in page
    assert not Packet.objects.exists()


def test_packet_of_hidden_proposals_does_not_exist(
    call: CallPage, promoter: User, staff_of: SignIn
) -> None:
    hidden = ProposalFactory(call=call, status=Proposal.Status.SUBMITTED, title="Скрытое")
    response = staff_of(promoter).get(bulk_url(hidden), follow=True)
    assert response.status_code == 404
    assert "Скрытое" not in response.content.decode()


def test_failed_packet_offers_to_make_it_again(promoter: User, staff_of: SignIn) -> None:
    packet = make_packet_row(state=State.FAILED)
    client, url = staff_of(promoter), reverse("packets_admin:packet", args=[packet.pk])
    assert "Make it again" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert client.get(reverse("packets_admin:file", args=[0]), follow=True).status_code == 404


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_packets_are_closed_to_others(
    person: str, proposal: Proposal, request: pytest.FixtureRequest, staff_of: SignIn, private: Path
) -> None:
    packet = make_packet_row(proposals=[proposal.pk])
    make_packet.enqueue(packet.pk)
    client = staff_of(request.getfixturevalue(person))
    for url in (
        reverse("packets_admin:index"),
        reverse("packets_admin:packet", args=[packet.pk]),
        reverse("packets_admin:file", args=[packet.pk]),
    ):
        assert client.get(url).status_code in {302, 403}
    client.post(bulk_url(proposal), {"title": "x", "language": "ru"})
    assert Packet.objects.count() == 1

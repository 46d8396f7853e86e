"""Receipts: what they show and hide, before and after the seal, and to whom they are mailed."""

from __future__ import annotations

import json
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, make_events
from tests.ledger import guards_lifted
from voting.actions import append_event, cast_ballot, cast_support, withdraw_support
from voting.heads import read_head, verifiers
from voting.merkle import proves_inclusion
from voting.models import Round, VoteEvent
from voting.notes import open_note
from voting.receipts import Receipt, State
from voting.rules import canonical
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def path(event: VoteEvent, more: str = "") -> str:
    return f"/en/receipts/{event.uuid}/{more}"


@pytest.fixture
def supported(proposal: Proposal, neighbour: User) -> VoteEvent:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    assert event is not None
    return event


def test_receipt_before_the_seal_waits_and_promises(supported: VoteEvent, stranger: Client) -> None:
    html = stranger.get(path(supported)).content.decode()
    assert "It waits for the next seal, within a minute" in html
    assert "It counts." in html
    data = stranger.get(path(supported, "receipt.json")).json()
    assert data["leaf"] is None
    promise = open_note(data["promise"], verifiers())
    assert str(supported.uuid) in promise
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_head(data["promise"])


def test_receipt_after_the_seal_is_proved_without_our_code(
    supported: VoteEvent, ballot: Round, stranger: Client
) -> None:
    make_events(ballot, 600)
    seal_votes(batch=200)
    data = stranger.get(path(supported, "receipt.json")).json()
    leaf = sha256(b"\x00" + canonical(data["record"])).digest()
    assert leaf.hex() == data["leaf_hash"]
    head = read_head(data["head"])
    proof = [bytes.fromhex(one) for one in data["proof"]]
    assert head.size == data["size"] == 601
    assert proves_inclusion(leaf, data["leaf"], head.size, proof, head.root)
    html = stranger.get(path(supported)).content.decode()
    assert f"The vote is record {data['leaf']} of a ledger of 601" in html
    assert all(one in html for one in data["proof"])


def test_receipt_of_a_changed_record_says_so(supported: VoteEvent, stranger: Client) -> None:
    seal_votes()
    with guards_lifted():
        VoteEvent.objects.filter(pk=supported.pk).update(level=3)
    html = stranger.get(path(supported)).content.decode()
    assert "Something was changed" in html


def test_receipt_of_an_open_ballot_shows_what_was_cast(
    ballot: Round, neighbour: User, stranger: Client
) -> None:
    event = cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1, 3]).event
    assert event is not None
    html = stranger.get(path(event)).content.decode()
    assert "Option 1" in html
    assert "Option 3" in html
    assert "Option 2" not in html


def test_receipt_of_a_closed_record_shows_and_gives_nothing_of_the_choice(
    neighbour: User, stranger: Client
) -> None:
    ballot = BallotFactory(open_record=False)
    event = cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2]).event
    assert event is not None
    html = stranger.get(path(event)).content.decode()
    assert "A ballot is in" in html
    assert "Option 2" not in html
    for _ in range(2):
        data = stranger.get(path(event, "receipt.json")).json()
        assert data["record"] is None
        assert "choice" not in json.dumps(data)
        assert event.nonce.hex() not in json.dumps(data), "with it a choice could be tried out"
        seal_votes()


def test_receipt_says_how_the_vote_stands_since(
    ballot: Round, proposal: Proposal, neighbour: User, stranger: Client
) -> None:
    first = cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1]).event
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2])
    support = cast_support(user=neighbour, proposal_id=proposal.pk).event
    taken = withdraw_support(user=neighbour, proposal_id=proposal.pk).event
    assert first
    assert support
    assert taken
    assert "a later vote of the same voter counts" in stranger.get(path(first)).content.decode()
    assert "It was taken back" in stranger.get(path(support)).content.decode()
    assert "this receipt is of taking a vote back" in stranger.get(path(taken)).content.decode()


@pytest.mark.parametrize(
    ("reasons", "state"),
    [
        (["hold"], State.HELD),
        (["hold", "release"], State.STANDS),
        (["annul"], State.ANNULLED),
        (["annul", "restore"], State.STANDS),
        (["erase"], State.ERASED),
    ],
)
def test_receipt_follows_what_staff_do(
    reasons: list[str], state: State, supported: VoteEvent
) -> None:
    for gen, reason in enumerate(reasons, start=2):
        append_event(supported.round, bytes(supported.voter), gen, 1, reason)
    found = Receipt.find(supported.uuid)
    assert found is not None
    assert found.state == state


def test_receipt_names_nobody(supported: VoteEvent, neighbour: User, stranger: Client) -> None:
    seal_votes()
    for more in ("", "receipt.json"):
        text = stranger.get(path(supported, more)).content.decode()
        assert neighbour.email not in text
        assert neighbour.name not in text


def test_receipt_tells_nothing_of_a_proposal_that_is_hidden_since(
    supported: VoteEvent, proposal: Proposal, stranger: Client
) -> None:
    assert proposal.title in stranger.get(path(supported)).content.decode()
    type(proposal).objects.filter(pk=proposal.pk).update(status="rejected")
    html = stranger.get(path(supported)).content.decode()
    assert proposal.title not in html
    assert "It is not public any more" in html


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("", 400, "This field is required"),
        ("nonsense", 400, "This is no code of a receipt"),
        ("x" * 301, 400, "at most 300 characters"),
        ("\x00", 400, "Null characters"),
        (str(uuid.UUID(int=0)), 404, "There is no receipt with this code"),
    ],
)
def test_wrong_code_is_said_and_kept(typed: str, status: int, words: str, stranger: Client) -> None:
    response = stranger.get("/en/receipts/", {"code": typed})
    assert response.status_code == status
    assert words in response.content.decode()
    if typed == "nonsense":
        assert 'value="nonsense"' in response.content.decode()


def test_unknown_receipt_offers_the_box_with_its_code(stranger: Client) -> None:
    code = str(uuid.UUID(int=5, version=4))
    response = stranger.get(f"/en/receipts/{code}/")
    assert response.status_code == 404
    assert f'value="{code}"' in response.content.decode()
    assert stranger.get(f"/en/receipts/{code}/receipt.json").status_code == 404


@pytest.mark.parametrize("form", ["{}", " {} ", "https://points.example.org/ru/receipts/{}/"])
def test_code_is_found_as_pasted(form: str, supported: VoteEvent, stranger: Client) -> None:
    response = stranger.get("/en/receipts/", {"code": form.format(supported.uuid)})
    assert response.status_code == 302
    assert response["Location"] == path(supported)


def test_receipt_is_mailed_to_oneself_and_leaves_no_trace_of_whom(
    supported: VoteEvent,
    resident: User,
    client_of: Callable[[User], Client],
    settings: SettingsWrapper,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    response = client_of(resident).post(path(supported, "mail/"), follow=True)
    assert "on its way" in response.content.decode()
    (row,) = DBTaskResult.objects.all()
    (sealed,) = row.args_kwargs["args"]
    for kept in (json.dumps(row.args_kwargs).encode(), bytes.fromhex(sealed)):
        assert resident.email.encode() not in kept
        assert str(supported.uuid).encode() not in kept
    assert resident.email not in caplog.text
    row.task.func(*row.args_kwargs["args"])
    (sent,) = mail.outbox
    assert sent.to == [resident.email]
    assert f"/en/receipts/{supported.uuid}/" in sent.body
    assert resident.name not in sent.body


def test_mailing_needs_somebody_signed_in_and_is_limited(
    supported: VoteEvent, stranger: Client, client_of: Callable[[User], Client]
) -> None:
    assert "/login/" in stranger.post(path(supported, "mail/"))["Location"]
    client = client_of(UserFactory())
    statuses = [client.post(path(supported, "mail/")).status_code for _ in range(11)]
    assert statuses == [302] * 10 + [429]


def test_support_leads_to_its_receipt(
    proposal: Proposal, neighbour: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(neighbour)
    address = f"/en/proposals/{proposal.pk}/"
    assert "/receipts/" not in client.get(address).content.decode()
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    assert event is not None
    assert f'href="{path(event)}"' in client.get(address).content.decode()


def test_receipt_is_kept_by_no_cache(supported: VoteEvent, stranger: Client) -> None:
    assert "no-store" in stranger.get(path(supported))["Cache-Control"]


def test_receipt_asks_few_queries(
    supported: VoteEvent,
    ballot: Round,
    stranger: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_events(ballot, 600)
    seal_votes()
    stranger.get(path(supported))
    # The event, how it stands, newest head, record, blocks, two parts of blocks.
    with django_assert_max_num_queries(7):
        stranger.get(path(supported))

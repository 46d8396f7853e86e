"""What is frozen: figures from the ledger, groups too small to tell, later versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from government.actions import freeze_dossier
from government.dossier_formats import FORMATS
from government.dossiers import freeze_unreferred
from government.models import Dossier
from government.snapshots import VERSION, canonical, contents_hash
from proposals.models import Proposal, Version
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.assessment import make_protocol
from tests.factories.government import make_answer, make_referral
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import make_events, make_seal
from tests.government.test_papers import letters_of
from voting.actions import cast_support, recount_support

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Referral
    from proposals.models import CallPage

Status = Proposal.Status


@pytest.fixture
def referral(call: CallPage, promoter: User) -> Referral:
    return make_referral(user=promoter, call=call)


def supported(proposal: Proposal, **counts: int) -> Proposal:
    """With supporters of accounts, so many from each place that is named."""
    for name, count in counts.items():
        place = MunicipalityFactory(slug=name, name=name.title())
        for _ in range(count):
            cast_support(user=UserFactory(municipality=place), proposal_id=proposal.pk)
    recount_support(proposal)
    return proposal


def test_dossier_tells_supporters_by_municipality_but_no_few(proposal: Proposal) -> None:
    votes = freeze_unreferred(supported(proposal, big=12, small=3).pk)["votes"]
    # Twelve of fifteen would tell the three.
    assert [(row["key"], row["told"], row["count"]) for row in votes["by_municipality"]] == [
        ("big", "least", 10),
        ("small", "few", 10),
    ]
    assert votes["by_municipality"][0]["name"]["ru"] == "Big"
    assert [(row["key"], row["told"], row["count"]) for row in votes["by_channel"]] == [
        ("online", "exactly", 15)
    ]
    assert votes["by_level"][0]["key"] == "1"
    assert votes["by_day"] == [(f"{timezone.localdate()}", 15)]


def test_dossier_of_few_supporters_gives_a_total_only(proposal: Proposal) -> None:
    snapshot = freeze_unreferred(supported(proposal, here=9).pk)
    assert snapshot["figures"]["support_count"] == 9
    assert snapshot["votes"]["by_day"] == []
    assert {row["told"] for row in snapshot["votes"]["by_municipality"]} == {"few"}


def test_dossier_names_the_newest_seal_and_what_it_holds(proposal: Proposal) -> None:
    assert freeze_unreferred(proposal.pk)["votes"]["seal"] is None
    seal = make_seal()
    found = freeze_unreferred(proposal.pk)["votes"]["seal"]
    assert (found["size"], found["root"]) == (0, bytes(seal.root).hex())
    assert (found["is_closing"], found["holds_all"]) == (False, True)
    make_events(proposal.round, 1)
    assert freeze_unreferred(proposal.pk)["votes"]["seal"]["holds_all"] is False


def test_dossier_of_a_proposal_without_a_round_has_no_votes(call: CallPage) -> None:
    proposal = ProposalFactory(call=call, status=Status.ARCHIVED)
    snapshot = freeze_unreferred(proposal.pk)
    assert snapshot["votes"]["by_channel"] == []
    assert snapshot["referral"] is None
    assert snapshot["version"] == VERSION


@pytest.mark.usefixtures("indexed")
def test_dossier_lists_similar_public_proposals(call: CallPage) -> None:
    one = ProposalFactory(call=call, title="Датчики паводка на притоках Амура")
    other = ProposalFactory(call=call, title="Датчики паводка на притоках Амура ниже")
    hidden = ProposalFactory(
        call=call, title="Датчики паводка на притоках Амура", status=Status.SUBMITTED
    )
    numbers = [row["id"] for row in freeze_unreferred(one.pk)["similar"]]
    assert other.pk in numbers
    assert hidden.pk not in numbers
    assert one.pk not in numbers


def test_freeze_dossier_numbers_and_says_what_changed(referral: Referral, promoter: User) -> None:
    Proposal.objects.filter(pk=referral.proposal_id).update(title="Датчики на всех притоках")
    first = referral.dossier
    dossier = freeze_dossier(user=promoter, referral=referral)
    assert (dossier.number, dossier.snapshot["number"]) == (2, 2)
    assert dossier.contents_hash == contents_hash(Dossier.objects.get(pk=dossier.pk).snapshot)
    changes = dossier.snapshot["changes"]
    assert (changes["number"], changes["contents_hash"]) == (1, first.contents_hash)
    assert [row["key"] for row in changes["items"]] == ["title"]
    assert changes["items"][0]["after"] == "Датчики на всех притоках"
    entry = ModelLogEntry.objects.get(action="government.freeze")
    assert (entry.user, entry.data["number"]) == (promoter, 2)
    first.refresh_from_db()
    assert first.snapshot["proposal"]["title"] != "Датчики на всех притоках"


def test_freeze_dossier_twice_makes_one(referral: Referral, promoter: User) -> None:
    Proposal.objects.filter(pk=referral.proposal_id).update(summary="Иначе.")
    freeze_dossier(user=promoter, referral=referral)
    with pytest.raises(ValidationError):
        freeze_dossier(user=promoter, referral=referral)
    assert Dossier.objects.count() == 2


def test_database_refuses_a_number_twice(referral: Referral) -> None:
    first = referral.dossier
    again = Dossier(
        referral=referral, number=1, snapshot={}, contents_hash="", made_at=first.made_at
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_freeze_dossier_after_the_answer_is_refused(referral: Referral, promoter: User) -> None:
    make_answer(referral)
    Proposal.objects.filter(pk=referral.proposal_id).update(summary="Иначе.")
    with pytest.raises(ValidationError):
        freeze_dossier(user=promoter, referral=referral)


@pytest.mark.parametrize("person", ["resident", "editor", "moderator", "author"])
def test_freeze_dossier_by_others_is_refused(
    person: str, referral: Referral, request: pytest.FixtureRequest
) -> None:
    Proposal.objects.filter(pk=referral.proposal_id).update(summary="Иначе.")
    user = referral.proposal.author if person == "author" else request.getfixturevalue(person)
    user.is_superuser = person == "author"  # nobody is judge in their own cause
    with pytest.raises(PermissionDenied):
        freeze_dossier(user=user, referral=referral)
    assert Dossier.objects.count() == 1


def test_dossier_never_holds_supporters(proposal: Proposal) -> None:
    supporter = UserFactory(email="canary-supporter@example.org", name="CANARY-SUPPORTER")
    cast_support(user=supporter, proposal_id=proposal.pk)
    text = canonical(freeze_unreferred(proposal.pk))
    assert "canary" not in text.casefold()


def test_dossier_holds_public_versions_only(proposal: Proposal) -> None:
    words = {"title": "Датчики", "summary": "Раньше.", "made_at": timezone.now()}
    Version.objects.create(
        proposal=proposal, number=1, occasion="sent", **words | {"title": "CANARY-DRAFT"}
    )
    for number, occasion in ((2, "published"), (3, "amended")):
        Version.objects.create(
            proposal=proposal, number=number, occasion=occasion, is_public=True, **words
        )
    snapshot = freeze_unreferred(proposal.pk)
    assert [row["number"] for row in snapshot["versions"]] == [2, 3]
    assert snapshot["versions"][0]["occasion"]["en"] == "As it was published"
    assert "CANARY" not in canonical(snapshot)


def test_dossier_tells_what_the_committee_published(call: CallPage) -> None:
    protocol = make_protocol()
    number = protocol.contents["proposals"][0]["proposal"]
    snapshot = freeze_unreferred(number)
    found = snapshot["assessment"]
    assert found["protocol_hash"] == protocol.contents_hash
    assert found["protocol_url"].startswith("http")
    for name, kind in FORMATS.items():
        assert kind.write(snapshot, "ru"), name
    assert protocol.contents_hash in letters_of(FORMATS["pdf"].write(snapshot, "ru"))
    assert freeze_unreferred(ProposalFactory(call=call).pk)["assessment"] is None

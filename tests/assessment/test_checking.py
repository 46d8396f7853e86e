"""A protocol that somebody changed past the guards is found, by the page and by the command."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.models import F
from django.utils.translation import override

from assessment import guards
from assessment.actions.rounds import publish_protocol
from assessment.checking import faults_of
from assessment.models import AssessmentRound, Protocol, Score
from assessment.permissions import AssessmentRefused, Refusal
from tests.factories.assessment import make_ended_round, make_protocol, secretary
from tests.ledger import empty_ledger
from tests.voting.test_races import at_once, only_postgresql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_guards() -> Iterator[None]:
    guards.remove(connection)
    yield
    guards.install(connection)


def change_total(protocol: Protocol) -> None:
    protocol.contents["proposals"][0]["total"] = "9.99"
    protocol.save()


def change_total_and_hash(protocol: Protocol) -> None:
    """What somebody would do who knows how the hash is made."""
    protocol.contents["proposals"][0]["total"] = "9.99"
    text = json.dumps(protocol.contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    protocol.contents_hash = hashlib.sha256(text.encode()).hexdigest()
    protocol.save()


def change_score(_protocol: Protocol) -> None:
    score = Score.objects.filter(value__gt=0).first()
    Score.objects.filter(pk=score.pk).update(value=F("value") - 1)


def change_criteria(protocol: Protocol) -> None:
    AssessmentRound.objects.filter(pk=protocol.round_id).update(sheet={})


CHANGES = {
    change_total: "the contents do not have the published hash",
    change_total_and_hash: "the totals do not follow from the sheets",
    change_score: "the sheets of scores do not have their hash",
    change_criteria: "the round's criteria are not those of the protocol",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_change_past_the_guards_is_found(
    change: Callable[[Protocol], None], without_guards: None
) -> None:
    protocol = make_protocol()
    assert faults_of(protocol) == []
    change(protocol)
    assert CHANGES[change] in faults_of(Protocol.objects.select_related("round").get())


def test_page_says_whether_the_hash_holds(stranger: Client, without_guards: None) -> None:
    protocol = make_protocol()
    here = protocol.round.get_absolute_url()
    page = stranger.get(here).content.decode()
    assert "совпадает с опубликованным" in page
    assert f"sha256sum protocol-{protocol.round_id}.json" in page
    change_total(protocol)
    caches["pages"].clear()
    assert "не соответствует опубликованному хешу" in stranger.get(here).content.decode()


def said_by(*args: Any) -> str:
    out = io.StringIO()
    with override("en"):
        call_command("check_protocols", *args, stdout=out)
    return out.getvalue()


def test_check_protocols_tells_each_and_fails_for_one_that_was_changed(
    without_guards: None,
) -> None:
    protocol = make_protocol()
    assert said_by() == f"Round {protocol.round_id}: {protocol.contents_hash}: all holds\n"
    assert json.loads(said_by(str(protocol.round_id), "--json"))["faults"] == []
    change_total(protocol)
    with pytest.raises(SystemExit):
        said_by()


def test_check_protocols_of_a_round_without_one() -> None:
    with pytest.raises(CommandError):
        said_by("77")


@only_postgresql
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_publish_protocol_by_many_clicks_at_once_is_one() -> None:
    round_, boss = make_ended_round(), secretary()
    found = at_once(lambda: publish_protocol(user=boss, round_=round_))
    refused = [one for one in found if isinstance(one, AssessmentRefused)]
    assert [one.refusal for one in refused] == [Refusal.HAS_PROTOCOL] * (len(found) - 1)
    assert Protocol.objects.count() == 1
    connections.close_all()
    empty_ledger()

"""Makes bodies of government, and proposals that have come as far as them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import factory
from django.utils import timezone

from government.actions import answer_referral, promote_proposal
from government.actions.commitments import (
    Evidence,
    Promise,
    make_commitments,
    move_commitment,
)
from government.actions.observations import accept_observation, send_observation
from government.models import Body, Department, Official, Packet
from proposals.models import Proposal
from tests.factories.accounts import UserFactory, source_locale
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Answer, CaseLink, Commitment, Observation, Referral


class BodyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Body

    locale = factory.LazyFunction(source_locale)
    slug = factory.Sequence(lambda n: f"body-{n}")
    name = factory.Sequence(lambda n: f"Министерство {n}")
    email = factory.Sequence(lambda n: f"ministry{n}@example.org")
    answer_days = 30


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    body = factory.SubFactory(BodyFactory)
    name = factory.Sequence(lambda n: {"ru": f"Отдел {n}"})


class OfficialFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Official

    body = factory.SubFactory(BodyFactory)
    name = factory.Sequence(lambda n: f"Служащая {n}")
    position = factory.LazyFunction(lambda: {"ru": "начальник отдела", "en": "head of department"})
    email = factory.Sequence(lambda n: f"official{n}@example.org")


def boss() -> User:
    """Somebody who may do everything."""
    return UserFactory(is_superuser=True, is_staff=True)


def make_referral(
    *, user: User | None = None, note: str = "Просим ответить.", **of: Any
) -> Referral:
    """A promoted proposal's referral; what is given besides goes to the proposal."""
    body = of.pop("body", None) or BodyFactory()
    proposal = of.pop("proposal", None) or ProposalFactory(status=Proposal.Status.SHORTLISTED, **of)
    return promote_proposal(user=user or boss(), proposal=proposal, body=body, note=note)


def make_case(**of: Any) -> CaseLink:
    """A referral in the hands of an official, and the link by which they have it."""
    body = of.pop("body", None) or BodyFactory()
    official = of.pop("official", None) or OfficialFactory(body=body, gets_referrals=True)
    referral = make_referral(body=body, **of)
    return referral.links.get(official=official)


def make_answer(referral: Referral, **fields: Any) -> Answer:
    """The body's answer, accepting unless told otherwise, given on the day it was asked."""
    return answer_referral(
        user=fields.pop("user", None) or boss(),
        referral=referral,
        **{
            "outcome": "accepted",
            "text": "Поставим двенадцать датчиков до мая.",
            "official_name": "И. О. Министра",
            "official_position": {"ru": "министр"},
            "answered_on": timezone.localdate(),
            **fields,
        },
    )


SEEN = Evidence(text="Видно на месте.", link="https://example.org/report")
# How a commitment gets to each state.
WAYS = {
    "planned": (),
    "in_progress": ("begin",),
    "in_part": ("begin", "deliver_part"),
    "done": ("begin", "deliver"),
    "dropped": ("drop",),
}


def make_commitment(
    *,
    state: str = "planned",
    answer: Answer | None = None,
    what: str = "Поставить двенадцать датчиков",
    due_in: int = 30,
    **of: Any,
) -> Commitment:
    """One promise of an answer, as far as `state`; what is given besides goes to the promise."""
    answer = answer or make_answer(make_referral())
    due_on = of.pop("due_on", None) or timezone.localdate() + timedelta(days=due_in)
    promise = Promise(what=what, due_on=due_on, **of)
    (commitment,) = make_commitments(answer=answer, promises=[promise], user=None)
    for verb in WAYS[state]:
        move_commitment(user=boss(), commitment=commitment, verb=verb, evidence=SEEN)
    return commitment


def make_observation(commitment: Commitment, *, accepted: bool = True, **of: Any) -> Observation:
    """What a resident saw; read and accepted by staff unless told otherwise."""
    fields = {"user": UserFactory(), "verdict": "built", "text": "Стоит.", **of}
    observation = send_observation(commitment=commitment, **fields)
    if accepted:
        accept_observation(user=boss(), observation=observation)
    return observation


def make_packet_row(**fields: Any) -> Packet:
    """A packet that was asked for and that nobody has begun to make."""
    common = {"title": "Заседание 1 декабря", "language": "ru", "proposals": [1]}
    return Packet.objects.create(**{**common, "asked_at": timezone.now(), **fields})

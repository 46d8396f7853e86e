"""Makes bodies of government, and proposals that have come as far as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import factory
from django.utils import timezone

from government.actions import answer_referral, promote_proposal
from government.models import Body
from proposals.models import Proposal
from tests.factories.accounts import UserFactory, source_locale
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from accounts.models import User
    from government.models import Answer, Referral


class BodyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Body

    locale = factory.LazyFunction(source_locale)
    slug = factory.Sequence(lambda n: f"body-{n}")
    name = factory.Sequence(lambda n: f"Министерство {n}")
    email = factory.Sequence(lambda n: f"ministry{n}@example.org")
    answer_days = 30


def boss() -> User:
    """Somebody who may do everything."""
    return UserFactory(is_superuser=True, is_staff=True)


def make_referral(
    *, user: User | None = None, note: str = "Просим ответить.", **of: Any
) -> Referral:
    """A promoted proposal's referral; what is given besides goes to the proposal."""
    proposal = of.pop("proposal", None) or ProposalFactory(status=Proposal.Status.SHORTLISTED, **of)
    return promote_proposal(user=user or boss(), proposal=proposal, body=BodyFactory(), note=note)


def make_answer(referral: Referral, **fields: Any) -> Answer:
    """The body's answer, accepting unless told otherwise, given on the day it was asked."""
    return answer_referral(
        user=fields.pop("user", None) or boss(),
        referral=referral,
        **{
            "outcome": "accepted",
            "text": "Поставим двенадцать датчиков до мая.",
            "official_name": "И. О. Министра",
            "official_position": "министр",
            "answered_on": timezone.localdate(),
            **fields,
        },
    )

"""Makes rounds with options for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from voting.models import Option, Round


class BallotFactory(factory.django.DjangoModelFactory):
    """An open approval round of three options, 1 to 3; `costs=[…]` makes it as many as those."""

    class Meta:
        model = Round
        skip_postgeneration_save = True

    method = Round.Method.APPROVAL
    title = factory.Sequence(lambda n: {"ru": f"Голосование {n}", "en": f"Ballot {n}"})
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))

    @factory.post_generation
    def costs(obj: Round, create: bool, extracted: list[int] | None, **kwargs: Any) -> None:
        for number, cost in enumerate(extracted or [100, 200, 300], start=1):
            title = {"ru": f"Вариант {number}", "en": f"Option {number}", "ja": f"案{number}"}
            Option.objects.create(round=obj, number=number, title=title, cost_minor=cost)
        obj.save()

"""Makes calls, categories and proposals for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from wagtail.models import Page

from home.models import HomePage
from proposals.clock import due_after
from proposals.models import (
    CallIndexPage,
    CallPage,
    CallPhase,
    Category,
    Proposal,
    ProposalFigures,
)
from tests.factories.accounts import UserFactory, source_locale
from voting.actions import open_round


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    locale = factory.LazyFunction(source_locale)
    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Тема {n}")


def calls_index() -> CallIndexPage:
    """The page that calls live under; made once, under the home page if there is one."""
    if index := CallIndexPage.objects.first():
        return index
    parent = HomePage.objects.first() or Page.objects.get(depth=1)
    return parent.add_child(
        instance=CallIndexPage(title="Приёмы", slug="calls", locale=source_locale())
    )


def make_call(
    *, submission: bool = True, support: bool = True, days: int = 10, **fields: Any
) -> CallPage:
    """A live call whose named phases began `days` ago and end in `days`."""
    now = timezone.now()
    number = CallPage.objects.count() + 1
    call = CallPage(
        **{
            "title": f"Приём {number}",
            "slug": f"call-{number}",
            "threshold": 100,
            "locale": source_locale(),
            **fields,
        }
    )
    kinds = [kind for kind, wanted in (("submission", submission), ("support", support)) if wanted]
    call.phases = [
        CallPhase(
            kind=kind, opens_at=now - timedelta(days=days), closes_at=now + timedelta(days=days)
        )
        for kind in kinds
    ]
    return calls_index().add_child(instance=call)


class ProposalFactory(factory.django.DjangoModelFactory):
    """A complete proposal; public and open for support unless told otherwise."""

    class Meta:
        model = Proposal
        skip_postgeneration_save = True

    call = factory.LazyFunction(lambda: CallPage.objects.first() or make_call())
    author = factory.SubFactory(UserFactory)
    author_name = factory.LazyAttribute(lambda proposal: proposal.author.name)
    title = factory.Sequence(lambda n: f"Раннее предупреждение о паводке {n}")
    summary = "Датчики уровня воды и сообщения жителям."
    problem = "О подъёме воды узнают слишком поздно."
    solution = "Поставить двенадцать датчиков."
    beneficiaries = "Жители прибрежных улиц."
    category = factory.SubFactory(CategoryFactory)
    status = Proposal.Status.SUPPORTING
    submitted_at = factory.LazyFunction(timezone.now)
    published_at = factory.LazyFunction(timezone.now)
    moderation_due_on = factory.LazyAttribute(
        lambda proposal: proposal.submitted_at and due_after(proposal.submitted_at, 5)
    )

    @factory.post_generation
    def figures_and_round(obj: Proposal, create: bool, extracted: Any, **kwargs: Any) -> None:
        ProposalFigures.objects.create(proposal=obj)
        if obj.status in {Proposal.Status.SUPPORTING, Proposal.Status.SHORTLISTED}:
            open_round(proposal=obj)

"""Clicks at the same moment on PostgreSQL: one answer, one extension, five tries, one step."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.utils import timezone

from government.actions import (
    CaseMoved,
    Part,
    answer_case,
    ask_extension,
    escalate_referral,
    renew_link,
)
from government.models import Answer, CaseLink, Referral
from proposals.actions import ProposalMoved
from tests.factories.government import make_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from home.models import HomePage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race on PostgreSQL"),
]
CLICKS = 6


def at_once(work: Callable[[], object]) -> list[object]:
    """Run the work in `CLICKS` threads that start together; exceptions are returned."""
    gate = threading.Barrier(CLICKS)

    def one() -> object:
        gate.wait()
        try:
            return work()
        except Exception as failure:  # noqa: BLE001 - the test looks at what came
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLICKS) as pool:
        return [future.result() for future in [pool.submit(one) for _ in range(CLICKS)]]


def test_case_under_many_clicks_at_once(home: HomePage) -> None:
    link = make_case()
    due = timezone.localdate() + timedelta(days=40)
    asked = at_once(lambda: ask_extension(link=link, due_on=due, words="Считаем."))
    assert sum(not isinstance(one, Exception) for one in asked) == 1
    assert list(link.referral.steps.values_list("kind", flat=True)) == ["extended"]

    at_once(lambda: renew_link(link))
    assert CaseLink.objects.alive().count() == 1

    referral = Referral.objects.get(pk=link.referral_id)
    long_ago = timezone.now() - timedelta(days=30)
    Referral.objects.filter(pk=referral.pk).update(due_on=timezone.localdate(), made_at=long_ago)
    referral.refresh_from_db()
    at_once(lambda: escalate_referral(referral))
    assert referral.steps.filter(kind="due").count() == 1

    code = link.take_code()
    wrong = "000000" if code != "000000" else "111111"
    at_once(lambda: link.use_code(wrong))
    assert link.use_code(code) is False
    code = link.take_code()
    assert at_once(lambda: CaseLink.objects.get(pk=link.pk).use_code(code)).count(True) == 1

    parts = [Part("Всё", "accepted", "Сделаем.")]
    answers = at_once(lambda: answer_case(link=link, text="Да.", parts=parts))
    failures = [one for one in answers if isinstance(one, Exception)]
    assert Answer.objects.count() == 1
    assert len(failures) == CLICKS - 1
    assert all(isinstance(one, CaseMoved | ProposalMoved) for one in failures)

"""Fills a database with proposals and supports; run as its own process, with Django set up."""

from __future__ import annotations

import random
import secrets
import sys
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - after django.setup()
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from modelsearch.backends import get_search_backend  # noqa: E402
from tqdm import tqdm  # noqa: E402
from wagtail.models import Locale, Page  # noqa: E402

from accounts.models import AssuranceLevel, Municipality  # noqa: E402
from proposals.models import (  # noqa: E402
    CallIndexPage,
    CallPage,
    CallPhase,
    Category,
    Proposal,
    ProposalFigures,
)
from voting.models import Round, VoteEvent  # noqa: E402
from voting.records import leaf_hash, record  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPPORTS = 10
CHUNK = 1000
WORDS = """
паводок набережная датчик школа мост тротуар автобус освещение парк больница посёлок река теплица
каток библиотека рынок дорога остановка связь мастерская лодка причал лес пожар кедр тайга двор
площадка колледж завод порт холодильник рыба музей музыка спорт врач
""".split()  # noqa: SIM905 - words read better than a list of strings
User = get_user_model()
dice = random.Random(2017)  # noqa: S311 - the same proposals each time


def sentence(count: int) -> str:
    """So many words, the common ones more often than the rare."""
    weights = [1 / (place + 1) for place in range(len(WORDS))]
    return " ".join(dice.choices(WORDS, weights, k=count)).capitalize()


def make_call() -> CallPage:
    """One call that takes support now, with what proposals refer to. Made once."""
    if call := CallPage.objects.filter(slug="bench").first():
        return call
    locale = Locale.objects.get(language_code="ru")
    for number in range(7):
        Category.objects.create(slug=f"theme-{number}", name=f"Тема {number}", locale=locale)
    for number in range(19):
        name = f"Район {number}"
        place = {"tile_row": number // 4 + 1, "tile_column": number % 4 + 1}
        Municipality.objects.create(
            slug=f"place-{number}", name=name, short_name=name, locale=locale, **place
        )
    home = Page.objects.get(depth=2, locale=locale)
    index = home.add_child(instance=CallIndexPage(title="Приёмы", slug="bench-calls"))
    now = timezone.now()
    call = CallPage(title="Приём", slug="bench", threshold=500)
    call.phases = [
        CallPhase(kind="support", opens_at=now - timedelta(days=9), closes_at=now + timedelta(9))
    ]
    return index.add_child(instance=call)


def fill(total: int) -> None:
    """Top the database up to so many proposals, ten supports each."""
    call = make_call()
    missing = total - Proposal.objects.count()
    with tqdm(total=missing, unit="proposal", disable=not sys.stderr.isatty()) as bar:
        while missing > 0:
            size = min(CHUNK, missing)
            _add(call, size)
            missing -= size
            bar.update(size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _add(call: CallPage, size: int) -> None:
    categories = list(Category.objects.values_list("pk", flat=True))
    places = list(Municipality.objects.values_list("pk", flat=True))
    now = timezone.now()
    phase = call.phases.get()
    proposals = Proposal.objects.bulk_create(
        Proposal(
            call=call,
            author_name="Житель",
            title=sentence(8)[:90],
            summary=sentence(14),
            problem=sentence(90),
            solution=sentence(90),
            beneficiaries=sentence(6),
            category_id=dice.choice(categories),
            municipality_id=dice.choice(places),
            status=Proposal.Status.SUPPORTING,
            submitted_at=now,
            published_at=now - timedelta(minutes=dice.randrange(100_000)),
        )
        for _ in range(size)
    )
    ProposalFigures.objects.bulk_create(
        ProposalFigures(proposal=proposal, support_count=SUPPORTS) for proposal in proposals
    )
    rounds = [
        Round(
            proposal=proposal,
            threshold=call.threshold,
            hidden=False,
            opens_at=phase.opens_at,
            closes_at=phase.closes_at,
        )
        for proposal in proposals
    ]
    for round_ in rounds:
        round_.write_rules()
    Round.objects.bulk_create(rounds)
    VoteEvent.objects.bulk_create(_events(rounds), batch_size=5000)
    get_search_backend().add_bulk(Proposal, proposals)


def _events(rounds: list[Round]) -> Iterator[VoteEvent]:
    day = timezone.localdate()
    for round_ in rounds:
        for _ in range(SUPPORTS):
            fields = {
                "uuid": uuid.uuid4(),
                "voter": secrets.token_bytes(16),
                "gen": 1,
                "kind": 1,
                "reason": "cast",
                "level": 1,
                "channel": "online",
                "choice": None,
                "day": day,
                "nonce": secrets.token_bytes(16),
            }
            leaf = leaf_hash(record(**fields, rules_hash=round_.rules_hash))
            yield VoteEvent(**fields, round=round_, leaf=leaf)


def sign_in(count: int) -> list[str]:
    """Make so many people and sign them in; returns their session keys."""
    first = User.objects.count()
    people = User.objects.bulk_create(
        User(
            email=f"bench{number}@example.org",
            name=f"Житель {number}",
            password="!",  # noqa: S106 - nobody logs in with it
            level=AssuranceLevel.EMAIL,
        )
        for number in range(first, first + count)
    )
    store = SessionStore()
    expires = timezone.now() + timedelta(days=1)
    sessions = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    "_auth_user_id": str(person.pk),
                    "_auth_user_backend": "accounts.backends.AuthenticationBackend",
                    "_auth_user_hash": person.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions, batch_size=1000)
    return [session.session_key for session in sessions]


def hottest() -> int:
    """The proposal that everybody will support at once: the newest one."""
    return Proposal.objects.order_by("-pk").values_list("pk", flat=True)[0]


if __name__ == "__main__":
    import json

    verb, number = sys.argv[1], int(sys.argv[2])
    if verb == "fill":
        fill(number)
    elif verb == "people":
        print(json.dumps({"keys": sign_in(number), "proposal": hottest()}))
    elif verb == "count":
        events = VoteEvent.objects.filter(round__proposal=number)
        figure = ProposalFigures.objects.get(pk=number).support_count
        voters = events.values("voter").distinct().count()
        print(json.dumps({"rows": events.count(), "voters": voters, "figure": figure}))

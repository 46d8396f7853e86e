"""Commitments in public: the board, one page, the calendar, open data, and what residents see."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar
from PIL import Image

from government.actions.commitments import Evidence, move_commitment, redate_commitment
from government.actions.observations import accept_observation
from government.commitment_rows import commitment_columns
from government.models import Commitment, Observation
from proposals.models import Proposal
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.government import (
    SEEN,
    boss,
    make_answer,
    make_commitment,
    make_observation,
    make_referral,
)
from tests.test_readme import first_cells, section

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
BOARD = "/en/commitments/"
DATA = "/en/commitments/data/"


def shift(commitment: Commitment, days: int) -> Commitment:
    """As if it had been promised that many days earlier."""
    Commitment.objects.filter(pk=commitment.pk).update(
        due_on=commitment.due_on - timedelta(days=days),
        first_due_on=commitment.first_due_on - timedelta(days=days),
    )
    return Commitment.objects.get(pk=commitment.pk)


def content(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def page_of(commitment: Commitment) -> str:
    return f"{BOARD}{commitment.pk}/"


def test_board_shows_what_where_when_and_what_is_overdue(call: CallPage, stranger: Client) -> None:
    place = MunicipalityFactory(name="Район у реки")
    answer = make_answer(make_referral(call=call, municipality=place))
    late = make_commitment(
        answer=answer, amount_minor=450_000_000, owner_name="Отдел связи", due_in=3
    )
    shift(late, 8)
    page = stranger.get(BOARD).text
    for text in (
        late.what,
        late.body.name,
        "Район у реки",
        "4,500,000",
        "5 days overdue",
        late.proposal.title,
    ):
        assert text in page


def test_board_is_narrowed_down_by_its_address(call: CallPage, stranger: Client) -> None:
    place = MunicipalityFactory()
    here = make_answer(make_referral(call=call, municipality=place))
    first = make_commitment(answer=here, what="Первое")
    overdue = shift(make_commitment(what="Второе", due_in=1), 5)
    done = make_commitment(what="Третье", state="done")
    make_observation(done, verdict="not_built")
    found = {
        query: {one.pk for one in stranger.get(f"{BOARD}?{query}").context["commitments"]}
        for query in (
            "",
            "state=overdue",
            "state=done",
            "state=disputed",
            f"place={place.slug}",
            f"body={done.body.slug}&state=done",
            f"body={first.body.slug}&state=done",
        )
    }
    assert list(found.values()) == [
        {first.pk, overdue.pk, done.pk},
        {overdue.pk},
        {done.pk},
        {done.pk},
        {first.pk},
        {done.pk},
        set(),
    ]


@pytest.mark.parametrize("query", ["state=nonsense", "body=' OR 1=1", "place=%00"])
@pytest.mark.parametrize("path", ["", "calendar.ics", "data/json/"])
def test_board_refuses_a_filter_that_there_is_not(
    path: str, query: str, call: CallPage, stranger: Client
) -> None:
    response = stranger.get(f"{BOARD}{path}?{query}")
    assert response.status_code == 400
    assert "This list does not exist" in response.text


def test_board_says_that_nothing_was_promised(home: object, stranger: Client) -> None:
    assert "Nothing has been promised yet" in stranger.get(BOARD).text
    assert "No such commitment" in stranger.get(f"{BOARD}?state=done").text


def test_board_counts_small_numbers_and_gives_no_percentage(
    call: CallPage, stranger: Client
) -> None:
    answer = make_answer(make_referral(call=call))
    for number in range(4):
        make_commitment(answer=answer, what=f"Дело {number}", state="done")
    page = stranger.get(BOARD).text
    assert "4 of 4" in page
    assert "100 %" not in page
    overdue = shift(make_commitment(answer=answer, what="Просроченное", due_in=1), 3)
    from home.kept import forget_all

    forget_all()
    page = stranger.get(f"{BOARD}?again").text
    assert "80 % (4 of 5)" in page
    assert overdue.what in page


def test_rates_are_those_of_a_plain_recount(call: CallPage, stranger: Client) -> None:
    """Of the open data, by dates alone; every seventh is left as it is, not due yet."""
    places = [MunicipalityFactory(), MunicipalityFactory(), None]
    answers = [make_answer(make_referral(call=call, municipality=place)) for place in places]
    states = ("done", "in_progress", "dropped", "planned", "in_part", "done", "done")
    for number in range(28):
        answer, state = answers[number * number % 3], states[number % 7]
        one = make_commitment(answer=answer, what=f"Дело {number}", state=state, due_in=40)
        if number % 7 < 6:
            shift(one, 30 + number)
        if number % 4 == 0:  # given another date, which makes nothing to be in time
            later = timezone.localdate() + timedelta(days=number)
            Commitment.objects.filter(pk=one.pk).update(due_on=later, due_moved_count=1)
    board, rows = stranger.get(BOARD).context["board"], data_of(stranger)
    today = timezone.localdate().isoformat()
    for lines, key in ((board.bodies, "body_name"), (board.places, "municipality_name")):
        shown = {line.name: line.rates for line in lines}
        assert set(shown) == {row[key] for row in rows if row[key]}
        for name, rates in shown.items():
            own = [row for row in rows if row[key] == name]
            due = [
                row
                for row in own
                if row["state"] in {"done", "dropped"} or row["first_due_on"] < today
            ]
            kept = [
                row
                for row in due
                if row["state"] == "done" and row["settled_on"] <= row["first_due_on"]
            ]
            assert (rates.due, rates.on_time) == (len(due), len(kept))
            share = round(100 * len(kept) / len(due)) if len(due) >= 5 else None
            assert rates.on_time_percent == share
    assert {line.rates.on_time_percent for line in board.bodies} - {None}


def data_of(client: Client) -> list[dict[str, Any]]:
    return json.loads(content(client.get(f"{DATA}json/")))["rows"]


def test_board_costs_the_same_queries_for_any_number(call: CallPage, stranger: Client) -> None:
    stranger.get(f"{BOARD}?menus")
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_observation(make_commitment(state="done"))
        with CaptureQueriesContext(connection) as queries:
            stranger.get(f"{BOARD}?again={more}")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_hidden_proposals_commitments_are_nowhere(call: CallPage, stranger: Client) -> None:
    commitment = make_commitment(what="Канарейка")
    Proposal.objects.filter(pk=commitment.proposal_id).update(status="withdrawn")
    for path in ("", "calendar.ics"):
        assert "Канарейка" not in stranger.get(f"{BOARD}{path}").text
    assert "Канарейка" not in content(stranger.get(f"{DATA}json/")).decode()
    assert stranger.get(page_of(commitment)).status_code == 404


def test_page_tells_the_whole_way_with_its_evidence(
    call: CallPage, promoter: User, stranger: Client
) -> None:
    commitment = make_commitment(due_in=10)
    redate_commitment(
        user=promoter,
        commitment=commitment,
        due_on=timezone.localdate() + timedelta(days=40),
        reason="Подрядчик <b>ушёл</b>.",
    )
    move_commitment(user=promoter, commitment=commitment, verb="begin", evidence=SEEN)
    link = "https://example.org/act"
    paper = SimpleUploadedFile("акт.pdf", b"%PDF-1.4")
    evidence = Evidence("Готово.", link, document=paper, document_name="акт.pdf")
    move_commitment(user=promoter, commitment=commitment, verb="deliver", evidence=evidence)
    page = stranger.get(page_of(commitment)).text
    for text in ("moved 1 time, first promised for", "Готово.", link, "акт.pdf", "&lt;b&gt;ушёл"):
        assert text in page
    assert promoter.name not in page
    step = commitment.changes.get(verb="deliver")
    answer = stranger.get(f"{BOARD}steps/{step.pk}/document/")
    assert content(answer) == b"%PDF-1.4"
    assert "attachment" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]
    for kind in ("photo", "link", "nonsense"):
        assert stranger.get(f"{BOARD}steps/{step.pk}/{kind}/").status_code == 404


def test_proposals_page_shows_its_commitments_and_their_steps(
    call: CallPage, stranger: Client
) -> None:
    commitment = make_commitment(state="in_progress")
    page = stranger.get(f"/en/proposals/{commitment.proposal_id}/").text
    assert page.count(commitment.what) >= 3  # the row, and two steps of the timeline
    assert page_of(commitment) in page


def test_footer_and_results_lead_to_the_board(home: object, stranger: Client) -> None:
    for code in ("ru", "en", "ja"):
        assert f'href="/{code}/commitments/"' in stranger.get(f"/{code}/results/").text


# Calendar and open data ------------------------------------------------------------------------


def test_calendar_is_read_by_icalendar(call: CallPage, promoter: User, stranger: Client) -> None:
    commitment = make_commitment(what="Мост; \\ «Дружба», ,", due_in=10)
    make_commitment(what="Брошено", state="dropped")

    def entries(query: str = "") -> dict[str, object]:
        answer = stranger.get(f"{BOARD}calendar.ics{query}")
        assert answer["Content-Type"].startswith("text/calendar")
        found = Calendar.from_ical(answer.content).walk("VEVENT")
        return {str(one["uid"]): one for one in found}

    mine = f"commitment-{commitment.uuid}"
    before = entries()
    assert len(before) == 2
    assert before[mine]["summary"] == "Мост; \\ «Дружба», ,"
    assert before[mine].decoded("dtstart") == commitment.due_on
    assert {str(one["status"]) for one in before.values()} == {"CONFIRMED", "CANCELLED"}
    later = timezone.localdate() + timedelta(days=90)
    redate_commitment(user=promoter, commitment=commitment, due_on=later, reason="Зима.")
    after = entries("?state=planned")
    assert list(after) == [mine]
    assert after[mine].decoded("dtstart") == later
    assert after[mine]["sequence"] >= before[mine]["sequence"]


def test_open_data_has_the_documented_shape(call: CallPage, stranger: Client) -> None:
    place = MunicipalityFactory()
    answer = make_answer(make_referral(call=call, municipality=place))
    commitment = make_commitment(answer=answer, amount_minor=12_345, owner_name="Отдел")
    make_observation(commitment := shift(commitment, 60))
    data = json.loads(content(stranger.get(f"{DATA}json/")))
    assert data["meta"]["licence"].startswith("CC BY 4.0")
    assert data["meta"]["count"] == 1
    (row,) = data["rows"]
    assert list(row) == [column.key for column in commitment_columns()]
    assert first_cells(section("### Open data of commitments")) == set(row)
    assert row["id"] == str(commitment.uuid)
    assert (row["amount_minor"], row["currency"]) == (12_345, "RUB")
    assert (row["state"], row["kept"], row["municipality"]) == ("planned", "overdue", place.slug)
    assert row["due_on"] == f"{commitment.due_on}"
    assert (row["built_count"], row["not_built_count"]) == (1, 0)
    other = json.loads(content(stranger.get("/ja/commitments/data/json/")))
    same = {key: row[key] for key in row if not key.endswith("_name") and key != "url"}
    assert {key: other["rows"][0][key] for key in same} == same


def test_open_data_and_pages_name_nobody_but_the_name_shown(
    call: CallPage, stranger: Client, moderator: User
) -> None:
    author = UserFactory(email="canary-author@example.org")
    seer = UserFactory(email="canary-seer@example.org", name="Показанное имя")
    commitment = make_commitment(
        answer=make_answer(make_referral(call=call, author=author)), state="in_progress"
    )
    commitment.body.email = "canary-body@example.org"
    commitment.body.save()
    make_observation(commitment, user=seer, text="Стоит.")
    make_observation(commitment, accepted=False, text="CANARY-WAITING", verdict="not_built")
    feeds = [content(stranger.get(f"{DATA}{name}/")) for name in ("json", "csv", "xlsx")]
    paths = (
        BOARD,
        page_of(commitment),
        f"{BOARD}calendar.ics",
        f"/en/proposals/{commitment.proposal_id}/",
    )
    pages = [stranger.get(path).content for path in paths]
    for text in [*feeds, *pages]:
        for canary in (b"canary-", b"CANARY-", moderator.email.encode()):
            assert canary not in text
    assert "Показанное имя".encode() in pages[1]
    assert not any("Показанное имя".encode() in feed for feed in feeds)


def test_csv_starts_no_formula(call: CallPage, stranger: Client) -> None:
    make_commitment(what='=HYPERLINK("http://evil.example","x")', owner_name="+7;=1+1")
    text = content(stranger.get(f"{DATA}csv/")).decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert row["What is promised"].startswith("'=HYPERLINK")
    assert row["Person or department in charge"] == "'+7;'=1+1"


def test_open_data_in_an_unknown_format_is_not_there(home: object, stranger: Client) -> None:
    assert stranger.get(f"{DATA}exe/").status_code == 404


# What residents see ----------------------------------------------------------------------------


def photo_with_place() -> SimpleUploadedFile:
    """A JPEG that says where and by whom it was taken."""
    image, exif, out = Image.new("RGB", (64, 48), "green"), Image.Exif(), io.BytesIO()
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    assert b"CANARY-CAMERA" in out.getvalue()
    return SimpleUploadedFile("дача ул Мира 5.jpg", out.getvalue(), content_type="image/jpeg")


def test_resident_says_what_they_see_and_it_waits(
    call: CallPage, resident: User, stranger: Client, client_of: Callable[[User], Client]
) -> None:
    commitment = make_commitment(state="in_progress")
    page = f"{page_of(commitment)}observe/"
    body = {
        "verdict": "not_built",
        "text": "Пусто.",
        "photo": photo_with_place(),
        "photo_alt": "Пустырь",
    }
    answer = client_of(resident).post(page, body)
    assert (answer.status_code, answer["Location"]) == (302, page_of(commitment))
    seen = Observation.objects.get()
    assert (seen.state, seen.author, seen.author_name) == ("waiting", resident, "Анна")
    assert "Мира" not in seen.photo.name
    with seen.photo.open() as file:
        data = file.read()
    assert b"CANARY" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    assert "Пусто." not in stranger.get(page_of(commitment)).text
    photo = f"{BOARD}photos/{seen.pk}/"
    assert stranger.get(photo).status_code == 404
    assert client_of(UserFactory()).get(photo).status_code == 404
    assert content(client_of(resident).get(photo)) == data
    accept_observation(user=boss(), observation=seen)
    assert content(stranger.get(photo)) == data
    assert "Пусто." in stranger.get(f"{page_of(commitment)}?accepted").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verdict": "perhaps"}, "perhaps"),
        ({"text": "  "}, "This field is required"),
        ({"photo": SimpleUploadedFile("x.jpg", b"MZ")}, "cannot be read"),
        ({"photo_alt": ""}, "Describe what the photo shows"),
    ],
)
def test_observation_that_is_not_whole_is_given_back(
    change: dict[str, object],
    words: str,
    call: CallPage,
    resident: User,
    client_of: Callable[[User], Client],
) -> None:
    commitment = make_commitment(state="in_progress")
    body = {"verdict": "built", "text": "Стоит у моста.", "photo": photo_with_place()}
    body |= {"photo_alt": "Мост", **change}
    page = client_of(resident).post(f"{page_of(commitment)}observe/", body)
    assert page.status_code == 200
    assert words in page.text
    if "text" not in change:
        assert "Стоит у моста." in page.text
    assert not Observation.objects.exists()


def test_observation_needs_a_person_with_a_proven_address(
    call: CallPage, stranger: Client, client_of: Callable[[User], Client]
) -> None:
    commitment = make_commitment(state="in_progress")
    page, body = f"{page_of(commitment)}observe/", {"verdict": "built", "text": "Стоит у моста."}
    assert "login" in stranger.get(page)["Location"]
    refused = stranger.post(page, body)
    assert refused.status_code == 403
    assert "Стоит у моста." in refused.text
    unproven = client_of(UserFactory(level=0))
    assert unproven.post(page, body).status_code == 403
    assert not Observation.objects.exists()


def test_observation_of_what_has_not_begun_is_refused(
    call: CallPage, resident: User, client_of: Callable[[User], Client]
) -> None:
    browser = client_of(resident)
    for state in ("planned", "dropped"):
        commitment = make_commitment(state=state)
        page = browser.post(f"{page_of(commitment)}observe/", {"verdict": "built", "text": "!"})
        assert page.status_code == 403
    overdue = shift(make_commitment(due_in=1), 5)
    page = browser.post(f"{page_of(overdue)}observe/", {"verdict": "not_built", "text": "Нет."})
    assert page.status_code == 302


def test_observations_are_few_an_hour(
    call: CallPage, resident: User, client_of: Callable[[User], Client]
) -> None:
    commitment = make_commitment(state="in_progress")
    browser = client_of(resident)
    answers = [browser.post(f"{page_of(commitment)}observe/", {}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_disagreement_is_said_in_public(call: CallPage, stranger: Client) -> None:
    commitment = make_commitment(state="in_progress")
    make_observation(commitment, verdict="not_built")
    assert "Residents disagree" not in stranger.get(page_of(commitment)).text
    move_commitment(user=boss(), commitment=commitment, verb="deliver", evidence=SEEN)
    # What was said before it was reported done is no doubt about that.
    assert "Residents disagree" not in stranger.get(f"{page_of(commitment)}?done").text
    make_observation(commitment, verdict="not_built")
    make_observation(commitment, verdict="built")
    page = stranger.get(f"{page_of(commitment)}?doubt").text
    assert "Residents disagree" in page
    board = stranger.get(BOARD).text
    assert "1 says built, 2 say not built" in board
    assert "Residents disagree" in board

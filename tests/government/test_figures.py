"""The figures: counted by hand once, each the length of the list it links to."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
import time_machine
from django.utils import timezone
from wagtail.models import ModelLogEntry

from government.models import Answer, Referral
from home.charts import StepLine
from proposals.actions import move_proposal
from proposals.models import Proposal, ProposalFigures, StatusChange
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.government import boss, make_answer, make_referral
from tests.factories.proposals import ProposalFactory, make_call
from tests.factories.voting import make_events
from voting.actions import cast_support, withdraw_support

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from home.charts import Chart
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db

PAGE = "/admin/figures/"
Status = Proposal.Status
QUERIES = 27


def step(proposal: Proposal, verb: str, days: float, by: User | None = None) -> None:
    """A step of the history so many days after the proposal was begun."""
    StatusChange.objects.create(
        proposal=proposal,
        verb=verb,
        from_status="draft",
        to_status="submitted",
        role="author",
        by=by,
        made_at=proposal.submitted_at + timedelta(days=days),
    )


@pytest.fixture
def world(call: CallPage, moderator: User) -> dict[str, Proposal]:
    """Five proposals: one waits, one came back and was rejected, three are out, one was answered.

    Sent in 5; published 3; on the shortlist 2; put before the Government 1; answered, accepted 1.
    Checks took 1, 2, 3 and 4 days, and one of 6 that ended in a return.
    """
    place = MunicipalityFactory(name="Амурский район")
    rows = {
        name: ProposalFactory(call=call, status=status, municipality=place)
        for name, status in (
            ("waiting", Status.SUBMITTED),
            ("rejected", Status.REJECTED),
            ("open", Status.SUPPORTING),
            ("chosen", Status.SHORTLISTED),
            ("promoted", Status.SHORTLISTED),
        )
    }
    for row in rows.values():
        step(row, "submit", 0)
    step(rows["rejected"], "return", 6, moderator)
    step(rows["rejected"], "submit", 10)
    step(rows["rejected"], "reject", 11, moderator)
    for name, days in (("open", 2), ("chosen", 3), ("promoted", 4)):
        step(rows[name], "accept", days, moderator)
    for name in ("chosen", "promoted"):
        step(rows[name], "shortlist", 5)
    Proposal.objects.filter(pk=rows["waiting"].pk).update(assignee=moderator)
    ProposalFigures.objects.filter(pk=rows["open"].pk).update(support_count=7)
    make_answer(make_referral(proposal=rows["promoted"]))
    return rows


def charts(client: Client, query: str = "") -> dict[str, Chart]:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return {chart.key: chart for chart in response.context["charts"]}


def bars(chart: Chart) -> dict[str, float]:
    return {bar.label: bar.value for bar, _cells in chart.rows}


def listed(client: Client, url: str) -> int:
    """How many rows the list at an address has."""
    return client.get(url).context["paginator"].count


def test_funnel_counts_who_came_how_far(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    funnel = charts(staff_of(moderator))["funnel"]
    assert list(bars(funnel).values()) == [5, 3, 2, 1, 1, 1, 0, 0]
    assert funnel.rows[1][0].words == "3 (60%)"


def test_every_figure_is_the_length_of_the_list_it_links_to(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    shown = charts(client)
    for key in ("funnel", "moderators", "waiting", "bodies", "sent", "published"):
        linked = [bar for bar, _cells in shown[key].rows if bar.url]
        assert linked or key == "bodies", key
        for bar in linked:
            assert listed(client, bar.url) == bar.value, (key, bar)


def test_waiting_times_are_medians_and_ninth_deciles(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    waits = charts(staff_of(moderator))["waits"]
    half, most = [bar.value for bar, _cells in waits.rows][:2]
    assert (round(half, 3), round(most, 3)) == (3, 6)  # of 1, 2, 3, 4 and 6 days
    assert waits.rows[0][0].words == "3.0 d"


def test_load_is_told_by_moderator_and_body(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    referral = overdue(world)
    shown = charts(staff_of(moderator))
    assert bars(shown["moderators"]) == {moderator.name: 4}
    assert bars(shown["waiting"]) == {moderator.name: 1}
    assert bars(shown["bodies"]) == {referral.body.name: 1}
    assert bars(shown["overdue"]) == {referral.body.name: 1}
    assert Answer.objects.count() == 1


def overdue(world: dict[str, Proposal]) -> Referral:
    """One more referral, whose answer should have come yesterday."""
    referral = make_referral(user=boss(), call=world["open"].call)
    Referral.objects.filter(pk=referral.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    return referral


# What stands behind each figure -----------------------------------------------------------------


@pytest.fixture
def whole(world: dict[str, Proposal]) -> dict[str, Proposal]:
    """The same, and something to count in every figure; supports in two weeks, some taken back."""
    overdue(world)
    make_referral(user=boss(), call=world["open"].call)
    with time_machine.travel(timezone.now() - timedelta(days=15), tick=False):
        make_events(world["chosen"].round, 4)
    make_events(world["open"].round, 3)
    user, number = UserFactory(), world["open"].pk
    cast_support(user=user, proposal_id=number)
    withdraw_support(user=user, proposal_id=number)
    return world


def rows_of(response: HttpResponse) -> list[dict[str, str]]:
    """The lines of a CSV file."""
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def exported(client: Client, url: str) -> list[dict[str, str]]:
    """The file of the list at an address."""
    path = {"proposals": "proposals/export/csv/", "referrals": "referrals/file/csv/"}
    split = urlsplit(url)
    return rows_of(client.get(f"/admin/{path[split.path.split('/')[2]]}?{split.query}"))


CHOICES = ["", "?submitted_at_from={before}&submitted_at_to={today}", "?call={call}"]


@pytest.mark.parametrize("choice", CHOICES)
def test_every_figure_is_that_of_its_list_and_its_files(
    choice: str, whole: dict[str, Proposal], staff_of: SignIn
) -> None:
    today, client = timezone.localdate(), staff_of(boss())
    days = {"before": today - timedelta(days=40), "today": today + timedelta(days=1)}
    query = choice.format(**days, call=whole["open"].call_id)
    for key, chart in charts(client, query).items():
        assert chart.rows, f"{key} has nothing to count"
        heads, bars = chart.heads, [bar for bar, _cells in chart.rows]
        for bar in bars:
            assert listed(client, bar.url) == bar.listed, f"{key}: {bar}"
            assert len(exported(client, bar.url)) == bar.listed, f"{key}: {bar}"
        in_csv = rows_of(client.get(f"{PAGE}{key}.csv{query}"))
        sheet = in_workbook(client.get(f"{PAGE}{key}.xlsx{query}"))
        for column, numbers in (
            (1, [bar.value for bar in bars]),
            *([(2, [bar.listed for bar in bars])] if len(heads) > 2 else []),
        ):
            assert [float(row[heads[column]]) for row in in_csv] == pytest.approx(numbers), key
            assert [row[column] for row in sheet] == pytest.approx(numbers), key


def in_workbook(response: HttpResponse) -> list[tuple[Any, ...]]:
    content = b"".join(response.streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_sums_and_medians_come_out_of_the_list_behind_them(
    whole: dict[str, Proposal], staff_of: SignIn
) -> None:
    client = staff_of(boss())
    shown = charts(client)
    for bar, _cells in shown["municipalities"].rows:
        supports = [int(row["Supports cast here"]) for row in exported(client, bar.url)]
        assert sum(supports) == bar.value
    weeks = {bar.value: bar for bar, _cells in shown["supports"].rows if bar.value}
    assert sorted(weeks) == [3, 4]
    for total, of in ((3, "open"), (4, "chosen")):
        [row] = exported(client, weeks[total].url)
        assert int(row["No."]) == whole[of].pk
    assert [bar.behind for bar, _cells in shown["waits"].rows] == [4, 4, 1, 1]


def test_supports_are_told_by_municipality_on_a_map(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    map_ = charts(staff_of(moderator))["municipalities"]
    assert bars(map_)["Амурский район"] == 7
    place = world["open"].municipality
    assert f"municipality={place.pk}" in next(bar.url for bar, _cells in map_.rows if bar.value)


def test_figures_are_of_the_chosen_call_and_days(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    client, other = staff_of(moderator), make_call()
    step(ProposalFactory(call=other), "submit", 0)
    assert bars(charts(client, f"?call={other.pk}")["funnel"])["sent in"] == 1
    later = timezone.localdate() + timedelta(days=1)
    none = charts(client, f"?submitted_at_from={later}")
    assert set(bars(none["funnel"]).values()) == {0}
    url = charts(client, f"?call={other.pk}")["funnel"].rows[0][0].url
    assert parse_qs(urlsplit(url).query) == {"call": [f"{other.pk}"], "reached": ["sent"]}


@pytest.mark.parametrize("query", ["?call=x", "?call=99999999999999999999", "?submitted_at_from=x"])
def test_figures_of_no_such_filter_count_nothing(
    query: str, world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    assert set(bars(charts(client, query)["funnel"]).values()) == {0}
    response = client.get(f"{PAGE}funnel.csv{query}")
    assert response.status_code == 302


def test_promoter_counts_what_the_list_shows_them(
    world: dict[str, Proposal], promoter: User, staff_of: SignIn
) -> None:
    client = staff_of(promoter)
    funnel = charts(client)["funnel"]
    assert list(bars(funnel).values())[:2] == [3, 3]
    assert listed(client, funnel.rows[0][0].url) == 3


def test_weeks_without_anything_are_told_too(
    call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    with time_machine.travel("2026-11-02T12:00+10:00", tick=False):
        ProposalFactory(call=call)
    with time_machine.travel("2026-11-23T00:30+10:00", tick=False):  # a Monday here, Sunday in UTC
        ProposalFactory(call=call)
    sent = charts(staff_of(moderator))["sent"]
    assert isinstance(sent, StepLine)
    assert [(f"{day}", count) for day, count in sent.points] == [
        ("2026-11-02", 1),
        ("2026-11-09", 0),
        ("2026-11-16", 0),
        ("2026-11-23", 1),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_figures_take_as_many_queries_for_any_number_of_rows(
    count: int,
    call: CallPage,
    moderator: User,
    staff_of: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        proposal = ProposalFactory(call=call, municipality=MunicipalityFactory())
        step(proposal, "submit", 0)
        step(proposal, "accept", 1, boss())
        move_proposal(user=boss(), proposal=proposal, verb="shortlist")
        make_referral(proposal=Proposal.objects.get(pk=proposal.pk))
        ProposalFactory(call=call, status=Status.SUBMITTED, assignee=boss())
    client = staff_of(moderator)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


def test_figures_go_out_as_csv_and_workbook_and_are_logged(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    client = staff_of(moderator)
    rows = rows_of(client.get(f"{PAGE}funnel.csv"))
    assert [int(row["Proposals that reached it"]) for row in rows] == [5, 3, 2, 1, 1, 1, 0, 0]
    assert in_workbook(client.get(f"{PAGE}sent.xlsx"))[0][1] == 5
    entries = ModelLogEntry.objects.filter(action="government.export_figures", user=moderator)
    assert [entry.data["format"] for entry in entries.order_by("pk")] == ["csv", "xlsx"]


@pytest.mark.parametrize("name", ["funnel.pdf", "nothing.csv", "funnel.exe"])
def test_no_such_file_of_figures(
    name: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    assert staff_of(moderator).get(PAGE + name, follow=True).status_code == 404


@pytest.mark.parametrize("person", ["resident", "editor"])
@pytest.mark.parametrize("name", ["", "funnel.csv"])
def test_figures_are_closed_to_others(
    name: str, person: str, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    response = staff_of(request.getfixturevalue(person)).get(PAGE + name)
    assert response.status_code in {302, 403}


def test_page_has_a_table_behind_each_chart(
    world: dict[str, Proposal], moderator: User, staff_of: SignIn
) -> None:
    page = staff_of(moderator).get(PAGE).content.decode()
    assert page.count("<figure") == 10
    assert page.count("<summary>As a table") == 7  # three have nothing to count

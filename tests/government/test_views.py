"""The admin's export: the list as it is filtered there, for those who may take it away."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pikepdf
import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from government.exports import FORMATS
from home import papers
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db


def address(name: str, query: str = "") -> str:
    return reverse("export_proposals", args=[name]) + query


def content_of(client: Client, name: str, query: str = "") -> bytes:
    response = client.get(address(name, query))
    assert response.status_code == 200
    assert response["Content-Type"] == FORMATS[name].content_type
    assert "attachment" in response["Content-Disposition"]
    assert f".{FORMATS[name].extension}" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("name", FORMATS)
def test_export_proposals_writes_each_format(
    name: str, promoter: User, client_of: Callable, proposal: Proposal
) -> None:
    assert content_of(client_of(promoter), name)


@pytest.mark.usefixtures("indexed")
def test_export_proposals_holds_what_the_list_shows(
    promoter: User, client_of: Callable, call: CallPage
) -> None:
    ProposalFactory(call=call, status="archived", title="Забытый мост")
    ProposalFactory(call=call, title="Новый мост")
    data = json.loads(content_of(client_of(promoter), "json", "?status=archived&q=мост"))
    assert [row["title"] for row in data["rows"]] == ["Забытый мост"]
    assert list(data["meta"]["filters"].values()) == [data["rows"][0]["status"], "мост"]


@pytest.mark.usefixtures("indexed")
def test_export_proposals_is_logged_without_what_was_searched_for(
    promoter: User, staff_of: Callable, call: CallPage
) -> None:
    ProposalFactory(call=call, title="Новый мост")
    content_of(staff_of(promoter), "xlsx", "?status=supporting&q=мост")
    entry = ModelLogEntry.objects.get(action="government.export")
    assert entry.user == promoter
    assert entry.data == {"format": "xlsx", "filters": 2, "rows": 1}
    report = staff_of(UserFactory(is_superuser=True)).get("/admin/reports/site-history/")
    assert "Export of 1 proposal as XLSX; filters: 2" in report.text


def test_export_proposals_leaves_out_what_the_person_may_not_see(
    promoter: User, client_of: Callable, call: CallPage
) -> None:
    ProposalFactory(call=call, status="submitted")
    ProposalFactory(call=call, status="draft")
    assert json.loads(content_of(client_of(promoter), "json"))["rows"] == []


def test_export_proposals_keeps_a_resident_s_formula_as_text(
    promoter: User, client_of: Callable, call: CallPage
) -> None:
    ProposalFactory(call=call, title='=HYPERLINK("https://evil.example")')
    sheet = openpyxl.load_workbook(io.BytesIO(content_of(client_of(promoter), "xlsx"))).worksheets[
        0
    ]
    assert sheet.cell(2, 2).value == '=HYPERLINK("https://evil.example")'
    assert sheet.cell(2, 2).data_type != "f"


def test_export_proposals_in_pdf_is_tagged(
    promoter: User, client_of: Callable, proposal: Proposal
) -> None:
    with pikepdf.open(io.BytesIO(content_of(client_of(promoter), "pdf"))) as pdf:
        assert pdf.Root.MarkInfo.Marked


@pytest.mark.parametrize("who", ["resident", "editor", "moderator"])
def test_export_proposals_by_others_is_refused(
    who: str, client_of: Callable, request: pytest.FixtureRequest
) -> None:
    response = client_of(request.getfixturevalue(who)).get(address("csv"))
    assert response.status_code in {302, 403}
    assert not response.streaming
    assert not ModelLogEntry.objects.filter(action="government.export").exists()


def test_export_proposals_signed_out_leads_to_sign_in(stranger: Client, home: object) -> None:
    response = stranger.get(address("csv"))
    assert response.status_code == 302
    assert "next=/admin/proposals/export/csv/" in response["Location"]


def test_export_proposals_in_unknown_format_is_not_found(
    promoter: User, client_of: Callable, home: object
) -> None:
    assert client_of(promoter).get(address("exe"), follow=True).status_code == 404


def test_export_proposals_says_when_the_paper_fails(
    promoter: User, client_of: Callable, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "SECONDS_MAX", 0.001)
    response = client_of(promoter).get(address("pdf", "?status=supporting"))
    assert response.status_code == 302
    assert response["Location"].endswith("?status=supporting")
    assert not ModelLogEntry.objects.filter(action="government.export").exists()


@pytest.mark.parametrize("query", ["?status=nonsense", "?call=999", "?submitted_at_from=soon"])
def test_export_proposals_by_a_filter_that_is_none_makes_no_file(
    query: str, promoter: User, staff_of: Callable, proposal: Proposal
) -> None:
    response = staff_of(promoter).get(address("csv", query), follow=True)
    assert response.redirect_chain == [(reverse("proposals_admin:index") + query, 302)]
    assert "No file was made" in response.text
    assert not ModelLogEntry.objects.filter(action="government.export").exists()


def test_list_offers_exports_of_what_is_filtered(
    promoter: User, moderator: User, client_of: Callable, proposal: Proposal
) -> None:
    query = "?status=supporting"
    page = client_of(promoter).get(reverse("proposals_admin:index") + query).content.decode()
    assert address("xlsx", query) in page
    page = client_of(moderator).get(reverse("proposals_admin:index")).content.decode()
    assert address("xlsx") not in page

"""Addresses that only take forms lead whoever asks for them to the page of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from home.posting import posts_from

if TYPE_CHECKING:
    from django.test import RequestFactory


@posts_from("proposals:files")
def taken(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(f"took {pk}")


@pytest.mark.parametrize("method", ["get", "head"])
def test_address_of_a_form_leads_to_its_page(rf: RequestFactory, method: str) -> None:
    response = taken(getattr(rf, method)("/"), pk=7)
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("proposals:files", args=[7]),
    )


def test_address_of_a_form_takes_what_is_sent_and_nothing_else(rf: RequestFactory) -> None:
    assert taken(rf.post("/"), pk=7).content == b"took 7"
    assert taken(rf.put("/"), pk=7).status_code == 405

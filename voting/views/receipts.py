"""Receipts over HTTP: a page for each code, the proof as a file, a mail to oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.ratelimit import rate_limit
from voting.forms import ReceiptCodeForm
from voting.notifications import queue_receipt
from voting.receipts import Receipt

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@never_cache
@rate_limit("receipts", "60/m", methods=("GET", "HEAD"), cache="memory")
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """A box for a code; with one it leads to the receipt or says what is wrong with the code."""
    if "code" not in request.GET:
        return render(request, "voting/receipts.html", {"form": ReceiptCodeForm()})
    form = ReceiptCodeForm(request.GET)
    if not form.is_valid():
        return render(request, "voting/receipts.html", {"form": form}, status=400)
    if Receipt.find(form.cleaned_data["code"]) is None:
        return _unknown(request, form)
    return redirect("voting:receipt", form.cleaned_data["code"])


@never_cache
@rate_limit("receipts", "60/m", methods=("GET", "HEAD"), cache="memory")
@require_safe
def receipt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One vote: what was cast, how it stands, where it is in the ledger, and the proof of that."""
    found = Receipt.find(uuid)
    if found is None:
        return _unknown(request, ReceiptCodeForm({"code": str(uuid)}))
    address = request.build_absolute_uri(request.path)
    context = {"receipt": found, "address": address, "qr": _qr(address)}
    return render(request, "voting/receipt.html", context)


@never_cache
@rate_limit("receipts", "60/m", methods=("GET", "HEAD"), cache="memory")
@require_safe
def receipt_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The receipt as JSON, to check it without this site."""
    found = Receipt.find(uuid)
    if found is None:
        raise Http404
    response = JsonResponse(found.data(), json_dumps_params={"indent": 1, "ensure_ascii": False})
    name = content_disposition_header(True, f"receipt-{uuid}.json")
    response["Content-Disposition"] = name
    return response


@require_POST
@never_cache
@login_required
@rate_limit("mail_receipt", "10/h")
def mail_receipt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the receipt to the address of whoever is signed in."""
    if Receipt.find(uuid) is None:
        raise Http404
    queue_receipt(code=str(uuid), address=request.user.email, language=get_language() or "")
    messages.success(request, _("The receipt is on its way to your e-mail address."))
    return redirect(reverse("voting:receipt", args=[uuid]))


def _unknown(request: HttpRequest, form: ReceiptCodeForm) -> HttpResponse:
    form.add_error("code", _("There is no receipt with this code. Check it letter by letter."))
    return render(request, "voting/receipts.html", {"form": form}, status=404)


def _qr(address: str) -> SafeString:
    """The address as a QR code that a phone reads off a screen or paper, dark mode or not."""
    svg = segno.make(address, error="m", micro=False).svg_inline(scale=4, light="#fff", border=4)
    return mark_safe(svg)

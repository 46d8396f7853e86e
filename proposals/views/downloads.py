"""The list as a file: the same query as the page's, all of its rows, what everybody may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.ratelimit import rate_limit
from home.exports import FORMATS
from proposals.filters import ORDERS
from proposals.listing import Listing
from proposals.rows import ProposalRows, public_columns

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from home import exports


@require_GET
@never_cache
@rate_limit("list_file", "30/h", methods=("GET",))
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Nine queries to begin, then one for each 500 rows while they are sent."""
    if name not in FORMATS:
        raise Http404
    listing = Listing(request.GET)
    if not listing.is_valid:
        return render(request, "proposals/list_refused.html", {"errors": listing.form}, status=400)
    order = (_("Order"), str(dict(ORDERS)[listing.order]))
    rows = ProposalRows().listing(
        listing.numbers(), public_columns(), title=listing.title, filters=[order]
    )
    return as_file(rows, FORMATS[name])


def as_file(
    listing: exports.Listing, form: exports.Format, name: str = "proposals"
) -> StreamingHttpResponse:
    """Rows as a download; staff's export answers by it too."""
    response = StreamingHttpResponse(form.write(listing), content_type=form.content_type)
    file_name = f"{name}-{localdate(listing.generated_at)}.{form.extension}"
    response["Content-Disposition"] = content_disposition_header(True, file_name)
    return response

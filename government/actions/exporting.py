"""Putting down who takes lists out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.log_actions import log
from wagtail.models import Site

if TYPE_CHECKING:
    from accounts.models import User
    from home.exports import Listing


def record_export(
    *, user: User, name: str, listing: Listing, action: str = "government.export"
) -> None:
    """Put down in the audit log who takes a list out, before its first byte leaves.

    How many filters and not which: a search may hold somebody's name. A list is no row of its
    own, so the entry stands with the site.
    """
    data = {"format": name, "filters": len(listing.filters), "rows": listing.count}
    site = Site.objects.get(is_default_site=True)
    log(instance=site, action=action, user=user, data=data)

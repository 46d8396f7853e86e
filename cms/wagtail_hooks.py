"""Registers what the shell adds: decisions about proposals empty the page cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail import hooks

from home.kept import forget_all

if TYPE_CHECKING:
    from proposals.models import StatusChange


@hooks.register("after_move_proposal")
def pages_follow_proposals(change: StatusChange) -> None:
    """A decision shows at once, not when kept pages run out."""
    transaction.on_commit(forget_all)

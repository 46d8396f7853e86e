"""Registers what commitments add to the admin and to other apps; `wagtail_hooks` imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from government.actions.observations import let_go_of_observations
from government.commitment_timeline import entries_of
from government.commitment_words import STEPS
from government.personal_data import observations_data

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User
    from proposals.history import Entry
    from proposals.models import Proposal


@hooks.register("before_erase_account")
def let_go_of_what_they_saw(account: User, keep_name: bool) -> None:
    let_go_of_observations(author=account, keep_name=keep_name)


@hooks.register("register_personal_data")
def own_observations(user: User) -> tuple[str, Any]:
    """What the person reported of commitments."""
    return "observations", observations_data(user)


@hooks.register("register_timeline_entries")
def steps_of_commitments(proposal: Proposal) -> list[Entry]:
    return entries_of(proposal)


@hooks.register("register_log_actions")
def register_commitment_steps(actions: LogActionRegistry) -> None:
    for verb, step in STEPS.items():
        actions.register_action(f"government.commitment_{verb}", step.button, step.done)
    for name, label, message in (
        ("send", _("Send an observation"), _("A resident sent an observation")),
        ("accept", _("Accept an observation"), _("An observation was accepted")),
        ("refuse", _("Refuse an observation"), _("An observation was refused")),
    ):
        actions.register_action(f"government.{name}_observation", label, message)

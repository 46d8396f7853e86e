"""Registers with Wagtail's admin what assessment has for staff. No logic here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry

LOG_ACTIONS = {
    "save_member": (_("Change a term of office"), _("A term of office was changed")),
    "save_document": (_("Add a document"), _("A document was added")),
    "remove_document": (_("Remove a document"), _("A document was removed")),
    "save_meeting": (_("Call a meeting"), _("A meeting was called or changed")),
    "add_item": (_("Add to the agenda"), _("A matter was put on the agenda")),
    "record_attendance": (_("Write down who was there"), _("It was written down who was there")),
    "record_decision": (_("Record a decision"), _("A decision was recorded")),
    "take_proposals": (_("Take proposals into a round"), _("Proposals were taken into the round")),
    "leave_out": (_("Leave a proposal out"), _("A proposal was left out of the round")),
    "share_out": (_("Share out reviews"), _("Reviews were shared out")),
    "open_reading": (_("Begin reading"), _("Reading began; the criteria are frozen")),
    "declare": (_("Declare conflicts of interest"), _("Conflicts of interest were declared")),
    "submit_sheet": (_("Send a sheet"), _("A sheet was sent in")),
    "change_sheet": (_("Change scores"), _("Scores were changed after a discussion")),
    "discuss": (_("Mark as discussed"), _("A disagreement was discussed")),
    "end_reading": (_("End reading"), _("Reading ended; scores are closed")),
    "place_by_hand": (_("Give another place"), _("A place was given by hand")),
    "publish": (_("Publish the protocol"), _("The protocol was published")),
}


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    """Name what the audit log says about committees and their rounds."""
    for name, (label, message) in LOG_ACTIONS.items():
        actions.register_action(f"assessment.{name}", label, message)

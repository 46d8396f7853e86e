"""What the log says of co-authors, amendments and merges."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# Action: what it is called, and what was done.
SHARED_ACTIONS = {
    "invite_coauthor": (_("Invite a co-author"), _("A co-author was invited")),
    "revoke_invitation": (_("Take an invitation back"), _("An invitation was taken back")),
    "join": (_("Become a co-author"), _("A co-author joined")),
    "remove_coauthor": (_("End a co-authorship"), _("A co-author left")),
    "send_amendment": (_("Send an amendment"), _("An amendment was sent in")),
    "publish_amendment": (_("Publish an amendment"), _("An amendment was published")),
    "decline_amendment": (_("Decline an amendment"), _("An amendment was not published")),
    "propose_merge": (_("Propose a merge"), _("A merge was proposed; the authors are asked")),
    "answer_merge": (_("Answer a merge"), _("The author answered to a merge")),
    "prolong_merge": (_("Give more time"), _("There is more time to answer to a merge")),
    "cancel_merge": (_("Call a merge off"), _("A merge was called off")),
}

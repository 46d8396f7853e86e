"""What is done with referrals; split by meaning, imported as `government.actions`."""

from .answering import Part, answer_case, answer_referral
from .cases import CaseMoved, ask_extension, ask_question, forward_case, say_not_ours
from .escalating import escalate_referral
from .exporting import record_export
from .freezing import freeze_dossier
from .handling import (
    add_note,
    assign_referral,
    decide_extension,
    hide_step,
    refer_again,
    reply_to_body,
)
from .links import renew_link, revoke_links, send_link
from .packets import ask_packet, erase_old_packets, remake_packet
from .promoting import draft_referral, promote_proposal

__all__ = [
    "CaseMoved",
    "Part",
    "add_note",
    "answer_case",
    "answer_referral",
    "ask_extension",
    "ask_packet",
    "ask_question",
    "assign_referral",
    "decide_extension",
    "draft_referral",
    "erase_old_packets",
    "escalate_referral",
    "forward_case",
    "freeze_dossier",
    "hide_step",
    "promote_proposal",
    "record_export",
    "refer_again",
    "remake_packet",
    "renew_link",
    "reply_to_body",
    "revoke_links",
    "say_not_ours",
    "send_link",
]

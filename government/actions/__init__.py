"""What is done with referrals; split by meaning, imported as `government.actions`."""

from .answering import answer_referral
from .exporting import record_export
from .promoting import draft_referral, promote_proposal

__all__ = ["answer_referral", "draft_referral", "promote_proposal", "record_export"]

"""Bodies, referrals, dossiers, answers; split by meaning, imported as `government.models`."""

from .answers import Answer
from .bodies import Body
from .commitments import (
    Commitment,
    CommitmentChange,
    CommitmentQuerySet,
    CommitmentReminder,
)
from .dossiers import Dossier
from .observations import Observation
from .referrals import Referral, ReferralQuerySet

__all__ = [
    "Answer",
    "Body",
    "Commitment",
    "CommitmentChange",
    "CommitmentQuerySet",
    "CommitmentReminder",
    "Dossier",
    "Observation",
    "Referral",
    "ReferralQuerySet",
]

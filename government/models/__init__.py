"""Bodies, referrals, dossiers, answers; split by meaning, imported as `government.models`."""

from .answers import Answer, AnswerPart
from .bodies import Body, Department, Official
from .commitments import (
    Commitment,
    CommitmentChange,
    CommitmentQuerySet,
    CommitmentReminder,
)
from .dossiers import Dossier
from .links import CaseLink
from .observations import Observation
from .packets import Packet
from .referrals import Referral, ReferralQuerySet
from .steps import ReferralStep

__all__ = [
    "Answer",
    "AnswerPart",
    "Body",
    "CaseLink",
    "Commitment",
    "CommitmentChange",
    "CommitmentQuerySet",
    "CommitmentReminder",
    "Department",
    "Dossier",
    "Observation",
    "Official",
    "Packet",
    "Referral",
    "ReferralQuerySet",
    "ReferralStep",
]

"""Bodies, referrals, dossiers, answers; split by meaning, imported as `government.models`."""

from .answers import Answer
from .bodies import Body
from .dossiers import Dossier
from .referrals import Referral, ReferralQuerySet

__all__ = ["Answer", "Body", "Dossier", "Referral", "ReferralQuerySet"]

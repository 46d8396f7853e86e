"""Makes merges of proposals, as far along as a test needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proposals.actions.merging import answer_as_author, propose_merge
from proposals.models import Merge
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from proposals.models import Proposal


def propose(count: int = 1, *, call: Any = None, **fields: Any) -> Merge:
    """A merge that authors are asked about: `count` proposals into another of their call."""
    of = {"call": call} if call else {}
    target = fields.pop("target", None) or ProposalFactory(**of, title="Датчики на всём Амуре")
    sources = fields.pop("sources", None) or [ProposalFactory(**of) for _ in range(count)]
    user = fields.pop("user", None) or UserFactory(is_superuser=True)
    values = {"reason": "Об одном и том же.", "days": 14, **fields}
    merge = propose_merge(user=user, target=target, sources=sources, **values)
    return Merge.objects.with_parts().get(pk=merge.pk)


def begin(count: int = 1, **fields: Any) -> Merge:
    """A merge that all authors agreed to, so that supporters are asked."""
    return agree(propose(count, **fields))


def agree(merge: Merge) -> Merge:
    """Let every author who was asked say yes."""
    for part in merge.parts.filter(is_active=True, answer=""):
        answer_as_author(part=part, agrees=True)
    return Merge.objects.with_parts().get(pk=merge.pk)


def only_source(merge: Merge) -> Proposal:
    """The one proposal that is to be merged."""
    (source,) = merge.sources
    return source

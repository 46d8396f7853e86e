"""The Method of Equal Shares for participatory budgets, as Wieliczka and Świecie count. Exact.

Each voter is given an equal share of the budget and pays only for projects on the own ballot.
Bought first is what most voters can pay together (`purses.py`). That leaves money of voters whose
projects are too dear, so every voter is given one more unit of the currency, and another, and all
is counted anew each time, until the outcome would cost more than the budget (`raising.py` skips
what cannot change). The last outcome before that is compared with the greedy one: whoever is to
have the last word here are the voters.

Rule: https://equalshares.net/explanation, completion "add1" (not ending at an exhaustive outcome).
Comparison: Wieliczka's report of 26 April 2023, phase 3,
https://equalshares.net/pdf/zielony-milion-explanation-en.pdf
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voting.purses import grouped, instance, run
from voting.raising import first_step_over

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from voting.purses import Ballots, Id, Instance, Purchase, Purses


@dataclass(frozen=True)
class ProjectFacts:
    """One project's row, all that explains why it was bought or not; money in minor units."""

    cost: int
    votes: int
    place: int | None = None
    """1 for the project bought first; None if it was not bought."""
    price: Fraction | None = None
    """What each supporter paid; who had less gave all that was left."""
    payers: int = 0
    """How many paid the price in full."""
    behind: Fraction = Fraction(0)
    """What the supporters had together, just before it was bought or else in the end."""
    tied: tuple[Id, ...] = ()
    """Projects that stood level with it when it was bought."""

    @property
    def effective_votes(self) -> Fraction | None:
        """How many payers of the full price it would have taken; what was free counts its votes."""
        if self.price is None:
            return None
        return self.cost / self.price if self.price else Fraction(self.votes)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What Equal Shares selects and how it came to it; money in minor units."""

    selected: tuple[Id, ...]
    """In the order they were bought."""
    spent: int
    budget: int
    voters: int
    share: Fraction
    """An equal share of the budget."""
    endowment: Fraction
    """What each voter had been given in the end."""
    steps: int
    """How often every voter got one unit more."""
    steps_jumped: int
    """How many of these steps were settled together with others."""
    next_spent: int | None
    """What one step more would have spent; None if all that got votes is selected."""
    facts: dict[Id, ProjectFacts]


def equal_shares(
    projects: Mapping[Id, int],
    ballots: Ballots,
    budget: int,
    *,
    step_minor: int = 100,
    lots: Sequence[Id] = (),
) -> Outcome:
    """Count by Equal Shares; `projects` say what each costs, all money is in minor units.

    A ballot is a collection of projects; counted ballots may be given as a mapping to numbers of
    voters. Who casts an empty one has a share and spends nothing. `step_minor` is one unit of the
    currency. Among equals comes first: more votes, lower cost, earlier in `lots` or `projects`.
    Raises ValueError for a project that is not there and for money below 0.

    Two of three voters want the bridge. Shares of 30 make 60, and it costs 70:

    >>> ballots = [["bridge", "bench"], ["bridge"], ["bench"]]
    >>> outcome = equal_shares({"bridge": 70, "bench": 20}, ballots, 90, step_minor=1)
    >>> outcome.selected, outcome.spent, str(outcome.share), str(outcome.endowment)
    (('bench', 'bridge'), 90, '30', '40')
    >>> bench, bridge = outcome.facts["bench"], outcome.facts["bridge"]
    >>> str(bench.price), str(bridge.price), bridge.payers, str(bridge.behind)
    ('10', '40', 1, '70')
    """
    given = instance(projects, ballots, budget, step=step_minor, lots=lots)
    last, over, jumped = _steps(given)
    bought, purses = run(given, given.endowment(last))
    return Outcome(
        selected=tuple(purchase.project for purchase in bought),
        spent=_spent(given, bought),
        budget=budget,
        voters=given.voters,
        share=given.endowment(0),
        endowment=given.endowment(last),
        steps=last,
        steps_jumped=jumped,
        next_spent=None if over is None else _spent(given, run(given, given.endowment(over))[0]),
        facts=_facts(projects, given, bought, purses),
    )


def _steps(given: Instance) -> tuple[int, int | None, int]:
    """The last step, the one that would cost too much, and how many steps were jumped."""
    total = sum(given.costs.values())
    if total > given.budget:
        over, spans = first_step_over(given, given.budget)
        return over - 1, over, over + 1 - spans
    # No step costs too much: the last one is the first that buys everything.
    last, spans = first_step_over(given, total - 1)
    return last, None, last + 1 - spans


def _spent(given: Instance, bought: Sequence[Purchase]) -> int:
    return sum(given.costs[purchase.project] for purchase in bought)


def _facts(
    projects: Mapping[Id, int], given: Instance, bought: Sequence[Purchase], purses: Purses
) -> dict[Id, ProjectFacts]:
    facts = {project: ProjectFacts(cost, 0) for project, cost in projects.items()}
    for project, votes in given.votes.items():
        behind = purses.behind(project)
        facts[project] = ProjectFacts(given.costs[project], votes, behind=behind)
    for place, sale in enumerate(bought, start=1):
        row = given.costs[sale.project], given.votes[sale.project], place
        facts[sale.project] = ProjectFacts(*row, sale.price, sale.payers, sale.behind, sale.tied)
    return facts


@dataclass(frozen=True)
class Comparison:
    """How many voters are better off with which of two outcomes."""

    shares: int
    """Voters with more of their projects selected by Equal Shares."""
    greedy: int
    """Voters with more of their projects selected by most votes."""
    equal: int
    without_shares: int
    """Voters none of whose projects Equal Shares selects."""
    without_greedy: int

    @property
    def shares_stand(self) -> bool:
        """Whether the outcome of Equal Shares is final: not more voters prefer the greedy one."""
        return self.greedy <= self.shares


def compare(ballots: Ballots, shares: Collection[Id], greedy: Collection[Id]) -> Comparison:
    """Compare two outcomes as Wieliczka does: a voter prefers that with more of the own projects.

    Costs do not matter here. If more voters prefer the greedy outcome, that one is final.

    >>> compare([["a"], ["a", "b"], ["c"], []], shares=["a"], greedy=["b", "c"])
    Comparison(shares=1, greedy=1, equal=2, without_shares=2, without_greedy=2)
    """
    shares, greedy = set(shares), set(greedy)
    groups = grouped(ballots)
    found = [(len(b & shares), len(b & greedy), voters) for b, voters in groups.items()]
    return Comparison(
        shares=sum(voters for mine, other, voters in found if mine > other),
        greedy=sum(voters for mine, other, voters in found if mine < other),
        equal=sum(voters for mine, other, voters in found if mine == other),
        without_shares=sum(voters for mine, _other, voters in found if not mine),
        without_greedy=sum(voters for _mine, other, voters in found if not other),
    )

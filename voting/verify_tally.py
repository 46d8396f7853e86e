"""Counts ballots by a round's published rules: Python 3.9, exact, independent of the site. CC0."""

import hashlib
from collections import Counter
from fractions import Fraction
from math import lcm


def tally(rules, ballots, seed):
    """Winners in order, votes of each option, ballots and blank ones; seed: hex, draws the lots."""
    method, ballots = rules["method"], list(ballots)
    costs = {option["number"]: option["cost_minor"] for option in rules["options"]}
    if method == "support":  # each vote names the one proposal there is
        costs, ballots = {1: 0}, [[1] for _ in ballots]
    totals = dict.fromkeys(costs, 0)
    for ballot in ballots:
        for place, item in enumerate(ballot):
            vote = (item, method != "ranked" or not place)
            number, points = item if isinstance(item, list) else vote
            totals[number] += points
    # The lowest ticket wins: printf '%s:%s' SEED NUMBER | sha256sum. Without seed: the number.
    tickets = {n: (seed and hashlib.sha256(f"{seed}:{n}".encode()).hexdigest(), n) for n in costs}
    able = [n for n in costs if totals[n] > 0 and totals[n] >= rules["threshold"]]
    if method == "ranked":
        winners = transfer(costs, ballots, rules["seats"], tickets)
    elif method in ("approval", "score", "support"):
        able.sort(key=lambda n: (-totals[n], tickets[n]))
        winners = able[: rules["seats"] or None]
    else:
        able.sort(key=lambda n: (-totals[n], costs[n], tickets[n]))
        buy = greedy if method == "greedy" else equal_shares
        winners = buy(costs, ballots, rules["budget_minor"], rules["step_minor"], able)
        if buy is equal_shares and rules.get("comparison"):
            # If more people are better off with most votes first, that is the result.
            other = greedy(costs, ballots, rules["budget_minor"], 0, able)
            gain = [len(set(other) & set(b)) - len(set(winners) & set(b)) for b in ballots]
            winners = other if sum((n > 0) - (n < 0) for n in gain) > 0 else winners
    found = {"winners": winners, "totals": totals, "ballots": len(ballots)}
    return {**found, "blank": ballots.count([])}


def greedy(costs, ballots, budget, step, order):
    """In this order each option is bought that costs no more than what is left."""
    bought = []
    for number in order:
        if costs[number] <= budget:
            budget -= costs[number]
            bought.append(number)
    return bought


def pass_on(pile, share, hopeful, piles, totals):
    """Give this share of each ballot to its next hopeful option; returns what nobody got."""
    lost = Fraction(0)
    for ranking, worth in pile.items():
        heir = next((number for number in ranking if number in hopeful), None)
        if heir is None:
            lost += worth * share
        else:
            totals[heir] += worth * share
            piles[heir][ranking] += worth * share
    return lost


def transfer(options, ballots, seats, tickets):
    """Single transferable vote, weighted inclusive Gregory, Droop quota; for one: run-off."""
    piles, totals = {n: Counter() for n in options}, dict.fromkeys(options, Fraction(0))
    hopeful, elected, past, exhausted = set(options), [], [], Fraction(0)
    rankings = Counter(tuple(ballot) for ballot in ballots if ballot)
    pass_on(rankings, Fraction(1), hopeful, piles, totals)

    def rank(number):  # votes now, votes before, the lot
        return [-totals[number], *(-then[number] for then in reversed(past))], tickets[number]

    while True:
        counting = sum(rankings.values()) - (int(exhausted) if seats == 1 else 0)
        quota = counting // (seats + 1) + 1
        chosen = sorted((n for n in hopeful if totals[n] >= quota), key=rank)
        hopeful.difference_update(chosen)
        elected += chosen
        past.append(dict(totals))
        if not hopeful or len(elected) >= seats:
            return elected
        if over := [number for number in elected if totals[number] > quota]:
            richest = max(over, key=totals.get)
            surplus, totals[richest] = Fraction(totals[richest] - quota), Fraction(quota)
            share = surplus / (surplus + quota)
            exhausted += pass_on(piles.pop(richest), share, hopeful, piles, totals)
        elif len(hopeful) + len(elected) <= seats:
            return elected + sorted((n for n in hopeful if totals[n] > 0), key=rank)
        else:
            ranked = sorted(hopeful, key=rank)
            out = [n for n in ranked if not totals[n]] or ranked[-1:]
            hopeful.difference_update(out)
            for number in out:
                totals[number] = Fraction(0)
                exhausted += pass_on(piles.pop(number), 1, hopeful, piles, totals)


def equal_shares(costs, ballots, budget, step, order):
    """Each voter gets one step more until the outcome costs too much. order: who wins a tie."""
    groups = list(Counter(frozenset(ballot) for ballot in ballots).items())
    rows = {p: [(row, n) for row, (ballot, n) in enumerate(groups) if p in ballot] for p in order}
    ranks, last = {p: place for place, p in enumerate(order)}, []
    share = Fraction(budget, len(ballots) or 1)
    while len(last) < len(rows):
        bought, share = shares_once(costs, rows, ranks, share), share + step
        if sum(costs[p] for p in bought) > budget:
            break
        last = bought
    return last


def shares_once(costs, rows, ranks, share):
    """What is bought if each voter has `share`. rows: project -> [(row, voters)]. Exact."""
    unit = share.denominator  # money is counted in parts of 1/unit, made smaller when needed
    left = {row: share.numerator for found in rows.values() for row, _ in found}
    votes = {p: sum(n for _, n in rows[p]) for p in rows}
    strength = {p: Fraction(votes[p]) for p in rows if costs[p]}  # effective votes only fall
    bought = [p for p in rows if not costs[p]]
    while True:
        best = (0,)
        for p in sorted(strength, key=lambda p: (-strength[p], ranks[p])):
            if (strength[p], -ranks[p]) < best[:2]:
                break
            missing, payers = costs[p] * unit, votes[p]
            for purse, voters in sorted((left[row], n) for row, n in rows[p]):
                if purse * payers >= missing:
                    strength[p] = Fraction(costs[p] * unit * payers, missing)
                    best = max(best, (strength[p], -ranks[p], p, Fraction(missing, payers * unit)))
                    break
                missing, payers = missing - purse * voters, payers - voters
            else:
                del strength[p]  # its supporters have too little, and never will have more
        if best == (0,):
            return bought
        p, part = best[2:]
        finer = lcm(unit, part.denominator) // unit
        unit, left = unit * finer, {row: purse * finer for row, purse in left.items()}
        left |= {row: max(0, left[row] - int(part * unit)) for row, _ in rows[p]}
        bought.append(p)
        del strength[p]

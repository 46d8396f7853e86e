// Rankings: single transferable vote, weighted inclusive Gregory, Droop quota; for one: run-off.
import { compare, frac, minus, over, plus, times, zero } from "./fraction.js";

export function transfer(options, rows, seats, ticket) {
  const [hopeful, elected, past] = [new Set(options), [], []];
  const totals = new Map(options.map((n) => [n, zero]));
  const piles = new Map(options.map((n) => [n, []]));
  const named = rows.filter(([choice]) => choice.length);
  const votes = named.reduce((sum, [, voters]) => sum + BigInt(voters), 0n);
  let exhausted = zero;

  const passOn = (pile, share) => {
    for (const [choice, worth] of pile) {
      const heir = choice.find((n) => hopeful.has(n));
      const given = times(worth, share);
      if (heir === undefined) exhausted = plus(exhausted, given);
      else {
        totals.set(heir, plus(totals.get(heir), given));
        piles.get(heir).push([choice, given]);
      }
    }
  };
  // Votes now, votes before, the lot; the strongest first.
  const stronger = (a, b) => {
    for (const then of [totals, ...past.toReversed()]) {
      const order = compare(then.get(b), then.get(a));
      if (order) return order;
    }
    return ticket.get(a) - ticket.get(b);
  };
  const strongest = (keep) => [...hopeful].filter(keep).sort(stronger);

  passOn(named.map(([choice, voters]) => [choice, frac(voters)]), frac(1));
  for (;;) {
    const counting = votes - (seats === 1 ? exhausted[0] / exhausted[1] : 0n);
    const quota = frac(counting / BigInt(seats + 1) + 1n);
    const chosen = strongest((n) => compare(totals.get(n), quota) >= 0);
    for (const n of chosen) hopeful.delete(n);
    elected.push(...chosen);
    past.push(new Map(totals));
    if (!hopeful.size || elected.length >= seats) return elected;
    const rich = elected.filter((n) => compare(totals.get(n), quota) > 0);
    if (rich.length) {
      const n = rich.reduce((best, other) => (compare(totals.get(other), totals.get(best)) > 0 ? other : best));
      const share = over(minus(totals.get(n), quota), totals.get(n));
      totals.set(n, quota);
      passOn(piles.get(n).splice(0), share);
    } else if (hopeful.size + elected.length <= seats) {
      return [...elected, ...strongest((n) => totals.get(n)[0] > 0n)];
    } else {
      const last = strongest(() => true);
      const out = totals.get(last.at(-1))[0] ? last.slice(-1) : last.filter((n) => !totals.get(n)[0]);
      for (const n of out) hopeful.delete(n);
      for (const n of out) {
        totals.set(n, zero);
        passOn(piles.get(n).splice(0), frac(1));
      }
    }
  }
}

// Equal Shares: all have the same part of the budget, and get one step more until it is spent.
import { compare, frac, minus, over, plus, times } from "./fraction.js";

const sum = (values) => values.reduce((all, value) => all + value, 0n);

// What is bought with this share. backers: project to [[row, voters], …]; place: who wins a tie.
function buy(costs, backers, share, place) {
  const left = new Map();
  for (const rows of backers.values()) for (const [row] of rows) left.set(row, share);
  const bought = [...backers.keys()].filter((p) => !costs.get(p));
  const strength = new Map(); // effective votes only fall
  for (const [p, rows] of backers) if (costs.get(p)) strength.set(p, frac(sum(rows.map(([, n]) => BigInt(n)))));
  const before = (a, b) => compare(strength.get(b), strength.get(a)) || place.get(a) - place.get(b);
  for (;;) {
    let best = null;
    for (const p of [...strength.keys()].sort(before)) {
      if (best && before(p, best.p) > 0) break;
      const price = priceOf(costs.get(p), backers.get(p), left);
      if (!price) {
        strength.delete(p); // its supporters have too little, and never will have more
        continue;
      }
      strength.set(p, over(frac(costs.get(p)), price));
      if (!best || before(p, best.p) < 0) best = { p, price };
    }
    if (!best) return bought;
    for (const [row] of backers.get(best.p)) {
      const rest = minus(left.get(row), best.price);
      left.set(row, rest[0] > 0n ? rest : frac(0));
    }
    bought.push(best.p);
    strength.delete(best.p);
  }
}

// What each supporter pays; who has less gives all that is left. Null if they cannot pay together.
function priceOf(cost, rows, left) {
  let missing = frac(cost);
  let payers = sum(rows.map(([, n]) => BigInt(n)));
  for (const [row, voters] of [...rows].sort((a, b) => compare(left.get(a[0]), left.get(b[0])))) {
    const purse = left.get(row);
    if (compare(times(purse, frac(payers)), missing) >= 0) return over(missing, frac(payers));
    missing = minus(missing, times(purse, frac(voters)));
    payers -= BigInt(voters);
  }
  return null;
}

export function buyShares(costs, rows, rules, order) {
  const place = new Map(order.map((p, index) => [p, index]));
  const backers = new Map(order.map((p) => [p, rows.flatMap(([choice, n], row) => (choice.includes(p) ? [[row, n]] : []))]));
  const voters = rows.reduce((all, [, n]) => all + n, 0);
  let [last, share] = [[], frac(rules.budget_minor, voters || 1)];
  while (last.length < order.length) {
    const bought = buy(costs, backers, share, place);
    if (bought.reduce((all, p) => all + costs.get(p), 0) > rules.budget_minor) break;
    [last, share] = [bought, plus(share, frac(rules.step_minor))];
  }
  return last;
}

// Counts ballots by a round's published rules. ballots: a Map of choice (JSON) to voters.
import { buyShares } from "./shares.js";
import { frac } from "./fraction.js";
import { hex, sha256, text } from "./sha256.js";
import { transfer } from "./ranked.js";

// Lots: the lowest SHA-256 of "SEED:NUMBER" wins. Without a seed the lower number does.
function tickets(seed, numbers) {
  const drawn = numbers.map((n) => [n, seed ? hex(sha256(text(`${seed}:${n}`))) : ""]);
  const place = drawn.sort((a, b) => (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : a[0] - b[0]));
  return new Map(place.map(([n], index) => [n, index]));
}

function greedy(costs, budget, order) {
  let left = budget;
  return order.filter((n) => {
    const bought = costs.get(n) <= left;
    if (bought) left -= costs.get(n);
    return bought;
  });
}

function prefer(rows, mine, other) {
  const named = (choice, set) => choice.filter((n) => set.includes(n)).length;
  const gain = ([choice, voters]) => Math.sign(named(choice, other) - named(choice, mine)) * voters;
  return rows.reduce((sum, row) => sum + gain(row), 0) > 0 ? other : mine;
}

export function tally(rules, ballots, seed) {
  const support = rules.method === "support";
  const options = support ? [{ number: 1, cost_minor: 0 }] : rules.options;
  const costs = new Map(options.map((option) => [option.number, option.cost_minor]));
  const rows = [...ballots].map(([json, voters]) => [support ? [1] : JSON.parse(json), voters]);
  const totals = new Map([...costs.keys()].map((n) => [n, 0]));
  for (const [choice, voters] of rows) {
    choice.forEach((item, place) => {
      const first = rules.method !== "ranked" || place === 0;
      const [n, points] = Array.isArray(item) ? item : [item, Number(first)];
      totals.set(n, totals.get(n) + points * voters);
    });
  }
  const ticket = tickets(seed, [...costs.keys()]);
  const cost = (n) => (["greedy", "equal_shares"].includes(rules.method) ? costs.get(n) : 0);
  const able = [...costs.keys()].filter((n) => totals.get(n) > 0 && totals.get(n) >= rules.threshold);
  able.sort((a, b) => totals.get(b) - totals.get(a) || cost(a) - cost(b) || ticket.get(a) - ticket.get(b));
  let winners = able.slice(0, rules.seats || undefined);
  if (rules.method === "ranked") winners = transfer([...costs.keys()], rows, rules.seats, ticket);
  if (rules.method === "greedy") winners = greedy(costs, rules.budget_minor, able);
  if (rules.method === "equal_shares") {
    winners = buyShares(costs, rows, rules, able);
    if (rules.comparison) winners = prefer(rows, winners, greedy(costs, rules.budget_minor, able));
  }
  const sum = (some) => some.reduce((all, [, voters]) => all + voters, 0);
  const blank = sum(rows.filter(([choice]) => !choice.length));
  const exact = new Map([...totals].map(([n, total]) => [n, frac(total)]));
  return { winners, totals: exact, ballots: sum(rows), blank };
}

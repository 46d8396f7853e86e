// The stated result beside what was counted: the first difference, and what either says.
import { compare, read } from "./fraction.js";
import { must, Wrong } from "./wrong.js";

function equal(key, counted, said, more) {
  const [a, b] = [counted, said].map((value) => JSON.stringify(value));
  if (a !== b) throw new Wrong(key, { counted, said, ...more }, "differs");
}

function checkLines(totals, lines, rules) {
  const named = new Set(lines.map((line) => line.number));
  must(named.size === lines.length && named.size === totals.size, "lines");
  for (const { number, total } of lines) {
    must(totals.has(number), "lines");
    const counted = totals.get(number);
    if (compare(counted, read(total))) equal("votes", Number(counted[0]), total, { rules, option: number });
  }
}

export function checkResult(found, { tally, waiting = 0, figure = found.ballots + waiting }, rules) {
  equal("supports", found.ballots + waiting, figure);
  equal(rules.method === "support" ? "supports" : "ballots", found.ballots, tally.ballots);
  equal("blank", found.blank, tally.blank);
  checkLines(found.totals, tally.lines, rules);
  equal("winners", found.winners, tally.winners, { rules });
}

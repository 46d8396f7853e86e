// The ballots that stand: each voter's last record that the result has seen, as the rules allow it.
import { checkRules, readRecords } from "./records.js";
import { must } from "./wrong.js";

function note({ voter, gen, kind, leaf }, seen) {
  const [rows, bit] = [seen.get(voter) ?? 0n, 1n << BigInt(gen)];
  const twice = gen < 1 || rows & bit || kind !== (gen % 2 ? 1 : -1);
  must(Number.isInteger(gen) && !twice, "twice", { leaf });
  seen.set(voter, rows | bit);
}

function grouped(standing) {
  const ballots = new Map();
  for (const { kind, choice } of standing) {
    const key = JSON.stringify(choice);
    if (kind === 1) ballots.set(key, (ballots.get(key) ?? 0) + 1);
  }
  return ballots;
}

// ballots: a Map of choice (JSON) to voters; places: the leaf of every record. tick(leaf).
export async function readBallots(file, leaves, about, tick) {
  const [standing, seen, places] = [new Map(), new Map(), []];
  const size = about.result?.tally.size ?? about.size;
  for await (const some of readRecords(file, leaves)) {
    for (const record of some) {
      const { leaf, voter, gen, kind, choice } = record;
      checkRules(record, about);
      note(record, seen);
      if (leaf < size && gen > (standing.get(voter)?.gen ?? 0)) standing.set(voter, { gen, kind, choice });
      places.push(leaf);
    }
    tick(places.at(-1) ?? 0);
  }
  for (const rows of seen.values()) must(!(rows & (rows + 2n)), "missing");
  must(places.length === about.records, "number", { found: places.length, said: about.records });
  return { ballots: grouped(standing.values()), places };
}

export function checkBallot(rules, ballot) {
  if (rules.method === "support") return;
  const scored = rules.method === "score";
  const known = new Set(rules.options.map((option) => option.number));
  // An imported budget may have points too, as many as its city gave.
  const paired = scored || rules.method === "greedy";
  const numbers = ballot.map((item) => (paired && Array.isArray(item) ? item[0] : item));
  const points = scored ? ballot.map((item) => item[1]) : [];
  const fits = points.every((n) => Number.isInteger(n) && n >= 1 && n <= rules.score_max);
  const once = new Set(numbers).size === numbers.length && numbers.length <= (rules.limit || known.size);
  must(fits && once && numbers.every((n) => known.has(n)), "ballot", { ballot: JSON.stringify(ballot) });
}

// What round.json says: the rules by their hash, and the result beside what was counted.
import { compare, read } from "./fraction.js";
import { hex, sha256, text } from "./sha256.js";

// JSON with its keys in order, as the rules were hashed.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`;
}

export const rulesHash = (rules) => hex(sha256(text(canonical(rules))));

export function agrees(found, { tally: stated, figure, waiting = 0 }) {
  const winners = JSON.stringify(found.winners) === JSON.stringify(stated.winners);
  const votes = stated.lines.every((line) => !compare(found.totals.get(line.number), read(line.total)));
  const counts = found.ballots === stated.ballots && found.blank === stated.blank;
  return winners && votes && counts && (figure === undefined || figure === found.ballots + waiting);
}

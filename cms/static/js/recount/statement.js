// What round.json says: the rules by their hash, how the round closed, and what is left out.
import { hex, sha256, text } from "./sha256.js";
import { must } from "./wrong.js";

// JSON with its keys in order, as the rules were hashed.
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`;
}

export function checkRulesHash({ rules, rules_hash: stated, round }) {
  must(hex(sha256(text(canonical(rules)))) === stated && rules.round === round, "rules");
}

// The head that closed the round is a head, and the result was counted no sooner.
export function checkClosing({ closing, closed_at: closed, result, rules }, heads) {
  const head = heads.find(({ size }) => size === closing?.size);
  must(!closing || (head && hex(head.root) === closing.root), "closing");
  if (!result || rules.method === "support") return;
  must(closing || !closed, "unclosed");
  must(!closing || result.tally.size >= closing.size, "early");
}

// page: what the site said while it drew the page. Nothing of that is ever taken back.
export function checkLeftOut({ rules, result, records, voters, closed_at: closed, left_out: said }, page) {
  const [withheld, support] = [said.length > 1, rules.method === "support"];
  must(!withheld || page.withheld, "leftout");
  must((voters ?? 0) >= page.voters, "fewer", { found: voters ?? 0, said: page.voters });
  must(withheld || records || !voters, "unlisted");
  const live = !withheld && voters && !closed;
  const due = page.stated || live || (support && page.withheld !== "hidden");
  must(result || !due, "unstated");
}

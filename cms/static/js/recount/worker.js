// Checks a round's dump and counts it; says how far it is, and at last what came out.
import { checkBallot, readBallots } from "./ballots.js";
import { checkClosing, checkLeftOut } from "./statement.js";
import { checkHead, rootsAt } from "./tree.js";
import { checkOlder, ofKept, openOlder } from "./older.js";
import { checkResult } from "./result.js";
import { fetchLedger } from "./ledger.js";
import { knowsEd25519, readKept } from "./notes.js";
import { reading } from "./wrong.js";
import { tally } from "./count.js";

const say = (phase, done, total) => postMessage({ phase, share: total ? done / total : 1 });

function count({ rules, result, closing }, ballots) {
  say("count", 0, 1);
  for (const json of ballots.keys()) checkBallot(rules, JSON.parse(json));
  const found = tally(rules, ballots, closing?.root);
  checkResult(found, result, rules);
  return { verdict: "same", ballots: found.ballots, winners: found.winners };
}

function ballotsIn({ about, leaves, records }) {
  const tick = (leaf) => say("records", leaf, about.size);
  return reading("records.jsonl.gz", () => readBallots(records, leaves, about, tick));
}

async function checkRoots({ about, heads, leaves }, past, kept) {
  const sizes = [...heads, past?.head, kept].map((head) => head?.size);
  const roots = rootsAt(leaves, sizes, (size) => say("heads", size, about.size));
  for (const head of heads) checkHead(head, roots);
  if (kept) await ofKept(() => checkHead(kept, roots));
  return roots;
}

async function recount({ base, page, older, pasted }) {
  const signed = await knowsEd25519();
  const ledger = await fetchLedger(base, signed, (at, all) => say("leaves", at, all));
  const { about, keys, heads, leaves } = ledger;
  const past = older && (await ofKept(() => openOlder(older, about, keys)));
  const kept = pasted && (await ofKept(() => readKept(pasted, keys)));
  const roots = await checkRoots(ledger, past, kept);
  checkClosing(about, heads);
  checkLeftOut(about, page);
  const { ballots, places } = await ballotsIn(ledger);
  if (past) await ofKept(() => checkOlder(past, about, { leaves, roots, places }));
  const counted = about.result && (about.records || !about.voters);
  const done = { signed, rules: about.rules, older: past?.head.size, kept: kept?.size };
  const figures = { heads: heads.length, leaves: about.size, records: about.records };
  return { ...done, ...figures, ...(counted ? count(about, ballots) : { verdict: "uncounted" }) };
}

onmessage = async ({ data }) => {
  try {
    postMessage(await reading("round.json", () => recount(data)));
  } catch ({ verdict = "unfetched", key, values }) {
    postMessage({ verdict, key, values });
  }
};

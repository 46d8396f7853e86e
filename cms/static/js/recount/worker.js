// Fetches a round's dump, checks it and counts it; says how far it is, and at last what came out.
import { checkHeads, readHead, readKeys } from "./tree.js";
import { agrees, rulesHash } from "./statement.js";
import { hex } from "./sha256.js";
import { readBallots } from "./records.js";
import { tally } from "./count.js";

const say = (phase, done, total) => postMessage({ phase, share: total ? done / total : 1 });

async function get(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new TypeError(`${address}: ${answer.status}`);
  return answer;
}

async function getLeaves(answer, size) {
  const leaves = new Uint8Array(32 * size);
  const reader = answer.body.getReader();
  for (let at = 0; ;) {
    const { done, value } = await reader.read();
    if (done && at !== leaves.length) throw new Error("leaves");
    if (done) return leaves;
    leaves.set(value, at);
    at += value.length;
    say("leaves", at, leaves.length);
  }
}

async function recount(base) {
  const about = await (await get(`${base}round.json`)).json();
  const part = (name) => get(`${base}${name}?size=${about.size}`);
  if (rulesHash(about.rules) !== about.rules_hash) throw new Error("rules");
  const keys = await readKeys(await (await part("keys.txt")).text());
  const notes = await (await part("heads.json")).json();
  const heads = await Promise.all(notes.map((note) => readHead(note, keys)));
  const leaves = await getLeaves(await part("leaves.bin"), about.size);
  checkHeads(leaves, heads, (size) => say("heads", size, about.size));
  const { result, closing, rules, records } = about;
  const seed = closing && hex(heads.find((head) => head.size === closing.size).root);
  const stream = (await part("records.jsonl.gz")).body;
  const ballots = await readBallots(stream, leaves, about, result?.tally.size ?? 0, (leaf) => say("records", leaf, about.size));
  const done = { signed: Boolean(keys), heads: heads.length, leaves: about.size, records, rules };
  if (!result || (about.voters && !records)) return { ...done, verdict: "uncounted" };
  say("count", 0, 1);
  const found = tally(rules, ballots, seed);
  const verdict = heads.at(-1).size === about.size && agrees(found, result) ? "same" : "differs";
  return { ...done, verdict, ballots: found.ballots, winners: found.winners };
}

onmessage = async ({ data }) => {
  try {
    postMessage(await recount(data));
  } catch (wrong) {
    postMessage({ verdict: wrong instanceof TypeError ? "unfetched" : "broken", what: wrong.message });
  }
};

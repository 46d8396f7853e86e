// An older dump of the round: nothing of it was removed or changed in the present one.
import { canonical } from "./statement.js";
import { checkHead } from "./tree.js";
import { must, Wrong } from "./wrong.js";
import { openZip } from "./zip.js";
import { readHead } from "./notes.js";
import { readRecords } from "./records.js";

// What is wrong here is so with what somebody kept; what cannot be read is another file.
export async function ofKept(work) {
  try {
    return await work();
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw new Wrong("nozip", {}, "mistaken");
    throw new Wrong(wrong.key, wrong.values, wrong.verdict === "broken" ? "unlike" : wrong.verdict);
  }
}

export async function openOlder(zip, about, keys) {
  const file = await openZip(zip);
  const json = async (name) => JSON.parse(await (await file(name)).text());
  const then = await json("round.json");
  if (then.round !== about.round) throw new Wrong("stranger", {}, "mistaken");
  const head = await readHead((await json("heads.json")).at(-1), keys);
  return { about: then, head, records: await file("records.jsonl.gz") };
}

// When results were stated, and their tally; sums that would tell of a few have none. Not a count of
// an open round.
function stated({ result, rules }) {
  if (!result?.stated_at || rules.method === "support") return new Map();
  const rows = [result, ...result.earlier];
  return new Map(rows.map(({ stated_at: at, reason, tally }) => [`${at} ${reason}`, tally && canonical(tally)]));
}

function isTold([at, tally], now) {
  return now.has(at) && (!tally || !now.get(at) || now.get(at) === tally);
}

async function checkRecords(file, leaves, places) {
  let count = 0;
  for await (const some of readRecords(file, leaves)) {
    for (const { leaf } of some) {
      const other = places[count++] ?? leaf + 1;
      must(other === leaf, "records", { leaf: Math.min(leaf, other) });
    }
  }
  must(count === places.length, "records", { leaf: places[count] });
}

export async function checkOlder({ about: then, head, records }, about, { leaves, roots, places }) {
  must(then.rules_hash === about.rules_hash, "otherrules");
  checkHead(head, roots);
  must(!then.closing || canonical(then.closing) === canonical(about.closing), "otherclosing");
  const now = stated(about);
  must([...stated(then)].every((result) => isTold(result, now)), "otherresult");
  if (then.records) await checkRecords(records, leaves, places.filter((leaf) => leaf < head.size));
}

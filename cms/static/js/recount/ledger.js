// Fetches the files of a dump, all of one size of the ledger, and reads them.
import { must, reading } from "./wrong.js";
import { checkOrder } from "./tree.js";
import { checkRulesHash } from "./statement.js";
import { download } from "./download.js";
import { readHead, readKeys } from "./notes.js";

const json = async (blob) => JSON.parse(await blob.text());
const headsIn = async (blob, keys) => Promise.all((await json(blob)).map((note) => readHead(note, keys)));

// tick(share of the leaves)
export async function fetchLedger(base, signed, tick) {
  let query = "";
  const part = (name, read, seen) => reading(name, async () => read(await download(base + name + query, seen)));
  const about = await part("round.json", json);
  checkRulesHash(about);
  query = `?size=${about.size}`;
  const length = 32 * about.size;
  const keys = await part("keys.txt", async (blob) => readKeys(await blob.text(), signed));
  const heads = await part("heads.json", (blob) => headsIn(blob, keys));
  checkOrder(heads, about.size);
  const leaves = await part("leaves.bin", (blob) => blob.arrayBuffer(), (at) => tick(at, length));
  must(leaves.byteLength === length, "leaves");
  const records = await part("records.jsonl.gz", (blob) => blob);
  return { about, keys, heads, leaves: new Uint8Array(leaves), records };
}

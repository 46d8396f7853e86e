// The round's records, a line of JSON each: every one is a leaf, and nobody has two votes.
import { same, sha256, text } from "./sha256.js";

async function* lines(stream) {
  let rest = "";
  const words = stream.pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream());
  const reader = words.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const found = (rest + value).split("\n");
    rest = found.pop();
    yield* found;
  }
  if (rest) throw new Error("the last record has no end");
}

const padded = (line) => {
  const raw = text(line);
  const whole = new Uint8Array(raw.length + 1);
  whole.set(raw, 1);
  return whole;
};

// The ballots that stand when the ledger has `size` leaves: a Map of choice (JSON) to voters.
export async function readBallots(stream, leaves, about, size, tick) {
  const standing = new Map();
  const seen = new Map();
  let count = 0;
  let before = -1;
  for await (const line of lines(stream)) {
    const record = JSON.parse(line);
    const { leaf, voter, gen, kind } = record;
    const raw = line.replace(`"leaf":${leaf},`, "");
    const fits = leaf > before && same(sha256(padded(raw)), leaves.subarray(32 * leaf, 32 * leaf + 32));
    if (!fits || record.rules !== about.rules_hash) throw new Error(`record ${leaf}`);
    const rows = seen.get(voter) ?? 0n;
    const bit = 1n << BigInt(gen);
    if (gen < 1 || rows & bit || kind !== (gen % 2 ? 1 : -1)) throw new Error(`voter ${voter}`);
    seen.set(voter, rows | bit);
    if (leaf < size && gen > (standing.get(voter)?.gen ?? 0)) standing.set(voter, { gen, kind, choice: record.choice });
    before = leaf;
    count += 1;
    if (count % 2048 === 0) tick(leaf);
  }
  if (count !== about.records) throw new Error("records");
  for (const rows of seen.values()) if (rows & (rows + 2n)) throw new Error("a record is missing");
  const ballots = new Map();
  for (const { kind, choice } of standing.values()) {
    const key = JSON.stringify(choice);
    if (kind === 1) ballots.set(key, (ballots.get(key) ?? 0) + 1);
  }
  return ballots;
}

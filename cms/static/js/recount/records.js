// The round's records, a line of JSON each: every one is a leaf, and nobody has two votes.
import { same, sha256, text } from "./sha256.js";
import { must } from "./wrong.js";

const REASONS = { 1: ["cast", "release", "restore"], "-1": ["withdraw", "change", "hold", "annul", "erase"] };
const VOTERS_OWN = ["cast", "change", "withdraw"];

async function* lines(file) {
  let rest = "";
  const words = file.stream().pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream());
  const reader = words.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const found = (rest + value).split("\n");
    rest = found.pop();
    yield found;
  }
  if (rest) throw new Error("the last record has no end");
}

// Many at a time.
export async function* readRecords(file, leaves) {
  let before = -1;
  const read = (line) => {
    const { leaf, ...record } = JSON.parse(line);
    const raw = text(`\0${line.replace(`"leaf":${leaf},`, "")}`);
    must(leaf > before && same(sha256(raw), leaves.subarray(32 * leaf, 32 * leaf + 32)), "record", { leaf });
    before = leaf;
    return { leaf, ...record };
  };
  for await (const some of lines(file)) yield some.map(read);
}

export function checkRules({ leaf, rules, gen, kind, reason, level }, about) {
  const fits = gen > 1 ? REASONS[kind]?.includes(reason) : reason === "cast";
  must(rules === about.rules_hash && fits, "reason", { leaf });
  must(reason !== "cast" || level >= about.rules.level, "level", { leaf });
  must(!about.closing || leaf < about.closing.size || !VOTERS_OWN.includes(reason), "late", { leaf });
}

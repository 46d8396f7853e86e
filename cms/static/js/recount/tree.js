// The tree of hashes (RFC 6962) over the leaves of the ledger, and the heads that name its roots.
import { same, sha256, text } from "./sha256.js";
import { must } from "./wrong.js";

const joined = Uint8Array.of(1, ...new Uint8Array(64));
function node(left, right) {
  joined.set(left, 1);
  joined.set(right, 33);
  return sha256(joined);
}

// peaks: roots of whole subtrees, the largest first.
const rootOf = (peaks) => peaks.slice(0, -1).reduceRight((root, peak) => node(peak, root), peaks.at(-1));

// The root at each of these sizes, in one pass: a Map. tick(size) now and then.
export function rootsAt(leaves, sizes, tick) {
  const [roots, wanted, peaks] = [new Map(), new Set(sizes), []];
  for (let size = 0; 32 * size <= leaves.length; size++) {
    if (wanted.has(size)) roots.set(size, size ? rootOf(peaks) : sha256(text("")));
    if (size % 4096 === 0) tick(size);
    peaks.push(leaves.subarray(32 * size, 32 * size + 32));
    for (let n = size; n & 1; n >>= 1) peaks.push(node(...peaks.splice(-2)));
  }
  return roots;
}

export function checkOrder(heads, size) {
  const rising = heads.every((head, i) => !i || head.size > heads[i - 1].size);
  must(rising && heads.at(-1)?.size === size, "heads");
}

// Throws unless the ledger reaches to this head, and its root is that of the leaves before it.
export function checkHead({ size, root }, roots) {
  must(roots.has(size), "shrunk", { size });
  must(same(root, roots.get(size)), "head", { size });
}

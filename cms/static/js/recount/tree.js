// The heads of the ledger: signed notes (C2SP) over a tree of hashes (RFC 6962).
import { same, sha256, text } from "./sha256.js";

function bytes(base64) {
  const raw = atob(base64);
  if (btoa(raw) !== base64) throw new Error("spare bits are set"); // a change nobody would see
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

// name+id+key, a line each; null where this browser knows no Ed25519.
export async function readKeys(lines) {
  const keys = new Map();
  for (const line of lines.trim().split("\n")) {
    const [name, id, ...rest] = line.split("+");
    const raw = bytes(rest.join("+"));
    try {
      keys.set(name + id, await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]));
    } catch {
      return null;
    }
  }
  return keys;
}

export async function readHead(note, keys) {
  const cut = note.lastIndexOf("\n\n— ");
  const [name, signature] = note.slice(cut + 4, -1).split(" ");
  const raw = bytes(signature);
  const id = Array.from(raw.slice(0, 4), (b) => b.toString(16).padStart(2, "0")).join("");
  const body = note.slice(0, cut + 1);
  if (keys) {
    const key = keys.get(name + id);
    const signed = key && await crypto.subtle.verify("Ed25519", key, raw.slice(4), text(body));
    if (!signed) throw new Error("signature");
  }
  const [, size, root] = body.split("\n");
  return { size: Number(size), root: bytes(root) };
}

const joined = Uint8Array.of(1, ...new Uint8Array(64));
function node(left, right) {
  joined.set(left, 1);
  joined.set(right, 33);
  return sha256(joined);
}

// Throws unless each head's root is that of the leaves before it. tick(size) now and then.
export function checkHeads(leaves, heads, tick) {
  const peaks = []; // roots of whole subtrees, the largest first
  const wanted = new Map(heads.map((head) => [head.size, head.root]));
  for (let size = 0; 32 * size <= leaves.length; size++) {
    if (wanted.has(size)) {
      const root = peaks.length ? peaks.slice(0, -1).reduceRight((r, peak) => node(peak, r), peaks.at(-1)) : sha256(text(""));
      if (!same(root, wanted.get(size))) throw new Error(`head ${size}`);
    }
    if (size % 4096 === 0) tick(size);
    peaks.push(leaves.subarray(32 * size, 32 * size + 32));
    for (let n = size; n & 1; n >>= 1) peaks.push(node(...peaks.splice(-2)));
  }
}

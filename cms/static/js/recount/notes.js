// Signed notes (C2SP): the keys of keys.txt, and heads that one of them has signed.
import { hex, sha256, text } from "./sha256.js";
import { must, Wrong } from "./wrong.js";

const KEY = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/;
const HEAD = /^([^\n]+\n(0|[1-9]\d*)\n([^\n]+)\n)\n— (\S+) (\S+)\n$/;
// Any browser that knows Ed25519 takes this point: its base.
const POINT = Uint8Array.of(0x58, ...new Uint8Array(31).fill(0x66));

function bytes(base64, key) {
  const raw = atob(base64);
  must(btoa(raw) === base64, key); // spare bits are set: a change nobody would see
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

const imported = (raw) => crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);

export async function knowsEd25519() {
  try {
    return Boolean(await imported(POINT));
  } catch {
    return false;
  }
}

// name+id+key, a line each; where this browser cannot check signatures each is null.
export async function readKeys(lines, known) {
  const keys = new Map();
  for (const line of lines.replace(/\n$/, "").split("\n")) {
    const [, name, id, encoded] = KEY.exec(line) ?? [];
    must(name, "key");
    const raw = bytes(encoded, "key");
    const digest = hex(sha256(Uint8Array.of(...text(`${name}\n`), ...raw)));
    must(raw.length === 33 && raw[0] === 1 && digest.startsWith(id), "key");
    keys.set(name + id, known ? await imported(raw.slice(1)) : null);
  }
  return keys;
}

export async function readHead(note, keys) {
  const [, body, size, root, name, signature] = HEAD.exec(note) ?? [];
  must(body, "signature");
  const raw = bytes(signature, "signature");
  const id = name + hex(raw.slice(0, 4));
  must(raw.length === 68 && keys.has(id), "signature");
  const key = keys.get(id);
  must(!key || (await crypto.subtle.verify("Ed25519", key, raw.slice(4), text(body))), "signature");
  return { size: Number(size), root: bytes(root, "signature") };
}

// A head that somebody kept and pasted: its last line break may be lost.
export async function readKept(pasted, keys) {
  const note = `${pasted.trim().replaceAll("\r", "")}\n`;
  if (!HEAD.test(note)) throw new Wrong("nohead", {}, "mistaken");
  return readHead(note, keys);
}

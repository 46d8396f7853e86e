// Reads a zip by its directory (PKWARE's APPNOTE 4.3): stored and deflated files, below 4 GiB.
const [END, ENTRY] = [0x06054b50, 0x02014b50];

const view = async (blob, from, to) => new DataView(await blob.slice(from, to).arrayBuffer());

// The end record is the last thing but a comment; without one the view ends, and that throws.
async function directory(blob) {
  const tail = await view(blob, Math.max(0, blob.size - 65_557));
  let at = tail.byteLength - 22;
  while (tail.getUint32(at, true) !== END) at--;
  const [size, from] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  return view(blob, from, from + size);
}

function entryAt(rows, at) {
  if (rows.getUint32(at, true) !== ENTRY) throw new Error("no entry of a zip");
  const [name, extra, comment] = [28, 30, 32].map((place) => rows.getUint16(at + place, true));
  const path = new TextDecoder().decode(rows.buffer.slice(at + 46, at + 46 + name));
  const file = { method: rows.getUint16(at + 10, true), size: rows.getUint32(at + 20, true), from: rows.getUint32(at + 42, true) };
  return { name: path.split("/").at(-1), file, next: at + 46 + name + extra + comment };
}

async function unpack(blob, { method, size, from }) {
  const local = await view(blob, from, from + 30);
  const start = from + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const raw = blob.slice(start, start + size);
  if (method === 0) return raw;
  if (method !== 8) throw new Error("another way to pack");
  return new Response(raw.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
}

// A function that gives the file of a name, in whatever folder, as a Blob.
export async function openZip(blob) {
  const [files, rows] = [new Map(), await directory(blob)];
  for (let at = 0; at < rows.byteLength;) {
    const { name, file, next } = entryAt(rows, at);
    files.set(name, file);
    at = next;
  }
  return (name) => unpack(blob, files.get(name));
}

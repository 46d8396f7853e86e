// Fetches files whole. What fails here, and nothing else, may say that they could not be fetched.
import { Unfetched } from "./wrong.js";

async function chunks(address, tick) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  const [found, reader] = [[], answer.body.getReader()];
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return found;
    found.push(value);
    size += value.length;
    tick(size);
  }
}

// The file as a Blob; tick(bytes so far).
export async function download(address, tick = () => {}) {
  try {
    return new Blob(await chunks(address, tick));
  } catch {
    throw new Unfetched(address);
  }
}

// What ends a recount early: something is not as it has to be, or the files do not come.
export class Unfetched extends Error {}

// key: of its words on the page; values: what stands in them; verdict: who has to look at it.
export class Wrong extends Error {
  constructor(key, values = {}, verdict = "broken") {
    super(key);
    Object.assign(this, { key, values, verdict });
  }
}

export function must(fits, key, values) {
  if (!fits) throw new Wrong(key, values);
}

// Whatever nobody foresaw while this file is read is a fault of the file.
export async function reading(file, work) {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof Wrong || fault instanceof Unfetched) throw fault;
    throw new Wrong("unreadable", { file });
  }
}

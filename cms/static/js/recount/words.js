// What came out, in the server's words: data-same, data-differs, …; of a fault those in [data-wrong].
const language = document.documentElement.lang;
const number = new Intl.NumberFormat(language);

function title(rules, n) {
  const words = rules.options.find((option) => option.number === n)?.title ?? {};
  return words[language] || words.ru || Object.values(words)[0] || n;
}

function said(value, { rules, none }) {
  if (Array.isArray(value)) return value.map((n) => title(rules, n)).join(", ") || none;
  return typeof value === "number" ? number.format(value) : value;
}

function fill(words, values, more) {
  return words.replace(/{(\w+)}/g, (_, name) => said(values[name], more) ?? "");
}

function wrong(box, { key, values = {} }) {
  const words = box.querySelector("[data-wrong]").dataset[key] ?? "";
  const option = values.option && [values.option]; // by its name
  return fill(words, { ...values, option }, { rules: values.rules, none: box.dataset.none });
}

const TONES = { same: "success", differs: "error", broken: "error", unlike: "error" };
export const tone = ({ verdict }) => `notice notice-${TONES[verdict] ?? "warning"}`;

// One text: the verdict, then what was compared, then what this browser could not do.
export function sentences(box, done) {
  const { verdict, rules, older, kept, signed } = done;
  const kind = verdict === "same" && rules.method === "support" ? "sameSupport" : verdict;
  const more = { rules, none: box.dataset.none };
  const parts = [fill(box.dataset[kind], { ...done, what: wrong(box, done) }, more)];
  if (older !== undefined) parts.push(fill(box.dataset.continues, { older }, more));
  if (kept !== undefined) parts.push(fill(box.dataset.holds, { kept }, more));
  if (signed === false) parts.push(box.dataset.unsigned);
  return parts.join(" ");
}

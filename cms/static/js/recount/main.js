// <div data-recount="…/dump/round.json">: the button, the bar, and what came out, in words.
// All words are the server's: data-phase-…, data-same, data-differs, data-broken, …
const box = document.querySelector("[data-recount]");
const start = box.querySelector("button");
const bar = box.querySelector("progress");
const status = box.querySelector("[role=status]");
const language = document.documentElement.lang;
const number = new Intl.NumberFormat(language);

const fill = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name] ?? "");

function names({ rules, winners = [] }) {
  const title = (n) => rules.options.find((option) => option.number === n)?.title ?? {};
  const said = (words) => words[language] || words.ru || Object.values(words)[0];
  return winners.map((n) => said(title(n)) ?? n).join(", ") || box.dataset.none;
}

function show(done) {
  const { verdict } = done;
  const bad = verdict === "differs" || verdict === "broken";
  const kind = verdict === "same" && done.rules.method === "support" ? "sameSupport" : verdict;
  const values = { what: done.what };
  for (const name of ["heads", "leaves", "records", "ballots"]) values[name] = number.format(done[name] ?? 0);
  if (done.rules) values.winners = names(done);
  status.textContent = fill(box.dataset[kind], values);
  if (done.signed === false) status.textContent += ` ${box.dataset.unsigned}`;
  status.className = `notice ${bad ? "notice-error" : verdict === "same" ? "notice-success" : "notice-warning"}`;
  bar.hidden = true;
  start.disabled = false;
}

let phase = "";
function advance(message) {
  bar.value = message.share;
  // Said once a phase: a screen reader would read every step of the bar.
  if (message.phase === phase) return;
  phase = message.phase;
  status.textContent = box.dataset[`phase${phase[0].toUpperCase()}${phase.slice(1)}`];
}

start.hidden = false;
status.textContent = ""; // Until now it told those without JavaScript what to do.
start.addEventListener("click", () => {
  start.disabled = true;
  bar.hidden = false;
  status.className = "";
  phase = "";
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  const finish = (done) => {
    show(done);
    worker.terminate();
  };
  worker.onmessage = ({ data }) => (data.verdict ? finish(data) : advance(data));
  worker.onerror = (event) => finish({ verdict: "unfetched", what: event.message });
  worker.postMessage(new URL(".", new URL(box.dataset.recount, location.href)).href);
});

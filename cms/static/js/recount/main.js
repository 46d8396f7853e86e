// <div data-recount="…/dump/round.json">: the button, the bar, and what came out, in words.js.
// All words are the server's. data-withheld, -stated, -voters: what it said while it drew the page.
import { sentences, tone } from "./words.js";

const box = document.querySelector("[data-recount]");
const start = box.querySelector("button");
const bar = box.querySelector("progress");
const status = box.querySelector("[role=status]");
const compared = box.querySelector("details");
let [phase, worker] = ["", null];

function stop() {
  worker?.terminate();
  bar.hidden = true;
  start.disabled = false;
}

function show(done) {
  stop();
  status.textContent = sentences(box, done);
  status.className = tone(done);
  if (document.activeElement === document.body) start.focus(); // disabled, it had lost that
}

function advance(message) {
  bar.value = message.share;
  // Said once a phase: a screen reader would read every step of the bar.
  if (message.phase === phase) return;
  phase = message.phase;
  status.textContent = box.dataset[`phase${phase[0].toUpperCase()}${phase.slice(1)}`];
}

function task() {
  const { recount, withheld, stated, voters } = box.dataset;
  const base = new URL(".", new URL(recount, location.href)).href;
  const older = compared.querySelector("input").files[0];
  const pasted = compared.querySelector("textarea").value.trim();
  return { base, page: { withheld, stated, voters: Number(voters) }, older, pasted };
}

function work() {
  worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => (data.verdict ? show(data) : advance(data));
  worker.onerror = () => show({ verdict: "unfetched" });
  worker.postMessage(task());
}

// What was said so far is not about what is to be compared now.
compared.addEventListener("input", () => {
  stop();
  status.textContent = status.className = "";
});
start.hidden = compared.hidden = false;
status.textContent = ""; // Until now it told those without JavaScript what to do.
start.addEventListener("click", () => {
  start.disabled = true;
  bar.hidden = false;
  status.className = phase = "";
  work();
});

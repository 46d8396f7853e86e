// On every page: says aloud what htmx changed, says what failed, closes the menu with Escape.
const live = document.getElementById("live");

function say(text) {
  live.textContent = "";
  // A region that gets the same words twice stays silent unless it was empty in between.
  setTimeout(() => { live.textContent = text; }, 50);
}

// [data-announce] inside what came in is read once, as in “46 proposals”.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const root = detail.target.isConnected ? detail.target : document;
  const news = root.querySelector("[data-announce]");
  if (news) say(news.dataset.announce || news.textContent.trim());
});

// “Show 20 more” carries data-focus-new; the focus goes to the first new title.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const row = detail.elt.closest("[data-focus-new]");
  if (!row) return;
  const before = row.previousElementSibling;
  document.addEventListener("htmx:afterSettle", () => {
    before?.nextElementSibling?.querySelector("a, button")?.focus();
  }, { once: true });
});

// Nothing is swapped on failure; the words stand beside what was pressed, and the way out with them.
function fail({ detail }) {
  const place = detail.elt.closest("form") ?? detail.elt;
  const words = place.querySelector(":scope > .field-error") ?? document.createElement("p");
  words.className = "field-error";
  words.textContent = detail.xhr?.status === 429 ? live.dataset.busy : live.dataset.failed;
  place.append(words);
  say(words.textContent);
}
document.addEventListener("htmx:responseError", fail);
document.addEventListener("htmx:sendError", fail);

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// <a data-back="/ru/proposals/">: leads back to the very list the reader came from, filters and all.
const link = document.querySelector("[data-back]");
const from = document.referrer && new URL(document.referrer);
if (link && from && from.origin === location.origin && from.pathname === link.dataset.back) {
  link.href = from.pathname + from.search;
}

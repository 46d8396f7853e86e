// <form data-autosave="URL">: posts the form after a pause and prints “Saved at 12:04”.
// Files are left out: they go with the form itself. The words are the server's, in data-….
const PAUSE = 1500;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  let waiting;
  let saved = snapshot(form);

  const save = async (options = {}) => {
    clearTimeout(waiting);
    const now = snapshot(form);
    if (now === saved) return;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, headers: { "X-Autosave": "1" }, redirect: "error", ...options,
      });
      if (!answer.ok) throw answer;
      saved = now;
      // The site's clock, as on the rest of the page; the reader's own may be in another zone.
      const time = new Date().toLocaleTimeString(document.documentElement.lang, {
        timeStyle: "short", timeZone: status.dataset.zone,
      });
      status.textContent = status.dataset.saved.replace("{time}", time);
    } catch ({ status: code }) {
      // 403 and 409: the page is older than a sign-in, or than what it was drawn from. No network helps.
      status.textContent = [403, 409].includes(code) ? status.dataset.stale : status.dataset.failed;
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    saved = snapshot(form); // What is being sent must not come once more as a draft.
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save({ keepalive: true });
  });
}

function snapshot(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
}

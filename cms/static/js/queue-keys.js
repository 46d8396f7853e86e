// Keys of the moderators' queue, for whoever turned them on in their account: each presses what
// stands on the page. By the key's place, so that they are the same on a Russian keyboard.
const typing = (target) => target.closest("input, textarea, select, dialog, [contenteditable]");
const help = document.querySelector("dialog[data-keys]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    help?.showModal();
    return;
  }
  const target = event.shiftKey ? null : document.querySelector(`[data-key="${event.code}"]`);
  if (!target) return;
  event.preventDefault();
  // Without its reason a return or a rejection would only be sent back.
  const asked = target.dataset.asks && document.querySelector(target.dataset.asks);
  if (asked && !asked.value) asked.focus();
  else target.click();
});

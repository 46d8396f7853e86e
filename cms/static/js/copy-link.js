// <button data-copy="URL" hidden>: copies the link and says so for two seconds.
// <button data-share="URL" data-title="…" hidden>: the device's own share sheet where there is one.
// Both stay hidden without script, because nothing would answer.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // Browsers keep it from pages without https.
  const label = button.querySelector("span");
  const words = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = words; }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    // Closing the sheet rejects the promise; that is no failure.
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}

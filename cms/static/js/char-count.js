// Shows how many characters are left once more than half are used. The limit itself is the server's.
for (const line of document.querySelectorAll("[data-char-count]")) {
  const field = document.getElementById(line.dataset.charCount);
  const limit = Number(line.dataset.limit);
  let spoken;

  const show = () => {
    // The server counts line breaks as two characters.
    const used = field.value.replace(/\r?\n/g, "\r\n").length;
    const left = limit - used;
    line.hidden = used < limit / 2;
    line.classList.toggle("hot", left < 0);
    const words = (left < 0 ? line.dataset.over : line.dataset.left).replace("{n}", Math.abs(left));
    line.firstElementChild.textContent = words;
    clearTimeout(spoken);
    // Said after a pause; a number at every key would drown what is being typed.
    spoken = setTimeout(() => { line.lastElementChild.textContent = line.hidden ? "" : words; }, 1500);
  };

  field.addEventListener("input", show);
  show();
}

// <form data-ballot>: says how much is chosen. Where the ballot is full, an option ticked beyond it
// says so and offers a swap; nothing is disabled. Words and limits are the server's, in data-….
for (const form of document.querySelectorAll("form[data-ballot]")) {
  const { limit, budget, unit } = form.dataset;
  const kept = document.querySelector("[data-kept]");
  const output = form.querySelector("output");
  const over = form.querySelector("template[data-over]");
  const boxes = [...form.querySelectorAll("[name=option]")];
  const row = (box) => box.closest("[data-number]");
  const cost = (box) => Number(row(box).dataset.cost);
  const chosen = () => boxes.filter((box) => box.checked);
  const sum = () => chosen().reduce((total, box) => total + cost(box), 0);
  const money = (minor) => (minor / unit).toLocaleString(document.documentElement.lang);

  // An option counts with a tick, or with a place or points above 0.
  const isMarked = (field) => Number(field.value) > 0 && (field.type === "number" || field.checked);

  function show() {
    const count = [...form.querySelectorAll("[data-number] input")].filter(isMarked).length;
    output.textContent = output.dataset.count.replace("{n}", count)
      .replace("{sum}", money(sum())).replace("{left}", money(budget - sum()));
  }

  const tooMuch = () => (limit && chosen().length > limit && over.dataset.over)
    || (budget && sum() > budget && over.dataset.dear);

  function offer(box, words) {
    box.checked = false;
    const swap = over.content.firstElementChild.cloneNode(true);
    const select = swap.querySelector("select");
    swap.querySelector("p span").textContent = words;
    for (const other of chosen()) {
      if (budget && sum() - cost(other) + cost(box) > budget) continue;
      select.add(new Option(row(other).querySelector(".option-title span").textContent, other.value));
    }
    // None alone makes room: then only the words stand.
    if (!select.length) for (const part of [...swap.children].slice(1)) part.remove();
    swap.querySelector("button")?.addEventListener("click", () => {
      boxes.find((other) => other.value === select.value).checked = false;
      box.checked = true;
      swap.remove();
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    row(box).append(swap);
    swap.scrollIntoView({ block: "nearest" }); // It would open behind the bar on a phone.
  }

  // What the notice on top says is kept is not what would be cast once something changes.
  form.addEventListener("input", () => { show(); kept?.style.setProperty("visibility", "hidden"); });
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "option") return;
    form.querySelector(".swap")?.remove();
    const words = target.checked && tooMuch();
    if (words) offer(target, words);
    show();
  });
  show();
}

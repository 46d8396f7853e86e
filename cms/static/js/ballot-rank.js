// On a ranked ballot: buttons that move an option up and down. The fields with places stay the truth;
// what has a place stands on top in that order, the rest below as it was drawn.
const form = document.querySelector("form[data-ballot=ranked]");
const moves = form?.querySelector("template[data-moves]");
const rows = form ? [...form.querySelectorAll("[data-number]")] : [];
const field = (row) => row.querySelector("input");
const title = (row) => row.querySelector(".option-title span").textContent;
const place = (row) => Number(field(row).value) || Infinity;
const ranked = () => rows.filter((row) => place(row) < Infinity).sort((a, b) => place(a) - place(b));

function move(row, step) {
  const order = ranked();
  const from = order.indexOf(row);
  if (from < 0 && step > 0) return;
  if (from < 0 && form.dataset.limit && order.length >= form.dataset.limit) return refuse(row);
  if (from >= 0) order.splice(from, 1);
  // Down from the last place takes it off.
  if (from < 0 || from + step <= order.length) order.splice(from < 0 ? order.length : Math.max(from + step, 0), 0, row);
  for (const each of rows) field(each).value = order.includes(each) ? order.indexOf(each) + 1 : "";
  field(row).dispatchEvent(new Event("input", { bubbles: true }));
  const words = order.includes(row) ? moves.dataset.moves : moves.dataset.off;
  document.getElementById("live").textContent = words.replace("{title}", title(row)).replace("{place}", field(row).value);
  sort();
}

function refuse(row) {
  const over = form.querySelector("template[data-over]");
  const words = over.content.querySelector("p").cloneNode(true);
  words.querySelector("span").textContent = over.dataset.over;
  form.querySelector(".options > li > [role=alert]")?.remove();
  row.append(words);
}

function sort() {
  const order = ranked();
  const rest = rows.filter((row) => !order.includes(row));
  rows[0]?.parentElement.append(...order, ...rest);
}

for (const row of rows) {
  const buttons = moves.content.firstElementChild.cloneNode(true);
  for (const button of buttons.children) {
    button.lastElementChild.append(title(row));
    button.addEventListener("click", () => {
      form.querySelector(".options > li > [role=alert]")?.remove();
      move(row, Number(button.dataset.move));
      button.focus(); // It moved with its row.
    });
  }
  row.querySelector(".option-head").append(buttons);
}
sort();

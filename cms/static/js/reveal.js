// Passwords are typed once, so they can be read: a box under each field of form[data-reveal].
for (const form of document.querySelectorAll("form[data-reveal]")) {
  for (const field of form.querySelectorAll("input[type=password]")) {
    const box = document.createElement("input");
    const label = document.createElement("label");
    box.type = "checkbox";
    label.className = "choice";
    label.append(box, form.dataset.reveal);
    field.after(label);
    box.addEventListener("change", () => { field.type = box.checked ? "text" : "password"; });
    // Browsers offer to keep a password only from a field that hides it.
    form.addEventListener("submit", () => { field.type = "password"; });
  }
}

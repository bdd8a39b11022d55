// Pages about people: dialogs that come from the server, and lists of fields that grow.
"use strict";

// A fragment that is a <dialog> opens by itself, and is gone again once closed.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target.querySelector("dialog[data-asks]");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});

// <button data-adds="id">: one more empty field like the last one of that list.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-adds]");
  if (!button) return;
  const list = document.getElementById(button.dataset.adds);
  const copy = list.lastElementChild.cloneNode(true);
  copy.querySelectorAll("input, select").forEach((field) => {
    field.value = "";
    field.removeAttribute("id");
    field.classList.remove("is-invalid");
  });
  list.append(copy);
  copy.querySelector("input, select").focus();
});
document.querySelectorAll("[data-adds]").forEach((button) => { button.hidden = false; });

// A form of ticked fields: whoever types into a field means it.
document.addEventListener("input", (event) => {
  const row = event.target.closest("form[data-ticks] .people-set");
  const box = row && row.querySelector("input[name=set]");
  if (box && event.target !== box) box.checked = true;
});

// Pages about phones: questions that come as dialogs, and what a scanner types.
"use strict";

// A fragment that is a <dialog> opens by itself, and is gone again once closed.
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target?.querySelector("dialog[data-asks]"); // what comes by server-sent events has none
  if (!dialog || dialog.open) return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});

// <a data-dismisses>: a link back that, in a dialog, only closes it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("dialog [data-dismisses]");
  if (!link) return;
  event.preventDefault();
  link.closest("dialog").close();
});

// How many lines a field has: <output data-lines-of="id">. A scanner ends each MAC with Enter.
document.addEventListener("input", (event) => {
  const place = event.target.id && document.querySelector(`[data-lines-of="${event.target.id}"]`);
  if (!place) return;
  const lines = event.target.value.split("\n").filter((line) => line.trim()).length;
  place.textContent = lines === 1 ? "1 phone" : `${lines} phones`;
});

// A scanner's Enter goes on to the next field instead of sending a form that is half filled in.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-scanned]");
  if (!field || event.key !== "Enter") return;
  event.preventDefault();
  const fields = Array.from(field.form.querySelectorAll("input:not([type=hidden]), select, textarea, button"));
  fields[fields.indexOf(field) + 1]?.focus();
});

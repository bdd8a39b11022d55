// Rules: dragged into another order; which is active stays true; destinations are found while one types.
"use strict";

// <ol data-orders="id of a form"> with <li data-key draggable>.

document.querySelectorAll("[data-orders]").forEach((list) => {
  const form = document.getElementById(list.dataset.orders);
  const keys = () => Array.from(list.querySelectorAll("[data-key]"), (one) => one.dataset.key).join(",");
  let dragged = null, before = "";
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-key]");
    if (!dragged) return;
    before = keys();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.key);
    dragged.classList.add("rule-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-key]");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("rule-dragged");
    dragged = null;
    if (keys() === before) return;
    form.elements.order.value = keys();
    form.requestSubmit();
  });
});

// Which rule is active, looked at again now and then; not while one is dragged, or a button of the list has the focus.
const rules = document.getElementById("rules-live");
if (rules) {
  setInterval(() => {
    if (!document.hidden && !rules.querySelector(".rule-dragged") && !rules.contains(document.activeElement)) htmx.trigger(rules, "look");
  }, 15000);
}

// A destination: what was picked from the list says its kind; an extension or a number is seen for what it is; a kind
// that is not set any more leaves nothing behind.
const words = (select) => Array.from(select.options).filter((one) => one.value).map((one) => [one.value, one.text.toLowerCase() + " "]);
document.addEventListener("input", (event) => {
  const row = event.target.closest(".place-row");
  if (!row) return;
  const select = row.querySelector("select"), field = row.querySelector("input");
  if (event.target === select) {
    if (!select.value) field.value = "";
    return;
  }
  const said = field.value.toLowerCase();
  const named = words(select).find(([, start]) => said.startsWith(start) && /\d/.test(said));
  if (named) {
    select.value = named[0];
    field.value = field.value.slice(named[1].length);
  }
});
document.addEventListener("change", (event) => {
  const row = event.target.closest(".place-row");
  const select = row?.querySelector("select"), said = row?.querySelector("input").value.trim();
  if (!row || select.value || !said) return;
  const guess = /^\d{2,6}( \D.*)?$/.test(said) ? "user" : /^\d+[a-z]+$/.test(said) ? "device" : /^[+(]?[\d ().-]{7,}$/.test(said) ? "external" : "";
  if (guess && words(select).some(([kind]) => kind === guess)) select.value = guess;
});

// One more empty row: <button data-adds-row="selector of the rows">.
document.querySelectorAll("[data-adds-row]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const rows = document.querySelectorAll(button.dataset.addsRow);
    const last = rows[rows.length - 1], at = rows.length;
    const made = last.cloneNode(true);
    const next = (text) => text.replaceAll(`others.${at - 1}.`, `others.${at}.`).replaceAll(`others-${at - 1}`, `others-${at}`).replaceAll(`Phone ${at}`, `Phone ${at + 1}`);
    made.querySelectorAll("*").forEach((one) => {
      for (const { name, value } of Array.from(one.attributes)) one.setAttribute(name, next(value));
      if (one.type === "checkbox") one.checked = false;
      else if (one.type === "number") one.value = "0";
      else if (one.matches("input, select")) one.value = "";
      if (one.tagName === "LEGEND") one.textContent = next(one.textContent);
    });
    last.after(made);
    if (at + 1 >= 20) button.hidden = true;
    made.querySelector("select").focus();
  });
});

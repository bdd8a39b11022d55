// What HTML cannot do by itself: the search palette, dialogs, copying, saying things to screen readers.
"use strict";

const say = (text) => {
  const place = document.getElementById("say");
  if (place) place.textContent = text;
};
window.say = say;

// Dialogs: <button data-opens="id">, and inside it <button data-closes>; links do it too, and lead to the same without
// this. Escape closes them by itself. One that is open in the page as it came is put over it.
document.querySelectorAll("dialog[data-over][open]").forEach((dialog) => { dialog.close(); dialog.showModal(); });
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (opener.href) event.preventDefault();
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    if (closer.href) event.preventDefault();
    closer.closest("dialog").close();
  }
  if (event.target.nodeName === "DIALOG") event.target.close(); // the dark around it
});

// A menu that somebody opened stays open when what is around it is fetched anew.
if (window.Idiomorph) {
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.matches("details.menu"));
}

// One open menu at a time, closed by a click elsewhere or Escape.
const closeMenus = (but) => document.querySelectorAll("details.menu[open]").forEach((menu) => { if (menu !== but) menu.open = false; });
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  }
});

// The palette: Ctrl-K or /, arrows choose, Enter goes.
const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("[type=search]");
  const options = () => Array.from(palette.querySelectorAll("[role=option]"));
  const choose = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", one === option ? "true" : "false"));
    if (option) { field.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      if (!palette.open) palette.showModal();
      field.select();
      if (!options().length) htmx.trigger(field, "search");
    }
  });
  palette.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(all[(at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && all.length) {
      event.preventDefault();
      window.location.href = all[Math.max(at, 0)].href;
    }
  });
  palette.addEventListener("htmx:afterSwap", () => choose(options()[0]));
}

// Copying: <button data-copies="text">, or data-copies-from="id of an element".
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies], [data-copies-from]");
  if (!button) return;
  const source = button.dataset.copiesFrom && document.getElementById(button.dataset.copiesFrom);
  const text = source ? source.innerText : button.dataset.copies;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // plain HTTP has no clipboard
    area.value = text;
    (button.closest("dialog") || document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.classList.add("copied");
  say("Copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

// A list's "select all" box: <input type="checkbox" data-selects="name">; [data-count="name"] tells how many are chosen.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-selects]");
  if (all) document.querySelectorAll(`input[name="${all.dataset.selects}"]`).forEach((box) => { box.checked = all.checked; });
  document.querySelectorAll("[data-count]").forEach((place) => {
    const chosen = document.querySelectorAll(`input[name="${place.dataset.count}"]:checked`).length;
    place.textContent = chosen;
    const bar = place.closest("[data-shown-with-count]");
    if (bar) bar.hidden = chosen === 0;
  });
  const form = event.target.closest("form[data-sends-on-change]");
  if (form) form.requestSubmit();
});

// Business hours: Monday's ranges for the other workdays.
document.querySelectorAll("[data-copies-day]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const form = button.closest("form");
    for (const day of ["tue", "wed", "thu", "fri"]) form.elements[`days.${day}`].value = form.elements["days.mon"].value;
    say("Monday is copied to Tuesday, Wednesday, Thursday and Friday.");
  });
});

// Signed out in the midst of something: the page stays, with everything typed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 401) {
    event.detail.shouldSwap = false;
    document.getElementById("signed-out")?.showModal();
  }
});
document.addEventListener("htmx:sendError", () => say("The server cannot be reached."));

// A page with changes that are not saved asks before it is left: <form data-guards>.
let unsaved = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guards]")) unsaved = true; });
document.addEventListener("submit", () => { unsaved = false; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

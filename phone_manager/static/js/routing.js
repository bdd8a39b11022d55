// Rules are dragged into another order: <ol data-orders="id of a form"> with <li data-key draggable>.
"use strict";

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

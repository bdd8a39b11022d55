// Keys that are dragged: by their number on the picture, by their grip in the list; and lines of files that show their key.
"use strict";
(() => {
  const shared = window.keysEditor;
  const { editor, keyAt, positionOf, place, move } = shared;

  // Dragging the number of a key on the picture.
  let drag = null;
  const end = () => {
    document.querySelectorAll(".is-aim").forEach((one) => one.classList.remove("is-aim"));
    drag?.ghost?.remove();
    drag = null;
    shared.dragging = false;
  };
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".pmd")) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    shared.dropped = false;
    const key = event.target.closest?.("#editor .pmd a[data-position]");
    if (key && !event.button && editor().dataset.edits) drag = { key, x: event.clientX, y: event.clientY, pointer: event.pointerType };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 8)) return;
    if (!drag.ghost) {
      drag.ghost = Object.assign(document.createElement("div"), { className: "keys-ghost", textContent: drag.key.dataset.position });
      document.body.append(drag.ghost);
      shared.dragging = true;
    }
    // Positions follow the pointer; the content policy allows the object model, not style attributes.
    drag.ghost.style.left = `${event.clientX + 10}px`;
    drag.ghost.style.top = `${event.clientY + 10}px`;
    const aim = document.elementFromPoint(event.clientX, event.clientY)?.closest("#editor a[data-position]");
    document.querySelectorAll(".is-aim").forEach((one) => one.classList.remove("is-aim"));
    drag.aim = aim && aim !== drag.key ? aim : null;
    drag.aim?.classList.add("is-aim");
  });
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    if (drag.ghost) { shared.dropped = true; setTimeout(() => { shared.dropped = false; }, 50); }
    if (drag.aim) move(drag.key.dataset.position, drag.aim.dataset.position);
    end();
  });
  document.addEventListener("pointercancel", end);

  // The list: rows are dragged by their grip.
  const sortable = () => {
    const body = editor()?.querySelector(".pmd-list tbody");
    if (!body || !editor().dataset.edits || !window.Sortable) return;
    body.querySelectorAll("th").forEach((head) => {
      if (head.querySelector(".keys-grip")) return;
      const grip = Object.assign(document.createElement("span"), { className: "keys-grip", textContent: "⠿" });
      grip.setAttribute("aria-hidden", "true");
      head.prepend(grip);
    });
    Sortable.get(body)?.destroy();
    Sortable.create(body, {
      handle: ".keys-grip", animation: 0,
      onEnd: (event) => {
        if (event.oldIndex === event.newIndex) return;
        const rows = Array.from(body.rows, (row) => positionOf(row.querySelector("a").href));
        const sorted = rows.slice().sort((a, b) => place(a) - place(b));
        move(sorted[event.oldIndex], sorted[event.newIndex]);
      },
    });
  };

  // Hovering a changed line shows its key, and the reverse.
  document.addEventListener("mouseover", (event) => {
    const line = event.target.closest?.("[data-cause]");
    document.querySelectorAll(".is-aim, .is-caused").forEach((one) => { if (!drag) one.classList.remove("is-aim", "is-caused"); });
    if (line) line.dataset.cause.split(" ").forEach((name) => { if (name.startsWith("keys.")) keyAt(name.slice(5))?.classList.add("is-aim"); });
    const key = event.target.closest?.("#editor a[data-position]");
    if (key && !drag) document.querySelectorAll("[data-cause]").forEach((one) => one.classList.toggle("is-caused", one.dataset.cause.split(" ").includes(`keys.${key.dataset.position}`)));
  });

  document.addEventListener("keys-ready", sortable);
  sortable();
})();

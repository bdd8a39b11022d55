// The key editor: what links and forms cannot do. Choosing a key without a new page, arrows from key to key, moving by
// keyboard, dialogs, printing. All of it sends what the forms of the page send. Dragging is in keys-drag.js.
"use strict";
(() => {
  // The picture is put in as a whole: the morph would make HTML elements of SVG ones that have ids in them.
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (!fresh.classList?.contains("keys-picture")) return true;
    old.className = fresh.className;
    old.replaceChildren(...fresh.childNodes);
    return false;
  };
  const editor = () => document.getElementById("editor");
  const keysOf = (place) => Array.from(place.querySelectorAll("a[data-position]")).filter((key) => key.getClientRects().length);
  const drawn = () => keysOf(editor());
  const keyAt = (position) => drawn().find((key) => key.dataset.position === position);
  const positionOf = (address) => (new URL(address, location.href).pathname.match(/\/keys\/([\w.]+)$/) || [])[1] || "";

  // One key is in the tab order; the arrows lead to the others.
  const rove = (chosen) => {
    const all = drawn();
    const first = chosen || all.find((key) => key.hasAttribute("aria-current")) || all[0];
    all.forEach((key) => key.setAttribute("tabindex", key === first ? "0" : "-1"));
  };
  const mark = (position) => {
    editor().querySelectorAll("a[data-position]").forEach((key) => {
      const chosen = key.dataset.position === position;
      key.classList.toggle("is-selected", chosen);
      if (chosen) key.setAttribute("aria-current", "true"); else key.removeAttribute("aria-current");
    });
    editor().querySelectorAll(".pmd-list tbody tr").forEach((row) => {
      const chosen = positionOf(row.querySelector("a").href) === position;
      if (chosen) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    });
  };

  let asked = 0;
  const open = async (address, focus) => {
    const ask = ++asked;
    const position = positionOf(address);
    mark(position);
    editor().setAttribute("hx-get", address);
    await htmx.ajax("GET", address, { target: "#key-panel", swap: "innerHTML" });
    if (ask !== asked) return;
    document.querySelectorAll("#editor input[name=at]").forEach((field) => { field.value = position; });
    document.getElementById("key-panel").setAttribute("aria-label", position ? `Key ${position}` : "Draft");
    if (!position) { rove(); return; }
    rove(keyAt(position));
    const panel = document.getElementById("key-panel");
    if (focus) (panel.querySelector("#key-kind") || panel.querySelector("#key-panel-title") || panel).focus({ preventScroll: false });
    if (panel.getBoundingClientRect().top > innerHeight - 120) panel.scrollIntoView({ block: "start" });
  };
  const close = () => {
    const link = document.getElementById("key-panel-close");
    if (!link) return;
    const position = positionOf(document.querySelector("#key-form, #key-do")?.action || location.href) || positionOf(location.href);
    open(link.href, false).then(() => { const key = keyAt(position); if (key) { rove(key); key.focus(); } });
  };
  const dialog = (address) => htmx.ajax("GET", address, { target: "#dialog-place", swap: "innerHTML" });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) { window.print(); return; }
    const link = event.target.closest("#editor a, #dialog-place a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const address = link.href.baseVal ?? link.href;
    if (link.hasAttribute("data-dialog")) { event.preventDefault(); link.closest("details.menu")?.removeAttribute("open"); dialog(address); }
    else if (link.dataset.panel === "close") { event.preventDefault(); close(); }
    else if (link.closest(".pmd, .pmd-list") || link.hasAttribute("data-panel")) {
      event.preventDefault();
      if (window.keysEditor.dropped) { window.keysEditor.dropped = false; return; }
      open(address, true);
    }
  });

  const move = (from, to) => { follow = to; return htmx.ajax("POST", editor().dataset.keys + location.search, {
    target: "#editor", swap: "morph:outerHTML", values: { do: "order", move: from, to },
  }); };

  // Arrows: the nearest key in that direction, a step aside counting double.
  const nearest = (from, name) => {
    const box = (key) => { const r = key.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
    const [x, y] = box(from);
    const across = name === "ArrowLeft" || name === "ArrowRight";
    const sign = name === "ArrowRight" || name === "ArrowDown" ? 1 : -1;
    let best = null, least = Infinity;
    for (const key of drawn()) {
      const [kx, ky] = box(key);
      const along = sign * (across ? kx - x : ky - y), aside = Math.abs(across ? ky - y : kx - x);
      if (key === from || along < 4) continue;
      const far = along + 2 * aside;
      if (far < least) { least = far; best = key; }
    }
    return best;
  };
  document.addEventListener("keydown", (event) => {
    const key = event.target.closest?.("#editor a[data-position]");
    if (key && event.key.startsWith("Arrow")) {
      event.preventDefault();
      if (!event.altKey) { const next = nearest(key, event.key); if (next) { rove(next); next.focus(); } return; }
      if (!editor().dataset.edits) return;
      const order = Array.from(new Set(Array.from(editor().querySelectorAll("a[data-position]"), (one) => one.dataset.position)));
      order.sort((a, b) => place(a) - place(b));
      const step = event.key === "ArrowUp" || event.key === "ArrowLeft" ? -1 : 1;
      const to = order[order.indexOf(key.dataset.position) + step];
      if (to) move(key.dataset.position, to);
      return;
    }
    const open = document.querySelector("dialog[open], details.menu[open]");
    if (event.key === "Escape" && !open && document.getElementById("key-panel-close")) close();
    if (event.key === "z" && (event.ctrlKey || event.metaKey) && !event.target.closest("input, textarea")) {
      event.preventDefault();
      document.querySelector("#keys-undo:not(:disabled)")?.click();
    }
  });
  const place = (position) => { const [module, number] = position.startsWith("m") ? position.slice(1).split(".") : [0, position]; return module * 1000 + Number(number); };

  // After an edit: say it, keep the focus where the person is.
  let follow = "";
  const told = (event) => {
    if (event.detail.say) window.say(event.detail.say);
    ready();
  };
  // What was changed in the form after it was sent stays over the answer, and goes with the next one.
  const fields = () => Array.from(document.querySelectorAll("#key-form select[id], #key-form input[id]:not([type=checkbox])"));
  let sent = null, kept = [];
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "key-form") sent = new Map(fields().map((field) => [field.id, field.value]));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "editor") return;
    kept.forEach(([id, value]) => { const field = document.getElementById(id); if (field) field.value = value; });
    kept = [];
    sent = null;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "editor" && sent) {
      kept = fields().filter((field) => sent.has(field.id) && sent.get(field.id) !== field.value).map((field) => [field.id, field.value]);
    }
    // Whoever types on while an answer is under way loses no letter to it.
    Idiomorph.defaults.ignoreActiveValue = Boolean(document.activeElement?.matches("input:not([type=checkbox]), textarea"));
    const key = event.detail.target?.id === "editor" && document.activeElement?.closest?.("#editor a[data-position]");
    if (key && !follow) follow = key.dataset.position;
  });
  document.addEventListener("keys-edited", told);
  document.addEventListener("keys-stale", (event) => { if (event.detail.say) window.say(event.detail.say); });

  // Lamps that changed: the picture anew, unless somebody is just dragging on it.
  document.addEventListener("htmx:sseMessage", (event) => {
    const now = event.detail.type === "lamps" && document.querySelector("#keys-lamps [data-lamps]");
    if (now && !window.keysEditor.dragging && now.dataset.lamps !== editor().dataset.lamps) htmx.trigger(document.body, "keys-lamps");
  });

  // A dialog that comes from the server opens by itself, and is gone once closed.
  document.addEventListener("htmx:afterSwap", (event) => {
    const made = document.querySelector("#dialog-place dialog[data-asks]");
    if (!made || made.open) return;
    made.showModal();
    made.addEventListener("close", () => made.remove(), { once: true });
  });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "editor") ready(); });
  window.addEventListener("popstate", () => location.reload());

  const ready = () => {
    document.querySelectorAll("[data-prints]").forEach((button) => { button.hidden = false; });
    const key = follow ? keyAt(follow) : document.activeElement?.closest?.("#editor a[data-position]");
    rove(key);
    if (follow && key) key.focus();
    follow = "";
    document.dispatchEvent(new Event("keys-ready"));
  };
  // For keys-drag.js. `dropped`: the click that ends a drag is none.
  window.keysEditor = { editor, keyAt, positionOf, place, move, dragging: false, dropped: false };
  if (editor()) {
    ready();
    const panel = document.getElementById("key-panel");
    if (document.getElementById("key-panel-close") && panel.getBoundingClientRect().top > innerHeight) panel.scrollIntoView();
  }
})();

// One phone. The timeline: arrow keys and clicks go from tick to tick; what one says stands below it and is read out.
"use strict";

let chosenTick = 0; // stays while the picture is refreshed

const timelineOf = (node) => node.closest("#tl");
const ticksOf = (line) => Array.from(line.querySelectorAll("[data-tick]"));

function chooseTick(line, number) {
  const ticks = ticksOf(line);
  if (!ticks.length) return;
  chosenTick = Math.min(Math.max(number, 1), ticks.length);
  const tick = ticks[chosenTick - 1];
  ticks.forEach((one) => one.classList.toggle("is-chosen", one === tick));
  line.setAttribute("aria-valuenow", chosenTick);
  line.setAttribute("aria-valuetext", tick.dataset.words);
  const said = document.getElementById("tl-said");
  if (said) said.textContent = tick.dataset.words;
}

document.addEventListener("keydown", (event) => {
  const line = event.target.nodeType === 1 && timelineOf(event.target);
  if (!line) return;
  const most = ticksOf(line).length;
  const now = Number(line.getAttribute("aria-valuenow")) || most;
  const to = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 1, End: most }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  chooseTick(line, to);
});

document.addEventListener("click", (event) => {
  const tick = event.target.closest("[data-tick]");
  if (tick) chooseTick(timelineOf(tick), Number(tick.dataset.tick));
});

// What the reader has folded out stays so while the page is refreshed.
const folds = new Map();
document.addEventListener("click", (event) => {
  const fold = event.target.closest("summary")?.parentElement;
  if (fold?.id) folds.set(fold.id, !fold.open);
});

document.addEventListener("htmx:afterSettle", () => {
  folds.forEach((open, id) => {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  });
  const line = document.getElementById("tl");
  if (line && chosenTick) chooseTick(line, chosenTick);
});

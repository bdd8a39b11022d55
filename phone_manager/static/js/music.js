// Music on hold: dialogs over the page instead of in it, and the seconds of the slider told as it moves.
"use strict";

const over = (dialog) => {
  if (dialog.open) dialog.close();
  dialog.showModal();
};
document.querySelectorAll("dialog.music-add[open]").forEach(over); // opened by its address, or sent back with an error
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-music-opens]");
  const closer = event.target.closest("[data-music-closes]");
  if (!opener && !closer) return;
  event.preventDefault();
  if (opener) over(document.getElementById(opener.dataset.musicOpens));
  else closer.closest("dialog").close();
});
document.addEventListener("input", (event) => {
  const told = document.querySelector(`output[for="${event.target.id}"]`);
  if (told) told.value = event.target.value;
});
// A track is dragged by its grip only: what is in it is for pressing and sliding.
document.addEventListener("pointerdown", (event) => {
  const one = event.target.closest(".track[data-key]");
  if (one) one.draggable = Boolean(event.target.closest(".track-grip"));
});
// One sound at a time.
document.addEventListener("play", (event) => {
  document.querySelectorAll("audio").forEach((one) => { if (one !== event.target) one.pause(); });
}, true);

// Home: the clocks of calls tick. What the server writes stays for those without scripts.
"use strict";

const live = document.getElementById("live");
const skew = live ? Number(live.dataset.now) - Date.now() / 1000 : 0;

const length = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
};

const tick = () => {
  const now = Date.now() / 1000 + skew;
  document.querySelectorAll("time[data-since]").forEach((clock) => {
    const said = length(now - Number(clock.dataset.since));
    if (clock.textContent !== said) clock.textContent = said;
  });
};
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);
tick();

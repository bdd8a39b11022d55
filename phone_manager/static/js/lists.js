// Long lists of choices: <input data-filters="id of the list"> leaves those whose words have what is typed.
"use strict";

document.querySelectorAll("[data-filters]").forEach((field) => {
  const list = document.getElementById(field.dataset.filters);
  field.closest("[hidden]")?.removeAttribute("hidden");
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  field.addEventListener("input", (event) => {
    event.stopPropagation(); // what is looked for is nothing to be saved
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    list.querySelectorAll("[data-filtered]").forEach((one) => {
      const fits = words.every((word) => one.textContent.toLowerCase().includes(word));
      one.hidden = !fits;
      left += fits ? 1 : 0;
    });
    window.say(`${left} left`);
  });
});

// Small behaviours of pages: open menus close, a dropped file is sent, a queue is walked by keys.
"use strict";

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.dropdown[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.dropdown[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

// On a narrow screen the menu is wider than the page: where one is stays in sight.
const current = document.querySelector(".menu a[aria-current]");
if (current) {
  const menu = current.parentElement;
  menu.scrollLeft = current.offsetLeft - (menu.clientWidth - current.clientWidth) / 2;
}

// A form of files: dropped ones are taken like chosen ones, and sent at once.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const over = (on) => form.classList.toggle("over", on);
  form.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
  form.addEventListener("dragleave", () => over(false));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  input.addEventListener("change", () => { if (input.files.length) form.requestSubmit(); });
  form.addEventListener("submit", () => {
    const told = form.querySelector("[data-progress]");
    if (told) told.hidden = false;
  });
}

// A form whose work takes a while: it says so, and is not sent twice.
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    form.querySelector("[data-progress]").hidden = false;
    form.querySelector("button").disabled = true;
  });
}

// Pages of control accounts: whatever opens something is walked by keys. The mark is the focus
// itself, so that Enter, a mouse, touch and a screen reader all do the same.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  const links = (row) => [...row.querySelectorAll("a[data-open]")];
  let column = 0;

  const rowOf = (target) => target && target.closest && target.closest("[data-row]");

  const select = (row, quietly = false) => {
    if (!row) return;
    const all = links(row);
    const link = all[Math.min(column, all.length - 1)];
    if (!link) return;
    link.focus({ preventScroll: true });
    if (!quietly) row.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = rows();
    const at = all.indexOf(rowOf(document.activeElement));
    if (at < 0) { select(step > 0 ? all[0] : all[all.length - 1]); return; }
    select(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
  };

  const aside = (step, otherwise) => {
    const row = rowOf(document.activeElement);
    const all = row ? links(row) : [];
    if (all.length > 1) {
      column = Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1);
      select(row);
    } else {
      follow(otherwise);
    }
  };

  const follow = (which) => {
    const link = document.querySelector(which);
    if (link) link.click();
  };

  // On a page whose rows are judged: the one that is marked is right, or what is wrong is said.
  const judge = (which, act) => {
    const row = rowOf(document.activeElement);
    const found = row && row.querySelector(which);
    if (found) act(found);
  };

  const keys = {
    j: () => move(1), ArrowDown: () => move(1),
    k: () => move(-1), ArrowUp: () => move(-1),
    h: () => aside(-1, "[data-before]"), ArrowLeft: () => aside(-1, "[data-before]"),
    l: () => aside(1, "[data-after]"), ArrowRight: () => aside(1, "[data-after]"),
    b: () => follow("[data-back]"),
    r: () => judge("[data-right]", (button) => button.click()),
    w: () => judge("[data-wrong]", (field) => field.focus()),
    "?": () => { const told = document.querySelector("[data-keys]"); if (told) told.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, textarea, select") || document.querySelector("dialog[open]")) return;
    const doing = keys[event.key];
    if (!doing || (event.key.startsWith("Arrow") && event.target.closest("[tabindex], summary"))) return;
    event.preventDefault();
    doing();
  });

  const asked = document.querySelector("[data-show-keys]");
  if (asked) asked.addEventListener("click", () => document.querySelector("[data-keys]").showModal());

  // Where one comes back to, else where the page begins; what else an address names is left alone.
  const name = decodeURIComponent(location.hash.slice(1));
  const named = name ? document.getElementById(name) : null;
  const begin = () => {
    if (!name) select(document.querySelector("[data-start]"), true);
    else if (rowOf(named)) select(rowOf(named));
    else if (name === "items") select(named.querySelector("[data-row]"), true);
  };
  // A browser that goes to a named place takes the focus away: it is set once that is done.
  if (name) addEventListener("load", () => setTimeout(begin));
  else begin();
})();

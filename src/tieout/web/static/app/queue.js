// The queue: groups walked and decided by keys. The pages' own forms do the work; a key presses
// their buttons, so that everything also works by mouse, by touch and for a screen reader.
"use strict";

(() => {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  const detail = document.querySelector("div[data-detail]"); // rows name theirs by the same word
  const told = document.querySelector("[data-told]");
  const rows = () => [...queue.querySelectorAll("[data-group]")];
  const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;
  let at = null;
  let lastUndo = null;

  const say = (text) => { told.textContent = text; };

  const select = (row, focus = true) => {
    if (!row) return;
    for (const each of rows()) {
      each.setAttribute("aria-selected", String(each === row));
      each.tabIndex = each === row ? 0 : -1;
    }
    at = row;
    if (focus) row.focus({ preventScroll: false });
    row.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = rows();
    const next = all[Math.min(Math.max(all.indexOf(at) + step, 0), all.length - 1)];
    select(next);
    if (detail.dataset.open && next) open(next);
  };

  const open = async (row) => {
    const answer = await fetch(row.dataset.detail, { headers: { "HX-Request": "true" } });
    detail.innerHTML = await answer.text();
    detail.dataset.open = row.dataset.group;
  };

  const send = async (address, body = {}) => {
    const data = new URLSearchParams(body);
    return fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": csrf, "HX-Request": "true" },
      body: data,
    });
  };

  // The row as it is after the act, in its place; nothing when the act was refused.
  const act = async (row, address) => {
    const answer = await send(address);
    const text = await answer.text();
    if (!answer.ok) {
      detail.innerHTML = text;
      say(detail.textContent.trim());
      return null;
    }
    const holder = document.createElement("tbody");
    holder.innerHTML = text;
    const made = holder.querySelector("[data-group]");
    row.replaceWith(made);
    say(made.dataset.said);
    count();
    return made;
  };

  const decide = async (row, address) => {
    const after = rows()[rows().indexOf(row) + 1] || rows()[rows().indexOf(row) - 1];
    const made = await act(row, address);
    if (!made) return;
    lastUndo = made;
    select(after && after.isConnected ? after : made);
    if (detail.dataset.open && after && after.isConnected) open(after);
  };

  const undo = async (row) => {
    if (!row || !row.dataset.undo) { say("Nothing to undo here."); return; }
    const made = await act(row, row.dataset.undo);
    if (!made) return;
    lastUndo = null;
    select(made);
  };

  // Ticked rows: count and total are shown before anything is confirmed, and sent along, so that a
  // stale page is refused.
  const bulk = document.querySelector("[data-bulk]");
  const count = () => {
    if (!bulk) return;
    const ticked = rows().filter((row) => row.querySelector("[data-tick]:checked"));
    const total = ticked.reduce((sum, row) => sum + BigInt(row.dataset.minor), 0n);
    bulk.hidden = ticked.length === 0;
    bulk.querySelector("[data-count]").textContent = String(ticked.length);
    bulk.querySelector("[data-total]").textContent = money(total);
    bulk.querySelector("[name=expected_count]").value = String(ticked.length);
    bulk.querySelector("[name=expected_total_minor]").value = String(total);
    bulk.querySelector("[name=group_ids]").value = ticked.map((row) => row.dataset.group).join(" ");
  };
  const money = (minor) => {
    const places = Number(queue.dataset.exponent);
    const sign = minor < 0n ? "−" : "";
    const digits = String(minor < 0n ? -minor : minor).padStart(places + 1, "0");
    const whole = digits.slice(0, digits.length - places);
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    const part = places ? `.${digits.slice(-places)}` : "";
    return `${sign}${grouped}${part} ${queue.dataset.currency}`;
  };

  queue.addEventListener("change", (event) => { if (event.target.matches("[data-tick]")) count(); });
  const all = document.querySelector("[data-tick-all]");
  if (all) all.addEventListener("change", () => {
    for (const each of queue.querySelectorAll("[data-tick]")) each.checked = all.checked;
    count();
  });

  queue.addEventListener("click", (event) => {
    const row = event.target.closest("[data-group]");
    if (!row) return;
    const button = event.target.closest("button[data-do]");
    if (button) {
      event.preventDefault();
      if (button.dataset.do === "undo") undo(row);
      else decide(row, row.dataset[button.dataset.do]);
    } else if (!event.target.closest("input, a")) {
      select(row);
      open(row);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") { event.target.blur(); select(at || rows()[0]); }
      return;
    }
    const keys = {
      j: () => move(1), ArrowDown: () => move(1),
      k: () => move(-1), ArrowUp: () => move(-1),
      Enter: () => at && open(at),
      a: () => at && at.dataset.confirm && decide(at, at.dataset.confirm),
      r: () => at && at.dataset.reject && decide(at, at.dataset.reject),
      u: () => undo(at && at.dataset.undo ? at : lastUndo),
      x: () => {
        const tick = at && at.querySelector("[data-tick]");
        if (tick) { tick.checked = !tick.checked; count(); }
      },
      "/": () => document.querySelector("[data-search]").focus(),
      "?": () => document.querySelector("[data-keys]").showModal(),
    };
    const doing = keys[event.key];
    if (!doing || (event.key === "Enter" && event.target.closest("a, button"))) return;
    event.preventDefault();
    doing();
  });

  const asked = document.querySelector("[data-show-keys]");
  if (asked) asked.addEventListener("click", () => document.querySelector("[data-keys]").showModal());
  if (rows().length) select(rows()[0], false);
  count();
})();

// Single keys at the queue and at a case: each presses a link that stands on the page.
// None acts while somebody types, with a modifier, or while a list of ours is open.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  const list = document.getElementById("keys");
  const show = document.getElementById("keys-show");
  let at = -1;

  const current = () => rows[at] || null;
  const place = (step) => {
    if (!rows.length) return;
    const inside = rows.findIndex((row) => row.contains(document.activeElement));
    at = Math.min(Math.max((inside < 0 ? at : inside) + step, 0), rows.length - 1);
    const link = current().querySelector("a");
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };
  const here = () => {
    const inside = rows.findIndex((row) => row.contains(document.activeElement));
    if (inside >= 0) at = inside;
    return rows.length ? current() : document.querySelector("main");
  };
  const press = (ending) => {
    const link = here()?.querySelector(ending ? `a[href$="${ending}"]` : "a");
    if (link) link.click();
  };
  const acts = {
    j: () => place(1),
    k: () => place(-1),
    o: () => rows.length && press(""),
    x: () => rows.length && here()?.querySelector("input[type=checkbox]")?.click(),
    e: () => press("/contact"),
    a: () => press("/acknowledge"),
    s: () => press("/snooze"),
    n: () => document.querySelector('main a[href="/cases/new"]')?.click(),
    "/": () => document.getElementById("q")?.focus(),
    "?": () => list?.showModal(),
  };

  // A letter is its own where the layout has Latin letters; else the key at its place is.
  const meant = (event) => {
    if (event.key === "/" || event.key === "?") return event.key;
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    if (/^Key[A-Z]$/.test(event.code)) return event.code.slice(3).toLowerCase();
    if (event.code === "Slash") return event.shiftKey ? "?" : "/";
    return "";
  };
  const types = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (event.defaultPrevented || types(event.target) || list?.open) return;
    const act = acts[meant(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });
  if (list && show) {
    show.hidden = false;
    show.addEventListener("click", () => list.showModal());
  }
})();

// Beside a date told in words: how it is understood, once the typing pauses. Nothing is kept by
// asking. Without this script the page says it when the form is sent.
"use strict";
(() => {
  const PAUSE = 600;
  const along = ["csrf_token", "said_on", "language"];

  for (const group of document.querySelectorAll("[data-date]")) {
    const name = group.dataset.date;
    const form = group.closest("form");
    const line = document.createElement("p");
    line.className = "govuk-hint";
    line.setAttribute("role", "status");
    group.after(line);
    let waiting = 0;
    let newest = 0;

    const ask = async () => {
      const mine = ++newest;
      const body = new URLSearchParams({ date: name });
      for (const [key, value] of new FormData(form)) {
        if (key.startsWith(`${name}_`) || along.includes(key)) body.append(key, value);
      }
      let said = "";
      try {
        const answer = await fetch("/dates", { method: "POST", body, redirect: "error" });
        if (answer.ok) said = await answer.text();
      } catch {
        // signed out, or no line: the form says it when it is sent
      }
      if (mine === newest) line.textContent = said;
    };

    form.addEventListener("input", ({ target }) => {
      const ours = target.name.startsWith(`${name}_`);
      if (!ours && !(line.textContent && along.includes(target.name))) return;
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE);
    });
  }
})();

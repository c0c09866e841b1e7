/* What HTML and htmx do not do by themselves. Everything here only adds comfort: each page works without it. */
"use strict";

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([type="hidden"]):not([disabled]), select, textarea, summary, [tabindex="0"]';

/* Polls rest while the tab is hidden, and start again when someone looks (HX-11).
   A cancelled "load delay" trigger never fires by itself again, so each poll also listens to "resume". */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.hasAttribute("data-poll")) {
    event.preventDefault();
    event.detail.elt.setAttribute("data-poll", "resting");
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const poll of document.querySelectorAll('[data-poll="resting"]')) {
    poll.setAttribute("data-poll", "");
    window.htmx.trigger(poll, "resume");
  }
});

/* A swap never drops focus: what the answer marks, else the same id, else inside the new part, else the next row
   (AX-1, AX-3). Noted before the request, because a button that is disabled meanwhile has lost it already. */
let lost = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const focused = document.activeElement;
  const target = event.detail.target;
  if (focused && focused !== document.body && target && target.contains(focused)) {
    lost = { id: focused.id, target: target.id, row: rowAfter(focused) };
  }
});
document.addEventListener("htmx:afterSettle", giveFocusBack);
// A row that was removed leaves nothing to settle, so that event never comes.
document.addEventListener("htmx:afterRequest", () => {
  const mine = lost;
  setTimeout(() => { if (lost === mine) giveFocusBack(); }, 60);
});

function giveFocusBack() {
  const marked = document.querySelector("[data-focus]");
  if (marked) {
    marked.removeAttribute("data-focus");
    focusOn(marked);
  } else if (lost && !stillFocused()) {
    focusOn(byId(lost.id) || placeIn(byId(lost.target)) || placeIn(byId(lost.row)) || document.querySelector("main h1"));
  }
  lost = null;
}
function stillFocused() {
  return document.activeElement && document.activeElement !== document.body;
}
function rowAfter(element) {
  const row = element.closest("tr");
  const next = row && (row.nextElementSibling || row.previousElementSibling);
  return next ? next.id : null;
}
function byId(id) {
  return id ? document.getElementById(id) : null;
}
function placeIn(part) {
  return part && (part.querySelector("h1, h2, h3") || part.querySelector(FOCUSABLE));
}
function focusOn(element) {
  if (!element) return;
  if (!element.matches(FOCUSABLE) && !element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus();
}

/* Menus are <details>: Escape and a click elsewhere close them; Escape gives the focus back. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement.closest("details.menu[open]") || document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

/* On narrow screens tabs and navigation scroll sideways: the current one is in sight. */
document.addEventListener("DOMContentLoaded", () => {
  for (const link of document.querySelectorAll(".tabs [aria-current], .nav [aria-current]")) {
    const strip = link.closest(".tabs, .nav");
    strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  }
});

/* Buttons that need a script are hidden until there is one. */
function wake(root) {
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-dismiss][hidden], [data-with-script][hidden]")) button.hidden = false;
}
document.addEventListener("htmx:load", (event) => wake(event.detail.elt.parentElement || document));
document.addEventListener("DOMContentLoaded", () => wake(document));
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
    say(copy.dataset.copied || "Copied.");
    const word = copy.querySelector("[data-word]");
    if (word) word.textContent = "Copied";
  }
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) {
    document.getElementById(dismiss.dataset.dismiss).remove();
    focusOn(document.querySelector("main h1"));
  }
});

/* Several rows at once: tick all of this page, and say how many are ticked (AX-16). */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.bulk");
  if (!form) return;
  const ticks = [...form.querySelectorAll('[name="selected"]')];
  const all = form.querySelector("[data-tick-all]");
  if (event.target === all) for (const tick of ticks) tick.checked = all.checked;
  const count = ticks.filter((tick) => tick.checked).length;
  all.checked = count === ticks.length;
  all.indeterminate = count > 0 && count < ticks.length;
  form.querySelector("[data-selected-count]").textContent = count ? `${count} selected` : "";
});

/* Nothing saves itself (AX-9); the button says how many rows differ from what is saved. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-counts-changes]");
  if (!form || !event.target.matches("select")) return;
  const changed = [...form.querySelectorAll("select")].filter((select) => select.value !== form.elements[select.name.replace("to:", "was:")].value);
  form.querySelector("[data-changes]").textContent = changed.length ? `${changed.length} ${changed.length === 1 ? "change" : "changes"}` : "";
});

function say(words) {
  const region = document.getElementById("status");
  if (region) region.textContent = words;
}

/* A request that fails says so where the page keeps its one banner; nothing else changes (HX-6). */
function failed(templateId, reference) {
  const slot = document.getElementById("banner");
  const template = document.getElementById(templateId);
  if (!slot || !template) return;
  slot.replaceChildren(template.content.cloneNode(true));
  const place = slot.querySelector("[data-reference]");
  if (place && reference) place.textContent = reference;
  slot.scrollIntoView({ block: "nearest" });
}
document.addEventListener("htmx:responseError", (event) => failed("request-failed", event.detail.xhr.getResponseHeader("X-Request-ID")));
document.addEventListener("htmx:sendError", () => failed("server-silent"));
document.addEventListener("htmx:timeout", () => failed("server-silent"));

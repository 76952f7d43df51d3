// The sheet of all keys that do something now.

/** @import { App } from "../types.js" */
/** @import { Scope } from "../keys.js" */

import { byId, el } from "../dom.js";
import { icon } from "../icons.js";
import { shownKeys } from "../pure/key_names.js";

/**
 * Show the keys, or put the sheet away if it is there; the focus returns to where it was.
 * @param {App} app
 */
export function showHelp(app) {
  const open = /** @type {HTMLDialogElement | null} */ (document.querySelector("dialog.help-sheet"));
  if (open) return open.close();
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => sheet.close() },
    icon("close"),
  );
  const sheet = el(
    "dialog",
    { class: "help-sheet", "aria-labelledby": "help-title" },
    el("header", {}, el("h2", { id: "help-title" }, "Keys"), close),
    el("div", { class: "scopes" }, scopesOf(app).map(section)),
  );
  const from = document.activeElement;
  sheet.addEventListener("close", () => {
    sheet.remove();
    if (from instanceof HTMLElement) from.focus();
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  byId("dialogs").append(sheet);
  sheet.showModal();
}

/**
 * Return the scopes whose keys work now, the nearest first.
 * @param {App} app
 */
function scopesOf(app) {
  const scopes = [...app.keys.scopes].reverse();
  const alone = scopes.findIndex(({ isAlone }) => isAlone);
  const reached = alone < 0 ? scopes : scopes.slice(0, alone + 1);
  return reached.filter(({ commands }) => Object.values(commands).some(({ says }) => says));
}

/** @param {Scope} scope */
function section({ title, commands }) {
  /** @type {Map<string, string[]>} */
  const keys = new Map();
  for (const [key, { says }] of Object.entries(commands)) {
    if (says) keys.set(says, [...(keys.get(says) ?? []), key]);
  }
  const lines = [...keys].map(([says, names]) => el("div", {}, el("dt", {}, names.map(shown)), el("dd", {}, says)));
  return el("section", {}, el("h3", {}, title), el("dl", {}, lines));
}

/** @param {string} name */
function shown(name) {
  return el(
    "span",
    { class: "keys" },
    shownKeys(name).map((key) => el("kbd", {}, key)),
  );
}

// Dialogs: modal, with a heading, closed by Escape or their button; the focus goes back to where it was.

import { byId, el, fill } from "./dom.js";

/**
 * @typedef {object} Opened
 * @property {HTMLDialogElement} dialog
 * @property {HTMLElement} body
 * @property {(...children: import("./dom.js").Child[]) => void} fill  replaces the body, and keeps the focus in the dialog
 * @property {() => void} close
 * @property {Promise<void>} closed
 */

/**
 * Open a dialog; it removes itself when it is closed.
 * @param {string} title
 * @param {{ kind?: string }} [how]
 * @returns {Opened}
 */
export function openDialog(title, { kind = "" } = {}) {
  const heading = el("h2", { id: `dialog-${Date.now()}`, dir: "auto", tabindex: "-1" }, title);
  const body = el("div", { class: "dialog-body" });
  const close = () => dialog.close();
  const button = el("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "×");
  const dialog = el("dialog", { class: `sheet ${kind}`, "aria-labelledby": heading.id }, [
    el("header", {}, heading, button),
    body,
  ]);
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // no key reaches what is behind it
  byId("dialogs").append(dialog);
  showOver(dialog);
  const closed = new Promise((/** @type {(nothing: void) => void} */ resolve) => {
    dialog.addEventListener("close", () => [dialog.remove(), resolve()]);
  });
  const refill = (/** @type {import("./dom.js").Child[]} */ ...children) => {
    fill(body, ...children);
    if (!dialog.contains(document.activeElement)) focusFirst(body, heading);
  };
  return { dialog, body, fill: refill, close, closed };
}

/**
 * @param {HTMLElement} body
 * @param {HTMLElement} heading
 */
function focusFirst(body, heading) {
  const first = /** @type {HTMLElement | null} */ (body.querySelector("[autofocus]"));
  (first ?? heading).focus();
}

/**
 * Show a dialog over the page. What the page says is moved into it, since nothing outside of an open one is heard or can
 * be pressed; when it is closed, what had the focus gets it back.
 * @param {HTMLDialogElement} dialog
 */
export function showOver(dialog) {
  if (dialog.open) return;
  const before = document.activeElement;
  const said = ["toasts", "status"].map(byId);
  const home = said[0].parentElement ?? document.body;
  dialog.showModal();
  dialog.append(...said);
  const closed = () => {
    if (dialog.contains(said[0])) home.append(...said);
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  dialog.addEventListener("close", closed, { once: true });
}

/**
 * Ask before something is done; true if it is meant.
 * @param {{ title: string, text: string, does: string, isDangerous?: boolean }} question
 * @returns {Promise<boolean>}
 */
export async function confirmed({ title, text, does, isDangerous = false }) {
  const opened = openDialog(title, { kind: "question" });
  let isMeant = false;
  const agree = () => {
    isMeant = true;
    opened.close();
  };
  const kind = isDangerous ? "danger" : "primary";
  const no = el("button", { type: "button", autofocus: true, onclick: opened.close }, "Cancel");
  const yes = el("button", { type: "button", class: kind, onclick: agree }, does);
  opened.fill(el("p", { dir: "auto" }, text), el("p", { class: "buttons" }, yes, no));
  no.focus();
  await opened.closed;
  return isMeant;
}

/** Say whether a dialog is open, in which the keys of the view behind it mean nothing. */
export const isDialogOpen = () => document.querySelector("dialog[open]") !== null;

// Opening dialogs: what the page says must be seen over them, and outside of an open one nothing can be used.

import { byId } from "./dom.js";

/**
 * Open a dialog over the page. When it is closed, what had the focus gets it back.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  if (dialog.open) return;
  const before = document.activeElement;
  const said = ["toasts", "status"].map(byId);
  const home = said[0].parentElement ?? document.body;
  if (!dialog.isConnected) byId("dialogs").append(dialog);
  dialog.showModal();
  dialog.append(...said);
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.contains(said[0])) home.append(...said);
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    },
    { once: true },
  );
}

// Light, dark, or as the system has it: kept in this browser; an address may say it, for that address alone.

/** @import { App } from "./types.js" */

import { fill } from "./dom.js";
import { icon } from "./icons.js";

const KEPT_AS = "clipsearch-theme";
const ORDER = /** @type {const} */ (["auto", "light", "dark"]);
const ICONS = /** @type {const} */ ({ auto: "contrast", light: "sun", dark: "moon" });
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

/** The choice of a theme. */
export class ThemeSwitch {
  /** @type {HTMLElement | null} */
  #button = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** @returns {typeof ORDER[number]} */
  get theme() {
    const chosen = this.app.state.theme ?? kept();
    return ORDER.find((name) => name === chosen) ?? "auto";
  }

  /**
   * Take a button that goes from one theme to the next.
   * @param {HTMLElement} button
   */
  place(button) {
    this.#button = button;
    button.addEventListener("click", () => {
      const next = ORDER[(ORDER.indexOf(this.theme) + 1) % ORDER.length];
      keep(next);
      this.app.go({ theme: null }, { replace: true });
      this.show();
    });
    this.show();
  }

  /** Show the theme. */
  show() {
    const { theme } = this;
    document.documentElement.dataset.theme = theme;
    if (!this.#button) return;
    fill(this.#button, icon(ICONS[theme]));
    this.#button.title = `Theme: ${NAMES[theme]}`;
    this.#button.setAttribute("aria-label", `Theme: ${NAMES[theme]}. Change it`);
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** @param {string} theme */
function keep(theme) {
  try {
    localStorage.setItem(KEPT_AS, theme);
  } catch {
    // It holds as long as the page is open.
  }
}

// Which key does what: each part registers its keys while it is there, and the help sheet lists them all.

import { nameOfKey } from "./pure/key_names.js";

/**
 * @typedef {object} Command
 * @property {string} says  what it does, for the help sheet
 * @property {(event: KeyboardEvent) => void | boolean} run  returns false if the key is not meant for it
 */

/** @typedef {{ title: string, commands: Record<string, Command>, isAlone: boolean }} Scope */

const HELP = "?"; // shows the sheet of all keys, whatever else is open

/** The keys of all that is shown; the latest to register is asked first. */
export class Keys {
  constructor() {
    /** @type {Scope[]} */
    this.scopes = [];
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /**
   * Add keys, such as { "?": …, "Shift+ArrowDown": … }; returns what removes them again. With `isAlone`, as a dialog
   * needs it, no key goes to what registered before.
   * @param {string} title
   * @param {Record<string, Command>} commands
   * @param {{ isAlone?: boolean }} [how]
   * @returns {() => void}
   */
  register(title, commands, { isAlone = false } = {}) {
    const scope = { title, commands, isAlone };
    this.scopes.push(scope);
    return () => {
      this.scopes = this.scopes.filter((other) => other !== scope);
    };
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.defaultPrevented || event.isComposing || isTyping(event)) return;
    const name = nameOfKey(event);
    for (const { commands, isAlone } of [...this.scopes].reverse()) {
      const command = commands[name];
      if (command && command.run(event) !== false) {
        event.preventDefault();
        return;
      }
      if (isAlone && name !== HELP) return;
    }
  }
}

/**
 * Say whether a key goes into a field; Escape never does.
 * @param {KeyboardEvent} event
 */
function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement) || event.key === "Escape") return false;
  const field = target.closest("input, textarea, select, [contenteditable]");
  return Boolean(field) && !field?.matches("input[type=checkbox], input[type=radio], input[type=range]");
}

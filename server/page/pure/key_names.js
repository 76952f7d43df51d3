// What a key is called in the tables of keys: "a", "?", "Enter", "Shift+ArrowDown", "Ctrl+a".

const SHOWN = /** @type {Record<string, string>} */ ({
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  " ": "Space",
  Escape: "Esc",
});

/**
 * Return a key's name. Shift counts only where the key is no character, as "?" needs it on some keyboards.
 * @param {{ key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean }} event
 * @returns {string}
 */
export function nameOfKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const parts = [];
  if (ctrlKey || metaKey) parts.push("Ctrl");
  if (altKey) parts.push("Alt");
  if (shiftKey && key.length > 1) parts.push("Shift");
  return [...parts, key].join("+");
}

/**
 * Return the keys of a name as people read them.
 * @param {string} name
 * @returns {string[]}
 */
export function shownKeys(name) {
  return name.split(/(?<=.)\+/).map((part) => SHOWN[part] ?? part);
}

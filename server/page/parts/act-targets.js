// Where links, copies and contact sheets go: a path that is typed, and known until the tab is closed.

import { el, fill } from "../dom.js";

const TARGETS = {
  link: { label: "Folder, as a whole path", help: "Links take no room; the pictures stay where they are." },
  copy: { label: "Folder, as a whole path", help: "It is made if it is not there; nothing in it is written over." },
  sheet: {
    label: "New HTML file, as a whole path",
    help: "One file with small pictures in it, which any browser opens.",
  },
};
const REMEMBERED = "clipsearch.act.";

/**
 * Fill a place with the choice; returns what gives it.
 * @param {keyof typeof TARGETS} kind
 * @param {HTMLElement} place
 */
export function targetChoice(kind, place) {
  const { label, help } = TARGETS[kind];
  const field = el("input", {
    id: "act-to",
    type: "text",
    dir: "auto",
    required: true,
    spellcheck: false,
    autocomplete: "off",
    value: recall(kind) ?? "",
    placeholder: kind === "sheet" ? "~/hits.html" : "~/Pictures/hits",
    "aria-describedby": "act-help",
  });
  const numbered = el("input", { type: "checkbox" });
  fill(place, [
    el("label", { for: "act-to" }, label),
    field,
    el("p", { id: "act-help", class: "muted" }, help),
    kind !== "sheet" && el("label", { class: "choice" }, numbered, "Names begin with the rank"),
  ]);
  return () => {
    remember(kind, field.value);
    return { to: field.value, ...(kind === "sheet" ? {} : { numbered: numbered.checked }) };
  };
}

/**
 * Return what was typed last in this tab.
 * @param {string} name
 * @returns {string | null}
 */
export function recall(name) {
  try {
    return sessionStorage.getItem(REMEMBERED + name);
  } catch {
    return null; // storage may be forbidden
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    sessionStorage.setItem(REMEMBERED + name, value);
  } catch {
    // Then it is typed again.
  }
}

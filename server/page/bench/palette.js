// The labels of a set as buttons with their keys, and a search among them where there are many.

import { openDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { labelsLike } from "../pure/bench.js";

const MOST_BUTTONS = 24;
const MOST_FOUND = 30;

/**
 * Return the labels as buttons.
 * @param {string[]} labels
 * @param {Map<string, string>} keys
 * @param {{ isDisabled: boolean, give: (label: string) => void, search: () => void }} does
 */
export function palette(labels, keys, { isDisabled, give, search }) {
  const shown = labels.length > MOST_BUTTONS ? labels.filter((label) => keys.has(label)) : labels;
  const buttons = shown.map((label) =>
    el("button", { type: "button", disabled: isDisabled, data: { label }, onclick: () => give(label) }, [
      keys.has(label) && el("kbd", {}, keys.get(label)),
      el("span", { dir: "auto" }, label),
    ]),
  );
  const more = el("button", { type: "button", disabled: isDisabled, onclick: search }, [
    el("kbd", {}, "p"),
    el("span", {}, "by name…"),
  ]);
  return el(
    "div",
    { class: "palette", role: "group", "aria-label": "Give a class" },
    buttons,
    labels.length > 9 && more,
  );
}

/**
 * Let a label be chosen by its name; null if none is.
 * @param {string[]} labels
 * @returns {Promise<string | null>}
 */
export async function chooseLabel(labels) {
  const opened = openDialog("Give a class", { kind: "question" });
  /** @type {string | null} */
  let chosen = null;
  const take = (/** @type {string | undefined} */ label) => {
    chosen = label ?? null;
    opened.close();
  };
  const list = el("ul", { class: "choices" });
  const show = () => {
    const found = labelsLike(labels, field.value).slice(0, MOST_FOUND);
    const button = (/** @type {string} */ label) =>
      el("li", {}, el("button", { type: "button", dir: "auto", onclick: () => take(label) }, label));
    fill(list, found.length ? found.map(button) : el("li", { class: "muted" }, "No class has that in its name."));
  };
  const field = el("input", {
    type: "search",
    dir: "auto",
    autofocus: true,
    "aria-label": "Name of the class",
    oninput: show,
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const [first] = labelsLike(labels, field.value);
    if (first) take(first);
  });
  show();
  opened.fill(field, list);
  field.focus();
  await opened.closed;
  return chosen;
}

// Pictures to click as examples of a class: a search of their own, in a strip.

/** @import { App, Picture } from "../types.js" */
/** @import { ClassEditor } from "./class_editor.js" */

import { el, fill } from "../dom.js";
import { thumb } from "../parts/thumb.js";
import { messageOf } from "../problems.js";
import { arrowTo } from "../pure/bench.js";

const SHOWN = 40;

/**
 * Return a strip whose pictures become examples of the editor's chosen class.
 * @param {App} app
 * @param {ClassEditor} editor
 */
export function exampleStrip(app, editor) {
  const field = el("input", {
    type: "search",
    dir: "auto",
    placeholder: "my cat on the sofa",
    "aria-label": "Search for examples",
  });
  const strip = el("ul", { class: "strip", "aria-label": "Pictures to choose from" });
  const says = el("p", { class: "muted", role: "status" }, "");
  const details = el("details", { class: "examples" }, [
    el("summary", {}, "Examples: show the model what words can't say"),
    el(
      "p",
      { class: "muted" },
      "Choose a class above, search for pictures that show it, and click them; three to five are enough.",
    ),
    el("div", { class: "row" }, field, el("button", { type: "button", onclick: () => void search() }, "Search")),
    says,
    strip,
  ]);
  /** @type {Picture[]} */
  let pictures = [];

  async function search() {
    says.textContent = "Searching…";
    try {
      const terms = field.value.trim() ? [{ text: field.value, weight: 1 }] : [];
      const answer = await app.api.search({ terms, filters: {}, cutoff: "none", limit: SHOWN });
      pictures = answer.hits;
      says.textContent = pictures.length ? "" : "Nothing was found.";
      show();
    } catch (error) {
      says.textContent = messageOf(error);
    }
  }

  function show() {
    const chosen = editor.classes.find((class_) => class_.name === editor.chosen);
    const focused = [...strip.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
    fill(
      strip,
      pictures.map((picture, at) => tile(picture, at, chosen?.examples.includes(picture.id) ?? false)),
    );
    if (focused >= 0) /** @type {HTMLElement | undefined} */ (strip.querySelectorAll("button")[focused])?.focus();
    for (const button of strip.querySelectorAll("button")) button.disabled = !chosen;
    if (pictures.length)
      says.textContent = chosen ? `Click what shows ${chosen.name}.` : "Choose one of the classes first.";
  }

  /**
   * @param {Picture} picture
   * @param {number} at
   * @param {boolean} isExample
   */
  function tile(picture, at, isExample) {
    const button = el("button", {
      type: "button",
      class: "tile",
      "aria-pressed": String(isExample),
      "aria-label": picture.name,
      tabindex: at === 0 ? "0" : "-1",
      onclick: () => editor.toggleExample(picture.id),
      onkeydown: (/** @type {KeyboardEvent} */ event) => move(event, at),
    });
    button.append(thumb(picture, { label: "", height: 96 }));
    return el("li", {}, button);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} at
   */
  function move(event, at) {
    const isRightToLeft = document.documentElement.dir === "rtl";
    const to = arrowTo(event.key, at, { count: pictures.length, columns: 1, isRightToLeft });
    const button = to === null ? null : strip.querySelectorAll("button")[to];
    if (!button) return;
    event.preventDefault();
    button.tabIndex = 0;
    button.focus();
  }

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    void search();
  });
  editor.addEventListener("change", show);
  return details;
}

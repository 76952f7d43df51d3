// A group of the facet panel: names with how many there are, as numbers and as bars; each is a filter that can be pressed.

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { number } from "../pure/formats.js";

/**
 * @typedef {object} Row
 * @property {string} key  what is filtered by
 * @property {string} name
 * @property {number} count
 * @property {boolean} isPressed
 * @property {Row[]} [rows]  below it
 */

const SHORT = 8; // rows that are shown at first
const LONG = 12; // rows from which on they can be filtered by text

/** A group of filters, which is a `details`: it can be closed. */
export class FacetGroup {
  /** @type {Row[]} */
  #rows = [];
  #isLong = false;
  /** @type {Set<string>} */
  #opened = new Set();

  /**
   * @param {string} title
   * @param {(key: string, event: MouseEvent) => void} pressed
   * @param {{ isOpen?: boolean }} [how]
   */
  constructor(title, pressed, { isOpen = true } = {}) {
    this.pressed = pressed;
    this.field = el("input", {
      type: "search",
      class: "facet-find",
      placeholder: `Find in ${title.toLowerCase()}`,
      "aria-label": `Find in ${title.toLowerCase()}`,
      oninput: () => this.#draw(),
    });
    this.list = el("ul", { class: "facet-rows" });
    this.more = el("button", { type: "button", class: "facet-more", onclick: () => this.#showMore() });
    this.element = el(
      "details",
      { class: "facet-group", open: isOpen, hidden: true },
      el("summary", {}, el("h3", { dir: "auto" }, title)),
      this.field,
      this.list,
      this.more,
    );
  }

  /**
   * Show these rows; a group without any is not shown.
   * @param {Row[]} rows
   */
  update(rows) {
    this.#rows = rows;
    this.element.hidden = !rows.length;
    this.#draw();
  }

  #showMore() {
    this.#isLong = !this.#isLong;
    this.#draw();
  }

  #draw() {
    const text = this.field.value.trim().toLocaleLowerCase();
    const found = this.#rows.filter((row) => hasText(row, text));
    const isAll = this.#isLong || found.length <= SHORT + 1;
    const shown = isAll ? found : found.filter((row, place) => place < SHORT || row.isPressed);
    const most = Math.max(1, ...this.#rows.map(({ count }) => count));
    const focused = focusedKey(this.list);
    fill(
      this.list,
      shown.map((row) => this.#item(row, most)),
    );
    focusKey(this.list, focused);
    this.field.hidden = this.#rows.length < LONG;
    this.more.hidden = found.length <= SHORT + 1;
    this.more.textContent = this.#isLong ? "Show fewer" : `Show ${number(found.length - shown.length)} more`;
    if (!found.length) fill(this.list, el("li", { class: "muted" }, "None of these has it in its name."));
  }

  /**
   * @param {Row} row
   * @param {number} most
   * @returns {HTMLLIElement}
   */
  #item(row, most) {
    const isOpen = this.#opened.has(row.key);
    const twisty =
      row.rows &&
      el(
        "button",
        {
          type: "button",
          class: "facet-twisty",
          data: { key: `open:${row.key}` },
          "aria-expanded": String(isOpen),
          "aria-label": `Months of ${row.name}`,
          onclick: () => {
            if (!this.#opened.delete(row.key)) this.#opened.add(row.key);
            this.#draw();
          },
        },
        icon(isOpen ? "down" : "forward"),
      );
    const below =
      isOpen &&
      row.rows &&
      el(
        "ul",
        { class: "facet-rows below" },
        row.rows.map((own) => this.#item(own, most)),
      );
    return el("li", {}, el("div", { class: "facet-line" }, twisty, this.#button(row, most)), below);
  }

  /**
   * @param {Row} row
   * @param {number} most
   */
  #button(row, most) {
    return el(
      "button",
      {
        type: "button",
        class: "facet-row",
        data: { key: row.key },
        "aria-pressed": String(row.isPressed),
        onclick: (/** @type {MouseEvent} */ event) => this.pressed(row.key, event),
      },
      row.isPressed && icon("check"),
      el("span", { class: "facet-name", dir: "auto" }, row.name),
      " ",
      el("span", { class: "facet-count" }, number(row.count)),
      el("i", { class: "facet-bar", "aria-hidden": "true", style: { inlineSize: `${(100 * row.count) / most}%` } }),
    );
  }
}

/**
 * @param {Row} row
 * @param {string} text
 * @returns {boolean}
 */
function hasText(row, text) {
  return row.name.toLocaleLowerCase().includes(text) || Boolean(row.rows?.some((own) => hasText(own, text)));
}

/**
 * Return the key of what has the focus in an element, which will be drawn anew.
 * @param {Element} element
 */
export function focusedKey(element) {
  const active = document.activeElement;
  return active instanceof HTMLElement && element.contains(active) ? (active.dataset.key ?? null) : null;
}

/**
 * Give the focus back.
 * @param {Element} element
 * @param {string | null} key
 */
export function focusKey(element, key) {
  if (key === null) return;
  const all = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-key]"));
  [...all].find((own) => own.dataset.key === key)?.focus({ preventScroll: true });
}

// The elements of the pictures in sight: few, and used again for others as these come into sight.

/** @import { Results } from "./results.js" */
/** @import { Selection } from "../pure/selection.js" */
/** @import { PhotoThumb } from "../parts/thumb.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { counted, number, score, spoken } from "../pure/formats.js";
import "../parts/thumb.js";

const FAR = 5000; // pixels outside the page to which a place out of sight is moved at most

/** @typedef {{ index: number, x: number, y: number, width: number, height: number }} Box */

/** The elements of a list of pictures. */
export class Cells {
  /** @type {Map<number, HTMLElement>} */
  shown = new Map();
  /** @type {HTMLElement[]} */
  #spare = [];

  /**
   * @param {HTMLElement} list
   * @param {Results} results
   * @param {Selection} selection
   */
  constructor(list, results, selection) {
    this.list = list;
    this.results = results;
    this.selection = selection;
  }

  /**
   * Show these pictures and no others, in order.
   * @param {Box[]} boxes  ascending
   * @param {{ offset: number, end: number, isMirrored: boolean, active: number, first: number }} where
   */
  place(boxes, { offset, end, isMirrored, active, first }) {
    const wanted = new Set(boxes.map(({ index }) => index));
    for (const [index, cell] of this.shown) if (!wanted.has(index)) this.#release(index, cell);
    const fresh = [];
    let before = /** @type {ChildNode | null} */ (this.list.firstChild);
    for (const box of boxes) {
      let cell = this.shown.get(box.index);
      if (!cell) {
        cell = this.#spare.pop() ?? newCell();
        this.shown.set(box.index, cell);
        this.list.insertBefore(cell, before);
        fresh.push(box);
      } else before = cell.nextSibling;
      const y = Math.min(end + FAR, Math.max(-FAR, box.y - offset));
      cell.style.transform = `translate(${isMirrored ? -box.x : box.x}px, ${y}px)`;
      cell.style.width = `${box.width}px`;
      cell.style.height = `${box.height}px`;
      const stop = box.index === active ? 0 : -1;
      if (cell.tabIndex !== stop) cell.tabIndex = stop;
    }
    // The newest is asked for first: those in the window last, from its end to its beginning.
    const later = (/** @type {Box} */ box) => (box.index < first ? 1 : 0);
    for (const box of fresh.reverse().sort((a, b) => later(b) - later(a))) this.fill(box.index);
  }

  /**
   * Write into an element what is known of its picture.
   * @param {number} index
   */
  fill(index) {
    const cell = this.shown.get(index);
    if (!cell) return;
    const { order, records, matching, count, layout } = this.results;
    const id = order.ids[index];
    const picture = records.get(id) ?? null;
    const isWeaker = index >= matching;
    cell.dataset.id = String(id);
    cell.dataset.index = String(index);
    cell.setAttribute("aria-setsize", String(layout ? count : -1));
    cell.setAttribute("aria-posinset", String(index + 1));
    cell.setAttribute("aria-selected", String(this.selection.has(id)));
    cell.setAttribute("aria-label", this.#label(index, isWeaker));
    cell.classList.toggle("weaker", isWeaker);
    cell.classList.toggle("unfolded", this.results.isUnfolded(id));
    const thumb = /** @type {PhotoThumb} */ (cell.firstElementChild);
    if (picture || thumb.picture?.id !== id)
      thumb.show(picture, { height: Number.parseFloat(cell.style.height), label: "" });
  }

  /** Write all again that may have changed. */
  fillAll() {
    for (const index of [...this.shown.keys()].reverse()) this.fill(index);
  }

  /** Forget all, as the pictures are others now. */
  clear() {
    for (const [index, cell] of this.shown) this.#release(index, cell);
  }

  /**
   * @param {number} index
   * @param {HTMLElement} cell
   */
  #release(index, cell) {
    this.shown.delete(index);
    /** @type {PhotoThumb} */ (cell.firstElementChild).show(null);
    cell.remove();
    this.#spare.push(cell);
  }

  /**
   * @param {number} index
   * @param {boolean} isWeaker
   */
  #label(index, isWeaker) {
    const id = this.results.order.ids[index];
    const picture = this.results.records.get(id);
    const found = this.results.scoreAt(index);
    const parts = [
      picture ? spoken(picture) : `Picture ${number(index + 1)}`,
      found !== null && `score ${score(found)}`,
      isWeaker && "weaker",
      this.results.isUnfolded(id) && `unfolded, ${counted(this.results.copiesOf(id), "copy", "copies")} behind it`,
    ];
    return parts.filter(Boolean).join(", ");
  }
}

/** Return an element for a picture. What the marks on it do, keys do too, so they are not for screen readers. */
function newCell() {
  return el(
    "div",
    { class: "cell", role: "option", tabIndex: -1 },
    document.createElement("photo-thumb"),
    el("span", { class: "mark tick", "aria-hidden": "true", title: "Select (x)" }, icon("check")),
    el("span", { class: "mark more", "aria-hidden": "true", title: "More like this (+)" }, icon("plus")),
    el("span", { class: "mark less", "aria-hidden": "true", title: "Less like this (−)" }, icon("minus")),
  );
}

// The pictures of a search in one exact scroll. Rows are laid out exactly for all of them; only those in sight and a
// little more are elements. See pure/scroll_map.js for how a page can be higher than browsers allow.

/** @import { Results } from "./results.js" */
/** @import { Selection } from "../pure/selection.js" */
/** @import { Rows } from "../pure/layout.js" */
/** @import { Where } from "../pure/neighbours.js" */

import { el, fill } from "../dom.js";
import { number } from "../pure/formats.js";
import { layOut, targetHeight } from "../pure/layout.js";
import { neighbour } from "../pure/neighbours.js";
import { ScrollMap } from "../pure/scroll_map.js";
import { weakerOf } from "../pure/summary.js";
import { Cells } from "./cells.js";

const GAP = 4;
const PADDING = 8; // above the first row
const DIVIDER = 56; // height of the line between what matches and what is weaker
const FOOT = 64; // below the last row
const AHEAD = 600; // pixels out of sight in which pictures are elements already
const RESTS_AFTER = 160; // ms without a scroll event
const LOOKS_EVERY = 80; // ms between requests for records while one scrolls
const NEAR_END = 4000; // pixels from the end at which what is weaker still is asked for

/** @typedef {{ index: number, id: number, below: number }} Anchor  a picture and how far below the window's top it is */

/** `<photo-grid>`; call `bind` first. It tells of "seen" (what is in sight has changed) and "rest" (scrolling ended). */
export class PhotoGrid extends HTMLElement {
  /** @type {Results} */
  results = /** @type {any} */ (null);
  /** The picture that Tab leads to. */
  active = 0;
  #activeId = -1;
  #map = new ScrollMap(0, 1);
  #rows = layOut(new Uint8Array(), { width: 1, target: 1, gap: 0 });
  #scroller = el("div", { class: "scroller", tabIndex: -1 });
  #page = el("div", { class: "extent" });
  #list = el("div", { class: "cells", role: "listbox", "aria-label": "Pictures", "aria-multiselectable": "true" });
  #divider = el("h2", { class: "divider", hidden: true });
  #foot = el("p", { class: "foot", hidden: true });
  /** @type {Cells} */
  #cells = /** @type {any} */ (null);
  #resting = 0;
  #looking = 0;
  #width = 0;
  #sizes = new ResizeObserver(() => this.#resized());

  /**
   * @param {Results} results
   * @param {Selection} selection
   */
  bind(results, selection) {
    this.results = results;
    this.#cells = new Cells(this.#list, results, selection);
  }

  connectedCallback() {
    this.#page.append(this.#divider, this.#list, this.#foot);
    this.#scroller.append(this.#page);
    this.append(this.#scroller);
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#list.addEventListener("focusin", (event) => this.#focused(event));
    this.#sizes.observe(this.#scroller);
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    this.#cells.clear();
    clearTimeout(this.#resting);
    clearTimeout(this.#looking);
  }

  /** Where the window is: 0 to `last`. */
  get position() {
    return this.#map.position;
  }

  get last() {
    return this.#map.last;
  }

  /** The first picture whose row's top is in sight, the first of the row below, and the end of those in sight. */
  get sight() {
    const { position, view } = this.#map;
    const rows = this.#rows;
    if (!rows.count) return { first: 0, next: 0, end: 0 };
    let row = rows.rowAt(position);
    if (rows.tops[row] < position && row + 1 < rows.count && rows.tops[row + 1] < position + view / 2) row += 1;
    const end = rows.starts[rows.rowAt(position + view) + 1];
    return { first: rows.starts[row], next: rows.starts[row + 1], end };
  }

  /** What would stay in place if all were laid out anew: the first picture in sight. @returns {Anchor | null} */
  get anchor() {
    if (!this.#rows.count || this.position < 1) return null;
    const index = this.sight.first;
    return { index, id: this.#idAt(index), below: this.#rows.tops[this.#rows.rowOf(index)] - this.position };
  }

  /**
   * Lay out what the results have; the anchor stays where it was, and the focus on its picture.
   * @param {Anchor | null} [anchor]  the top, if left out
   */
  layOut(anchor = null) {
    const { order, search } = this.results;
    const hadFocus = this.hasFocus;
    const width = this.#scroller.clientWidth;
    this.#width = width;
    const { breaks, divider } = this.#breaks();
    this.#rows = layOut(order.aspects, { width, target: targetHeight(width), gap: GAP, breaks });
    this.#map = new ScrollMap(this.#rows.height + FOOT, Math.max(1, this.#scroller.clientHeight));
    this.#page.style.height = `${this.#map.physical}px`;
    this.#divider.hidden = divider === null;
    if (divider) fill(this.#divider, el("span", { dir: "auto" }, divider));
    this.#foot.hidden = !order.ids.length || !search;
    if (order.ids[this.active] !== this.#activeId && this.#activeId >= 0) {
      this.#setActive(Math.max(0, indexOf(order.ids, this.#activeId, this.active)));
    }
    const index = anchor ? indexOf(order.ids, anchor.id, anchor.index) : -1;
    const found = index >= 0 ? index : Math.min(anchor?.index ?? 0, Math.max(0, order.ids.length - 1));
    const top = anchor && this.#rows.count ? this.#rows.tops[this.#rows.rowOf(found)] - anchor.below : 0;
    this.#jump(top);
    this.#cells.fillAll();
    if (hadFocus) this.#cells.shown.get(this.active)?.focus({ preventScroll: true });
  }

  /** Show other pictures, from the top. */
  renew() {
    this.#setActive(0);
    this.layOut();
  }

  /** Write again what may have changed of the pictures in sight: their records, or the selection. */
  refresh() {
    this.#cells.fillAll();
    this.#look();
  }

  /**
   * Scroll so that a picture's row is at the top; the last one leads to the very end.
   * @param {number} index
   */
  jumpTo(index) {
    if (index >= this.results.count - 1) this.#jump(this.last);
    else this.#jump(index <= 0 ? 0 : this.#rows.tops[this.#rows.rowOf(index)] - GAP);
  }

  /**
   * Scroll by some pixels.
   * @param {number} pixels
   */
  scrollOn(pixels) {
    this.#jump(this.position + pixels);
  }

  /**
   * Move the focus to a picture, and as little as needed so that it is in sight.
   * @param {number} index
   */
  focusOn(index) {
    if (!this.results.count) return;
    this.#setActive(Math.min(this.results.count - 1, Math.max(0, index)));
    this.#reveal(this.active);
    this.#render();
    this.#cells.shown.get(this.active)?.focus({ preventScroll: true });
  }

  /** Whether the focus is on a picture. */
  get hasFocus() {
    return this.#list.contains(document.activeElement);
  }

  /**
   * Return the picture that a key leads to from the active one.
   * @param {Where} where
   */
  neighbour(where) {
    return neighbour(this.#rows, this.active, where, this.#map.view);
  }

  /** @param {number} index */
  #reveal(index) {
    const row = this.#rows.rowOf(index);
    const [top, end] = [this.#rows.tops[row], this.#rows.tops[row] + this.#rows.boxes(row).height];
    const { position, view } = this.#map;
    if (row === 0) this.#jump(0);
    else if (row === this.#rows.count - 1) this.#jump(this.last);
    else if (top < position + GAP) this.#jump(top - 2 * GAP);
    else if (end > position + view - GAP) this.#jump(Math.min(top - 2 * GAP, end - view + 2 * GAP));
  }

  /** @param {number} position */
  #jump(position) {
    this.#move(this.#map.jump(position));
    this.#render();
    this.#restSoon();
  }

  /** @param {number | null} to */
  #move(to) {
    if (to === null) return;
    this.#scroller.scrollTop = to;
    this.#map.rounded(this.#scroller.scrollTop);
  }

  #scrolled() {
    const at = this.#scroller.scrollTop;
    if (at === this.#map.at) return;
    this.#move(this.#map.scrolled(at));
    this.#render();
    this.#restSoon();
  }

  #restSoon() {
    clearTimeout(this.#resting);
    this.#resting = window.setTimeout(() => {
      this.#move(this.#map.scrolled(this.#scroller.scrollTop, true));
      this.#render();
      this.dispatchEvent(new Event("rest"));
    }, RESTS_AFTER);
  }

  #resized() {
    if (!this.results || (this.#scroller.clientWidth === this.#width && this.#scroller.clientHeight === this.#map.view))
      return;
    this.layOut(this.anchor);
  }

  /** Show what is in sight. */
  #render() {
    const rows = this.#rows;
    const { position, view, offset, physical, last } = this.#map;
    const boxes = [];
    const hasFocus = this.hasFocus;
    if (rows.count) {
      const end = rows.rowAt(position + view + AHEAD);
      for (let row = rows.rowAt(position - AHEAD); row <= end; row += 1) boxes.push(...boxesOf(rows, row));
      const isActiveShown = boxes.some(({ index }) => index === this.active);
      // The focus stays on its picture, wherever that is by now; without it, Tab leads to what is in sight.
      if (!isActiveShown && hasFocus) {
        const kept = boxesOf(rows, rows.rowOf(this.active)).filter(({ index }) => index === this.active);
        if (this.active < boxes[0].index) boxes.unshift(...kept);
        else boxes.push(...kept);
      } else if (!isActiveShown) this.#setActive(this.sight.first);
    }
    const isMirrored = getComputedStyle(this).direction === "rtl";
    const where = { offset, end: physical, isMirrored, active: this.active, first: this.sight.first };
    this.#cells.place(boxes, where);
    this.#placeLines(offset);
    this.#look();
    if (last - position < NEAR_END && this.results.layout && !this.results.isComplete) void this.results.more();
    this.dispatchEvent(new Event("seen"));
  }

  /** @param {number} offset */
  #placeLines(offset) {
    if (!this.#divider.hidden) {
      const at = this.results.matching < this.results.count ? this.#rows.rowOf(this.results.matching) : 0;
      this.#divider.style.transform = `translateY(${this.#rows.tops[at] - DIVIDER - offset}px)`;
    }
    this.#foot.style.transform = `translateY(${this.#rows.height - offset}px)`;
    this.#foot.textContent = this.results.isComplete ? "That is all." : "Asking for the rest…";
  }

  /** Ask for the records of what is in sight, now and then while one scrolls. */
  #look() {
    if (this.#looking) return;
    this.#looking = window.setTimeout(() => {
      this.#looking = 0;
      const ids = [...this.#cells.shown.keys()].sort((a, b) => a - b).map((index) => this.#idAt(index));
      this.results.want(ids);
    }, LOOKS_EVERY);
  }

  /** Where rows begin anew: below the divider, if both sides of it have pictures. */
  #breaks() {
    const { matching, count, search, answer } = this.results;
    const isDivided = Boolean(search?.terms.length) && matching < count;
    if (!isDivided) return { breaks: [{ at: 0, space: PADDING }], divider: null };
    const { layout, isCounted } = this.results;
    const weaker = layout ? weakerOf(layout) : (answer?.weaker ?? 0);
    if (!matching)
      return { breaks: [{ at: 0, space: DIVIDER }], divider: `None matches; the ${number(weaker)} nearest` };
    const below = isCounted ? `${number(weaker)} weaker` : "Weaker";
    const breaks = [
      { at: 0, space: PADDING },
      { at: matching, space: DIVIDER },
    ];
    return { breaks, divider: `${below}, below the cut-off` };
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const cell = /** @type {HTMLElement} */ (event.target).closest("[data-index]");
    if (cell instanceof HTMLElement) this.#setActive(Number(cell.dataset.index));
  }

  /** @param {number} index */
  #setActive(index) {
    this.active = index;
    this.#activeId = this.#idAt(index);
    for (const [shown, cell] of this.#cells.shown) cell.tabIndex = shown === index ? 0 : -1;
  }

  /** @param {number} index */
  #idAt(index) {
    return this.results.order.ids[index] ?? -1;
  }
}

customElements.define("photo-grid", PhotoGrid);

/**
 * @param {Rows} rows
 * @param {number} row
 */
function boxesOf(rows, row) {
  const { y, height, boxes } = rows.boxes(row);
  return boxes.map((box) => ({ ...box, y, height }));
}

/**
 * Return where an id is, looking first where it was; -1 if it is not there.
 * @param {Uint32Array} ids
 * @param {number} id
 * @param {number} near
 */
function indexOf(ids, id, near) {
  return ids[near] === id ? near : ids.indexOf(id);
}

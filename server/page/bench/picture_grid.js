// The pictures of a group as a grid: one tab stop, arrows move, Shift and Ctrl choose several.

/** @import { Work } from "./work.js" */

import { el, fill } from "../dom.js";
import { thumb } from "../parts/thumb.js";
import { messageOf } from "../problems.js";
import { arrowTo, Chosen, nextUnsaid } from "../pure/bench.js";
import { certaintyWords } from "../pure/intervals.js";

/** Tiles that follow corrections one by one; event "open" (detail: place) to see one large. */
export class PictureGrid extends EventTarget {
  /** @param {Work} work */
  constructor(work) {
    super();
    this.work = work;
    this.chosen = new Chosen();
    /** @type {HTMLElement[]} */
    this.tiles = [];
    this.list = el("div", {
      class: "bench-grid",
      role: "listbox",
      "aria-multiselectable": "true",
      "aria-label": "Pictures of this group",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
      onmousedown: (/** @type {MouseEvent} */ event) => event.preventDefault(), // the click says what has the focus
      onclick: (/** @type {MouseEvent} */ event) => this.#clicked(event),
      ondblclick: () => this.#open(),
      onfocusin: (/** @type {FocusEvent} */ event) => this.#focused(event),
    });
    this.more = el("button", { type: "button", class: "more", onclick: () => void this.#goOn() }, "More pictures");
    this.end = el("p", { class: "muted grid-end" });
    this.element = el("div", { class: "bench-grid-place" }, this.list, this.more, this.end);
    this.watch = new IntersectionObserver(
      (seen) => seen.some((entry) => entry.isIntersecting) && void this.#loadMore(),
      {
        rootMargin: "800px",
      },
    );
    this.watch.observe(this.more);
  }

  /** Show other pictures, from the first on. */
  show() {
    this.chosen = new Chosen();
    this.tiles = [];
    fill(this.list);
    this.add();
  }

  /** Show the pictures that were loaded since. */
  add() {
    const { rows, total, cursor, isFull } = this.work;
    const first = this.tiles.length;
    for (let place = first; place < rows.length; place += 1) this.tiles.push(this.#tile(place));
    this.list.append(...this.tiles.slice(first));
    for (const tile of this.tiles) tile.setAttribute("aria-setsize", String(total));
    this.more.hidden = !cursor;
    this.more.textContent = isFull ? "Go on with the pictures after these" : "More pictures";
    this.list.hidden = !rows.length;
    this.end.textContent = rows.length ? "" : "No picture is in this group.";
    this.#mark();
  }

  /** @param {number[]} ids  of pictures whose labels have changed */
  change(ids) {
    const changed = new Set(ids);
    this.work.rows.forEach((row, place) => {
      if (changed.has(row.id)) this.#label(this.tiles[place], place);
    });
  }

  /** Return the place that has the focus. */
  at() {
    return this.chosen.focus;
  }

  /** Return the ids of the pictures that are meant. */
  meant() {
    return this.chosen.meant().flatMap((place) => this.work.rows[place]?.id ?? []);
  }

  /** Go to the next picture that nobody has said anything of. */
  next() {
    const last = Math.max(...this.chosen.meant());
    const place = nextUnsaid(this.work.rows, last);
    if (place < 0 && this.work.isFull) void this.#goOn();
    this.go(place < 0 ? last : place);
  }

  /** @param {number} place */
  go(place, how = {}) {
    if (!this.tiles.length) return;
    this.chosen.go(Math.min(place, this.tiles.length - 1), how);
    this.#mark();
    this.tiles[this.chosen.focus].focus();
    if (place > this.tiles.length - 20) void this.#loadMore();
  }

  chooseAll() {
    this.chosen.anchor = 0;
    this.go(this.tiles.length - 1, { range: true });
  }

  /** @param {FocusOptions} [how] */
  focus(how) {
    this.tiles[this.chosen.focus]?.focus(how);
  }

  remove() {
    this.watch.disconnect();
  }

  async #goOn() {
    if (!this.work.isFull) return this.#loadMore();
    try {
      await this.work.goOn();
    } catch (error) {
      this.#problem(error);
    }
  }

  async #loadMore() {
    if (this.more.hidden) return;
    try {
      await this.work.more();
    } catch (error) {
      this.more.hidden = false; // the button tries again
      this.#problem(error);
    }
  }

  /** @param {unknown} error */
  #problem(error) {
    if (error instanceof Error && error.name === "AbortError") return;
    this.end.textContent = messageOf(error);
  }

  /** @param {number} place */
  #tile(place) {
    const picture = this.work.pictures.get(this.work.rows[place].id);
    const tile = el("div", {
      class: "bench-tile",
      role: "option",
      tabindex: "-1",
      data: { place },
      "aria-posinset": this.work.first + place + 1,
    });
    if (picture) tile.append(thumb(picture.image, { label: "", height: 150 }));
    tile.append(el("span", { class: "for-readers" }, `${picture?.image.name ?? "a picture"}:`));
    tile.append(el("span", { class: "tile-label", dir: "auto" }), el("span", { class: "tile-sure", dir: "auto" }));
    tile.append(el("span", { class: "for-readers" }));
    this.#label(tile, place);
    return tile;
  }

  /**
   * @param {HTMLElement} tile
   * @param {number} place
   */
  #label(tile, place) {
    const row = this.work.rows[place];
    const probability = this.work.pictures.get(row.id)?.labels[0]?.probability ?? null;
    const words = certaintyWords(row, probability);
    const [, label, sure, more] = tile.querySelectorAll(":scope > span");
    tile.classList.toggle("said", row.said !== null);
    tile.title = row.said === null ? "" : words;
    label.textContent = row.labels.join(", ");
    sure.textContent = row.said === null ? words : `✓ ${row.said}`;
    more.textContent = row.said === null ? "" : words;
  }

  #mark() {
    this.tiles.forEach((tile, place) => {
      tile.setAttribute("aria-selected", String(this.chosen.places.has(place)));
      tile.tabIndex = place === this.chosen.focus ? 0 : -1;
    });
  }

  #columns() {
    const top = this.tiles[0]?.offsetTop;
    const below = this.tiles.findIndex((tile) => tile.offsetTop !== top);
    return below < 0 ? this.tiles.length : below;
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.altKey) return;
    const isRightToLeft = document.documentElement.dir === "rtl";
    const grid = { count: this.tiles.length, columns: this.#columns(), isRightToLeft };
    const place = arrowTo(event.key, this.chosen.focus, grid);
    if (place !== null) this.go(place, { range: event.shiftKey });
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.chooseAll();
    else if (event.key === " ") this.go(this.chosen.focus, { more: true });
    else if (event.key === "Enter") this.#open();
    else return;
    event.preventDefault();
  }

  /** Follow the focus, which screen readers move, too. @param {FocusEvent} event */
  #focused(event) {
    const place = Number(/** @type {HTMLElement} */ (event.target).dataset.place);
    if (Number.isNaN(place) || place === this.chosen.focus) return;
    this.chosen.go(place);
    this.#mark();
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const tile = /** @type {Element} */ (event.target).closest("[data-place]");
    if (!(tile instanceof HTMLElement)) return;
    this.go(Number(tile.dataset.place), { range: event.shiftKey, more: event.ctrlKey || event.metaKey });
  }

  #open() {
    this.dispatchEvent(new CustomEvent("open", { detail: this.chosen.focus }));
  }
}

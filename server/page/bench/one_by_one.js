// One picture at a time, large, with what the model thinks of it and its neighbours in a strip.

/** @import { Work } from "./work.js" */

import { thumbAddress } from "../api.js";
import { el, fill } from "../dom.js";
import { labelBars } from "../parts/bars.js";
import { thumb } from "../parts/thumb.js";
import { nextUnsaid } from "../pure/bench.js";
import { certaintyWords } from "../pure/intervals.js";

const NEIGHBOURS = 6; // on each side
const LARGE = 512; // pixels

/** The picture at a place of the work's rows; it goes to the next by itself. */
export class OneByOne {
  /** @param {Work} work */
  constructor(work) {
    this.work = work;
    this.place = 0;
    this.figure = el("figure", { class: "stage-picture" });
    this.facts = el("div", { class: "stage-facts" });
    this.strip = el("ul", { class: "strip", "aria-label": "Neighbours" });
    this.stage = el("section", { class: "stage", tabindex: "0", "aria-label": "The picture in question" }, [
      this.figure,
      this.facts,
    ]);
    this.element = el("div", { class: "one-by-one" }, this.stage, this.strip);
  }

  /** Show other pictures: the first that nobody has said anything of. */
  show() {
    this.go(Math.max(0, nextUnsaid(this.work.rows, -1)));
  }

  /** @param {number} place */
  go(place) {
    const { rows, cursor } = this.work;
    this.place = Math.max(0, Math.min(place, rows.length - 1));
    this.#draw();
    if (cursor && this.place > rows.length - 10) void this.work.more().catch(() => {});
  }

  /** @param {number} by */
  step(by) {
    const isOver = this.place + by >= this.work.rows.length;
    if (isOver && this.work.isFull) void this.work.goOn().catch(() => {});
    else this.go(this.place + by);
  }

  /** Go to the next picture that nobody has said anything of; false if there is none. */
  next() {
    const place = nextUnsaid(this.work.rows, this.place);
    if (place < 0 && this.work.isFull) void this.work.goOn().catch(() => {});
    this.go(place < 0 ? this.place : place);
    return place >= 0;
  }

  /** Return the place that has the focus. */
  at() {
    return this.place;
  }

  /** Return the ids of what is meant: the one picture. */
  meant() {
    const row = this.work.rows[this.place];
    return row ? [row.id] : [];
  }

  change() {
    this.#draw();
  }

  add() {
    this.#draw();
  }

  /** @param {FocusOptions} [how] */
  focus(how) {
    this.stage.focus(how);
  }

  remove() {}

  #draw() {
    const row = this.work.rows[this.place];
    const picture = row && this.work.pictures.get(row.id);
    if (!row || !picture) {
      fill(this.figure, el("p", { class: "muted" }, "No picture is left to look at in this group."));
      delete this.figure.dataset.id; // else the same picture would not be drawn when it is back
      fill(this.facts);
      fill(this.strip);
      return;
    }
    if (this.figure.dataset.id !== String(row.id)) {
      fill(
        this.figure,
        thumb(picture.image, { height: LARGE }),
        el("figcaption", { dir: "auto", class: "muted" }, picture.image.name),
      );
      this.figure.dataset.id = String(row.id);
    }
    const best = row.said === null ? (picture.labels[0]?.probability ?? null) : 1;
    const label = el("p", { class: "stage-label" }, [
      el("strong", { dir: "auto" }, row.labels.join(", ")),
      " ",
      el("span", { class: row.said === null ? "muted" : "sure" }, certaintyWords(row, best)),
    ]);
    const place = el("p", { class: "muted" }, `Picture ${this.work.first + this.place + 1} of ${this.work.total}`);
    const bars = labelBars(picture.chances?.length ? picture.chances : picture.labels, row.labels);
    fill(this.facts, label, bars, place);
    this.#drawStrip();
    this.#preload();
  }

  #drawStrip() {
    const { rows } = this.work;
    const from = Math.max(0, Math.min(this.place - NEIGHBOURS, rows.length - 2 * NEIGHBOURS - 1));
    const items = rows.slice(from, from + 2 * NEIGHBOURS + 1).map((row, step) => this.#neighbour(row, from + step));
    fill(this.strip, items);
  }

  /**
   * @param {import("../pure/bench.js").Row} row
   * @param {number} place
   */
  #neighbour(row, place) {
    const picture = this.work.pictures.get(row.id);
    const name = `${picture?.image.name}: ${row.labels.join(", ")}${row.said === null ? "" : ", a person said so"}`;
    const button = el("button", {
      type: "button",
      class: `tile${row.said === null ? "" : " said"}`,
      "aria-label": name,
      "aria-current": String(place === this.place),
      tabindex: "-1",
      onclick: () => [this.go(place), this.focus()],
    });
    if (picture) button.append(thumb(picture.image, { label: "", height: 72, badges: false }));
    return el("li", {}, button);
  }

  #preload() {
    const next = this.work.rows[nextUnsaid(this.work.rows, this.place)];
    const picture = next && this.work.pictures.get(next.id);
    if (picture?.image.thumb) new Image().src = thumbAddress(picture.image, 512);
  }
}

// The scrubber: a scale of all that was found, by date or score, with bars for how much there is; drag it, click it, or
// use the keys.

/** @import { PhotoGrid } from "./photo-grid.js" */
/** @import { Results } from "./results.js" */

import { el, fill } from "../dom.js";
import { Scale } from "../pure/buckets.js";
import { number } from "../pure/formats.js";

const APART = { month: 26, score: 64 }; // pixels between two marks
const LEAST = 3; // pixels of the shortest bar

/** `<time-scrubber>`; call `bind` first, and `renew` when the pictures are others. */
export class TimeScrubber extends HTMLElement {
  /** @type {Results} */
  #results = /** @type {any} */ (null);
  /** @type {PhotoGrid} */
  #grid = /** @type {any} */ (null);
  #scale = new Scale([], 0);
  #bars = el("canvas", { "aria-hidden": "true" });
  #marks = el("div", { class: "marks", "aria-hidden": "true" });
  #hand = el("div", { class: "hand" });
  #tip = el("output", { class: "tip", "aria-hidden": "true", hidden: true });
  #at = 0;
  #goal = -1;
  #frame = 0;
  #sizes = new ResizeObserver(() => this.#draw());
  #looks = new MutationObserver(() => this.#draw()); // light or dark, and the direction

  /**
   * @param {Results} results
   * @param {PhotoGrid} grid  what it scrolls
   */
  bind(results, grid) {
    this.#results = results;
    this.#grid = grid;
    grid.addEventListener("seen", () => this.#follow());
  }

  connectedCallback() {
    this.append(this.#bars, this.#marks, this.#hand, this.#tip);
    for (const [name, value] of Object.entries({ role: "slider", "aria-orientation": "vertical", tabindex: "0" }))
      this.setAttribute(name, value);
    this.setAttribute("aria-label", "Scroll through all pictures");
    this.setAttribute("aria-valuemin", "1");
    this.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.addEventListener("pointermove", (event) => this.#pointed(event));
    this.addEventListener("pointerleave", () => this.#hideTip());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("wheel", (event) => this.#grid.scrollOn(event.deltaY), { passive: true });
    this.#sizes.observe(this);
    this.#looks.observe(document.documentElement, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#draw);
  }

  disconnectedCallback() {
    this.#sizes.disconnect();
    this.#looks.disconnect();
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#draw);
    cancelAnimationFrame(this.#frame);
  }

  /** Take the scale of what is shown now. */
  renew() {
    const { order, count } = this.#results;
    this.#scale = new Scale(order.buckets, count);
    this.setAttribute("aria-valuemax", String(Math.max(1, count)));
    this.#draw();
    this.#follow();
  }

  /** Show where the grid is. */
  #follow() {
    const { position, last, sight } = this.#grid;
    this.hidden = !(last > 0 && this.#results.count);
    const isThere = this.#goal >= sight.first && this.#goal < sight.next; // a month may begin within the row
    this.#at = position >= last ? Math.max(0, this.#results.count - 1) : isThere ? this.#goal : sight.first;
    const fraction = position >= last ? 1 : position <= 0 ? 0 : this.#scale.fractionOf(this.#at);
    this.#hand.style.insetBlockStart = `${fraction * 100}%`;
    this.setAttribute("aria-valuenow", String(this.#at + 1));
    const says = `${this.#scale.says(this.#at)}; ${number(this.#at + 1)} of ${number(this.#results.count)}`;
    this.setAttribute("aria-valuetext", says);
    if (this.classList.contains("dragged")) this.#showTip(fraction, this.#at);
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    if (event.button) return;
    event.preventDefault();
    this.focus({ preventScroll: true });
    this.setPointerCapture(event.pointerId);
    this.classList.add("dragged");
    const stop = () => {
      this.classList.remove("dragged");
      this.removeEventListener("lostpointercapture", stop);
      if (event.pointerType !== "mouse") this.#hideTip();
    };
    this.addEventListener("lostpointercapture", stop);
    this.#go(event);
  }

  /** @param {PointerEvent} event */
  #pointed(event) {
    if (this.classList.contains("dragged")) this.#go(event);
    else {
      const fraction = this.#fraction(event);
      this.#showTip(fraction, this.#scale.indexAt(fraction));
    }
  }

  /**
   * Go where the pointer is, once in a frame.
   * @param {PointerEvent} event
   */
  #go(event) {
    const fraction = this.#fraction(event);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      this.#jump(fraction <= 0 ? 0 : this.#scale.indexAt(fraction));
    });
  }

  /** @param {PointerEvent} event */
  #fraction(event) {
    const { top, height } = this.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientY - top) / Math.max(1, height)));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { first, end } = this.#grid.sight;
    const page = Math.max(1, end - first);
    const goals = /** @type {Record<string, number>} */ ({
      ArrowDown: this.#scale.step(this.#at, 1),
      ArrowUp: this.#scale.step(this.#at, -1),
      PageDown: this.#at + page,
      PageUp: this.#at - page,
      Home: 0,
      End: this.#results.count - 1,
    });
    const goal = goals[event.key];
    if (goal === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#jump(goal);
  }

  /** @param {number} index */
  #jump(index) {
    this.#goal = index;
    this.#grid.jumpTo(index);
  }

  /**
   * @param {number} fraction
   * @param {number} index
   */
  #showTip(fraction, index) {
    this.#tip.hidden = !this.#results.count;
    this.#tip.textContent = this.#scale.says(index);
    this.#tip.style.insetBlockStart = `${fraction * 100}%`;
  }

  #hideTip() {
    if (!this.classList.contains("dragged")) this.#tip.hidden = true;
  }

  /** Draw the bars, and write the marks beside them. */
  #draw = () => {
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    this.#bars.width = width * devicePixelRatio;
    this.#bars.height = height * devicePixelRatio;
    const pen = this.#bars.getContext("2d");
    if (!pen) return;
    const style = getComputedStyle(this);
    const isMirrored = style.direction === "rtl";
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.fillStyle = getComputedStyle(this.#bars).color;
    for (const { from, to, count } of this.#scale.slots) {
      if (!count) continue;
      const long = LEAST + (width - LEAST) * (Math.log1p(count) / Math.log1p(this.#scale.most)) * 0.85;
      const high = Math.max(1, (to - from) * height - ((to - from) * height > 3 ? 1 : 0));
      pen.fillRect(isMirrored ? 0 : width - long, from * height, long, high);
    }
    const apart = this.#results.layout?.scored && this.#scale.slots[0]?.kind === "score" ? APART.score : APART.month;
    const marks = this.#scale.marks(apart / height);
    fill(
      this.#marks,
      marks
        .filter(({ at }) => at * height < height - APART.month)
        .map(({ at, text }) => el("span", { style: { insetBlockStart: `max(${at * 100}%, 6px)` } }, text)),
    );
  };
}

customElements.define("time-scrubber", TimeScrubber);

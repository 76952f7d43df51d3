// A page of any height in one that browsers can have: Chromium ends at 33,554,428 device pixels, Firefox at 17.9 million.
//
// What is scrolled through is `logical`; the element that the browser scrolls is `physical` and never higher than MOST.
// Between the two lies an offset. While a person scrolls, the offset stays: every wheel step, swipe or key moves the
// pictures by exactly as many pixels as without any map. When the scrolling rests, the physical position is moved to
// where the logical one belongs, and the offset by as much, which nobody sees. Near both ends the offset is that of the
// end itself, so that the first and the last pixel are reached.

/** Small enough that a float32, in which browsers keep positions, tells half pixels apart. */
export const MOST = 4_000_000;
const EDGE = 0.25; // of the physical height at either end, within which positions are one to one
const NEAR = 20_000; // pixels from a physical end at which waiting for rest is too late

/** The map of one layout in one window. */
export class ScrollMap {
  /**
   * @param {number} logical  height of what is scrolled
   * @param {number} view  height of the window on it
   * @param {number} [most]  that the physical height may be
   */
  constructor(logical, view, most = MOST) {
    this.view = view;
    this.logical = Math.max(logical, view);
    this.physical = Math.min(this.logical, Math.max(most, 4 * view));
    /** Where the window's top is, in either. */
    this.position = 0;
    this.at = 0;
  }

  /** The last position that can be scrolled to. */
  get last() {
    return this.logical - this.view;
  }

  /** What is added to a physical position to make it a logical one. */
  get offset() {
    return this.position - this.at;
  }

  /** Whether the map does anything at all. */
  get isPlain() {
    return this.logical === this.physical;
  }

  /**
   * Return the physical position at which a logical one belongs when the scrolling rests.
   * @param {number} position
   */
  home(position) {
    if (this.isPlain) return position;
    const edge = this.physical * EDGE;
    const [last, lastAt] = [this.last, this.physical - this.view];
    if (position <= edge) return position;
    if (position >= last - edge) return lastAt - (last - position);
    return edge + ((position - edge) * (lastAt - 2 * edge)) / (last - 2 * edge);
  }

  /**
   * The browser has scrolled: take its position. Returns the physical position that it must be moved to, or null.
   * @param {number} at
   * @param {boolean} [rests]  nobody is scrolling
   */
  scrolled(at, rests = false) {
    const position = at + this.offset;
    this.position = Math.min(this.last, Math.max(0, position));
    this.at = at;
    if (this.isPlain) {
      this.at = this.position;
      return null;
    }
    const isOver = position !== this.position;
    const lastAt = this.physical - this.view;
    const atEnd = at < NEAR || at > lastAt - NEAR || this.position < NEAR || this.position > this.last - NEAR;
    const home = this.home(this.position);
    if (!(isOver || rests || atEnd) || Math.abs(home - at) < 1) return null;
    this.at = home;
    return home;
  }

  /**
   * Go to a logical position; returns the physical one that the browser must be moved to.
   * @param {number} position
   */
  jump(position) {
    this.position = Math.min(this.last, Math.max(0, position));
    this.at = this.home(this.position);
    return this.at;
  }

  /**
   * The browser has rounded the physical position that it was told: the logical one does not change by that.
   * @param {number} at
   */
  rounded(at) {
    if (!this.isPlain) this.at = at;
  }
}

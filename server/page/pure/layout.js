// Justified rows: a million pictures laid out exactly, from one byte each that tells its shape.

import { ratioOf } from "./binary.js";

const NARROWEST = 0.4;
const WIDEST = 3.5; // beyond these a picture is cut, so that its row is neither a thread nor a wall
const RATIOS = Float64Array.from({ length: 256 }, (_, byte) => Math.min(WIDEST, Math.max(NARROWEST, ratioOf(byte))));
const UNKNOWN = 141; // 4:3

/**
 * @typedef {object} Sizes
 * @property {number} width  of a row, in pixels
 * @property {number} target  the height that rows should have
 * @property {number} gap  between pictures and between rows
 * @property {Break[]} [breaks]  ascending
 */

/** @typedef {{ at: number, space: number }} Break  a row begins at this picture, with more room above it */

/** Where every row is. */
export class Rows {
  /**
   * @param {number} count
   * @param {Uint32Array} starts  the first picture of each row, and the number of pictures
   * @param {Float64Array} tops  of each row, and the height of all
   * @param {Sizes} sizes
   * @param {Uint8Array} aspects
   */
  constructor(count, starts, tops, sizes, aspects) {
    this.count = count;
    this.starts = starts;
    this.tops = tops;
    this.sizes = sizes;
    this.aspects = aspects;
  }

  /** The height of all rows. */
  get height() {
    return this.tops[this.count];
  }

  /**
   * Return the row that a height is in; between two rows, the one above.
   * @param {number} y
   */
  rowAt(y) {
    return lastAtMost(this.tops, y, this.count);
  }

  /**
   * Return the row of a picture.
   * @param {number} index
   */
  rowOf(index) {
    return lastAtMost(this.starts, index, this.count);
  }

  /**
   * Return where the pictures of a row are: whole pixels, that fill the width to its last.
   * @param {number} row
   */
  boxes(row) {
    const [first, end] = [this.starts[row], this.starts[row + 1]];
    const { width, gap } = this.sizes;
    const scale = this.#scale(first, end);
    const boxes = [];
    let [edge, room] = [0, 0];
    for (let index = first; index < end; index += 1) {
      const start = Math.round(edge) + room;
      edge += RATIOS[this.aspects[index]] * scale;
      room += gap;
      boxes.push({ index, x: start, width: Math.max(1, Math.min(width, Math.round(edge) + room - gap) - start) });
    }
    return { y: this.tops[row], height: Math.max(1, Math.round(scale)), boxes };
  }

  /**
   * Return how high a row's pictures are before rounding.
   * @param {number} first
   * @param {number} end
   */
  #scale(first, end) {
    let sum = 0;
    for (let index = first; index < end; index += 1) sum += RATIOS[this.aspects[index]];
    const isLast = end === this.aspects.length || (this.sizes.breaks ?? []).some(({ at }) => at === end);
    return scaleOf(sum, end - first, this.sizes, isLast);
  }
}

/**
 * Lay pictures out in rows of one width and of about one height.
 * @param {Uint8Array} aspects  a byte each, as the server says it
 * @param {Sizes} sizes
 * @returns {Rows}
 */
export function layOut(aspects, sizes) {
  const { gap, breaks = [] } = sizes;
  const starts = new Uint32Array(aspects.length + 1);
  const tops = new Float64Array(aspects.length + 1);
  let [row, top] = [0, 0];
  /** @type {(first: number, height: number) => void} */
  const close = (first, height) => {
    starts[row] = first;
    tops[row] = top;
    top += Math.max(1, Math.round(height)) + gap;
    row += 1;
  };
  let begin = 0;
  for (const { at, space } of [...breaks, { at: aspects.length, space: 0 }]) {
    if (at > begin) layOutPart(aspects, begin, at, sizes, close);
    top += space;
    begin = at;
  }
  starts[row] = aspects.length;
  tops[row] = Math.max(0, row ? top - gap : top);
  return new Rows(row, starts.subarray(0, row + 1), tops.subarray(0, row + 1), sizes, aspects);
}

/**
 * @param {Uint8Array} aspects
 * @param {number} begin
 * @param {number} end
 * @param {Sizes} sizes
 * @param {(first: number, height: number) => void} close
 */
function layOutPart(aspects, begin, end, sizes, close) {
  const { width, target, gap } = sizes;
  let [first, sum] = [begin, 0];
  for (let index = begin; index < end; index += 1) {
    const ratio = RATIOS[aspects[index]];
    sum += ratio;
    const count = index - first + 1;
    const high = (width - gap * (count - 1)) / sum;
    if (high > target) continue;
    const without = count > 1 ? (width - gap * (count - 2)) / (sum - ratio) : Number.POSITIVE_INFINITY;
    if (without - target < target - high) {
      close(first, without); // the row is nearer to the target without this picture, which begins the next
      [first, sum] = [index, 0];
      index -= 1;
    } else {
      close(first, high);
      [first, sum] = [index + 1, 0];
    }
  }
  if (first < end) close(first, scaleOf(sum, end - first, sizes, true));
}

/**
 * @param {number} sum  of the ratios
 * @param {number} count
 * @param {Sizes} sizes
 * @param {boolean} isLast  the last row of a part is not stretched
 */
function scaleOf(sum, count, { width, target, gap }, isLast) {
  const full = Math.max(1, width - gap * (count - 1)) / sum;
  return isLast ? Math.min(full, target) : full;
}

/**
 * Return the height that suits a width: two or three pictures in a row on a phone, nine on a wide screen.
 * @param {number} width
 */
export const targetHeight = (width) => Math.round(Math.min(280, 84 + width * 0.1));

/**
 * Return the byte that tells a picture's shape, as the server makes it.
 * @param {number} width
 * @param {number} height
 */
export function aspectOf(width, height) {
  if (!(width > 0 && height > 0)) return UNKNOWN;
  return Math.min(255, Math.max(0, Math.round(128 + 32 * Math.log2(width / height))));
}

/**
 * Return the last of the first `count` entries that is at most a value, or 0.
 * @param {Uint32Array | Float64Array} ascending
 * @param {number} value
 * @param {number} count
 */
function lastAtMost(ascending, value, count) {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

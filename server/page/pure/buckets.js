// The scale of the scrubber: from a place on it to a picture, and back. Dates are spaced as time passes, not by how many
// pictures a month has; that the length of the bars tells.

/** @import { Bucket } from "../types.js" */

import { counted, date } from "./formats.js";

const LONGEST_GAP = 6; // months without pictures that are drawn; more of them are drawn as these

/**
 * @typedef {object} Slot
 * @property {string} label  of the bucket
 * @property {"month" | "undated" | "score" | "name"} kind
 * @property {number} first  the first picture
 * @property {number} count  0 where time passes without pictures
 * @property {number} from  where it begins on the scale, 0 to 1
 * @property {number} to
 */

/** A scale of buckets. */
export class Scale {
  /**
   * @param {Bucket[]} buckets  in the order of the pictures
   * @param {number} count  of all pictures
   */
  constructor(buckets, count) {
    this.count = count;
    const spans = withGaps(buckets.filter((bucket) => bucket.count > 0));
    const whole = spans.reduce((sum, { span }) => sum + span, 0) || 1;
    let from = 0;
    /** @type {Slot[]} */
    this.slots = spans.map(({ span, ...slot }) => {
      const to = from + span / whole;
      const placed = { ...slot, from, to };
      from = to;
      return placed;
    });
    this.full = this.slots.filter((slot) => slot.count > 0);
    this.most = Math.max(1, ...this.slots.map((slot) => slot.count));
  }

  /**
   * Return the slot of a picture.
   * @param {number} index
   * @returns {Slot | undefined}
   */
  slotOf(index) {
    let [low, high] = [0, this.full.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.full[middle].first <= index) low = middle;
      else high = middle - 1;
    }
    return this.full[low];
  }

  /**
   * Return where a picture is on the scale.
   * @param {number} index
   */
  fractionOf(index) {
    const slot = this.slotOf(index);
    if (!slot) return this.count > 1 ? index / (this.count - 1) : 0;
    const inside = Math.min(1, Math.max(0, (index - slot.first) / slot.count));
    return slot.from + inside * (slot.to - slot.from);
  }

  /**
   * Return the picture at a place of the scale; where there is none, the next one.
   * @param {number} fraction
   */
  indexAt(fraction) {
    if (fraction >= 1) return Math.max(0, this.count - 1);
    const slot = this.full.find(({ to }) => fraction < to);
    if (!slot) return Math.max(0, Math.min(this.count - 1, Math.floor(fraction * this.count)));
    const inside = Math.max(0, (fraction - slot.from) / (slot.to - slot.from));
    return slot.first + Math.min(slot.count - 1, Math.floor(inside * slot.count));
  }

  /**
   * Return the picture that begins the next slot in a direction, as keys go.
   * @param {number} index
   * @param {1 | -1} direction
   */
  step(index, direction) {
    const slot = this.slotOf(index);
    if (!slot) return index;
    if (direction < 0 && index > slot.first) return slot.first;
    return this.full[this.full.indexOf(slot) + direction]?.first ?? index;
  }

  /**
   * Return what stands beside the scale: a year each, or a score now and then; not closer than `apart`.
   * @param {number} apart  0 to 1
   */
  marks(apart) {
    /** @type {{ at: number, text: string }[]} */
    const marks = [];
    let before = "";
    for (const { label, kind, from, count } of this.slots) {
      const text = kind === "month" ? label.slice(0, 4) : kind === "score" ? Number(label).toFixed(2) : "";
      if (!text || text === before || !count) continue;
      before = text;
      if (!marks.length || from - marks[marks.length - 1].at >= apart) marks.push({ at: from, text });
    }
    return marks;
  }

  /**
   * Return what is said of the place of a picture: "July 2021, 34 pictures".
   * @param {number} index
   */
  says(index) {
    const slot = this.slotOf(index);
    if (!slot) return counted(this.count, "picture");
    return `${named(slot)}, ${counted(slot.count, "picture")}`;
  }
}

/** @param {Pick<Slot, "label" | "kind">} slot */
function named({ label, kind }) {
  if (kind === "month") return date(label);
  if (kind === "score") return `Score ${label}`;
  return kind === "undated" ? "No date" : label.replace(/^\d+:/, "");
}

/**
 * @param {string} label
 * @returns {Slot["kind"]}
 */
function kindOf(label) {
  if (/^\d{4}(-\d{2})?$/.test(label)) return "month";
  if (/^-?\d+(\.\d+)?$/.test(label)) return "score";
  return label ? "name" : "undated";
}

/**
 * Return the slots with the time between them.
 * @param {Bucket[]} buckets
 */
function withGaps(buckets) {
  /** @type {(Omit<Slot, "from" | "to"> & { span: number })[]} */
  const slots = [];
  let before = Number.NaN;
  for (const { label, first, count } of buckets) {
    const kind = kindOf(label);
    const month = kind === "month" ? monthsOf(label) : Number.NaN;
    const gap = Math.abs(month - before) - 1;
    if (gap > 0) slots.push({ label, kind, first, count: 0, span: Math.min(gap, LONGEST_GAP) });
    slots.push({ label, kind, first, count, span: kind === "undated" ? 3 : 1 });
    before = month;
  }
  return slots;
}

/** @param {string} label */
function monthsOf(label) {
  const [year, month = 1] = label.split("-").map(Number);
  return year * 12 + month - 1;
}

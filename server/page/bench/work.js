// The work on a label set: its pictures, page by page, and what a person says of them, which counts at once and is sent
// behind; what could not be stored is taken back.

/** @import { Act, Row } from "../pure/bench.js" */
/** @import { Accuracy } from "../pure/intervals.js" */
/** @import { LabelledPicture, LabelSet } from "./label_api.js" */

import { messageOf } from "../problems.js";
import { countsAfter, OTHER, say, takeBack } from "../pure/bench.js";

const PAGE = 120;
const MOST = 10 * PAGE; // that are held and shown at once; others come in their place
const AT_ONCE = 500; // whose labels are asked for together
const NOT_STORED = "Not stored, so taken back";
const NOT_UNDONE = "Not taken back";
export const YOU = "you"; // until the server says by which name

/** @typedef {{ label: string | null, order: string, corrected: string }} Wanted */

/** Events: "more" (rows were added), "renewed" (other rows), "changed" (detail: their ids), "failed" (detail: why). */
export class Work extends EventTarget {
  /**
   * @param {LabelSet} set
   * @param {Pick<typeof import("./label_api.js"), "pictures" | "correct" | "undoCorrection" | "labelsNow">} api
   */
  constructor(set, api) {
    super();
    this.set = set;
    this.api = api;
    /** @type {Wanted} */
    this.wanted = { label: null, order: "uncertain", corrected: "any" };
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Map<number, LabelledPicture>} */
    this.pictures = new Map();
    this.total = 0;
    this.first = 0; // pictures before those that are held
    /** @type {string | null} */
    this.cursor = null;
    this.counts = countsOf(set);
    /** @type {Accuracy | null} */
    this.accuracy = null;
    /** @type {Act[]} */
    this.acts = [];
    this.pending = 0;
    this.sending = Promise.resolve();
    /** @type {AbortController | null} */
    this.loading = null;
  }

  get labels() {
    return this.set.classes.map((class_) => class_.class);
  }

  /**
   * Load the first pictures of a group in an order.
   * @param {Wanted} wanted
   */
  async load(wanted) {
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    this.wanted = wanted;
    await this.sending;
    const page = await this.api.pictures(this.set.id, { ...wanted, limit: PAGE, cursor: null }, loading.signal);
    this.#letGo();
    this.first = 0;
    this.#take(page);
  }

  /** Whether there are more pictures, but as many are held as may be. */
  get isFull() {
    return this.cursor !== null && this.rows.length >= MOST;
  }

  /** Go on with the pictures that come next, in place of those that are held. */
  async goOn() {
    if (!this.cursor || this.isLoadingMore) return;
    this.isLoadingMore = true;
    try {
      await this.sending;
      const asked = { ...this.wanted, limit: PAGE, cursor: this.cursor };
      const page = await this.api.pictures(this.set.id, asked, this.loading?.signal);
      this.first += this.rows.length;
      this.#letGo();
      this.#take(page);
      this.#tell("renewed");
    } finally {
      this.isLoadingMore = false;
    }
  }

  /**
   * Take the set as it is now; the rows stay.
   * @param {LabelSet} set
   */
  renew(set) {
    this.set = set;
    this.counts = countsOf(set);
  }

  /** Show the labels that the pictures have now, which another tab may have given; the pictures stay in their places. */
  async lookAgain() {
    const ids = this.rows.map((row) => row.id);
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const now = await this.api.labelsNow(this.set.id, ids.slice(first, first + AT_ONCE));
      if (this.pending) return; // what was said here meanwhile counts, and is told again
      this.#takeLabels(now);
    }
  }

  /** @param {Awaited<ReturnType<typeof import("./label_api.js").labelsNow>>} now */
  #takeLabels(now) {
    const told = new Map(now.map((one) => [one.id, one]));
    /** @type {number[]} */
    const changed = [];
    this.rows = this.rows.map((row) => {
      const picture = this.pictures.get(row.id);
      const labels = told.get(row.id);
      if (!picture || !labels) return row;
      const renewed = { ...picture, ...labels };
      if (isSame(picture, renewed) && row.said === (renewed.said_by ?? null)) return row;
      this.pictures.set(row.id, renewed);
      const other = rowOf(renewed);
      if (other.said !== row.said || other.labels.join() !== row.labels.join()) changed.push(row.id);
      return other;
    });
    if (changed.length) this.#tell("changed", changed);
  }

  /** Load the pictures that come next, if there are more. */
  async more() {
    if (!this.cursor || this.isLoadingMore || this.isFull) return;
    this.isLoadingMore = true;
    try {
      const asked = { ...this.wanted, limit: PAGE, cursor: this.cursor };
      this.#take(await this.api.pictures(this.set.id, asked, this.loading?.signal));
      this.#tell("more");
    } finally {
      this.isLoadingMore = false;
    }
  }

  /**
   * Say what pictures are: it is shown at once and sent behind.
   * @param {number[]} ids
   * @param {string[]} labels  [] or ["other"]: none of the classes
   * @param {number} at  the place that undo goes back to
   */
  say(ids, labels, at) {
    const { rows, act } = say(this.rows, ids, labels, YOU, new Date().toISOString(), at);
    this.rows = rows;
    this.acts.push(act);
    this.counts = countsAfter(this.counts, act, 1);
    this.#tell("changed", ids);
    const others = labels.filter((label) => label !== OTHER);
    return this.#send(
      async () => {
        const answer = await this.api.correct(this.set.id, ids, others);
        act.stored = answer.act;
        return answer;
      },
      () => this.#revert(act),
    );
  }

  /** Take back what was said last, also what was said before the page was opened; returns the place to go back to. */
  undo() {
    const act = this.acts.pop();
    const undo = () => this.api.undoCorrection(this.set.id, act?.stored);
    if (!act?.before.size) {
      void this.#send(undo, () => {}, NOT_UNDONE).then((answer) => answer && this.#renew());
      return null;
    }
    this.rows = takeBack(this.rows, act);
    this.counts = countsAfter(this.counts, act, -1);
    this.#tell("changed", act.ids);
    void this.#send(undo, () => this.#redo(act), NOT_UNDONE);
    return act.at;
  }

  async #renew() {
    try {
      await this.load(this.wanted);
      this.#tell("renewed");
    } catch (error) {
      this.#tell("failed", messageOf(error));
    }
  }

  /**
   * Send after all that was said before it.
   * @template {{ accuracy: Accuracy, counts: Record<string, number> }} Answer
   * @param {() => Promise<Answer>} ask
   * @param {() => void} onFailure
   * @param {string} [failed]  what is said then
   * @returns {Promise<Answer | null>}
   */
  #send(ask, onFailure, failed = NOT_STORED) {
    this.pending += 1;
    const sent = this.sending.then(ask).then(
      (answer) => this.#answered(answer),
      (error) => this.#failed(`${failed}: ${messageOf(error)}`, onFailure),
    );
    this.sending = sent.then(() => {});
    return sent;
  }

  /**
   * @template {{ accuracy: Accuracy, counts: Record<string, number> }} Answer
   * @param {Answer} answer
   */
  #answered(answer) {
    this.pending -= 1;
    this.accuracy = answer.accuracy;
    if (!this.pending) this.counts = { ...zeros(this.labels), ...answer.counts };
    this.#tell("changed", []);
    return answer;
  }

  /**
   * @param {string} why
   * @param {() => void} onFailure
   * @returns {null}
   */
  #failed(why, onFailure) {
    this.pending -= 1;
    onFailure();
    this.#tell("failed", why);
    return null;
  }

  /** @param {Act} act */
  #revert(act) {
    this.acts = this.acts.filter((other) => other !== act);
    this.rows = takeBack(this.rows, act);
    this.counts = countsAfter(this.counts, act, -1);
    this.#tell("changed", act.ids);
  }

  /** @param {Act} act */
  #redo(act) {
    const { rows } = say(this.rows, act.ids, act.labels, YOU, new Date().toISOString(), act.at);
    this.rows = rows;
    this.acts.push(act);
    this.counts = countsAfter(this.counts, act, 1);
    this.#tell("changed", act.ids);
  }

  #letGo() {
    this.rows = [];
    this.pictures.clear();
    for (const act of this.acts) act.before = new Map();
  }

  /** @param {{ total: number, pictures: LabelledPicture[], cursor: string | null }} page */
  #take({ total, pictures, cursor }) {
    for (const picture of pictures) {
      if (this.pictures.has(picture.image.id)) continue;
      this.pictures.set(picture.image.id, picture);
      this.rows.push(rowOf(picture));
    }
    this.total = total;
    this.cursor = cursor;
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * @param {LabelledPicture} one
 * @param {LabelledPicture} other
 */
const isSame = (one, other) =>
  JSON.stringify([one.labels, one.said_by]) === JSON.stringify([other.labels, other.said_by]);

/**
 * @param {LabelledPicture} picture
 * @returns {Row}
 */
function rowOf({ image, labels, said_by: said, said_at: when }) {
  return { id: image.id, labels: bestOf(labels, said !== null), said, when: when ?? null };
}

/**
 * Return the labels that hold: all that a person gave, or that the set gave.
 * @param {{ class: string, probability: number }[]} labels
 * @param {boolean} isSaid
 */
function bestOf(labels, isSaid) {
  const names = labels.map((label) => label.class);
  return isSaid ? names : names.length ? names : [OTHER];
}

/** @param {string[]} labels */
const zeros = (labels) => Object.fromEntries(labels.map((label) => [label, 0]));

/** @param {LabelSet} set */
export const countsOf = (set) => Object.fromEntries(set.classes.map((class_) => [class_.class, class_.pictures]));

// What a search found: the order of all pictures, and the records of those that were looked at. No element knows this.
//
// Events: "start" (the server was asked), "answer" (another search's pictures), "change" (the same search's, but more, or
// unfolded, or of a library that has changed), "records", "failed".

/** @import { Layout, Picture, Search, SearchAnswer } from "../types.js" */
/** @import { Member, Order } from "../pure/unfolding.js" */

import { scoreOf } from "../pure/binary.js";
import { aspectOf } from "../pure/layout.js";
import { isCounted, weakerOf } from "../pure/summary.js";
import { unfold } from "../pure/unfolding.js";

const FIRST = 100; // hits that come with their records, before the layout of all
const FEW = 10_000; // ranked pictures that are laid out before more are asked for
const AT_ONCE = 200; // records that are asked for in one request
const KEPT = 6000; // records

/** @type {Order} */
const NOTHING = { ids: new Uint32Array(), scores: null, aspects: new Uint8Array(), matching: 0, buckets: [] };

/** The pictures of the search that is shown. */
export class Results extends EventTarget {
  /** @type {Search | null} */
  search = null;
  /** @type {SearchAnswer | null} */
  answer = null;
  /** What the answer is of: another search than the one that is asked for until that is answered. @type {Search | null} */
  answered = null;
  /** @type {Layout | null} */
  layout = null;
  /** @type {Error | null} */
  error = null;
  isPending = false;
  /** @type {Map<number, Picture>} */
  records = new Map();
  /** What is shown, with the copies of unfolded stacks. */
  order = NOTHING;
  /** @type {Order} */
  #folded = NOTHING;
  /** @type {Map<number, Member[]>} */
  #unfolded = new Map();
  #abort = new AbortController();
  /** @type {number[] | null} */
  #wanted = null;
  #isFetching = false;
  #isWhole = false;

  /** @param {typeof import("../api.js")} api */
  constructor(api) {
    super();
    this.api = api;
  }

  get count() {
    return this.order.ids.length;
  }

  /** How many match: all, where nothing was searched for. */
  get matching() {
    return this.search?.terms.length ? this.order.matching : this.count;
  }

  /** Whether it is known how many match. */
  get isCounted() {
    return this.answer !== null && isCounted({ answer: this.answer, layout: this.layout });
  }

  /** Whether there is more to lay out than was asked for. */
  get isComplete() {
    return this.layout?.complete ?? false;
  }

  /**
   * Search. A search that is under way is given up.
   * @param {Search} search
   * @param {{ quietly?: boolean }} [how]  the same search again: what is shown stays until the answer is there
   */
  async run(search, { quietly = false } = {}) {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    if (!quietly) this.#isWhole = false;
    this.search = search;
    this.error = null;
    this.isPending = true;
    this.#tell("start");
    const most = search.terms.length && !this.#isWhole ? FEW : null;
    const layout = this.api.layout({ ...search, most }, signal);
    layout.catch(() => {}); // told below, once
    try {
      const answer = await this.api.search({ ...search, limit: FIRST }, signal);
      if (signal.aborted) return;
      if (quietly) this.records = new Map();
      else this.#takeFirst(answer);
      this.answer = answer;
      this.answered = search;
      for (const picture of answer.hits) this.records.set(picture.id, picture);
      if (!quietly) this.#tell("answer");
      this.#take(await layout);
    } catch (error) {
      if (signal.aborted) return;
      this.error = error instanceof Error ? error : new Error(String(error));
      this.isPending = false;
      this.#tell("failed");
    }
  }

  /** Have all laid out, also what is weaker than what was asked for at first. */
  async more() {
    if (this.isPending || this.isComplete || !this.search || this.error) return;
    const { signal } = this.#abort;
    this.isPending = this.#isWhole = true;
    try {
      this.#take(await this.api.layout({ ...this.search, most: null }, signal));
    } catch (error) {
      if (signal.aborted) return;
      this.error = error instanceof Error ? error : new Error(String(error));
      this.isPending = false;
      this.#tell("failed");
    }
  }

  /** Give up what is under way. */
  stop() {
    this.#abort.abort();
  }

  /**
   * Return the score of a picture by its place.
   * @param {number} index
   */
  scoreAt(index) {
    return this.order.scores ? scoreOf(this.order.scores[index]) : null;
  }

  /**
   * Return how many copies stand behind a picture, before its record is there.
   * @param {number} id
   */
  copiesOf(id) {
    return this.layout?.stacks[id]?.length ?? this.records.get(id)?.copies.length ?? 0;
  }

  /** @param {number} id */
  isUnfolded(id) {
    return this.#unfolded.has(id);
  }

  /**
   * Unfold a stack in place, or fold it again; says whether there was one.
   * @param {number} id
   */
  toggleStack(id) {
    const copies = this.records.get(id)?.copies ?? [];
    if (!this.#unfolded.delete(id)) {
      if (!copies.length) return false;
      const members = copies.map(({ id, score, width, height }) => ({ id, score, aspect: aspectOf(width, height) }));
      this.#unfolded.set(id, members);
    }
    this.order = unfold(this.#folded, this.#unfolded);
    this.#tell("change");
    return true;
  }

  /**
   * Have the records of pictures fetched that are in sight; what was wanted before and not sent yet is dropped.
   * @param {number[]} ids
   */
  want(ids) {
    const missing = ids.filter((id) => !this.records.has(id)).slice(0, AT_ONCE);
    this.#wanted = missing.length ? missing : null;
    if (!this.#isFetching) void this.#fetch();
  }

  async #fetch() {
    const ids = this.#wanted;
    if (!ids) return;
    this.#wanted = null;
    this.#isFetching = true;
    const { records } = this;
    try {
      for (const picture of await this.api.images(ids)) records.set(picture.id, picture);
      for (const id of ids) if (!records.has(id)) records.set(id, gone(id));
      for (const id of records.keys()) if (records.size > KEPT) records.delete(id);
      this.#tell("records");
    } catch {
      // The places stay empty; they are asked for again when they come into sight again.
    }
    this.#isFetching = false;
    void this.#fetch();
  }

  /** @param {SearchAnswer} answer */
  #takeFirst({ hits, matching }) {
    this.layout = null;
    this.#unfolded.clear();
    this.#folded = this.order = {
      ids: Uint32Array.from(hits, ({ id }) => id),
      scores: hits[0]?.score == null ? null : Uint16Array.from(hits, ({ score }) => ((Number(score) + 1) / 2) * 65535),
      aspects: Uint8Array.from(hits, ({ width, height }) => aspectOf(width, height)),
      matching: Math.min(matching, hits.length),
      buckets: [],
    };
  }

  /** @param {Layout} layout */
  #take(layout) {
    this.layout = layout;
    this.#folded = layout;
    if (this.answer && this.search?.terms.length) {
      // It has looked at more than the first hundred; what is said of both must be one.
      const { matching, lowest } = layout;
      this.answer = { ...this.answer, matching, counted: true, weaker: weakerOf(layout), lowest };
    }
    this.order = unfold(layout, this.#unfolded);
    this.isPending = false;
    this.#tell("change");
  }

  /** @param {string} what */
  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

/**
 * Return what stands for a picture that the library has no more.
 * @param {number} id
 * @returns {Picture}
 */
function gone(id) {
  const nothing = { path: "", folder: "", format: "", size: 0, width: 0, height: 0, copies: [] };
  const unknown = {
    score: null,
    matches: null,
    at: null,
    taken_at: null,
    camera: null,
    latitude: null,
    longitude: null,
  };
  return {
    ...nothing,
    ...unknown,
    id,
    name: "no longer there",
    taken_from: null,
    place: null,
    country: null,
    thumb: null,
  };
}

// Stacks unfolded in place: the copies stand behind the picture that stood for them.

/** @import { Bucket } from "../types.js" */

/**
 * @typedef {object} Order
 * @property {Uint32Array} ids
 * @property {Uint16Array | null} scores
 * @property {Uint8Array} aspects
 * @property {number} matching  the first of these match
 * @property {Bucket[]} buckets
 */

/** @typedef {{ id: number, score: number | null, aspect: number }} Member */

/**
 * Return an order with the copies of some stacks behind them.
 * @param {Order} order
 * @param {Map<number, Member[]>} stacks  the copies by the picture that stands for them
 * @returns {Order}
 */
export function unfold(order, stacks) {
  if (!stacks.size) return order;
  const places = [...order.ids.keys()].filter((index) => stacks.has(order.ids[index]));
  const more = places.reduce((sum, index) => sum + membersAt(order, stacks, index).length, 0);
  const count = order.ids.length + more;
  const ids = new Uint32Array(count);
  const scores = order.scores && new Uint16Array(count);
  const aspects = new Uint8Array(count);
  let [from, to] = [0, 0];
  /** @param {number} end */
  const copy = (end) => {
    ids.set(order.ids.subarray(from, end), to);
    scores?.set(/** @type {Uint16Array} */ (order.scores).subarray(from, end), to);
    aspects.set(order.aspects.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  for (const index of places) {
    copy(index + 1);
    for (const { id, score, aspect } of membersAt(order, stacks, index)) {
      ids[to] = id;
      aspects[to] = aspect;
      if (scores) scores[to] = codeOf(score, scores[to - 1]);
      to += 1;
    }
  }
  copy(order.ids.length);
  const moved = (/** @type {number} */ row) => row + addedBefore(order, stacks, places, row);
  const buckets = order.buckets.map(({ label, first, count: held }) => {
    const begins = moved(first);
    return { label, first: begins, count: moved(first + held) - begins };
  });
  return { ids, scores, aspects, matching: moved(order.matching), buckets };
}

/**
 * @param {Order} order
 * @param {Map<number, Member[]>} stacks
 * @param {number} index
 */
const membersAt = (order, stacks, index) => stacks.get(order.ids[index]) ?? [];

/**
 * @param {Order} order
 * @param {Map<number, Member[]>} stacks
 * @param {number[]} places
 * @param {number} row
 */
function addedBefore(order, stacks, places, row) {
  let added = 0;
  for (const index of places) if (index < row) added += membersAt(order, stacks, index).length;
  return added;
}

/**
 * Return the code of a score, as /layout has it.
 * @param {number | null} score
 * @param {number} otherwise
 */
function codeOf(score, otherwise) {
  return score === null ? otherwise : Math.round(((score + 1) / 2) * 65535);
}

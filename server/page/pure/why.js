// Why a picture was found, in a sentence.

/** @import { Term } from "../types.js" */

import { score as written } from "./formats.js";

/**
 * Return what was searched for, as words: what is wanted, then what is not.
 * @param {Term[]} terms
 */
export function wordsOf(terms) {
  const wanted = terms.filter(({ weight }) => weight > 0).map(wordOf);
  const unwanted = terms.filter(({ weight }) => weight < 0).map(wordOf);
  return [wanted.join(" and "), unwanted.length && `not ${unwanted.join(" and not ")}`].filter(Boolean).join(", but ");
}

/** @param {Term} term */
function wordOf({ text, id, weight }) {
  const what = text !== undefined ? `“${text}”` : id !== undefined ? "a picture of the library" : "an uploaded picture";
  const much = Math.abs(weight);
  return much === 1 ? what : `${what} (weight ${much})`;
}

/**
 * Return how a score lies to what counts as a match, or null where there is nothing to say.
 * @param {number | null | undefined} score
 * @param {number | null | undefined} lowest  the least score that is a match; null if nothing was cut off
 */
export function verdictOf(score, lowest) {
  if (score === null || score === undefined) return null;
  if (lowest === null || lowest === undefined) return `Its score is ${written(score)}; nothing was cut off.`;
  const apart = Math.abs(score - lowest);
  const side = score >= lowest ? "above" : "below";
  const rank = score >= lowest ? "It matches" : "It does not match";
  return `${rank}: its score is ${written(score)}, ${written(apart)} ${side} the least that counts as a match, ${written(lowest)}.`;
}

// The search field stands for one of the texts that are searched for; here is what its text makes of the terms.

/** @import { Term } from "../types.js" */

const MOST_TERMS = 20;

/**
 * @typedef {object} Field
 * @property {number | null} at  the term that it stands for, or null for one that is not there yet
 * @property {1 | -1} sign  of one that is not there yet: wanted, or not
 */

/**
 * Return the field that a search begins with: the first text that is wanted.
 * @param {Term[]} terms
 * @returns {Field}
 */
export function fieldOf(terms) {
  const at = terms.findIndex(({ text, weight }) => text !== undefined && weight > 0);
  return { at: at < 0 ? null : at, sign: 1 };
}

/**
 * Return the terms with what the field says, and the field for them.
 * @param {Term[]} terms
 * @param {Field} field
 * @param {string} written
 * @returns {{ terms: Term[], field: Field }}
 */
export function typed(terms, field, written) {
  const text = written.trim().replace(/\s+/g, " ");
  const { at, sign } = field;
  const own = at === null ? undefined : terms[at];
  if (at === null || own?.text === undefined) {
    if (!text || terms.length >= MOST_TERMS) return { terms, field: { at: null, sign } };
    return { terms: [...terms, { text, weight: sign }], field: { at: terms.length, sign } };
  }
  if (!text) return { terms: terms.filter((term) => term !== own), field: { at: null, sign: own.weight < 0 ? -1 : 1 } };
  return { terms: terms.map((term) => (term === own ? { ...own, text } : term)), field };
}

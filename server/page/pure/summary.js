// What was found, in a line.

/** @import { Layout, Search, SearchAnswer } from "../types.js" */

import { counted, number } from "./formats.js";

/**
 * @typedef {object} Found
 * @property {Search} search
 * @property {SearchAnswer} answer
 * @property {Layout | null} layout
 */

/**
 * Return how many match and how many are weaker: "12 match · 9,988 weaker"; without terms, how many there are.
 * @param {Found} found
 */
export function summary({ search, answer, layout }) {
  if (!search.terms.length) return counted(layout?.total ?? answer.total, "picture");
  if (!isCounted({ answer, layout })) return "Counting what matches…";
  const { matching } = answer;
  const weaker = layout ? weakerOf(layout) : answer.weaker;
  const matches = matching ? `${number(matching)} match` : "No match";
  return weaker > 0 ? `${matches} · ${number(weaker)} weaker` : matches;
}

/**
 * Return whether it is known how many match.
 * @param {Pick<Found, "answer" | "layout">} found
 */
export const isCounted = ({ answer, layout }) => layout !== null || answer.counted !== false;

/**
 * Return how many are weaker, also of those that are not laid out yet; of a stack of copies one.
 * @param {Layout} layout
 */
export function weakerOf({ complete, count, matching, total, stacks }) {
  if (complete) return Math.max(0, count - matching);
  const copies = Object.values(stacks).reduce((sum, { length }) => sum + length, 0);
  return Math.max(0, total - matching - copies);
}

/**
 * Say why there is nothing to see, and what can be done; null if there is something.
 * @param {Found} found
 * @param {{ pictures: number, nearest: boolean }} what  the library's number of pictures; whether the nearest are shown
 * @returns {{ says: string, offer: "nearest" | "filters" | "library" | null } | null}
 */
export function nothing({ search, answer }, { pictures, nearest }) {
  if (answer.matching) return null;
  if (!pictures) return { says: "The library has no pictures yet.", offer: "library" };
  const isFiltered = Object.entries(search.filters).some(([, value]) =>
    Array.isArray(value) ? value.length : value !== null,
  );
  if (!answer.total) return { says: "No picture passes these filters.", offer: isFiltered ? "filters" : null };
  if (!search.terms.length || nearest) return null;
  const what = answer.understood ? ` for “${answer.understood}”` : "";
  return {
    says: `No match${what} among ${counted(answer.total, "picture")}.`,
    offer: answer.nearest ? "nearest" : null,
  };
}

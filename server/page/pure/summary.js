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
  const { matching } = answer;
  const weaker = layout ? layout.count - layout.matching : answer.weaker;
  const matches = matching ? `${number(matching)} match` : "No match";
  return weaker > 0 ? `${matches} · ${number(weaker)} weaker` : matches;
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

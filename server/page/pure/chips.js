// What a search consists of, in words, and the search without each part: for the chips that can be removed.

/** @import { Term } from "../types.js" */
/** @import { State } from "./url_state.js" */

import { date } from "./formats.js";

/** @typedef {{ label: string, without: Partial<State> }} FilterChip */

export const LEAST_WEIGHT = 0.1;
export const MOST_WEIGHT = 10;

/**
 * Return a chip for every filter of a state.
 * @param {State} state
 * @returns {FilterChip[]}
 */
export function filterChips(state) {
  return [
    ...listed(state, "folders", (folder) => `In ${folderName(folder)}`),
    ...datesOf(state),
    ...listed(state, "cameras", (camera) => `Camera: ${camera}`),
    ...placeOf(state),
    ...listed(state, "labels", (label) => `Label: ${label.replace(/^\d+:/, "")}`),
    ...listed(state, "types", (type) => `Type: ${type}`),
    ...one(state, "min", `At least ${state.min}`),
    ...listed(state, "named", (name) => `Name has “${name}”`),
    ...one(state, "dated", state.dated ? "Has a date" : "Has no date"),
    ...one(state, "placed", state.placed ? "Has a place" : "Has no place"),
    ...one(state, "box", "A part of the map"),
    ...one(state, "lasso", "A part of the plane"),
  ];
}

/**
 * @param {State} state
 * @param {"folders" | "cameras" | "labels" | "types" | "named"} name
 * @param {(text: string) => string} say
 * @returns {FilterChip[]}
 */
function listed(state, name, say) {
  return state[name].map((text) => ({
    label: say(text),
    without: { [name]: state[name].filter((other) => other !== text) },
  }));
}

/**
 * @param {State} state
 * @param {"min" | "dated" | "placed" | "box" | "lasso"} name
 * @param {string} label
 * @returns {FilterChip[]}
 */
function one(state, name, label) {
  return state[name] === null ? [] : [{ label, without: { [name]: null } }];
}

/**
 * @param {State} state
 * @returns {FilterChip[]}
 */
function datesOf({ after, before }) {
  const without = { after: null, before: null };
  if (after && after === before) return [{ label: date(after) || after, without }];
  if (after && before) return [{ label: `${date(after) || after} to ${date(before) || before}`, without }];
  if (after) return [{ label: `From ${date(after) || after} on`, without }];
  return before ? [{ label: `Until ${date(before) || before}`, without }] : [];
}

/**
 * @param {State} state
 * @returns {FilterChip[]}
 */
function placeOf({ near, radius }) {
  if (!near) return [];
  return [{ label: `${radius ? `Within ${radius} of` : "Near"} ${near}`, without: { near: null, radius: null } }];
}

/**
 * Return what a folder is called: its path below the root.
 * @param {string} folder  "ROOT:relative/path"
 */
function folderName(folder) {
  const path = folder.replace(/^\d+:/, "");
  return path && path !== "." ? path : "a folder that was indexed";
}

/**
 * Return terms with a picture wanted or not wanted; asked for the same twice, it counts more.
 * @param {Term[]} terms
 * @param {{ id: number } | { upload: string }} what
 * @param {1 | -1} sign
 * @returns {Term[]}
 */
export function withPicture(terms, what, sign) {
  const same = terms.findIndex((term) => ("id" in what ? term.id === what.id : term.upload === what.upload));
  if (same < 0) return [...terms, { ...what, weight: sign }];
  const old = terms[same].weight;
  const weight = Math.sign(old) === sign ? tidyWeight(old + 0.5 * sign) : sign;
  return terms.map((term, index) => (index === same ? { ...term, weight } : term));
}

/**
 * Return a weight that the server takes, with the sign it has, and one or two digits.
 * @param {number} weight
 */
export function tidyWeight(weight) {
  const size = Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, Math.round(Math.abs(weight) * 100) / 100));
  return weight < 0 ? -size : size;
}

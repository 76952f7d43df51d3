// What the dots of the plane can be coloured by, and which pictures have which colour.

/** @import { App, Facets, Search } from "../types.js" */

import { yearsOf } from "../pure/classes.js";
import { SHADES } from "./colours.js";

/** @typedef {{ name: string, ids: ArrayLike<number> }} Group */
/** @typedef {{ key: string, name: string, groups: (signal: AbortSignal) => Promise<Group[]> }} Colouring */

const MOST = SHADES - 1; // the last shade is for those in none
const ALL = /** @type {const} */ ({ sort: "path", fold: false, most: null, cutoff: "none" });

/**
 * Return what a search's pictures can be coloured by.
 * @param {App} app
 * @param {Search} search
 * @param {Facets} facets
 * @returns {Colouring[]}
 */
export function colouringsOf(app, search, facets) {
  /** @param {Partial<Search["filters"]>} filters @param {AbortSignal} signal */
  const idsOf = async (filters, signal) =>
    (await app.api.layout({ terms: [], ...ALL, filters: { ...search.filters, ...filters } }, signal)).ids;
  /** @param {{ name: string }[]} named @param {(name: string) => Partial<Search["filters"]>} filters */
  const each = (named, filters) => async (/** @type {AbortSignal} */ signal) => {
    /** @type {Group[]} */
    const groups = [];
    for (const { name } of named.slice(0, MOST)) groups.push({ name, ids: await idsOf(filters(name), signal) });
    return groups;
  };
  const matching = {
    key: "matching",
    name: "what matches",
    groups: async (/** @type {AbortSignal} */ signal) => {
      const { ids, matching: count } = await app.api.layout({ ...search, fold: false, most: null }, signal);
      return [{ name: "matches", ids: ids.subarray(0, count) }];
    },
  };
  const years = {
    key: "year",
    name: "year",
    groups: async (/** @type {AbortSignal} */ signal) => {
      const layout = await app.api.layout({ terms: [], ...ALL, sort: "date", filters: search.filters }, signal);
      return yearsOf(layout).slice(0, MOST);
    },
  };
  const types = {
    key: "type",
    name: "type",
    groups: async (/** @type {AbortSignal} */ signal) =>
      (await each(facets.types, (name) => ({ types: [name] }))(signal)).map(({ name, ids }) => ({
        name: name.toUpperCase(), // as the facets say it
        ids,
      })),
  };
  const sets = facets.labels.map(({ set, classes }) => ({
    key: `label:${set}`,
    name: `label: ${set}`,
    groups: each(
      classes.map((named) => ({ name: named.class })),
      (name) => ({ labels: [`${set}:${name}`] }),
    ),
  }));
  return [...(search.terms.length ? [matching] : []), ...(facets.years.length ? [years] : []), types, ...sets];
}

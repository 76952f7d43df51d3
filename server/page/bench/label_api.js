// What the label bench asks the server.

/** @import { Filters, Picture } from "../types.js" */
/** @import { Accuracy } from "../pure/intervals.js" */
/** @import { Job } from "../upkeep/upkeep_api.js" */

import { ask, call } from "../api.js";

/**
 * @typedef {object} LabelClass
 * @property {string} class
 * @property {number} pictures
 * @property {number | null} probability  mean
 * @property {string[]} [prompts]
 * @property {number} [examples]
 * @property {number | null} [threshold]
 */

/**
 * @typedef {object} LabelSet
 * @property {number} id
 * @property {string} name
 * @property {string} kind  "softmax", or "multi"
 * @property {string} model
 * @property {string} labelled_at
 * @property {boolean} other
 * @property {number} threshold
 * @property {number} temperature
 * @property {boolean} draft
 * @property {string[]} templates
 * @property {LabelClass[]} classes
 * @property {number} judged
 * @property {number} corrected
 * @property {number} [waiting]  said, but of no class that there is now
 */

/** @typedef {{ class: string, probability: number }} Labelled */

/**
 * @typedef {object} LabelledPicture
 * @property {Picture} image
 * @property {Labelled[]} labels
 * @property {Labelled[]} [chances]  what the model thinks of the likeliest classes
 * @property {number | null} margin
 * @property {string | null} said_by
 * @property {string | null} [said_at]
 */

/**
 * @typedef {object} NewSet
 * @property {{ name: string, prompts: string[], examples: number[] }[]} [classes]
 * @property {string} [preset]
 * @property {string | null} name
 * @property {boolean} multi
 * @property {boolean | null} other
 * @property {Filters} filters
 */

/** @typedef {{ act: number, changed?: number, accuracy: Accuracy, counts: Record<string, number> }} Corrected */

const set = (/** @type {number} */ id, rest = "") => `/label-sets/${id}${rest}`;

/** @returns {Promise<LabelSet[]>} */
export const labelSets = async () => (await call("GET", "/label-sets")).sets;

/** @returns {Promise<{ presets: { name: string, classes: number }[], templates: string[] }>} */
export const presets = () => call("GET", "/presets");

/** @typedef {{ set: LabelSet, notes: string[], judged: number }} Made  the result of a job that labels */

/**
 * @param {NewSet} asked
 * @returns {Promise<Job>}
 */
export const makeSet = (asked) => call("POST", "/label-sets/jobs", asked);

/**
 * Label the pictures that have no label in a set yet.
 * @param {number} id
 * @returns {Promise<Job>}
 */
export const labelMore = (id) => call("POST", set(id, "/jobs"), {});

/**
 * @param {number} id
 * @returns {Promise<LabelSet>}
 */
export const labelSet = (id) => call("GET", set(id));

/**
 * @param {number} id
 * @param {{ name?: string, keep?: true }} change
 * @returns {Promise<LabelSet>}
 */
export const changeSet = (id, change) => call("PATCH", set(id), change);

/** @param {number} id */
export const removeSet = (id) => call("DELETE", set(id));

/**
 * @param {number} id
 * @param {{ label: string | null, order: string, corrected: string, limit: number, cursor: string | null }} wanted
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ total: number, pictures: LabelledPicture[], cursor: string | null }>}
 */
export function pictures(id, wanted, signal) {
  const given = Object.entries(wanted).filter(([, value]) => value !== null);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return call("GET", set(id, `/pictures?${query}`), undefined, signal);
}

/**
 * The labels that pictures have now; another tab may have said others.
 * @param {number} id
 * @param {number[]} ids
 * @returns {Promise<{ id: number, labels: Labelled[], said_by: string | null, said_at: string | null }[]>}
 */
export async function labelsNow(id, ids) {
  const response = await ask("POST", set(id, "/labels"), { json: { ids } }); // which writes nothing
  return (await response.json()).pictures;
}

/**
 * @param {number} id
 * @param {number[]} ids
 * @param {string[]} labels
 * @returns {Promise<Corrected>}
 */
export const correct = (id, ids, labels) => call("POST", set(id, "/corrections"), { ids, labels });

/**
 * @param {number} id
 * @param {number | null} [act]  only this one: another tab may have said something since
 * @returns {Promise<Corrected & { ids: number[] }>}
 */
export const undoCorrection = (id, act = null) => call("POST", set(id, "/corrections/undo"), { act });

/**
 * @param {number} id
 * @returns {Promise<Accuracy>}
 */
export const accuracy = (id) => call("GET", set(id, "/accuracy"));

/**
 * @param {number} id
 * @returns {Promise<any>}
 */
export const evaluation = (id) => call("GET", set(id, "/eval"));

/**
 * @param {number} id
 * @returns {Promise<{ before: number, after: number, error_before: number, error_after: number, accuracy: Accuracy }>}
 */
export const recalibrate = (id) => call("POST", set(id, "/recalibrate"), {});

/**
 * @param {number} id
 * @param {boolean} isTrial
 * @returns {Promise<{ held_out: number, before: number | null, after: number | null, helped: boolean, taken: boolean,
 *   set: LabelSet, accuracy: Accuracy }>}
 */
export const learn = (id, isTrial) => call("POST", set(id, "/learn"), { dry_run: isTrial });

/**
 * @param {number} id
 * @param {{ dry_run: boolean, threshold: number | null, with_other: boolean, filters: Filters, plan?: string }} asked
 * @returns {Promise<any>}
 */
export const exportLabels = (id, asked) => call("POST", set(id, "/export"), asked);

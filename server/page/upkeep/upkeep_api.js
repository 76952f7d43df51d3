// What is asked of the server for actions, duplicates and the index.

/** @import { Picture, Search } from "../types.js" */

import { ask, call, wrote } from "../api.js";

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {string} kind
 * @property {"running" | "done" | "stopped" | "failed"} state
 * @property {number} done
 * @property {number} total
 * @property {string} sentence
 * @property {any} result
 * @property {string | null} error
 */

/**
 * @typedef {object} Plan
 * @property {string} plan
 * @property {number} pictures
 * @property {number} copies
 * @property {number} bytes
 * @property {string[]} first
 * @property {string | null} folder
 * @property {string} sentence
 * @property {string[]} notes
 */

/** @typedef {{ id: string, what: string, began: string, files: number, state: string, why_not: string | null }} Action */

/**
 * @typedef {object} DuplicatesState
 * @property {"none" | "running" | "done" | "stopped" | "failed"} state
 * @property {string} step
 * @property {number} done
 * @property {number} of
 * @property {number} groups
 * @property {number} spare
 * @property {number} spare_bytes
 * @property {boolean} stale
 * @property {string | null} error
 */

/** @typedef {Picture & { match: string, bits: number, spare: boolean, reasons: string[] }} Duplicate */

/** @typedef {{ pictures: Duplicate[], spare_bytes: number }} Group */

/**
 * @typedef {object} IndexProgress
 * @property {string} step
 * @property {string} sentence
 * @property {number} done
 * @property {number} total
 * @property {number} rate
 * @property {number | null} left_seconds
 * @property {number} failed
 * @property {string | null} slowest
 * @property {string | null} current
 * @property {{ path: string, reason: string, lasting: boolean }[]} problems
 */

/** @typedef {{ id: number, path: string, pictures: number, indexed_at: string | null, state: string }} Root */

/**
 * @typedef {object} IndexState
 * @property {boolean} running
 * @property {string | null} by
 * @property {boolean} mine
 * @property {boolean} stopping
 * @property {IndexProgress | null} progress
 * @property {{ ended_at: string, sentence: string, ok: boolean } | null} last
 * @property {Root[]} roots
 * @property {number} failures
 * @property {number} pictures
 */

const POLL_MS = 500;

/**
 * @param {Record<string, unknown>} asked
 * @returns {Promise<Plan>}
 */
export const planAction = (asked) => call("POST", "/actions", { ...asked, dry_run: true });

/**
 * @param {Record<string, unknown>} asked
 * @param {string} plan
 * @returns {Promise<Job>}
 */
export const runAction = (asked, plan) => call("POST", "/actions", { ...asked, dry_run: false, plan });

/** @returns {Promise<Action[]>} */
export const actions = async () => (await call("GET", "/actions")).actions;

/**
 * @param {string} id
 * @param {boolean} isTrial
 * @returns {Promise<Job>}
 */
export const undoAction = (id, isTrial) => call("POST", `/actions/${id}/undo`, { dry_run: isTrial });

/** @returns {Promise<Job[]>} */
export const jobs = async () => (await call("GET", "/jobs")).jobs;

/**
 * @param {string} id
 * @returns {Promise<Job>}
 */
export const stopJob = (id) => call("POST", `/jobs/${id}/stop`, {});

/**
 * Follow a job to its end, telling of each step.
 * @param {Job} job
 * @param {(job: Job) => void} tell
 * @returns {Promise<Job>}
 */
export async function followJob(job, tell) {
  let latest = job;
  tell(latest);
  while (latest.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    latest = await call("GET", `/jobs/${job.id}`);
    tell(latest);
  }
  wrote();
  return latest;
}

/** @typedef {(Search & { what: string }) | { ids: number[] }} Asked  all that a search finds, or some pictures */

/**
 * @param {Asked} pictures
 * @returns {Promise<string>}
 */
export const paths = async (pictures) => (await ask("POST", "/paths", { json: pictures })).text();

/**
 * @param {{ folders: string[], exact: boolean }} asked
 * @returns {Promise<DuplicatesState>}
 */
export const findDuplicates = (asked) => call("POST", "/duplicates", asked);

/** @returns {Promise<DuplicatesState>} */
export const duplicatesState = () => call("GET", "/duplicates/state");

export const stopDuplicates = () => call("POST", "/duplicates/stop", {});

/**
 * @param {number} limit
 * @param {string | null} cursor
 * @returns {Promise<{ groups: Group[], cursor: string | null, total: number }>}
 */
export function duplicateGroups(limit, cursor) {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
  return call("GET", `/duplicates?${query}`);
}

/** @returns {Promise<IndexState>} */
export const indexState = () => call("GET", "/index");

/**
 * @param {number[] | null} roots
 * @returns {Promise<IndexState>}
 */
export const startIndex = (roots) => call("POST", "/index", { roots });

export const stopIndex = () => call("POST", "/index/stop", {});

/**
 * @param {number} limit
 * @param {string | null} cursor
 * @returns {Promise<{ failures: { path: string, reason: string, lasting: boolean, failed_at: string }[], total: number,
 *   cursor: string | null }>}
 */
export function failures(limit, cursor) {
  const query = new URLSearchParams({ limit: String(limit), ...(cursor ? { cursor } : {}) });
  return call("GET", `/failures?${query}`);
}

/** @returns {Promise<any>} */
export const stats = () => call("GET", "/stats");

// Pictures that are being labelled: how far that is, a button that stops it, and what came of it.

/** @import { Job } from "../upkeep/upkeep_api.js" */
/** @import { Made } from "./label_api.js" */

import { fill } from "../dom.js";
import { showJob } from "../upkeep/job_view.js";
import { jobs } from "../upkeep/upkeep_api.js";

/**
 * Show a job that labels in a place until it ends, and return what it made; null once it was stopped.
 * Raises an Error with the server's sentence if it failed.
 * @param {HTMLElement} place
 * @param {Job} begun
 * @param {(note: string) => void} say  gets what is to be known
 * @returns {Promise<Made | null>}
 */
export async function labelled(place, begun, say) {
  const job = begun.state === "running" ? await showJob(place, begun) : begun;
  fill(place);
  if (job.state === "failed") throw new Error(job.error ?? job.sentence);
  if (job.state !== "done") return null;
  for (const note of job.result.notes) say(note);
  return job.result;
}

/**
 * Return the job that labels now, begun before the page was loaded again or by another tab; null if there is none.
 * @returns {Promise<Job | null>}
 */
export async function labellingNow() {
  return (await jobs()).find(({ kind, state }) => kind === "label set" && state === "running") ?? null;
}

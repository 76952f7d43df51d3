// What came of something that was done: in a sentence, with what could not be done and why.

/** @import { Job } from "../upkeep/upkeep_api.js" */

import { el } from "../dom.js";
import { counted, number } from "../pure/formats.js";

/** @typedef {{ path: string, reason: string }} Problem */

/**
 * Return problems as a list behind their number, null if there are none.
 * @param {Problem[]} problems
 * @param {number} [more]  that are not listed
 * @param {string} [what]
 */
export function problemList(problems, more = 0, what = "could not be done") {
  if (!problems?.length) return null;
  const lines = problems.map(({ path, reason }) =>
    el("li", {}, [el("span", { dir: "auto" }, path), ": ", el("span", { dir: "auto" }, reason)]),
  );
  const count = problems.length + more;
  return el("details", { class: "problem", open: count < 5 }, [
    el("summary", {}, `${counted(count, "file")} ${what}`),
    el("ul", { class: "paths" }, lines, more > 0 && el("li", {}, `and ${number(more)} more`)),
  ]);
}

/**
 * Return what an undo did.
 * @param {Job} job
 */
export function undoneWords(job) {
  if (job.state === "failed") return el("p", { class: "problem", dir: "auto" }, job.error ?? job.sentence);
  const { kept = [], more_kept: more = 0 } = job.result ?? {};
  return el("div", {}, el("p", { dir: "auto" }, job.sentence), problemList(kept, more, "stay as they are"));
}

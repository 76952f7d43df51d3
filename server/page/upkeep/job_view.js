// A job on the page: its bar and a button to stop it while it runs, then what came of it and a way back.

/** @import { Job } from "./upkeep_api.js" */

import { el, fill } from "../dom.js";
import { problemList, undoneWords } from "../parts/outcome.js";
import { problemText } from "../problems.js";
import { number } from "../pure/formats.js";
import { followJob, stopJob, undoAction } from "./upkeep_api.js";

/**
 * Show a job in a place until it ends.
 * @param {HTMLElement} place
 * @param {Job} begun
 * @param {{ takesFocus?: boolean }} [how]
 * @returns {Promise<Job>}
 */
export async function showJob(place, begun, { takesFocus = true } = {}) {
  const words = el("p", { dir: "auto" }, begun.sentence);
  const bar = el("progress", { "aria-label": "How far it is" });
  const amount = el("span", { class: "muted" });
  const stop = el("button", { type: "button" }, "Stop");
  stop.addEventListener("click", () => {
    stop.disabled = true;
    stopJob(begun.id).catch(() => {
      stop.disabled = false;
    });
  });
  fill(place, words, el("p", { class: "row" }, bar, amount, stop));
  if (takesFocus) stop.focus();
  return followJob(begun, ({ sentence, done, total }) => {
    words.textContent = sentence;
    if (total) [bar.max, bar.value] = [total, done];
    amount.textContent = total ? `${number(done)} of ${number(total)}` : "";
  });
}

/**
 * Show what came of a job, with undo where there is something to take back.
 * @param {HTMLElement} place
 * @param {Job} job
 * @param {() => void} close
 */
export function showOutcome(place, job, close) {
  const done = el("button", { type: "button", class: "primary", onclick: close }, "Done");
  if (job.state === "failed") {
    fill(
      place,
      el("p", { class: "problem", dir: "auto" }, job.error ?? job.sentence),
      el("p", { class: "buttons" }, done),
    );
    return done.focus();
  }
  const { action = null, problems = [], more_problems: more = 0 } = job.result ?? {};
  const undo = el("button", { type: "button", onclick: () => void takeBack(place, action, close) }, "Undo");
  const lines = [el("p", { dir: "auto" }, job.sentence), problemList(problems, more)];
  fill(place, lines, el("p", { class: "buttons" }, action !== null && undo, done));
  (action !== null ? undo : done).focus();
}

/**
 * Take an action back and say what came of it.
 * @param {HTMLElement} place
 * @param {string} action
 * @param {() => void} close
 */
export async function takeBack(place, action, close) {
  const done = el("button", { type: "button", class: "primary", onclick: close }, "Done");
  try {
    const job = await showJob(place, await undoAction(action, false));
    fill(place, undoneWords(job), el("p", { class: "buttons" }, done));
    if (action.startsWith("label-")) document.dispatchEvent(new CustomEvent("library-changed"));
  } catch (error) {
    fill(place, problemText(error), el("p", { class: "buttons" }, done));
  }
  done.focus();
}

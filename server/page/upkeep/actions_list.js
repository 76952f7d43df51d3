// What was done outside the library, newest first, each with a way back: first what undo would do, then doing it.

/** @import { App } from "../types.js" */
/** @import { Action } from "./upkeep_api.js" */

import { openDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { undoneWords } from "../parts/outcome.js";
import { problemText } from "../problems.js";
import { counted } from "../pure/formats.js";
import { localTime } from "../pure/progress.js";
import { whyNoWriting } from "../writing.js";
import { showJob, takeBack } from "./job_view.js";
import { actions, followJob, jobs, undoAction } from "./upkeep_api.js";

/**
 * Return a section that lists the actions and loads itself.
 * @param {App} app
 */
export function actionsList(app) {
  const place = el("div", {}, el("p", { class: "muted" }, "Looking for actions…"));
  const running = el("div", { role: "status" });
  const element = el("section", { class: "card", "aria-labelledby": "actions-heading" }, [
    el("h2", { id: "actions-heading" }, "What was done outside the library"),
    running,
    place,
  ]);
  /** Show what goes on, which may have been begun in a tab that is closed by now. */
  const follow = async () => {
    const job = running.hasChildNodes() ? null : (await jobs()).find(({ state }) => state === "running");
    if (!job) return;
    await showJob(running, job, { takesFocus: false });
    fill(running);
    await load();
  };
  const load = async () => {
    follow().catch(() => fill(running));
    try {
      show(app, place, await actions(), load);
    } catch (error) {
      fill(place, problemText(error));
    }
  };
  return { element, load };
}

/**
 * @param {App} app
 * @param {HTMLElement} place
 * @param {Action[]} all
 * @param {() => Promise<void>} again
 */
function show(app, place, all, again) {
  if (!all.length) {
    return fill(
      place,
      el(
        "p",
        { class: "muted" },
        "Nothing yet: sidecars, links, copies and contact sheets are listed here, to be taken back.",
      ),
    );
  }
  const items = all.map((action) => {
    const refusal = action.why_not ?? whyNoWriting(app);
    const undo = el(
      "button",
      { type: "button", disabled: refusal !== null, title: refusal ?? "", "aria-label": `Undo: ${action.what}` },
      "Undo…",
    );
    undo.addEventListener("click", () => void askUndo(action, again));
    const facts = [
      localTime(action.began),
      action.files ? counted(action.files, "file") : "",
      action.state === "done" ? "" : action.state,
    ];
    return el("li", { class: "action" }, [
      el("div", {}, [
        el("p", { dir: "auto" }, action.what),
        el("p", { class: "muted", dir: "auto" }, [...facts, action.why_not].filter(Boolean).join(" · ")),
      ]),
      undo,
    ]);
  });
  fill(place, el("ul", { class: "actions" }, items));
}

/**
 * @param {Action} action
 * @param {() => Promise<void>} again
 */
async function askUndo(action, again) {
  const opened = openDialog("Take this back?", { kind: "question" });
  opened.fill(el("p", { role: "status" }, "Looking at what would be taken back…"));
  try {
    const trial = await followJob(await undoAction(action.id, true), () => {});
    const leave = el("button", { type: "button", autofocus: true, onclick: opened.close }, "Leave it");
    const take = el("button", { type: "button", class: "primary" }, "Take it back");
    take.addEventListener("click", () => void takeBack(opened.body, action.id, opened.close));
    const buttons = trial.state === "failed" ? leave : [take, leave];
    opened.fill(
      el("p", { class: "muted", dir: "auto" }, action.what),
      undoneWords(trial),
      el("p", { class: "buttons" }, buttons),
    );
    leave.focus();
  } catch (error) {
    opened.fill(problemText(error));
  }
  await opened.closed;
  await again();
}

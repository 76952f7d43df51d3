// Labels into XMP sidecars beside the pictures: first what would be written, then writing, then taking it back.

/** @import { App } from "../types.js" */
/** @import { LabelSet } from "./label_api.js" */

import { openDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { problemList, undoneWords } from "../parts/outcome.js";
import { problemText } from "../problems.js";
import { counted } from "../pure/formats.js";
import { followJob, undoAction } from "../upkeep/upkeep_api.js";
import { whyNoWriting } from "../writing.js";
import * as labelApi from "./label_api.js";

/** @typedef {{ new: number, changed: number, unchanged: number }} Sidecars */

/**
 * @param {App} app
 * @param {LabelSet} set
 */
export async function openExport(app, set) {
  const opened = openDialog(`Export “${set.name}” to XMP`, { kind: "export" });
  const threshold = el("input", {
    id: "export-threshold",
    type: "number",
    min: 0,
    max: 1,
    step: 0.05,
    placeholder: "0.5",
  });
  const withOther = el("input", { id: "export-other", type: "checkbox" });
  const place = el("div", { class: "plan", role: "status" });
  const options = el("div", { class: "form-grid" }, [
    el("label", { for: "export-threshold" }, "Only labels with at least this probability"),
    threshold,
    el("label", { for: "export-other" }, "“other” too"),
    withOther,
  ]);
  const asked = () => ({
    threshold: threshold.value === "" ? null : Number(threshold.value),
    with_other: withOther.checked,
    filters: {},
  });
  const problem = (/** @type {unknown} */ error) => fill(place, problemText(error));
  let latest = 0;

  async function plan() {
    const own = ++latest;
    fill(place, el("p", {}, "Looking at what would be written…"));
    try {
      const planned = await labelApi.exportLabels(set.id, { ...asked(), dry_run: true });
      if (own === latest) showPlan(planned);
    } catch (error) {
      if (own === latest) problem(error);
    }
  }

  /** @param {any} planned */
  function showPlan({ sidecars, examples, problems, left_out: unsure, plan: token }) {
    const count = sidecars.new + sidecars.changed;
    const refusal = whyNoWriting(app);
    const write = el(
      "button",
      { type: "button", class: "primary", disabled: !count || refusal !== null },
      `Write ${counted(count, "sidecar")}`,
    );
    write.addEventListener("click", () => void run(token));
    const lines = examples.map((/** @type {{ path: string, change: string }} */ example) =>
      el("li", {}, [
        el("span", { dir: "auto" }, example.path),
        " ",
        el("span", { class: "muted", dir: "auto" }, example.change),
      ]),
    );
    fill(place, [
      el("p", {}, sidecarWords(sidecars)),
      lines.length > 0 && el("details", {}, el("summary", {}, "For example"), el("ul", { class: "paths" }, lines)),
      unsure > 0 &&
        el(
          "p",
          { class: "muted" },
          `${counted(unsure, "label")} not probable enough ${unsure === 1 ? "is" : "are"} left out.`,
        ),
      problemList(problems, 0, "can't be written to"),
      el(
        "p",
        { class: "muted" },
        "Sidecars are small files beside the pictures; the pictures themselves are never changed.",
      ),
      refusal && el("p", { class: "problem" }, refusal),
      el("p", { class: "buttons" }, write),
    ]);
    if (!write.disabled) write.focus();
  }

  /** @param {string} token */
  async function run(token) {
    options.remove();
    fill(place, el("p", {}, "Writing…"));
    try {
      const done = await labelApi.exportLabels(set.id, { ...asked(), dry_run: false, plan: token });
      showDone(done);
    } catch (error) {
      problem(error);
    }
  }

  /** @param {any} done */
  function showDone({ action, sidecars, problems }) {
    const undo = el("button", { type: "button", onclick: () => void takeBack(action) }, "Undo");
    const close = el("button", { type: "button", class: "primary", onclick: opened.close }, "Done");
    fill(place, [
      el("p", {}, `Written: ${counted(sidecars.new, "new sidecar")}, ${sidecars.changed} changed.`),
      problemList(problems),
      el("p", { class: "buttons" }, action !== null && undo, close),
    ]);
    (action !== null ? undo : close).focus();
  }

  /** @param {string} action */
  async function takeBack(action) {
    fill(place, el("p", {}, "Taking back…"));
    try {
      const job = await followJob(await undoAction(action, false), () => {});
      const close = el("button", { type: "button", class: "primary", onclick: opened.close }, "Done");
      fill(place, undoneWords(job), el("p", { class: "buttons" }, close));
      close.focus();
    } catch (error) {
      problem(error);
    }
  }

  threshold.addEventListener("change", () => void plan());
  withOther.addEventListener("change", () => void plan());
  opened.fill(options, place);
  opened.dialog.querySelector("h2")?.focus();
  await plan();
}

/** @param {Sidecars} sidecars */
function sidecarWords({ new: added, changed, unchanged }) {
  if (!added && !changed)
    return unchanged
      ? `All ${counted(unchanged, "sidecar")} are as they should be: nothing is to be written.`
      : "No label is to be written.";
  return `${counted(added, "sidecar")} would be new, ${changed} changed, ${unchanged} ${unchanged === 1 ? "stays" : "stay"} as ${unchanged === 1 ? "it is" : "they are"}.`;
}

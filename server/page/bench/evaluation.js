// How well each class is recognised among what a person looked at, as a table.

import { el } from "../dom.js";
import { percent } from "../pure/intervals.js";

const NONE = "–"; // nothing to divide by

/** @param {number | null} part */
const shown = (part) => (part === null || Number.isNaN(part) ? NONE : percent(part));

/**
 * @param {any} report  as `clipsearch eval --from-corrections` writes it
 * @returns {HTMLElement}
 */
export function evaluationTable(report) {
  const [result] = report.results ?? [];
  if (!result) return el("p", {}, "Give pictures of two or more classes their label first.");
  const rows = result.per_class.map((/** @type {any} */ row) =>
    el("tr", {}, [
      el("th", { scope: "row", dir: "auto" }, row.class),
      el("td", {}, row.support),
      el("td", {}, shown(row.precision)),
      el("td", {}, shown(row.recall)),
    ]),
  );
  const heads = ["Class", "Looked at", "Precision", "Recall"].map((text) => el("th", { scope: "col" }, text));
  const words =
    "Precision: of the pictures that the model gave the class, how many have it. Recall: of those that have it, how many the model found.";
  return el("div", {}, [
    el("p", {}, `${report.pictures} pictures that a person looked at, ${shown(result.top1)} right.`),
    el("div", { class: "table-place", tabindex: "0", role: "region", "aria-label": "How right each class is" }, [
      el("table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
    ]),
    el("p", { class: "muted" }, words),
  ]);
}

// The files that could not be read, with the reasons, page by page; a word filters them.

import { el, fill } from "../dom.js";
import { problemText } from "../problems.js";
import { counted, number } from "../pure/formats.js";
import { localTime } from "../pure/progress.js";
import { failures } from "./upkeep_api.js";

/** @typedef {{ path: string, reason: string, lasting: boolean, failed_at: string }} Failure */

const PAGE = 100;
const MOST_TO_FILTER = 5000; // that are fetched for a filter

/** Return a section that lists the failures, and what loads it. */
export function failuresList() {
  const field = el("input", {
    type: "search",
    dir: "auto",
    placeholder: "reason or path",
    "aria-label": "Filter the failures",
  });
  const body = el("tbody", {});
  const heads = ["File", "Reason", "When"].map((text) => el("th", { scope: "col" }, text));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), body);
  const words = el("p", { class: "muted", role: "status" });
  const more = el("button", { type: "button", onclick: () => void next() }, "More");
  const place = el("div", { class: "table-place", role: "region", tabindex: "0", "aria-label": "Failures" }, table);
  const element = el("section", { class: "card", "aria-labelledby": "failures-heading" }, [
    el("h2", { id: "failures-heading" }, "Files that could not be read"),
    field,
    words,
    place,
    el("p", { class: "buttons" }, more),
  ]);
  /** @type {Failure[]} */
  let known = [];
  /** @type {string | null} */
  let cursor = null;
  let total = 0;

  async function load() {
    known = [];
    cursor = null;
    await next();
  }

  async function next() {
    try {
      const page = await failures(PAGE, cursor);
      known.push(...page.failures);
      cursor = page.cursor;
      total = page.total;
      show();
    } catch (error) {
      fill(words, problemText(error));
    }
  }

  async function filter() {
    while (field.value && cursor && known.length < MOST_TO_FILTER) await next();
    show();
  }

  function show() {
    const wanted = field.value.trim().toLocaleLowerCase();
    const fits = (/** @type {Failure} */ { path, reason }) => `${path}\n${reason}`.toLocaleLowerCase().includes(wanted);
    const shown = known.filter(fits);
    fill(body, ...shown.map(row));
    place.hidden = !shown.length;
    field.hidden = !total;
    more.hidden = !cursor;
    const all = counted(total, "file");
    if (!total) words.textContent = "Every file could be read.";
    else
      words.textContent = wanted ? `${number(shown.length)} of ${all} fit.` : `${all}, ${number(known.length)} shown.`;
  }

  field.addEventListener("input", () => void filter());
  return { element, load };
}

/** @param {Failure} failure */
function row({ path, reason, lasting, failed_at: when }) {
  const words = `${localTime(when)}${lasting ? "" : ", tried again by the next run"}`;
  return el("tr", {}, [
    el("th", { scope: "row", dir: "auto" }, path),
    el("td", { dir: "auto" }, reason),
    el("td", {}, words),
  ]);
}

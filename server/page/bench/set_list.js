// The label sets of the library, each with its classes and counts.

/** @import { App } from "../types.js" */
/** @import { LabelSet } from "./label_api.js" */

import { el } from "../dom.js";
import { counted } from "../pure/formats.js";
import { localTime } from "../pure/progress.js";

const SHOWN = 8; // classes of a set

/**
 * @param {App} app
 * @param {LabelSet[]} sets
 */
export function setList(app, sets) {
  const heading = el("h2", { id: "sets-heading" }, "Label sets");
  if (!sets.length) {
    const none = "There are none yet. Enter a few classes above: what your pictures may show.";
    return el("section", { "aria-labelledby": "sets-heading" }, heading, el("p", { class: "muted" }, none));
  }
  const items = [...sets].reverse().map((set) => setCard(app, set));
  return el("section", { "aria-labelledby": "sets-heading" }, heading, el("ul", { class: "set-list" }, items));
}

/**
 * @param {App} app
 * @param {LabelSet} set
 */
function setCard(app, set) {
  const open = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    app.go({ set: set.id, label: null });
  };
  const classes = set.classes
    .slice(0, SHOWN)
    .map((class_) => el("li", {}, [el("span", { dir: "auto" }, class_.class), " ", el("b", {}, class_.pictures)]));
  const more = set.classes.length - SHOWN;
  return el(
    "li",
    { class: "card" },
    el("h3", {}, el("a", { href: `/labels?set=${set.id}`, dir: "auto", onclick: open }, set.name)),
    el(
      "ul",
      { class: "counts" },
      classes,
      more > 0 && el("li", { class: "muted" }, `and ${counted(more, "class", "classes")} more`),
    ),
    el("p", { class: "muted" }, setFacts(set)),
  );
}

/** @param {LabelSet} set */
export function setFacts(set) {
  const parts = [
    `${counted(set.judged, "picture")} labelled`,
    set.corrected ? `${counted(set.corrected, "picture")} by a person` : "",
    localTime(set.labelled_at),
    set.kind === "multi" ? "several labels a picture" : "",
    set.draft ? "draft: goes once there are newer ones" : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

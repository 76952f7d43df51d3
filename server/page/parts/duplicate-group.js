// A group of duplicates side by side, with what differs between them.

/** @import { Duplicate, Group } from "../upkeep/upkeep_api.js" */

import { openDialog } from "../dialog.js";
import { el } from "../dom.js";
import { factsOf, groupWords, matchWords } from "../pure/duplicates.js";
import { thumb } from "./thumb.js";

/**
 * @param {Group} group
 * @param {number} place  among all groups, from 0
 * @param {number} total
 */
export function duplicateGroup(group, place, total) {
  const { pictures } = group;
  const heading = el("h2", { id: `group-${place}` }, `${place + 1}. ${groupWords(group)}`);
  const compare = el("button", { type: "button", onclick: () => void openComparison(group) }, "Compare large");
  return el(
    "article",
    {
      class: "duplicate-group card",
      tabindex: "-1",
      "aria-labelledby": heading.id,
      "aria-posinset": place + 1,
      "aria-setsize": total,
      data: { place },
    },
    [el("header", {}, heading, compare), sideBySide(pictures, 160)],
  );
}

/**
 * @param {Duplicate[]} pictures
 * @param {number} height
 */
function sideBySide(pictures, height) {
  const heads = pictures.map((picture) =>
    el("th", { scope: "col", class: picture.match === "best" ? "best" : "" }, [
      el(
        "div",
        { class: "duplicate-picture", style: { blockSize: `${height}px` } },
        thumb(picture, { height, badges: false }),
      ),
      el("span", { class: "match" }, picture.match === "best" ? "✓ best" : matchWords(picture)),
      picture.spare && el("span", { class: "spare" }, "spare"),
    ]),
  );
  const rows = factsOf(pictures).map(({ name, values, differs }) =>
    el("tr", { class: differs ? "differs" : "" }, [
      el("th", { scope: "row" }, name, differs && el("span", { class: "for-readers" }, " (differs)")),
      ...values.map((value) => el("td", { dir: "auto" }, value)),
    ]),
  );
  const why = el("tr", {}, [
    el("th", { scope: "row" }, "Why"),
    ...pictures.map(({ reasons }) => el("td", { dir: "auto" }, reasons.join(", "))),
  ]);
  const table = el("table", { class: "side-by-side" }, [
    el("thead", {}, el("tr", {}, el("td", {}), ...heads)),
    el("tbody", {}, ...rows, pictures.some(({ reasons }) => reasons.length) && why),
  ]);
  return el(
    "div",
    { class: "table-place", role: "region", tabindex: "0", "aria-label": "Pictures side by side" },
    table,
  );
}

/**
 * Show a group large.
 * @param {Group} group
 */
export function openComparison(group) {
  const opened = openDialog(groupWords(group), { kind: "wide" });
  opened.fill(sideBySide(group.pictures, Math.min(480, innerHeight / 2)));
  return opened.closed;
}

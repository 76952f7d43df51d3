// What can be done with all that was found, or with those that are selected.

/** @import { App } from "../types.js" */
/** @import { GridCommands } from "./grid-commands.js" */
/** @import { Results } from "./results.js" */
/** @import { Selection } from "../pure/selection.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { counted, number } from "../pure/formats.js";

const MOST_LIKE = 10; // pictures that are searched by at once
const MOST_NAMED = 100_000; // pictures that can be named one by one

/** The bar below the pictures, there while some are selected; and the button that acts on all. */
export class ActBar {
  element = el("div", { class: "act-bar", role: "region", "aria-label": "Selected pictures", hidden: true });
  all = el(
    "button",
    { type: "button", class: "act-all", hidden: true, onclick: () => this.act() },
    icon("sheet"),
    el("span"),
  );

  /**
   * @param {App} app
   * @param {Results} results
   * @param {Selection} selection
   */
  constructor(app, results, selection) {
    this.app = app;
    this.results = results;
    this.selection = selection;
  }

  /** @param {GridCommands} commands */
  show(commands) {
    const { results, selection } = this;
    const matching = results.search?.terms.length ? (results.answer?.matching ?? 0) : results.matching;
    const chosen = selection.count(results.matching);
    this.all.hidden = !matching || !results.isCounted;
    const [act, all] = actOn(matching, results.search?.terms.length ? "match" : "picture");
    this.all.title = this.all.ariaLabel = `${act}${all}…`;
    fill(/** @type {Element} */ (this.all.lastElementChild), [act, el("span", { class: "number" }, all), "…"]);
    this.element.hidden = !chosen;
    if (!chosen) return;
    const ids = () => selection.list(results.order.ids, results.matching);
    const isFew = !selection.isAll && chosen <= MOST_LIKE;
    fill(
      this.element,
      el("strong", { role: "status" }, `${counted(chosen, "picture")} selected`),
      button(
        "sheet",
        `Act on ${selection.isWhole ? "all" : ""} ${number(chosen)} selected…`,
        () => this.act(ids),
        "primary",
      ),
      isFew && button("plus", "More like these", () => commands.like(ids(), 1)),
      isFew && button("minus", "Less like these", () => commands.like(ids(), -1)),
      button("close", "Let go", () => [
        selection.clear(),
        commands.parts.selected(),
        commands.parts.grid.focusOn(commands.parts.grid.active),
      ]),
    );
  }

  /**
   * Open the dialog that acts: on all that match, or on some.
   * @param {() => number[]} [ids]
   */
  async act(ids) {
    const { app, results, selection } = this;
    if (!results.search) return;
    const named = ids && !selection.isWhole ? ids() : null;
    if (named && named.length > MOST_NAMED)
      return app.say(`At most ${number(MOST_NAMED)} pictures can be selected one by one; search for those you mean.`, {
        kind: "error",
      });
    const { openActDialog } = await import("../parts/act-dialog.js");
    openActDialog(app, { search: results.search, what: "matches", ids: named });
  }
}

/**
 * Return what the button says, and what of that may be left out.
 * @param {number} count
 * @param {"match" | "picture"} what
 * @returns {[act: string, all: string]}
 */
function actOn(count, what) {
  const many = what === "match" ? "matches" : "pictures";
  return count === 1 ? [`Act on the one ${what}`, ""] : ["Act on all", ` ${number(count)} ${many}`];
}

/**
 * @param {import("../icons.js").IconName} name
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [look]
 */
function button(name, text, onclick, look = "") {
  return el("button", { type: "button", class: look, onclick }, icon(name), text);
}

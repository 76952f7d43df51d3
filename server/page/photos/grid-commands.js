// What clicks and keys do in the grid: go from picture to picture, select, open, search by one, unfold.

/** @import { App } from "../types.js" */
/** @import { PhotoGrid } from "./photo-grid.js" */
/** @import { Results } from "./results.js" */
/** @import { Selection } from "../pure/selection.js" */
/** @import { Command } from "../keys.js" */
/** @import { Where } from "../pure/neighbours.js" */

import { withPicture } from "../pure/chips.js";
import { withTerms } from "./search-bar.js";

/**
 * @typedef {object} Parts
 * @property {App} app
 * @property {PhotoGrid} grid
 * @property {Results} results
 * @property {Selection} selection
 * @property {() => void} selected  the selection has changed
 */

/** The commands of a grid. */
export class GridCommands {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    parts.grid.addEventListener("click", (event) => this.#clicked(event));
  }

  /**
   * Search for more, or for less, like some pictures.
   * @param {number[]} ids
   * @param {1 | -1} sign
   */
  like(ids, sign) {
    const { app } = this.parts;
    const before = app.state.terms;
    const terms = ids.reduce((terms, id) => withPicture(terms, { id }, sign), before);
    if (terms.length > 20) return app.say("At most twenty things can be searched for at once.", { kind: "error" });
    const isWanted = terms.some(({ weight }) => weight > 0);
    if (!isWanted)
      return app.say("Search for something first: then it can be told what should not be there.", { kind: "error" });
    app.go(withTerms(terms));
  }

  /** @param {number} id */
  unfold(id) {
    const { app, results } = this.parts;
    if (!results.toggleStack(id)) app.say("This picture has no copies here.");
  }

  /** Select all that match, or let all go where they are selected. */
  all() {
    const { selection, selected } = this.parts;
    if (selection.isWhole) selection.clear();
    else selection.all();
    selected();
  }

  /** @param {number} index */
  toggle(index) {
    const { results, selection, selected } = this.parts;
    selection.toggle(results.order.ids[index], index);
    selected();
  }

  /** @param {number} index */
  range(index) {
    const { results, selection, selected } = this.parts;
    selection.range(results.order.ids, index);
    selected();
  }

  /**
   * The keys, for app.keys.
   * @returns {Record<string, Command>}
   */
  keys() {
    const { app, grid, results, selection } = this.parts;
    /** @type {Record<string, Command>} */
    const keys = {};
    /**
     * @param {string[]} names
     * @param {string} says
     * @param {(index: number, id: number) => void} run
     */
    const add = (names, says, run) => {
      const command = () => {
        if (!grid.hasFocus || !results.count) return false;
        run(grid.active, results.order.ids[grid.active]);
      };
      for (const name of names) keys[name] = { says, run: command };
    };
    this.#addMoves(keys);
    add(["Enter"], "Open the picture", (_, id) => app.go({ open: id }));
    add(["x", " "], "Select the picture, or let it go", (index) => this.toggle(index));
    add(["+", "="], "More like this", (_, id) => this.like([id], 1));
    add(["-"], "Less like this", (_, id) => this.like([id], -1));
    add(["u", "Shift+Enter"], "Unfold the copies behind it, or fold them", (_, id) => this.unfold(id));
    keys["Ctrl+a"] = {
      says: "Select all that match",
      run: () => {
        if (!results.count || !(grid.hasFocus || isNowhere())) return false;
        this.all();
      },
    };
    keys.Escape = {
      says: "Let the selection go",
      run: () => {
        if (!selection.count(results.matching)) return false;
        selection.clear();
        this.parts.selected();
      },
    };
    return keys;
  }

  /** @param {Record<string, Command>} keys */
  #addMoves(keys) {
    const { grid } = this.parts;
    const isMirrored = () => getComputedStyle(grid).direction === "rtl";
    /** @type {[string, string, Where][]} */
    const moves = [
      ["ArrowUp", "Go from picture to picture", "up"],
      ["ArrowDown", "Go from picture to picture", "down"],
      ["ArrowLeft", "Go from picture to picture", "before"],
      ["ArrowRight", "Go from picture to picture", "after"],
      ["PageUp", "A page up or down", "page up"],
      ["PageDown", "A page up or down", "page down"],
      ["Home", "The first or the last picture", "first"],
      ["End", "The first or the last picture", "last"],
    ];
    /** @param {Where} where @returns {Where} */
    const meant = (where) => {
      if (!isMirrored() || (where !== "before" && where !== "after")) return where;
      return where === "before" ? "after" : "before";
    };
    for (const [name, says, where] of moves) {
      keys[name] = { says, run: () => this.#go(meant(where)) };
      const selects = name === "ArrowUp" || name === "ArrowDown" ? "Select from here to there" : "";
      keys[`Shift+${name}`] = { says: selects, run: () => this.#extend(meant(where)) };
    }
  }

  /** @param {Where} where */
  #go(where) {
    const { grid, results } = this.parts;
    if (!results.count || !(grid.hasFocus || isNowhere())) return false;
    if (grid.hasFocus) grid.focusOn(grid.neighbour(where));
    else grid.focusOn(where === "first" || where === "last" ? grid.neighbour(where) : grid.active);
  }

  /** @param {Where} where */
  #extend(where) {
    const { grid, selection } = this.parts;
    if (!grid.hasFocus || !grid.results.count) return false;
    if (selection.anchor === null) selection.begin(grid.active);
    grid.focusOn(grid.neighbour(where));
    this.range(grid.active);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const cell = /** @type {HTMLElement | null} */ (target.closest(".cell"));
    if (!cell) return;
    const [index, id] = [Number(cell.dataset.index), Number(cell.dataset.id)];
    const { app, grid, selection } = this.parts;
    grid.focusOn(index);
    if (target.closest(".more")) this.like([id], 1);
    else if (target.closest(".less")) this.like([id], -1);
    else if (target.closest(".badge.stack")) this.unfold(id);
    else if (event.shiftKey && selection.anchor !== null) this.range(index);
    else if (target.closest(".tick") || event.shiftKey || event.ctrlKey || event.metaKey) this.toggle(index);
    else app.go({ open: id });
  }
}

/** Say whether the focus is on nothing in particular, so that keys may lead into the grid. */
function isNowhere() {
  const focused = document.activeElement;
  return !focused || focused === document.body || focused.id === "view" || focused.classList.contains("scroller");
}

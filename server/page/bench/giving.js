// Giving classes: by the buttons of the palette and by keys, to the picture in question or to all that are chosen.

/** @import { App } from "../types.js" */
/** @import { Command } from "../keys.js" */
/** @import { Work } from "./work.js" */

import { isDialogOpen } from "../dialog.js";
import { byId, el, fill } from "../dom.js";
import { keysOf, nextUnsaid, OTHER } from "../pure/bench.js";
import { counted } from "../pure/formats.js";
import { whyNoWriting } from "../writing.js";
import { chooseLabel, palette } from "./palette.js";

const ONE_LABEL = "A key gives the class and goes on; Enter: it is right; u takes back.";
const SEVERAL = "Keys add or take away a label, Enter says so and goes on; u takes back.";

/**
 * Where pictures are shown, the grid or one by one.
 * @typedef {object} Shown
 * @property {() => number[]} meant  ids of the pictures in question
 * @property {() => number} at  the place of the one that has the focus
 * @property {() => unknown} next  goes to the next one that nobody looked at
 * @property {(place: number) => void} go
 * @property {() => void} focus
 */

/** What a person says of pictures, with the keys for it. */
export class Giving {
  /**
   * @param {App} app
   * @param {Work} work
   * @param {() => Shown} shown
   */
  constructor(app, work, shown) {
    this.work = work;
    this.shown = shown;
    this.keys = keysOf(work.labels);
    this.refusal = whyNoWriting(app);
    /** @type {Set<string>} */
    this.picked = new Set(); // where a picture may have several labels: those that it is to have
    const give = (/** @type {string} */ label) => this.give(label);
    const does = { isDisabled: this.refusal !== null, give, search: () => void this.choose() };
    this.element = el("div", { class: "palette-place" });
    const help = el("p", { class: "muted keys-help" }, this.isMulti ? SEVERAL : ONE_LABEL);
    fill(this.element, palette(work.labels, this.keys, does), help);
  }

  get isMulti() {
    return this.work.set.kind === "multi";
  }

  /**
   * Give the pictures in question a class; the next one comes by itself.
   * @param {string} label
   */
  give(label) {
    if (this.refusal) return tell(this.refusal);
    if (!this.isMulti) return this.#say([label]);
    if (label === OTHER) this.picked.clear();
    else if (!this.picked.delete(label)) this.picked.add(label);
    this.#mark();
    tell(`${[...this.picked].join(", ") || OTHER}: Enter says so`);
  }

  /** Say that the label which is shown is right, or those that were picked. */
  agree() {
    const row = this.#row();
    if (row && !this.refusal) this.#say(this.isMulti ? [...this.picked] : row.labels);
  }

  undo() {
    if (this.refusal) return;
    const place = this.work.undo();
    if (place !== null) this.shown().go(place);
    this.begin();
    tell("Taken back.");
  }

  /** Let a class be chosen by its name. */
  async choose() {
    const label = await chooseLabel(this.work.labels);
    if (label !== null) this.give(label);
    this.shown().focus();
  }

  /** Begin with the picture that is in question now: the labels that it has are picked. */
  begin() {
    this.picked = new Set((this.#row()?.labels ?? []).filter((label) => label !== OTHER));
    this.#mark();
  }

  /** Return the keys of the classes and of what is said. */
  commands() {
    /** @type {Record<string, Command>} */
    const commands = {
      u: { says: "Take back what was said last", run: behind(() => this.undo()) },
      n: { says: "Next picture that nobody looked at", run: behind(() => [this.shown().next(), this.begin()]) },
    };
    if (this.work.labels.length > 9)
      commands.p = { says: "Give a class by its name", run: behind(() => this.choose()) };
    for (const [label, key] of this.keys) {
      const says = label === OTHER ? "None of the classes: other" : label;
      commands[key] = { says, run: behind(() => this.give(label)) };
    }
    return commands;
  }

  #row() {
    const [id] = this.shown().meant();
    return this.work.rows.find((row) => row.id === id);
  }

  /** @param {string[]} labels */
  #say(labels) {
    const ids = this.shown().meant();
    if (!ids.length) return;
    void this.work.say(ids, labels, this.shown().at());
    this.shown().next();
    this.begin();
    const isDone = nextUnsaid(this.work.rows, -1) < 0;
    const rest = isDone ? "All that are shown were looked at." : `Next: ${this.#row()?.labels.join(", ")}?`;
    tell(`${ids.length > 1 ? `${counted(ids.length, "picture")}: ` : ""}${labels.join(", ") || OTHER}. ${rest}`);
  }

  #mark() {
    if (!this.isMulti) return;
    for (const button of this.element.querySelectorAll("button[data-label]")) {
      const label = /** @type {HTMLElement} */ (button).dataset.label ?? "";
      button.setAttribute("aria-pressed", String(label === OTHER ? !this.picked.size : this.picked.has(label)));
    }
  }
}

/**
 * Return what a key runs, only while no dialog is in front.
 * @param {() => unknown} run
 */
export function behind(run) {
  return () => {
    if (isDialogOpen()) return false;
    run();
  };
}

/**
 * Tell those who don't see it; for all others it stands there.
 * @param {string} text
 */
function tell(text) {
  byId("status").textContent = text;
}

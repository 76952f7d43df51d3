// The bench of one label set: groups, pictures in a grid or one by one, keys that give classes, and how right it all is.

/** @import { App } from "../types.js" */
/** @import { LabelSet } from "./label_api.js" */

import { isDialogOpen } from "../dialog.js";
import { byId, el, fill } from "../dom.js";
import { messageOf } from "../problems.js";
import { keysOf, nextUnsaid, OTHER } from "../pure/bench.js";
import { counted } from "../pure/formats.js";
import { whyNoWriting } from "../writing.js";
import { AccuracyPanel } from "./accuracy_panel.js";
import { openExport } from "./export_dialog.js";
import { Groups } from "./groups.js";
import * as labelApi from "./label_api.js";
import { OneByOne } from "./one_by_one.js";
import { chooseLabel, palette } from "./palette.js";
import { PictureGrid } from "./picture_grid.js";
import { setFacts } from "./set_list.js";
import { setTools } from "./set_tools.js";
import { Work } from "./work.js";

const ORDERS = { uncertain: "least certain first", sure: "surest first", path: "by path" };
const SEEN = { any: "all", no: "not looked at", yes: "looked at" };

/** One label set on the bench. */
export class Bench {
  /**
   * @param {App} app
   * @param {LabelSet} set
   */
  constructor(app, set) {
    this.app = app;
    this.work = new Work(set, labelApi);
    this.keys = keysOf(this.work.labels);
    this.refusal = whyNoWriting(app);
    /** @type {Set<string>} */
    this.picked = new Set(); // labels of the picture in question, where it may have several
    this.groups = new Groups(this.work, (label) => app.go({ label }));
    this.accuracy = new AccuracyPanel(app, this.work);
    this.grid = new PictureGrid(this.work);
    this.one = new OneByOne(this.work);
    this.palette = el("div", { class: "palette-place" });
    this.order = this.#select("Order", ORDERS, (order) => app.go({ order: order === "uncertain" ? null : order }));
    this.seen = this.#select("Pictures", SEEN, (seen) => app.go({ seen: seen === "any" ? null : seen }));
    this.check = el("button", { type: "button", class: "primary", onclick: () => this.toggleLook() });
    this.place = el("div", { class: "bench-pictures" });
    this.head = el("header", { class: "bench-head" });
    this.element = el("div", { class: "bench" }, [
      this.head,
      this.refusal && el("p", { class: "note" }, this.refusal),
      this.accuracy.element,
      this.groups.element,
      el("section", { class: "bench-work", "aria-label": "Pictures" }, [
        el("div", { class: "bench-bar" }, this.check, this.order, this.seen),
        this.palette,
        this.place,
      ]),
    ]);
    this.#showHead();
    this.#listen();
    this.forget = app.keys.register("Label bench", this.#commands());
  }

  /** Show what the state says; pictures are loaded anew only if others are wanted. */
  async update() {
    const { label, order, seen, look } = this.app.state;
    const wanted = { label, order: order ?? "uncertain", corrected: seen ?? "any" };
    this.groups.update(label);
    /** @type {HTMLSelectElement} */ (this.order.lastElementChild).value = wanted.order;
    /** @type {HTMLSelectElement} */ (this.seen.lastElementChild).value = wanted.corrected;
    this.check.textContent = look === "one" ? "Back to the grid" : "Check the uncertain";
    const hasOther = JSON.stringify(wanted) !== JSON.stringify(this.shown);
    const hasOtherLook = this.shownLook !== (look ?? "grid");
    this.shown = wanted;
    this.shownLook = look ?? "grid";
    if (hasOther) await this.#load(wanted);
    if (hasOther || hasOtherLook) this.#showLook();
  }

  get now() {
    return this.app.state.look === "one" ? this.one : this.grid;
  }

  get isMulti() {
    return this.work.set.kind === "multi";
  }

  /** Change between the grid and one picture at a time. */
  toggleLook() {
    const isOne = this.app.state.look === "one";
    this.app.go(isOne ? { look: null } : { look: "one", order: null });
  }

  /**
   * Give the pictures in question a class; the next one comes by itself.
   * @param {string} label
   */
  give(label) {
    if (this.refusal) return this.#tell(this.refusal);
    if (!this.isMulti) return this.#say([label]);
    if (label === OTHER) this.picked.clear();
    else if (!this.picked.delete(label)) this.picked.add(label);
    this.#markPalette();
    this.#tell(`${[...this.picked].join(", ") || OTHER}: Enter says so`);
  }

  /** Say that the label which is shown is right, or those that were picked. */
  agree() {
    const [id] = this.now.meant();
    const row = this.work.rows.find((other) => other.id === id);
    if (row && !this.refusal) this.#say(this.isMulti ? [...this.picked] : row.labels);
  }

  undo() {
    if (this.refusal) return;
    const place = this.work.undo();
    this.#tell("Taken back");
    if (place !== null) this.now.go(place);
  }

  /** The library has changed: look at the counts again, and leave the pictures in their places. */
  async refresh() {
    if (this.work.pending) return;
    try {
      const set = await labelApi.labelSet(this.work.set.id);
      if (this.work.pending) return;
      this.work.renew(set);
      this.#changed([]);
      this.#showHead();
    } catch (error) {
      this.app.say(messageOf(error), { kind: "error" });
    }
  }

  remove() {
    this.forget();
    this.grid.remove();
  }

  /** @param {string[]} labels */
  #say(labels) {
    const ids = this.now.meant();
    if (!ids.length) return;
    const at = this.app.state.look === "one" ? this.one.place : this.grid.chosen.focus;
    void this.work.say(ids, labels, at);
    this.now.next();
    this.#pick();
    const [next] = this.now.meant();
    const row = this.work.rows.find((other) => other.id === next);
    const rest =
      nextUnsaid(this.work.rows, -1) < 0 ? "All that are shown were looked at." : `Next: ${row?.labels.join(", ")}?`;
    this.#tell(`${ids.length > 1 ? counted(ids.length, "picture") : ""} ${labels.join(", ") || OTHER}. ${rest}`);
  }

  /** @param {import("./work.js").Wanted} wanted */
  async #load(wanted) {
    this.place.setAttribute("aria-busy", "true");
    try {
      await this.work.load(wanted);
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") return;
      const message = messageOf(error);
      const again = el(
        "button",
        { type: "button", onclick: () => void this.#load(wanted).then(() => this.#showLook()) },
        "Try again",
      );
      fill(this.place, el("p", { class: "problem", dir: "auto" }, message), again);
    }
    this.place.removeAttribute("aria-busy");
  }

  #showLook() {
    const hadFocus = this.place.contains(document.activeElement) || document.activeElement === document.body;
    fill(this.place, this.now.element);
    this.now.show();
    this.#pick();
    if (hadFocus || this.app.state.look === "one" || document.activeElement === this.check) this.now.focus();
  }

  #showHead() {
    const back = (/** @type {MouseEvent} */ event) => [
      event.preventDefault(),
      this.app.go({ set: null, label: null, look: null, order: null, seen: null }),
    ];
    const changed = (/** @type {LabelSet | null} */ set) => {
      if (!set) return this.app.go({ set: null, label: null });
      this.work.set = set;
      this.#showHead();
    };
    fill(this.head, [
      el("a", { href: "/labels", onclick: back }, "All label sets"),
      el("h1", { dir: "auto" }, this.work.set.name),
      el("p", { class: "muted" }, setFacts(this.work.set)),
      setTools(this.app, this.work, changed),
    ]);
  }

  #listen() {
    this.work.addEventListener("loaded", () => this.now.show());
    this.work.addEventListener("more", () => this.now.add());
    this.work.addEventListener("changed", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail));
    this.work.addEventListener("failed", (event) => {
      this.app.say(`Not stored, so taken back: ${/** @type {CustomEvent} */ (event).detail}`, { kind: "error" });
    });
    this.grid.addEventListener("open", (event) => {
      this.app.go({ look: "one" });
      this.one.go(/** @type {CustomEvent} */ (event).detail);
    });
    this.accuracy.addEventListener("learned", () => void this.#anew());
  }

  /** @param {number[]} ids */
  #changed(ids) {
    this.groups.update(this.app.state.label);
    this.accuracy.update();
    if (ids.length) this.now.change(ids);
  }

  /** The labels are others now: load everything again. */
  async #anew() {
    await this.refresh();
    await this.#load(this.work.wanted);
    this.#showLook();
  }

  /** Begin the choice of several labels with those that the picture has. */
  #pick() {
    const [id] = this.now.meant();
    const row = this.work.rows.find((other) => other.id === id);
    this.picked = new Set((row?.labels ?? []).filter((label) => label !== OTHER));
    this.#markPalette();
  }

  #markPalette() {
    if (!this.palette.firstChild) {
      const does = {
        isDisabled: this.refusal !== null,
        give: (/** @type {string} */ label) => this.give(label),
        search: () => void this.#choose(),
      };
      const help = this.isMulti
        ? "Keys add or take away a label, Enter says so; u takes back."
        : "A key gives the class and goes on; Enter: it is right; u takes back.";
      fill(this.palette, palette(this.work.labels, this.keys, does), el("p", { class: "muted keys-help" }, help));
    }
    if (!this.isMulti) return;
    for (const button of this.palette.querySelectorAll("button[data-label]")) {
      const label = /** @type {HTMLElement} */ (button).dataset.label ?? "";
      button.setAttribute("aria-pressed", String(label === OTHER ? !this.picked.size : this.picked.has(label)));
    }
  }

  async #choose() {
    const label = await chooseLabel(this.work.labels);
    if (label !== null) this.give(label);
    this.now.focus();
  }

  /** @param {string} text */
  #tell(text) {
    byId("status").textContent = text;
  }

  /**
   * @param {string} name
   * @param {Record<string, string>} choices
   * @param {(value: any) => void} choose
   */
  #select(name, choices, choose) {
    const options = Object.entries(choices).map(([value, text]) => el("option", { value }, text));
    const select = el("select", { onchange: () => choose(select.value) }, options);
    return el("label", { class: "choice" }, el("span", {}, name), select);
  }

  #commands() {
    /** @type {Record<string, import("../keys.js").Command>} */
    const commands = {
      u: { says: "Take back what was said last", run: behind(() => this.undo()) },
      n: { says: "Next picture that nobody looked at", run: behind(() => this.now.next()) },
      s: { says: "One picture at a time, or the grid", run: behind(() => this.toggleLook()) },
      e: { says: "Export to XMP", run: behind(() => void openExport(this.app, this.work.set)) },
      Enter: { says: "The label that is shown is right", run: (event) => this.#enter(event) },
      ArrowRight: { says: "Next picture", run: () => this.#step(1) },
      ArrowLeft: { says: "Previous picture", run: () => this.#step(-1) },
    };
    if (this.work.labels.length > 9)
      commands.p = { says: "Give a class by its name", run: behind(() => void this.#choose()) };
    for (const [label, key] of this.keys) {
      commands[key] = {
        says: label === OTHER ? "None of the classes: other" : label,
        run: behind(() => this.give(label)),
      };
    }
    return commands;
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    const isAtWork = document.activeElement === this.one.stage || document.activeElement === document.body;
    if (isDialogOpen() || this.app.state.look !== "one" || !isAtWork) return false;
    event.preventDefault();
    this.agree();
  }

  /** @param {number} by */
  #step(by) {
    if (isDialogOpen() || this.app.state.look !== "one") return false;
    this.one.step(document.documentElement.dir === "rtl" ? -by : by);
    this.#pick();
  }
}

/**
 * Return what a key runs, only while no dialog is in front.
 * @param {() => void} run
 */
function behind(run) {
  return () => {
    if (isDialogOpen()) return false;
    run();
  };
}

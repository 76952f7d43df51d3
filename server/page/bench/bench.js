// The bench of one label set: groups, pictures in a grid or one by one, keys that give classes, and how right it all is.

/** @import { App } from "../types.js" */
/** @import { LabelSet } from "./label_api.js" */
/** @import { Wanted } from "./work.js" */

import { ApiError } from "../api.js";
import { isDialogOpen } from "../dialog.js";
import { el, fill } from "../dom.js";
import { messageOf, problemText } from "../problems.js";
import { whyNoWriting } from "../writing.js";
import { AccuracyPanel } from "./accuracy_panel.js";
import { openExport } from "./export_dialog.js";
import { behind, Giving } from "./giving.js";
import { Groups } from "./groups.js";
import * as labelApi from "./label_api.js";
import { OneByOne } from "./one_by_one.js";
import { PictureGrid } from "./picture_grid.js";
import { setFacts } from "./set_list.js";
import { setTools } from "./set_tools.js";
import { Work } from "./work.js";

const ORDERS = { uncertain: "least certain first", sure: "surest first", path: "by path" };
const SEEN = { any: "all", no: "not looked at", yes: "looked at" };
const NO_SET = { set: null, label: null, look: null, order: null, seen: null };

/** One label set on the bench. */
export class Bench {
  /**
   * @param {App} app
   * @param {LabelSet} set
   */
  constructor(app, set) {
    this.app = app;
    this.work = new Work(set, labelApi);
    this.giving = new Giving(app, this.work, () => this.now);
    this.groups = new Groups(this.work, (label) => app.go({ label }));
    this.accuracy = new AccuracyPanel(app, this.work);
    this.grid = new PictureGrid(this.work);
    this.one = new OneByOne(this.work);
    this.order = choice("Order", ORDERS, (order) => app.go({ order: order === "uncertain" ? null : order }));
    this.seen = choice("Pictures", SEEN, (seen) => app.go({ seen: seen === "any" ? null : seen }));
    this.check = el("button", { type: "button", class: "primary", onclick: () => this.toggleLook() });
    this.place = el("div", { class: "bench-pictures" });
    this.head = el("header", { class: "bench-head" });
    const refusal = whyNoWriting(app);
    this.element = el("div", { class: "bench" }, [
      this.head,
      refusal && el("p", { class: "note" }, refusal),
      this.accuracy.element,
      this.groups.element,
      el("section", { class: "bench-work", "aria-label": "Pictures" }, [
        el("div", { class: "bench-bar" }, this.check, this.order.element, this.seen.element),
        this.giving.element,
        this.place,
      ]),
    ]);
    this.#showHead();
    this.#listen();
    this.forget = app.keys.register("Label bench", { ...this.#commands(), ...this.giving.commands() });
  }

  get now() {
    return this.app.state.look === "one" ? this.one : this.grid;
  }

  /** Show what the state says; pictures are loaded anew only if others are wanted. */
  async update() {
    const { label, order, seen, look } = this.app.state;
    const wanted = { label, order: order ?? "uncertain", corrected: seen ?? "any" };
    this.groups.update(label);
    this.order.select.value = wanted.order;
    this.seen.select.value = wanted.corrected;
    this.check.textContent = look === "one" ? "Back to the grid" : "Check the uncertain";
    const hasOther = JSON.stringify(wanted) !== JSON.stringify(this.wanted);
    const hasOtherLook = this.look !== (look ?? "grid");
    this.wanted = wanted;
    this.look = look ?? "grid";
    if (hasOther) await this.#load(wanted, hasOtherLook);
    else if (hasOtherLook) this.#showLook(true);
  }

  /** Change between the grid and one picture at a time. */
  toggleLook() {
    const isOne = this.app.state.look === "one";
    this.app.go(isOne ? { look: null } : { look: "one", order: null });
  }

  /** The library has changed: look at the counts and labels again, and leave the pictures in their places. */
  async refresh() {
    if (this.work.pending) return;
    try {
      const set = await labelApi.labelSet(this.work.set.id);
      if (this.work.pending) return;
      this.work.renew(set);
      if (this.work.accuracy?.said !== set.corrected) await this.accuracy.load(true);
      this.#changed([]);
      await this.work.lookAgain();
      if (!this.head.contains(document.activeElement)) this.#showHead();
    } catch (error) {
      this.app.say(messageOf(error), { kind: "error" });
      const isGone = error instanceof ApiError && error.status === 404; // another tab has removed it
      if (isGone && this.app.state.set === this.work.set.id) this.app.go(NO_SET, { replace: true });
    }
  }

  remove() {
    this.forget();
    this.grid.remove();
  }

  /**
   * @param {Wanted} wanted
   * @param {boolean} [hasOtherLook]
   */
  async #load(wanted, hasOtherLook = false) {
    this.place.setAttribute("aria-busy", "true");
    try {
      await this.work.load(wanted);
      this.#showLook(hasOtherLook);
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") return;
      const again = el("button", { type: "button", onclick: () => void this.#load(wanted) }, "Try again");
      fill(this.place, problemText(error), again);
    }
    this.place.removeAttribute("aria-busy");
  }

  /** @param {boolean} [isOther]  whether a person has just chosen this look */
  #showLook(isOther = false) {
    const { activeElement } = document;
    const isFree = isOther || activeElement === document.body || this.place.contains(activeElement);
    fill(this.place, this.now.element);
    this.now.show();
    this.giving.begin();
    if (isFree) this.now.focus({ preventScroll: !isOther }); // on a phone, what stands above is not scrolled away
  }

  #showHead() {
    const back = (/** @type {MouseEvent} */ event) => {
      event.preventDefault();
      this.app.go(NO_SET);
    };
    const changed = (/** @type {LabelSet | null} */ set) => {
      if (!set) return this.app.go(NO_SET);
      this.work.set = set;
      this.#showHead();
    };
    fill(this.head, [
      el("a", { href: "/labels", onclick: back }, "All label sets"),
      el("h1", { dir: "auto" }, this.work.set.name),
      el("p", { class: "muted" }, setFacts(this.work.set)),
      setTools(this.app, this.work, changed, () => void this.#anew()),
    ]);
  }

  #listen() {
    this.work.addEventListener("more", () => this.now.add());
    this.work.addEventListener("renewed", () => this.#showLook());
    this.work.addEventListener("changed", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail));
    this.work.addEventListener("failed", (event) => {
      this.app.say(/** @type {CustomEvent} */ (event).detail, { kind: "error" });
    });
    this.grid.addEventListener("open", (event) => {
      const place = /** @type {CustomEvent} */ (event).detail;
      this.app.go({ look: "one" });
      this.one.go(place);
      this.giving.begin();
    });
    this.accuracy.addEventListener("learned", () => void this.#anew());
  }

  /** @param {number[]} ids */
  #changed(ids) {
    this.groups.update(this.app.state.label);
    this.accuracy.update();
    if (ids.length) this.now.change(ids);
    else this.#changedFacts();
  }

  /** The server has answered: what stands above tells how much was said, which also keeps a draft. */
  #changedFacts() {
    const { set, accuracy } = this.work;
    if (!accuracy || accuracy.said === set.corrected || this.head.contains(document.activeElement)) return;
    this.work.set = { ...set, corrected: accuracy.said, draft: set.draft && !accuracy.said };
    this.#showHead();
  }

  /** The labels are others now: load everything again. */
  async #anew() {
    await this.refresh();
    await this.#load(this.work.wanted);
  }

  #commands() {
    return {
      s: { says: "One picture at a time, or the grid", run: behind(() => this.toggleLook()) },
      e: { says: "Export to XMP", run: behind(() => void openExport(this.app, this.work.set)) },
      Enter: { says: "The label that is shown is right", run: () => this.#enter() },
      ArrowRight: { says: "Next picture", run: () => this.#step(1) },
      ArrowLeft: { says: "Previous picture", run: () => this.#step(-1) },
    };
  }

  #enter() {
    const isAtWork = document.activeElement === this.one.stage || document.activeElement === document.body;
    if (isDialogOpen() || this.app.state.look !== "one" || !isAtWork) return false;
    this.giving.agree();
  }

  /** @param {number} by */
  #step(by) {
    if (isDialogOpen() || this.app.state.look !== "one") return false;
    this.one.step(document.documentElement.dir === "rtl" ? -by : by);
    this.giving.begin();
  }
}

/**
 * @param {string} name
 * @param {Record<string, string>} choices
 * @param {(value: any) => void} choose
 */
function choice(name, choices, choose) {
  const options = Object.entries(choices).map(([value, text]) => el("option", { value }, text));
  const select = el("select", { onchange: () => choose(select.value) }, options);
  return { element: el("label", { class: "choice" }, el("span", {}, name), select), select };
}

// <plane-view>: the pictures by what they show, in the two dimensions in which they differ most: alike lies near alike.
// A lasso filters. Colours are told in words beside it, and one class at a time can be brought to the front.

/** @import { App, Facets, Search } from "../types.js" */
/** @import { Colouring, Group } from "./colouring.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { messageOf } from "../problems.js";
import { classesOf, countsOf } from "../pure/classes.js";
import { counted, number } from "../pure/formats.js";
import { isInside } from "../pure/points.js";
import { searchOf } from "../pure/url_state.js";
import { colouringsOf } from "./colouring.js";
import { DotCanvas } from "./dot-canvas.js";
import { toolbar } from "./toolbar.js";

const FIRST = 4000; // pixels that a unit takes at most at first
const CLOSER = 400; // times closer than where all is seen
const DIGITS = 5;
const HINT =
  "Arrow keys move a crosshair, Shift and arrow keys draw a rectangle, c adds a corner of an outline, Enter or " +
  "Shift+Enter chooses, Enter opens the picture at the crosshair; plus and minus zoom, 0 shows all.";

/** The plane of what is searched for. */
export class PlaneView extends HTMLElement {
  #asked = "";
  /** @type {AbortController | undefined} */
  #asking;
  /** @type {AbortController | undefined} */
  #colouring;
  #dots = new DotCanvas();
  #summary = el("p", { class: "dots-summary", role: "status" });
  #choice = el("select", { onchange: () => void this.#colour() });
  #legend = el("ul", { class: "dots-legend", "aria-label": "Colours" });
  /** @type {App | null} */
  #app = null;
  /** @type {Colouring[]} */
  #colourings = [];
  /** @type {Group[]} */
  #groups = [];
  #classes = new Uint8Array(0);
  #front = -1;
  #explained = 0;
  #points = { ids: new Uint32Array(0), xs: new Float32Array(0), ys: new Float32Array(0) };

  connectedCallback() {
    if (this.childElementCount) return;
    const choice = el("label", { class: "dots-choice" }, "Colour by", this.#choice);
    this.append(
      el("div", { class: "dots-bar" }, toolbar(this.#dots, "Lasso"), choice, this.#summary),
      this.#dots,
      this.#legend,
    );
  }

  disconnectedCallback() {
    this.#asking?.abort();
    this.#colouring?.abort();
    this.#asked = "";
  }

  /**
   * Show the plane of what the state says. The lasso itself does not filter here: it is drawn, to be changed.
   * @param {App} app
   */
  async show(app) {
    this.#app = app;
    const search = searchOf({ ...app.state, lasso: null });
    const asked = JSON.stringify([search, app.session?.state]);
    if (asked !== this.#asked && !(await this.#ask(app, search, asked))) return;
    this.#showLasso(app);
  }

  /**
   * @param {App} app
   * @param {Search} search
   * @param {string} asked
   */
  async #ask(app, search, asked) {
    const isNew = !this.#asked;
    this.#asking?.abort();
    this.#asking = new AbortController();
    this.#asked = asked;
    const { signal } = this.#asking;
    const bar = el("progress", { "aria-label": "How far it is", hidden: true });
    fill(this.#summary, "Laying the pictures out by what they show…", bar);
    /** @param {{ done: number, total: number }} progress */
    const tell = ({ done, total }) => {
      bar.hidden = false;
      if (total) [bar.max, bar.value] = [total, done];
    };
    try {
      const { ids, first: xs, second: ys, explained } = await app.api.points("plane", search, signal, tell);
      if (signal.aborted) return false;
      this.#points = { ids, xs, ys: ys.map((y) => -y) }; // on the screen y grows downwards
      this.#explained = explained;
    } catch (error) {
      if (signal.aborted) return false;
      this.#asked = "";
      const again = el("button", { type: "button", onclick: () => void this.show(app) }, "Try again");
      fill(this.#summary, `${messageOf(error)} `, again);
      return false;
    }
    this.#place(app, isNew);
    void this.#offer(app, search, signal);
    return true;
  }

  /**
   * @param {App} app
   * @param {boolean} isNew
   */
  #place(app, isNew) {
    const { ids, xs, ys } = this.#points;
    const span = Math.max(1e-6, spread(xs), spread(ys));
    const dots = {
      name: "Plane",
      hint: HINT,
      ids,
      xs,
      ys,
      wraps: false,
      hasOutlines: true,
      limits: (/** @type {import("../pure/camera.js").Size} */ { width, height }) => {
        const all = Math.min(width, height) / span;
        return { least: all / 2, most: all * CLOSER, first: Math.max(FIRST, all) };
      },
      markers: { side: 66, cell: 112, most: 60 },
      choose: (/** @type {number[][]} */ outline) =>
        app.go({ lasso: outline.map(([x, y]) => [x, -y].map((part) => Number(part.toFixed(DIGITS)))) }),
      open: (/** @type {number} */ id) => app.go({ open: id }),
    };
    this.#dots.show(app, dots, { isNew });
    [this.#groups, this.#classes, this.#front] = [[], new Uint8Array(ids.length), -1];
  }

  /**
   * Offer what the dots can be coloured by.
   * @param {App} app
   * @param {Search} search
   * @param {AbortSignal} signal
   */
  async #offer(app, search, signal) {
    /** @type {Facets} */
    let facets;
    try {
      facets = await app.api.facets({ ...search, terms: [] }, null, signal);
    } catch {
      return; // the dots are there without colours
    }
    const before = this.#choice.value;
    this.#colourings = colouringsOf(app, search, facets);
    fill(
      this.#choice,
      el("option", { value: "" }, "nothing"),
      this.#colourings.map(({ key, name }) => el("option", { value: key }, name)),
    );
    const isKept = this.#colourings.some(({ key }) => key === before);
    this.#choice.value = isKept ? before : search.terms.length ? "matching" : "";
    await this.#colour();
  }

  /** Ask for the classes that were chosen to colour by. */
  async #colour() {
    this.#colouring?.abort();
    this.#colouring = new AbortController();
    const { signal } = this.#colouring;
    const colouring = this.#colourings.find(({ key }) => key === this.#choice.value);
    try {
      const groups = colouring ? await colouring.groups(signal) : [];
      if (signal.aborted) return;
      [this.#groups, this.#front] = [groups, colouring?.key === "matching" ? 0 : -1];
      this.#classes = classesOf(
        this.#points.ids,
        groups.map(({ ids }) => ids),
      );
    } catch (error) {
      if (!signal.aborted) this.#app?.say(messageOf(error), { kind: "error" });
      return;
    }
    this.#drawLegend();
    if (this.#app) this.#showLasso(this.#app);
  }

  #drawLegend() {
    const counts = countsOf(this.#classes, this.#groups.length + 1);
    const names = [...this.#groups.map(({ name }) => name), this.#groups.length === 1 ? "the others" : "none of these"];
    const items = names.map((name, kind) =>
      el(
        "li",
        {},
        el(
          "button",
          {
            type: "button",
            "aria-pressed": String(this.#front === kind),
            title: "Bring these to the front",
            onclick: () => {
              this.#front = this.#front === kind ? -1 : kind;
              this.#drawLegend();
              if (this.#app) this.#showLasso(this.#app);
            },
          },
          el("i", { class: `swatch ${shadeOf(kind, this.#groups.length)}`, "aria-hidden": "true" }),
          el("span", { dir: "auto" }, name),
          el("span", { class: "muted" }, number(counts[kind])),
        ),
      ),
    );
    const focused = [...this.#legend.querySelectorAll("button")].indexOf(
      /** @type {HTMLButtonElement} */ (document.activeElement),
    );
    fill(this.#legend, this.#groups.length ? items : []);
    this.#legend.querySelectorAll("button")[focused]?.focus();
    this.#legend.hidden = !this.#groups.length;
  }

  /**
   * Draw the lasso, pale what is outside of it, and say what is seen.
   * @param {App} app
   */
  #showLasso(app) {
    const { ids, xs, ys } = this.#points;
    const lasso = app.state.lasso?.map(([x, y]) => [x, -y]) ?? null;
    this.#dots.chosen = lasso;
    const kinds = this.#groups.length + 1;
    const outside = kinds; // a class of its own
    const classes = this.#classes.slice();
    let inside = 0;
    if (lasso) {
      for (let i = 0; i < ids.length; i++) {
        if (isInside(lasso, xs[i], ys[i])) inside++;
        else classes[i] = outside;
      }
    }
    const shades = Array.from({ length: kinds }, (_, kind) => ({
      shade: this.#groups.length ? shadeOf(kind, this.#groups.length) : "shade-0",
      opacity: this.#front === -1 ? 0.8 : this.#front === kind ? 1 : 0.18,
    }));
    shades.push({ shade: "shade-pale", opacity: 0.3 });
    this.#dots.look({ classes, shades, front: this.#front });
    const share = Number.isFinite(this.#explained) ? Math.round(this.#explained * 100) : 0;
    const axes = ids.length > 2 ? `These two axes hold ${share}% of the differences between the pictures.` : "";
    if (!lasso) {
      this.#summary.textContent = ids.length ? `${counted(ids.length, "picture")}. ${axes}` : "No picture is here.";
      return;
    }
    fill(
      this.#summary,
      `${number(inside)} of ${counted(ids.length, "picture")} are in the outline. ${axes} `,
      el("button", { type: "button", onclick: () => app.go({ show: "grid" }) }, icon("grid"), "Show them"),
      el("button", { type: "button", onclick: () => app.go({ lasso: null }) }, icon("close"), "Remove the outline"),
    );
  }
}

/**
 * @param {number} kind
 * @param {number} groups
 */
function shadeOf(kind, groups) {
  return kind < groups ? `shade-${kind}` : "shade-none";
}

/** @param {Float32Array} values */
function spread(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return most - least;
}

customElements.define("plane-view", PlaneView);

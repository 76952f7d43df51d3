// <dot-canvas>: a hundred thousand pictures as dots, moved and zoomed, pointed at, and chosen by a rectangle or an outline.
// The map and the plane are made of it; they say where the dots are and hear what was chosen.

/** @import { Bounds, Camera, Size } from "../pure/camera.js" */
/** @import { Grid } from "../pure/points.js" */
/** @import { App } from "../types.js" */
/** @import { Frame, Look } from "./layers.js" */
/** @import { Placed } from "./markers.js" */
/** @import { Place } from "./selecting.js" */

import { el } from "../dom.js";
import { listen } from "../parts/gestures.js";
import { PictureRecords } from "../parts/picture-records.js";
import { clamped, fitted, kept, moved, seenBy, toView, toWorld, zoomed } from "../pure/camera.js";
import { counted } from "../pure/formats.js";
import { markersOf, withoutOverlap } from "../pure/markers.js";
import { Pace } from "../pure/pace.js";
import { boundsOf, countInside, gridOf, nearest } from "../pure/points.js";
import { keysOf } from "./keys.js";
import { Layers, PLAIN } from "./layers.js";
import { Markers } from "./markers.js";
import { Selecting } from "./selecting.js";
import { Tip } from "./tip.js";

/**
 * What the dots are.
 * @typedef {object} Dots
 * @property {string} name  for screen readers and the sheet of keys
 * @property {string} hint  how it is used by keyboard
 * @property {Uint32Array} ids
 * @property {Float32Array} xs
 * @property {Float32Array} ys
 * @property {boolean} wraps  whether the world goes round, one unit wide
 * @property {(view: Size) => { least: number, most: number, first: number }} limits  pixels per unit; `first`: at most, at first
 * @property {{ side: number, cell: number, most: number }} markers  pixels of one and between two, and how many
 * @property {boolean} hasOutlines  whether any outline can be chosen, not only a rectangle
 * @property {Frame["background"]} [background]
 * @property {{ xs: Float32Array, ys: Float32Array } | null} [land]  small pale dots behind
 * @property {(x: number, y: number) => string} [says]  where a place is
 * @property {(outline: number[][]) => void} choose  an outline of the world; of a rectangle its four corners
 * @property {(id: number) => void} open
 */

const REACH = 14; // pixels from the pointer to a dot that it means
const REST = 140; // milliseconds after which a camera is at rest
const SLOW_REST = 400; // and after which all dots are drawn, where that takes long
const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };

/** Shows dots; see Dots for what it needs. */
export class DotCanvas extends HTMLElement {
  /** @type {Camera} */
  camera = { x: 0.5, y: 0.5, scale: 1 };
  /** @type {Size} */
  view = { width: 0, height: 0 };
  /** The outline that filters now. @type {number[][] | null} */
  chosen = null;
  /** Whether a drag draws instead of moving. */
  isDrawing = false;
  layers = new Layers(this);
  records = new PictureRecords();
  pace = new Pace();
  /** @type {App | null} */
  #app = null;
  /** @type {Dots | null} */
  #dots = null;
  /** @type {Grid} */
  #grid = gridOf(new Float32Array(0), new Float32Array(0));
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  /** @type {(() => void) | undefined} */
  #forget;
  #isFitted = false;
  #isMoving = false;
  #pointed = -1;
  #tip = new Tip();

  constructor() {
    super();
    this.stage = el("div", { class: "dot-stage", tabIndex: 0, role: "application" }, this.layers.elements);
    this.layer = el("div", { class: "dot-markers" });
    this.spoken = el("p", { class: "for-readers", "aria-live": "polite" });
    this.markers = new Markers(this.layer, {
      address: (picture) => (picture.thumb && this.#app ? this.#app.api.thumbAddress(picture, 256) : null),
      chosen: (placed) => this.#markerChosen(placed),
    });
    this.selecting = new Selecting({
      view: () => this.view,
      toWorld: (place) => toWorld(this.camera, this.view, ...place),
      toView: (place) => toView(this.camera, this.view, ...place),
      move: (across, down) => this.#aim(moved(this.camera, across, down)),
      zoom: (factor) => this.zoomBy(factor),
      fit: () => this.fit(),
      count: (outline) => countInside(this.#grid, outline),
      choose: (outline) => this.#dots?.choose(outline),
      open: (place) => this.#open(place),
      point: (place) => void this.#pointByKey(place),
      say: (text) => this.#say(text),
      repaint: () => this.repaint(),
      isFocused: () => document.activeElement === this.stage,
    });
  }

  connectedCallback() {
    if (!this.stage.isConnected) {
      this.append(this.stage, this.layer, this.#tip.element, this.spoken);
      this.#listen();
    }
    this.sizes = new ResizeObserver(() => this.#resized());
    this.sizes.observe(this);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.#recolour);
  }

  disconnectedCallback() {
    this.sizes?.disconnect();
    this.scheme?.removeEventListener("change", this.#recolour);
    this.#forget?.();
    this.#forget = undefined;
  }

  /**
   * Show dots. The camera stays where it is unless these are the first ones or `isNew`.
   * @param {App} app
   * @param {Dots} dots
   * @param {{ isNew?: boolean }} [how]
   */
  show(app, dots, { isNew = false } = {}) {
    [this.#app, this.#dots] = [app, dots];
    this.#grid = gridOf(dots.xs, dots.ys);
    this.stage.setAttribute("aria-label", `${dots.name}: ${counted(dots.ids.length, "picture")}. ${dots.hint}`);
    this.layers.painter.load(dots.xs, dots.ys);
    if (dots.land) this.layers.layLand(dots.land);
    this.pace = new Pace();
    this.#forget ??= app.keys.register(dots.name, keysOf(this.selecting.keyboard(), dots.hasOutlines));
    if (isNew) this.#isFitted = false;
    this.look(PLAIN);
    this.#resized();
  }

  /**
   * Change how the dots look.
   * @param {Look} look
   */
  look(look) {
    this.layers.look = look;
    if (this.#dots) this.layers.painter.classify(look.classes ?? new Uint8Array(this.#dots.ids.length));
    this.#recolour();
  }

  #recolour = () => {
    this.layers.recolour();
    this.repaint();
  };

  /** Show all dots. */
  fit() {
    if (!this.#dots || !this.view.width) return;
    const { first } = this.#dots.limits(this.view);
    this.#aim(fitted(boundsOf(this.#dots.xs, this.#dots.ys), this.view, first));
  }

  /**
   * Show a part of the world.
   * @param {Bounds} bounds
   */
  showBounds(bounds) {
    if (this.#dots) this.#aim(fitted(bounds, this.view, this.#dots.limits(this.view).most));
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.#zoom(factor, this.selecting.crosshair ?? this.selecting.middle);
  }

  /** Draw the next frame anew. */
  repaint() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  /** @param {Camera} camera */
  #aim(camera) {
    if (!this.#dots) return;
    const { least, most } = this.#dots.limits(this.view);
    const { wraps } = this.#dots;
    const world = wraps ? WHOLE : this.#grid;
    this.camera = kept({ ...camera, scale: clamped(camera.scale, least, most) }, world, wraps);
    this.#rests();
    this.repaint();
  }

  /** Make the markers when the camera has come to rest. */
  #rests() {
    clearTimeout(this.#rest);
    this.#isMoving = true;
    const rested = () => {
      this.#isMoving = false;
      this.repaint();
      void this.#mark();
    };
    this.#rest = setTimeout(rested, this.pace.every > 1 ? SLOW_REST : REST);
  }

  #resized() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    this.view = { width, height };
    this.layers.resize(this.view);
    if (this.#dots && !this.#isFitted) {
      this.#isFitted = true;
      this.fit();
    } else this.#aim(this.camera);
  }

  #paint() {
    const { camera, view } = this;
    if (!this.#dots || !view.width) return;
    const { outline, isOpen, crosshair } = this.selecting;
    const chosen = this.chosen && this.#inView(this.chosen);
    const drawing = outline.length ? this.#inView(outline) : null;
    this.layers.draw({
      camera,
      view,
      offsets: this.#offsets(),
      size: this.#dotSize(),
      every: this.#isMoving ? this.pace.frame(performance.now()) : 1,
      drawn: { chosen, drawing, isOpen, crosshair },
      background: this.#dots.background,
    });
    this.markers.move((x, y) => toView(camera, view, x + this.#turn(x), y));
  }

  /** Return where else the world is seen: it may lie beside itself. */
  #offsets() {
    if (!this.#dots?.wraps) return [0];
    const { left, right } = seenBy(this.camera, this.view);
    return [-1, 0, 1].filter((offset) => right > offset && left < offset + 1);
  }

  /**
   * Return by how many turns a place has to be moved to be nearest to the camera.
   * @param {number} x
   */
  #turn(x) {
    return this.#dots?.wraps ? Math.round(this.camera.x - x) : 0;
  }

  /**
   * Return an outline of the world in pixels, as near to the camera as it is anywhere.
   * @param {number[][]} outline
   */
  #inView(outline) {
    const turn = this.#turn(outline.reduce((sum, [x]) => sum + x, 0) / outline.length);
    return outline.map(([x, y]) => toView(this.camera, this.view, x + turn, y));
  }

  /** Few dots are large, many are small; all grow when one looks closer. */
  #dotSize() {
    const { scale } = fitted(this.#grid, this.view, Infinity);
    const closer = Math.log2(Math.max(1, this.camera.scale / Math.max(scale, 1e-9)));
    return clamped(13 - 2.1 * Math.log10(Math.max(this.#grid.xs.length, 1)) + 0.9 * closer, 2.5, 11);
  }

  /** Put pictures on the dots that the camera sees. */
  async #mark() {
    const [app, dots] = [this.#app, this.#dots];
    if (!app || !dots || !this.view.width) return;
    const placed = this.#placed(dots);
    const ids = placed.map(({ id }) => id);
    try {
      const records = await this.records.get(app, ids);
      if (dots !== this.#dots) return;
      this.markers.show(placed, records);
      this.repaint();
    } catch {
      // The dots are there without pictures; the next rest asks again.
    }
  }

  /**
   * Return which dots get a picture.
   * @param {Dots} dots
   * @returns {Placed[]}
   */
  #placed({ ids, xs, ys, markers: { side, cell, most } }) {
    /** @type {Map<number, Placed>} */
    const placed = new Map();
    for (const offset of this.#offsets()) {
      const camera = { ...this.camera, x: this.camera.x - offset };
      const markers = markersOf(this.#grid, camera, this.view, cell);
      for (const marker of withoutOverlap(markers, this.#grid, camera, this.view, side, most)) {
        const id = ids[marker.point];
        if (!placed.has(id)) placed.set(id, { ...marker, id, x: xs[marker.point], y: ys[marker.point] });
      }
    }
    return [...placed.values()];
  }

  /** @param {Placed} placed */
  #markerChosen({ id, count, bounds }) {
    const isClosest = !this.#dots || this.camera.scale >= this.#dots.limits(this.view).most * 0.99;
    if (count === 1 || isClosest) this.#dots?.open(id);
    else this.showBounds(bounds);
  }

  /**
   * Return the dot at a place of the view, or -1.
   * @param {Place} place
   */
  #at(place) {
    const [x, y] = toWorld(this.camera, this.view, ...place);
    const reach = REACH / this.camera.scale;
    const found = this.#offsets().map((offset) => nearest(this.#grid, x - offset, y, reach));
    return found.find((point) => point >= 0) ?? -1;
  }

  /**
   * Open the picture at a place; says whether there is one.
   * @param {Place} place
   */
  #open(place) {
    const found = this.#at(place);
    if (found >= 0 && this.#dots) this.#dots.open(this.#dots.ids[found]);
    return found >= 0;
  }

  /**
   * @param {number} factor
   * @param {Place} at
   */
  #zoom(factor, at) {
    if (this.#dots) this.#aim(zoomed(this.camera, this.view, factor, at, this.#dots.limits(this.view)));
  }

  /**
   * Show the picture at a place beside it, and return it.
   * @param {Place | null} place
   */
  async #point(place) {
    const [app, dots] = [this.#app, this.#dots];
    const found = place && app && dots ? this.#at(place) : -1;
    this.#pointed = found;
    if (found < 0 || !place || !app || !dots) return this.#tip.hide();
    const id = dots.ids[found];
    const picture = (await this.records.get(app, [id]).catch(() => null))?.get(id);
    if (picture && this.#pointed === found) this.#tip.show(app, picture, place, this.view);
    return picture;
  }

  /**
   * The same, and say what and where it is.
   * @param {Place} place
   */
  async #pointByKey(place) {
    const picture = await this.#point(place);
    const where = this.#dots?.says?.(...toWorld(this.camera, this.view, ...place));
    if (this.selecting.outline.length) return; // what is in it is said
    this.#say([picture?.name, picture?.place, where].filter(Boolean).join(", "));
  }

  #listen() {
    const { selecting, stage } = this;
    listen(stage, {
      move: (across, down) => this.#aim(moved(this.camera, across, down)),
      zoom: (factor, at) => this.#zoom(factor, at),
      draws: (event) => this.isDrawing || event.shiftKey,
      draw: (place, isFirst) => selecting.drag(place, isFirst, this.isDrawing && Boolean(this.#dots?.hasOutlines)),
      drawn: (isDone) => void (isDone ? selecting.choose() : selecting.clear()),
      click: (place) => void this.#open(place),
      hover: (place) => void this.#point(place),
    });
    this.layers.canvas.addEventListener("repaint", () => this.repaint());
    stage.addEventListener("focus", () => {
      if (!stage.matches(":focus-visible")) return;
      selecting.crosshair ??= selecting.middle;
      this.repaint();
    });
    stage.addEventListener("blur", () => {
      selecting.crosshair = null;
      this.#tip.hide();
      this.repaint();
    });
  }

  /** @param {string} text */
  #say(text) {
    this.spoken.textContent = text;
  }
}

customElements.define("dot-canvas", DotCanvas);

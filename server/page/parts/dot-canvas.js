// <dot-canvas>: a hundred thousand pictures as dots, moved and zoomed, pointed at, and chosen by a rectangle or an outline.
// The map and the plane are made of it; they say where the dots are and hear what was chosen.

/** @import { Bounds, Camera, Size } from "../pure/camera.js" */
/** @import { Grid } from "../pure/points.js" */
/** @import { App, Picture } from "../types.js" */
/** @import { Painter } from "./dots/gl_painter.js" */
/** @import { Placed } from "./dots/markers.js" */

import { el } from "../dom.js";
import { clamped, fitted, kept, moved, seenBy, toView, toWorld, zoomed } from "../pure/camera.js";
import { counted } from "../pure/formats.js";
import { markersOf, withoutOverlap } from "../pure/markers.js";
import { Pace } from "../pure/pace.js";
import { boundsOf, countInside, gridOf, nearest, simplified } from "../pure/points.js";
import { colourOf, cssColour } from "./dots/colours.js";
import { FlatPainter } from "./dots/flat_painter.js";
import { GlPainter } from "./dots/gl_painter.js";
import { keysOf } from "./dots/keys.js";
import { Markers } from "./dots/markers.js";
import { drawOver } from "./dots/overlay.js";
import { Tip } from "./dots/tip.js";
import { listen } from "./gestures.js";

import { PictureRecords } from "./picture-records.js";

/** @typedef {[number, number]} Place */
/** @typedef {Record<"ground" | "accent" | "ink" | "quiet" | "line" | "strong" | "soft" | "font", string>} Colours */

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
 * @property {(context: CanvasRenderingContext2D, camera: Camera, view: Size, colours: Colours) => void} [background]
 * @property {{ xs: Float32Array, ys: Float32Array } | null} [land]  small pale dots behind
 * @property {(x: number, y: number) => string} [says]  where a place is
 * @property {(outline: number[][]) => void} choose  an outline of the world; of a rectangle its four corners
 * @property {(id: number) => void} open
 */

/**
 * How they look.
 * @typedef {object} Look
 * @property {Uint8Array | null} classes  of each dot
 * @property {{ shade: string, opacity: number }[]} shades  of each class: a class of the style sheet
 * @property {number} front  the class that lies over the others, or -1
 */

const MOST_RATIO = 2; // pixels of the canvas for one of the page
const REACH = 14; // pixels from the pointer to a dot that it means
const REST = 140; // milliseconds after which a camera is at rest
const EDGE = 40; // pixels from the edge at which the crosshair moves the camera
const MOST_CORNERS = 200;
const LAND = 1.5; // pixels across a dot of the land
const LAND_DOTS = 20; // of the land for each pixel that the world is wide: the largest towns are enough from afar
const SLOW_REST = 400; // milliseconds of rest after which all dots are drawn where that takes long
const SOFT = 0.18; // opacity of what is being chosen
/** @type {Look} */
const PLAIN = { classes: null, shades: [{ shade: "shade-0", opacity: 0.75 }], front: -1 };

/** Shows dots; see Dots for what it needs. */
export class DotCanvas extends HTMLElement {
  /** @type {Camera} */
  camera = { x: 0.5, y: 0.5, scale: 1 };
  /** @type {Size} */
  view = { width: 0, height: 0 };
  /** @type {number[][] | null} */
  chosen = null; // the outline that filters now
  isDrawing = false; // whether a drag draws instead of moving
  records = new PictureRecords();
  /** @type {App | null} */
  #app = null;
  /** @type {Dots | null} */
  #dots = null;
  /** @type {Grid} */
  #grid = gridOf(new Float32Array(0), new Float32Array(0));
  #look = PLAIN;
  /** @type {number[][]} */
  palette = [];
  landColour = [0, 0, 0, 0];
  /** @type {Place[]} */
  #drawing = []; // corners in the world
  #isOpen = false; // whether corners are added by key
  /** @type {Place | null} */
  #crosshair = null;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  /** @type {(() => void) | undefined} */
  #forget;
  #isFitted = false;
  #isMoving = false;
  pace = new Pace();
  /** @type {Colours | null} */
  #colours = null;
  #tip = new Tip();

  constructor() {
    super();
    this.back = el("canvas", { "aria-hidden": "true" });
    const [canvas, painter] = painterOf();
    this.land = el("div", { class: "dot-land" });
    /** @type {Painter | null} */
    this.landPainter = null;
    this.dots = canvas;
    this.painter = painter;
    this.over = el("canvas", { "aria-hidden": "true" });
    const layers = [this.land, this.back, this.dots, this.over];
    this.stage = el("div", { class: "dot-stage", tabIndex: 0, role: "application" }, layers);
    this.layer = el("div", { class: "dot-markers" });
    this.spoken = el("p", { class: "for-readers", "aria-live": "polite" });
    this.markers = new Markers(this.layer, {
      address: (picture) => (picture.thumb && this.#app ? this.#app.api.thumbAddress(picture, 256) : null),
      chosen: (placed) => this.#markerChosen(placed),
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
    this.painter.load(dots.xs, dots.ys);
    this.pace = new Pace();
    this.#layLand(dots);
    this.#forget ??= app.keys.register(dots.name, keysOf(this.#keyboard(), dots.hasOutlines));
    if (isNew) this.#isFitted = false;
    this.look(PLAIN);
    this.#resized();
  }

  /**
   * Change how the dots look.
   * @param {Look} look
   */
  look(look) {
    this.#look = look;
    if (this.#dots) this.painter.classify(look.classes ?? new Uint8Array(this.#dots.ids.length));
    this.#recolour();
  }

  #recolour = () => {
    this.landColour = colourOf(this, "dot-land-colour", 1);
    this.palette = this.#look.shades.map(({ shade, opacity }) => colourOf(this, shade, opacity));
    const names = /** @type {const} */ (["ground", "accent", "ink", "quiet", "line", "strong"]);
    const named = names.map((name) => [name, cssColour(colourOf(this, `dot-${name}`, 1))]);
    const soft = cssColour(colourOf(this, "dot-accent", SOFT));
    const { fontFamily: font } = getComputedStyle(this);
    this.#colours = /** @type {Colours} */ ({ ...Object.fromEntries(named), soft, font });
    this.repaint();
  };

  /** @param {Dots} dots */
  #layLand({ land }) {
    if (!land || this.landPainter) return;
    const [canvas, painter] = painterOf();
    this.land.append(canvas);
    this.landPainter = painter;
    painter.load(land.xs, land.ys);
    this.#resized();
  }

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
    this.#zoom(factor, this.#crosshair ?? [this.view.width / 2, this.view.height / 2]);
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
    const world = this.#dots.wraps ? { left: 0, top: 0, right: 1, bottom: 1 } : this.#grid;
    this.camera = kept({ ...camera, scale: clamped(camera.scale, least, most) }, world, this.#dots.wraps);
    this.#rests();
    this.repaint();
  }

  /** Make the markers when the camera has come to rest. */
  #rests() {
    clearTimeout(this.#rest);
    this.#isMoving = true;
    this.#rest = setTimeout(
      () => {
        this.#isMoving = false;
        this.repaint();
        void this.#mark();
      },
      this.pace.every > 1 ? SLOW_REST : REST,
    );
  }

  #resized() {
    const { clientWidth: width, clientHeight: height } = this;
    if (!width || !height) return;
    this.view = { width, height };
    for (const canvas of this.stage.querySelectorAll("canvas")) {
      [canvas.width, canvas.height] = [Math.round(width * this.#ratio()), Math.round(height * this.#ratio())];
    }
    if (this.#dots && !this.#isFitted) {
      this.#isFitted = true;
      this.fit();
    } else this.#aim(this.camera);
  }

  #ratio() {
    return Math.min(devicePixelRatio || 1, MOST_RATIO);
  }

  #paint() {
    const dots = this.#dots;
    if (!dots || !this.view.width || !this.#colours) return;
    const { camera, view } = this;
    const ratio = this.#ratio();
    const offsets = this.#offsets();
    const every = this.#isMoving ? this.pace.frame(performance.now()) : 1;
    const { palette, landColour } = this;
    const { front } = this.#look;
    this.painter.draw(camera, view, ratio, { palette, front, size: this.#dotSize(), every, offsets });
    const most = Math.round(camera.scale * LAND_DOTS);
    this.landPainter?.draw(camera, view, ratio, { palette: [landColour], front: -1, size: LAND, every, most, offsets });
    const [back, over] = [this.back, this.over].map((canvas) => {
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      return context;
    });
    dots.background?.(back, camera, view, this.#colours);
    const inView = /** @param {number[][]} outline */ (outline) =>
      outline.map(([x, y]) => toView(camera, view, x + this.#nearestTurn(outline), y));
    const drawing = this.#drawing.length ? inView(this.#drawing) : null;
    const chosen = this.chosen && inView(this.chosen);
    const crosshair = this.#crosshair;
    drawOver(over, { chosen, drawing, isOpen: this.#isOpen, crosshair }, this.#colours);
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

  /** @param {number[][]} outline */
  #nearestTurn(outline) {
    return this.#turn(outline.reduce((sum, [x]) => sum + x, 0) / outline.length);
  }

  /** Few dots are large, many are small; all grow when one looks closer. */
  #dotSize() {
    const count = Math.max(this.#grid.xs.length, 1);
    const closer = Math.log2(Math.max(1, this.camera.scale / Math.max(this.#fittedScale(), 1e-9)));
    return clamped(13 - 2.1 * Math.log10(count) + 0.9 * closer, 2.5, 11);
  }

  #fittedScale() {
    return fitted(this.#grid, this.view, Infinity).scale;
  }

  /** Put pictures on the dots that the camera sees. */
  async #mark() {
    const [app, dots] = [this.#app, this.#dots];
    if (!app || !dots || !this.view.width) return;
    const { side, cell, most } = dots.markers;
    /** @type {Placed[]} */
    const wanted = [];
    for (const offset of this.#offsets()) {
      const camera = { ...this.camera, x: this.camera.x - offset };
      const markers = markersOf(this.#grid, camera, this.view, cell);
      for (const marker of withoutOverlap(markers, this.#grid, camera, this.view, side, most)) {
        const id = dots.ids[marker.point];
        if (wanted.some((other) => other.id === id)) continue;
        wanted.push({ ...marker, id, x: dots.xs[marker.point], y: dots.ys[marker.point] });
      }
    }
    try {
      const records = await this.records.get(
        app,
        wanted.map(({ id }) => id),
      );
      if (dots !== this.#dots) return;
      this.markers.show(wanted, records);
      this.repaint();
    } catch {
      // The dots are there without pictures; the next rest asks again.
    }
  }

  /** @param {Placed} placed */
  #markerChosen({ id, count, bounds }) {
    if (count === 1 || !this.#dots || this.camera.scale >= this.#dots.limits(this.view).most * 0.99)
      return this.#dots?.open(id);
    this.showBounds(bounds);
  }

  /**
   * Return the dot at a place of the view, or -1.
   * @param {Place} place
   */
  #at([left, top]) {
    const [x, y] = toWorld(this.camera, this.view, left, top);
    const reach = REACH / this.camera.scale;
    for (const offset of this.#offsets()) {
      const found = nearest(this.#grid, x - offset, y, reach);
      if (found >= 0) return found;
    }
    return -1;
  }

  /**
   * @param {number} factor
   * @param {Place} at
   */
  #zoom(factor, at) {
    if (this.#dots) this.#aim(zoomed(this.camera, this.view, factor, at, this.#dots.limits(this.view)));
  }

  /**
   * Show the picture at a place beside it.
   * @param {Place | null} place
   * @returns {Promise<Picture | undefined>}
   */
  async #point(place) {
    const found = place && this.#app && this.#dots ? this.#at(place) : -1;
    this.#wanted = found;
    if (found < 0 || !place || !this.#app || !this.#dots) {
      this.#tip.hide();
      return undefined;
    }
    const id = this.#dots.ids[found];
    const picture = (await this.records.get(this.#app, [id]).catch(() => null))?.get(id);
    if (picture && this.#wanted === found) this.#tip.show(this.#app, picture, place, this.view);
    return picture;
  }
  #wanted = -1;

  #listen() {
    /** @type {Place | null} */
    let start = null;
    const world = /** @param {Place} at */ (at) => toWorld(this.camera, this.view, ...at);
    listen(this.stage, {
      move: (across, down) => this.#aim(moved(this.camera, across, down)),
      zoom: (factor, at) => this.#zoom(factor, at),
      draws: (event) => this.isDrawing || event.shiftKey,
      draw: (place, isFirst) => {
        [this.#isOpen, this.#crosshair] = [false, null];
        if (isFirst) [start, this.#drawing] = [place, []];
        else if (this.#dots?.hasOutlines && this.isDrawing) this.#drawing.push(world(place));
        else if (start) this.#drawing = corners(start, place).map(world);
        this.repaint();
      },
      drawn: (isDone) => {
        if (isDone) this.#choose();
        else this.#clear();
      },
      click: (place) => {
        const found = this.#at(place);
        if (found >= 0 && this.#dots) this.#dots.open(this.#dots.ids[found]);
      },
      hover: (place) => void this.#point(place),
    });
    this.dots.addEventListener("repaint", () => this.repaint());
    this.stage.addEventListener("focus", () => {
      if (!this.stage.matches(":focus-visible")) return;
      this.#crosshair ??= [this.view.width / 2, this.view.height / 2];
      this.repaint();
    });
    this.stage.addEventListener("blur", () => {
      this.#crosshair = null;
      this.#tip.hide();
      this.repaint();
    });
  }

  /** Hand over what was drawn. */
  #choose() {
    const outline = simplified(this.#drawing, MOST_CORNERS);
    this.#clear();
    if (outline.length >= 3) this.#dots?.choose(outline);
  }

  #clear() {
    const had = this.#drawing.length > 0;
    [this.#drawing, this.#isOpen, this.#anchor] = [[], false, null];
    this.repaint();
    return had;
  }

  /** @type {Place | null} */
  #anchor = null; // where the rectangle of the keyboard began, in the world

  #keyboard() {
    /** @param {Place} place @returns {Place} */
    const world = (place) => toWorld(this.camera, this.view, ...place);
    return {
      isMeant: () => document.activeElement === this.stage,
      /** @param {number} across @param {number} down */
      step: (across, down) => this.#step(across, down),
      /** @param {number} across @param {number} down */
      size: (across, down) => {
        if (this.#isOpen) this.#clear();
        this.#anchor ??= world(this.#crosshair ?? [this.view.width / 2, this.view.height / 2]);
        this.#step(across, down);
        const from = toView(this.camera, this.view, ...this.#anchor);
        this.#drawing = corners(from, this.#crosshair ?? from).map(world);
        this.#say(`${counted(countInside(this.#grid, this.#drawing), "picture")} in the rectangle; Enter chooses it`);
      },
      /** @param {number} factor */
      zoom: (factor) => this.zoomBy(factor),
      all: () => this.fit(),
      enter: () => {
        if (this.#drawing.length && !this.#isOpen) return this.#choose();
        const found = this.#crosshair ? this.#at(this.#crosshair) : -1;
        if (found >= 0 && this.#dots) this.#dots.open(this.#dots.ids[found]);
        else this.#say("No picture is at the crosshair");
      },
      corner: () => {
        if (!this.#isOpen) this.#clear();
        this.#isOpen = true;
        this.#drawing.push(world(this.#crosshair ?? [this.view.width / 2, this.view.height / 2]));
        this.#say(`${counted(this.#drawing.length, "corner")}; Shift+Enter chooses what is inside`);
        this.repaint();
      },
      finish: () => {
        if (this.#drawing.length >= 3) this.#choose();
        else this.#say("An outline needs three corners; c adds one");
      },
      clear: () => this.#clear(),
    };
  }

  /**
   * Move the crosshair, and the camera where it comes to the edge.
   * @param {number} across
   * @param {number} down
   */
  #step(across, down) {
    const { width, height } = this.view;
    const [x, y] = this.#crosshair ?? [width / 2, height / 2];
    const inner = /** @type {Place} */ ([
      clamped(x + across, EDGE, width - EDGE),
      clamped(y + down, EDGE, height - EDGE),
    ]);
    this.#crosshair = inner;
    const [beyond, below] = [x + across - inner[0], y + down - inner[1]];
    if (beyond || below) this.#aim(moved(this.camera, -beyond, -below));
    this.repaint();
    void this.#point(inner).then((picture) => {
      const place = this.#dots?.says?.(...toWorld(this.camera, this.view, ...inner));
      if (!this.#drawing.length) this.#say([picture?.name, picture?.place, place].filter(Boolean).join(", "));
    });
  }

  /** @param {string} text */
  #say(text) {
    this.spoken.textContent = text;
  }
}

/**
 * Return the corners of a rectangle.
 * @param {Place} from
 * @param {Place} to
 * @returns {Place[]}
 */
function corners([left, top], [right, bottom]) {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/**
 * Return what paints the dots, and its canvas.
 * @returns {[HTMLCanvasElement, Painter]}
 */
function painterOf() {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const painter = GlPainter.on(canvas);
  if (painter) return [canvas, painter];
  const other = el("canvas", { "aria-hidden": "true" });
  return [other, new FlatPainter(other)];
}

customElements.define("dot-canvas", DotCanvas);

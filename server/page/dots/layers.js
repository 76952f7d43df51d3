// What the dots are drawn on: the land, the ground with its lines, the dots, and what lies over them; with their colours.

/** @import { Camera, Size } from "../pure/camera.js" */
/** @import { Painter } from "./gl_painter.js" */
/** @import { Drawn } from "./overlay.js" */

import { el } from "../dom.js";
import { colourOf, cssColour } from "./colours.js";
import { FlatPainter } from "./flat_painter.js";
import { GlPainter } from "./gl_painter.js";
import { drawOver } from "./overlay.js";

/** @typedef {Record<"ground" | "accent" | "ink" | "quiet" | "line" | "strong" | "soft" | "font", string>} Colours */

/**
 * How the dots look.
 * @typedef {object} Look
 * @property {Uint8Array | null} classes  of each dot
 * @property {{ shade: string, opacity: number }[]} shades  of each class: a class of the style sheet
 * @property {number} front  the class that lies over the others, or -1
 */

/**
 * What is drawn of a frame.
 * @typedef {object} Frame
 * @property {Camera} camera
 * @property {Size} view
 * @property {number[]} offsets  the world is drawn once at each of these
 * @property {number} size  pixels across a dot
 * @property {number} every  of how many dots one is drawn
 * @property {Drawn} drawn  over the dots
 * @property {(context: CanvasRenderingContext2D, camera: Camera, view: Size, colours: Colours) => void} [background]
 */

const MOST_RATIO = 2; // pixels of the canvas for one of the page
const LAND = 1.5; // pixels across a dot of the land
const LAND_DOTS = 20; // of the land for each pixel that the world is wide: the largest towns are enough from afar
const SOFT = 0.18; // opacity of what is being chosen
const NAMES = /** @type {const} */ (["ground", "accent", "ink", "quiet", "line", "strong"]);

/** @type {Look} */
export const PLAIN = { classes: null, shades: [{ shade: "shade-0", opacity: 0.75 }], front: -1 };

/** The canvases, one over the other. */
export class Layers {
  look = PLAIN;
  /** @type {number[][]} */
  palette = [];
  /** @type {Painter | null} */
  landPainter = null;
  #landColour = [0, 0, 0, 0];
  /** @type {Colours | null} */
  #colours = null;

  /** @param {HTMLElement} host  whose style the colours are of */
  constructor(host) {
    this.host = host;
    this.land = el("div");
    this.back = el("canvas", { "aria-hidden": "true" });
    const [canvas, painter] = painterOf();
    this.canvas = canvas;
    this.painter = painter;
    this.over = el("canvas", { "aria-hidden": "true" });
    this.elements = [this.land, this.back, this.canvas, this.over];
  }

  get ratio() {
    return Math.min(devicePixelRatio || 1, MOST_RATIO);
  }

  /**
   * Have small pale dots behind all else; once.
   * @param {{ xs: Float32Array, ys: Float32Array }} land
   */
  layLand({ xs, ys }) {
    if (this.landPainter) return;
    const [canvas, painter] = painterOf();
    this.land.append(canvas);
    this.landPainter = painter;
    painter.load(xs, ys);
  }

  /** @param {Size} view */
  resize({ width, height }) {
    const canvases = [this.back, this.canvas, this.over, ...this.land.querySelectorAll("canvas")];
    for (const canvas of canvases) {
      [canvas.width, canvas.height] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    }
  }

  /** Take the colours of the style sheet anew. */
  recolour() {
    const { host } = this;
    this.#landColour = colourOf(host, "dot-land-colour", 1);
    this.palette = this.look.shades.map(({ shade, opacity }) => colourOf(host, shade, opacity));
    const named = NAMES.map((name) => [name, cssColour(colourOf(host, `dot-${name}`, 1))]);
    const soft = cssColour(colourOf(host, "dot-accent", SOFT));
    const { fontFamily: font } = getComputedStyle(host);
    this.#colours = /** @type {Colours} */ ({ ...Object.fromEntries(named), soft, font });
  }

  /** @param {Frame} frame */
  draw({ camera, view, offsets, size, every, drawn, background }) {
    const colours = this.#colours;
    if (!colours) return;
    const { ratio, palette } = this;
    this.painter.draw(camera, view, ratio, { palette, front: this.look.front, size, every, offsets });
    const most = Math.round(camera.scale * LAND_DOTS);
    const land = { palette: [this.#landColour], front: -1, size: LAND, every, most, offsets };
    this.landPainter?.draw(camera, view, ratio, land);
    const [back, over] = [this.back, this.over].map((canvas) => {
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      return context;
    });
    background?.(back, camera, view, colours);
    drawOver(over, drawn, colours);
  }
}

/**
 * Return what paints dots, and its canvas.
 * @returns {[HTMLCanvasElement, Painter]}
 */
function painterOf() {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const painter = GlPainter.on(canvas);
  if (painter) return [canvas, painter];
  const other = el("canvas", { "aria-hidden": "true" });
  return [other, new FlatPainter(other)];
}

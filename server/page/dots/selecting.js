// Choosing an area of the dots: by a drag, or by keyboard with a crosshair.

/** @import { Size } from "../pure/camera.js" */
/** @import { Crosshair } from "./keys.js" */

import { clamped } from "../pure/camera.js";
import { counted } from "../pure/formats.js";
import { simplified } from "../pure/points.js";

/** @typedef {[number, number]} Place */

/**
 * What an area is chosen of.
 * @typedef {object} Ground
 * @property {() => Size} view
 * @property {(place: Place) => Place} toWorld
 * @property {(place: Place) => Place} toView
 * @property {(across: number, down: number) => void} move  the camera, by pixels
 * @property {(factor: number) => void} zoom
 * @property {() => void} fit
 * @property {(outline: number[][]) => number} count
 * @property {(outline: number[][]) => void} choose
 * @property {(place: Place) => boolean} open  what is there; false if there is nothing
 * @property {(place: Place) => void} point  at what is there
 * @property {(text: string) => void} say
 * @property {() => void} repaint
 * @property {() => boolean} isFocused
 */

const EDGE = 40; // pixels from the edge at which the crosshair moves the camera
const MOST_CORNERS = 200;

/** The area that is being chosen. */
export class Selecting {
  /** Corners in the world. @type {Place[]} */
  outline = [];
  /** Whether corners are added by key. */
  isOpen = false;
  /** In the view. @type {Place | null} */
  crosshair = null;
  /** Where the rectangle of the keyboard began, in the world. @type {Place | null} */
  #anchor = null;
  /** Where a drag began, in the view. @type {Place | null} */
  #start = null;

  /** @param {Ground} ground */
  constructor(ground) {
    this.ground = ground;
  }

  /** @returns {Place} */
  get middle() {
    const { width, height } = this.ground.view();
    return [width / 2, height / 2];
  }

  /**
   * Draw on with the pointer.
   * @param {Place} place
   * @param {boolean} isFirst
   * @param {boolean} isFree  any outline, not a rectangle
   */
  drag(place, isFirst, isFree) {
    const { toWorld } = this.ground;
    [this.isOpen, this.crosshair] = [false, null];
    if (isFirst) [this.#start, this.outline] = [place, []];
    else if (isFree) this.outline.push(toWorld(place));
    else if (this.#start) this.outline = corners(this.#start, place).map(toWorld);
    this.ground.repaint();
  }

  /** Hand over what was drawn. */
  choose() {
    const outline = simplified(this.outline, MOST_CORNERS);
    this.clear();
    if (outline.length >= 3) this.ground.choose(outline);
  }

  /** Forget what was drawn; says whether there was something. */
  clear() {
    const had = this.outline.length > 0;
    [this.outline, this.isOpen, this.#anchor] = [[], false, null];
    this.ground.repaint();
    return had;
  }

  /**
   * Return what the keys do.
   * @returns {Crosshair}
   */
  keyboard() {
    const { ground } = this;
    return {
      isMeant: ground.isFocused,
      step: (across, down) => this.#step(across, down),
      size: (across, down) => this.#size(across, down),
      zoom: ground.zoom,
      all: ground.fit,
      enter: () => this.#enter(),
      corner: () => this.#corner(),
      finish: () => {
        if (this.outline.length >= 3) this.choose();
        else ground.say("An outline needs three corners; c adds one");
      },
      clear: () => this.clear(),
    };
  }

  /**
   * Move the crosshair, and the camera where it comes to the edge.
   * @param {number} across
   * @param {number} down
   */
  #step(across, down) {
    const { ground } = this;
    const { width, height } = ground.view();
    const [x, y] = this.crosshair ?? this.middle;
    const inner = /** @type {Place} */ ([
      clamped(x + across, EDGE, width - EDGE),
      clamped(y + down, EDGE, height - EDGE),
    ]);
    this.crosshair = inner;
    const [beyond, below] = [x + across - inner[0], y + down - inner[1]];
    if (beyond || below) ground.move(-beyond, -below);
    ground.repaint();
    ground.point(inner);
  }

  /**
   * Make the rectangle larger or smaller.
   * @param {number} across
   * @param {number} down
   */
  #size(across, down) {
    const { ground } = this;
    if (this.isOpen) this.clear();
    this.#anchor ??= ground.toWorld(this.crosshair ?? this.middle);
    this.#step(across, down);
    const from = ground.toView(this.#anchor);
    this.outline = corners(from, this.crosshair ?? from).map(ground.toWorld);
    ground.say(`${counted(ground.count(this.outline), "picture")} in the rectangle; Enter chooses it`);
  }

  #enter() {
    if (this.outline.length && !this.isOpen) return this.choose();
    if (!this.crosshair || !this.ground.open(this.crosshair)) this.ground.say("No picture is at the crosshair");
  }

  #corner() {
    if (!this.isOpen) this.clear();
    this.isOpen = true;
    this.outline.push(this.ground.toWorld(this.crosshair ?? this.middle));
    this.ground.say(`${counted(this.outline.length, "corner")}; Shift+Enter chooses what is inside`);
    this.ground.repaint();
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

// The dots by keyboard: a crosshair that arrows move, with Shift a rectangle, and corners of an outline by Enter.

/** @import { Command } from "../keys.js" */

/**
 * @typedef {object} Crosshair
 * @property {() => boolean} isMeant  whether the dots have the focus
 * @property {(across: number, down: number) => void} step
 * @property {(across: number, down: number) => void} size  the rectangle
 * @property {(factor: number) => void} zoom
 * @property {() => void} all
 * @property {() => void} enter
 * @property {() => void} finish  the outline
 * @property {() => void} corner
 * @property {() => boolean} clear  returns false if there was nothing to take back
 */

const STEP = 24; // pixels
const ZOOM = 1.5;

/** @type {[string, number, number][]} */
const ARROWS = [
  ["ArrowLeft", -1, 0],
  ["ArrowRight", 1, 0],
  ["ArrowUp", 0, -1],
  ["ArrowDown", 0, 1],
];

/**
 * Return the keys of the dots, for `app.keys`.
 * @param {Crosshair} crosshair
 * @param {boolean} hasOutlines  whether an outline can be drawn, not only a rectangle
 * @returns {Record<string, Command>}
 */
export function keysOf(crosshair, hasOutlines) {
  /** @type {Record<string, Command>} */
  const keys = {};
  /** @param {string} key @param {string} says @param {() => void | boolean} run */
  const add = (key, says, run) => {
    keys[key] = { says, run: () => (crosshair.isMeant() ? run() : false) };
  };
  for (const [key, across, down] of ARROWS) {
    add(key, "Move the crosshair", () => crosshair.step(across * STEP, down * STEP));
    add(`Shift+${key}`, "Draw a rectangle from the crosshair", () => crosshair.size(across * STEP, down * STEP));
    add(`Alt+${key}`, "Move the crosshair by a pixel", () => crosshair.step(across, down));
  }
  for (const key of ["+", "="]) add(key, "Zoom in", () => crosshair.zoom(ZOOM));
  for (const key of ["-", "_"]) add(key, "Zoom out", () => crosshair.zoom(1 / ZOOM));
  add("0", "Show all", crosshair.all);
  add("Enter", "Choose the rectangle, or open the picture at the crosshair", crosshair.enter);
  if (hasOutlines) {
    add("c", "Add a corner of an outline at the crosshair", crosshair.corner);
    add("Shift+Enter", "Choose what is inside of the corners", crosshair.finish);
  }
  add("Escape", "Take the rectangle or the corners back", crosshair.clear);
  return keys;
}

// The towns behind the map: where the land is, and what the largest that are seen are called.

/** @import { Camera, Size } from "./camera.js" */

import { seenBy, toView } from "./camera.js";
import { acrossOf, downOf } from "./projection.js";

/**
 * @typedef {object} Towns
 * @property {Float32Array} xs  in the map's square, the largest town first
 * @property {Float32Array} ys
 * @property {string[]} names  of the largest
 * @property {string} credit  whose data they are
 */

const STEPS = 65_535;
const [WIDTH, HEIGHT] = [7, 16]; // pixels that a letter takes, and a line
const GAP = 14; // pixels between two names

/**
 * Return the towns of the server's answer.
 * @param {ArrayBuffer} buffer
 * @returns {Towns}
 */
export function decodeTowns(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const { count, names, credit } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const latitudes = new Uint16Array(buffer, 4 + length, count);
  const longitudes = new Uint16Array(buffer, 4 + length + 2 * count, count);
  return {
    xs: Float32Array.from(longitudes, (step) => acrossOf((step / STEPS) * 360 - 180)),
    ys: Float32Array.from(latitudes, (step) => downOf((step / STEPS) * 180 - 90)),
    names,
    credit,
  };
}

/**
 * Return which names can be shown, and where: the largest towns first, none over another.
 * @param {Towns} towns
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} most
 * @returns {{ name: string, left: number, top: number }[]}
 */
export function namesIn({ xs, ys, names }, camera, view, most) {
  /** @type {{ name: string, left: number, top: number }[]} */
  const placed = [];
  const { left: west, right: east, top: north, bottom: south } = seenBy(camera, view);
  for (let i = 0; i < names.length && placed.length < most; i++) {
    if (ys[i] < north || ys[i] > south) continue;
    const x = xs[i] + Math.round(camera.x - xs[i]);
    if (x < west || x > east) continue;
    const [left, top] = toView(camera, view, x, ys[i]);
    const isFree = placed.every(
      (other) =>
        Math.abs(other.top - top) >= HEIGHT + GAP ||
        Math.abs(other.left - left) >= ((names[i].length + other.name.length) / 2) * WIDTH + GAP,
    );
    if (isFree) placed.push({ name: names[i], left, top });
  }
  return placed;
}

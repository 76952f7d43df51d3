// Which points of many get a picture on the map or the plane: one for each cell of a net, none over another.

import { seenBy, toView } from "./camera.js";
import { visitWithin } from "./points.js";

/** @import { Camera, Size } from "./camera.js" */
/** @import { Bounds, Grid } from "./points.js" */

/**
 * @typedef {object} Marker
 * @property {number} point  which stands for the others
 * @property {number} count  how many it stands for
 * @property {Bounds} bounds  of them
 */

/**
 * Return the markers of what a camera sees, the largest first. The net hangs on the world and its cells are powers of two, so
 * that moving the camera changes no marker, nor a small zoom.
 * @param {Grid} grid
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} cell  least pixels between two
 * @returns {Marker[]}
 */
export function markersOf(grid, camera, view, cell) {
  const side = 2 ** Math.ceil(Math.log2(cell / camera.scale));
  const { left, top, right, bottom } = seenBy(camera, view);
  const bounds = { left: left - side, top: top - side, right: right + side, bottom: bottom + side };
  /** @type {Map<number, { count: number, x: number, y: number }>} */
  const cells = new Map();
  const columns = Math.ceil((bounds.right - bounds.left) / side) + 2;
  const [firstColumn, firstRow] = [Math.floor(bounds.left / side), Math.floor(bounds.top / side)];
  /** @param {number} point */
  const keyOf = (point) =>
    (Math.floor(grid.ys[point] / side) - firstRow) * columns + Math.floor(grid.xs[point] / side) - firstColumn;
  visitWithin(grid, bounds, (point) => {
    const key = keyOf(point);
    const sum = cells.get(key);
    if (sum) [sum.count, sum.x, sum.y] = [sum.count + 1, sum.x + grid.xs[point], sum.y + grid.ys[point]];
    else cells.set(key, { count: 1, x: grid.xs[point], y: grid.ys[point] });
  });
  return middles(grid, bounds, cells, keyOf).sort((a, b) => b.count - a.count || a.point - b.point);
}

/**
 * Return for each cell the point nearest to its points' mean.
 * @param {Grid} grid
 * @param {Bounds} bounds
 * @param {Map<number, { count: number, x: number, y: number }>} cells
 * @param {(point: number) => number} keyOf
 * @returns {Marker[]}
 */
function middles(grid, bounds, cells, keyOf) {
  /** @type {Map<number, Marker & { distance: number }>} */
  const markers = new Map();
  visitWithin(grid, bounds, (point) => {
    const key = keyOf(point);
    const [x, y] = [grid.xs[point], grid.ys[point]];
    const { count, x: sumX, y: sumY } = /** @type {{ count: number, x: number, y: number }} */ (cells.get(key));
    const distance = (x - sumX / count) ** 2 + (y - sumY / count) ** 2;
    const marker = markers.get(key);
    if (!marker) markers.set(key, { point, count, distance, bounds: { left: x, top: y, right: x, bottom: y } });
    else {
      if (distance < marker.distance) [marker.point, marker.distance] = [point, distance];
      widen(marker.bounds, x, y);
    }
  });
  return [...markers.values()].map(({ point, count, bounds: own }) => ({ point, count, bounds: own }));
}

/**
 * @param {Bounds} bounds
 * @param {number} x
 * @param {number} y
 */
function widen(bounds, x, y) {
  bounds.left = Math.min(bounds.left, x);
  bounds.right = Math.max(bounds.right, x);
  bounds.top = Math.min(bounds.top, y);
  bounds.bottom = Math.max(bounds.bottom, y);
}

/**
 * Return the markers that can be shown without one over another, and not more than `most`; earlier ones go first.
 * @param {Marker[]} markers
 * @param {Grid} grid
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} side  pixels that one takes
 * @param {number} most
 */
export function withoutOverlap(markers, grid, camera, view, side, most) {
  /** @type {(Marker & { left: number, top: number })[]} */
  const placed = [];
  for (const marker of markers) {
    if (placed.length === most) break;
    const [left, top] = toView(camera, view, grid.xs[marker.point], grid.ys[marker.point]);
    if (left < -side || top < -side || left > view.width + side || top > view.height + side) continue;
    const isFree = placed.every((other) => Math.abs(other.left - left) >= side || Math.abs(other.top - top) >= side);
    if (isFree) placed.push({ ...marker, left, top });
  }
  return placed;
}

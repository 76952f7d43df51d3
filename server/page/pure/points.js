// Many points and where they are: the nearest to a place, and those in a rectangle or an outline, by a grid as index.

/**
 * @typedef {object} Grid
 * @property {Float32Array} xs
 * @property {Float32Array} ys
 * @property {number} left
 * @property {number} top
 * @property {number} right
 * @property {number} bottom
 * @property {number} side  of a cell
 * @property {number} columns
 * @property {number} rows
 * @property {Uint32Array} starts  where a cell's points begin in `order`; one more than there are cells
 * @property {Uint32Array} order  the points, cell by cell
 */

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Bounds */

const POINTS_PER_CELL = 8;
const MOST_CELLS = 1 << 18;

/**
 * Return an index of points.
 * @param {Float32Array} xs
 * @param {Float32Array} ys
 * @returns {Grid}
 */
export function gridOf(xs, ys) {
  const { left, top, right, bottom } = boundsOf(xs, ys);
  const cells = Math.min(Math.max(xs.length / POINTS_PER_CELL, 1), MOST_CELLS);
  const [width, height] = [Math.max(right - left, 1e-9), Math.max(bottom - top, 1e-9)];
  const side = Math.max(Math.sqrt((width * height) / cells), Math.max(width, height) / cells);
  const [columns, rows] = [Math.floor(width / side) + 1, Math.floor(height / side) + 1];
  const grid = { xs, ys, left, top, right, bottom, side, columns, rows };
  return { ...grid, ...sorted(grid) };
}

/**
 * Return the points in the order of their cells: a counting sort.
 * @param {Omit<Grid, "starts" | "order">} grid
 */
function sorted({ xs, ys, left, top, side, columns, rows }) {
  const cells = new Uint32Array(xs.length);
  const starts = new Uint32Array(columns * rows + 1);
  for (let i = 0; i < xs.length; i++) {
    cells[i] = Math.floor((ys[i] - top) / side) * columns + Math.floor((xs[i] - left) / side);
    starts[cells[i] + 1]++;
  }
  for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1] += starts[cell];
  const next = starts.slice();
  const order = new Uint32Array(xs.length);
  for (let i = 0; i < xs.length; i++) order[next[cells[i]]++] = i;
  return { starts, order };
}

/**
 * Return the smallest bounds with all points in them.
 * @param {Float32Array} xs
 * @param {Float32Array} ys
 * @returns {Bounds}
 */
export function boundsOf(xs, ys) {
  if (!xs.length) return { left: 0, top: 0, right: 1, bottom: 1 };
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < bounds.left) bounds.left = xs[i];
    if (xs[i] > bounds.right) bounds.right = xs[i];
    if (ys[i] < bounds.top) bounds.top = ys[i];
    if (ys[i] > bounds.bottom) bounds.bottom = ys[i];
  }
  return bounds;
}

/**
 * Visit every point within bounds.
 * @param {Grid} grid
 * @param {Bounds} bounds
 * @param {(point: number) => void} visit
 */
export function visitWithin(grid, { left, top, right, bottom }, visit) {
  const { xs, ys, side, columns, rows, starts, order } = grid;
  const firstColumn = Math.max(Math.floor((left - grid.left) / side), 0);
  const lastColumn = Math.min(Math.floor((right - grid.left) / side), columns - 1);
  const lastRow = Math.min(Math.floor((bottom - grid.top) / side), rows - 1);
  for (let row = Math.max(Math.floor((top - grid.top) / side), 0); row <= lastRow; row++) {
    if (firstColumn > lastColumn) return;
    const end = starts[row * columns + lastColumn + 1];
    for (let at = starts[row * columns + firstColumn]; at < end; at++) {
      const point = order[at];
      if (xs[point] >= left && xs[point] <= right && ys[point] >= top && ys[point] <= bottom) visit(point);
    }
  }
}

/**
 * Return the point that is nearest to a place, or -1 if none is within reach.
 * @param {Grid} grid
 * @param {number} x
 * @param {number} y
 * @param {number} reach
 */
export function nearest(grid, x, y, reach) {
  let found = -1;
  let least = reach * reach;
  visitWithin(grid, { left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (point) => {
    const distance = (grid.xs[point] - x) ** 2 + (grid.ys[point] - y) ** 2;
    if (distance <= least) [found, least] = [point, distance];
  });
  return found;
}

/**
 * Return how many points are inside of an outline.
 * @param {Grid} grid
 * @param {number[][]} outline
 */
export function countInside(grid, outline) {
  let count = 0;
  visitWithin(grid, boundsOfOutline(outline), (point) => {
    if (isInside(outline, grid.xs[point], grid.ys[point])) count++;
  });
  return count;
}

/**
 * @param {number[][]} outline
 * @returns {Bounds}
 */
export function boundsOfOutline(outline) {
  return boundsOf(
    Float32Array.from(outline, ([x]) => x),
    Float32Array.from(outline, ([, y]) => y),
  );
}

/**
 * Say whether a place is inside of an outline, by the even-odd rule.
 * @param {number[][]} outline
 * @param {number} x
 * @param {number} y
 */
export function isInside(outline, x, y) {
  let inside = false;
  for (let i = 0, before = outline.length - 1; i < outline.length; before = i++) {
    const [[ax, ay], [bx, by]] = [outline[i], outline[before]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/**
 * Return an outline of at most some corners: those go first that change its area least (Visvalingam and Whyatt, 1993).
 * @param {number[][]} outline
 * @param {number} most
 * @returns {number[][]}
 */
export function simplified(outline, most) {
  const corners = outline.filter(([x, y], i) => i === 0 || x !== outline[i - 1][0] || y !== outline[i - 1][1]);
  while (corners.length > most) {
    let [least, place] = [Infinity, 0];
    for (let i = 0; i < corners.length; i++) {
      const area = triangle(corners.at(i - 1) ?? corners[0], corners[i], corners[(i + 1) % corners.length]);
      if (area < least) [least, place] = [area, i];
    }
    corners.splice(place, 1);
  }
  return corners;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number[]} c
 */
function triangle([ax, ay], [bx, by], [cx, cy]) {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2;
}

// Which picture a key leads to: in rows of different pictures, up and down keep to the nearest from side to side.

/** @import { Rows } from "./layout.js" */

/** @typedef {"up" | "down" | "before" | "after" | "page up" | "page down" | "first" | "last"} Where */

const PAGE = 0.9; // of the window's height that a page moves

/**
 * Return the picture that a key leads to.
 * @param {Rows} rows
 * @param {number} index
 * @param {Where} where
 * @param {number} view  height of the window
 */
export function neighbour(rows, index, where, view) {
  const last = Math.max(0, rows.aspects.length - 1);
  if (where === "before") return Math.max(0, index - 1);
  if (where === "after") return Math.min(last, index + 1);
  if (where === "first") return 0;
  if (where === "last") return last;
  const row = rows.rowOf(index);
  if (where === "up" || where === "down") return beside(rows, index, row + (where === "up" ? -1 : 1));
  const way = where === "page up" ? -1 : 1;
  const target = rows.rowAt(rows.tops[row] + way * view * PAGE);
  return beside(rows, index, target === row ? row + way : target);
}

/**
 * Return the picture of a row that is nearest to another from side to side; past the ends, the first or last.
 * @param {Rows} rows
 * @param {number} index
 * @param {number} row
 */
function beside(rows, index, row) {
  if (row < 0) return index;
  if (row >= rows.count) return Math.max(0, rows.aspects.length - 1);
  const middle = middleOf(rows.boxes(rows.rowOf(index)).boxes.find((box) => box.index === index));
  const { boxes } = rows.boxes(row);
  const nearest = boxes.map((box) => ({ index: box.index, away: Math.abs(middleOf(box) - middle) }));
  return nearest.reduce((best, box) => (box.away < best.away ? box : best)).index;
}

/** @param {{ x: number, width: number } | undefined} box */
const middleOf = (box) => (box ? box.x + box.width / 2 : 0);

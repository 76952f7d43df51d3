// Keys lead to the picture that lies there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../../server/page/pure/layout.js";
import { neighbour } from "../../../server/page/pure/neighbours.js";

// Squares, five in a row of 1000 pixels: rows of 200.
const ROWS = layOut(new Uint8Array(23).fill(128), { width: 1000, target: 200, gap: 0 });

/** @param {number} index @param {import("../../../server/page/pure/neighbours.js").Where} where */
const from = (index, where) => neighbour(ROWS, index, where, 600);

test("keys lead beside, above and below", () => {
  assert.deepEqual([from(7, "before"), from(7, "after"), from(7, "up"), from(7, "down")], [6, 8, 2, 12]);
});

test("at the ends they stay, or lead to the end", () => {
  assert.deepEqual([from(0, "before"), from(22, "after"), from(2, "up")], [0, 22, 2]);
  assert.deepEqual([from(19, "down"), from(22, "down"), from(7, "first"), from(7, "last")], [22, 22, 0, 22]);
});

test("pages lead as far as a window is high", () => {
  assert.deepEqual([from(1, "page down"), from(21, "page up"), from(1, "page up")], [11, 6, 1]);
  assert.equal(neighbour(ROWS, 1, "page down", 100), 6);
});

test("what is not as wide is found from side to side", () => {
  const mixed = layOut(Uint8Array.of(192, 128, 128, 128, 128, 128, 128), { width: 700, target: 200, gap: 0 });
  assert.equal(mixed.starts[1], 1);
  assert.deepEqual([neighbour(mixed, 4, "up", 600), neighbour(mixed, 0, "down", 600)], [0, 2]);
});

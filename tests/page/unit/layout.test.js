// Rows: exact, full, whole pixels, and a million in no time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { aspectOf, layOut, targetHeight } from "../../../server/page/pure/layout.js";

/** A generator of the same pseudo-random numbers each time. @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number} count @param {number} [seed] */
function shapes(count, seed = 1) {
  const next = random(seed);
  const usual = [aspectOf(4, 3), aspectOf(3, 4), aspectOf(3, 2), aspectOf(2, 3), 128, aspectOf(16, 9)];
  return Uint8Array.from({ length: count }, () =>
    next() < 0.9 ? usual[Math.floor(next() * usual.length)] : Math.floor(next() * 256),
  );
}

test("every picture has its place, in order, and rows fill the width to the last pixel", () => {
  for (const [width, seed] of [
    [344, 1],
    [1013, 2],
    [2560, 3],
  ]) {
    const target = targetHeight(width);
    const rows = layOut(shapes(2000, seed), { width, target, gap: 4 });
    let [expected, y] = [0, 0];
    for (let row = 0; row < rows.count; row += 1) {
      const { y: top, height, boxes } = rows.boxes(row);
      assert.equal(top, y);
      assert.ok(Number.isInteger(height) && height >= 1);
      let edge = 0;
      for (const box of boxes) {
        assert.equal(box.index, expected);
        assert.equal(box.x, edge);
        assert.ok(Number.isInteger(box.width) && box.width >= 1, `${box.width}`);
        edge = box.x + box.width + 4;
        expected += 1;
      }
      if (row < rows.count - 1) assert.equal(edge - 4, width);
      else assert.ok(edge - 4 <= width);
      y = top + height + 4;
    }
    assert.equal(expected, 2000);
    assert.equal(rows.height, y - 4);
  }
});

test("rows are about as high as they should be", () => {
  const rows = layOut(shapes(5000), { width: 1200, target: 200, gap: 4 });
  const heights = Array.from({ length: rows.count - 1 }, (_, row) => rows.boxes(row).height);
  assert.ok(Math.abs(heights.reduce((sum, height) => sum + height) / heights.length - 200) < 15);
  assert.ok(Math.max(...heights) < 340 && Math.min(...heights) > 120);
});

test("a row and a height are found again", () => {
  const rows = layOut(shapes(3000), { width: 900, target: 180, gap: 4, breaks: [{ at: 7, space: 60 }] });
  for (let row = 0; row < rows.count; row += 1) {
    assert.equal(rows.rowOf(rows.starts[row]), row);
    assert.equal(rows.rowOf(rows.starts[row + 1] - 1), row);
    assert.equal(rows.rowAt(rows.tops[row]), row);
    assert.equal(rows.rowAt(rows.tops[row + 1] - 0.5), row);
  }
  assert.equal(rows.rowAt(-5), 0);
  assert.equal(rows.rowAt(1e9), rows.count - 1);
});

test("a break begins a row with room above, and the row before is not stretched", () => {
  const aspects = new Uint8Array(20).fill(128);
  const plain = layOut(aspects, { width: 1000, target: 200, gap: 0 });
  const broken = layOut(aspects, { width: 1000, target: 200, gap: 0, breaks: [{ at: 3, space: 50 }] });
  assert.deepEqual([plain.starts[1], broken.starts[1]], [5, 3]);
  assert.equal(broken.boxes(0).height, 200);
  assert.equal(broken.tops[1], 250);
  assert.equal(layOut(aspects, { width: 1000, target: 200, gap: 0, breaks: [{ at: 0, space: 50 }] }).tops[0], 50);
});

test("the rows of the first hundred are those of all, but for the last", () => {
  const aspects = shapes(5000);
  const sizes = { width: 1100, target: 190, gap: 4 };
  const [first, all] = [layOut(aspects.subarray(0, 100), sizes), layOut(aspects, sizes)];
  for (let row = 0; row < first.count - 1; row += 1) assert.deepEqual(first.boxes(row), all.boxes(row));
});

test("odd windows and none at all are laid out too", () => {
  for (const width of [0, 1, 30]) assert.ok(layOut(shapes(50), { width, target: 100, gap: 4 }).height > 0);
  const none = layOut(new Uint8Array(), { width: 500, target: 100, gap: 4 });
  assert.deepEqual([none.count, none.height], [0, 0]);
});

test("shapes are told by a byte as the server tells them", () => {
  assert.deepEqual([aspectOf(1, 1), aspectOf(2, 1), aspectOf(1, 2), aspectOf(4, 3)], [128, 160, 96, 141]);
  assert.deepEqual([aspectOf(0, 5), aspectOf(1e9, 1), aspectOf(1, 1e9)], [141, 255, 0]);
});

test("a million are laid out whole", () => {
  const aspects = shapes(1_000_000);
  const sizes = { width: 1180, target: 200, gap: 4 };
  assert.ok(layOut(aspects, sizes).height > 30_000_000);
});

// Some, ranges, and all but a few.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Selection } from "../../../server/page/pure/selection.js";

const ORDER = [10, 11, 12, 13, 14, 15];

test("pictures are selected one by one and let go again", () => {
  const selection = new Selection();
  selection.toggle(12, 2);
  selection.toggle(10, 0);
  assert.deepEqual(selection.list(ORDER, 6), [10, 12]);
  selection.toggle(12, 2);
  assert.deepEqual([selection.list(ORDER, 6), selection.count(6)], [[10], 1]);
});

test("a range goes from where it began, grows and shrinks, and keeps what was selected before", () => {
  const selection = new Selection();
  selection.toggle(10, 0);
  selection.toggle(13, 3);
  selection.range(ORDER, 5);
  assert.deepEqual(selection.list(ORDER, 6), [10, 13, 14, 15]);
  selection.range(ORDER, 2);
  assert.deepEqual(selection.list(ORDER, 6), [10, 12, 13]);
});

test("a range begins where keys began it", () => {
  const selection = new Selection();
  selection.begin(4);
  selection.range(ORDER, 3);
  assert.deepEqual(selection.list(ORDER, 6), [13, 14]);
});

test("all are all that match, also those that were not loaded, and some may be let go", () => {
  const selection = new Selection();
  selection.toggle(15, 5);
  selection.all();
  assert.deepEqual([selection.count(4), selection.isWhole, selection.list(ORDER, 4)], [4, true, [10, 11, 12, 13]]);
  selection.toggle(11, 1);
  assert.deepEqual([selection.count(4), selection.isWhole, selection.has(11)], [3, false, false]);
  assert.deepEqual(selection.list(ORDER, 4), [10, 12, 13]);
  selection.clear();
  assert.deepEqual([selection.count(4), selection.isAll, selection.has(10)], [0, false, false]);
});

// The scrubber's scale and the pictures lead to each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Scale } from "../../../server/page/pure/buckets.js";

const MONTHS = [
  { label: "2021-07", first: 0, count: 34 },
  { label: "2021-06", first: 34, count: 1 },
  { label: "2021-01", first: 35, count: 5 },
  { label: "1970-01", first: 40, count: 1 },
  { label: "", first: 41, count: 9 },
];

test("every picture has its place, in order, and is found there again", () => {
  const scale = new Scale(MONTHS, 50);
  let before = -1;
  for (let index = 0; index < 50; index += 1) {
    const fraction = scale.fractionOf(index);
    assert.ok(fraction > before && fraction < 1);
    assert.equal(scale.indexAt(fraction + 1e-9), index);
    before = fraction;
  }
  assert.deepEqual([scale.indexAt(0), scale.indexAt(1), scale.indexAt(-1)], [0, 49, 0]);
});

test("time is spaced as it passes, but for long times without pictures", () => {
  const { slots } = new Scale(MONTHS, 50);
  const month = slots[0].to - slots[0].from;
  const spans = slots.map(({ from, to }) => Math.round((to - from) / month));
  assert.deepEqual(spans, [1, 1, 4, 1, 6, 1, 3]);
});

test("a place without pictures leads to the next one", () => {
  const scale = new Scale(MONTHS, 50);
  const gap = scale.slots[2];
  assert.equal(scale.indexAt((gap.from + gap.to) / 2), 35);
});

test("years are marked once and not too close", () => {
  const scale = new Scale(MONTHS, 50);
  assert.deepEqual(
    scale.marks(0.01).map(({ text }) => text),
    ["2021", "1970"],
  );
  assert.deepEqual(
    scale.marks(0.9).map(({ text }) => text),
    ["2021"],
  );
});

test("a place is told with its month and number", () => {
  const scale = new Scale(MONTHS, 50);
  assert.deepEqual(
    [0, 34, 45].map((index) => scale.says(index)),
    ["July 2021, 34 pictures", "June 2021, 1 picture", "No date, 9 pictures"],
  );
  assert.equal(new Scale([{ label: "0.31", first: 0, count: 2 }], 2).says(1), "Score 0.31, 2 pictures");
  assert.equal(new Scale([{ label: "1:2019/sea", first: 0, count: 2 }], 2).says(1), "2019/sea, 2 pictures");
});

test("keys go from month to month", () => {
  const scale = new Scale(MONTHS, 50);
  assert.deepEqual([scale.step(0, 1), scale.step(34, 1), scale.step(45, 1)], [34, 35, 45]);
  assert.deepEqual([scale.step(20, -1), scale.step(34, -1), scale.step(0, -1)], [0, 0, 0]);
});

test("no buckets are a plain scale", () => {
  const scale = new Scale([], 11);
  assert.deepEqual([scale.fractionOf(5), scale.indexAt(0.5), scale.indexAt(1), scale.step(3, 1)], [0.5, 5, 10, 3]);
  assert.equal(scale.says(3), "11 pictures");
  assert.equal(new Scale([], 0).indexAt(0.5), 0);
});

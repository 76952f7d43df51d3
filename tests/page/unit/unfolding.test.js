// Copies stand behind the picture that stood for them, and all that counts rows counts them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { unfold } from "../../../server/page/pure/unfolding.js";

const ORDER = {
  ids: Uint32Array.of(1, 2, 3, 4),
  scores: Uint16Array.of(900, 800, 700, 600),
  aspects: Uint8Array.of(128, 129, 130, 131),
  matching: 2,
  buckets: [
    { label: "0.3", first: 0, count: 2 },
    { label: "0.2", first: 2, count: 2 },
  ],
};
const COPIES = [
  { id: 20, score: 0, aspect: 140 },
  { id: 21, score: null, aspect: 141 },
];

test("without stacks nothing changes", () => {
  assert.equal(unfold(ORDER, new Map()), ORDER);
});

test("copies stand behind their picture", () => {
  const { ids, scores, aspects, matching, buckets } = unfold(ORDER, new Map([[2, COPIES]]));
  assert.deepEqual([...ids], [1, 2, 20, 21, 3, 4]);
  assert.deepEqual([...aspects], [128, 129, 140, 141, 130, 131]);
  assert.deepEqual([...(scores ?? [])], [900, 800, 32768, 32768, 700, 600]);
  assert.equal(matching, 4);
  assert.deepEqual(
    buckets.map(({ first, count }) => [first, count]),
    [
      [0, 4],
      [4, 2],
    ],
  );
});

test("stacks at both ends, and one that is gone", () => {
  const at = (/** @type {number} */ id) => [{ id, score: 1, aspect: 128 }];
  const stacks = new Map([
    [1, at(10)],
    [4, at(40)],
    [99, at(990)],
  ]);
  const { ids, matching } = unfold({ ...ORDER, scores: null }, stacks);
  assert.deepEqual([[...ids], matching], [[1, 10, 2, 3, 4, 40], 3]);
});

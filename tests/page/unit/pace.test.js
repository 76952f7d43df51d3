// How many dots a moving camera can afford.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../../server/page/pure/pace.js";

/**
 * @param {Pace} pace
 * @param {number} from
 * @param {number} frame
 * @param {number} count
 */
function run(pace, from, frame, count) {
  for (let i = 0; i < count; i++) pace.frame(from + i * frame);
  return pace.every;
}

test("a machine that keeps up draws all", () => {
  assert.equal(run(new Pace(), 1000, 16.7, 200), 1);
});

test("a slow one draws fewer, but not ever fewer", () => {
  assert.equal(run(new Pace(), 1000, 40, 4), 2);
  assert.equal(run(new Pace(), 1000, 40, 500), 16);
});

test("a single slow frame and a pause change nothing", () => {
  const pace = new Pace();
  run(pace, 1000, 16.7, 10);
  run(pace, 1200, 16.7, 10);
  assert.equal(run(pace, 9000, 16.7, 10), 1);
});

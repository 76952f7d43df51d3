// Points by place, against looking at every one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { markersOf, withoutOverlap } from "../../../server/page/pure/markers.js";
import {
  boundsOf,
  countInside,
  gridOf,
  isInside,
  nearest,
  simplified,
  visitWithin,
} from "../../../server/page/pure/points.js";

/** @param {number} seed */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/**
 * @param {number} count
 * @param {number} seed
 */
function scattered(count, seed) {
  const random = randomOf(seed);
  const xs = Float32Array.from({ length: count }, () => random() ** 3 - 0.4); // denser at one side
  return { xs, ys: Float32Array.from({ length: count }, () => random() * 5 - 1), random };
}

test("the nearest point is that of all", () => {
  const { xs, ys, random } = scattered(3000, 1);
  const grid = gridOf(xs, ys);
  for (let turn = 0; turn < 200; turn++) {
    const [x, y, reach] = [random() * 1.4 - 0.6, random() * 6 - 1.5, random() * 0.3];
    let [best, least] = [-1, reach * reach];
    for (let i = 0; i < xs.length; i++) {
      const distance = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
      if (distance <= least) [best, least] = [i, distance];
    }
    assert.equal(nearest(grid, x, y, reach), best);
  }
});

test("the points of a rectangle are found, each once", () => {
  const { xs, ys } = scattered(2000, 2);
  const bounds = { left: -0.3, top: 0, right: 0.1, bottom: 2.2 };
  /** @type {number[]} */
  const found = [];
  visitWithin(gridOf(xs, ys), bounds, (point) => found.push(point));
  const wanted = [...xs.keys()].filter(
    (i) => xs[i] >= -0.3 && xs[i] <= bounds.right && ys[i] >= 0 && ys[i] <= bounds.bottom,
  );
  assert.deepEqual(
    found.sort((a, b) => a - b),
    wanted,
  );
  assert.ok(wanted.length > 100);
});

test("one point, none, and many at one place are points too", () => {
  const none = gridOf(new Float32Array(0), new Float32Array(0));
  assert.equal(nearest(none, 0, 0, 10), -1);
  const heap = gridOf(new Float32Array(500).fill(2), new Float32Array(500).fill(-3));
  assert.notEqual(nearest(heap, 2, -3, 0.1), -1);
  const line = gridOf(Float32Array.from([0, 1, 2]), new Float32Array(3));
  assert.equal(nearest(line, 1.1, 0, 0.5), 1);
});

test("an outline may be hollow", () => {
  const hollow = [
    [0, 0],
    [4, 0],
    [4, 4],
    [2, 1],
    [0, 4],
  ];
  assert.ok(isInside(hollow, 0.5, 1) && isInside(hollow, 2, 0.5));
  assert.ok(!isInside(hollow, 2, 3) && !isInside(hollow, 5, 1));
  const grid = gridOf(Float32Array.from([0.5, 2, 2, 5]), Float32Array.from([1, 0.5, 3, 1]));
  assert.equal(countInside(grid, hollow), 2);
});

test("a long outline gets few corners and keeps its shape", () => {
  const circle = Array.from({ length: 2000 }, (_, i) => [Math.cos(i / 318.31), Math.sin(i / 318.31)]);
  const few = simplified([circle[0], ...circle], 200);
  assert.equal(few.length, 200);
  const { random } = scattered(1, 3);
  let differ = 0;
  for (let i = 0; i < 2000; i++) {
    const [x, y] = [random() * 3 - 1.5, random() * 3 - 1.5];
    if (isInside(few, x, y) !== isInside(circle, x, y)) differ++;
  }
  assert.ok(differ <= 4, `${differ} of 2000 differ`);
  assert.deepEqual(
    simplified(
      [
        [0, 0],
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      200,
    ),
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  );
});

test("markers stand for all that is seen, and a moved camera keeps them", () => {
  const { xs, ys } = scattered(5000, 4);
  const grid = gridOf(xs, ys);
  const view = { width: 900, height: 700 };
  const bounds = boundsOf(xs, ys);
  const camera = { x: (bounds.left + bounds.right) / 2, y: (bounds.top + bounds.bottom) / 2, scale: 100 };
  const markers = markersOf(grid, camera, view, 90);
  assert.equal(
    markers.reduce((sum, { count }) => sum + count, 0),
    5000,
  );
  const after = markersOf(grid, { ...camera, x: camera.x + 0.013, scale: 101 }, view, 90);
  assert.deepEqual(after, markers);
});

test("no shown marker lies over another", () => {
  const { xs, ys } = scattered(5000, 5);
  const grid = gridOf(xs, ys);
  const [camera, view] = [
    { x: 0, y: 1, scale: 400 },
    { width: 900, height: 700 },
  ];
  const shown = withoutOverlap(markersOf(grid, camera, view, 90), grid, camera, view, 72, 50);
  assert.ok(shown.length > 10 && shown.length <= 50);
  for (const a of shown)
    for (const b of shown) if (a !== b) assert.ok(Math.abs(a.left - b.left) >= 72 || Math.abs(a.top - b.top) >= 72);
});

// The camera over the map and the plane.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, kept, moved, seenBy, toView, toWorld, zoomed } from "../../../server/page/pure/camera.js";

const VIEW = { width: 800, height: 600 };
const LIMITS = { least: 10, most: 10_000 };

test("a place of the view and its place in the world are each found by the other", () => {
  const camera = { x: 0.3, y: -2, scale: 123 };
  const [x, y] = toWorld(camera, VIEW, 17, 401);
  assert.deepEqual(toView(camera, VIEW, x, y).map(Math.round), [17, 401]);
});

test("zooming keeps what is under the pointer, also at the limits", () => {
  let camera = { x: 0.5, y: 0.5, scale: 100 };
  const under = toWorld(camera, VIEW, 700, 50);
  for (const factor of [3, 0.2, 1000, 1e-6]) {
    camera = zoomed(camera, VIEW, factor, [700, 50], LIMITS);
    const now = toWorld(camera, VIEW, 700, 50);
    assert.ok(Math.abs(now[0] - under[0]) < 1e-9 && Math.abs(now[1] - under[1]) < 1e-9);
    assert.ok(camera.scale >= LIMITS.least && camera.scale <= LIMITS.most);
  }
});

test("what is fitted is seen, with a margin", () => {
  const bounds = { left: 1, top: 2, right: 3, bottom: 2.5 };
  const seen = seenBy(fitted(bounds, VIEW, LIMITS.most), VIEW);
  assert.ok(seen.left < 1 && seen.right > 3 && seen.top < 2 && seen.bottom > 2.5);
  assert.ok(seen.right - seen.left < 3);
  assert.equal(fitted({ left: 1, top: 2, right: 1, bottom: 2 }, VIEW, 500).scale, 500);
});

test("a drag moves what is seen with the pointer", () => {
  const camera = { x: 0, y: 0, scale: 10 };
  assert.deepEqual(toView(moved(camera, 30, -20), VIEW, 0, 0), [430, 280]);
});

test("the middle stays in the world, and goes round it where it wraps", () => {
  const world = { left: 0, top: 0, right: 1, bottom: 1 };
  const far = { x: 1.25, y: 4, scale: 1 };
  assert.deepEqual(kept(far, world, false), { x: 1, y: 1, scale: 1 });
  assert.deepEqual(kept(far, world, true), { x: 0.25, y: 1, scale: 1 });
  assert.deepEqual(kept({ ...far, x: -0.25 }, world, true).x, 0.75);
});

// Zooming into a picture.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dragged, isZoomed, stepped, toggled, whole, zoomedAt } from "../../../server/page/pure/zoom.js";

const VIEW = { width: 1000, height: 800 };
const LARGE = { width: 4000, height: 2000 };
const SMALL = { width: 100, height: 50 };

/**
 * @param {import("../../../server/page/pure/zoom.js").Zoom} zoom
 * @param {{ width: number, height: number }} picture
 */
function isInView({ scale, x, y }, picture) {
  const across = Math.max(0, (picture.width * scale - VIEW.width) / 2) + 1e-9;
  const down = Math.max(0, (picture.height * scale - VIEW.height) / 2) + 1e-9;
  return Math.abs(x) <= across && Math.abs(y) <= down;
}

test("all of a picture is shown at first, and a small one as it is", () => {
  assert.deepEqual(whole(LARGE, VIEW), { scale: 0.25, x: 0, y: 0 });
  assert.deepEqual(whole(SMALL, VIEW), { scale: 1, x: 0, y: 0 });
});

test("what is under the pointer stays there", () => {
  const place = /** @type {[number, number]} */ ([100, 50]);
  const zoom = zoomedAt({ scale: 1, x: 0, y: 0 }, 2, place, LARGE, VIEW);
  assert.deepEqual([(place[0] - zoom.x) / zoom.scale, (place[1] - zoom.y) / zoom.scale], place);
});

test("no drag and no zoom leaves the picture's bounds", () => {
  let zoom = whole(LARGE, VIEW);
  for (let i = 0; i < 300; i++) {
    const turn = (i * 7919) % 13;
    if (turn < 4) zoom = zoomedAt(zoom, 1.7, [((i * 31) % 1000) - 500, ((i * 17) % 800) - 400], LARGE, VIEW);
    else if (turn < 7) zoom = zoomedAt(zoom, 0.6, [((i * 37) % 1000) - 500, ((i * 11) % 800) - 400], LARGE, VIEW);
    else zoom = dragged(zoom, ((i * 271) % 3000) - 1500, ((i * 173) % 3000) - 1500, LARGE, VIEW);
    assert.ok(isInView(zoom, LARGE), `step ${i}: ${JSON.stringify(zoom)}`);
    assert.ok(zoom.scale >= 0.25 && zoom.scale <= 8);
  }
});

test("out again as far as one likes, all of the picture is in the middle", () => {
  let zoom = dragged(zoomedAt(whole(LARGE, VIEW), 10, [400, 300], LARGE, VIEW), 500, 500, LARGE, VIEW);
  for (let i = 0; i < 12; i++) zoom = stepped(zoom, -1, LARGE, VIEW);
  assert.deepEqual(zoom, whole(LARGE, VIEW));
});

test("a double click shows the pixels, the next all of it; a small picture grows", () => {
  const pixels = toggled(whole(LARGE, VIEW), [0, 0], LARGE, VIEW);
  assert.deepEqual([pixels.scale, isZoomed(pixels, LARGE, VIEW)], [1, true]);
  assert.deepEqual(toggled(pixels, [3, 3], LARGE, VIEW), whole(LARGE, VIEW));
  assert.equal(toggled(whole(SMALL, VIEW), [0, 0], SMALL, VIEW).scale, 2);
});

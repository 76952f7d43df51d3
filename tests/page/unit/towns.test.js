// The towns behind the map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { latitudeOf, longitudeOf } from "../../../server/page/pure/projection.js";
import { decodeTowns, namesIn } from "../../../server/page/pure/towns.js";

/** @param {[string, number, number][]} towns */
function encoded(towns) {
  let head = JSON.stringify({ count: towns.length, names: towns.map(([name]) => name), credit: "of a test" });
  head += " ".repeat((4 - (new TextEncoder().encode(head).length % 4)) % 4);
  const bytes = new TextEncoder().encode(head);
  const buffer = new ArrayBuffer(4 + bytes.length + 4 * towns.length);
  new DataView(buffer).setUint32(0, bytes.length, true);
  new Uint8Array(buffer, 4).set(bytes);
  new Uint16Array(buffer, 4 + bytes.length).set([
    ...towns.map(([, latitude]) => Math.round(((latitude + 90) / 180) * 65535)),
    ...towns.map(([, , longitude]) => Math.round(((longitude + 180) / 360) * 65535)),
  ]);
  return buffer;
}

const TOWNS = decodeTowns(
  encoded([
    ["Tōkyō", 35.69, 139.69],
    ["Yokohama", 35.44, 139.64],
    ["Paris", 48.85, 2.35],
    ["Suva", -18.14, 178.44],
  ]),
);
const VIEW = { width: 800, height: 800 };

test("towns are where the server says", () => {
  assert.equal(TOWNS.names[0], "Tōkyō");
  assert.equal(TOWNS.credit, "of a test");
  assert.ok(Math.abs(latitudeOf(TOWNS.ys[2]) - 48.85) < 0.003 && Math.abs(longitudeOf(TOWNS.xs[2]) - 2.35) < 0.003);
});

test("a smaller town gives way to a larger one, until there is room", () => {
  const names = (/** @type {import("../../../server/page/pure/camera.js").Camera} */ camera, most = 9) =>
    namesIn(TOWNS, camera, VIEW, most).map(({ name }) => name);
  assert.deepEqual(names({ x: 0.5, y: 0.5, scale: 800 }), ["Tōkyō", "Paris", "Suva"]);
  assert.deepEqual(names({ x: 0.5, y: 0.5, scale: 800 }, 1), ["Tōkyō"]);
  assert.deepEqual(names({ x: TOWNS.xs[0], y: TOWNS.ys[0], scale: 200_000 }), ["Tōkyō", "Yokohama"]);
});

test("a town is seen on the other side of the date line too", () => {
  const [{ left }] = namesIn(
    { ...TOWNS, names: ["", "", "", "Suva"] },
    { x: 0.01, y: TOWNS.ys[3], scale: 4000 },
    VIEW,
    4,
  ).slice(-1);
  assert.ok(left > 0 && left < 400, `${left}`);
});

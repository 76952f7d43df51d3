// The map's projection and its graticule.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  acrossOf,
  boundsOf,
  boxOf,
  degreesText,
  downOf,
  latitudeOf,
  linesBetween,
  longitudeOf,
  NORTHMOST,
  scaleBar,
  stepFor,
  wrapped,
} from "../../../server/page/pure/projection.js";

test("the square has the equator in its middle and ends at its edges", () => {
  assert.ok(Math.abs(downOf(0) - 0.5) < 1e-12);
  assert.ok(Math.abs(downOf(NORTHMOST)) < 1e-6 && Math.abs(downOf(-90) - 1) < 1e-6);
  // Snyder's table 8: at 60 degrees a circle of latitude is half as long, and y is 1.3169579 radii.
  assert.ok(Math.abs((0.5 - downOf(60)) * 2 * Math.PI - 1.3169579) < 1e-6);
});

test("a place is found again", () => {
  for (const [latitude, longitude] of [
    [48.8584, 2.2945],
    [-33.8568, 151.2153],
    [71.17, -179.9],
  ]) {
    assert.ok(Math.abs(latitudeOf(downOf(latitude)) - latitude) < 1e-9);
    assert.ok(Math.abs(longitudeOf(acrossOf(longitude)) - longitude) < 1e-9);
  }
});

test("a rectangle becomes a box of degrees and back, also across the date line", () => {
  for (const box of [
    [47.5, 8, 48, 9],
    [-20, 170, -10, -175],
  ]) {
    const again = boxOf(boundsOf(box));
    for (const [i, degrees] of box.entries()) assert.ok(Math.abs(again[i] - degrees) < 1e-9, `${again}`);
  }
  assert.deepEqual(boxOf({ left: -0.5, top: 0.5, right: 0.9, bottom: 0.5 }), [0, -180, 0, 180]);
});

test("the graticule has round lines that are far enough apart", () => {
  assert.equal(stepFor(7), 10);
  assert.equal(stepFor(40), 60);
  assert.equal(stepFor(120), 90);
  assert.equal(stepFor(0.4), 0.5);
  assert.deepEqual(linesBetween(-31, 61, 30), [-30, 0, 30, 60]);
  assert.deepEqual(linesBetween(1, 2, 5), []);
});

test("degrees are written as exactly as the step needs", () => {
  assert.equal(degreesText(48, "latitude", 1), "48°N");
  assert.equal(degreesText(-2.5, "longitude", 0.5), "2°30′W");
  assert.equal(degreesText(0, "latitude", 30), "0°");
  assert.equal(degreesText(190, "longitude", 10), "170°W");
  assert.equal(degreesText(180, "longitude", 10), "180°");
  assert.equal(degreesText(-0.01, "longitude", 1 / 3600), "0°0′36″W");
});

test("longitudes go round", () => {
  assert.deepEqual([190, -190, 180, -180, 540].map(wrapped), [-170, 170, 180, -180, -180]);
});

test("the scale's bar is a round length", () => {
  const { pixels, text } = scaleBar(40_075_017, 60, 120); // half a metre a pixel
  assert.equal(text, "50 m");
  assert.ok(Math.abs(pixels - 100) < 1e-6);
  assert.equal(scaleBar(512, 0, 100).text, "5000 km");
});

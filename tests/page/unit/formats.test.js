// What people read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, counted, date, moment, monthName, spoken } from "../../../server/page/pure/formats.js";

test("numbers come with their nouns", () => {
  assert.deepEqual([counted(1, "picture"), counted(9988, "picture")], ["1 picture", "9,988 pictures"]);
  assert.equal(counted(2, "copy", "copies"), "2 copies");
});

test("sizes have two or three digits that mean something", () => {
  const sizes = [0, 812, 999, 1000, 1549, 99_499, 999_600, 20e9, 3e15];
  const shown = ["0 bytes", "812 bytes", "999 bytes", "1.0 kB", "1.5 kB", "99 kB", "1.0 MB", "20 GB", "3,000 TB"];
  assert.deepEqual(sizes.map(bytes), shown);
});

test("dates say what is known of them, in the camera's own time", () => {
  assert.equal(date("2019"), "2019");
  assert.equal(date("2019-07"), "July 2019");
  assert.equal(date("2019-07-04"), "4 July 2019");
  assert.equal(date("2019-07-04T23:05:59.5+14:00"), "4 July 2019, 23:05");
  assert.equal(date(null), "");
  assert.equal(monthName(9, true), "Sep");
});

test("moments of videos are minutes and seconds", () => {
  assert.deepEqual([0, 7.9, 65, 3723].map(moment), ["0:00", "0:07", "1:05", "1:02:03"]);
});

test("a picture is spoken of by what is known of it", () => {
  const picture = /** @type {any} */ ({
    name: "a.mp4",
    taken_at: "2019-07",
    place: "Paris, France",
    at: 65,
    copies: [1],
  });
  assert.equal(spoken(picture), "a.mp4, July 2019, Paris, France, video, at 1:05, 1 copy");
  assert.equal(spoken({ ...picture, taken_at: null, place: null, at: null, copies: [] }), "a.mp4");
});

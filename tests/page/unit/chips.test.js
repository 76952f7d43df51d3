// What a search consists of, in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filterChips, tidyWeight, withPicture } from "../../../server/page/pure/chips.js";
import { START } from "../../../server/page/pure/url_state.js";

/** @param {Partial<import("../../../server/page/pure/url_state.js").State>} given */
const labels = (given) => filterChips({ ...START, ...given }).map(({ label }) => label);

test("every filter has a chip that says what it does", () => {
  const given = {
    folders: ["1:2019/sea", "2:"],
    after: "2019-07",
    cameras: ["Canon"],
    near: "Paris",
    radius: "5km",
    labels: ["3:cup"],
    types: ["heic"],
    min: "1MP",
    named: ["IMG"],
    dated: false,
    placed: true,
    box: [1, 2, 3, 4],
    lasso: [[0, 0]],
  };
  assert.deepEqual(labels(given), [
    "In 2019/sea",
    "In a folder that was indexed",
    "From July 2019 on",
    "Camera: Canon",
    "Within 5km of Paris",
    "Label: cup",
    "Type: heic",
    "At least 1MP",
    "Name has “IMG”",
    "Has no date",
    "Has a place",
    "A part of the map",
    "A part of the plane",
  ]);
});

test("dates are one chip", () => {
  assert.deepEqual(labels({ after: "2019", before: "2019" }), ["2019"]);
  assert.deepEqual(labels({ after: "2019", before: "2020-02" }), ["2019 to February 2020"]);
  assert.deepEqual(labels({ before: "2019-01-02" }), ["Until 2 January 2019"]);
  assert.deepEqual(labels({ after: "3 weeks ago" }), ["From 3 weeks ago on"]);
});

test("a chip that goes takes its own part and nothing else", () => {
  const [sea] = filterChips({ ...START, folders: ["1:sea", "1:land"] });
  assert.deepEqual(sea.without, { folders: ["1:land"] });
  assert.deepEqual(filterChips({ ...START, near: "Paris" })[0].without, { near: null, radius: null });
});

test("a picture is wanted, wanted more, and then not", () => {
  const wanted = withPicture([{ text: "cat", weight: 1 }], { id: 7 }, 1);
  assert.deepEqual(wanted[1], { id: 7, weight: 1 });
  assert.equal(withPicture(wanted, { id: 7 }, 1)[1].weight, 1.5);
  assert.deepEqual(withPicture(wanted, { id: 7 }, -1), [
    { text: "cat", weight: 1 },
    { id: 7, weight: -1 },
  ]);
  assert.deepEqual(withPicture([], { upload: "ab" }, 1), [{ upload: "ab", weight: 1 }]);
});

test("weights keep their sign and are never nothing", () => {
  assert.deepEqual([0, 0.004, -0.02, 1.239, -99].map(tidyWeight), [0.1, 0.1, -0.1, 1.24, -10]);
});

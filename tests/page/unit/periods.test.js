// Years and months as filters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { classesOf, countsOf, yearsOf } from "../../../server/page/pure/classes.js";
import { extended, holds, periodOf } from "../../../server/page/pure/periods.js";

test("a year and a month end where the next begins", () => {
  assert.deepEqual(periodOf("2021"), { after: "2021", before: "2022" });
  assert.deepEqual(periodOf("2021-07"), { after: "2021-07", before: "2021-08" });
  assert.deepEqual(periodOf("2021-12"), { after: "2021-12", before: "2022-01" });
  assert.deepEqual(periodOf("0999"), { after: "0999", before: "1000" });
});

test("a period holds what is all in it", () => {
  const summer = { after: "2021-06-01", before: "2021-09" };
  assert.ok(holds(summer, "2021-06") && holds(summer, "2021-08"));
  assert.ok(!holds(summer, "2021-09") && !holds(summer, "2021"));
  assert.ok(holds({ after: "2021", before: null }, "2030-01"));
  assert.ok(!holds({ after: null, before: null }, "2021"));
  assert.ok(!holds({ after: "yesterday", before: null }, "2021"));
});

test("a period is made longer on either side", () => {
  assert.deepEqual(extended({ after: "2021", before: "2022" }, "2023"), { after: "2021", before: "2024" });
  assert.deepEqual(extended({ after: "2021", before: "2022" }, "2019-03"), { after: "2019-03", before: "2022" });
  assert.deepEqual(extended({ after: null, before: null }, "2019"), { after: "2019", before: "2020" });
});

test("each picture gets the first class that has it", () => {
  const classes = classesOf(Uint32Array.from([7, 3, 9, 4]), [[3, 100], Uint32Array.from([9, 3])]);
  assert.deepEqual([...classes], [2, 0, 1, 2]);
  assert.deepEqual(countsOf(classes, 3), [1, 1, 2]);
  assert.equal(classesOf(new Uint32Array(0), [[1]]).length, 0);
});

test("a layout by date tells the years", () => {
  const buckets = [
    { label: "2020-02", first: 0, count: 1 },
    { label: "2019-12", first: 1, count: 2 },
    { label: "2019-01", first: 3, count: 1 },
    { label: "", first: 4, count: 1 },
  ];
  const years = yearsOf({ ids: Uint32Array.from([5, 6, 7, 8, 9]), buckets });
  assert.deepEqual(
    years.map(({ name, ids }) => [name, ...ids]),
    [
      ["2020", 5],
      ["2019", 6, 7, 8],
    ],
  );
});

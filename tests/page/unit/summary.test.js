// What was found is said plainly, and nothing as nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing, summary } from "../../../server/page/pure/summary.js";

const NONE = { filters: { folders: [], after: null } };
const CAT = /** @type {any} */ ({ ...NONE, terms: [{ text: "cat", weight: 1 }] });
const ALL = /** @type {any} */ ({ ...NONE, terms: [] });
/** @param {object} answer */
const answered = (answer) =>
  /** @type {any} */ ({ matching: 12, weaker: 9988, total: 1_000_000, nearest: false, understood: "cat", ...answer });
const LIBRARY = { pictures: 1_000_000, nearest: false };

test("matches and weaker ones are counted apart", () => {
  assert.equal(summary({ search: CAT, answer: answered({}), layout: null }), "12 match · 9,988 weaker");
  const layout = /** @type {any} */ ({ complete: true, count: 1_000_000, matching: 12, stacks: {} });
  assert.equal(summary({ search: CAT, answer: answered({}), layout }), "12 match · 999,988 weaker");
  assert.equal(summary({ search: CAT, answer: answered({ matching: 1, weaker: 0 }), layout: null }), "1 match");
  assert.equal(summary({ search: CAT, answer: answered({ matching: 0 }), layout: null }), "No match · 9,988 weaker");
});

test("what is weaker counts also what is not laid out", () => {
  const layout = /** @type {any} */ ({ count: 9000, matching: 12, total: 100_000, stacks: { 5: [6, 7] } });
  assert.equal(summary({ search: CAT, answer: answered({}), layout }), "12 match · 99,986 weaker");
});

test("no number is said before it is known", () => {
  const quick = answered({ matching: 100, counted: false });
  assert.equal(summary({ search: CAT, answer: quick, layout: null }), "Counting what matches…");
  const layout = /** @type {any} */ ({ complete: true, count: 1000, matching: 300, stacks: {} });
  assert.equal(summary({ search: CAT, answer: { ...quick, matching: 300 }, layout }), "300 match · 700 weaker");
});

test("without a search all are counted", () => {
  assert.equal(summary({ search: ALL, answer: answered({}), layout: null }), "1,000,000 pictures");
});

test("nothing is said only where there is nothing", () => {
  assert.equal(nothing({ search: CAT, answer: answered({}), layout: null }, LIBRARY), null);
  const none = answered({ matching: 0, nearest: true });
  assert.deepEqual(nothing({ search: CAT, answer: none, layout: null }, LIBRARY), {
    says: "No match for “cat” among 1,000,000 pictures.",
    offer: "nearest",
  });
  assert.equal(nothing({ search: CAT, answer: none, layout: null }, { ...LIBRARY, nearest: true }), null);
});

test("filters that nothing passes can be taken off, and an empty library filled", () => {
  const none = answered({ matching: 0, total: 0, weaker: 0 });
  const search = { ...ALL, filters: { folders: [], after: "2030" } };
  assert.equal(nothing({ search, answer: none, layout: null }, LIBRARY)?.offer, "filters");
  assert.equal(nothing({ search: ALL, answer: none, layout: null }, { pictures: 0, nearest: false })?.offer, "library");
});

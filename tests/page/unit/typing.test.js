// What is typed changes one term and no other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldOf, typed } from "../../../server/page/pure/typing.js";

const LIKE = { id: 7, weight: 1 };
const NOT = { text: "grass", weight: -0.5 };
const CAT = { text: "cat", weight: 2 };

test("the field stands for the first text that is wanted", () => {
  assert.deepEqual(fieldOf([LIKE, NOT, CAT]), { at: 2, sign: 1 });
  assert.deepEqual(fieldOf([LIKE, NOT]), { at: null, sign: 1 });
});

test("words are joined by single spaces, and the weight stays", () => {
  const { terms } = typed([LIKE, CAT], { at: 1, sign: 1 }, "  black   cat ");
  assert.deepEqual(terms, [LIKE, { text: "black cat", weight: 2 }]);
});

test("a text that is not there yet is added, wanted or not, and is the field's from then on", () => {
  const wanted = typed([LIKE], { at: null, sign: 1 }, "cat");
  assert.deepEqual(wanted, { terms: [LIKE, { text: "cat", weight: 1 }], field: { at: 1, sign: 1 } });
  assert.deepEqual(typed([LIKE], { at: null, sign: -1 }, "grass").terms[1], { text: "grass", weight: -1 });
  assert.deepEqual(typed([LIKE], { at: null, sign: 1 }, "  ").terms, [LIKE]);
});

test("an empty field takes its term away, and what is typed next has the same sign", () => {
  const { terms, field } = typed([NOT, CAT], { at: 0, sign: 1 }, "");
  assert.deepEqual([terms, field], [[CAT], { at: null, sign: -1 }]);
});

test("no more than twenty", () => {
  const many = Array.from({ length: 20 }, (_, index) => ({ text: String(index), weight: 1 }));
  assert.equal(typed(many, { at: null, sign: 1 }, "one more").terms, many);
});

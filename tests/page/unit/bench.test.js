// The bench's rules: keys, classes as they are typed, what comes next, and corrections that can be taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrowTo,
  Chosen,
  countsAfter,
  keysOf,
  labelsLike,
  mergeClasses,
  nextUnsaid,
  readClasses,
  say,
  takeBack,
} from "../../../server/page/pure/bench.js";

/** @param {string[]} labels */
const guesses = (...labels) => labels.map((label, at) => ({ id: at + 1, labels: [label], said: null, when: null }));
const NOW = "2026-11-28T12:00:00Z";

test("classes have the keys 1 to 9, then letters; other has 0", () => {
  const many = Array.from({ length: 40 }, (_, at) => `c${at}`);
  const keys = keysOf([...many, "other"]);
  assert.deepEqual([keys.get("c0"), keys.get("c8"), keys.get("c9"), keys.get("other")], ["1", "9", "a", "0"]);
  assert.equal(keys.get("c39"), undefined);
  assert.equal(new Set(keys.values()).size, keys.size);
  for (const taken of "enpsu") assert.ok(![...keys.values()].includes(taken), `${taken} is a command of the bench`);
});

test("a label is found by a part of its name, its beginning first", () => {
  assert.deepEqual(labelsLike(["scar", "Car", "cup"], "CAR"), ["Car", "scar"]);
  assert.deepEqual(labelsLike(["b", "a"], ""), ["b", "a"]);
});

test("classes are read as they are typed", () => {
  assert.deepEqual(readClasses('cup, car=a red car| a taxi ,,"salt, coarse",cup=a mug'), [
    { name: "cup", prompts: ["a mug"], examples: [] },
    { name: "car", prompts: ["a red car", "a taxi"], examples: [] },
    { name: "salt, coarse", prompts: [], examples: [] },
  ]);
  assert.deepEqual(readClasses(" , "), []);
  assert.deepEqual(readClasses("<script>")[0].name, "<script>");
});

test("examples of a class that is named again stay", () => {
  const merged = mergeClasses([{ name: "cup", prompts: [], examples: [3] }], readClasses("cup"));
  assert.deepEqual(merged, [{ name: "cup", prompts: [], examples: [3] }]);
});

test("the next picture is the next that nobody has said anything of, from the start at the end", () => {
  const { rows } = say(guesses("a", "a", "a"), [2], ["b"], "person", NOW, 1);
  assert.equal(nextUnsaid(rows, 0), 2);
  assert.equal(nextUnsaid(rows, 2), 0);
  assert.equal(nextUnsaid(say(rows, [1, 3], ["b"], "person", NOW, 0).rows, 0), -1);
});

test("what was said is certain, and can be taken back", () => {
  const rows = guesses("cup", "car");
  const { rows: said, act } = say(rows, [1], [], "person", NOW, 0);
  assert.deepEqual(said[0], { id: 1, labels: ["other"], said: "person", when: NOW });
  assert.equal(said[1], rows[1]);
  assert.deepEqual(takeBack(said, act), rows);
});

test("taking back an older act leaves what was said since", () => {
  const { rows: first, act } = say(guesses("cup", "cup"), [1, 2], ["car"], "person", NOW, 0);
  const { rows: second } = say(first, [2], ["other"], "person", NOW, 1);
  assert.deepEqual(
    takeBack(second, act).map((row) => row.labels[0]),
    ["cup", "other"],
  );
});

test("counts follow at once, both ways", () => {
  const { act } = say(guesses("cup", "car", "cup"), [1, 2], ["car"], "person", NOW, 0);
  const counts = countsAfter({ cup: 2, car: 1 }, act, 1);
  assert.deepEqual(counts, { cup: 1, car: 2 });
  assert.deepEqual(countsAfter(counts, act, -1), { cup: 2, car: 1 });
});

test("ranges grow and shrink from where they began; a step without Shift ends them", () => {
  const chosen = new Chosen();
  chosen.go(2);
  chosen.go(5, { range: true });
  assert.deepEqual(chosen.meant(), [2, 3, 4, 5]);
  chosen.go(1, { range: true });
  assert.deepEqual(chosen.meant(), [1, 2]);
  chosen.go(7, { more: true });
  chosen.go(1, { more: true });
  assert.deepEqual(chosen.meant(), [2, 7]);
  chosen.go(3);
  assert.deepEqual(chosen.meant(), [3]);
});

test("arrows move in the grid and stop at its ends", () => {
  const grid = { count: 10, columns: 4 };
  assert.equal(arrowTo("ArrowDown", 1, grid), 5);
  assert.equal(arrowTo("ArrowDown", 8, grid), 8);
  assert.equal(arrowTo("ArrowLeft", 0, grid), 0);
  assert.equal(arrowTo("ArrowLeft", 3, { ...grid, isRightToLeft: true }), 4);
  assert.equal(arrowTo("End", 3, grid), 9);
  assert.equal(arrowTo("x", 3, grid), null);
});

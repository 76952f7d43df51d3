// A few at a time, the newest first, and what is no longer wanted is never asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "../../../server/page/pure/queue.js";

/** A queue whose tasks end when they are told to. */
function watched(most = 2) {
  const queue = new Queue(most);
  /** @type {string[]} */
  const started = [];
  /** @type {Map<string, (failed?: Error) => void>} */
  const ends = new Map();
  /** @param {string} key */
  const add = (key) =>
    queue.add(key, () => {
      started.push(key);
      return new Promise((resolve, reject) => ends.set(key, (failed) => (failed ? reject(failed) : resolve(null))));
    });
  /** @param {string} key @param {Error} [failed] */
  const end = async (key, failed) => {
    ends.get(key)?.(failed);
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { queue, started, add, end };
}

test("only a few run at once, and the newest goes first", async () => {
  const { started, add, end } = watched();
  for (const key of ["a", "b", "c", "d"]) add(key);
  assert.deepEqual(started, ["a", "b"]);
  await end("a");
  assert.deepEqual(started, ["a", "b", "d"]);
  await end("b");
  assert.deepEqual(started, ["a", "b", "d", "c"]);
});

test("what is dropped before it was sent is never sent", async () => {
  const { queue, started, add, end } = watched();
  for (const key of ["a", "b", "c", "d"]) add(key);
  assert.equal(queue.drop("d"), true);
  assert.equal(queue.drop("a"), false);
  await end("a");
  await end("b");
  assert.deepEqual(started, ["a", "b", "c"]);
});

test("what is asked for again is the newest again, and sent once", async () => {
  const { started, add, end } = watched(1);
  for (const key of ["a", "b", "c", "b"]) add(key);
  await end("a");
  await end("b");
  await end("c");
  assert.deepEqual(started, ["a", "b", "c"]);
});

test("one that fails makes room for the next", async () => {
  const { queue, started, add, end } = watched(1);
  for (const key of ["a", "b"]) add(key);
  await end("a", new Error("gone"));
  assert.deepEqual(started, ["a", "b"]);
  await end("b");
  assert.equal(queue.running, 0);
});

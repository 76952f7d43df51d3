// What a search found, of a server that is not there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Results } from "../../../server/page/photos/results.js";

/** @param {number} id */
const picture = (id) => /** @type {any} */ ({ id, width: 4, height: 3, score: 0.5, copies: [] });
const SEARCH = /** @type {any} */ ({ terms: [{ text: "a dog", weight: 1 }], filters: {} });
const LAYOUT = {
  ...{ count: 3, matching: 2, total: 5, complete: false, scored: true, sort: "score", lowest: 0.2, state: "s" },
  ...{ stacks: {}, buckets: [], ids: Uint32Array.of(1, 2, 3), scores: Uint16Array.of(9, 8, 7) },
  aspects: Uint8Array.of(141, 141, 141),
};

/** @param {object} [given] */
function made(given = {}) {
  /** @type {any[]} */
  const asked = [];
  const api = {
    search: async (/** @type {any} */ search) => {
      asked.push(["search", search.limit]);
      return { matching: 1, weaker: 4, total: 5, lowest: 0.3, nearest: false, notes: [], hits: [picture(1)] };
    },
    layout: async (/** @type {any} */ search) => {
      asked.push(["layout", search.most]);
      return search.most === null ? { ...LAYOUT, complete: true } : LAYOUT;
    },
    images: async (/** @type {number[]} */ ids) => {
      asked.push(["images", ids]);
      return ids.filter((id) => id !== 3).map(picture);
    },
    ...given,
  };
  const results = new Results(/** @type {any} */ (api));
  /** @type {string[]} */
  const told = [];
  for (const name of ["start", "answer", "change", "records", "failed"])
    results.addEventListener(name, () => told.push(name));
  return { results, asked, told };
}

test("the first hits come before the layout, and what the layout counts holds for both", async () => {
  const { results, asked, told } = made();
  await results.run(SEARCH);
  assert.deepEqual(told, ["start", "answer", "change"]);
  assert.deepEqual(asked, [
    ["layout", 10_000],
    ["search", 100],
  ]);
  assert.deepEqual([results.answer?.matching, results.answer?.weaker, results.answer?.lowest], [2, 3, 0.2]);
  assert.deepEqual([results.matching, results.count, results.isComplete], [2, 3, false]);
});

test("all are laid out when asked for, once", async () => {
  const { results, asked } = made();
  await results.run(SEARCH);
  await Promise.all([results.more(), results.more()]);
  await results.more();
  assert.deepEqual(asked.slice(2), [["layout", null]]);
  assert.ok(results.isComplete);
});

test("records are asked for once, and what is gone has a place all the same", async () => {
  const { results, asked } = made();
  await results.run(SEARCH);
  results.want([1, 2, 3]);
  await new Promise((resolve) => setTimeout(resolve));
  results.want([1, 2, 3]);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(asked.slice(2), [["images", [2, 3]]]);
  assert.equal(results.records.get(3)?.name, "no longer there");
});

test("a search that fails is told, and one that was given up is not", async () => {
  const refuse = async () => {
    throw new Error("The library is gone.");
  };
  const { results, told } = made({ search: refuse });
  await results.run(SEARCH);
  assert.deepEqual(
    [told, results.error?.message, results.isPending],
    [["start", "failed"], "The library is gone.", false],
  );
  const slow = made();
  const first = slow.results.run(SEARCH);
  await Promise.all([first, slow.results.run({ ...SEARCH, terms: [] })]);
  assert.deepEqual(slow.told.filter((name) => name === "answer").length, 1);
});

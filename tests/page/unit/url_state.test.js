// The address and the state are each made of the other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readAddress, START, searchOf, writeAddress } from "../../../server/page/pure/url_state.js";

const FULL = {
  ...START,
  terms: [
    { text: "red envelope & more", weight: 1 },
    { text: "grass: tall", weight: -0.5 },
    { id: 12, weight: 2 },
    { upload: "a1_b-2", weight: -1 },
  ],
  folders: ["1:2019/sea, sand"],
  after: "2019-07",
  cameras: ["Canon"],
  labels: ["a,b:cup"],
  dated: true,
  placed: false,
  box: [48.5, 2, 49, 2.5],
  lasso: [
    [0, 0],
    [1, 0.25],
    [0, 1],
  ],
  sort: /** @type {const} */ ("date"),
  cutoff: 0.2,
  fold: false,
  nearest: true,
  show: /** @type {const} */ ("map"),
  open: 7,
};

/** @param {string} address */
function read(address) {
  const { pathname, search } = new URL(address, "http://localhost");
  return readAddress(pathname, search);
}

test("what is written is read again", () => {
  assert.deepEqual(read(writeAddress(FULL)), FULL);
  assert.deepEqual(read(writeAddress({ ...START, view: "labels", set: 3, label: "cup" })).label, "cup");
});

test("the bench and the duplicates stand in the address, too", () => {
  const looks = /** @type {const} */ ({ look: "one", order: "path", seen: "no", exact: true });
  const address = writeAddress({ ...START, view: "labels", set: 3, ...looks });
  assert.equal(address, "/labels?set=3&look=one&order=path&seen=no&exact=1");
  assert.deepEqual(read(address), { ...START, view: "labels", set: 3, ...looks });
  assert.deepEqual(read("/labels?look=two&order=size&seen=maybe&exact=yes"), { ...START, view: "labels" });
});

test("the usual is not written", () => {
  assert.equal(writeAddress(START), "/");
  assert.equal(writeAddress({ ...START, terms: [{ text: "cat", weight: 1 }] }), "/?q=cat");
});

test("what makes no sense is left out", () => {
  const odd =
    "/nowhere?q=%20&t=0:cat&t=x:cat&id=1:-4&id=NaN:3&box=1,2,3&lasso=1,2;3&sort=size&cutoff=7&open=-1&show=3d";
  assert.deepEqual(read(odd), START);
});

test("the server is asked for what the state says", () => {
  const { filters, cutoff, sort } = searchOf(FULL);
  assert.deepEqual([filters.box, filters.dated, cutoff, sort], [FULL.box, true, 0.2, "date"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, headline, notesOf, parted, spokenPhoto } from "../../../server/agents/app/facts.js";

const PHOTO = {
  id: 1,
  name: "a.jpg",
  path: "/p/a.jpg",
  score: 0.2719,
  matches: true,
  at: null,
  format: "jpeg",
  size: 2_100_000,
  width: 4000,
  height: 3000,
  taken_at: "2019-07-04T14:05",
  camera: "X100",
  place: "Vienna, Austria",
  country: "Austria",
  copies: [],
};
const BARE = {
  ...PHOTO,
  score: null,
  matches: null,
  taken_at: null,
  camera: null,
  place: undefined,
  country: undefined,
};
const ANSWER = {
  matches: 2,
  counted: true,
  weaker: 8,
  total: 10,
  understood: "",
  notes: [],
  nearest: false,
  hits: [PHOTO],
  next_cursor: null,
};

test("how many match is said plainly", () => {
  const said = (/** @type {any} */ changed) => headline({ ...ANSWER, ...changed });
  assert.equal(said({}), "2 photos match");
  assert.equal(said({ matches: 1 }), "1 photo matches");
  assert.equal(said({ matches: 57, counted: false }), "57 of the nearest 200 photos match");
  assert.equal(said({ matches: 0, nearest: true }), "No match among 10 photos");
  assert.equal(said({ matches: 0, hits: [] }), "No match");
  assert.equal(said({ matches: 0, total: 0, hits: [] }), "No photo passes these filters");
  assert.equal(said({ hits: [BARE], total: 1_204 }), "1,204 photos");
  assert.equal(said({ matches: null, total: null, counted: null, nearest: null, hits: [PHOTO, PHOTO] }), "2 photos");
});

test("what is not known is left out", () => {
  assert.deepEqual(factsOf(PHOTO), [
    ["Taken", "4 July 2019, 14:05"],
    ["Place", "Vienna, Austria"],
    ["Camera", "X100"],
    ["Size", "4000 × 3000, 2.1 MB"],
    ["Score", "0.272"],
    ["File", "/p/a.jpg"],
  ]);
  assert.deepEqual(
    factsOf(BARE).map(([name]) => name),
    ["Size", "File"],
  );
  assert.deepEqual(factsOf({ ...BARE, at: 67, copies: [{ path: "/b" }] }).slice(0, 1), [["Moment", "1:07"]]);
  assert.deepEqual(factsOf({ ...PHOTO, matches: false })[4], ["Score", "0.272, no match"]);
});

test("a photo is told to those who don't see it", () => {
  assert.equal(spokenPhoto(PHOTO), "a.jpg, 4 July 2019, 14:05, Vienna, Austria");
  assert.equal(spokenPhoto({ ...BARE, at: 7, matches: false }), "a.jpg, video, at 0:07, weaker");
});

test("photos of a contact sheet have their numbers, and those that are gone are told", () => {
  assert.match(spokenPhoto({ ...PHOTO, number: 7 }), /^number 7, a\.jpg/);
  assert.deepEqual(notesOf({ ...ANSWER, notes: ["One."], missing: [3, 9] }), ["One.", "Not in the library: 3, 9."]);
  assert.deepEqual(notesOf({ ...ANSWER, notes: ["One."] }), ["One."]);
});

test("what an answer of another version lacks is left out", () => {
  const old = /** @type {any} */ ({ id: 1, name: "a.jpg", path: "/p/a.jpg" });
  assert.deepEqual(factsOf(old), [["File", "/p/a.jpg"]]);
  assert.equal(spokenPhoto(old), "a.jpg");
  assert.equal(headline(/** @type {any} */ ({ hits: [old] })), "1 photo");
  assert.deepEqual(notesOf(/** @type {any} */ ({})), []);
});

test("hits without scores count among those that match", () => {
  const weak = { ...PHOTO, matches: false };
  assert.deepEqual(parted([PHOTO, BARE, weak]), { matching: [PHOTO, BARE], weaker: [weak] });
});

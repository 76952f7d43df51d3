// The work on a label set against a server of a few lines: what is said counts at once, and what fails is taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Work } from "../../../server/page/bench/work.js";

const ACCURACY = { said: 1, right: 0, accuracy: 0, low: 0, high: 0.8, temperature: 1, calibration_error: null };
const SET = /** @type {import("../../../server/page/bench/label_api.js").LabelSet} */ ({
  id: 3,
  kind: "softmax",
  judged: 4,
  classes: [
    { class: "cup", pictures: 3, probability: 0.5 },
    { class: "car", pictures: 1, probability: 0.5 },
    { class: "other", pictures: 0, probability: null },
  ],
});

/** A server that remembers what it was asked. */
class Server {
  constructor() {
    /** @type {string[]} */
    this.asked = [];
    this.fails = false;
    /** @type {Promise<void>} */
    this.gate = Promise.resolve();
  }

  /** @param {number} _set @param {{ cursor: string | null }} wanted */
  pictures = async (_set, { cursor }) => {
    this.asked.push(`pictures ${cursor}`);
    const ids = cursor ? [3, 4] : [1, 2];
    const pictures = ids.map((id) => ({
      image: /** @type {any} */ ({ id, name: `${id}.jpg` }),
      labels: [{ class: id === 4 ? "car" : "cup", probability: 0.5 }],
      margin: 0.1,
      said_by: null,
    }));
    return { total: 4, pictures, cursor: cursor ? null : "next" };
  };

  /** @param {number} _set @param {number[]} ids @param {string[]} labels */
  correct = async (_set, ids, labels) => {
    await this.gate;
    this.asked.push(`correct ${ids} ${labels}`);
    if (this.fails) throw new Error("The library is being replaced.");
    return { act: 1, changed: ids.length, accuracy: ACCURACY, counts: { cup: 2, car: 2 } };
  };

  /** @param {number} _set @param {number[]} ids */
  labelsNow = async (_set, ids) =>
    ids.map((id) => ({
      id,
      labels: [{ class: "car", probability: 1 }],
      said_by: "ann",
      said_at: "2026-01-01T00:00:00Z",
    }));

  /** @param {number} _set @param {number | null} [act] */
  undoCorrection = async (_set, act = null) => {
    this.asked.push(`undo ${act}`);
    if (this.fails) throw new Error("The library is being replaced.");
    return { act: 1, ids: [1], accuracy: ACCURACY, counts: { cup: 3, car: 1 } };
  };
}

async function begun() {
  const server = new Server();
  const work = new Work(SET, server);
  /** @type {string[]} */
  const failures = [];
  work.addEventListener("failed", (event) => failures.push(/** @type {CustomEvent} */ (event).detail));
  await work.load({ label: null, order: "uncertain", corrected: "any" });
  return { server, work, failures };
}

/** @param {Work} work */
const labels = (work) => work.rows.map((row) => `${row.labels}${row.said ? "!" : ""}`);

test("pages are added one after another, each once", async () => {
  const { server, work } = await begun();
  await Promise.all([work.more(), work.more()]);
  assert.deepEqual([work.rows.map((row) => row.id), work.cursor], [[1, 2, 3, 4], null]);
  await work.more();
  assert.deepEqual(server.asked, ["pictures null", "pictures next"]);
});

test("what is said counts before the server has answered, then the server's word counts", async () => {
  const { server, work } = await begun();
  let open = () => {};
  server.gate = new Promise((resolve) => {
    open = () => resolve();
  });
  const sent = work.say([1], ["other"], 0);
  assert.deepEqual(labels(work), ["other!", "cup"]);
  assert.deepEqual(work.counts, { cup: 2, car: 1, other: 1 });
  assert.equal(work.accuracy, null);
  open();
  await sent;
  assert.deepEqual([work.accuracy, work.counts], [ACCURACY, { cup: 2, car: 2, other: 0 }]);
  assert.deepEqual(server.asked.slice(1), ["correct 1 "], "other is said as none of the classes");
});

test("what could not be stored is taken back and said", async () => {
  const { server, work, failures } = await begun();
  server.fails = true;
  await work.say([1, 2], ["car"], 0);
  assert.deepEqual(labels(work), ["cup", "cup"]);
  assert.deepEqual(work.counts, { cup: 3, car: 1, other: 0 });
  assert.deepEqual(failures, ["Not stored, so taken back: The library is being replaced."]);
  assert.equal(work.acts.length, 0);
});

test("corrections go out one after another, and undo behind them", async () => {
  const { server, work } = await begun();
  void work.say([1], ["car"], 0);
  void work.say([2], ["car"], 1);
  assert.equal(work.undo(), 1, "back to where the last one was said");
  assert.deepEqual(labels(work), ["car!", "cup"]);
  await work.sending;
  assert.deepEqual(server.asked.slice(1), ["correct 1 car", "correct 2 car", "undo 1"]);
});

test("an undo that failed leaves the label as it was said", async () => {
  const { server, work, failures } = await begun();
  await work.say([1], ["car"], 0);
  server.fails = true;
  work.undo();
  assert.deepEqual(labels(work), ["cup", "cup"]);
  await work.sending;
  assert.deepEqual([labels(work), failures.length, work.acts.length], [["car!", "cup"], 1, 1]);
});

test("what was said before the page was opened can be taken back, too", async () => {
  const { server, work } = await begun();
  assert.equal(work.undo(), null);
  await work.sending;
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(server.asked, ["pictures null", "undo null", "pictures null"]);
});

test("only so many pictures are held; those that come next take their place, and what was said can still be undone", async () => {
  const server = new Server();
  const COUNT = 3000;
  server.pictures = async (_set, { cursor }) => {
    const first = Number(cursor ?? 0);
    const pictures = Array.from({ length: 120 }, (_, step) => ({
      image: /** @type {any} */ ({ id: first + step + 1, name: "a.jpg" }),
      labels: [{ class: "cup", probability: 0.5 }],
      margin: 0.1,
      said_by: null,
    }));
    return { total: COUNT, pictures, cursor: first + 120 < COUNT ? String(first + 120) : /** @type {any} */ (null) };
  };
  const work = new Work(SET, server);
  await work.load(work.wanted);
  for (let turn = 0; turn < 30; turn += 1) await work.more();
  assert.equal(work.rows.length, 1200, "not one more is held");
  assert.equal(work.isFull, true);
  await work.say([1], ["car"], 0);
  let renewed = 0;
  work.addEventListener("renewed", () => (renewed += 1));
  await work.goOn();
  assert.deepEqual(
    [work.rows.length, work.pictures.size, work.first, work.rows[0].id, renewed],
    [120, 120, 1200, 1201, 1],
  );
  assert.equal(work.undo(), null, "it is not among those that are shown");
  await new Promise((resolve) => work.addEventListener("renewed", resolve, { once: true }));
  assert.deepEqual([work.first, work.rows[0].id], [0, 1]);
  assert.ok(server.asked.includes("undo 1"));
  for (let turn = 0; turn < 30; turn += 1) {
    await work.more();
    if (work.isFull) await work.goOn();
  }
  assert.equal(work.first + work.rows.length, COUNT, "all can be reached");
});

test("an undo that is refused is told as that", async () => {
  const { server, work } = await begun();
  await work.say([1], ["car"], 0);
  const told = new Promise((resolve) =>
    work.addEventListener("failed", (event) => resolve(/** @type {CustomEvent} */ (event).detail)),
  );
  server.fails = true;
  work.undo();
  assert.equal(await told, "Not taken back: The library is being replaced.");
  assert.deepEqual(work.rows[0].labels, ["car"], "it counts still");
});

test("what another tab has said is shown, and the pictures stay where they are", async () => {
  const { work } = await begun();
  /** @type {number[][]} */
  const changed = [];
  work.addEventListener("changed", (event) => changed.push(/** @type {CustomEvent} */ (event).detail));
  await work.lookAgain();
  assert.deepEqual(
    work.rows.map(({ id, labels, said }) => [id, labels, said]),
    [
      [1, ["car"], "ann"],
      [2, ["car"], "ann"],
    ],
  );
  assert.deepEqual(changed, [[1, 2]]);
  await work.lookAgain();
  assert.equal(changed.length, 1);
});

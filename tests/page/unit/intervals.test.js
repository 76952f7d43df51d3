// Numbers in words, as the bench and the library's page say them.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  accuracyWords,
  certaintyWords,
  learningWords,
  percent,
  recalibrationWords,
} from "../../../server/page/pure/intervals.js";
import { localTime, progressWords, remaining } from "../../../server/page/pure/progress.js";

const NONE = { temperature: 1, calibration_error: null };

test("percentages never claim all or none of what is not", () => {
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), ["0%", "<1%", "50%", ">99%", "100%"]);
});

test("the accuracy says of how many, and its interval", () => {
  const words = accuracyWords({ ...NONE, said: 20, right: 17, accuracy: 0.85, low: 0.6396, high: 0.9476 });
  assert.match(words, /right on 17 of 20 that you looked at: 64–95%/);
  assert.match(words, /rest does better/);
  assert.match(
    accuracyWords({ ...NONE, said: 0, right: 0, accuracy: null, low: null, high: null }),
    /Nothing looked at/,
  );
  assert.match(accuracyWords({ ...NONE, said: 3, right: 1, accuracy: 1 / 3, low: 0.06, high: 0.79 }), /few/);
});

test("re-calibrating says whether the model is surer now", () => {
  const fitted = { before: 1, after: 1.5, error_before: 0.12, error_after: 0.04 };
  assert.match(recalibrationWords(fitted), /less sure than before.*1\.00 → 1\.50.*off by 12%.*now by 4%/);
  assert.match(recalibrationWords({ ...fitted, after: 0.5 }), /surer than before/);
  assert.match(recalibrationWords({ ...fitted, after: 1.001 }), /as sure as before/);
});

test("learning says whether it helps", () => {
  assert.match(learningWords({ held_out: 16, before: 0.81, after: 0.9, helped: true }), /81% right → 90%.*helps/);
  assert.match(learningWords({ held_out: 16, before: 0.9, after: 0.81, helped: false }), /worse/);
  assert.match(learningWords({ held_out: 0, before: null, after: null, helped: false }), /too few/);
});

test("a person's label is certain, with who and when", () => {
  assert.match(
    certaintyWords({ said: "anna", when: "2026-11-28T12:00:00Z" }, 1, "en"),
    /certain: anna said so, \u2068Nov 28/,
  );
  assert.equal(certaintyWords({ said: null, when: null }, 0.514), "51%");
});

test("remaining times are rough", () => {
  assert.equal(remaining(null), "");
  assert.deepEqual([3, 44, 600, 7200].map(remaining), [
    "a few seconds left",
    "about 40 seconds left",
    "about 10 minutes left",
    "about 2 hours left",
  ]);
});

test("a run says how far it is", () => {
  const progress = { sentence: "Encoding", done: 1200, total: 4000, rate: 42.4, left_seconds: 66, failed: 1 };
  assert.equal(progressWords(progress), "Encoding · 1,200 of 4,000 · 42 a second · about 70 seconds left · 1 failed");
  assert.equal(progressWords({ ...progress, total: 0, failed: 0 }), "Encoding");
});

test("times are local, and what is no time is shown as it is", () => {
  assert.match(localTime("2026-11-28T12:00:00Z", "en"), /^\u2068Nov 28, 2026.*\u2069$/);
  assert.deepEqual([localTime(null), localTime("soon")], ["", "soon"]);
});

// What the numbers of a label set mean, in words.

import { isolated } from "./formats.js";

/**
 * @typedef {object} Accuracy
 * @property {number} said  pictures of which a person said what they are
 * @property {number | null} right  of these, how many the model had right
 * @property {number | null} accuracy
 * @property {number | null} low  of the 95% interval
 * @property {number | null} high
 * @property {number} temperature
 * @property {number | null} calibration_error
 * @property {number | null} [doubtful]  the part of them in the less certain half of all; 0.5 is a fair sample
 * @property {number | null} [whole]  the accuracy on all pictures, estimated
 */

const FEW = 10; // said pictures, below which the interval is as good as no answer
const MOSTLY = 0.65; // of them in the less certain half, above which they are no fair sample

/**
 * Return a part as a percentage: whole, but never 0% or 100% of what is not none or all.
 * @param {number} part
 */
export function percent(part) {
  const whole = Math.round(100 * part);
  if (whole === 0 && part > 0) return "<1%";
  if (whole === 100 && part < 1) return ">99%";
  return `${whole}%`;
}

/**
 * @param {number} low
 * @param {number} high
 */
export function interval(low, high) {
  return `${Math.round(100 * low)}–${Math.round(100 * high)}%`;
}

/**
 * Return what is known of the model's accuracy.
 * @param {Accuracy} accuracy
 */
export function accuracyWords({ said, right, low, high, doubtful = null, whole = null }) {
  if (!said)
    return "Nothing looked at yet. Give a few pictures their class, and it is said here how often the model was right.";
  const range = low === null || high === null ? "" : `: ${interval(low, high)}`;
  const seen = `The model was right on ${right ?? 0} of ${said} that you looked at${range}.`;
  if (said < FEW) return `${seen} These are few; with ${FEW - said} more the range narrows.`;
  if (whole !== null) return `${seen} Of all pictures it has about ${percent(whole)} right.`;
  if (doubtful !== null && doubtful > MOSTLY) return `${seen} These were the least certain, so the rest does better.`;
  return doubtful === null ? `${seen} If these were the least certain, the rest does better.` : seen;
}

/**
 * Return what a calibration error means.
 * @param {number | null} error
 */
export function calibrationWords(error) {
  if (error === null) return "How honest the probabilities are is not known yet.";
  return `Its probabilities are off by ${percent(error)} on average.`;
}

/**
 * Return what re-calibrating did.
 * @param {{ before: number, after: number, error_before: number, error_after: number }} fitted
 */
export function recalibrationWords({ before, after, error_before: was, error_after: is }) {
  const turned = { "-1": "surer than before", 0: "as sure as before", 1: "less sure than before" };
  const way = turned[/** @type {-1 | 0 | 1} */ (Math.sign(Number((after - before).toFixed(2))))];
  return (
    `The model is now ${way} (temperature ${before.toFixed(2)} → ${after.toFixed(2)}): ` +
    `its probabilities were off by ${percent(was)} on average, now by ${percent(is)}. Which label is best has not changed.`
  );
}

/**
 * Return what learning from corrections does, or did.
 * @param {{ held_out: number, before: number | null, after: number | null, helped: boolean }} learned
 */
export function learningWords({ held_out: count, before, after, helped }) {
  if (before === null || after === null)
    return "There are too few corrections to say whether learning from them helps.";
  const measured = `On held-out corrections (${count}): ${percent(before)} right → ${percent(after)}.`;
  if (helped) return `${measured} Learning from them helps.`;
  return `${measured} ${after < before ? "Learning from them makes it worse." : "Learning from them changes little."}`;
}

/**
 * Return the person's or the model's word on a picture.
 * @param {{ said: string | null, when: string | null }} row
 * @param {number | null} probability
 * @param {string} [language]
 */
export function certaintyWords({ said, when }, probability, language) {
  if (said === null) return probability === null ? "" : percent(probability);
  const day = when && isolated(new Date(when).toLocaleDateString(language, { dateStyle: "medium" }));
  return `certain: ${said} said so${day ? `, ${day}` : ""}`;
}

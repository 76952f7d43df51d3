// Probabilities as bars: of a picture's labels, or how many pictures have each.

import { el } from "../dom.js";
import { percent } from "../pure/intervals.js";

/**
 * Return one bar with its name and value; the bar itself is for the eyes alone.
 * @param {{ name: string, part: number, value?: string, isBest?: boolean }} bar
 */
export function bar({ name, part, value = percent(part), isBest = false }) {
  const width = `${Math.max(0, Math.min(100, 100 * part))}%`;
  return el(
    "li",
    { class: `bar${isBest ? " best" : ""}` },
    el("span", { class: "bar-name", dir: "auto" }, name),
    el("span", { class: "bar-track", "aria-hidden": "true" }, el("span", { style: { inlineSize: width } })),
    el("span", { class: "bar-value" }, value),
  );
}

/**
 * Return the bars of a picture's labels, the most probable first.
 * @param {{ class: string, probability: number }[]} labels
 * @param {string[]} chosen  those that count
 */
export function labelBars(labels, chosen) {
  const sorted = [...labels].sort((a, b) => b.probability - a.probability);
  const bars = sorted.map(({ class: name, probability }) =>
    bar({ name, part: probability, isBest: chosen.includes(name) }),
  );
  return el("ul", { class: "bars", "aria-label": "What the model thinks" }, bars);
}

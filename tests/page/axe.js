// Faults of accessibility that axe-core finds on what is shown.

import { readFileSync } from "node:fs";

const SOURCE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const SERIOUS = ["serious", "critical"];

/**
 * Return the serious faults of a page, each with the elements that have it.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>}
 */
export async function faults(page) {
  await page.evaluate(SOURCE);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return violations
    .filter((/** @type {any} */ { impact }) => SERIOUS.includes(impact))
    .map((/** @type {any} */ { id, nodes }) => {
      const where = nodes.map((/** @type {any} */ node) => `${node.html.slice(0, 160)} (${node.failureSummary})`);
      return `${id}: ${where.slice(0, 3).join(" | ")}`;
    });
}

// What went wrong, as a sentence on the page.

import { el } from "./dom.js";

/**
 * Return what an error says.
 * @param {unknown} error
 */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Return an error as a paragraph.
 * @param {unknown} error
 */
export const problemText = (error) => el("p", { class: "problem", dir: "auto" }, messageOf(error));

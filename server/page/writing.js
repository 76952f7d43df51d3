// What says whether something may be written at all.

/** @import { App } from "./types.js" */

/**
 * Return why nothing can be written, or null if it can.
 * @param {App} app
 * @returns {string | null}
 */
export function whyNoWriting(app) {
  if (!app.session) return "clipsearch serve does not answer, so nothing can be written.";
  return app.session.read_only ? "This library is served read-only: nothing can be written." : null;
}

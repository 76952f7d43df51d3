// A picture to search by, that is not in the library: dropped on the page, pasted, or chosen. The server keeps only what
// it sees in it, for a while, under a token; a small view of it stays in this page.

/** @import { App } from "../types.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { withPicture } from "../pure/chips.js";
import { withTerms } from "./search-bar.js";

const LARGEST = 50_000_000; // bytes; the server takes no more

/** Addresses of views, by token. @type {Map<string, string>} */
export const previews = new Map();

/**
 * Send pictures to the server and search by them.
 * @param {App} app
 * @param {File[]} files
 */
export async function searchBy(app, files) {
  if (!files.length) return;
  if (files.length > 5) return app.say("Give at most five pictures at once.", { kind: "error" });
  let { terms } = app.state;
  for (const file of files) {
    try {
      const upload = await uploaded(app, file);
      terms = withPicture(terms, { upload }, 1);
    } catch (error) {
      app.say(`${file.name}: ${error instanceof Error ? error.message : error}`, { kind: "error" });
    }
  }
  if (terms !== app.state.terms) app.go(withTerms(terms));
}

/**
 * @param {App} app
 * @param {File} file
 * @returns {Promise<string>}
 */
async function uploaded(app, file) {
  if (file.size > LARGEST) throw new Error("this file is larger than 50 MB; give a smaller one.");
  const { upload } = await app.api.upload(file);
  previews.set(upload, URL.createObjectURL(file));
  return upload;
}

/**
 * Take pictures that are dropped on the page or pasted; returns what ends that.
 * @param {(files: File[]) => void} take
 * @returns {() => void}
 */
export function takePictures(take) {
  const sign = el(
    "div",
    { class: "drop-sign", hidden: true },
    icon("picture"),
    "Drop a picture to search for its like",
  );
  document.body.append(sign);
  const ending = new AbortController();
  const { signal } = ending;
  const hasFiles = (/** @type {DragEvent} */ event) => Boolean(event.dataTransfer?.types.includes("Files"));
  document.addEventListener(
    "dragover",
    (event) => {
      if (!hasFiles(event) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      sign.hidden = false;
    },
    { signal },
  );
  document.addEventListener(
    "dragleave",
    (event) => {
      if (!event.relatedTarget) sign.hidden = true;
    },
    { signal },
  );
  document.addEventListener(
    "drop",
    (event) => {
      sign.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      take([...(event.dataTransfer?.files ?? [])]);
    },
    { signal },
  );
  document.addEventListener(
    "paste",
    (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      take(files);
    },
    { signal },
  );
  return () => [ending.abort(), sign.remove()];
}

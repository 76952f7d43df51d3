// Duplicates side by side: what of the pictures in a group differs, and how it is said.

/** @import { Duplicate } from "../upkeep/upkeep_api.js" */

import { bytes, counted, date, number } from "./formats.js";

/** @typedef {{ name: string, values: string[], differs: boolean }} Fact */

const MATCHES = /** @type {Record<string, string>} */ ({
  best: "best",
  identical: "the same file",
  same: "the same picture",
  cropped: "cropped",
});

/**
 * Return the folder of a path, with its last separator.
 * @param {string} path
 */
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/**
 * Return what is to be compared, and whether it differs between the pictures.
 * @param {Duplicate[]} pictures
 * @returns {Fact[]}
 */
export function factsOf(pictures) {
  const facts = /** @type {[string, (picture: Duplicate) => string][]} */ ([
    ["Size", ({ size }) => bytes(size)],
    ["Pixels", ({ width, height }) => (width && height ? `${number(width)} × ${number(height)}` : "unknown")],
    ["Format", ({ format }) => format],
    ["Taken", ({ taken_at: taken }) => date(taken) || "unknown"],
    ["Name", ({ name }) => name],
    ["Folder", ({ path }) => folderOf(path)],
  ]);
  const exact = /** @type {Record<string, (picture: Duplicate) => unknown>} */ ({ Size: ({ size }) => size });
  return facts.map(([name, say]) => ({
    name,
    values: pictures.map(say),
    differs: new Set(pictures.map(exact[name] ?? say)).size > 1,
  }));
}

/**
 * Return what a picture is to the best of its group.
 * @param {Duplicate} picture
 */
export const matchWords = ({ match }) => MATCHES[match] ?? match;

/**
 * Return what a group is, in one line.
 * @param {{ pictures: Duplicate[], spare_bytes: number }} group
 */
export function groupWords({ pictures, spare_bytes: spare }) {
  const count = pictures.filter((picture) => picture.spare).length;
  const many = counted(pictures.length, "picture");
  return count ? `${many}, ${count} spare: ${bytes(spare)}` : `${many}, none spare`;
}

// The binary answers of the server, which are little endian as all machines are that browsers run on.

/** @import { Layout } from "../types.js" */

/**
 * Return what /layout says: which pictures in which order, and the shape of each.
 * @param {ArrayBuffer} buffer
 * @returns {Layout}
 */
export function decodeLayout(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const ids = new Uint32Array(buffer, at, head.count);
  at += 4 * head.count;
  const scores = head.scored ? new Uint16Array(buffer, at, head.count) : null;
  at += head.scored ? 2 * head.count : 0;
  return { ...head, ids, scores, aspects: new Uint8Array(buffer, at, head.count) };
}

/**
 * Return what /map and /plane say: which pictures are where.
 * @param {ArrayBuffer} buffer
 */
export function decodePoints(buffer) {
  const count = new DataView(buffer).getUint32(0, true);
  const ids = new Uint32Array(buffer, 4, count);
  const first = new Float32Array(buffer, 4 + 4 * count, count);
  return { count, ids, first, second: new Float32Array(buffer, 4 + 8 * count, count) };
}

/**
 * Return the score that a code stands for.
 * @param {number} code
 */
export const scoreOf = (code) => (code / 65535) * 2 - 1;

/**
 * Return the ratio of width to height that an aspect byte stands for.
 * @param {number} byte
 */
export const ratioOf = (byte) => 2 ** ((byte - 128) / 32);

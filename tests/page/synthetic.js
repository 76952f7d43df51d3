// A library of any size that the page believes in: the routes that a grid asks are answered here, the rest by the server.

/** @import { Page } from "playwright-core" */

const MONTHS = 240;
const PIXEL = Buffer.from(
  "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAUAmJaQAA3AA/vz0AAA=", // one grey pixel as WebP
  "base64",
);

/**
 * Answer for a library of `count` pictures, newest first; returns what was asked.
 * @param {Page} page
 * @param {number} count
 * @param {{ matching?: number, few?: number }} [ranked]  how many match a text, and how many of all are laid out at first
 */
export async function pretend(page, count, { matching = 12, few = 10_000 } = {}) {
  const asked = { layouts: 0, images: 0, thumbs: 0, inFlight: 0, most: 0 };
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), pictures: count } });
  });
  await page.route("**/api/v1/known?*", (route) => route.fulfill({ json: { known: true } }));
  await page.route("**/api/v1/search", (route) => {
    const { terms } = route.request().postDataJSON();
    const hits = Array.from({ length: Math.min(100, count) }, (_, index) => record(index + 1, terms.length));
    const ranked = { matching, weaker: Math.min(few, count) - matching };
    const found = terms.length ? ranked : { matching: count, weaker: 0 };
    const rest = { lowest: null, understood: "", notes: [], nearest: false, cursor: null, state: "s", embedded: true };
    return route.fulfill({ json: { ...found, total: count, hits, ...rest } });
  });
  await page.route("**/api/v1/layout", (route) => {
    const { terms, most } = route.request().postDataJSON();
    asked.layouts += 1;
    const shown = terms.length && most ? Math.min(few, count) : count;
    return route.fulfill({ body: layout(shown, count, terms.length ? matching : null) });
  });
  await page.route("**/api/v1/images", (route) => {
    asked.images += 1;
    const ids = /** @type {number[]} */ (route.request().postDataJSON().ids);
    return route.fulfill({ json: { images: ids.map((id) => record(id, 0)) } });
  });
  await page.route("**/api/v1/thumb/**", async (route) => {
    asked.thumbs += 1;
    asked.inFlight += 1;
    asked.most = Math.max(asked.most, asked.inFlight);
    await new Promise((resolve) => setTimeout(resolve, 20));
    asked.inFlight -= 1;
    await route.fulfill({ body: PIXEL, contentType: "image/webp" }).catch(() => {});
  });
  return asked;
}

/** The byte of a picture's shape. @param {number} id */
export const aspect = (id) => [141, 147, 128, 115][(id * 7) % 4];

/**
 * @param {number} id
 * @param {number} isScored
 */
function record(id, isScored) {
  const sizes = { 141: [800, 600], 147: [905, 600], 128: [600, 600], 115: [453, 600] };
  const [width, height] = /** @type {Record<number, number[]>} */ (sizes)[aspect(id)];
  const place = { latitude: null, longitude: null, taken_from: null, place: null, country: null, camera: null };
  return {
    ...{
      path: `/photos/${id}.jpg`,
      name: `${id}.jpg`,
      folder: "1:",
      format: "JPEG",
      size: 1000,
      taken_at: null,
      at: null,
    },
    ...place,
    ...{ id, width, height, score: isScored ? 0.5 : null, matches: null, thumb: "0".repeat(32), copies: [] },
  };
}

/**
 * @param {number} shown
 * @param {number} total
 * @param {number | null} matching  null if nothing was searched for
 */
function layout(shown, total, matching) {
  const isScored = matching !== null;
  const each = Math.ceil(shown / MONTHS);
  const buckets = Array.from({ length: MONTHS }, (_, month) => {
    const label = isScored
      ? (0.5 - month / 1000).toFixed(3)
      : `${2024 - Math.floor(month / 12)}-${String(12 - (month % 12)).padStart(2, "0")}`;
    return { label, first: month * each, count: Math.max(0, Math.min(each, shown - month * each)) };
  }).filter((bucket) => bucket.count);
  const head = {
    ...{ count: shown, matching: matching ?? shown, total, complete: shown === total, scored: isScored },
    ...{ sort: isScored ? "score" : "date", lowest: null, state: "s", stacks: {}, buckets },
  };
  const written = Buffer.from(JSON.stringify(head));
  const padded = Buffer.concat([written, Buffer.alloc((4 - (written.length % 4)) % 4, " ")]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(padded.length);
  const ids = Uint32Array.from({ length: shown }, (_, index) => index + 1);
  const parts = [length, padded, Buffer.from(ids.buffer)];
  if (isScored) parts.push(Buffer.from(new Uint16Array(shown).fill(40_000).buffer));
  return Buffer.concat([...parts, Buffer.from(Uint8Array.from(ids, aspect))]);
}

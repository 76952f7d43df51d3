// The map and the plane with 100,000 pictures are moved and zoomed by the real page in Chromium. How long frames take is
// told, and not asserted: it is the machine's matter. The points are made up; the rest is the served sample library. Chromium draws by software here, without a graphics card.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, serve } from "../harness.js";

const COUNT = 100_000;
const { address } = await serve();
const { page, complaints } = await browse();

/** Return points in heaps, as the server writes them. @param {number} width @param {number} height */
function points(width, height) {
  let state = 1;
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
  const near = () => random() + random() + random() - 1.5;
  const heaps = Array.from({ length: 30 }, () => [near() * height, near() * width]);
  const buffer = Buffer.alloc(4 + 12 * COUNT);
  buffer.writeUInt32LE(COUNT);
  for (let i = 0; i < COUNT; i++) {
    const [down, across] = heaps[Math.floor(random() * heaps.length)];
    buffer.writeUInt32LE(1 + (i % 34), 4 + 4 * i);
    buffer.writeFloatLE(down + near() * height * 0.05, 4 + 4 * (COUNT + i));
    buffer.writeFloatLE(across + near() * width * 0.05, 4 + 4 * (2 * COUNT + i));
  }
  return buffer;
}

for (const [show, width, height] of /** @type {const} */ ([
  ["map", 100, 40],
  ["plane", 0.4, 0.3],
])) {
  test(`the ${show} of 100,000 pictures moves, and all of it is drawn when it rests`, async (context) => {
    const headers = { "X-Explained": "0.21" };
    const body = points(width, height);
    await page.route(`**/api/v1/${show}`, (route) =>
      route.fulfill({ body, headers, contentType: "application/octet-stream" }),
    );
    await page.goto(`${address}/?show=${show}`);
    await page.locator(".dot-marker").nth(5).waitFor();
    await page.waitForTimeout(1500);
    await page.evaluate(() => {
      const frames = /** @type {number[]} */ ([]);
      const drawn = /** @type {number[]} */ ([]); // of how many dots one
      Object.assign(globalThis, { frames, drawn });
      const { layers } = /** @type {any} */ (document.querySelector("dot-canvas"));
      const draw = layers.draw.bind(layers);
      layers.draw = (/** @type {{ every: number }} */ what) => [drawn.push(what.every), draw(what)];
      let before = performance.now();
      const next = (/** @type {number} */ now) => {
        frames.push(now - before);
        before = now;
        requestAnimationFrame(next);
      };
      requestAnimationFrame(next);
    });
    const { x, y, width: across, height: down } = /** @type {any} */ (await page.locator("dot-canvas").boundingBox());
    await page.mouse.move(x + across / 2, y + 20);
    await page.mouse.down();
    for (let i = 0; i < 150; i++) {
      await page.mouse.move(x + across / 2 + 150 * Math.sin(i / 20), y + 20 + (down / 2) * Math.abs(Math.sin(i / 30)));
    }
    await page.mouse.up();
    for (let i = 0; i < 60; i++) {
      await page.mouse.wheel(0, i < 30 ? -50 : 50);
      await page.waitForTimeout(12);
    }
    const frames = await page.evaluate(() =>
      /** @type {any} */ (globalThis).frames.slice(2).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b),
    );
    const [median, most] = [0.5, 0.95].map((share) => frames[Math.floor(frames.length * share)]);
    const [kind, every] = await page
      .locator("dot-canvas")
      .evaluate((/** @type {any} */ dots) => [dots.layers.painter.kind, dots.pace.every]);
    context.diagnostic(
      `${show}: ${frames.length} frames by ${kind}; median ${median.toFixed(1)} ms, 95% within ${most.toFixed(1)} ms, longest ` +
        `${frames.at(-1).toFixed(1)} ms; while it moves one dot of ${every} is drawn`,
    );
    assert.ok(frames.length > 1);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).drawn.at(-1) === 1);
  });
}

test("nothing was complained of", () => assert.deepEqual(complaints, []));

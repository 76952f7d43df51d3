// What serve.py measures in a browser: node benchmarks/serve_browser.js ADDRESS SECONDS prints one JSON object.
//
// "Usable" is when the first pictures are decoded and shown and a key has moved the focus. Scrolling drives the grid as
// a wheel does, a frame at a time, at a speed that reaches the end in the given seconds; jumps press on the scrubber in
// many places. Every frame's length is taken by requestAnimationFrame. Small pictures are answered here: the library of
// the benchmark has no files.

import { chromium } from "playwright-core";

const BROWSER = process.env.CLIPSEARCH_CHROMIUM ?? "/usr/bin/chromium";
const JUMPS = 40;
const SMALL_PICTURES = 16;
const [address, seconds] = [process.argv[2], Number(process.argv[3] ?? 20)];

const browser = await chromium.launch({
  executablePath: BROWSER,
  args: ["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const pictures = await smallPictures(page);
  let asked = 0;
  await page.route("**/api/v1/thumb/**", (route) => {
    asked += 1;
    return route.fulfill({ contentType: "image/webp", body: pictures[asked % pictures.length] });
  });
  await page.goto(address); // so that the server and the browser have seen it once, as on any day but the first
  await page.waitForSelector("photo-grid img");
  const usable = await usableAfter(page);
  const count = await whenLaidOut(page);
  const before = await heap(page);
  let reached = false;
  const scroll = await frames(page, async () => {
    reached = await scrollThrough(page, seconds * 1000);
  });
  const jumps = await frames(page, () => jumpAbout(page));
  const after = await heap(page);
  const found = { usable_ms: usable, count, scroll, jumps, reached_last: reached };
  process.stdout.write(JSON.stringify({ ...found, heap_before_mb: before, heap_after_mb: after, thumbnails: asked }));
} finally {
  await browser.close();
}

/**
 * Return small pictures of the usual size, some 15 kB.
 * @param {import("playwright-core").Page} page
 */
async function smallPictures(page) {
  const made = await page.evaluate(async (count) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [256, 192];
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const made = [];
    for (let number = 0; number < count; number += 1) {
      for (let spot = 0; spot < 900; spot += 1) {
        pen.fillStyle = `hsl(${(number * 23 + spot * 7) % 360} 60% ${30 + ((spot * 13) % 50)}%)`;
        pen.fillRect((spot * 37) % 256, (spot * 53) % 192, 14, 11);
      }
      made.push(canvas.toDataURL("image/webp", 0.72).split(",")[1]);
    }
    return made;
  }, SMALL_PICTURES);
  return made.map((text) => Buffer.from(text, "base64"));
}

/**
 * Load the page anew; return the ms until pictures are shown and keys are taken.
 * @param {import("playwright-core").Page} page
 */
async function usableAfter(page) {
  const began = performance.now();
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll("photo-grid img")];
    return shown.length > 3 && shown.slice(0, 4).every((image) => /** @type {HTMLImageElement} */ (image).complete);
  });
  await page.evaluate(() => {
    const grid = /** @type {any} */ (document.querySelector("photo-grid"));
    grid.focusOn(0);
  });
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("photo-grid")).active === 1);
  return performance.now() - began;
}

/**
 * Wait until the whole library is laid out; return how many pictures that are.
 * @param {import("playwright-core").Page} page
 */
async function whenLaidOut(page) {
  const count = await page.waitForFunction(
    () => {
      const { results } = /** @type {any} */ (document.querySelector("photo-grid"));
      return results.layout && results.isComplete && results.count;
    },
    null,
    { timeout: 120_000 },
  );
  return count.jsonValue();
}

/** @param {import("playwright-core").Page} page */
async function heap(page) {
  return page.evaluate(async () => {
    /** @type {any} */ (window).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return /** @type {any} */ (performance).memory.usedJSHeapSize / 1e6;
  });
}

/**
 * Return how long frames were while something went on.
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} what
 */
async function frames(page, what) {
  await page.evaluate(() => {
    const state = { lengths: /** @type {number[]} */ ([]), isOver: false };
    /** @type {any} */ (window).measured = state;
    let last = 0;
    const tick = (/** @type {number} */ now) => {
      if (last) state.lengths.push(now - last);
      last = now;
      if (!state.isOver) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await what();
  await page.waitForTimeout(300);
  const lengths = await page.evaluate(() => {
    const state = /** @type {any} */ (window).measured;
    state.isOver = true;
    return /** @type {number[]} */ (state.lengths);
  });
  const ordered = lengths.sort((a, b) => a - b);
  const [median, longest] = [ordered[Math.floor(ordered.length / 2)], ordered[ordered.length - 1]];
  return { frames: ordered.length, median_ms: median, longest_ms: longest };
}

/**
 * Scroll from the top to the end, a frame at a time; return whether the last picture is in sight then.
 * @param {import("playwright-core").Page} page
 * @param {number} ms
 */
async function scrollThrough(page, ms) {
  return page.evaluate(async (ms) => {
    const grid = /** @type {any} */ (document.querySelector("photo-grid"));
    const began = performance.now();
    const all = grid.last;
    let done = 0;
    while (done < all) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const goal = Math.min(all, (all * (performance.now() - began)) / ms);
      grid.scrollOn(goal - done);
      done = goal;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    const last = grid.results.count - 1;
    const cell = grid.querySelector(`[data-index="${last}"]`)?.getBoundingClientRect();
    return Boolean(cell) && cell.top >= 0 && cell.bottom <= innerHeight;
  }, ms);
}

/**
 * Press on the scrubber in many places.
 * @param {import("playwright-core").Page} page
 */
async function jumpAbout(page) {
  const box = await page.locator("time-scrubber").boundingBox();
  if (!box) return;
  for (let jump = 0; jump < JUMPS; jump += 1) {
    await page.mouse.click(box.x + box.width / 2, box.y + ((jump * 0.381966) % 1) * box.height);
    await page.waitForTimeout(150);
  }
}

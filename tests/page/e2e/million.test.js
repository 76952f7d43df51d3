// A million pictures in one scroll: exact at both ends, smooth between them, and asking for no more than is looked at.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, serve } from "../harness.js";
import { aspect, pretend } from "../synthetic.js";

const COUNT = 1_000_000;
const STEPS = 60; // in which the scrubber is drawn from end to end

const { address } = await serve();
const { page, complaints } = await browse();
const asked = await pretend(page, COUNT);

/** @param {string} path */
async function open(path) {
  await page.goto("about:blank"); // the same address again would be a reload, which keeps its place
  await page.goto(address + path);
  await page.locator(".cell").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("photo-grid")?.hasAttribute("aria-busy"));
}

const scrubber = () => page.getByRole("slider", { name: "Scroll through all pictures" });
/** Wait until nothing scrolls any more, and what is in sight is there. */
const still = () =>
  page.evaluate(async () => {
    const place = () => [
      document.querySelector(".scroller")?.scrollTop,
      document.querySelector(".cell")?.getAttribute("aria-posinset"),
    ];
    for (let [frames, before] = [0, ""]; frames < 20; frames += 1) {
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 15)));
      const now = String(place());
      if (now !== before) [frames, before] = [0, now];
    }
  });
/** What is in sight: the first and the last picture, and whether any place is empty or laid upon another. */
const sight = () =>
  page.evaluate(() => {
    const window = /** @type {Element} */ (document.querySelector(".scroller")).getBoundingClientRect();
    const boxes = [...document.querySelectorAll(".cell")]
      .map((cell) => ({ row: Number(cell.getAttribute("aria-posinset")), box: cell.getBoundingClientRect() }))
      .filter(({ box }) => box.bottom > window.top && box.top < window.bottom)
      .sort((a, b) => a.row - b.row);
    const rows = boxes.map(({ row }) => row);
    return {
      first: rows[0],
      last: rows.at(-1),
      isWhole: rows.every((row, place) => !place || row === rows[place - 1] + 1),
    };
  });

test("every picture has its place before it is there, and few are elements", async () => {
  await open("/");
  assert.equal(await scrubber().getAttribute("aria-valuemax"), String(COUNT));
  assert.ok((await page.locator(".cell").count()) < 120);
  for (const cell of (await page.locator(".cell").all()).slice(0, 10)) {
    const [id, box] = [Number(await cell.getAttribute("data-id")), await cell.boundingBox()];
    assert.ok(box && Math.abs(Math.log2(box.width / box.height) * 32 - (aspect(id) - 128)) < 1.5);
  }
  const height = await page.evaluate(() => document.querySelector(".extent")?.getBoundingClientRect().height);
  assert.ok(Number(height) <= 4_000_000);
});

test("both ends are reached by key, by scrubber and by wheel", async () => {
  await open("/");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.locator(`.cell:focus[aria-posinset='${COUNT}']`).waitFor();
  assert.equal((await sight()).last, COUNT);
  await page.getByText("That is all.").waitFor();
  await page.keyboard.press("Home");
  await page.locator(".cell:focus[aria-posinset='1']").waitFor();
  await scrubber().focus();
  await page.keyboard.press("End");
  await page.waitForFunction((count) => document.querySelector(`.cell[aria-posinset='${count}']`), COUNT);
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, 5000);
  await still();
  assert.equal((await sight()).last, COUNT);
  const before = await page.evaluate(() => document.querySelector(".scroller")?.scrollTop);
  await page.mouse.wheel(0, -600);
  await page.waitForFunction((top) => document.querySelector(".scroller")?.scrollTop !== top, before);
  await still();
  const { last, isWhole } = await sight();
  assert.ok(Number(last) < COUNT && Number(last) > COUNT - 60 && isWhole);
});

test("a wheel step moves the pictures by itself, in the middle as well as at the ends", async () => {
  for (const share of [0, 0.1, 0.5, 0.93]) {
    const box = await scrubber().boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + 10, box.y + 1 + share * (box.height - 2));
    await still();
    const marked = page.locator(".cell").nth(20);
    const [row, before] = [await marked.getAttribute("aria-posinset"), await marked.boundingBox()];
    await page.mouse.move(500, 400);
    for (const step of [120, 120, 77]) await page.mouse.wheel(0, step);
    assert.ok(before);
    await page.waitForFunction(
      ([place, wanted]) => {
        const top = document.querySelector(`.cell[aria-posinset='${place}']`)?.getBoundingClientRect().top;
        return top !== undefined && Math.abs(top - Number(wanted)) <= 1;
      },
      /** @type {const} */ ([row, before.y - 317]),
    );
    await still();
    const after = await page.locator(`.cell[aria-posinset='${row}']`).boundingBox();
    assert.ok(after && Math.abs(before.y - after.y - 317) <= 1, `${before.y} ${after?.y} at ${share}`);
  }
});

test("the scrubber leads to any month, by pointer and by key, and says where one is", async () => {
  await open("/");
  const box = await scrubber().boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.locator("time-scrubber .tip", { hasText: /^\w+ 201\d, 4,167 pictures$/ }).waitFor();
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + box.height / 4, { steps: 5 });
  await page.waitForFunction(() =>
    /^\w+ 20(19|20), 4,167 pictures; 2[45]\d,\d{3} of 1,000,000$/.test(
      document.querySelector("time-scrubber")?.getAttribute("aria-valuetext") ?? "",
    ),
  );
  await page.mouse.up();
  const before = await scrubber().getAttribute("aria-valuetext");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(
    (text) => document.querySelector("time-scrubber")?.getAttribute("aria-valuetext") !== text,
    before,
  );
  const { first, isWhole } = await sight();
  assert.ok(isWhole && Number(first) > 200_000 && Number(first) < 300_000);
  assert.ok((await page.locator("time-scrubber .marks span").allTextContents()).includes("2015"));
});

test("records and small pictures are asked for where one looks, four at once, and not for what was passed by", async () => {
  await open("/");
  await page.waitForFunction(() => [...document.querySelectorAll(".cell")].every((cell) => cell.querySelector("img")));
  const before = { ...asked };
  const box = await scrubber().boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 20, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + box.height - 2, { steps: STEPS });
  await page.mouse.up();
  await page.waitForFunction(() => [...document.querySelectorAll(".cell")].every((cell) => cell.querySelector("img")));
  assert.ok(asked.most <= 4, `${asked.most} at once`);
  // On a slow machine the pointer rests at each step; what lies between the steps is never looked at.
  assert.ok(asked.images - before.images <= 2 * STEPS, `${asked.images - before.images} requests for records`);
  assert.ok(asked.thumbs - before.thumbs <= 50 * STEPS, `${asked.thumbs - before.thumbs} small pictures of a million`);
});

test("a window of another size keeps what is at its top", async () => {
  await open("/");
  const box = await scrubber().boundingBox();
  assert.ok(box);
  await page.mouse.click(box.x + 10, box.y + box.height * 0.4);
  await still();
  const { first } = await sight();
  await page.setViewportSize({ width: 700, height: 600 });
  await still();
  assert.ok(Math.abs(Number((await sight()).first) - Number(first)) < 12);
  await page.setViewportSize({ width: 1280, height: 800 });
});

/**
 * Return the longest task of a page in a trace, in ms of the processor's time: other programs don't count.
 * @param {Buffer} trace
 */
function longestTask(trace) {
  /** @type {any[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const names = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const threads = new Set(names.map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = events.filter(({ name, pid, tid }) => name === "RunTask" && threads.has(`${pid} ${tid}`));
  assert.ok(tasks.length > 100, "the trace has no tasks");
  return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000;
}

test("few are elements while one scrolls from end to end", async (context) => {
  await open("/");
  const box = await scrubber().boundingBox();
  assert.ok(box);
  const browser = page.context().browser();
  assert.ok(browser);
  await page.evaluate(() => {
    const counted = { most: 0 };
    Object.assign(globalThis, { counted });
    new MutationObserver(() => {
      counted.most = Math.max(counted.most, document.querySelectorAll(".cell").length);
    }).observe(document, { childList: true, subtree: true });
  });
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline", "toplevel"] });
  await page.mouse.move(box.x + 20, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + box.height - 2, { steps: 80 });
  await page.mouse.up();
  await page.mouse.move(500, 400);
  for (let step = 0; step < 40; step += 1) await page.mouse.wheel(0, -900);
  await still();
  context.diagnostic(`the longest task took ${longestTask(await browser.stopTracing())} ms of the processor`);
  const most = await page.evaluate(() => /** @type {any} */ (globalThis).counted.most);
  assert.ok(most > 0 && most < 120, `${most} elements`);
});

test("what is weaker than the first ten thousand comes when one gets there, and nothing moves", async () => {
  await open("/?q=cat");
  await page.locator(".found", { hasText: "12 match · 999,988 weaker" }).waitFor();
  assert.equal(await scrubber().getAttribute("aria-valuemax"), "10000");
  const before = asked.layouts;
  await scrubber().focus();
  await page.keyboard.press("End");
  await page.locator(`time-scrubber [aria-valuemax="${COUNT}"], time-scrubber[aria-valuemax="${COUNT}"]`).waitFor();
  assert.equal(asked.layouts, before + 1);
  assert.equal(await scrubber().getAttribute("aria-valuemax"), String(COUNT));
  const { first, last, isWhole } = await sight();
  assert.ok(isWhole && Number(first) > 9900 && Number(last) < 10_100, `${first} ${last}`);
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

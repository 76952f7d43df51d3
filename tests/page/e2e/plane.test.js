// The plane: the pictures by what they show, chosen by a lasso, on the served sample library.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { browse, faults, serveCopies } from "../harness.js";

const { address } = await serveCopies({
  prepare: (_, run) => void run("label", "--classes", "car,cup", "--name", "things"),
});
const { page, complaints } = await browse();
const dots = page.locator("dot-canvas");
const summary = page.locator(".dots-summary");

/** Wait until something is found. @param {string | RegExp} said */
const found = (said) => page.locator("result-controls .found", { hasText: said }).waitFor();
const lasso = () =>
  new URL(page.url()).searchParams
    .get("lasso")
    ?.split(";")
    .map((corner) => corner.split(",").map(Number));
const inside = async () => Number(/^(\d+) of 34/.exec((await summary.textContent()) ?? "")?.[1]);
/** @returns {Promise<{ x: number, y: number, width: number, height: number }>} */
const frame = async () => /** @type {any} */ (await dots.boundingBox());

/** Open the plane. @param {string} [query] */
async function show(query = "") {
  await page.goto(`${address}/?show=plane${query}`);
  await page.locator(".dot-marker").first().waitFor();
}

test("all pictures are there, and it says how much of their differences is seen", async () => {
  await show();
  await summary.getByText(/^34 pictures\. These two axes hold \d\d% of the differences/).waitFor();
  assert.equal(await dots.evaluate((/** @type {any} */ { layers }) => layers.painter.kind), "webgl");
});

test("no picture on it lies over another", async () => {
  const boxes = await page
    .locator(".dot-marker")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
  assert.ok(boxes.length > 8);
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) assert.ok(Math.abs(a.x - b.x) >= a.width || Math.abs(a.y - b.y) >= a.height);
});

test("axe-core finds no serious fault", async () => assert.deepEqual(await faults(page), []));

test("a lasso chooses what is inside; the server finds as many", async () => {
  await show();
  await page.getByRole("button", { name: "Lasso" }).click();
  const { x, y, width, height } = await frame();
  const middle = [x + width * 0.4, y + height * 0.5];
  await page.mouse.move(middle[0] + 200, middle[1]);
  await page.mouse.down();
  for (let i = 1; i <= 300; i++) {
    const angle = (i / 300) * 2 * Math.PI;
    await page.mouse.move(middle[0] + 200 * Math.cos(angle), middle[1] + 160 * Math.sin(angle));
  }
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.has("lasso"));
  const corners = lasso() ?? [];
  assert.ok(corners.length >= 20 && corners.length <= 200, `${corners.length} corners`);
  await summary.getByText(/^\d+ of 34 pictures are in the outline/).waitFor();
  const count = await inside();
  assert.ok(count > 0 && count < 34);
  await found(new RegExp(`^${count} pictures?$`));
  await page.getByRole("button", { name: "Remove the outline" }).click();
  await found(/^34 pictures$/);
});

test("by keyboard: corners, and a rectangle", async () => {
  await show();
  await page.getByRole("button", { name: "Show all", exact: true }).focus();
  await page.keyboard.press("Tab"); // the colours
  await page.keyboard.press("Tab");
  assert.ok(await page.locator(".dot-stage").evaluate((element) => element === document.activeElement));
  const press = async (/** @type {string} */ key, /** @type {number} */ times) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  };
  await page.keyboard.press("Shift+Enter");
  await page.getByText("An outline needs three corners; c adds one").waitFor();
  await press("c", 1);
  await press("ArrowRight", 9);
  await press("c", 1);
  await press("ArrowDown", 9);
  await press("c", 1);
  await page.getByText("3 corners; Shift+Enter chooses what is inside").waitFor();
  await page.keyboard.press("Shift+Enter");
  await page.waitForURL((url) => url.searchParams.get("lasso")?.split(";").length === 3);
  await press("Shift+ArrowLeft", 8);
  await press("Shift+ArrowUp", 8);
  await page.getByText(/^\d+ pictures? in the rectangle; Enter chooses it$/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("lasso")?.split(";").length === 4);
  await press("Shift+ArrowLeft", 2);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await page
    .getByText(/No picture is at the crosshair/)
    .or(page.getByRole("dialog"))
    .first()
    .waitFor();
});

test("it is coloured by label, type and year, told in words, one class at a time in front", async () => {
  await show();
  const choice = page.getByLabel("Colour by");
  await choice.selectOption({ label: "label: things" });
  const legend = page.locator(".dots-legend li");
  await legend.nth(1).waitFor();
  const said = await legend.allTextContents();
  const counts = said.map((text) => Number(/(\d+)$/.exec(text)?.[1]));
  assert.ok(said.some((text) => text.startsWith("car")) && said.some((text) => text.startsWith("cup")), `${said}`);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    34,
  );
  const look = () =>
    dots.evaluate((/** @type {any} */ { layers }) => layers.palette.map((/** @type {number[]} */ colour) => colour[3]));
  const before = await look();
  await legend.getByRole("button", { name: /^car/ }).click();
  assert.equal(await legend.getByRole("button", { name: /^car/ }).getAttribute("aria-pressed"), "true");
  const after = await look();
  assert.ok(
    Math.max(...after) === 1 &&
      after.filter((/** @type {number} */ one) => one === 1).length === 1 &&
      before[0] === before[1],
  );
  await choice.selectOption({ label: "type" });
  await legend.filter({ hasText: "JPEG" }).waitFor();
  await choice.selectOption({ label: "year" });
  await legend.filter({ hasText: "2023" }).waitFor();
  await legend.filter({ hasText: "none of these" }).waitFor();
  assert.deepEqual(await faults(page), []);
});

test("what matches a search is in front", async () => {
  await show("&q=red+car");
  await page.locator(".dots-legend li", { hasText: "matches" }).waitFor();
  assert.equal(await page.getByLabel("Colour by").inputValue(), "matching");
});

test("pointing shows a picture, and a click on one opens it", async () => {
  await show();
  const marker = page.locator(".dot-marker:not(:has(.dot-count))").first();
  const name = await marker.getAttribute("aria-label");
  await marker.click();
  await page
    .getByRole("dialog")
    .getByRole("heading", { name: name ?? "" })
    .waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const box = await marker.boundingBox();
  await page.locator(".dot-markers").evaluate((layer) => layer.remove());
  await page.mouse.move((box?.x ?? 0) + 30, (box?.y ?? 0) + 30);
  await page
    .locator(".dot-tip")
    .getByText(name ?? "")
    .waitFor();
});

test("without WebGL it is drawn too", async () => {
  const args = ["--no-sandbox", "--disable-3d-apis"];
  const browser = await chromium.launch({
    executablePath: process.env.CLIPSEARCH_CHROMIUM ?? "/usr/bin/chromium",
    args,
  });
  after(() => browser.close());
  const flat = await browser.newPage();
  flat.setDefaultTimeout(600_000);
  await flat.goto(`${address}/?show=plane`);
  await flat.locator(".dot-marker").first().waitFor();
  await flat.waitForFunction(() => {
    const { painter, canvas } = /** @type {any} */ (document.querySelector("dot-canvas")).layers;
    const { data } = painter.context.getImageData(0, 0, canvas.width, canvas.height);
    return (
      data.filter((/** @type {number} */ part, /** @type {number} */ i) => i % 4 === 3 && part > 0).length > 34 * 20
    );
  });
  const kind = await flat.locator("dot-canvas").evaluate((/** @type {any} */ { layers }) => layers.painter.kind);
  assert.equal(kind, "canvas");
});

test("while that of a large library is made, a bar says how far it is", async () => {
  let asked = 0;
  await page.route("**/api/v1/plane", async (route) => {
    asked += 1;
    if (asked > 1) await page.getByRole("progressbar", { name: "How far it is" }).waitFor();
    return asked > 2 ? route.continue() : route.fulfill({ status: 202, json: { done: 300, total: 1200 } });
  });
  await show();
  await summary.getByText(/^34 pictures\./).waitFor();
  assert.deepEqual([asked, await page.getByRole("progressbar").count()], [3, 0]);
  await page.unroute("**/api/v1/plane");
});

test("on a phone, in the dark, from right to left", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await show("&q=red+car&theme=dark&dir=rtl");
  await page.locator(".dots-legend li").first().waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  const { width, height } = await frame();
  assert.ok(width <= 360 && height >= 240, `${width} ${height}`);
  assert.deepEqual(await faults(page), []);
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

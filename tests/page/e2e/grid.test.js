// The grid: keys, selection, stacks, focus, and what stays when one goes back or the library changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, indexed, serve } from "../harness.js";

const SCRIPT = "<script>alert(1)<img src=x onerror=alert(2)>.jpg";
const library = indexed({
  "2021/red-envelope.jpg": "red-envelope.jpg",
  "copies/red-envelope.jpg": "red-envelope.jpg",
  "copies/again.jpg": "red-envelope.jpg",
  [`odd/${SCRIPT.replaceAll("/", "")}`]: "car-red.jpg",
  "odd/كوب أبيض.jpg": "cup-white.jpg",
  "odd/a very long name that goes on and on without an end and then some more of it until nobody reads it.jpg":
    "car-blue.jpg",
  "more/mug.png": "mug-blue.png",
  "more/lemons.webp": "lemons.webp",
  "more/sofa.jpg": "sofa.jpg",
  "more/teapot.webp": "teapot.webp",
  "more/umbrella.png": "umbrella.png",
  "more/padlock.jpg": "padlock.jpg",
});
const { address } = await serve([], library);
const { page, complaints } = await browse({ viewport: { width: 1000, height: 640 } });

const cells = () => page.locator(".cell");
/** The name of the picture that has the focus. */
const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label")?.split(",")[0]);
/** Wait until the picture at a place has the focus. @param {number} place */
const at = (place) =>
  page.waitForFunction((row) => Number(document.activeElement?.getAttribute("aria-posinset")) === row, place);
/** Wait until there are so many pictures. @param {number} count */
const cellsAre = (count) =>
  page.waitForFunction((wanted) => document.querySelectorAll(".cell").length === wanted, count);
/** @param {string} path */
async function open(path) {
  await page.goto("about:blank"); // the same address again would be a reload, which keeps its place
  await page.goto(address + path);
  await cells().first().waitFor();
  await page.waitForFunction(() => !document.querySelector("photo-grid")?.hasAttribute("aria-busy"));
}

test("names are text, whatever they hold", async () => {
  await open("/?q=a+red+car");
  assert.equal(await page.locator("[role=option] script, [role=option] img[src=x], .chip script").count(), 0);
  assert.ok((await focusedNames()).includes(SCRIPT));
  await page.locator(`.cell[aria-label^="<script>"]`).focus();
  await page.keyboard.press("+");
  const chip = page.locator(".chip", { hasText: SCRIPT });
  await chip.waitFor();
  assert.equal(await chip.locator("script").count(), 0);
});

const focusedNames = () =>
  cells().evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label")?.split(",")[0]));

test("arrows, Home and End lead through the pictures, and one Tab stop into them", async () => {
  await open("/");
  assert.equal(await page.locator(".cell[tabindex='0']").count(), 1);
  await page.keyboard.press("ArrowDown");
  await at(1);
  await page.keyboard.press("ArrowRight");
  await at(2);
  await page.keyboard.press("End");
  await page.waitForFunction(() => {
    const cell = document.activeElement;
    return (
      cell?.hasAttribute("aria-posinset") && cell.getAttribute("aria-posinset") === cell.getAttribute("aria-setsize")
    );
  });
  await page.keyboard.press("Home");
  await at(1);
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => Number(document.activeElement?.getAttribute("aria-posinset")) > 2);
  await page.keyboard.press("PageUp");
  await at(1);
  await page.keyboard.press("ArrowDown");
  const [own, above] = await Promise.all([
    page.evaluate(() => document.activeElement?.getBoundingClientRect().toJSON()),
    page.locator("[aria-posinset='1']").boundingBox(),
  ]);
  assert.ok(own.y > (above?.y ?? 0) && Math.abs(own.x - (above?.x ?? 0)) < 200);
});

test("pictures are selected one by one, in ranges, and all at once", async () => {
  await open("/");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Selected pictures" });
  await bar.getByText("1 picture selected").waitFor();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await bar.getByText("3 pictures selected").waitFor();
  await page.keyboard.press("Shift+ArrowLeft");
  await bar.getByText("2 pictures selected").waitFor();
  assert.equal(await page.locator("[role=option][aria-selected=true]").count(), 2);
  await page.locator("[aria-posinset='5']").click({ modifiers: ["Shift"] });
  await bar.getByText("5 pictures selected").waitFor();
  const count = await cells().count();
  await page.keyboard.press("Control+a");
  await bar.getByText(`${count} pictures selected`).waitFor();
  await page.locator("[aria-posinset='2'] .tick").click();
  await bar.getByText(`${count - 1} pictures selected`).waitFor();
  assert.ok(await bar.getByRole("button", { name: `Act on ${count - 1} selected…` }).isVisible());
  await page.keyboard.press("Escape");
  await bar.waitFor({ state: "hidden" });
});

test("what matches is acted on as a whole, also what is not in sight", async () => {
  await open("/?q=a+red+envelope");
  await page.getByRole("button", { name: /^Act on (the one match|all \d+ matches)…$/ }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("copies stand behind a picture, and unfold in place by key and by click", async () => {
  await open("/?q=a+red+envelope");
  const first = cells().first();
  assert.match((await first.getAttribute("aria-label")) ?? "", /^(red-envelope|again)\.jpg, .*2 copies/);
  assert.equal(await first.locator(".badge.stack").getAttribute("data-says"), "+2");
  const folded = await cells().count();
  await first.focus();
  await page.keyboard.press("u");
  await page.locator(".cell.unfolded").waitFor();
  await cellsAre(folded + 2);
  for (const copy of [1, 2]) await cells().nth(copy).locator("img").waitFor();
  await at(1);
  assert.equal(await focused(), (await first.getAttribute("aria-label"))?.split(",")[0]);
  await page.getByRole("heading", { name: `${folded - 1} weaker, below the cut-off` }).waitFor();
  await page.keyboard.press("u");
  await cellsAre(folded);
  await first.locator(".badge.stack").click();
  await page.locator(".cell.unfolded").waitFor();
  await page.getByLabel("Stack copies").uncheck();
  await page.waitForURL(/fold=0/);
  await page.waitForFunction(() => !document.querySelector(".badge.stack"));
  await cellsAre(folded + 2);
});

test("the focus stays on its picture when it is scrolled out of sight, and when the library changes", async () => {
  await page.setViewportSize({ width: 420, height: 420 });
  await open("/?sort=path");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  const name = await focused();
  await page.evaluate(() => document.querySelector(".scroller")?.scrollTo({ top: 1e6 }));
  await page.waitForTimeout(400);
  assert.equal(await focused(), name);
  const answered = page.waitForResponse((response) => response.url().endsWith("/layout"));
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("library-changed")));
  await answered;
  await page.waitForTimeout(200);
  assert.equal(await focused(), name);
  await page.keyboard.press("ArrowLeft");
  await at(1);
  await page.waitForFunction(() => (document.activeElement?.getBoundingClientRect().top ?? -1) >= 0);
  await page.setViewportSize({ width: 1000, height: 640 });
});

test("back and forward restore how far one had scrolled, and the focus", async () => {
  await page.setViewportSize({ width: 420, height: 420 });
  await open("/?sort=path");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.waitForTimeout(400);
  const before = [await focused(), await page.evaluate(() => document.querySelector(".scroller")?.scrollTop)];
  assert.ok(Number(before[1]) > 100);
  await page.getByRole("searchbox").fill("lemons");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".cell")?.getAttribute("aria-label")?.startsWith("lemons"));
  await page.goBack();
  await page.waitForFunction(
    (name) => document.activeElement?.getAttribute("aria-label")?.startsWith(String(name)),
    before[0],
  );
  await page.waitForFunction(
    (top) => Math.abs(Number(document.querySelector(".scroller")?.scrollTop) - top) < 2,
    Number(before[1]),
  );
  await page.goForward();
  await page.waitForFunction(() => document.querySelector(".cell")?.getAttribute("aria-label")?.startsWith("lemons"));
  await page.setViewportSize({ width: 1000, height: 640 });
});

test("in a page from right to left all is mirrored, also the arrow keys", async () => {
  await open("/?dir=rtl&sort=path");
  const [first, second, scrubber] = await Promise.all(
    ["[aria-posinset='1']", "[aria-posinset='2']", "time-scrubber"].map((part) => page.locator(part).boundingBox()),
  );
  assert.ok(first && second && first.x > second.x);
  assert.ok(!scrubber || scrubber.x < 50);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await at(2);
  await page.keyboard.press("ArrowRight");
  await at(1);
});

test("all keys are on a sheet, which gives the focus back", async () => {
  await open("/");
  await page.keyboard.press("ArrowDown");
  const name = await focused();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  for (const says of ["To the search field", "Select all that match", "More like this", "Show all keys"])
    assert.ok(await sheet.getByText(says, { exact: true }).isVisible());
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  assert.equal(await focused(), name);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "q");
});

test("keys lead from the field to the pictures, to the filters, to the map and the plane and back", async () => {
  await open("/");
  await page.keyboard.press("/");
  await page.keyboard.press("ArrowDown");
  await at(1);
  await page.keyboard.press("f");
  assert.ok(await page.evaluate(() => document.activeElement?.closest("facet-panel") !== null));
  await page.setViewportSize({ width: 700, height: 640 });
  await page.locator(".cell").first().focus();
  await page.keyboard.press("f");
  await page.getByRole("dialog", { name: "Filters" }).waitFor();
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1000, height: 640 });
  for (const [key, part] of /** @type {const} */ ([
    ["m", "map-view"],
    ["p", "plane-view"],
    ["g", "photo-grid"],
  ])) {
    await page.keyboard.press(key);
    await page.locator(part).waitFor();
    for (const other of ["map-view", "plane-view", "photo-grid"].filter((one) => one !== part))
      await page.locator(other).waitFor({ state: "hidden" });
  }
});

test("rows fill the widest window, and nothing is cut off", async () => {
  await page.setViewportSize({ width: 2560, height: 1300 });
  await open("/");
  const [grid, extent] = await Promise.all(
    ["photo-grid .scroller", "photo-grid .extent"].map((part) => page.locator(part).boundingBox()),
  );
  assert.deepEqual([extent?.x, extent?.width], [grid?.x, grid?.width]);
  const ends = await page
    .locator(".cell")
    .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().right));
  assert.ok(grid && Math.abs(Math.max(...ends) - grid.x - grid.width) <= 1, `${ends}`);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

// Every state of the view of photos, small and large, light and dark, from left to right and mirrored: axe-core finds no
// serious fault, nothing is wider than the window, and what a phone shows can be reached.
// With CLIPSEARCH_SHOTS=FOLDER a picture of each is kept there to look at.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { browse, faults, indexed, serve, serveCopies } from "../harness.js";

const library = indexed({
  "2021/red-envelope.jpg": "red-envelope.jpg",
  "copies/again.jpg": "red-envelope.jpg",
  "<b>bold<b>/<script>alert(1).jpg": "car-red.jpg",
  "مجلد/كوب أبيض.jpg": "cup-white.jpg",
  "more/a name without an end that goes on and on and then some more of it until nobody reads it.jpg": "car-blue.jpg",
  "more/mug.png": "mug-blue.png",
  "more/lemons.webp": "lemons.webp",
});
const { address } = await serve([], library);

const STATES = {
  all: "/",
  search: "/?q=a+red+envelope",
  chips: "/?q=a+cup&t=-0.5:coffee&id=1:1&type=jpg&after=2020&named=a",
  nothing: "/?q=gorilla",
  nearest: "/?q=gorilla&nearest=1",
  filtered: "/?q=cup&after=2031",
  mistaken: "/?after=whenever",
};
const WINDOWS = {
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
  laptop: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1000, height: 700 }, colorScheme: /** @type {const} */ ("dark") },
  wide: { viewport: { width: 2560, height: 1300 } },
  mirrored: { viewport: { width: 1100, height: 700 }, locale: "ar" },
  still: { viewport: { width: 800, height: 600 }, reducedMotion: /** @type {const} */ ("reduce") },
};

const EVERYWHERE = new Set(["search", "chips", "nearest"]);
const EVERY_STATE = new Set(["phone", "laptop", "mirrored"]);

/** @param {import("playwright-core").Page} page */
async function settled(page) {
  await page.locator(".cell:visible, .message:visible").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("photo-grid")?.hasAttribute("aria-busy"));
  await page.waitForFunction(() => [...document.querySelectorAll(".cell")].every((cell) => cell.querySelector("img")));
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function check(page, name) {
  await keep(page, name);
  assert.deepEqual(await faults(page), [], name);
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= window, `${name} is ${wide} wide in a window of ${window}`);
}

/** @param {import("playwright-core").Page} page @param {string} name */
async function keep(page, name) {
  if (process.env.CLIPSEARCH_SHOTS) await page.screenshot({ path: join(process.env.CLIPSEARCH_SHOTS, `${name}.png`) });
}

for (const [window, options] of Object.entries(WINDOWS)) {
  test(`the states in a window that is ${window}`, async () => {
    const { page, complaints } = await browse(options);
    for (const [state, path] of Object.entries(STATES)) {
      if (!EVERYWHERE.has(state) && !EVERY_STATE.has(window)) continue;
      await page.goto(address + path);
      await settled(page);
      assert.equal(await page.evaluate(() => document.documentElement.dir), window === "mirrored" ? "rtl" : "ltr");
      await check(page, `${window}-${state}`);
    }
    assert.deepEqual(
      complaints.filter((line) => !/400/.test(line)), // what is mistaken is refused
      [],
    );
  });
}

test("selected pictures, an unfolded stack, the sheet of keys and the options of a phone", async () => {
  const { page } = await browse();
  await page.goto(`${address}/?q=a+red+envelope`);
  await settled(page);
  await page.keyboard.press("ArrowDown");
  for (const key of ["x", "u", "Shift+ArrowRight", "Shift+ArrowRight"]) await page.keyboard.press(key);
  await check(page, "selected");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await check(page, "keys");
  const phone = await browse(WINDOWS.phone);
  await phone.page.goto(`${address}/?q=a+cup`);
  await settled(phone.page);
  await phone.page.getByRole("button", { name: "Options" }).tap();
  await phone.page.getByLabel("Order").waitFor();
  await check(phone.page, "options");
  await phone.page.locator(".cell .tick").first().tap();
  await phone.page.getByRole("region", { name: "Selected pictures" }).waitFor();
  await check(phone.page, "phone-selected");
});

test("with reduced motion nothing moves by itself", async () => {
  const { page } = await browse(WINDOWS.still);
  await page.goto(address);
  await settled(page);
  const moving = await page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === "running").length,
  );
  assert.equal(moving, 0);
});

test("the theme is chosen by a button and kept, and an address may say another", async () => {
  const { page } = await browse();
  await page.goto(address);
  await settled(page);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: "Theme: as the system. Change it" }).click();
  await page.getByRole("button", { name: "Theme: light. Change it" }).click();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await settled(page);
  assert.equal(await ground(), dark);
  await page.goto(`${address}/?theme=light`);
  await settled(page);
  assert.equal(await ground(), light);
});

test("targets are large enough for a finger", async () => {
  const { page } = await browse(WINDOWS.phone);
  await page.goto(`${address}/?q=a+cup&t=-0.5:coffee&type=jpg`);
  await settled(page);
  const small = await page.locator("button:visible, a:visible, input:visible, select:visible").evaluateAll((controls) =>
    controls
      .filter((control) => !control.matches(".skip-link, input[type=checkbox]"))
      .map((control) => ({ html: control.outerHTML.slice(0, 120), box: control.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ html }) => html),
  );
  assert.deepEqual(small, []);
});

test("a server that comes back is noticed, and what was asked for is there without a word", async () => {
  const served = await serveCopies();
  const { page } = await browse();
  await page.clock.install();
  await page.goto(served.address);
  await settled(page);
  await served.kill();
  await page.getByRole("searchbox").fill("a cup");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  // Not what was found before.
  await page.waitForFunction(() => document.querySelector("result-controls .found")?.textContent === "");
  await page.clock.runFor(11_000);
  await served.again();
  const back = page.locator(".found", { hasText: /match/ });
  while (!(await back.isVisible())) await page.clock.runFor(1000);
  await page.getByRole("alert").filter({ visible: true }).waitFor({ state: "detached" });
});

test("where the system chooses the colours, what is chosen differs from what is not", async () => {
  const { page } = await browse({ forcedColors: "active" });
  await page.goto(`${address}/?q=a+cup&type=jpg`);
  await settled(page);
  const highlight = await page.evaluate(() => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.background = "Highlight";
    const { backgroundColor } = getComputedStyle(probe);
    probe.remove();
    return backgroundColor;
  });
  for (const chosen of ['.switch [aria-pressed="true"]', '.facet-row[aria-pressed="true"]', "#views [aria-current]"]) {
    const part = page.locator(chosen).first();
    assert.equal(await part.evaluate((element) => getComputedStyle(element).backgroundColor), highlight, chosen);
  }
});

test("where only the text is enlarged, no control lies on another", async () => {
  const { page } = await browse();
  await page.goto(address);
  await settled(page);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  for (const [outer, inner] of [
    ["facet-panel", ".facets-head button:visible"],
    ["facet-panel", ".facet-dates button"],
  ]) {
    const [around, within] = await Promise.all([outer, inner].map((part) => page.locator(part).first().boundingBox()));
    assert.ok(around && within && within.x + within.width <= around.x + around.width, inner);
  }
  const dates = await page
    .locator(".facet-dates > *")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect()));
  for (const [at, one] of dates.entries())
    for (const other of dates.slice(at + 1))
      assert.ok(one.right <= other.left || one.bottom <= other.top, "two controls of the dates overlap");
});

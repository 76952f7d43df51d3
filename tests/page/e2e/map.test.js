// The map: where the pictures were taken, chosen by a rectangle, on the served sample library.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toView } from "../../../server/page/pure/camera.js";
import { acrossOf, downOf } from "../../../server/page/pure/projection.js";
import { browse, faults, serve } from "../harness.js";

const { address } = await serve();
const { page, complaints } = await browse();
const dots = page.locator("dot-canvas");
const stage = page.locator(".dot-stage");
const summary = page.locator(".dots-summary");
const FLORENCE = /** @type {[number, number]} */ ([43.7694, 11.2558]);

/** Wait until something is found. @param {string | RegExp} said */
const found = (said) => page.locator("result-controls .found", { hasText: said }).waitFor();
const box = () => new URL(page.url()).searchParams.get("box")?.split(",").map(Number);
/** What the camera is. @returns {Promise<{ camera: any, view: any }>} */
const seen = () =>
  dots.evaluate((/** @type {any} */ { camera, view }) => ({ camera: { ...camera }, view: { ...view } }));

/** Where on the page a place is. @param {[number, number]} place */
async function at([latitude, longitude]) {
  const { camera, view } = await seen();
  const frame = await dots.boundingBox();
  const [left, top] = toView(camera, view, acrossOf(longitude), downOf(latitude));
  return /** @type {[number, number]} */ ([left + (frame?.x ?? 0), top + (frame?.y ?? 0)]);
}

/** Open the map. @param {string} [query] */
async function show(query = "") {
  await page.goto(`${address}/?show=map${query}`);
  await page.locator(".dot-marker").first().waitFor();
}

test("all pictures with a place are seen, each with its picture, on land that no tile shows", async () => {
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await show();
  await summary.getByText("6 pictures with a place.").waitFor();
  assert.equal(await dots.evaluate((/** @type {any} */ { layers }) => layers.painter.kind), "webgl");
  await page.locator(".dot-marker").nth(3).waitFor();
  const alike = await page
    .locator(".dot-marker")
    .evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  assert.ok(alike.length >= 4, `${alike}`);
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("dot-canvas"))?.layers.landPainter);
  assert.ok(
    asked.every((url) => url.startsWith(address)),
    `${asked}`,
  );
});

test("axe-core finds no serious fault", async () => assert.deepEqual(await faults(page), []));

test("a drag with the tool chooses a rectangle, which the address holds", async () => {
  await show();
  await page.getByRole("button", { name: "Choose an area" }).click();
  const [x, y] = await at(FLORENCE);
  await page.mouse.move(x - 40, y - 40);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.has("box"));
  const [south, west, north, east] = box() ?? [];
  assert.ok(south < FLORENCE[0] && FLORENCE[0] < north && west < FLORENCE[1] && FLORENCE[1] < east);
  await summary.getByText(/^[1-5] of 6 pictures with a place are in the rectangle\./).waitFor();
  const inside = Number.parseInt((await summary.textContent()) ?? "", 10);
  await found(new RegExp(`^${inside} pictures?$`));
  await page.getByRole("button", { name: "Show them" }).click();
  await page.locator("photo-grid .cell").first().waitFor();
  await page.goBack();
  await page.goBack();
  await found(/^34 pictures$/);
});

test("a drag without it moves the map, the wheel zooms where it points", async () => {
  await show();
  const before = await seen();
  const [x, y] = await at(FLORENCE);
  const frame = /** @type {{ x: number, y: number, width: number, height: number }} */ (await dots.boundingBox());
  const [free, down] = [frame.x + frame.width - 60, frame.y + frame.height - 60];
  await page.mouse.move(free, down);
  await page.mouse.down();
  await page.mouse.move(free - 100, down - 30, { steps: 3 });
  await page.mouse.up();
  const [movedX, movedY] = await at(FLORENCE);
  assert.deepEqual([x - movedX, y - movedY].map(Math.round), [100, 30]);
  await page.mouse.move(free, down);
  await page.mouse.wheel(0, -500);
  await page.waitForFunction(
    (scale) => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale > scale * 1.5,
    before.camera.scale,
  );
});

test("by keyboard: a crosshair, a rectangle, and what is under it", async () => {
  await show();
  await page.getByRole("button", { name: "Choose an area" }).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("Tab");
  assert.ok(await stage.evaluate((element) => element === document.activeElement));
  const { camera, view } = await seen();
  const [left, top] = toView(camera, view, acrossOf(FLORENCE[1]), downOf(FLORENCE[0]));
  const steps = [Math.round((left - view.width / 2) / 24), Math.round((top - view.height / 2) / 24)];
  for (let i = 0; i < Math.abs(steps[0]); i++) await page.keyboard.press(steps[0] < 0 ? "ArrowLeft" : "ArrowRight");
  for (let i = 0; i < Math.abs(steps[1]); i++) await page.keyboard.press(steps[1] < 0 ? "ArrowUp" : "ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowLeft");
  for (let i = 0; i < 2; i++) {
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
  }
  await page.getByText(/^\d pictures? in the rectangle; Enter chooses it$/).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.has("box"));
  const [south, west, north, east] = box() ?? [];
  assert.ok(south < FLORENCE[0] && FLORENCE[0] < north && west < FLORENCE[1] && FLORENCE[1] < east);
  await page.keyboard.press("+");
  await page.waitForFunction(
    (scale) => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale > scale,
    camera.scale,
  );
  await page.keyboard.press("0");
  await page.waitForFunction(
    (scale) => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale <= scale * 1.01,
    camera.scale,
  );
});

test("by keyboard the picture at the crosshair is opened", async () => {
  await show("&near=43.7694,11.2558&radius=1km");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale > 10_000);
  await page.getByRole("button", { name: "Show all", exact: true }).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Alt+ArrowRight");
  await page.locator(".dot-tip").getByText("car-red.jpg").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("heading", { name: "car-red.jpg" }).waitFor();
});

test("by numbers, also across the date line", async () => {
  await show();
  for (const [edge, value] of [
    ["South", "-30"],
    ["West", "100"],
    ["North", "60"],
    ["East", "-30"],
  ]) {
    await page.getByLabel(edge, { exact: true }).fill(value);
  }
  await page.getByRole("button", { name: "Choose", exact: true }).click();
  await found(/^3 pictures$/); // New York, Rio, Singapore
  assert.deepEqual(box(), [-30, 100, 60, -30]);
  await page.getByRole("button", { name: "All places" }).first().click();
  await found(/^34 pictures$/);
});

test("pointing shows the picture, a click opens it", async () => {
  await show("&near=43.7694,11.2558&radius=1km");
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale > 10_000);
  const [x, y] = await at(FLORENCE);
  await page
    .locator(".dot-marker")
    .first()
    .evaluate((marker) => marker.remove()); // the dot itself is pointed at
  await page.mouse.move(x + 3, y + 3);
  await page.locator(".dot-tip").getByText("car-red.jpg").waitFor();
  await page.mouse.click(x + 3, y + 3);
  await page.getByRole("dialog").getByRole("heading", { name: "car-red.jpg" }).waitFor();
});

test("the places stand beside it by name, and are filters", async () => {
  await show();
  assert.equal(await page.locator(".map-place", { hasText: "Singapore" }).count(), 1); // the country and the place
  await page.locator(".map-place", { hasText: "Singapore" }).click();
  await page.waitForURL((url) => url.searchParams.get("near") === "Singapore");
  await found(/^1 picture$/);
});

test("without a place it says so", async () => {
  await page.goto(`${address}/?show=map&placed=no`);
  await summary.getByText("No picture here has a place: their files name none.").waitFor();
});

test("what goes wrong is a sentence, and can be tried again", async () => {
  const before = complaints.length;
  await page.route("**/api/v1/map", (route) =>
    route.fulfill({ status: 503, json: { error: "The library is damaged." } }),
  );
  await page.goto(`${address}/?show=map`);
  await summary.getByText("The library is damaged.").waitFor();
  await page.unroute("**/api/v1/map");
  await summary.getByRole("button", { name: "Try again" }).click();
  await summary.getByText("6 pictures with a place.").waitFor();
  complaints.splice(before); // the browser logs each answer that is no success
});

test("names of places that are still being made come later, by themselves", async () => {
  let [towns, facets] = [0, 0];
  await page.route("**/api/v1/map/towns", (route) => {
    towns += 1;
    return towns > 1 ? route.continue() : route.fulfill({ status: 202 });
  });
  await page.route("**/api/v1/facets", async (route) => {
    facets += 1;
    if (facets > 3) return route.continue(); // the panel at the side asks too
    const answer = await (await route.fetch()).json();
    return route.fulfill({ json: { ...answer, countries: [], places: [], pending: ["places"] } });
  });
  const names = page.locator(".map-places");
  await page.goto(`${address}/?show=map`);
  await names.getByText("still being read").waitFor();
  await names.getByText("Singapore").waitFor();
  while (towns < 2) await page.waitForTimeout(100);
  await page.unrouteAll({ behavior: "wait" });
});

test("on a phone, in the dark, from right to left", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await show("&theme=dark&dir=rtl");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  const frame = await dots.boundingBox();
  assert.ok(frame && frame.width <= 360 && frame.height >= 240, JSON.stringify(frame));
  assert.deepEqual(await faults(page), []);
});

test("two fingers zoom", async () => {
  const before = await seen();
  await stage.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    element.setPointerCapture = () => {}; // these pointers are made up
    /** @param {string} type @param {number} id @param {number} apart */
    const send = (type, id, apart) =>
      element.dispatchEvent(
        new PointerEvent(type, {
          pointerId: id,
          pointerType: "touch",
          clientX: left + width / 2 + (id === 1 ? -apart : apart),
          clientY: top + height / 2,
          bubbles: true,
        }),
      );
    for (const id of [1, 2]) send("pointerdown", id, 30);
    for (const id of [1, 2]) send("pointermove", id, 90);
    for (const id of [1, 2]) send("pointerup", id, 90);
  });
  await page.waitForFunction(
    (scale) => /** @type {any} */ (document.querySelector("dot-canvas")).camera.scale > scale * 2,
    before.camera.scale,
  );
});

test("a picture that can't be had is a sign, not a broken picture", async () => {
  const { page } = await browse();
  await page.route("**/thumb/**", (route) => route.fulfill({ contentType: "image/webp", body: "none" }));
  await page.goto(`${address}/?show=map`);
  await page.locator(".dot-marker .icon").first().waitFor();
  assert.equal(await page.locator(".dot-marker img").count(), 0);
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

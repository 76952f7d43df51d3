// A picture large: sharp, zoomed, described, and the way to the next, on the served sample library.

import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";
import { HOSTILE, prepare } from "../prepared.js";

const served = await serveCopies({ prepare });
const { address, pictures } = served;
const { page, complaints, context } = await browse();
const dialog = page.getByRole("dialog");
const image = dialog.locator(".picture-image");

/** Return the id of a picture. @param {string} name @returns {Promise<number>} */
async function idOf(name) {
  const body = { terms: [], filters: { named: [name] }, fold: false };
  const answer = await context.request.post(`${address}/api/v1/search`, { data: body, headers: { Origin: address } });
  const { hits } = await answer.json();
  return hits.find((/** @type {any} */ hit) => hit.name === name).id;
}

/** Wait until the picture itself is there, not its small one. @param {RegExp} source */
async function sharp(source = /\/original$/) {
  await page.waitForFunction((text) => {
    const shown = /** @type {HTMLImageElement | null} */ (document.querySelector(".picture-image"));
    return shown?.complete && shown.naturalWidth > 0 && new RegExp(text).test(shown.src);
  }, source.source);
}

const title = () => dialog.getByRole("heading", { level: 2 }).textContent();
const open = () => new URL(page.url()).searchParams.get("open");
/** How large it is, and where. */
const box = async () =>
  /** @type {{ x: number, y: number, width: number, height: number }} */ (await image.boundingBox());

test("an address opens it, sharp, with why it was found", async () => {
  const id = await idOf("car-red.jpg");
  await page.goto(`${address}/?q=red+car&open=${id}`);
  await sharp();
  assert.equal(await title(), "car-red.jpg");
  assert.equal(await image.evaluate((shown) => /** @type {HTMLImageElement} */ (shown).naturalWidth), 1024);
  await dialog.getByText("Searched for “red car”.").waitFor();
  await dialog
    .getByText(/^It matches: its score is 0\.\d{3}, 0\.\d{3} above the least that counts as a match/)
    .waitFor();
  await dialog.getByText(/^1 of \d+$/).waitFor();
});

test("it says what is known of it", async () => {
  await dialog.getByText("18 May 2024, 16:42").waitFor();
  await dialog.getByText("by the camera's clock").waitFor();
  await dialog.getByText("clipsearch render.py").waitFor();
  await dialog.getByText("1,024 × 768 pixels (0.8 MP)").waitFor();
  await dialog.getByRole("button", { name: "Florence, Italy", exact: true }).waitFor();
  await dialog.getByRole("button", { name: "43.76940, 11.25580" }).waitFor();
  assert.equal(await dialog.locator(".picture-path").textContent(), join(pictures, "car-red.jpg"));
});

test("its labels have probabilities, as bars too, and say who gave them", async () => {
  const label = dialog.locator(".picture-labels li").first();
  assert.match((await label.textContent()) ?? "", /^car\d+%by the model$/);
  const share = Number(/(\d+)%/.exec((await label.textContent()) ?? "")?.[1]);
  const [bar, all] = await Promise.all(
    [label.locator(".picture-bar i"), label.locator(".picture-bar")].map((part) => part.boundingBox()),
  );
  assert.ok(share > 50 && bar && all && Math.abs(bar.width / all.width - share / 100) < 0.01);
});

test("copies stand behind it, and what is like it beside it", async () => {
  await dialog.getByRole("heading", { name: "1 copy behind it" }).waitFor();
  await dialog.locator(".picture-strip li").nth(5).waitFor();
  await dialog.locator(".picture-copy", { hasText: "copy of the car.jpg" }).click();
  await dialog.getByRole("heading", { name: "copy of the car.jpg" }).waitFor();
  await page.goBack();
  await dialog.getByRole("heading", { name: "car-red.jpg" }).waitFor();
});

test("axe-core finds no serious fault", async () => {
  await sharp();
  assert.deepEqual(await faults(page), []);
});

test("zoom by keys, wheel, double click and drag stays in bounds", async () => {
  const whole = await box();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const near = await box();
  assert.ok(near.width > 2 * whole.width);
  const view = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await dialog.locator(".picture-stage").boundingBox()
  );
  await page.mouse.move(view.x + 300, view.y + 300);
  await page.mouse.down();
  await page.mouse.move(view.x + 3000, view.y + 3000, { steps: 4 });
  await page.mouse.up();
  const corner = await box();
  assert.ok(Math.abs(corner.x - view.x) < 1 && Math.abs(corner.y - view.y) < 1, JSON.stringify([corner, view]));
  await page.keyboard.press("Shift+ArrowRight");
  assert.ok((await box()).x < corner.x - 50);
  await page.keyboard.press("0");
  assert.deepEqual(await box(), whole);
  await page.mouse.move(view.x + 200, view.y + 200);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(
    (width) => (document.querySelector(".picture-image")?.clientWidth ?? 0) > width,
    whole.width + 20,
  );
  await page.mouse.wheel(0, 4000);
  await page.waitForFunction(
    (width) => document.querySelector(".picture-image")?.clientWidth === width,
    Math.round(whole.width),
  );
  await page.mouse.dblclick(view.x + 200, view.y + 200);
  assert.ok((await box()).width > whole.width);
});

test("next, previous, first and last by key go over all that was found, and closing gives the focus back", async () => {
  await page.goto(`${address}/?q=red+car`);
  const cell = page.locator("photo-grid [tabindex='0']").first();
  await cell.focus();
  await page.keyboard.press("Enter");
  await dialog.getByText(/^1 of \d+$/).waitFor();
  const count = Number(/of (\d+)/.exec((await dialog.locator(".picture-where").textContent()) ?? "")?.[1]);
  assert.ok(count > 30);
  const first = open();
  await page.keyboard.press("ArrowRight");
  await dialog.getByText(`2 of ${count}`).waitFor();
  assert.notEqual(open(), first);
  await page.keyboard.press("End");
  await dialog.getByText(`${count} of ${count}`).waitFor();
  await dialog.getByText(/^It does not match: its score is .* below the least/).waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Next picture" }).isDisabled());
  await page.keyboard.press("Home");
  await dialog.getByText(`1 of ${count}`).waitFor();
  assert.equal(open(), first);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(open(), null);
  await page.waitForFunction(() => document.activeElement?.closest("photo-grid"));
});

test("closed after the next ones, the focus is on the last in the grid", async () => {
  await page.goto(`${address}/?q=blue+mug`);
  await page.locator("result-controls .found", { hasText: "match" }).waitFor();
  await page.locator("photo-grid [tabindex='0']").first().focus();
  await page.keyboard.press("Enter");
  await dialog.getByText(/^1 of \d+$/).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await dialog.getByText(/^3 of \d+$/).waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-posinset") === "3");
});

test("its folder is opened where the page is on the same machine", async () => {
  const id = await idOf("cup-white.jpg");
  await page.goto(`${address}/?open=${id}`);
  await dialog.locator(".picture-strip li").first().waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Open folder" }).count(), 0); // there is no screen here
  const session = await (await context.request.get(`${address}/api/v1/session`)).json();
  await page.route("**/api/v1/session", (route) => route.fulfill({ json: { ...session, reveal: true } }));
  await page.route("**/reveal", (route) => route.fulfill({ status: 200, json: {} }));
  await page.reload();
  const asked = page.waitForRequest(
    (request) => request.url().endsWith(`/images/${id}/reveal`) && request.method() === "POST",
  );
  await dialog.getByRole("button", { name: "Open folder" }).click();
  await asked;
  await dialog.locator(".toast", { hasText: "Its folder is open in the file manager." }).waitFor();
  await page.unroute("**/api/v1/session");
  await page.unroute("**/reveal");
});

test("the focus stays inside of it", async () => {
  await page.goto(`${address}/?open=${await idOf("cup-white.jpg")}`);
  await dialog.locator(".picture-strip li").first().waitFor();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(() => document.activeElement?.closest("dialog, body")?.tagName);
    assert.ok(
      place === "DIALOG" || (await page.evaluate(() => document.activeElement === document.body)),
      `tab ${i}: ${place}`,
    );
  }
});

test("more and less like it become terms of the search", async () => {
  const id = await idOf("cup-white.jpg");
  await page.goto(`${address}/?q=cup&open=${id}`);
  await dialog.getByRole("button", { name: "More like this" }).click();
  await page.waitForURL((url) => url.searchParams.get("id") === `1:${id}` && !url.searchParams.has("open"));
  await page.goto(`${address}/?q=cup&open=${id}`);
  await dialog.getByRole("heading", { name: "cup-white.jpg" }).waitFor();
  await page.keyboard.press("l");
  await page.waitForURL((url) => url.searchParams.get("id") === `-1:${id}`);
});

test("its path is copied, with the clipboard and without", async () => {
  const id = await idOf("cup-white.jpg");
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: address });
  await page.goto(`${address}/?open=${id}`);
  await dialog.getByRole("button", { name: "Copy path" }).click();
  await dialog.locator(".toast", { hasText: "The path is copied." }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), join(pictures, "cup-white.jpg"));
  await page.evaluate(() => navigator.clipboard.writeText("other"));
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true }));
  await dialog.getByRole("button", { name: "Copy path" }).click();
  await dialog.locator(".toast", { hasText: "The path is copied." }).nth(1).waitFor();
  await page.evaluate(() => delete (/** @type {any} */ (navigator).clipboard));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), join(pictures, "cup-white.jpg"));
});

test("what browsers can't show is shown by a picture made of it", async () => {
  await page.goto(`${address}/?open=${await idOf("pizza.heic")}`);
  await sharp(/-2048\.webp$/);
  await page.waitForFunction(() => document.querySelector(".picture-note")?.textContent === "");
});

test("a video starts at the moment that was found, and its other moments are a click away", async () => {
  const answer = await context.request.get(`${address}/api/v1/search?q=green&named=holiday`);
  const { hits } = await answer.json();
  const id = hits[0].id;
  const { moments } = await (await context.request.get(`${address}/api/v1/images/${id}`)).json();
  const last = moments.at(-1);
  await page.goto(`${address}/?open=${last.id}`);
  await page.waitForFunction((at) => {
    const video = document.querySelector("video");
    return video && video.readyState >= 2 && Math.abs(video.currentTime - at) < 0.3;
  }, last.at);
  await dialog.locator(".picture-moments button").first().click();
  await page.waitForFunction(
    (at) => Math.abs((document.querySelector("video")?.currentTime ?? -1) - at) < 0.3,
    moments[0].at,
  );
});

test("a video that the browser can't play is a picture with a sentence", async () => {
  await page.goto(`${address}/?open=${await idOf("old.avi")}`);
  await dialog.getByText(/This browser can't play the video \(AVI\); this is its picture at 0:0\d/).waitFor();
  await sharp(/\.webp$/);
});

test("a hostile name is text", async () => {
  await page.goto(`${address}/?open=${await idOf(HOSTILE)}`);
  await dialog.getByRole("heading", { name: HOSTILE }).waitFor();
  assert.equal(await page.locator("img[src=x]").count(), 0);
});

test("a file that is gone is told, with what is kept, and the next one is shown", async () => {
  const id = await idOf("guitar.jpg");
  await page.goto(`${address}/?open=${id}`);
  await sharp();
  renameSync(join(pictures, "guitar.jpg"), `${pictures}-guitar.jpg`);
  const before = complaints.length;
  await page.goto(`${address}/?q=guitar&open=${id}`);
  await dialog.getByText(/^The file is not there now/).waitFor();
  await dialog.getByText(/^Only the small picture can be shown/).waitFor();
  await image.waitFor();
  await dialog.getByText(/^1 of \d+$/).waitFor();
  await page.keyboard.press("ArrowRight");
  await sharp(/\/original$|-2048\.webp$/);
  assert.notEqual(await title(), "guitar.jpg");
  complaints.splice(before); // the browser logs each answer that is no success
  renameSync(`${pictures}-guitar.jpg`, join(pictures, "guitar.jpg"));
});

test("a picture that the library does not have is told", async () => {
  const before = complaints.length;
  await page.goto(`${address}/?open=999999`);
  await dialog.getByText("This picture is not in the library any more.").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "More like this" }).isDisabled(), true);
  complaints.splice(before);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
});

test("its place leads to the map", async () => {
  await page.goto(`${address}/?open=${await idOf("car-red.jpg")}`);
  await dialog.getByRole("button", { name: "43.76940, 11.25580" }).click();
  await page.waitForURL(
    (url) => url.searchParams.get("show") === "map" && url.searchParams.get("near") === "43.7694,11.2558",
  );
});

test("on a phone all of it is there, the details below", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${address}/?q=red+car&open=${await idOf("car-red.jpg")}`);
  await sharp();
  const [stage, details] = await Promise.all(
    [".picture-stage", ".picture-details"].map((part) => dialog.locator(part).boundingBox()),
  );
  assert.ok(stage && details && details.y >= stage.y + stage.height && details.width <= 360);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  await dialog.locator(".picture-strip li").first().waitFor();
  assert.deepEqual(await faults(page), []);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("written from right to left, the left key leads on", async () => {
  await page.goto(`${address}/?q=red+car&dir=rtl&theme=dark&open=${await idOf("car-red.jpg")}`);
  await dialog.getByText(/^1 of \d+$/).waitFor();
  await page.keyboard.press("ArrowLeft");
  await dialog.getByText(/^2 of \d+$/).waitFor();
  await dialog.locator(".picture-strip li").first().waitFor();
  assert.deepEqual(await faults(page), []);
});

test("a picture that takes its time is said to be loading", async () => {
  const { page } = await browse();
  /** @type {() => void} */
  let go = () => {};
  const waits = new Promise((resolve) => (go = () => resolve(null)));
  await page.route("**/thumb/**-512.webp", async (route) => [await waits, await route.continue()]);
  await page.goto(`${address}/?open=${await idOf("car-red.jpg")}`);
  await page.locator(".picture-note", { hasText: "Loading…" }).waitFor();
  go();
  await page.locator(".picture-image").waitFor();
  await page.waitForFunction(() => document.querySelector(".picture-note")?.textContent === "");
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

// The address is the state: it can be shared, "back" works, and opening one writes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, serve, settled } from "../harness.js";

const { address } = await serve();
const READING = /\/api\/v1\/(search|layout|images|facets|map|plane|wider)$/;

test("opening an address writes nothing, whatever it says", async () => {
  const { page } = await browse();
  /** @type {string[]} */
  const wrote = [];
  page.on("request", (request) => {
    const isReading = request.method() === "GET" || (request.method() === "POST" && READING.test(request.url()));
    if (!isReading) wrote.push(`${request.method()} ${request.url()}`);
  });
  for (const path of [
    "/",
    "/?q=red+envelope&t=-1:grass&id=1:3&sort=date&cutoff=0.2&fold=0&open=3",
    "/?show=map&box=0,0,60,120",
    "/?show=plane&lasso=0,0;1,0;0,1",
    "/?q=gorilla&nearest=1",
    "/labels",
    "/labels?set=1&of=cup",
    "/duplicates",
    "/library",
  ]) {
    await page.goto(address + path);
    await page.waitForLoadState("networkidle");
  }
  assert.deepEqual(wrote, []);
});

test("a shared address shows what it did, in another browser", async () => {
  const { page } = await browse();
  await page.goto(address);
  await page.locator(".found", { hasText: "34 pictures" }).waitFor();
  await page.getByRole("searchbox").fill("a car");
  await page.keyboard.press("Enter");
  await page.locator(".found", { hasText: "weaker" }).waitFor();
  await page.getByLabel("Order").selectOption("date");
  await page.getByLabel("Stack copies").uncheck();
  await page.waitForURL(/fold=0/);
  await settled(page);
  await page.locator(".cell").nth(1).click();
  await page.waitForURL(/open=\d+/);
  await settled(page);
  const shared = page.url();
  const names = await page
    .locator(".cell")
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute("aria-label")));
  const other = await browse();
  await other.page.goto(shared);
  await other.page.getByRole("dialog").waitFor();
  await settled(other.page);
  assert.deepEqual(
    await other.page.locator(".cell").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("aria-label"))),
    names,
  );
  assert.equal(await other.page.getByLabel("Order").inputValue(), "date");
  assert.equal(await other.page.getByRole("searchbox").inputValue(), "a car");
});

test("back goes from the picture to where it was opened, and from view to view", async () => {
  const { page } = await browse();
  await page.goto(`${address}/?q=a+car`);
  await page.locator(".cell").nth(2).click();
  await page.getByRole("dialog").waitFor();
  const name = await page.locator(".cell").nth(2).getAttribute("aria-label");
  await page.goBack();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name, name);
  await page.getByRole("link", { name: "Duplicates" }).click();
  await page.waitForURL(/\/duplicates$/);
  await page.goBack();
  await page.waitForURL(/\?q=a\+car$/);
  await page.locator(".found", { hasText: "match" }).waitFor();
  assert.equal(await page.getByRole("searchbox").inputValue(), "a car");
});

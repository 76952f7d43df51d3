// Duplicates on a served library: found, shown side by side, paged, listed, and never deleted.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";

const COPIES = 26; // of other pictures each, so that there is a second page
const HOSTILE = "<img src=x onerror=globalThis.bad=1>.jpg";

const served = await serveCopies({
  prepare(pictures, run) {
    copyFileSync(join(pictures, "car-red.jpg"), join(pictures, HOSTILE));
    const names = readdirSync(pictures).filter((name) => /\.(jpg|webp|png)$/.test(name) && name !== HOSTILE);
    for (const name of names.slice(0, COPIES)) copyFileSync(join(pictures, name), join(pictures, `copy of ${name}`));
    run("index", pictures);
  },
});
const tab = await browse();

test("duplicates are looked for when asked, and shown side by side with what differs", async () => {
  const { page } = tab;
  await page.goto(`${served.address}/duplicates`);
  await page.getByText("Nobody has looked for duplicates yet.").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.getByRole("button", { name: "Find duplicates" }).press("Enter");
  await page.getByText(/groups, \d+ files spare/).waitFor();
  const group = page.getByRole("article").filter({ hasText: HOSTILE });
  await group.getByText("✓ best").waitFor();
  await group.getByText("spare", { exact: true }).first().waitFor();
  assert.equal(await group.locator(".differs", { hasText: "Name" }).count(), 1);
  assert.equal(await group.locator(".differs", { hasText: "Pixels" }).count(), 0);
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).bad), undefined);
  assert.deepEqual(await faults(page), []);
});

test("groups are paged, and walked through by keys", async () => {
  const { page } = tab;
  await page.getByText(/Groups 1–25 of/).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /^2\. /);
  await page.keyboard.press("k");
  assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /^1\. /);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("Escape");
  assert.match((await page.evaluate(() => document.activeElement?.textContent)) ?? "", /^1\. /);
  await page.keyboard.press("n");
  await page.getByText(/Groups 26–\d+ of/).waitFor();
  await page.keyboard.press("p");
  await page.getByText(/Groups 1–25 of/).waitFor();
});

test("a list of what is spare is exported, and every file is still there", async () => {
  const { page } = tab;
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "List of what is spare" }).press("Enter"),
  ]);
  const paths = readFileSync(await download.path(), "utf8")
    .split("\n")
    .filter(Boolean);
  assert.ok(paths.length >= COPIES, `${paths.length} are spare`);
  for (const path of paths) assert.ok(existsSync(path), path);
});

test("folders and exact files alone are a part of the address, and back undoes them", async () => {
  const { page } = tab;
  await page.getByRole("checkbox", { name: /byte for byte/ }).press("Space");
  await page.waitForURL(/exact=1/);
  await page.getByText(/groups, \d+ files spare/).waitFor();
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("exact"));
  assert.equal(await page.getByRole("checkbox", { name: /byte for byte/ }).isChecked(), false);
  const folder = page.getByRole("combobox", { name: "Folder" });
  await folder.focus();
  await page.waitForFunction(() => (document.querySelector("select")?.options.length ?? 0) > 1);
  await folder.selectOption({ index: 1 });
  await page.waitForURL(/in=/);
  await page.getByText(/groups, \d+ files spare/).waitFor();
});

test("that the library has changed is said, and the groups stay", async () => {
  const { page } = tab;
  const before = await page.getByRole("article").count();
  copyFileSync(join(served.pictures, "sofa.jpg"), join(served.pictures, "sofa again.jpg"));
  served.run("index", served.pictures);
  await page.getByText("The library has changed since: look again.").waitFor();
  assert.equal(await page.getByRole("article").count(), before);
});

test("a search that is lost with its server can be begun again", async () => {
  const { page } = await browse();
  let asked = 0;
  let isSeen = () => {};
  const seen = new Promise((resolve) => (isSeen = () => resolve(null)));
  await page.route("**/api/v1/duplicates/state", async (route) => {
    const answer = { state: "running", step: "Comparing", done: 1, of: 9, groups: 0, spare: 0, spare_bytes: 0 };
    asked += 1;
    if (asked > 2) return route.continue();
    if (asked === 2) {
      await seen;
      return route.abort();
    }
    return route.fulfill({ json: { ...answer, stale: false, error: null } });
  });
  await page.goto(`${served.address}/duplicates`);
  await page.getByText("Comparing: 1 of 9").waitFor();
  isSeen();
  await page.locator(".problem").waitFor();
  await page.getByRole("button", { name: "Find duplicates" }).press("Enter");
  await page.getByText(/groups, \d+ files spare/).waitFor();
});

test("a phone has room for it, dark and from right to left", async () => {
  const { page } = await browse({ viewport: { width: 360, height: 740 } });
  await page.goto(`${served.address}/duplicates?theme=dark&dir=rtl`);
  await page.getByRole("article").first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  assert.deepEqual(await faults(page), []);
});

test("nothing was complained of", () => assert.deepEqual(tab.complaints, []));

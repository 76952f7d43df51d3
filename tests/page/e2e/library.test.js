// The library's page on a served library: what is in it, a run that is watched, what could not be read, and actions.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";

const HOSTILE = "<script>globalThis.bad=1<.jpg";

const waits = mkdtempSync(join(tmpdir(), "clipsearch-page-"));
after(() => rmSync(waits, { recursive: true, force: true }));
const gate = join(waits, "gate"); // an index run of the page waits for this file once it has begun
const before = `
from pathlib import Path
from server.jobs import index_run
from tests.server.held_children import held_index
index_run.PROGRAM = held_index(Path(${JSON.stringify(gate)}))`;

const served = await serveCopies({ before });
const tab = await browse();

test("the library says what is in it, with its folders", async () => {
  const { page } = tab;
  await page.goto(`${served.address}/library`);
  await page.getByRole("heading", { name: "Library", exact: true }).waitFor();
  await page.locator(".facts dd", { hasText: /^34$/ }).first().waitFor();
  assert.match((await page.locator(".facts").textContent()) ?? "", /builtin/);
  assert.match((await page.locator(".facts").textContent()) ?? "", /clipsearch \d/);
  await page.getByRole("rowheader", { name: served.pictures }).waitFor();
  await page.getByText("Every file could be read.").waitFor();
  assert.deepEqual(await faults(page), []);
});

test("a run over known folders is started, watched by events while it is on, and what failed is said", async () => {
  const { page } = tab;
  cpSync(join(served.pictures, "car-red.jpg"), join(served.pictures, "another.jpg"));
  writeFileSync(join(served.pictures, HOSTILE), "no picture");
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByRole("button", { name: "Index now" }).press("Enter");
  await page.getByRole("button", { name: "Stop" }).waitFor();
  assert.deepEqual(await faults(page), []);
  writeFileSync(gate, "");
  await page.getByRole("button", { name: "Stop" }).waitFor({ state: "hidden" });
  assert.equal(asked.filter((url) => url.endsWith("/index/events")).length, 1);
  await page.locator(".facts dd", { hasText: /^35$/ }).first().waitFor();
  await page.getByRole("rowheader", { name: HOSTILE }).waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).bad), undefined);
  assert.deepEqual(await faults(page), []);
});

test("failures are filtered by what is typed", async () => {
  const { page } = tab;
  const field = page.getByRole("searchbox", { name: "Filter the failures" });
  await field.fill("nothing like that");
  await page.getByText("0 of 1 file fit.").waitFor();
  await field.fill("script");
  await page.getByText("1 of 1 file fit.").waitFor();
});

test("nothing is asked while the tab is hidden, and events end with it", async () => {
  const { page } = tab;
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  let count = 0;
  const listen = (/** @type {import("playwright-core").Request} */ request) => {
    count += Number(request.url().includes("/index"));
  };
  page.on("request", listen);
  await page.waitForTimeout(6000);
  assert.equal(count, 0);
  const asked = page.waitForRequest(/\/index/);
  await page.evaluate(() => {
    Reflect.deleteProperty(document, "hidden");
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await asked;
  page.off("request", listen);
});

test("an action is listed, and taken back after saying what would go", async () => {
  const { page } = tab;
  const target = join(served.library, "..", "linked");
  served.run("query", "car", "-k", "2", "--copy-to", target);
  await page.reload();
  const undo = page.getByRole("button", { name: /^Undo/ }).first();
  await undo.press("Enter");
  await page.getByRole("button", { name: "Take it back" }).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.getByRole("button", { name: "Take it back" }).press("Enter");
  await page.getByRole("button", { name: "Done" }).press("Enter");
  await page.getByText("undone").waitFor();
  rmSync(target, { recursive: true, force: true });
});

test("an action that goes on is shown with its progress, and can be stopped, whoever began it", async () => {
  const { page } = await browse();
  const job = { id: "0123456789ab", kind: "copy", state: "running", done: 3, total: 9, sentence: "Copying to /x" };
  let state = "running";
  const now = () => ({ ...job, state, result: null, error: null });
  await page.route("**/api/v1/jobs", (route) => route.fulfill({ json: { jobs: state === "running" ? [now()] : [] } }));
  await page.route(`**/api/v1/jobs/${job.id}`, (route) => route.fulfill({ json: now() }));
  await page.route(`**/api/v1/jobs/${job.id}/stop`, (route) => {
    state = "stopped";
    return route.fulfill({ json: now() });
  });
  await page.goto(`${served.address}/library`);
  const place = page.getByRole("region", { name: "What was done outside the library" });
  await place.getByText("3 of 9").waitFor();
  assert.deepEqual(await faults(page), []);
  await place.getByRole("button", { name: "Stop" }).press("Enter");
  await place.getByText("Copying to /x").waitFor({ state: "detached" });
});

test("what does not work as it should is said once, and the page goes on", async () => {
  const { page } = await browse();
  const trouble = "No small pictures can be kept, since the disk is full; free some room.";
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), trouble } });
  });
  await page.goto(`${served.address}/library`);
  await page.locator(".toast.error", { hasText: trouble }).waitFor();
  await page.locator(".facts dd", { hasText: "builtin" }).waitFor();
  await page.getByRole("button", { name: "Dismiss" }).press("Enter");
  const again = page.waitForResponse("**/api/v1/session");
  await again;
  assert.equal(await page.locator(".toast").count(), 0);
});

test("a library that is served read-only says why nothing can be started", async () => {
  const own = await serveCopies({ options: ["--read-only"] });
  const { page } = await browse({ viewport: { width: 360, height: 740 } });
  await page.goto(`${own.address}/library?theme=dark&dir=rtl`);
  await page.getByText("This library is served read-only").first().waitFor();
  await page.getByRole("rowheader", { name: own.pictures }).waitFor();
  const start = page.getByRole("button", { name: "Index now" });
  assert.equal(await start.isDisabled(), true);
  assert.match((await start.getAttribute("title")) ?? "", /read-only/);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  assert.deepEqual(await faults(page), []);
});

test("nothing was complained of", () => assert.deepEqual(tab.complaints, []));

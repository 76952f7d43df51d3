// Acting on all hits of a search: what would be done is said first, and what was done can be taken back.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";

const served = await serveCopies();
const { page, complaints } = await browse();
const work = join(served.library, "..");
const dialog = page.getByRole("dialog", { name: /^Act on/ });

/** Open the dialog for what matches cars. */
async function open() {
  await page.goto(`${served.address}/?q=car`);
  await page.getByRole("button", { name: /^Act on all/ }).press("Enter");
  await dialog.waitFor();
}

/** @param {string} name */
const choose = (name) => dialog.getByRole("radio", { name }).check();

/** @param {string} name */
const press = (name) => dialog.getByRole("button", { name, exact: true }).press("Enter");

/** Take back what was done, and wait until that is done. */
async function undo() {
  await press("Undo");
  await dialog.getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Done" }).waitFor();
}

test("copies are planned, made, and taken back", async () => {
  const target = join(work, "copies");
  await open();
  assert.deepEqual(await faults(page), []);
  await choose("Copy to a folder");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(target);
  await page.keyboard.press("Enter");
  await press("Copy to a folder");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  const made = readdirSync(target);
  assert.ok(made.includes("car-red.jpg") && made.includes("car-taxi.jpg"), String(made));
  assert.deepEqual(await faults(page), []);
  await undo();
  assert.equal(existsSync(join(target, "car-red.jpg")), false);
  await press("Done");
  await dialog.waitFor({ state: "detached" });
  const isBack = await page.evaluate(() => document.activeElement?.textContent?.startsWith("Act on all"));
  assert.equal(isBack, true, "the focus is where it was");
});

test("nothing is done before it is planned, and a bad target is refused in a sentence", async () => {
  const target = join(work, "links");
  await open();
  await choose("Link to a folder");
  const field = dialog.getByRole("textbox", { name: "Folder" });
  await field.fill("links/here");
  await page.keyboard.press("Enter");
  await dialog.locator(".problem").waitFor();
  complaints.length = 0; // the browser names the answer that was expected
  await field.fill(target);
  await dialog.locator(".problem").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await dialog.locator(".plan-sentence").waitFor();
  assert.equal(existsSync(target), false);
  await press("Link to a folder");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  assert.ok(existsSync(join(target, "car-red.jpg")));
  await page.keyboard.press("Escape");
});

test("the folder that was typed last is still there", async () => {
  await open();
  await choose("Copy to a folder");
  assert.equal(await dialog.getByRole("textbox", { name: "Folder" }).inputValue(), join(work, "copies"));
  await page.keyboard.press("Escape");
});

test("a contact sheet is written where it is asked for", async () => {
  const file = join(work, "cars.html");
  await open();
  await choose("Contact sheet");
  await dialog.getByRole("textbox", { name: "New HTML file" }).fill(file);
  await page.keyboard.press("Enter");
  await press("Contact sheet");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  assert.ok(existsSync(file));
  await page.keyboard.press("Escape");
});

test("paths are shown, copied and downloaded", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await open();
  await choose("Paths as text");
  await press("Show the paths");
  const shown = await dialog.getByRole("textbox", { name: "Paths" }).inputValue();
  assert.ok(shown.split("\n").includes(join(served.pictures, "car-red.jpg")), shown);
  assert.deepEqual(await faults(page), []);
  await press("Copy");
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), shown);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("link", { name: "Download" }).press("Enter"),
  ]);
  assert.equal(download.suggestedFilename(), "paths.txt");
  await page.keyboard.press("Escape");
});

test("all hits are labelled, also with a set that is made on the way, and taken back", async () => {
  await open();
  await choose("Label");
  await dialog.getByRole("textbox", { name: "Classes of the new set" }).fill("vehicle,furniture");
  await press("Make the set");
  await dialog.getByRole("combobox", { name: "Class" }).waitFor();
  await press("Show what would be done");
  await dialog.locator(".plan-sentence").waitFor();
  assert.deepEqual(await faults(page), []);
  await press("Label");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  const { sets } = await page.evaluate(() => fetch("/api/v1/label-sets").then((answer) => answer.json()));
  assert.ok(sets[0].corrected >= 4, JSON.stringify(sets[0]));
  await undo();
  const after = await page.evaluate(() => fetch("/api/v1/label-sets").then((answer) => answer.json()));
  assert.equal(after.sets[0].corrected, 0);
  await page.keyboard.press("Escape");
});

test("pictures that are selected one by one can be copied and listed, too: these and no others", async () => {
  const target = join(work, "two");
  await page.goto(`${served.address}/?q=car`);
  await page.getByText("4 match").first().waitFor();
  await page.locator(".cell").first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: /^Act on 2 selected/ }).press("Enter");
  await dialog.getByText("Act on 2 pictures").waitFor();
  await choose("Copy to a folder");
  await dialog.getByRole("textbox", { name: "Folder" }).fill(target);
  await page.keyboard.press("Enter");
  assert.match((await dialog.locator(".plan-sentence").textContent()) ?? "", /^Copy 2 pictures \(/);
  await press("Copy to a folder");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  assert.equal(readdirSync(target).filter((name) => name.startsWith("car-")).length, 2);
  await undo();
  assert.equal(existsSync(target), false);
  await page.keyboard.press("Escape");
});

test("only listing paths is left where the library is served read-only, on a phone, dark", async () => {
  const own = await serveCopies({ options: ["--read-only"] });
  const phone = await browse({ viewport: { width: 360, height: 740 } });
  await phone.page.goto(`${own.address}/?q=car&theme=dark&dir=rtl`);
  await phone.page.getByText("4 match").first().waitFor();
  await phone.page.getByRole("button", { name: "Options" }).press("Enter");
  await phone.page.getByRole("button", { name: /^Act on all/ }).press("Enter");
  const theirs = phone.page.getByRole("dialog", { name: /^Act on/ });
  await theirs.getByText(/served read-only/).waitFor();
  assert.equal(await theirs.getByRole("radio", { name: "Copy to a folder" }).isDisabled(), true);
  assert.equal(await phone.page.evaluate(() => document.documentElement.scrollWidth), 360);
  assert.deepEqual(await faults(phone.page), []);
  await theirs.getByRole("button", { name: "Show the paths" }).press("Enter");
  await theirs.getByRole("textbox", { name: "Paths" }).waitFor();
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

// The label bench on a served library with the built-in model, by keyboard: every point of it.

import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";

const served = await serveCopies();
const { page, complaints } = await browse();
const options = page.locator(".bench-tile");
const dialog = page.getByRole("dialog");

/** Wait for the count beside a group. @param {string} label @param {number} count */
const waitForCount = (label, count) =>
  page.locator(`[data-group="${label}"] .bar-value`, { hasText: new RegExp(`^${count}$`) }).waitFor();

/** Wait until there are so many of a kind. @param {string} what @param {number} count */
const number = (what, count) =>
  page.waitForFunction(
    ([selector, wanted]) => document.querySelectorAll(String(selector)).length === wanted,
    /** @type {const} */ ([what, count]),
  );

/** Return what the server knows of the newest set. */
const lastSet = () => page.evaluate(async () => (await (await fetch("/api/v1/label-sets")).json()).sets.at(-1));

/** Go to a picture in the grid by its name. @param {string} name */
async function goTo(name) {
  const option = page.getByRole("option", { name: new RegExp(`^${name}`) });
  await option.focus();
  return option;
}

/** Enter classes and have all pictures labelled. @param {string} classes */
async function label(classes) {
  await page.goto(`${served.address}/labels`);
  const field = page.getByRole("textbox", { name: /^Classes/ });
  await field.waitFor();
  await field.focus();
  await page.keyboard.type(classes);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForURL(/set=\d+/);
  await options.first().waitFor();
}

test("classes are typed, each a chip, and Enter labels every picture", async () => {
  await page.goto(`${served.address}/labels`);
  await page.getByText("There are none yet.").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.locator("input:focus").waitFor();
  await page.keyboard.type("cup,ca");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("ar");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("list", { name: "Classes" }).getByRole("listitem").count(), 2);
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("Enter");
  await page.waitForURL(/set=\d+/);
  await options.first().waitFor();
  for (const [label, count] of /** @type {[string, number][]} */ ([
    ["", 34],
    ["cup", 3],
    ["car", 4],
    ["other", 27],
  ]))
    await waitForCount(label, count);
  assert.deepEqual(await faults(page), []);
});

test("the least certain come first, with probabilities", async () => {
  const shown = await page.locator(".tile-sure").allTextContents();
  assert.match(shown[0], /^\d+%$/);
  await page.getByRole("option", { name: /car-taxi\.jpg: car \d+%/ }).waitFor();
});

test("a key gives a class at once, without anything being loaded anew, and the next one comes by itself", async () => {
  await goTo("car-taxi.jpg");
  await page.evaluate(() => Object.assign(document.activeElement ?? {}, { isSame: true }));
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.keyboard.press("0");
  const said = page.getByRole("option", { name: /car-taxi\.jpg: other ✓ you certain: you said so/ });
  assert.equal(await said.evaluate((tile) => /** @type {any} */ (tile).isSame), true, "the tile is the same");
  assert.equal(await said.evaluate((tile) => document.activeElement === tile), false, "the next one has the focus");
  await waitForCount("car", 3);
  await waitForCount("other", 28);
  await page.getByText(/right on 0 of 1 that you looked at: \d+–\d+%/).waitFor();
  await page.getByText("1 picture by a person").waitFor();
  assert.equal(await page.getByRole("button", { name: "Keep" }).count(), 0, "a set with a person's word is no draft");
  const writes = asked.filter((line) => !line.includes("/thumb/") && !line.endsWith("/session"));
  assert.equal(writes.length, 1);
  assert.match(writes[0], /^POST .*\/corrections$/);
  page.removeAllListeners("request");
  assert.equal((await lastSet()).corrected, 1);
});

test("u takes it back, also after the page was loaded anew", async () => {
  await page.keyboard.press("u");
  await page.getByRole("option", { name: /car-taxi\.jpg: car \d+%/ }).waitFor();
  await waitForCount("car", 4);
  await page.getByText("Nothing looked at yet.").waitFor();
  await goTo("car-taxi.jpg");
  await page.keyboard.press("1");
  await waitForCount("cup", 4);
  await page.getByText(/right on 0 of 1/).waitFor();
  await page.reload();
  await page.getByRole("option", { name: /car-taxi\.jpg: cup ✓ \S+ certain: .+ said so/ }).waitFor();
  await options.first().focus();
  await page.keyboard.press("u");
  await page.getByRole("option", { name: /car-taxi\.jpg: car \d+%/ }).waitFor();
});

test("ranges are chosen by Shift, with arrows and clicks, and get a class together", async () => {
  await options.nth(2).focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await number('[aria-selected="true"]', 3);
  await page.keyboard.press("2");
  await number(".bench-tile.said", 3);
  await page.getByText(/of 3 that you looked at/).waitFor();
  await page.keyboard.press("u");
  await page.getByText("Nothing looked at yet.").waitFor();
  await options.nth(1).click();
  await options.nth(4).click({ modifiers: ["Shift"] });
  await number('[aria-selected="true"]', 4);
  await page.keyboard.press("ArrowLeft");
  await number('[aria-selected="true"]', 0);
});

test("what could not be stored is taken back and said", async () => {
  await page.route("**/corrections", (route) => route.abort());
  await goTo("car-taxi.jpg");
  await page.keyboard.press("1");
  await page
    .getByText(/Not stored, so taken back/)
    .first()
    .waitFor();
  await page.getByRole("option", { name: /car-taxi\.jpg: car \d+%/ }).waitFor();
  await waitForCount("car", 4);
  await page.unroute("**/corrections");
  complaints.length = 0; // the browser says that there was no answer
});

test("a group is shown alone, is a part of the address, and back undoes it", async () => {
  await page.locator('[data-group="cup"]').press("Enter");
  await page.waitForURL(/of=cup/);
  await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 3);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 34);
});

test("one picture at a time: large, with its neighbours, and the next uncertain one comes by itself", async () => {
  await page.keyboard.press("s");
  const stage = page.locator(".stage");
  await stage.waitFor();
  assert.equal(await stage.evaluate((element) => document.activeElement === element), true);
  const name = () => page.locator(".stage figcaption").textContent();
  const shows = (/** @type {string | null} */ wanted) =>
    page.waitForFunction((text) => document.querySelector(".stage figcaption")?.textContent === text, wanted);
  const first = await name();
  assert.ok((await page.locator(".stage .bar").count()) >= 2, "what the model thinks of several classes");
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((text) => document.querySelector(".stage figcaption")?.textContent !== text, first);
  const second = await name();
  await page.keyboard.press("ArrowLeft");
  await shows(first);
  await page.keyboard.press("Enter"); // says that the model is right
  await shows(second);
  await page.getByText(/right on 1 of 1 that/).waitFor();
  await page.keyboard.press("0");
  await page.keyboard.press("u");
  await shows(second); // undo goes back to it
  await page.keyboard.press("u");
  await shows(first);
  await page.getByText("Nothing looked at yet.").waitFor();
  await page.getByRole("combobox", { name: "Pictures" }).selectOption("yes");
  await page.getByText("No picture is left").waitFor();
  await page.goBack();
  await page.locator(".stage figcaption", { hasText: first ?? "" }).waitFor(); // and not the word that there is none
  await page.locator(".stage").focus();
  await page.keyboard.press("s");
});

test("what was said outlives the server being killed at that moment", async () => {
  await goTo("car-taxi.jpg");
  await page.keyboard.press("0");
  await page.getByText(/right on 0 of 1 that/).waitFor();
  await goTo("cup-white.jpg");
  await Promise.all([page.keyboard.press("1"), served.kill()]);
  const isStored = await Promise.race([
    page
      .getByText(/of 2 that you looked at/)
      .waitFor()
      .then(
        () => true,
        () => false,
      ),
    page
      .getByText(/Not stored, so taken back/)
      .first()
      .waitFor()
      .then(
        () => false,
        () => true,
      ),
  ]);
  await served.again();
  await page.reload();
  await page.getByRole("option", { name: /car-taxi\.jpg: other ✓/ }).waitFor();
  const { corrected } = await lastSet();
  assert.ok(isStored ? corrected === 2 : corrected >= 1, `${corrected} are stored, ${isStored}`);
  for (let left = corrected; left > 0; left -= 1) {
    await options.first().focus();
    await page.keyboard.press("u");
    await page.waitForFunction(
      async (wanted) => (await (await fetch("/api/v1/label-sets")).json()).sets.at(-1).corrected === wanted,
      left - 1,
    );
  }
  await page.waitForFunction(() => !document.querySelector(".bench-tile.said")); // the pictures are loaded anew
  complaints.length = 0;
});

test("a change of the library leaves the focus and the pictures where they are", async () => {
  const tool = page.getByRole("button", { name: "Rename…" });
  await tool.focus();
  await options.first().evaluate((tile) => Object.assign(tile, { isSame: true }));
  const answered = page.waitForResponse((answer) => /label-sets\/\d+$/.test(answer.url()));
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("library-changed")));
  await answered;
  await page.waitForTimeout(200);
  assert.equal(await tool.evaluate((button) => document.activeElement === button), true);
  assert.equal(await options.first().evaluate((tile) => /** @type {any} */ (tile).isSame), true);
  await options.first().focus();
});

test("another tab shows what is said in this one, without being loaded again", async () => {
  const other = await page.context().newPage();
  other.setDefaultTimeout(60_000);
  await other.goto(page.url());
  const first = other.getByRole("listbox").getByRole("option").first();
  await first.evaluate((tile) => Object.assign(tile, { isSame: true }));
  const name = (await options.first().textContent())?.split(":")[0];
  await page.bringToFront();
  await options.first().focus();
  await page.keyboard.press("0");
  await other.getByRole("option", { name: new RegExp(`^${name}: other ✓`) }).waitFor();
  await other.getByText(/of 1 that you looked at/).waitFor();
  assert.equal(await first.evaluate((tile) => /** @type {any} */ (tile).isSame), true);
  await page.keyboard.press("u");
  await other.waitForFunction(() => !document.querySelector(".bench-tile.said"));
  await other.close();
});

test("on a phone the accuracy stands above the pictures; mirrored, words begin at the right", async () => {
  const phone = await browse({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await phone.page.goto(`${page.url()}&dir=rtl`);
  await phone.page.locator(".bench-tile").first().waitFor();
  const tops = await phone.page.evaluate(() =>
    [".accuracy", ".bench-pictures"].map((place) => document.querySelector(place)?.getBoundingClientRect().top ?? 0),
  );
  assert.ok(tops[0] < tops[1], String(tops));
  const words = phone.page.locator(".accuracy-words");
  await words.filter({ hasText: /./ }).waitFor();
  assert.equal(await words.evaluate((place) => getComputedStyle(place).textAlign), "right");
  assert.deepEqual(phone.complaints, []);
});

test("sidecars are planned, written beside the pictures, and taken back", async () => {
  await page.keyboard.press("e");
  await dialog.getByRole("button", { name: /^Write \d+ sidecars/ }).waitFor();
  assert.deepEqual(await faults(page), []);
  const sidecars = () => readdirSync(served.pictures).filter((name) => name.endsWith(".xmp"));
  assert.deepEqual(sidecars(), []);
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Undo" }).waitFor();
  assert.ok(sidecars().includes("car-red.jpg.xmp"), String(sidecars()));
  assert.match(readFileSync(join(served.pictures, "car-red.jpg.xmp"), "utf8"), />car</);
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
  await dialog.getByRole("button", { name: "Done" }).waitFor();
  assert.deepEqual(sidecars(), []);
  assert.ok(existsSync(join(served.pictures, "car-red.jpg")));
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
});

test("the model is re-calibrated and learns from what was corrected, each said in words", async () => {
  await label("fruit=a fruit,furniture=furniture");
  for (const [key, names] of /** @type {[string, string[]][]} */ ([
    ["1", ["apple-green", "bananas", "lemons", "oranges", "strawberries"]],
    ["2", ["bookcase", "four-poster-bed", "sofa", "park-bench", "teapot", "umbrella"]], // the last two are none
    ["0", ["guitar", "padlock", "keyboard"]],
  ]))
    for (const name of names) {
      await goTo(name);
      await page.keyboard.press(key);
    }
  await page.getByText(/of 14 that you looked at/).waitFor();
  await page.getByText(/probabilities are off by/).waitFor();
  await page.getByRole("button", { name: "Table for each class" }).press("Enter");
  await dialog.getByRole("row", { name: /^fruit 5/ }).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Learn from what I corrected" }).press("Enter");
  await dialog.getByText(/held-out|too few/).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Re-calibrate" }).press("Enter");
  await dialog.getByText(/temperature \d.*→/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText(/of 14 that you looked at/).waitFor();
});

test("a set is renamed, and removed after saying whose labels go", async () => {
  await page.getByRole("button", { name: "Rename…" }).press("Enter");
  await dialog.getByRole("textbox", { name: "Name" }).fill("<script>globalThis.bad=1</script> فاكهة");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /<script>/ }).waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).bad), undefined);
  await page.getByRole("button", { name: "Remove…" }).press("Enter");
  await dialog.getByText("14 labels that a person gave go with it").waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  assert.match((await lastSet()).name, /script/, "Enter alone removes nothing");
  await page.getByRole("button", { name: "Remove…" }).press("Enter");
  await dialog.getByRole("button", { name: "Remove", exact: true }).press("Enter");
  await page.waitForURL((url) => !url.search.includes("set="));
  assert.doesNotMatch((await lastSet()).name, /script/);
});

test("prompts, examples, a ready list, several labels: each is asked of the server", async () => {
  await page.goto(`${served.address}/labels`);
  await page.locator(".set-list li").first().waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("crane,mine,");
  await page.getByRole("button", { name: "mine", exact: true }).press("Enter");
  await page.getByRole("textbox", { name: "Prompts" }).fill("a red sports car\na toy");
  await page.getByText("Examples: show").press("Enter");
  const field = page.getByRole("searchbox", { name: "Search for examples" });
  await field.fill("car");
  await field.press("Enter");
  const strip = page.getByRole("list", { name: "Pictures to choose from" });
  await strip.getByRole("button", { name: "car-red.jpg" }).press("Enter");
  assert.equal(await strip.getByRole("button", { name: "car-red.jpg" }).getAttribute("aria-pressed"), "true");
  assert.deepEqual(await faults(page), []);
  await page.getByText("More: ready lists").press("Enter");
  await page.getByRole("checkbox", { name: /several labels/ }).check();
  await page.getByRole("textbox", { name: "Name" }).fill("my set");
  const request = page.waitForRequest((asked) => asked.method() === "POST" && asked.url().endsWith("/label-sets/jobs"));
  await page.getByRole("button", { name: "Label the pictures" }).press("Enter");
  const body = (await request).postDataJSON();
  assert.deepEqual(body.classes[1].prompts, ["a red sports car", "a toy"]);
  assert.equal(body.classes[1].examples.length, 1);
  assert.deepEqual([body.multi, body.name], [true, "my set"]);
  await options.first().waitFor();
});

test("where a picture may have several labels, keys add and take away, and Enter says so", async () => {
  await page.keyboard.press("s");
  await page.locator(".stage").waitFor();
  const name = (await page.locator(".stage figcaption").textContent()) ?? "";
  await page.keyboard.press("0");
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  assert.equal(await page.locator('[data-label="crane"]').getAttribute("aria-pressed"), "true");
  await page.keyboard.press("Enter");
  await page.getByText(/of 1 that you looked at/).waitFor();
  await page.keyboard.press("s");
  await page.getByRole("option", { name: new RegExp(`^${name}: crane, mine ✓`) }).waitFor();
});

test("a set may be of one folder alone", async () => {
  const more = join(served.pictures, "apart");
  mkdirSync(more);
  copyFileSync(join(served.pictures, "car-red.jpg"), join(more, "apart.jpg"));
  served.run("index", served.pictures);
  await page.goto(`${served.address}/labels`);
  await page
    .getByRole("combobox", { name: "Folder" })
    .locator("option", { hasText: "apart" })
    .waitFor({ state: "attached" });
  await page.getByRole("combobox", { name: "Folder" }).selectOption({ label: "\u2003apart" });
  await page.getByRole("textbox", { name: /^Classes/ }).fill("boat,car,house");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForURL(/set=\d+/);
  await options.first().waitFor();
  assert.equal((await lastSet()).judged, 1);
  rmSync(more, { recursive: true });
  served.run("index", served.pictures);
});

test("pictures that are new in the library get labels of a set that is there", async () => {
  await label("cup,car,dog");
  assert.equal(await page.getByRole("button", { name: /^Label .* more/ }).count(), 0);
  const { id, judged } = await lastSet();
  const more = join(served.pictures, "more");
  mkdirSync(more);
  copyFileSync(join(served.pictures, "car-red.jpg"), join(more, "later.jpg"));
  served.run("index", served.pictures);
  await page.goto(`${served.address}/labels?set=${id}`);
  await options.first().waitFor();
  await page.getByRole("button", { name: "Label 1 more picture" }).press("Enter");
  await page.getByText("1 picture labelled.").first().waitFor();
  await page.locator('[data-group=""] .bar-value', { hasText: String(judged + 1) }).waitFor();
  await page.getByRole("option", { name: /^later\.jpg/ }).waitFor();
  rmSync(more, { recursive: true });
  served.run("index", served.pictures);
});

test("a set that another tab has removed is left, and that is said", async () => {
  await label("cup,gone");
  const { id } = await lastSet();
  served.run("labels", "remove", "cup,gone", "--yes");
  await page.evaluate(() => document.dispatchEvent(new CustomEvent("library-changed")));
  await page.getByText("This label set is not there any more").first().waitFor();
  await page.getByRole("heading", { name: "New label set" }).waitFor();
  assert.doesNotMatch(page.url(), new RegExp(`set=${id}`));
  complaints.length = 0; // the answer that it is gone
});

test("labelling shows how far it is, also when the page is loaded again, and is stopped", async () => {
  await page.goto(`${served.address}/labels`);
  await page.locator(".set-list li").first().waitFor();
  const before = await page.locator(".set-list li").count();
  await page.getByText("More: ready lists").press("Enter");
  const presets = page.getByRole("combobox", { name: "Ready list" });
  await page.waitForFunction(() => document.querySelectorAll("#preset option").length > 1);
  await presets.selectOption("imagenet"); // a thousand classes, whose texts take a while
  await page.getByRole("button", { name: "Label the pictures" }).press("Enter");
  const stop = page.getByRole("button", { name: "Stop" });
  await stop.waitFor();
  await page.reload();
  await stop.waitFor();
  assert.deepEqual(await faults(page), []);
  await stop.press("Enter");
  await page.getByText("Stopped; no label was stored.").waitFor();
  assert.equal(await page.locator(".set-list li").count(), before);
});

test("more than nine classes have letters, and all of them can be chosen by name", async () => {
  await page.goto(`${served.address}/labels`);
  await page.getByText("More: ready lists").press("Enter");
  const presets = page.getByRole("combobox", { name: "Ready list" });
  await page.waitForFunction(() => document.querySelectorAll("#preset option").length > 1);
  await presets.selectOption("photo-basics");
  await page.getByRole("button", { name: "Label the pictures" }).press("Enter");
  await options.first().waitFor();
  await options.first().focus();
  await page.keyboard.press("p");
  await dialog.getByRole("searchbox").waitFor();
  await page.keyboard.type("buil");
  assert.deepEqual(await faults(page), []);
  const chosen = (await dialog.getByRole("listitem").first().textContent()) ?? "";
  await page.keyboard.press("Enter");
  await page.locator(".bench-tile.said", { hasText: chosen }).waitFor();
});

test("what helps on held-out corrections is offered, and taken", async () => {
  await page.goto(`${served.address}/labels`);
  await page.locator(".set-list li").first().waitFor();
  await page.keyboard.press("n");
  await page.keyboard.type("qwx,vbn,zxc,"); // no word says what these are
  await page.getByText("More: ready lists").press("Enter");
  await page.getByRole("combobox", { name: /^“other”/ }).selectOption("no");
  await page.getByRole("button", { name: "Label the pictures" }).press("Enter");
  await options.first().waitFor();
  const meant = ["apple-green bananas lemons oranges strawberries", "car-blue car-jeep car-red car-taxi"];
  for (const [place, names] of [...meant, "bookcase four-poster-bed sofa park-bench"].entries())
    for (const name of names.split(" ")) {
      await goTo(name);
      await page.keyboard.press(String(place + 1));
    }
  await page.getByText(/of 13 that you looked at/).waitFor();
  await page.getByRole("button", { name: "Learn from what I corrected" }).press("Enter");
  await dialog.getByText(/held-out corrections \(13\): \d+% right → \d+%\. Learning from them helps/).waitFor();
  await dialog.getByRole("button", { name: "Take it" }).press("Enter");
  await page
    .getByText(/^Learned:/)
    .first()
    .waitFor();
  const { classes } = await lastSet();
  assert.ok(
    classes.some((/** @type {any} */ row) => row.learnt > 0),
    JSON.stringify(classes),
  );
  await page.getByRole("option", { name: /^car-red\.jpg: vbn ✓/ }).waitFor();
});

test("a library that is served read-only says why nothing can be said; a phone has room, dark, right to left", async () => {
  served.run("label", "--classes", "cup,كوب", "--name", "<img src=x onerror=globalThis.bad=1>");
  const { page: phone } = await browse({ viewport: { width: 360, height: 740 } });
  const id = (await lastSet()).id;
  for (const address of ["/labels", `/labels?set=${id}`, `/labels?set=${id}&look=one`]) {
    await phone.goto(`${served.address}${address}${address.includes("?") ? "&" : "?"}theme=dark&dir=rtl`);
    await phone.locator(".set-list li, .bench-tile, .stage .bar").first().waitFor();
    assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth), 360, address);
    assert.equal(await phone.evaluate(() => document.scrollingElement?.scrollTop), 0, `${address} begins at its top`);
    assert.deepEqual(await faults(phone), []);
  }
  assert.equal(await phone.evaluate(() => /** @type {any} */ (globalThis).bad), undefined);
  await served.kill();
  await served.again("--read-only");
  await phone.goto(`${served.address}/labels?set=${id}`);
  await phone.getByText("This library is served read-only").first().waitFor();
  await phone.locator(".bench-tile").first().focus();
  await phone.keyboard.press("1");
  assert.equal(await phone.locator(".bench-tile.said").count(), 0);
  assert.equal(await phone.getByRole("button", { name: "Remove…" }).isDisabled(), true);
  await phone.getByRole("button", { name: "Export to XMP…" }).press("Enter");
  await phone.getByText(/sidecars? would be new/).waitFor(); // what would be written is told all the same
  assert.equal(await phone.getByRole("button", { name: /^Write/ }).isDisabled(), true);
  complaints.length = 0; // of the first page, while the server was away
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

// Searching, on the served sample library with the built-in model.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { browse, serve } from "../harness.js";

const { address } = await serve();
const { page, complaints } = await browse();

/** Wait for the answer of a search. @param {string | RegExp} said */
const found = (said) => page.locator("result-controls .found", { hasText: said }).waitFor();
/** What the pictures in sight are called, in order. */
const names = () =>
  page.locator(".cell").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("aria-label") ?? ""));
const query = () => decodeURIComponent(new URL(page.url()).search);

test("words find what they say, first, above a divider", async () => {
  await page.goto(address);
  await found("34 pictures");
  await page.getByRole("searchbox").fill("red  envelope");
  await page.keyboard.press("Enter");
  await found(/^1 match · 33 weaker$/);
  assert.equal(query(), "?q=red+envelope");
  const [first, second] = await names();
  assert.match(first, /^red-envelope\.jpg, 22 January 2023, 10:15, .*score 0\.\d{3}$/);
  assert.match(second, /, weaker$/);
  const divider = page.getByRole("heading", { name: "33 weaker, below the cut-off" });
  const [line, match, weaker] = await Promise.all(
    [divider, page.locator(".cell").first(), page.locator(".cell.weaker").first()].map((part) => part.boundingBox()),
  );
  assert.ok(line && match && weaker && match.y + match.height <= line.y && line.y + line.height <= weaker.y + 1);
});

test("a known text answers while one types, without Enter, and back leads to before it", async () => {
  await page.goto(`${address}/?q=red+envelope`);
  await found(/^1 match/);
  await page.goto(address);
  await found("34 pictures");
  const asked = page.waitForRequest((request) => request.url().includes("/known?q=red"));
  await page.getByRole("searchbox").pressSequentially("red envelope", { delay: 30 });
  await asked;
  await found(/^1 match/);
  await page.getByRole("searchbox").press("End");
  await page.goBack();
  await found("34 pictures");
});

test("a new text is searched for when the typing rests, and one that is being typed is not", async () => {
  const { page: own } = await browse();
  await own.clock.install();
  await own.goto(address);
  await own.locator("result-controls .found", { hasText: "34 pictures" }).waitFor();
  /** @type {string[]} */
  const asked = [];
  own.on(
    "request",
    (request) => request.url().endsWith("/search") && asked.push(request.postDataJSON().terms[0]?.text),
  );
  await own.route("**/known?*", (route) => route.fulfill({ json: { known: false } }));
  await own.clock.pauseAt(Date.now() + 60_000); // so that no key comes late, however busy the machine is
  await own.getByRole("searchbox").pressSequentially("a blue mug");
  await own.clock.resume();
  await own.locator("result-controls .found", { hasText: /match/ }).waitFor();
  assert.deepEqual(asked, ["a blue mug"]);
  await own.waitForFunction(() =>
    document.querySelector(".cell")?.getAttribute("aria-label")?.startsWith("mug-blue.png"),
  );
});

test("a search that is overtaken is given up", async () => {
  await page.goto(address);
  await found("34 pictures");
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(null);
  });
  await page.route("**/api/v1/search", async (route) => {
    if (route.request().postDataJSON().terms[0]?.text === "slow one") await held;
    await route.continue().catch(() => {});
  });
  const failed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/search"));
  const isAsked = page.waitForRequest(
    (request) => request.url().endsWith("/search") && request.postDataJSON().terms[0]?.text === "slow one",
  );
  await page.getByRole("searchbox").fill("slow one");
  await page.keyboard.press("Enter");
  await isAsked;
  await page.getByRole("searchbox").fill("lemons");
  await page.keyboard.press("Enter");
  await failed;
  await page.waitForFunction(() =>
    document.querySelector(".cell")?.getAttribute("aria-label")?.startsWith("lemons.webp"),
  );
  release();
  await page.unroute("**/api/v1/search");
  await page.waitForTimeout(200);
  assert.match((await names())[0], /^lemons\.webp/);
});

test("no match is said plainly, with the nearest on request", async () => {
  await page.goto(`${address}/?q=gorilla`);
  const message = page.locator(".message");
  await message.getByText("No match for “gorilla” among 34 pictures.").waitFor();
  assert.equal(await page.locator(".cell:visible").count(), 0);
  await message.getByRole("button", { name: "Show the nearest" }).click();
  await page.getByRole("heading", { name: "None matches; the 34 nearest" }).waitFor();
  assert.match((await names())[0], /, weaker$/);
  assert.match(query(), /nearest=1/);
});

test("where nothing matches, a wider text that pictures match is offered", async () => {
  await page.goto(`${address}/?q=violin`);
  const wider = page.getByRole("button", { name: /^Search for “.+” instead: \d+ match$/ });
  await wider.click();
  await found(/^\d+ match/);
  assert.doesNotMatch(query(), /violin/);
});

test("what no filter lets pass is said, and the filters can be taken off", async () => {
  await page.goto(`${address}/?q=cup&after=2030`);
  await page.getByText("No picture passes these filters.").waitFor();
  await page.getByRole("button", { name: "Take the filters off" }).click();
  await found(/match/);
  assert.equal(query(), "?q=cup");
});

test("an error is told in its place, and asked again it goes on", async () => {
  await page.goto(`${address}/?q=cup&after=not+a+date`);
  await page.getByRole("alert").filter({ hasText: "not a date" }).waitFor();
  await page.getByRole("button", { name: "Remove From not a date on" }).click();
  await found(/match/);
  assert.ok(complaints.every((line) => /400/.test(line)));
  complaints.length = 0;
});

test("more like this and less like this, by mouse and by key, are chips with weights", async () => {
  await page.goto(`${address}/?q=a+cup`);
  await found(/match/);
  const first = (await names())[0].split(",")[0];
  await page.locator(".cell").first().hover();
  await page.locator(".cell").first().locator(".more").click();
  await page.locator(".chip", { hasText: `like ${first}` }).waitFor();
  assert.match(query(), /id=1:\d+/);
  await page.locator(".cell").nth(2).focus();
  // What is found with the first chip may come at any moment, and bring another picture to this place.
  await page.evaluate(() => {
    const note = () => {
      document.body.dataset.pressedOn = document.activeElement?.getAttribute("aria-label") ?? "";
    };
    addEventListener("keydown", note, { capture: true, once: true });
  });
  await page.keyboard.press("-");
  const minus = page.locator(".chip.minus");
  await minus.waitFor();
  const pressedOn = await page.evaluate(() => document.body.dataset.pressedOn ?? "");
  assert.ok((await minus.textContent())?.includes(pressedOn.split(",")[0]), pressedOn);
  assert.match(((await minus.textContent()) ?? "").replace(/\s+/g, " "), /^not/);
  assert.ok(await minus.getByRole("button", { name: /^Not wanted: / }).isVisible());
});

test("weights are changed by keys, and change the order", async () => {
  await page.goto(`${address}/?q=a+cup&t=1:a+red+car`);
  await found(/match/);
  const weight = page.getByRole("spinbutton", { name: "Weight of a red car" });
  const before = await names();
  await weight.fill("5");
  await page.waitForURL(/t=5/);
  await page.waitForFunction(
    (first) => document.querySelector(".cell")?.getAttribute("aria-label") !== first,
    before[0],
  );
  assert.match((await names())[0], /^car-red\.jpg/);
  await weight.press("ArrowUp");
  await page.waitForURL(/t=5\.1/);
  assert.ok(await weight.evaluate((input) => input === document.activeElement));
});

test("chips go, and what is not wanted becomes wanted", async () => {
  await page.goto(`${address}/?q=a+cup&t=-0.5:coffee&type=jpg`);
  await found(/match/);
  await page.getByRole("button", { name: /^Not wanted: coffee/ }).click();
  await page.waitForURL(/t=0\.5/);
  await page.getByRole("button", { name: "Remove coffee" }).click();
  await page.getByRole("button", { name: "Remove Type: jpg" }).click();
  await page.waitForFunction(() => location.search === "?q=a+cup");
  await page.waitForFunction(() => document.activeElement?.className === "remove");
  await page.keyboard.press("Enter");
  await found("34 pictures");
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "q");
});

test("a text that should not be there is typed into the same field", async () => {
  await page.goto(`${address}/?q=a+cup`);
  await found(/match/);
  await page.getByRole("button", { name: "But not" }).click();
  await page.keyboard.type("coffee");
  await page.keyboard.press("Enter");
  await page.locator(".chip.minus", { hasText: "coffee" }).waitFor();
  assert.equal(query(), "?q=a+cup&t=-1:coffee");
});

test("quoted parts are looked for in names", async () => {
  await page.goto(`${address}/?q=a+cup+%22espresso%22`);
  await found(/^1 match$/);
  assert.match((await names())[0], /^espresso\.jpg/);
});

test("date order comes after the cut-off", async () => {
  await page.goto(`${address}/?q=a+car`);
  await found(/match/);
  const matching = Number.parseInt((await page.locator(".found").textContent()) ?? "", 10);
  await page.getByLabel("Order").selectOption("date");
  await page.waitForURL(/sort=date/);
  await page.waitForFunction(() =>
    document.querySelector(".cell")?.getAttribute("aria-label")?.startsWith("car-red.jpg, 18 May 2024"),
  );
  const shown = await names();
  assert.ok(shown.slice(0, matching).every((name) => name.startsWith("car-")));
  assert.ok(shown.slice(matching).every((name) => name.endsWith("weaker")));
  assert.match(shown[1], /^car-taxi\.jpg, 7 October 2023/);
});

test("the cut-off is none, automatic, or a score that is moved", async () => {
  await page.goto(`${address}/?q=a+car`);
  await found(/weaker/);
  await page.getByLabel("Cut-off", { exact: true }).selectOption("none");
  await found(/^34 match$/);
  await page.getByLabel("Cut-off", { exact: true }).selectOption("score");
  const slider = page.getByRole("slider", { name: "Lowest score that matches" });
  await slider.waitFor();
  await page.waitForURL(/cutoff=-?0\.\d+/);
  await slider.evaluate((input) => {
    /** @type {HTMLInputElement} */ (input).value = /** @type {HTMLInputElement} */ (input).max;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.getByText("No match for “a car”").waitFor();
});

test("a picture is dropped on the page, and one pasted", async () => {
  const bytes = [...readFileSync("sample_images/car-red.jpg")];
  for (const [kind, holder] of /** @type {const} */ ([
    ["drop", "dataTransfer"],
    ["paste", "clipboardData"],
  ])) {
    await page.goto(address);
    await found("34 pictures");
    await page.evaluate(
      ([bytes, kind, holder]) => {
        const data = new DataTransfer();
        data.items.add(
          new File([Uint8Array.from(/** @type {number[]} */ (bytes))], "mine.jpg", { type: "image/jpeg" }),
        );
        const event = kind === "drop" ? DragEvent : ClipboardEvent;
        document.body.dispatchEvent(
          new event(/** @type {string} */ (kind), {
            bubbles: true,
            cancelable: true,
            [/** @type {string} */ (holder)]: data,
          }),
        );
      },
      /** @type {const} */ ([bytes, kind, holder]),
    );
    const chip = page.locator(".chip", { hasText: "like your picture" });
    await chip.waitFor();
    assert.ok(await chip.locator("img").evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth > 0));
    await found(/match/);
    assert.match((await names())[0], /^car-red\.jpg/);
    assert.match(query(), /up=1:/);
  }
});

test("what is not a picture is refused in a sentence", async () => {
  await page.goto(address);
  await found("34 pictures");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Search by a picture" }).click();
  await (await chooser).setFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("not a picture") });
  await page.locator(".toast.error", { hasText: "notes.txt: " }).waitFor();
  complaints.splice(0, complaints.length, ...complaints.filter((line) => !/422|415/.test(line)));
});

test("before all are counted hits are shown, and no number; all controls stand in one line", async () => {
  /** @type {() => void} */
  let layOut = () => {};
  const waits = new Promise((resolve) => (layOut = () => resolve(null)));
  await page.route("**/layout", async (route) => [await waits, await route.continue()]);
  await page.route("**/search", async (route) => {
    const answer = await (await route.fetch()).json();
    await route.fulfill({ json: { ...answer, counted: false } });
  });
  await page.goto(`${address}/?q=a+cup`);
  await found("Counting what matches…");
  await page.locator(".cell.weaker").first().waitFor();
  assert.equal(await page.getByRole("heading", { name: "Weaker, below the cut-off", exact: true }).count(), 1);
  assert.equal(await page.locator(".act-all:visible").count(), 0);
  layOut();
  await found(/^2 match · 32 weaker$/);
  await page.locator(".act-all:visible").waitFor();
  await page.unroute("**/layout");
  await page.unroute("**/search");
  const controls = [".found", ".switch", ".options select", ".act-all"].map((part) =>
    page.locator(`result-controls ${part}`).first().boundingBox(),
  );
  const middles = (await Promise.all(controls)).map((box) => (box ? box.y + box.height / 2 : Number.NaN));
  assert.ok(Math.max(...middles) - Math.min(...middles) < 4, `${middles}`);
  await page.getByRole("button", { name: "Act on all 2 matches…" }).waitFor();
  await page.getByRole("button", { name: "Map", exact: true }).waitFor();
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

// The facets: what was found, counted by kind; each count is a filter. On the served sample library.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browse, faults, serveCopies } from "../harness.js";
import { HOSTILE, prepare } from "../prepared.js";

const MANY = "car,cup,lamp,boat,tree,shoe,bread,clock,fruit,guitar,lock,tower,ball,book";
const { address } = await serveCopies({
  prepare: (pictures, run) => {
    prepare(pictures, run);
    run("label", "--classes", MANY, "--name", "many");
  },
});
const { page, complaints } = await browse();
const panel = page.locator("facet-panel");
const query = () => new URL(page.url()).searchParams;

/** Wait until something is found. @param {string | RegExp} said */
const found = (said) => page.locator("result-controls .found", { hasText: said }).waitFor();
/** A group of the panel. @param {string} title */
const group = (title) => panel.locator("details", { has: page.getByRole("heading", { name: title, exact: true }) });
/** A count of a group. @param {string} title @param {string | RegExp} name */
const row = (title, name) => group(title).locator(".facet-row", { hasText: name }).first();
/** What a count says. @param {string} title @param {string | RegExp} name */
const count = async (title, name) =>
  Number((await row(title, name).locator(".facet-count").textContent())?.replace(",", ""));

async function show(query = "") {
  await page.goto(`${address}/${query}`);
  await panel.getByText(/^Counted over/).waitFor();
  await group("Types").locator(".facet-row").first().waitFor();
}

test("all is counted, as numbers and as bars", async () => {
  await show("?fold=0");
  const total = Number(/(\d+)/.exec((await panel.locator(".facet-said").textContent()) ?? "")?.[1]);
  await found(new RegExp(`^${total} pictures$`));
  const [jpeg, png] = [await count("Types", "JPEG"), await count("Types", "PNG")];
  assert.ok(jpeg > 15 && png === 3, `${jpeg} ${png}`);
  assert.equal((await count("Has a date", /^With a/)) + (await count("Has a date", /^Without/)), total);
  const bars = await Promise.all(["JPEG", "PNG"].map((name) => row("Types", name).locator(".facet-bar").boundingBox()));
  assert.ok(bars[0] && bars[1] && Math.abs(bars[1].width / bars[0].width - png / jpeg) < 0.02);
  for (const title of ["Folders", "Dates", "Cameras", "Types", "Label: things", "Countries", "Places", "Has a place"]) {
    assert.ok(await group(title).isVisible(), title);
  }
});

test("axe-core finds no serious fault", async () => {
  await panel.locator("details").evaluateAll((all) => {
    for (const one of all) /** @type {HTMLDetailsElement} */ (one).open = true;
  });
  assert.deepEqual(await faults(page), []);
});

test("what is chosen is pressed, several of a kind add up, and each is taken back", async () => {
  await show("?fold=0");
  const [png, gif] = [await count("Types", "PNG"), await count("Types", "GIF")];
  await row("Types", "PNG").click();
  await found(new RegExp(`^${png} pictures?$`));
  await page.waitForFunction(() => document.querySelector(".facet-row[aria-pressed=true]"));
  assert.equal(await count("Types", "GIF"), gif); // still offered, though no PNG is one
  await row("Types", "GIF").click();
  await found(new RegExp(`^${png + gif} pictures$`));
  assert.deepEqual(query().getAll("type").sort(), ["gif", "png"]);
  await row("Types", "PNG").click();
  await found(new RegExp(`^${gif} pictures?$`));
  await panel.getByRole("button", { name: "Remove all" }).click();
  await page.waitForURL((url) => !url.searchParams.has("type"));
});

test("the focus stays on what was pressed by key", async () => {
  await show();
  await row("Types", "PNG").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".facet-row[aria-pressed=true]"));
  await found(/^3 pictures$/);
  await page.waitForFunction(() => document.activeElement?.textContent?.includes("PNG"));
});

test("folders are a tree that is opened and chosen by key", async () => {
  await show("?fold=0");
  const tree = panel.getByRole("tree", { name: "Folders" });
  await tree.getByRole("treeitem").first().focus();
  await page.keyboard.press("ArrowRight");
  await tree.getByRole("treeitem", { name: /^2019, / }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await tree.getByRole("treeitem", { name: "summer, 1" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => /:2019\/summer$/.test(url.searchParams.get("in") ?? ""));
  await found(/^1 picture$/);
  await page.waitForFunction(() => document.querySelector("[role=treeitem][aria-selected=true]"));
  // The tree is drawn again when the counts of its open folders come.
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "summer, 1");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.searchParams.has("in"));
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await tree.getByRole("treeitem", { name: /^summer/ }).waitFor({ state: "detached" });
});

test("years and months are periods, made longer with Shift", async () => {
  await show("?fold=0");
  const year = await count("Dates", "2024");
  await row("Dates", "2024").click();
  await found(new RegExp(`^${year} pictures?$`));
  assert.deepEqual([query().get("after"), query().get("before")], ["2024", "2025"]);
  await row("Dates", "2023").click({ modifiers: ["Shift"] });
  await page.waitForURL((url) => url.searchParams.get("after") === "2023" && url.searchParams.get("before") === "2025");
  await row("Dates", "2024").waitFor();
  await group("Dates").getByRole("button", { name: "Months of 2024" }).click();
  await row("Dates", "May").click();
  await page.waitForURL(
    (url) => url.searchParams.get("after") === "2024-05" && url.searchParams.get("before") === "2024-06",
  );
  await row("Dates", "May").click();
  await page.waitForURL((url) => !url.searchParams.has("after"));
});

test("any dates can be written", async () => {
  await show();
  await group("Dates").getByLabel("From").fill("2023-10-07");
  await group("Dates").getByLabel("Before").fill("2024-05-19");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("after") === "2023-10-07");
  await found(/^\d+ pictures$/);
});

test("a long list is cut short, and is searched by text", async () => {
  await show("?fold=0");
  const own = group("Label: many");
  const field = own.getByRole("searchbox");
  const all = await own.locator(".facet-row").count();
  if (await field.isVisible()) {
    assert.ok(all <= 9);
    await field.fill("guit");
    await page.waitForFunction(
      () => document.querySelectorAll("facet-panel .facet-sets details:last-child .facet-row").length === 1,
    );
    assert.match((await own.locator(".facet-row").textContent()) ?? "", /^guitar/);
  } else assert.ok(all < 12);
});

test("labels and places are filters", async () => {
  await show("?fold=0");
  const cars = await count("Label: things", "car");
  await row("Label: things", "car").click();
  await found(new RegExp(`^${cars} pictures$`));
  assert.equal(query().get("label"), "things:car");
  await show();
  await row("Countries", "Italy").click();
  await page.waitForURL((url) => url.searchParams.get("near") === "Italy");
});

test("counts follow the search", async () => {
  await show("?q=red+envelope");
  await found(/^\d match/);
  const match = Number.parseInt((await page.locator("result-controls .found").textContent()) ?? "", 10);
  await panel.getByText(new RegExp(`^Counted over ${match} pictures?\\.$`)).waitFor();
});

test("what goes wrong is a sentence, and can be tried again", async () => {
  const before = complaints.length;
  await page.route("**/api/v1/facets", (route) =>
    route.fulfill({ status: 503, json: { error: "The library is being replaced." } }),
  );
  await page.goto(address);
  await panel.getByText("The library is being replaced.").waitFor();
  await page.unroute("**/api/v1/facets");
  await panel.getByRole("button", { name: "Try again" }).click();
  await panel.getByText(/^Counted over/).waitFor();
  complaints.splice(before); // the browser logs each answer that is no success
});

test("on a phone it is a drawer", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${address}/?theme=dark&dir=rtl`);
  await page.getByRole("button", { name: "Filters", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Filters" });
  await drawer.getByText(/^Counted over/).waitFor();
  assert.deepEqual(await faults(page), []);
  const [name, row] = await Promise.all(
    [".facet-name", ".facet-row"].map((part) => drawer.locator(part, { hasText: "PNG" }).first().boundingBox()),
  );
  assert.ok(name && row && row.x + row.width - (name.x + name.width) < 12); // where the line begins: at the right
  await drawer.locator(".facet-row", { hasText: "PNG" }).click();
  await page.waitForURL((url) => url.searchParams.get("type") === "png");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Filters (1)" }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("hostile names stay text", async () => {
  await show(`?named=${encodeURIComponent(HOSTILE)}`);
  assert.equal(await page.locator("img[src=x]").count(), 0);
});

test("what the server is still reading is said, and asked for again", async () => {
  let times = 0;
  let isSeen = () => {};
  const seen = new Promise((resolve) => (isSeen = () => resolve(null)));
  await page.route("**/facets", async (route) => {
    const facets = await (await route.fetch()).json();
    times += 1;
    if (times > 1) await seen;
    await route.fulfill({ json: times > 1 ? facets : { ...facets, labels: [], pending: ["labels"] } });
  });
  await page.goto(address);
  await panel.getByText("The labels are still being read.").waitFor();
  assert.equal(await group("Label: things").count(), 0);
  isSeen();
  await group("Label: things").waitFor();
  await panel.locator(".facet-said", { hasText: /^Counted over \d+ pictures\.$/ }).waitFor();
  await page.unroute("**/facets");
});

test("where nothing matches there is nothing to count", async () => {
  await page.goto(`${address}/?q=gorilla`);
  await panel.getByText("No picture matches, so that there is nothing to count.").waitFor();
});

test("nothing was complained of", () => assert.deepEqual(complaints, []));

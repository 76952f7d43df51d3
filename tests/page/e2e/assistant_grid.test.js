// The grid that `clipsearch mcp` shows in a chat (MCP Apps): in a page that speaks with it as such programs do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openChat } from "../chat.js";
import { faults, indexed } from "../harness.js";
import { HOSTILE } from "../prepared.js";

const NOTHING = "submarine under polar ice";
const CELLS = ".cell > button";
const DIVIDER = "#divider";

/** @typedef {Awaited<ReturnType<typeof openChat>>} Chat */

/**
 * Wait until cells have their pictures, and return how wide these are.
 * @param {Chat} chat
 * @param {number} count
 */
async function pictures({ frame }, count) {
  await frame
    .locator(".cell img")
    .nth(count - 1)
    .waitFor();
  return frame.locator(".cell img").evaluateAll((all) =>
    Promise.all(
      all.map(async (image) => {
        await /** @type {HTMLImageElement} */ (image).decode();
        return /** @type {HTMLImageElement} */ (image).naturalWidth;
      }),
    ),
  );
}

/** @param {Chat} chat */
const idsOf = ({ frame }) =>
  frame.locator(".cell").evaluateAll((all) => all.map((cell) => Number(/** @type {HTMLElement} */ (cell).dataset.id)));

/**
 * @param {Chat} chat
 * @param {string} name
 */
const asked = ({ mcp }, name) =>
  mcp.asked.filter(({ params }) => params.name === name).map(({ params }) => params.arguments);

/** @param {Chat} chat */
async function inner({ page }) {
  const frame = page.frames().at(-1);
  assert.ok(frame && frame !== page.mainFrame());
  return frame;
}

test("what matches stands apart from what is weaker, with its pictures", async () => {
  const chat = await openChat();
  const { matches, hits } = await chat.search({ query: "a car", limit: 8 });
  assert.equal(await chat.frame.locator("#headline").textContent(), `${matches} photos match`);
  assert.deepEqual(await chat.frame.locator(DIVIDER).textContent(), "Weaker");
  assert.equal(await chat.frame.locator(`#matching ${CELLS}`).count(), matches);
  assert.equal(await chat.frame.locator(`#weaker ${CELLS}`).count(), 8 - matches);
  assert.deepEqual(
    await idsOf(chat),
    hits.map((/** @type {any} */ { id }) => id),
  );
  for (const width of await pictures(chat, 8)) assert.ok(width > 100 && width <= 256, String(width));
  const [name] = await chat.frame
    .locator(CELLS)
    .evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label")));
  assert.match(String(name), /^car-\w+\.jpg, \d+ \w+ \d{4}/);
  assert.deepEqual(chat.complaints, []);
});

test("nothing that matches is said plainly, and a list by filters has no divider", async () => {
  const chat = await openChat();
  const { total } = await chat.search({ query: NOTHING, limit: 4 });
  assert.equal(await chat.frame.locator("#headline").textContent(), `No match among ${total} photos`);
  assert.equal(await chat.frame.locator(DIVIDER).textContent(), "Nearest");
  assert.equal(await chat.frame.locator(`#matching ${CELLS}`).count(), 0);
  const listed = await chat.search({ filters: { named: ["car"] } });
  assert.equal(await chat.frame.locator("#headline").textContent(), `${listed.total} photos`);
  assert.ok(await chat.frame.locator(DIVIDER).isHidden());
  await chat.search({ filters: { named: ["no such name"] } });
  assert.equal(await chat.frame.locator("#headline").textContent(), "No photo passes these filters");
});

test("a photo is shown large with its facts, by mouse and by keys", async () => {
  const chat = await openChat();
  const { hits } = await chat.search({ query: "a car", limit: 8 });
  await chat.frame.locator(CELLS).first().click();
  const large = chat.frame.locator(".detail");
  await large.locator("img").waitFor();
  const width = await large.locator("img").evaluate(async (image) => {
    await /** @type {HTMLImageElement} */ (image).decode();
    return /** @type {HTMLImageElement} */ (image).naturalWidth;
  });
  assert.ok(width > 256, String(width));
  assert.match(String(await large.locator("dl").textContent()), new RegExp(`^Taken.*Size.*File${hits[0].path}$`));
  await chat.page.keyboard.press("Escape");
  assert.equal(await large.count(), 0);
  await chat.page.keyboard.press("ArrowRight");
  await chat.page.keyboard.press("Enter");
  assert.equal(await large.getByRole("group").getAttribute("aria-label"), hits[1].name);
  await chat.page.keyboard.press("Escape");
  await chat.page.keyboard.press("End");
  await chat.page.keyboard.press("ArrowUp");
  await chat.page.keyboard.press("Home");
  await chat.page.keyboard.press("ArrowDown");
  const focused = await (await inner(chat)).evaluate(() => document.activeElement?.getAttribute("title"));
  assert.ok(
    hits.slice(1).some((/** @type {any} */ { name }) => name === focused),
    String(focused),
  );
});

test("more come until all are there, each once", async () => {
  const chat = await openChat();
  const { matches, weaker } = await chat.search({ query: "a car", limit: 10 });
  const more = chat.frame.locator("#more");
  for (let there = 10; there < matches + weaker; there += 10) {
    await more.click();
    await chat.frame.locator(CELLS).nth(there).waitFor();
  }
  await more.waitFor({ state: "hidden" });
  const all = await idsOf(chat);
  assert.equal(all.length, matches + weaker);
  assert.equal(new Set(all).size, all.length);
  assert.ok(asked(chat, "search_photos").every(({ query }) => query === "a car"));
});

test("more like a photo, among those that pass the filters, and back", async () => {
  const chat = await openChat();
  const { hits } = await chat.search({ query: "a car", limit: 6, filters: { named: ["car"] } });
  await chat.frame.locator(CELLS).first().click();
  await chat.frame.getByRole("button", { name: "More like this" }).click();
  await chat.frame.locator("#back").waitFor();
  const [like] = asked(chat, "search_photos").slice(-1);
  assert.deepEqual(like, { like_ids: [hits[0].id], filters: { named: ["car"] }, limit: 6 });
  assert.equal(await chat.frame.locator(".detail").count(), 0);
  await chat.frame.locator("#back").click();
  assert.deepEqual(
    await idsOf(chat),
    hits.map((/** @type {any} */ { id }) => id),
  );
});

test("a contact sheet is shown with its numbers, and its search goes on as one", async () => {
  const chat = await openChat();
  const { hits } = await chat.search({ query: "a car", limit: 4 });
  const ids = hits.map((/** @type {any} */ { id }) => id).reverse();
  await chat.search({ ids }, {}, "contact_sheet");
  assert.equal(await chat.frame.locator("#headline").textContent(), "4 photos");
  assert.deepEqual(await chat.frame.locator(".number").allTextContents(), ["1", "2", "3", "4"]);
  assert.deepEqual(await idsOf(chat), ids);
  await pictures(chat, 4);
  await chat.search({ ids: [], query: "a cup", limit: 3 }, {}, "contact_sheet");
  await chat.frame.locator("#more").click();
  await chat.frame.locator(CELLS).nth(5).waitFor();
  assert.equal(new Set(await idsOf(chat)).size, 6);
});

test("pictures are asked for once they are in view, few at a time", async () => {
  const chat = await openChat();
  await chat.search({ query: "a car", limit: 34 }, { height: 220 });
  await pictures(chat, 4); // the row of those that match
  await chat.page.waitForTimeout(500);
  const first = asked(chat, "view_photo").length;
  assert.ok(first < 30, `${first} of 34`);
  await chat.frame.locator(CELLS).last().scrollIntoViewIfNeeded();
  await chat.frame.locator(".cell").last().locator("img").waitFor();
  assert.ok(asked(chat, "view_photo").length > first);
});

test("what a file is called stays text, and the assistant is told ids alone", async () => {
  const chat = await openChat({ original: indexed({ [HOSTILE]: "teapot.webp", "a.jpg": "car-red.jpg" }) });
  chat.page.on("dialog", () => assert.fail("a file's name ran as a script"));
  const { hits } = await chat.search({ query: "a teapot" });
  const cell = chat.frame.locator(`.cell:has([title*="onerror"]) > button`);
  await cell.click();
  const large = chat.frame.locator(".detail");
  await large.locator("img").waitFor();
  assert.equal(await large.locator(".title").textContent(), HOSTILE);
  assert.equal(await chat.frame.locator("img[src=x]").count(), 0);
  await large.getByRole("button", { name: "Point it out" }).click();
  await large.getByText("knows which photo").waitFor();
  const [update] = (await chat.heard()).filter(({ method }) => method === "ui/update-model-context");
  const { id } = hits.find((/** @type {any} */ { name }) => name === HOSTILE);
  assert.deepEqual(update?.params.structuredContent, {
    photo_the_person_points_at: { id, uri: `clipsearch://photo/${id}` },
  });
  assert.ok(!JSON.stringify(update).includes("onerror"));
  assert.deepEqual(chat.complaints, []);
});

test("it is dark or light as the program around it is, and has its colours", async () => {
  const chat = await openChat();
  const ground = async () =>
    (await inner(chat)).evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await chat.search({ query: "a car", limit: 2 }, { context: { theme: "dark" } });
  assert.equal(await ground(), "rgb(22, 24, 28)");
  const variables = { "--color-background-primary": "light-dark(rgb(250, 240, 230), #000)" };
  await chat.tell({
    method: "ui/notifications/host-context-changed",
    params: { theme: "light", styles: { variables } },
  });
  await chat.frame.locator(":root[data-theme=light]").waitFor();
  assert.equal(await ground(), "rgb(250, 240, 230)");
});

for (const theme of ["light", "dark"])
  test(`it fits 320 pixels and has no serious faults for assistive technology, ${theme}`, async () => {
    const chat = await openChat({ browser: { viewport: { width: 320, height: 700 } } });
    await chat.search({ query: "a car", limit: 8 }, { context: { theme } });
    await chat.frame.locator(CELLS).nth(1).click();
    await chat.frame.locator(".detail img").waitFor();
    const own = await inner(chat);
    const [needed, there] = await own.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(Number(needed) <= Number(there), `${needed} of ${there}`);
    assert.deepEqual(await faults(own), []);
    await chat.page.waitForFunction(() => {
      const heard = /** @type {any} */ (globalThis).chat.heard;
      const sizes = heard.filter((/** @type {any} */ { method }) => method === "ui/notifications/size-changed");
      return sizes.length > 1 && sizes.at(-1).params.height > 400;
    });
  });

test("where only resources can be read, pictures come from them, and there is no more to ask for", async () => {
  const chat = await openChat();
  await chat.search({ query: "a car", limit: 4 }, { capabilities: { serverResources: {} } });
  await pictures(chat, 4);
  assert.deepEqual(asked(chat, "view_photo"), []);
  assert.ok(await chat.frame.locator("#more").isHidden());
  await chat.frame.locator(CELLS).first().click();
  await chat.frame.locator(".detail img").waitFor();
  assert.deepEqual(await chat.frame.locator(".acts button").allTextContents(), ["Close"]);
});

test("what went wrong is said: a search that can't be, one that was stopped, an answer without structure", async () => {
  const chat = await openChat();
  const { result } = await chat.mcp.ask("tools/call", { name: "search_photos", arguments: { minus: ["grass"] } });
  await chat.search({}, { result });
  assert.match(String(await chat.frame.locator("#status").textContent()), /^Say what is searched for too/);
  await chat.search({}, { result: null });
  assert.equal(await chat.frame.locator("#status").textContent(), "The search was stopped.");
  const other = (await chat.mcp.ask("tools/call", { name: "search_photos", arguments: { query: "a car", limit: 3 } }))
    .result;
  await chat.search({}, { result: { content: other.content } });
  await chat.frame.locator(CELLS).nth(2).waitFor();
});

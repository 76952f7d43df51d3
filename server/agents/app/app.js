// The grid of a search in the chat: what was found, page by page, one photo large, and more like it.

/** @import { Params } from "./host.js" */
/** @import { Hits, Photo } from "./facts.js" */

import { byId, el, fill } from "../../page/dom.js";
import { fitIn, tellHeight } from "./around.js";
import { Cells, walk } from "./cells.js";
import { detail } from "./detail.js";
import { headline, notesOf, parted } from "./facts.js";
import { Host } from "./host.js";
import { hitsOf, Server, uriOf } from "./server.js";

/** @typedef {{ asked: Params | null, pages: Hits[] }} Search */

const host = new Host(window.parent, window);
const server = new Server(host);
const cells = new Cells(server, open);

/** The searches that were gone through; the last one is shown. @type {Search[]} */
const searches = [];
/** What the assistant asked for, once that is known. @type {Params | null} */
let asked = null;

/** @param {string} text */
function say(text) {
  byId("status").textContent = text;
}

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error));

/** Show the last search anew. */
function show() {
  const { pages } = /** @type {Search} */ (searches.at(-1));
  cells.clear();
  say("");
  byId("back").hidden = searches.length < 2;
  fill(byId("matching"));
  fill(byId("weaker"));
  for (const page of pages) add(page.hits);
  tell();
}

/** Tell what was found, and offer what comes next. */
function tell() {
  const { asked: own, pages } = /** @type {Search} */ (searches.at(-1));
  const latest = /** @type {Hits} */ (pages.at(-1));
  byId("headline").textContent = headline({ ...latest, hits: pages.flatMap(({ hits }) => hits) });
  byId("understood").textContent = latest.understood ?? "";
  fill(
    byId("notes"),
    notesOf(latest).map((note) => el("li", { dir: "auto" }, note)),
  );
  byId("divider").hidden = !byId("weaker").childElementCount;
  byId("divider").textContent = latest.nearest ? "Nearest" : "Weaker";
  byId("more").hidden = !latest.next_cursor || !own || !server.hasTools;
}

/** @param {Photo[]} photos */
function add(photos) {
  const { matching, weaker } = parted(photos);
  byId("matching").append(...matching.map((photo) => cells.cell(photo)));
  byId("weaker").append(...weaker.map((photo) => cells.cell(photo)));
}

/** Show the next page below the others. */
async function more() {
  const search = /** @type {Search} */ (searches.at(-1));
  const button = /** @type {HTMLButtonElement} */ (byId("more"));
  button.disabled = true;
  say("Searching…");
  try {
    const page = await server.search({ ...search.asked, cursor: search.pages.at(-1)?.next_cursor });
    search.pages.push(page);
    if (search !== searches.at(-1)) return;
    add(page.hits);
    tell();
    say(`${page.hits.length} more`);
  } catch (error) {
    say(reason(error));
  } finally {
    button.disabled = false;
  }
}

/**
 * Show what is like a photo, among those that pass the same filters.
 * @param {Photo} photo
 */
async function like({ id }) {
  say("Searching…");
  const { filters, limit } = searches.at(-1)?.asked ?? {};
  const alike = { like_ids: [id], ...(filters && { filters }), ...(limit && { limit }) };
  try {
    searches.push({ asked: alike, pages: [await server.search(alike)] });
    show();
    byId("back").focus();
  } catch (error) {
    say(reason(error));
  }
}

/**
 * Show a photo large below its row, or no longer.
 * @param {Photo} photo
 * @param {HTMLElement} cell
 */
function open(photo, cell) {
  const button = /** @type {HTMLElement} */ (cell.firstElementChild);
  const wasOpen = button.getAttribute("aria-expanded") === "true";
  close();
  if (wasOpen) return;
  button.setAttribute("aria-expanded", "true");
  const large = detail(photo, server, {
    close: () => [close(), button.focus()],
    like: server.hasTools ? () => like(photo) : null,
    point: host.can.updateModelContext ? () => point(photo) : null,
  });
  cell.after(large);
  large.scrollIntoView({ block: "nearest" });
}

/** Show no photo large; returns the button of the one that was. */
function close() {
  document.querySelector(".detail")?.remove();
  const button = document.querySelector("[aria-expanded=true]");
  button?.setAttribute("aria-expanded", "false");
  return /** @type {HTMLElement | null} */ (button);
}

/**
 * Tell the assistant which photo is meant, by its id alone: what a file is called shall not speak to it from here.
 * @param {Photo} photo
 */
async function point({ id }) {
  const pointed = { photo_the_person_points_at: { id, uri: uriOf(id) } };
  try {
    const content = [{ type: "text", text: JSON.stringify(pointed) }];
    await host.request("ui/update-model-context", { content, structuredContent: pointed });
    return "The assistant knows which photo you mean.";
  } catch (error) {
    return reason(error);
  }
}

/** @param {KeyboardEvent} event */
function key(event) {
  if (event.key === "Escape") close()?.focus();
  else walk(event);
}

/** @param {Params} answer  what the tool answered to the assistant */
function found(answer) {
  try {
    searches.splice(0, searches.length, { asked, pages: [hitsOf(answer)] });
    show();
  } catch (error) {
    say(reason(error));
  }
}

host.on("ui/notifications/tool-input", (params) => {
  asked = params.arguments ?? {};
  say("Searching…");
});
host.on("ui/notifications/tool-result", found);
host.on("ui/notifications/tool-cancelled", () => say("The search was stopped."));
host.on("ui/notifications/host-context-changed", (context) => fitIn(context, document.documentElement));
document.addEventListener("keydown", key);
byId("more").addEventListener("click", more);
byId("back").addEventListener("click", () => {
  searches.pop();
  show();
});
tellHeight(host, document.documentElement);
fitIn(await host.connect("clipsearch"), document.documentElement);

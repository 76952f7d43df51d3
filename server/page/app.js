// The page begins here: it reads its state from the address, shows the view of it, and writes the address when it changes.

/** @import { App, View } from "./types.js" */

import * as api from "./api.js";
import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { Keys } from "./keys.js";
import { showHelp } from "./parts/help-sheet.js";
import { readAddress, START, writeAddress } from "./pure/url_state.js";
import { ThemeSwitch } from "./theme.js";

/** @type {Record<string, () => Promise<{ view: View }>>} */
const VIEWS = {
  photos: () => import("./views/photos.js"),
  labels: () => import("./views/labels.js"),
  duplicates: () => import("./views/duplicates.js"),
  library: () => import("./views/library.js"),
};
const TITLES = { photos: "Photos", labels: "Labels", duplicates: "Duplicates", library: "Library" };
const TOAST_MS = 8000;
const POLL_MS = 10_000;

/** Tabs of one server tell each other what they have changed, so that none goes on showing what was. */
const tabs = new BroadcastChannel("clipsearch");

/** @type {{ name: string, view: View } | null} */
let shown = null;
/** Views are mounted one after the other; none waits for what another asks the server. */
let showing = Promise.resolve();

/** Whether the server did not answer when it was last asked. */
let isAway = false;

/** @type {App} */
const app = {
  api,
  session: /** @type {any} */ (null),
  state: readAddress(location.pathname, location.search),
  go,
  say,
  keys: new Keys(),
  remember: (what) => history.replaceState(what, ""),
  remembered: history.state,
};
const theme = new ThemeSwitch(app);

/**
 * Change the state and with it the address.
 * @type {App["go"]}
 */
function go(change, { replace = false } = {}) {
  app.state = { ...app.state, ...change };
  const address = writeAddress(app.state);
  if (address !== location.pathname + location.search) {
    if (replace) history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
    app.remembered = null;
  }
  show();
}

/**
 * Say something below the page, and to screen readers.
 * @type {App["say"]}
 */
function say(text, { kind = "done", action } = {}) {
  const button =
    action && el("button", { type: "button", onclick: () => [action.run(), toast.remove()] }, action.label);
  const close = el(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: () => toast.remove() },
    icon("close"),
  );
  const toast = el("div", { class: `toast ${kind}` }, el("p", { dir: "auto" }, text), button, close);
  byId("toasts").append(toast);
  byId("status").textContent = text;
  setTimeout(() => toast.remove(), action ? 2 * TOAST_MS : TOAST_MS);
}

/** Show the view of the state: a new one, or the same with what has changed. */
function show() {
  const { view: name, dir } = app.state;
  document.documentElement.dir = dir === "rtl" || dir === "ltr" ? dir : isRightToLeft() ? "rtl" : "ltr";
  theme.show();
  document.title = `${TITLES[name]} – clipsearch`;
  for (const link of document.querySelectorAll("#views a")) {
    if (/** @type {HTMLElement} */ (link).dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  showing = showing.then(showView);
}

/** Bring the view that is shown in line with the state. */
async function showView() {
  const { view: name } = app.state;
  try {
    if (shown?.name === name) return void Promise.resolve(shown.view.update(app)).catch(complain);
    const { view } = await VIEWS[name]();
    shown?.view.unmount();
    shown = null;
    const place = byId("view");
    place.replaceChildren();
    place.className = `view-${name}`;
    shown = { name, view };
    Promise.resolve(view.mount(place, app)).catch(complain);
  } catch (error) {
    complain(error);
  }
}

/** @param {unknown} error */
function complain(error) {
  say(error instanceof Error ? error.message : String(error), { kind: "error" });
}

/** Say whether the browser's language is written from right to left. */
function isRightToLeft() {
  return /^(ar|dv|fa|he|ku-arab|ps|sd|ug|ur|yi)\b/i.test(navigator.language);
}

/** Notice that the library has changed, also by another program, while the page is looked at. */
async function poll() {
  if (document.hidden) return;
  try {
    const session = await api.session();
    const hasChanged = session.state !== app.session?.state;
    if (session.trouble !== app.session?.trouble) warn(session.trouble);
    app.session = session;
    if (isAway) document.dispatchEvent(new CustomEvent("server-back"));
    isAway = false;
    if (hasChanged) document.dispatchEvent(new CustomEvent("library-changed"));
  } catch {
    isAway = true; // whoever asks for something next is told
  }
}

/**
 * Say what does not work as it should, such as a full cache disk; the page goes on.
 * @param {string | null} trouble
 */
function warn(trouble) {
  if (trouble) say(trouble, { kind: "error" });
}

/** @param {MouseEvent} event */
function followed(event) {
  const link = /** @type {Element} */ (event.target).closest("a[data-view]");
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const { dir, theme } = app.state;
  go({ ...START, dir, theme, view: /** @type {any} */ (link.dataset.view) });
}

async function begin() {
  history.scrollRestoration = "manual";
  document.addEventListener("click", followed);
  byId("help").append(icon("help"));
  byId("help").addEventListener("click", () => showHelp(app));
  theme.place(byId("theme"));
  app.keys.register("Everywhere", { "?": { says: "Show all keys", run: () => showHelp(app) } });
  addEventListener("popstate", ({ state }) => {
    app.state = readAddress(location.pathname, location.search);
    app.remembered = state;
    show();
  });
  try {
    app.session = await api.session();
    warn(app.session.trouble);
  } catch (error) {
    isAway = true;
    complain(error);
  }
  show();
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);
  document.addEventListener("wrote", () => tabs.postMessage("wrote"));
  tabs.addEventListener("message", poll);
}

void begin();

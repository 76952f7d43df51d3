// Duplicates side by side, page by page; a list of them can be had, and nothing is ever deleted.

/** @import { App, View } from "../types.js" */
/** @import { DuplicatesState, Group } from "../upkeep/upkeep_api.js" */

import { isDialogOpen } from "../dialog.js";
import { el, fill } from "../dom.js";
import { duplicateGroup, openComparison } from "../parts/duplicate-group.js";
import { problemText } from "../problems.js";
import { bytes, counted, number } from "../pure/formats.js";
import { folderChoice } from "../upkeep/folder_choice.js";
import * as upkeep from "../upkeep/upkeep_api.js";

const PAGE = 25; // groups
const POLL_MS = 500;

/** @type {DuplicatesPage | null} */
let page = null;

/** @type {View} */
export const view = {
  async mount(place, app) {
    page = new DuplicatesPage(app);
    fill(place, page.element);
    await page.open();
  },
  async update() {
    await page?.update();
  },
  unmount() {
    page?.remove();
    page = null;
  },
};

class DuplicatesPage {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.asked = "";
    this.isGone = false;
    /** @type {(string | null)[]} */
    this.cursors = [null]; // of the pages so far; the last is the one that is shown
    /** @type {Group[]} */
    this.groups = [];
    /** @type {string | null} */
    this.next = null;
    this.total = 0;
    this.focused = 0;
    const changed = () => app.go({ exact: this.exact.checked });
    this.exact = el("input", { type: "checkbox", onchange: changed });
    this.folder = folderChoice((folders) => app.go({ folders }));
    this.start = el("button", { type: "button", class: "primary", onclick: () => void this.find() }, "Find duplicates");
    this.state = el("div", { class: "state", role: "status" });
    this.list = el("div", {
      class: "groups-of-duplicates",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
    });
    this.pages = el("nav", { class: "pages", "aria-label": "Pages of groups" });
    this.exports = el("p", { class: "row" });
    this.element = el("div", { class: "page" }, [
      el("h1", {}, "Duplicates"),
      el(
        "p",
        { class: "lead" },
        "The same picture more than once, the best first. Nothing is deleted here: take a list of what is spare.",
      ),
      el("div", { class: "row card" }, [
        this.folder.element,
        el("label", { class: "choice" }, this.exact, "Only files that are the same byte for byte"),
        this.start,
      ]),
      this.state,
      this.exports,
      this.list,
      this.pages,
    ]);
    this.forget = app.keys.register("Duplicates", this.#commands());
    this.changed = () => void this.#tellStale();
    document.addEventListener("library-changed", this.changed);
  }

  /** Show what is known, without looking for anything anew. */
  async open() {
    this.#showFilters();
    void this.folder.load();
    this.asked = this.#request();
    await this.#ask(() => upkeep.duplicatesState());
  }

  /** The address has changed: other folders, or exact ones alone. */
  async update() {
    this.#showFilters();
    if (this.#request() !== this.asked) await this.find();
  }

  /** Look for duplicates. */
  async find() {
    this.asked = this.#request();
    this.cursors = [null];
    const { folders, exact } = this.app.state;
    await this.#ask(() => upkeep.findDuplicates({ folders, exact }));
  }

  remove() {
    this.isGone = true;
    this.forget();
    document.removeEventListener("library-changed", this.changed);
  }

  #request() {
    const { folders, exact } = this.app.state;
    return JSON.stringify({ folders, exact });
  }

  #showFilters() {
    this.exact.checked = this.app.state.exact;
    this.folder.show(this.app.state.folders);
  }

  /** @param {() => Promise<DuplicatesState>} ask */
  async #ask(ask) {
    const own = this.asked;
    try {
      let state = await ask();
      while (state.state === "running" && !this.isGone && own === this.asked) {
        this.#showRunning(state);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        if (!document.hidden) state = await upkeep.duplicatesState();
      }
      if (!this.isGone && own === this.asked) await this.#showEnd(state);
    } catch (error) {
      fill(this.state, problemText(error));
      this.start.hidden = false; // so that it can be asked again
    }
  }

  /** The library has changed: say so, and leave the groups where they are. */
  async #tellStale() {
    if (this.start.hidden) return;
    try {
      const state = await upkeep.duplicatesState();
      if (state.state === "done" && !this.isGone) fill(this.state, el("p", {}, endWords(state)));
    } catch {
      // Whoever asks for something next is told.
    }
  }

  /** @param {DuplicatesState} state */
  #showRunning({ step, done, of: total }) {
    this.start.hidden = true;
    let bar = this.state.querySelector("progress");
    if (!bar) {
      bar = el("progress", { "aria-label": "How far it is" });
      const stop = el("button", { type: "button", onclick: () => void upkeep.stopDuplicates() }, "Stop");
      fill(this.state, el("p", { class: "row" }, el("span", { class: "step" }), bar, stop));
    }
    if (total) [bar.max, bar.value] = [total, done];
    const words = /** @type {HTMLElement} */ (this.state.querySelector(".step"));
    words.textContent = total ? `${step}: ${number(done)} of ${number(total)}` : step;
  }

  /** @param {DuplicatesState} state */
  async #showEnd(state) {
    this.start.hidden = false;
    this.start.textContent = state.state === "none" ? "Find duplicates" : "Look again";
    this.start.classList.toggle("primary", state.state !== "done");
    if (state.state === "failed") fill(this.state, problemText(state.error ?? "This failed; look again."));
    else fill(this.state, el("p", {}, endWords(state)));
    fill(this.exports);
    fill(this.list);
    fill(this.pages);
    if (state.state !== "done" || !state.groups) return;
    this.#showExports();
    await this.#showPage();
  }

  #showExports() {
    const link = (/** @type {string} */ format, /** @type {string} */ what, /** @type {string} */ text) =>
      el("a", { class: "button", href: `/api/v1/duplicates/list?format=${format}&what=${what}`, download: "" }, text);
    fill(this.exports, [
      link("txt", "spare", "List of what is spare"),
      link("csv", "spare", "Spare as CSV"),
      link("csv", "all", "All groups as CSV"),
      link("txt", "all", "All paths"),
    ]);
  }

  /**
   * Show the groups of the page that is wanted.
   * @returns {Promise<void>}
   */
  async #showPage() {
    const cursor = this.cursors.at(-1) ?? null;
    try {
      const { groups, cursor: next, total } = await upkeep.duplicateGroups(PAGE, cursor);
      [this.groups, this.next, this.total] = [groups, next, total];
    } catch (error) {
      if (/** @type {any} */ (error).status === 410 && cursor !== null) {
        this.cursors = [null];
        return this.#showPage();
      }
      return fill(this.list, problemText(error));
    }
    const first = (this.cursors.length - 1) * PAGE;
    fill(
      this.list,
      this.groups.map((group, place) => duplicateGroup(group, first + place, this.total)),
    );
    this.#go(0, false);
    const back = el(
      "button",
      { type: "button", disabled: this.cursors.length < 2, onclick: () => void this.#turn(-1) },
      "Previous",
    );
    const on = el("button", { type: "button", disabled: !this.next, onclick: () => void this.#turn(1) }, "Next");
    const words = `Groups ${number(first + 1)}–${number(first + this.groups.length)} of ${number(this.total)}`;
    fill(this.pages, back, el("span", { "aria-live": "polite" }, words), on);
  }

  /** @param {1 | -1} way */
  async #turn(way) {
    if (way > 0 && this.next) this.cursors.push(this.next);
    else if (way < 0 && this.cursors.length > 1) this.cursors.pop();
    else return;
    await this.#showPage();
    this.#go(0, true);
  }

  /**
   * @param {number} place
   * @param {boolean} isFocused
   */
  #go(place, isFocused) {
    const groups = /** @type {HTMLElement[]} */ ([...this.list.children]);
    if (!groups.length) return;
    this.focused = Math.max(0, Math.min(place, groups.length - 1));
    groups.forEach((group, at) => {
      group.tabIndex = at === this.focused ? 0 : -1;
    });
    if (isFocused) groups[this.focused].focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const group = /** @type {Element} */ (event.target).closest("article");
    if (!group || event.target !== group) return;
    this.focused = [...this.list.children].indexOf(group);
    if (event.key === "ArrowDown") this.#go(this.focused + 1, true);
    else if (event.key === "ArrowUp") this.#go(this.focused - 1, true);
    else if (event.key === "Home") this.#go(0, true);
    else if (event.key === "End") this.#go(this.list.children.length - 1, true);
    else if (event.key === "Enter") void openComparison(this.groups[this.focused]);
    else return;
    event.preventDefault();
  }

  #commands() {
    const behind = (/** @type {() => unknown} */ run) => () => (isDialogOpen() ? false : void run());
    return {
      n: { says: "Next page of groups", run: behind(() => this.#turn(1)) },
      p: { says: "Previous page of groups", run: behind(() => this.#turn(-1)) },
      j: { says: "Next group", run: behind(() => this.#go(this.#isAmong() ? this.focused + 1 : this.focused, true)) },
      k: { says: "Previous group", run: behind(() => this.#go(this.focused - 1, true)) },
    };
  }

  #isAmong() {
    return this.list.contains(document.activeElement);
  }
}

/** @param {DuplicatesState} state */
function endWords({ state, groups, spare, spare_bytes: size, stale }) {
  if (state === "none") return "Nobody has looked for duplicates yet.";
  if (state === "stopped") return "Stopped: look again to see the groups.";
  const changed = stale ? " The library has changed since: look again." : "";
  if (!groups) return `No picture is there more than once.${changed}`;
  return `${counted(groups, "group")}, ${counted(spare, "file")} spare: ${bytes(size)}.${changed}`;
}

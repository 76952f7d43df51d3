// <picture-view>: one picture large, over the page, with all that is known of it, and the way to the next.
//
// `open(app, id, context)` shows a picture; called again it shows another or takes the context of the same one. `close()`
// ends it without changing the state, for when the address has changed; closed by the person, the state forgets `open`.

/** @import { App, Details, Picture } from "../types.js" */

import { showOver } from "../dialog.js";
import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { PictureRecords } from "../parts/picture-records.js";
import { messageOf } from "../problems.js";
import { number, spoken } from "../pure/formats.js";
import { verdictOf, wordsOf } from "../pure/why.js";
import { copyText } from "./clipboard.js";
import { copiesOf, factsOf, labelsOf, momentsOf, similarTo } from "./details.js";
import { preload, Stage } from "./stage.js";

/**
 * Where a picture is among those that were found.
 * @typedef {object} Context
 * @property {number} row
 * @property {number} count
 * @property {(row: number) => number | null | Promise<number | null>} idAt
 * @property {number | null} [score]
 * @property {number | null} [lowest]  the least score that counts as a match
 */

const ALIKE = 12;
const MOST_ALIKE = 100;
const PAN = 80; // pixels that a key moves a zoomed picture
const IS_VIDEO = /^(MP4|M4V|MOV|3GP|MKV|WEBM|AVI|FLV|WMV|MPEG|TS|OGG|MXF|DV|RM|WTV|IVF)$/i;

/** The large view of a picture. */
export class PictureView extends HTMLElement {
  #id = 0;
  /** @type {App | null} */
  #app = null;
  /** @type {Context | null} */
  #context = null;
  /** @type {Picture | null} */
  #picture = null;
  /** @type {Details | null} */
  #details = null;
  /** @type {AbortController | undefined} */
  #asking;
  /** @type {(() => void) | undefined} */
  #forget;
  /** @type {string | undefined} what the library was when the details were asked for */
  #state;
  #records = new PictureRecords();
  /** Search for more like a picture, or for less; whoever places this element says how. @type {(id: number, sign: 1 | -1) => void} */
  like = () => {};
  /** Called when it was closed by the person, with the picture that was shown last. @type {(id: number) => void} */
  left = () => {};

  constructor() {
    super();
    this.stage = new Stage({
      swiped: (direction) => this.#turn(this.#isMirrored() ? -direction : direction),
      zoomed: () => {},
    });
    this.heading = el("h2", {
      tabIndex: -1,
      class: "picture-title",
      dir: "auto",
      id: "picture-title",
      autofocus: true,
    });
    this.where = el("span", { class: "muted picture-where", dir: "auto" });
    this.why = el("div");
    this.about = el("div");
    this.more = el("div");
    this.alike = el("div");
    this.previous = tool("back", "Previous picture", () => this.#turn(-1));
    this.next = tool("forward", "Next picture", () => this.#turn(1));
    this.ofPicture = [
      tool("zoomOut", "Zoom out", () => this.stage.step(-1)),
      tool("zoomIn", "Zoom in", () => this.stage.step(1)),
      tool("fit", "Show all of it", () => this.stage.fit()),
      worded("plus", "More like this", () => this.#like(1)),
      worded("minus", "Less like this", () => this.#like(-1)),
    ];
    this.dialog = el(
      "dialog",
      { class: "picture-dialog", "aria-labelledby": "picture-title" },
      el(
        "header",
        { class: "picture-bar-top" },
        this.heading,
        this.where,
        el(
          "div",
          { class: "picture-tools", role: "group", "aria-label": "Picture" },
          this.previous,
          this.next,
          this.ofPicture,
          tool("close", "Close", () => this.dialog.close()),
        ),
      ),
      this.stage.element,
      el("aside", { class: "picture-details", "aria-label": "Details" }, this.why, this.about, this.more, this.alike),
    );
    this.dialog.addEventListener("close", () => this.#closed());
  }

  connectedCallback() {
    if (!this.dialog.isConnected) this.append(this.dialog);
  }

  disconnectedCallback() {
    this.close();
  }

  /**
   * Show a picture.
   * @param {App} app
   * @param {number} id
   * @param {Context | null} [context]  null where it is not among what was found, or that is not known yet
   */
  async open(app, id, context = null) {
    this.#app = app;
    this.#context = context;
    const isSame = this.#id === id && this.dialog.open;
    this.#place();
    if (isSame) return this.#again(app);
    this.#id = id;
    this.#state = app.session?.state;
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#forget ??= app.keys.register("A large picture", this.#keys(), { isAlone: true });
    showOver(this.dialog);
    await this.#load(app, id, signal);
  }

  /**
   * Say what has changed of the same picture: why it was found, and what others may have said of it meanwhile.
   * @param {App} app
   */
  async #again(app) {
    this.#explain();
    const { state } = app.session ?? {};
    if (!this.#details || state === this.#state) return;
    this.#state = state;
    const { signal } = this.#asking ?? {};
    const details = await app.api.image(this.#id, signal).catch(() => null); // what is shown stays
    if (!details || signal?.aborted || JSON.stringify(details) === JSON.stringify(this.#details)) return;
    this.#details = details;
    if (!this.more.contains(document.activeElement) && !this.about.contains(document.activeElement))
      this.#describe(app, details);
  }

  /** Close it because the address says so. */
  close() {
    this.#id = 0;
    if (this.dialog.open) this.dialog.close();
  }

  #closed() {
    this.#forget?.();
    this.#forget = undefined;
    this.#asking?.abort();
    this.stage.clear();
    const [id, isPerson] = [this.#id, this.#id !== 0];
    this.#id = 0;
    if (isPerson) setTimeout(() => this.left(id)); // after the focus is back where it was
    if (isPerson && this.#app?.state.open !== null) this.#app?.go({ open: null }, { replace: true });
  }

  /**
   * @param {App} app
   * @param {number} id
   * @param {AbortSignal} signal
   */
  async #load(app, id, signal) {
    for (const part of [this.why, this.more, this.alike]) fill(part);
    [this.#picture, this.#details] = [null, null];
    this.#enable(true);
    this.stage.clear();
    try {
      const details = app.api.image(id, signal);
      details.catch(() => null);
      const picture = (await this.#records.get(app, [id])).get(id) ?? (await details).image;
      if (signal.aborted) return;
      this.#show(app, picture);
      this.#details = await details;
      if (signal.aborted) return;
      this.#describe(app, this.#details);
      await this.#alike(app, id, signal);
      await this.#preload(app);
    } catch (error) {
      if (signal.aborted) return;
      this.heading.textContent = "No picture";
      this.#enable(false);
      fill(this.about, el("p", { class: "picture-missing", role: "status" }, messageOf(error)));
    }
  }

  /** @param {boolean} isThere  else there is nothing to zoom into, or to search with */
  #enable(isThere) {
    for (const button of this.ofPicture) button.disabled = !isThere;
  }

  /**
   * @param {App} app
   * @param {Picture} picture
   */
  #show(app, picture) {
    this.#picture = picture;
    this.heading.textContent = picture.name;
    this.stage.element.setAttribute("aria-label", spoken(picture));
    void this.stage.show(app, picture, IS_VIDEO.test(picture.format));
    this.#explain();
    fill(this.about, factsOf(app, picture, null, this.#actions()));
  }

  /**
   * @param {App} app
   * @param {Details} details
   */
  #describe(app, details) {
    const { copy, leave } = this.#actions();
    const missing =
      !details.exists &&
      el(
        "p",
        { class: "picture-missing", role: "status" },
        "The file is not there now: it was moved or deleted, or its drive is not connected. ",
        "What is shown is what clipsearch has kept of it.",
      );
    fill(this.about, missing, factsOf(app, details.image, details, { copy, leave }));
    const moments = momentsOf(details, ({ id, at }) => {
      if (!this.stage.seek(at)) this.#go(id);
    });
    fill(
      this.more,
      moments,
      labelsOf(details, leave),
      copiesOf(details, (id) => this.#go(id)),
    );
  }

  #actions() {
    return {
      copy: (/** @type {string} */ text) => void this.#copy(text),
      leave: (/** @type {any} */ change) => this.#leave(change),
    };
  }

  /**
   * @param {App} app
   * @param {number} id
   * @param {AbortSignal} signal
   */
  async #alike(app, id, signal) {
    try {
      const { copies = [], moments = [] } = this.#details ?? {};
      const own = new Set([...copies, ...moments].map((one) => one.id)); // they are shown above already
      const found = await app.api.similar(id, Math.min(ALIKE + own.size, MOST_ALIKE), signal);
      const hits = found.filter((hit) => !own.has(hit.id)).slice(0, ALIKE);
      if (!signal.aborted)
        fill(
          this.alike,
          similarTo(hits, (other) => this.#go(other)),
        );
    } catch (error) {
      if (!signal.aborted) fill(this.alike, el("p", { class: "muted" }, messageOf(error)));
    }
  }

  /** Say why it was found, as far as that is known. */
  #explain() {
    const terms = this.#app?.state.terms ?? [];
    const score = this.#context?.score ?? this.#picture?.score;
    const verdict = verdictOf(score, this.#context?.lowest);
    if (!terms.length || !this.#picture) return fill(this.why);
    fill(
      this.why,
      el(
        "section",
        { class: "picture-section" },
        el("h3", {}, "Why it is here"),
        el("p", { dir: "auto" }, `Searched for ${wordsOf(terms)}.`),
        verdict && el("p", {}, verdict),
      ),
    );
  }

  /** Say where it is among what was found. */
  #place() {
    const { row, count } = this.#context ?? { row: 0, count: 0 };
    this.where.textContent = this.#context ? `${number(row + 1)} of ${number(count)}` : "";
    this.previous.disabled = !this.#context || row <= 0;
    this.next.disabled = !this.#context || row >= count - 1;
  }

  /** @param {number} direction */
  async #turn(direction) {
    const context = this.#context;
    const row = (context?.row ?? 0) + direction;
    if (!context || row < 0 || row >= context.count) return;
    await this.#toRow(row);
  }

  /** @param {number} row */
  async #toRow(row) {
    const id = await this.#context?.idAt(row);
    if (id) this.#app?.go({ open: id }, { replace: true });
  }

  /** @param {number} id */
  #go(id) {
    this.#app?.go({ open: id });
  }

  /** @param {any} change */
  #leave(change) {
    const app = this.#app;
    this.close();
    app?.go({ ...change, open: null });
  }

  /** @param {1 | -1} sign */
  #like(sign) {
    const id = this.#id;
    this.dialog.close();
    this.like(id, sign);
  }

  /** @param {string} text */
  async #copy(text) {
    if (await copyText(text, this.dialog)) return this.#app?.say("The path is copied.");
    const path = this.dialog.querySelector(".picture-path");
    if (path) getSelection()?.selectAllChildren(path);
    this.#app?.say("The browser does not allow copying; the path is selected: press Ctrl+C.", { kind: "error" });
  }

  /**
   * Load the pictures before and after it.
   * @param {App} app
   */
  async #preload(app) {
    const context = this.#context;
    if (!context) return;
    const rows = [context.row + 1, context.row - 1].filter((row) => row >= 0 && row < context.count);
    const ids = (await Promise.all(rows.map((row) => context.idAt(row)))).filter((id) => id !== null);
    const records = await this.#records.get(app, ids).catch(() => null);
    for (const picture of records?.values() ?? []) preload(app, picture);
  }

  #isMirrored() {
    return getComputedStyle(this).direction === "rtl";
  }

  #keys() {
    /** @param {1 | -1} side  1: the right one */
    const turn = (side) => () => {
      if (document.activeElement instanceof HTMLVideoElement) return false; // it seeks by them
      void this.#turn(this.#isMirrored() ? -side : side);
    };
    /** @param {number} across @param {number} down */
    const pan = (across, down) => () => this.stage.pan(across * PAN, down * PAN);
    const count = () => this.#context?.count ?? 0;
    return {
      ArrowRight: { says: "Next picture", run: turn(1) },
      ArrowLeft: { says: "Previous picture", run: turn(-1) },
      PageDown: { says: "Next picture", run: () => void this.#turn(1) },
      PageUp: { says: "Previous picture", run: () => void this.#turn(-1) },
      Home: { says: "First picture", run: () => void (count() && this.#toRow(0)) },
      End: { says: "Last picture", run: () => void (count() && this.#toRow(count() - 1)) },
      "+": { says: "Zoom in", run: () => this.stage.step(1) },
      "=": { says: "Zoom in", run: () => this.stage.step(1) },
      "-": { says: "Zoom out", run: () => this.stage.step(-1) },
      0: { says: "Show all of it", run: () => this.stage.fit() },
      "Shift+ArrowLeft": { says: "Move the zoomed picture", run: pan(1, 0) },
      "Shift+ArrowRight": { says: "Move the zoomed picture", run: pan(-1, 0) },
      "Shift+ArrowUp": { says: "Move the zoomed picture", run: pan(0, 1) },
      "Shift+ArrowDown": { says: "Move the zoomed picture", run: pan(0, -1) },
      m: { says: "More like this", run: () => this.#like(1) },
      l: { says: "Less like this", run: () => this.#like(-1) },
      c: { says: "Copy its path", run: () => void (this.#picture && this.#copy(this.#picture.path)) },
      Escape: { says: "Close", run: () => this.dialog.close() },
    };
  }
}

/**
 * @param {import("../icons.js").IconName} name
 * @param {string} label
 * @param {() => void} onclick
 */
function tool(name, label, onclick) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(name));
}

/**
 * Return a button with its words, which a narrow page leaves to screen readers.
 * @param {import("../icons.js").IconName} name
 * @param {string} label
 * @param {() => void} onclick
 */
function worded(name, label, onclick) {
  return el("button", { type: "button", class: "worded", title: label, onclick }, icon(name), el("span", {}, label));
}

customElements.define("picture-view", PictureView);

// The state of the index: a run's progress, its roots, starting and stopping.

/** @import { App } from "../types.js" */
/** @import { IndexState, Root } from "../upkeep/upkeep_api.js" */

import { el, fill } from "../dom.js";
import { messageOf } from "../problems.js";
import { counted, number } from "../pure/formats.js";
import { localTime, progressWords } from "../pure/progress.js";
import { IndexLive } from "../upkeep/index_live.js";
import { startIndex, stopIndex } from "../upkeep/upkeep_api.js";
import { whyNoWriting } from "../writing.js";

const SLOWEST = /** @type {Record<string, string>} */ ({
  disk: "The disk is what takes longest.",
  decode: "Decoding the pictures is what takes longest.",
  encode: "The model is what takes longest.",
});

/** A section that keeps itself up to date. `onended` is called when a run has ended. */
export class IndexSection {
  /**
   * @param {App} app
   * @param {() => void} onended
   */
  constructor(app, onended) {
    this.app = app;
    this.onended = onended;
    this.wasRunning = false;
    this.shownRoots = "";
    /** @type {Set<number>} */
    this.left = new Set(); // roots that the next run is to leave out
    this.words = el("p", { class: "index-words", role: "status", dir: "auto" }, "Looking at the index…");
    this.bar = el("progress", { "aria-label": "Progress of the run", hidden: true });
    this.more = el("p", { class: "muted", dir: "auto" });
    this.problems = el("ul", { class: "paths problems" });
    this.roots = el("div", { class: "table-place" });
    this.start = el("button", { type: "button", class: "primary", onclick: () => void this.#start() }, "Index now");
    this.stop = el("button", { type: "button", hidden: true, onclick: () => void this.#stop() }, "Stop");
    this.element = el("section", { class: "card index-state", "aria-labelledby": "index-heading" }, [
      el("h2", { id: "index-heading" }, "Index"),
      this.words,
      this.bar,
      this.more,
      this.problems,
      this.roots,
      el("p", { class: "buttons" }, this.start, this.stop),
    ]);
    this.live = new IndexLive(
      (state) => this.#show(state),
      (error) => this.#say(messageOf(error)),
    );
  }

  open() {
    return this.live.look();
  }

  close() {
    this.live.close();
  }

  /** @param {IndexState} state */
  #show(state) {
    const { running, mine, stopping, progress, roots, by } = state;
    const hasEnded = this.wasRunning && !running;
    this.wasRunning = running;
    this.#say(stateWords(state));
    this.bar.hidden = !running;
    if (progress?.total) [this.bar.max, this.bar.value] = [progress.total, progress.done];
    else this.bar.removeAttribute("value");
    this.more.textContent = [progress?.current, SLOWEST[progress?.slowest ?? ""]].filter(Boolean).join(" ");
    this.#showProblems(progress?.problems ?? []);
    const refusal = whyNoWriting(this.app) ?? (running ? `A run is on${by ? `: ${by}` : ""}.` : null);
    const hasFocus = [this.start, this.stop].includes(/** @type {any} */ (document.activeElement));
    this.start.disabled = refusal !== null || !roots?.length;
    this.start.title = refusal ?? "";
    this.stop.hidden = !(running && mine);
    this.stop.disabled = stopping;
    this.stop.textContent = stopping ? "Stopping…" : "Stop";
    if (hasFocus) (this.stop.hidden || this.stop.disabled ? this.start : this.stop).focus();
    if (roots) this.#showRoots(roots);
    if (hasEnded) this.onended();
  }

  /** @param {{ path: string, reason: string }[]} problems */
  #showProblems(problems) {
    const lines = problems.map(({ path, reason }) =>
      el("li", {}, el("b", { dir: "auto" }, path), ": ", el("span", { dir: "auto" }, reason)),
    );
    fill(this.problems, ...lines);
    this.problems.hidden = !lines.length;
  }

  /** @param {Root[]} roots */
  #showRoots(roots) {
    const state = JSON.stringify(roots);
    if (state === this.shownRoots) return;
    this.shownRoots = state;
    const heads = ["", "Folder", "Pictures", "Indexed", "State"].map((text) =>
      el("th", { scope: "col" }, text || el("span", { class: "for-readers" }, "In the next run")),
    );
    const rows = roots.map((root) =>
      el("tr", {}, [
        el("td", {}, this.#checkbox(root)),
        el("th", { scope: "row", dir: "auto" }, root.path),
        el("td", {}, number(root.pictures)),
        el("td", {}, localTime(root.indexed_at) || "not in full yet"),
        el("td", {}, root.state),
      ]),
    );
    fill(this.roots, el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)));
  }

  /** @param {Root} root */
  #checkbox(root) {
    const change = () => (box.checked ? this.left.delete(root.id) : this.left.add(root.id));
    const box = el("input", {
      type: "checkbox",
      checked: !this.left.has(root.id),
      onchange: change,
      "aria-label": `Index ${root.path}`,
    });
    return box;
  }

  async #start() {
    const all = this.live.latest?.roots ?? [];
    const chosen = all.map((root) => root.id).filter((id) => !this.left.has(id));
    if (!chosen.length) return this.#say("Choose at least one folder.");
    this.start.disabled = true;
    try {
      this.live.take(await startIndex(chosen.length === all.length ? null : chosen));
    } catch (error) {
      this.start.disabled = false;
      this.#say(messageOf(error));
    }
  }

  async #stop() {
    this.stop.disabled = true;
    try {
      await stopIndex();
    } catch (error) {
      this.#say(messageOf(error));
    }
  }

  /** @param {string} text */
  #say(text) {
    if (this.words.textContent !== text) this.words.textContent = text;
  }
}

/** @param {IndexState} state */
function stateWords({ running, by, mine, progress, last, pictures }) {
  if (running && progress) return progressWords(progress);
  if (running) return mine ? "A run begins…" : `Another program is indexing this library${by ? `: ${by}` : ""}.`;
  if (last) return `${last.sentence} ${localTime(last.ended_at)}`;
  return `${counted(pictures, "picture")} in the index. No run is on.`;
}

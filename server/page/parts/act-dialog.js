// Acting on all hits, or on those that are chosen: label, link, copy, contact sheet, paths; first what would be done.

/** @import { App, Search } from "../types.js" */

import { openDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { problemText } from "../problems.js";
import { counted } from "../pure/formats.js";
import { showJob, showOutcome } from "../upkeep/job_view.js";
import { planAction, runAction } from "../upkeep/upkeep_api.js";
import { whyNoWriting } from "../writing.js";
import { labelChoice } from "./act-labels.js";
import { showPaths } from "./act-paths.js";
import { recall, remember, targetChoice } from "./act-targets.js";

/** @typedef {"label" | "link" | "copy" | "sheet" | "paths"} Kind */

/**
 * @typedef {object} Meant
 * @property {Search} search
 * @property {"matches" | "all"} [what]
 * @property {number[] | null} [ids]  instead of all hits
 */

/** @typedef {import("../upkeep/upkeep_api.js").Asked} Asked */

const KINDS = /** @type {Record<Kind, string>} */ ({
  label: "Label",
  link: "Link to a folder",
  copy: "Copy to a folder",
  sheet: "Contact sheet",
  paths: "Paths as text",
});

/**
 * Open the dialog; it is over when it is closed.
 * @param {App} app
 * @param {Meant} meant
 * @returns {Promise<void>}
 */
export function openActDialog(app, meant) {
  return new ActDialog(app, meant).opened.closed;
}

class ActDialog {
  /**
   * @param {App} app
   * @param {Meant} meant
   */
  constructor(app, { search, what = "matches", ids = null }) {
    this.app = app;
    this.search = search;
    this.ids = ids;
    this.refusal = whyNoWriting(app);
    this.opened = openDialog(ids ? `Act on ${counted(ids.length, "picture")}` : "Act on all hits", { kind: "act" });
    this.place = el("div", { class: "plan", role: "status" });
    this.options = el("div", { class: "act-options" });
    this.which = el("select", { id: "act-which" }, [
      el("option", { value: "matches" }, "those that match"),
      el("option", { value: "all", selected: what === "all" }, "all, the weaker ones too"),
    ]);
    this.submit = el("button", { type: "submit", class: "primary" });
    /** @type {() => Record<string, unknown> | null} */
    this.given = () => ({});
    this.kind = this.#firstKind();
    this.form = this.#makeForm();
    this.opened.fill(this.form, this.place);
    this.#choose(this.kind);
    /** @type {HTMLElement | null} */ (this.form.querySelector("input:checked"))?.focus();
  }

  get kinds() {
    return /** @type {Kind[]} */ (Object.keys(KINDS));
  }

  /** @returns {Kind} */
  #firstKind() {
    if (this.refusal) return "paths";
    const last = /** @type {Kind} */ (recall("kind"));
    return this.kinds.includes(last) ? last : this.kinds[0];
  }

  #makeForm() {
    const radios = this.kinds.map((name) => {
      const isOff = this.refusal !== null && name !== "paths";
      const choose = () => this.#choose(name);
      const state = { checked: name === this.kind, disabled: isOff, onchange: choose };
      return el(
        "label",
        { class: "choice" },
        el("input", { type: "radio", name: "act-kind", value: name, ...state }),
        KINDS[name],
      );
    });
    const hasChoice = !this.ids && this.search.terms.length > 0;
    const submitted = (/** @type {SubmitEvent} */ event) => [event.preventDefault(), void this.#plan()];
    return el("form", { class: "act-form", onsubmit: submitted, oninput: () => fill(this.place) }, [
      el("fieldset", { class: "kinds" }, el("legend", {}, "What to do"), radios),
      hasChoice && el("p", { class: "row" }, el("label", { for: "act-which" }, "Pictures"), this.which),
      this.options,
      this.refusal && el("p", { class: "note" }, this.refusal),
      el("p", { class: "buttons" }, this.submit),
    ]);
  }

  /** @param {Kind} kind */
  #choose(kind) {
    this.kind = kind;
    remember("kind", kind);
    fill(this.place);
    this.submit.textContent = kind === "paths" ? "Show the paths" : "Show what would be done";
    fill(this.options);
    if (kind === "label") this.given = labelChoice(this.options);
    else this.given = kind === "paths" ? () => ({}) : targetChoice(kind, this.options);
  }

  async #plan() {
    const given = this.given();
    if (!given) return;
    this.submit.disabled = true;
    fill(this.place, el("p", {}, "Looking at what that would be…"));
    try {
      await this.#planOf(this.ids ? { ids: this.ids } : { ...this.search, what: this.which.value }, given);
    } catch (error) {
      this.#problem(error);
    }
    this.submit.disabled = false;
  }

  /**
   * @param {Asked} pictures
   * @param {Record<string, unknown>} given
   */
  async #planOf(pictures, given) {
    if (this.kind === "paths") return showPaths(this.app, this.place, pictures);
    const asked = { ...pictures, kind: this.kind, ...given };
    const planned = await planAction(asked);
    this.#showPlan(planned, async () => this.#run(asked, planned.plan));
  }

  /**
   * @param {import("../upkeep/upkeep_api.js").Plan} planned
   * @param {() => Promise<void>} run
   */
  #showPlan({ sentence, notes, first }, run) {
    const go = el("button", { type: "button", class: "primary" }, KINDS[this.kind]);
    go.addEventListener("click", () => {
      go.disabled = true;
      run().catch((error) => this.#problem(error));
    });
    fill(this.place, [
      el("p", { class: "plan-sentence", dir: "auto" }, sentence),
      first.length > 0 && el("p", { class: "muted", dir: "auto" }, `First: ${first.join(", ")}`),
      ...notes.map((note) => el("p", { class: "note", dir: "auto" }, note)),
      el("p", { class: "buttons" }, go),
    ]);
    go.focus();
  }

  /**
   * @param {Record<string, unknown>} asked
   * @param {string} token
   */
  async #run(asked, token) {
    const begun = await runAction(asked, token);
    this.form.remove();
    const job = await showJob(this.place, begun);
    showOutcome(this.place, job, this.opened.close);
    if (this.kind === "label") document.dispatchEvent(new CustomEvent("library-changed"));
  }

  /** @param {unknown} error */
  #problem(error) {
    fill(this.place, problemText(error));
  }
}

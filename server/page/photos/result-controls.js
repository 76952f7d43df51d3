// Above the pictures: how many were found, in which order they are shown, from which score on they match, and how.

/** @import { App } from "../types.js" */
/** @import { Results } from "./results.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { scoreOf } from "../pure/binary.js";
import { score } from "../pure/formats.js";
import { summary } from "../pure/summary.js";

const CHANGES_AFTER = 200; // ms after which a cut-off that is being moved is searched with
const SHOWS = /** @type {const} */ ([
  ["grid", "Grid"],
  ["map", "Map"],
  ["plane", "Plane"],
]);

/** `<result-controls>`; call `bind` first, and `show` when the state or the results are others. */
export class ResultControls extends HTMLElement {
  /** @type {App} */
  #app = /** @type {any} */ (null);
  /** @type {Results} */
  #results = /** @type {any} */ (null);
  #found = el("p", { class: "found", role: "status" });
  #sort = el("select", { "aria-label": "Order" });
  #cutoff = el("select", { "aria-label": "Cut-off" });
  #score = el("input", { type: "range", step: "0.001", "aria-label": "Lowest score that matches" });
  #value = el("output", { class: "value" });
  #fold = el("input", { type: "checkbox" });
  #cutoffPlace = el("span", { class: "cutoff" });
  /** @type {HTMLButtonElement[]} */
  #shows = [];
  #changing = 0;

  /**
   * @param {App} app
   * @param {Results} results
   * @param {Node[]} before  what stands before all else
   * @param {Node} act  what stands behind the options
   */
  bind(app, results, before, act) {
    this.#app = app;
    this.#results = results;
    this.#cutoff.append(
      el("option", { value: "auto" }, "Automatic cut-off"),
      el("option", { value: "none" }, "No cut-off"),
      el("option", { value: "score" }, "From a score on"),
    );
    this.#sort.addEventListener("change", () => app.go({ sort: /** @type {any} */ (this.#sort.value) }));
    this.#cutoff.addEventListener("change", () => this.#chosen());
    this.#score.addEventListener("input", () => this.#moved());
    this.#fold.addEventListener("change", () => app.go({ fold: this.#fold.checked }));
    this.#cutoffPlace.append(this.#cutoff, this.#score, this.#value);
    const options = el(
      "div",
      { class: "options", id: "options" },
      this.#sort,
      this.#cutoffPlace,
      el("label", { class: "check" }, this.#fold, "Stack copies"),
      act,
    );
    const more = el(
      "button",
      { type: "button", class: "icon-button more-options", "aria-label": "Options", title: "Options" },
      icon("sliders"),
    );
    more.setAttribute("aria-expanded", "false");
    more.setAttribute("aria-controls", "options");
    more.addEventListener("click", () => {
      const isOpen = this.classList.toggle("open");
      more.setAttribute("aria-expanded", String(isOpen));
    });
    this.append(...before, this.#found, more, this.#switch(), options);
    this.show();
  }

  /** Show what the state and the results say. */
  show() {
    const { state } = this.#app;
    const hasTerms = state.terms.length > 0;
    this.#showFound();
    this.#showOrders(hasTerms);
    this.classList.toggle("ranked", hasTerms);
    this.#cutoffPlace.hidden = !hasTerms;
    const isScore = typeof state.cutoff === "number";
    this.#cutoff.value = isScore ? "score" : String(state.cutoff);
    this.#score.hidden = this.#value.hidden = !isScore;
    if (typeof state.cutoff === "number" && document.activeElement !== this.#score) this.#showScore(state.cutoff);
    this.#fold.checked = state.fold;
    for (const button of this.#shows) {
      button.setAttribute("aria-pressed", String(button.value === state.show));
    }
  }

  #showFound() {
    const { search, answered, answer, layout, isPending, error } = this.#results;
    this.#found.classList.toggle("pending", isPending);
    const isOld = answer !== null && answered !== search; // what was found before stays until there is something else
    if (isOld && !error) return;
    const isThere = search && answer && !isOld;
    const said = isThere ? summary({ search, answer, layout }) : isPending ? "Searching…" : "";
    if (this.#found.textContent !== said) this.#found.textContent = said;
  }

  /** @param {boolean} hasTerms */
  #showOrders(hasTerms) {
    const { sort } = this.#app.state;
    const orders = { ...(hasTerms && { score: "Best first" }), date: "Newest first", path: "By folder and name" };
    if (this.#sort.options.length !== Object.keys(orders).length) {
      this.#sort.replaceChildren(...Object.entries(orders).map(([value, text]) => el("option", { value }, text)));
    }
    this.#sort.value = sort && sort in orders ? sort : hasTerms ? "score" : "date";
  }

  /** @param {number} cutoff */
  #showScore(cutoff) {
    const { scores } = this.#results.order;
    const [high, low] = scores?.length ? [scoreOf(scores[0]), scoreOf(scores[scores.length - 1])] : [cutoff, cutoff];
    this.#score.min = String(Math.floor(Math.min(low, cutoff) * 100) / 100);
    this.#score.max = String(Math.ceil(Math.max(high, cutoff) * 100) / 100);
    this.#score.value = String(cutoff);
    this.#value.textContent = score(cutoff);
  }

  #chosen() {
    const { value } = this.#cutoff;
    if (value === "score") {
      const lowest = this.#results.answer?.lowest ?? this.#results.scoreAt(0) ?? 0;
      this.#app.go({ cutoff: Math.round(lowest * 1000) / 1000, nearest: false });
    } else this.#app.go({ cutoff: value === "none" ? "none" : "auto", nearest: false });
  }

  #moved() {
    this.#value.textContent = score(Number(this.#score.value));
    clearTimeout(this.#changing);
    this.#changing = window.setTimeout(
      () => this.#app.go({ cutoff: Number(this.#score.value), nearest: false }, { replace: true }),
      CHANGES_AFTER,
    );
  }

  #switch() {
    this.#shows = SHOWS.map(([value, text]) => {
      const label = el("span", {}, text);
      const button = el(
        "button",
        { type: "button", value, title: `${text} (${value[0]})` },
        icon(value === "plane" ? "dots" : value),
        label,
      );
      button.addEventListener("click", () => this.#app.go({ show: value }));
      return button;
    });
    return el("div", { class: "switch", role: "group", "aria-label": "Shown as" }, this.#shows);
  }
}

customElements.define("result-controls", ResultControls);

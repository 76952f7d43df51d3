// What stands in the place of the pictures where there are none: what is wrong, or that nothing matches, and what can be
// done about it.

/** @import { App } from "../types.js" */
/** @import { Results } from "./results.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { number } from "../pure/formats.js";
import { nothing } from "../pure/summary.js";
import { NO_FILTERS, searchOf } from "../pure/url_state.js";
import { withTerms } from "./search-bar.js";

/** The message instead of pictures. */
export class Instead {
  element = el("div", { class: "message", hidden: true });
  #said = "";
  #abort = new AbortController();

  /**
   * @param {App} app
   * @param {Results} results
   * @param {() => void} enter  lead the focus to the pictures
   */
  constructor(app, results, enter) {
    this.app = app;
    this.results = results;
    this.enter = enter;
  }

  /** Whether there is something to say. */
  get isShown() {
    return !this.element.hidden;
  }

  /**
   * Say what there is to say; the same is not said again.
   * @param {boolean} isGrid  the map and the plane say themselves that they are empty
   */
  show(isGrid) {
    const { app, results } = this;
    const { error, search, answer, layout } = results;
    const library = { pictures: app.session?.pictures ?? 1, nearest: app.state.nearest };
    const what = isGrid && search && answer ? nothing({ search, answer, layout }, library) : null;
    this.element.hidden = !error && !what;
    const said = error ? `error ${error.message}` : what ? `${what.says} ${JSON.stringify(search)}` : "";
    if (said === this.#said) return;
    this.#said = said;
    this.#abort.abort();
    if (error) {
      const again = () => void results.run(searchOf(app.state));
      const says = el("p", { role: "alert", dir: "auto" }, error.message);
      fill(this.element, icon("warning"), says, button("Try again", again, icon("refresh")));
    } else if (what) {
      const offers = el("div", { class: "offers" }, this.#offer(what.offer));
      fill(this.element, icon("search"), el("p", { dir: "auto" }, what.says), offers);
      if (what.offer === "nearest") void this.#widen(offers);
    }
  }

  /** @param {"nearest" | "filters" | "library" | null} offer */
  #offer(offer) {
    const { app } = this;
    if (offer === "nearest") return button("Show the nearest", () => [app.go({ nearest: true }), this.enter()]);
    if (offer === "filters") return button("Take the filters off", () => app.go(NO_FILTERS));
    return offer && el("a", { class: "button", href: "/library", "data-view": "library" }, "To the library");
  }

  /**
   * Offer a wider text that pictures match, if the server knows one.
   * @param {HTMLElement} place
   */
  async #widen(place) {
    const { app } = this;
    const [term] = app.state.terms;
    if (app.state.terms.length !== 1 || term.text === undefined) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const found = await app.api.wider(searchOf(app.state), signal).catch(() => null);
    const text = found?.text;
    if (!text || signal.aborted) return;
    const says = `Search for “${text}” instead: ${found.is_all ? "" : "at least "}${number(found.matching)} match`;
    place.prepend(button(says, () => app.go(withTerms([{ text, weight: 1 }]))));
  }
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {SVGElement} [sign]
 */
function button(text, onclick, sign) {
  return el("button", { type: "button", onclick }, sign, text);
}

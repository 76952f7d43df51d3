// The search field: what is typed becomes a term of the search, at once where the text is known to the server, else when
// the typing rests or Enter is pressed.

/** @import { App, Term } from "../types.js" */
/** @import { Field } from "../pure/typing.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { fieldOf, typed } from "../pure/typing.js";

const ASKS_AFTER = 120; // ms of rest after which the server is asked whether the text is known
const RESTS_AFTER = 600; // ms of rest after which a new text is searched for

/** `<search-bar>`; call `bind` first. */
export class SearchBar extends HTMLElement {
  /** @type {App} */
  #app = /** @type {any} */ (null);
  #input = el("input", {
    type: "search",
    name: "q",
    "aria-label": "Search",
    autocomplete: "off",
    spellcheck: false,
    enterKeyHint: "search",
    dir: "auto",
    maxLength: 2000,
  });
  #sign = el("span", { class: "sign", hidden: true }, "not");
  /** @type {Field} */
  #field = { at: null, sign: 1 };
  #asking = 0;
  #resting = 0;
  /** Whether the entry of the history that the typing changes has been made. */
  #isTyping = false;

  /**
   * @param {App} app
   * @param {(files: File[]) => void} take  what pictures are given to
   * @param {() => void} leave  lead the focus to the pictures
   */
  bind(app, take, leave) {
    this.#app = app;
    const file = el("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "A picture to search by" });
    file.addEventListener("change", () => {
      take([...(file.files ?? [])]);
      file.value = "";
    });
    const choose = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": "Search by a picture",
        title: "Search by a picture (or drop or paste one)",
        onclick: () => file.click(),
      },
      icon("picture"),
    );
    this.append(
      el(
        "form",
        { role: "search", onsubmit: (/** @type {Event} */ event) => [event.preventDefault(), this.#commit()] },
        icon("search"),
        this.#sign,
        this.#input,
        choose,
        file,
      ),
    );
    this.#input.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event)));
    this.#input.addEventListener("compositionend", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => {
      if (event.isComposing || !(event.key === "ArrowDown" || (event.key === "Escape" && !this.#input.value))) return;
      event.preventDefault();
      leave();
    });
    this.#input.addEventListener("blur", () => {
      this.#isTyping = false;
    });
    this.show();
  }

  /** Show what the state says, unless somebody is typing. */
  show() {
    const { terms } = this.#app.state;
    const own = this.#field.at === null ? undefined : terms[this.#field.at];
    const isTyping = document.activeElement === this.#input;
    if (isTyping && (this.#field.at === null || own?.text === tidy(this.#input.value))) return this.#showSign();
    if (!isTyping || own?.text === undefined) this.#field = fieldOf(terms);
    this.#input.value = this.#field.at === null ? "" : (terms[this.#field.at].text ?? "");
    this.#showSign();
  }

  /** Have the focus come to the field. */
  edit() {
    this.#input.focus();
    this.#input.select();
  }

  /**
   * Let the field stand for a text that is searched for already.
   * @param {number} at
   */
  editTerm(at) {
    this.#field = { at, sign: 1 };
    this.#input.value = this.#app.state.terms[at]?.text ?? "";
    this.#showSign();
    this.edit();
  }

  /**
   * Let the field stand for one more text.
   * @param {1 | -1} sign
   */
  addTerm(sign) {
    this.#field = { at: null, sign };
    this.#input.value = "";
    this.#showSign();
    this.edit();
  }

  #showSign() {
    const { at, sign } = this.#field;
    const isNot = at === null ? sign < 0 : this.#app.state.terms[at]?.weight < 0;
    this.#sign.hidden = !isNot;
    const isMore = at === null && this.#app.state.terms.length > 0;
    this.#input.setAttribute("aria-label", isNot ? "Search, but not for" : isMore ? "Search also for" : "Search");
    this.#input.placeholder = isNot
      ? "What should not be there"
      : isMore
        ? "What should be there too"
        : "Search for what is in the pictures";
  }

  /** @param {InputEvent} [event] */
  #typed(event) {
    if (event?.isComposing) return;
    clearTimeout(this.#asking);
    clearTimeout(this.#resting);
    const text = tidy(this.#input.value);
    if (!text) return this.#commit(true);
    this.#asking = window.setTimeout(() => this.#ask(text), ASKS_AFTER);
    this.#resting = window.setTimeout(() => this.#commit(true), RESTS_AFTER);
  }

  /** @param {string} text */
  async #ask(text) {
    const isKnown = await this.#app.api.known(text).catch(() => false);
    if (isKnown && tidy(this.#input.value) === text) this.#commit(true);
  }

  /** @param {boolean} [isTyping]  it goes on, so that "back" should not lead to each letter */
  #commit(isTyping = false) {
    clearTimeout(this.#asking);
    clearTimeout(this.#resting);
    const { terms, field } = typed(this.#app.state.terms, this.#field, this.#input.value);
    this.#field = field;
    const isSame = JSON.stringify(terms) === JSON.stringify(this.#app.state.terms);
    if (!isSame) this.#app.go(withTerms(terms), { replace: this.#isTyping });
    this.#isTyping = isTyping && (this.#isTyping || !isSame);
    this.#showSign();
  }
}

customElements.define("search-bar", SearchBar);

/** @param {string} text */
const tidy = (text) => text.trim().replace(/\s+/g, " ");

/**
 * Return the change of the state to other terms: what was said about the old ones does not hold for them.
 * @param {Term[]} terms
 * @returns {Partial<import("../pure/url_state.js").State>}
 */
export function withTerms(terms) {
  return { terms, view: "photos", nearest: false, open: null };
}

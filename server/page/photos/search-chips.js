// What is searched for as chips: each text and picture with its weight, each filter; all can be changed and removed.

/** @import { App, Picture, Term } from "../types.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { PhotoThumb } from "../parts/thumb.js";
import { filterChips, tidyWeight } from "../pure/chips.js";
import { NO_FILTERS } from "../pure/url_state.js";
import { withTerms } from "./search-bar.js";
import { previews } from "./uploading.js";

const CHANGES_AFTER = 300; // ms after which a weight that is being changed is searched with

/**
 * @typedef {object} ChipHost  who the chips belong to
 * @property {(at: number) => void} edit  a text, in the search field
 * @property {(sign: 1 | -1) => void} add
 * @property {(id: number) => void} open
 */

/** `<search-chips>`; call `bind` first, and `show` when the state is another. */
export class SearchChips extends HTMLElement {
  /** @type {App} */
  #app = /** @type {any} */ (null);
  /** @type {ChipHost} */
  #host = /** @type {any} */ (null);
  #list = el("ul", { "aria-label": "Searched for" });
  #more = el("span", { class: "more" });
  /** @type {Map<string, HTMLElement>} */
  #chips = new Map();
  /** @type {Map<number, Picture>} */
  #pictures = new Map();
  #changing = 0;

  /**
   * @param {App} app
   * @param {ChipHost} host
   */
  bind(app, host) {
    this.#app = app;
    this.#host = host;
    fill(
      this.#more,
      el("button", { type: "button", class: "quiet", onclick: () => host.add(1) }, icon("plus"), "Also"),
      el("button", { type: "button", class: "quiet", onclick: () => host.add(-1) }, icon("minus"), "But not"),
      el("button", { type: "button", class: "quiet", onclick: () => this.#clear() }, icon("close"), "Clear all"),
    );
    this.append(this.#list, this.#more);
    this.show();
  }

  /** Show the chips of the state; those that stay keep their elements, and with them the focus. */
  show() {
    const { state } = this.#app;
    const { terms } = state;
    const filters = filterChips(state);
    this.hidden = !terms.length && !filters.length;
    /** @type {Map<string, HTMLElement>} */
    const chips = new Map();
    terms.forEach((term, at) => {
      const key = `${at} ${term.text ?? ""} ${term.id ?? ""} ${term.upload ?? ""} ${term.weight < 0}`;
      const chip = this.#chips.get(key) ?? this.#termChip(term, at);
      const weight = /** @type {HTMLInputElement} */ (chip.querySelector("input"));
      if (document.activeElement !== weight) weight.value = String(Math.abs(term.weight));
      weight.parentElement?.classList.toggle("other", Math.abs(term.weight) !== 1);
      chips.set(key, chip);
    });
    for (const { label, without } of filters) {
      chips.set(`filter ${label}`, this.#chips.get(`filter ${label}`) ?? this.#filterChip(label, without));
    }
    const isSame = [...chips.keys()].join("\n") === [...this.#chips.keys()].join("\n");
    this.#chips = chips;
    if (!isSame) this.#list.replaceChildren(...chips.values());
  }

  /** @param {Picture} picture */
  know(picture) {
    this.#pictures.set(picture.id, picture);
  }

  /**
   * @param {Term} term
   * @param {number} at
   */
  #termChip(term, at) {
    const isNot = term.weight < 0;
    const [name, shown] = this.#what(term, at);
    const sign = el(
      "button",
      {
        type: "button",
        class: "sign",
        title: isNot ? "Make it wanted" : "Make it unwanted",
        "aria-label": `${isNot ? "Not wanted" : "Wanted"}: ${name}. Change it`,
        onclick: () => this.#change(at, { ...this.#app.state.terms[at], weight: -this.#app.state.terms[at].weight }),
      },
      icon(isNot ? "minus" : "plus"),
      isNot && el("span", {}, "not"),
    );
    const weight = el("input", {
      type: "number",
      min: "0.1",
      max: "10",
      step: "0.1",
      "aria-label": `Weight of ${name}`,
    });
    weight.addEventListener("input", () => this.#weigh(at, weight));
    return el(
      "li",
      { class: isNot ? "chip minus" : "chip" },
      sign,
      shown,
      el(
        "label",
        { class: "weight", title: "Weight: how much it counts" },
        el("span", { "aria-hidden": "true" }, "×"),
        weight,
      ),
      this.#remover(name, () => this.#change(at)),
    );
  }

  /**
   * Return what a term is called, and an element that shows it.
   * @param {Term} term
   * @param {number} at
   * @returns {[string, HTMLElement]}
   */
  #what(term, at) {
    if (term.text !== undefined) {
      const text = el("button", { type: "button", class: "what", title: "Change the text", dir: "auto" }, term.text);
      text.addEventListener("click", () => this.#host.edit(at));
      return [term.text, text];
    }
    if (term.id === undefined) {
      const preview = previews.get(term.upload ?? "");
      const small = preview ? el("img", { src: preview, alt: "" }) : icon("picture");
      return ["your picture", el("span", { class: "what" }, small, "like your picture")];
    }
    const { id } = term;
    const name = el("span", { dir: "auto" }, `picture ${id}`);
    const place = new PhotoThumb();
    void this.#name(id, name, place);
    const button = el("button", { type: "button", class: "what", title: "Show the picture" }, place, "like ", name);
    button.addEventListener("click", () => this.#host.open(id));
    return [this.#pictures.get(id)?.name ?? `picture ${id}`, button];
  }

  /**
   * Fill in what a picture of the library is called, and show it.
   * @param {number} id
   * @param {HTMLElement} name
   * @param {PhotoThumb} place
   */
  async #name(id, name, place) {
    const known = this.#pictures.get(id);
    const picture = known ?? (await this.#app.api.images([id]).catch(() => []))[0];
    if (!picture) return;
    this.know(picture);
    name.textContent = picture.name;
    place.show(picture, { height: 24, label: "", badges: false });
  }

  /**
   * @param {string} label
   * @param {Partial<import("../pure/url_state.js").State>} without
   */
  #filterChip(label, without) {
    const remove = () => this.#without(() => this.#app.go({ ...without, nearest: false }));
    return el(
      "li",
      { class: "chip filter" },
      icon("filter"),
      el("span", { class: "what", dir: "auto" }, label),
      this.#remover(label, remove),
    );
  }

  /**
   * @param {string} name
   * @param {() => void} onclick
   */
  #remover(name, onclick) {
    return el(
      "button",
      { type: "button", class: "remove", "aria-label": `Remove ${name}`, title: "Remove", onclick },
      icon("close"),
    );
  }

  /**
   * Search with another weight, soon.
   * @param {number} at
   * @param {HTMLInputElement} input
   */
  #weigh(at, input) {
    clearTimeout(this.#changing);
    this.#changing = window.setTimeout(() => {
      const term = this.#app.state.terms[at];
      const value = Number(input.value);
      if (!term || !(value > 0)) return;
      this.#change(at, { ...term, weight: tidyWeight(term.weight < 0 ? -value : value) }, { replace: true });
    }, CHANGES_AFTER);
  }

  /**
   * Search with a term changed, or without it.
   * @param {number} at
   * @param {Term | null} [term]
   * @param {{ replace?: boolean }} [how]
   */
  #change(at, term = null, how) {
    const terms = this.#app.state.terms.flatMap((old, index) => (index === at ? (term ?? []) : old));
    const go = () => this.#app.go(withTerms(terms), how);
    if (how?.replace) go();
    else this.#without(go);
  }

  #clear() {
    this.#app.go({ ...withTerms([]), ...NO_FILTERS });
    this.#host.add(1);
  }

  /**
   * Do what takes the focused chip away, and give the focus to the one in its place, or to the search field.
   * @param {() => void} change
   */
  #without(change) {
    const focused = document.activeElement;
    const place = [...this.#list.children].findIndex((chip) => chip.contains(focused));
    const name = focused?.className ?? "";
    change();
    this.show();
    if (place < 0) return;
    const next = this.#list.children[Math.min(place, this.#list.children.length - 1)];
    const same = /** @type {HTMLElement | null | undefined} */ (next?.querySelector(`.${name || "remove"}`));
    if (same) same.focus();
    else this.#host.add(1);
  }
}

customElements.define("search-chips", SearchChips);

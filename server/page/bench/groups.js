// The labels of a set with how many pictures have each; one is chosen to see its pictures alone.

/** @import { Work } from "./work.js" */

import { el, fill } from "../dom.js";
import { number } from "../pure/formats.js";

/** Counts that follow every correction without the list being made anew. */
export class Groups {
  /**
   * @param {Work} work
   * @param {(label: string | null) => void} choose
   */
  constructor(work, choose) {
    this.work = work;
    this.choose = choose;
    this.list = el("ul", { class: "groups" });
    this.element = el("nav", { class: "group-list", "aria-label": "Groups" }, this.list);
    /** @type {Map<string | null, { button: HTMLButtonElement, count: HTMLElement, width: HTMLElement }>} */
    this.entries = new Map();
    for (const label of [null, ...work.labels]) this.#add(label);
    this.update(null);
  }

  /** @param {string | null} chosen */
  update(chosen) {
    const { counts, set } = this.work;
    const most = Math.max(1, ...Object.values(counts));
    for (const [label, { button, count, width }] of this.entries) {
      const amount = label === null ? set.judged : (counts[label] ?? 0);
      fill(count, number(amount));
      width.style.inlineSize = label === null ? "0" : `${(100 * amount) / most}%`;
      button.setAttribute("aria-current", String(label === chosen));
    }
  }

  /** @param {string | null} label */
  #add(label) {
    const count = el("span", { class: "bar-value" });
    const width = el("span");
    const name = label === null ? "All pictures" : label;
    const button = el("button", { type: "button", data: { group: label ?? "" }, onclick: () => this.choose(label) }, [
      el("span", { class: "bar-name", dir: "auto" }, name),
      el("span", { class: "bar-track", "aria-hidden": "true" }, width),
      count,
    ]);
    this.entries.set(label, { button, count, width });
    this.list.append(el("li", {}, button));
  }
}

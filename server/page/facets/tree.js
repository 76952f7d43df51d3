// The folders as a tree that loads what is opened: arrow keys go through it, Enter chooses.

/** @import { Folder } from "../types.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { number } from "../pure/formats.js";
import { focusedKey, focusKey } from "./group.js";

/**
 * @typedef {object} Source
 * @property {(id: string) => Promise<Folder[]>} below  the folders of a folder
 * @property {(id: string) => void} pressed
 */

/** A tree of folders, of which several can be chosen. */
export class FolderTree {
  /** @type {Map<string, Folder[]>} */
  #below = new Map();
  /** @type {Folder[]} */
  #roots = [];
  /** @type {Set<string>} */
  #opened = new Set();
  /** @type {Set<string>} */
  #chosen = new Set();
  #current = "";

  /** @param {Source} source */
  constructor(source) {
    this.source = source;
    this.tree = el("ul", {
      class: "facet-tree",
      role: "tree",
      "aria-label": "Folders",
      "aria-multiselectable": "true",
    });
    this.tree.addEventListener("keydown", (event) => this.#key(event));
    this.element = el(
      "details",
      { class: "facet-group", open: true, hidden: true },
      el("summary", {}, el("h3", {}, "Folders")),
      this.tree,
    );
  }

  /**
   * Show the roots; what was opened is asked for anew.
   * @param {Folder[]} roots
   * @param {string[]} chosen
   */
  async update(roots, chosen) {
    [this.#roots, this.#chosen] = [roots, new Set(chosen)];
    this.element.hidden = !roots.length;
    this.#draw();
    const asked = [...this.#opened].map(async (id) => this.#below.set(id, await this.source.below(id)));
    await Promise.all(asked.map((one) => one.catch(() => null)));
    this.#draw();
  }

  #draw() {
    const ids = this.#visible(this.#roots).map(({ id }) => id);
    if (!ids.includes(this.#current)) this.#current = ids[0] ?? "";
    const focused = focusedKey(this.tree);
    const most = Math.max(1, ...this.#roots.map(({ count }) => count));
    fill(
      this.tree,
      this.#roots.map((folder) => this.#item(folder, 1, most)),
    );
    focusKey(this.tree, focused);
  }

  /**
   * @param {Folder[]} folders
   * @returns {Folder[]}
   */
  #visible(folders) {
    return folders.flatMap((folder) => [
      folder,
      ...(this.#opened.has(folder.id) ? this.#visible(this.#below.get(folder.id) ?? []) : []),
    ]);
  }

  /**
   * @param {Folder} folder
   * @param {number} level
   * @param {number} most
   * @returns {HTMLLIElement}
   */
  #item(folder, level, most) {
    const { id, name, count, has_more } = folder;
    const isOpen = this.#opened.has(id);
    const twisty = el(
      "span",
      { class: "facet-twisty", "aria-hidden": "true", onclick: () => has_more && void this.#toggle(id) },
      has_more && icon(isOpen ? "down" : "forward"),
    );
    const row = el(
      "span",
      { class: "facet-row", onclick: () => this.#press(id) },
      this.#chosen.has(id) && icon("check"),
      el("span", { class: "facet-name", dir: "auto" }, name),
      " ",
      el("span", { class: "facet-count" }, number(count)),
      el("i", { class: "facet-bar", "aria-hidden": "true", style: { inlineSize: `${(100 * count) / most}%` } }),
    );
    const below = isOpen && this.#below.get(id);
    return el(
      "li",
      {
        role: "treeitem",
        tabIndex: id === this.#current ? 0 : -1,
        data: { key: id },
        "aria-level": level,
        "aria-selected": String(this.#chosen.has(id)),
        "aria-expanded": has_more ? String(isOpen) : null,
        "aria-label": `${name}, ${number(count)}`,
        onfocus: () => this.#focused(id),
      },
      el("div", { class: "facet-line" }, twisty, row),
      below &&
        el(
          "ul",
          { role: "group", class: "facet-tree below" },
          below.map((own) => this.#item(own, level + 1, most)),
        ),
    );
  }

  /** @param {string} id */
  #focused(id) {
    this.#current = id;
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.tree.querySelectorAll("[role=treeitem]"))) {
      item.tabIndex = item.dataset.key === id ? 0 : -1;
    }
  }

  /** @param {string} id */
  #press(id) {
    this.#focused(id);
    focusKey(this.tree, id);
    this.source.pressed(id);
  }

  /** @param {string} id */
  async #toggle(id) {
    if (!this.#opened.delete(id)) {
      this.#opened.add(id);
      if (!this.#below.has(id)) this.#below.set(id, await this.source.below(id).catch(() => []));
    }
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const visible = this.#visible(this.#roots);
    const place = visible.findIndex(({ id }) => id === this.#current);
    const here = visible[place];
    if (!here) return;
    const isMirrored = getComputedStyle(this.tree).direction === "rtl";
    const [inwards, outwards] = isMirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    const isOpen = this.#opened.has(here.id);
    /** @param {Folder | undefined} folder */
    const go = (folder) => folder && focusKey(this.tree, folder.id);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => go(visible[place + 1]),
      ArrowUp: () => go(visible[place - 1]),
      Home: () => go(visible[0]),
      End: () => go(visible.at(-1)),
      Enter: () => this.#press(here.id),
      " ": () => this.#press(here.id),
      [inwards]: () => (isOpen ? go(visible[place + 1]) : here.has_more && void this.#toggle(here.id)),
      [outwards]: () => (isOpen ? void this.#toggle(here.id) : go(visible.find(({ id }) => this.#holds(id, here.id)))),
    };
    if (!(event.key in keys)) return;
    keys[event.key]();
    event.preventDefault();
  }

  /**
   * Say whether a folder is directly in another.
   * @param {string} outer
   * @param {string} inner
   */
  #holds(outer, inner) {
    return this.#opened.has(outer) && Boolean(this.#below.get(outer)?.some(({ id }) => id === inner));
  }
}

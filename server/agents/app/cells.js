// The photos of a search as cells, which load their pictures once they are in view, and are walked through by arrows.

/** @import { Server } from "./server.js" */
/** @import { Photo } from "./facts.js" */

import { el } from "../../page/dom.js";
import { spokenPhoto } from "./facts.js";

const SMALL = 256; // pixels

export class Cells {
  /** @type {Map<Element, Photo>} */
  #photos = new Map();
  #server;
  #open;
  #seen;

  /**
   * @param {Pick<Server, "picture" | "forget">} server
   * @param {(photo: Photo, cell: HTMLElement) => void} open  what a click does
   */
  constructor(server, open) {
    this.#server = server;
    this.#open = open;
    this.#seen = new IntersectionObserver((entries) => this.#crossed(entries));
  }

  /**
   * Return the cell of a photo.
   * @param {Photo} photo
   * @returns {HTMLLIElement}
   */
  cell(photo) {
    const cell = el(
      "li",
      { class: "cell", data: { id: photo.id } },
      el(
        "button",
        {
          type: "button",
          "aria-label": spokenPhoto(photo),
          "aria-expanded": "false",
          title: photo.name,
          onclick: () => this.#open(photo, cell),
        },
        el("span", { class: "name", dir: "auto" }, photo.name),
        photo.number && el("span", { class: "number" }, photo.number),
      ),
    );
    this.#photos.set(cell, photo);
    this.#seen.observe(cell);
    return cell;
  }

  /** Forget all cells. */
  clear() {
    this.#seen.disconnect();
    for (const photo of this.#photos.values()) this.#server.forget(photo.id, SMALL);
    this.#photos.clear();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #crossed(entries) {
    for (const { target, isIntersecting } of entries) {
      const photo = this.#photos.get(target);
      if (photo && isIntersecting) this.#load(target, photo);
      else if (photo) this.#server.forget(photo.id, SMALL);
    }
  }

  /**
   * @param {Element} cell
   * @param {Photo} photo
   */
  async #load(cell, photo) {
    const source = await this.#server.picture(photo.id, SMALL).catch(() => null);
    const name = cell.querySelector(".name");
    if (!source || !name) return;
    this.#seen.unobserve(cell);
    name.replaceWith(el("img", { alt: "", src: source }));
  }
}

/**
 * Go from a photo to the next one in a direction.
 * @param {KeyboardEvent} event
 */
export function walk(event) {
  const here = /** @type {Element | null} */ (event.target)?.closest(".cell > button");
  if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...document.querySelectorAll(".cell > button")];
  const next = neighbour(event.key, here, all);
  if (!next) return;
  event.preventDefault();
  /** @type {HTMLElement} */ (next).focus();
}

/**
 * @param {string} key
 * @param {Element} here
 * @param {Element[]} all
 * @returns {Element | null | undefined}
 */
function neighbour(key, here, all) {
  const at = all.indexOf(here);
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (key === "ArrowDown") return nearest(here, all.slice(at + 1), 1);
  if (key === "ArrowUp") return nearest(here, all.slice(0, at).reverse(), -1);
  return null;
}

/**
 * Return the one of the next row that is nearest.
 * @param {Element} here
 * @param {Element[]} others  in the order in which they are gone through
 * @param {1 | -1} way  down or up
 */
function nearest(here, others, way) {
  const { left, top } = here.getBoundingClientRect();
  const boxes = others.map((element) => ({ element, box: element.getBoundingClientRect() }));
  const row = boxes.find(({ box }) => way * (box.top - top) > 1)?.box.top;
  const inRow = boxes.filter(({ box }) => row !== undefined && Math.abs(box.top - row) <= 1);
  return inRow.sort((one, two) => Math.abs(one.box.left - left) - Math.abs(two.box.left - left))[0]?.element;
}

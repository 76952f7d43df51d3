// The pictures that lie on the dots: one for each place with some, moved with the camera and made anew when it rests.

/** @import { Marker } from "../pure/markers.js" */
/** @import { Picture } from "../types.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { counted, number } from "../pure/formats.js";

/** @typedef {Marker & { id: number, x: number, y: number }} Placed  x and y in the world */

/** The pictures over the dots. */
export class Markers {
  /** @type {Map<number, { button: HTMLButtonElement, placed: Placed }>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} layer
   * @param {{ address: (picture: Picture) => string | null, chosen: (placed: Placed) => void }} what
   */
  constructor(layer, what) {
    this.layer = layer;
    this.what = what;
  }

  /**
   * Show these and no others; those that stay are not made anew.
   * @param {Placed[]} wanted
   * @param {Map<number, Picture>} records
   */
  show(wanted, records) {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, { button }] of this.#shown) if (!ids.has(id)) this.#drop(id, button);
    for (const placed of wanted) {
      const picture = records.get(placed.id);
      const shown = this.#shown.get(placed.id);
      if (shown && shown.placed.count !== placed.count) this.#drop(placed.id, shown.button);
      if (shown) shown.placed = placed;
      if (picture && !this.#shown.has(placed.id)) this.#add(placed, picture);
    }
  }

  /**
   * @param {number} id
   * @param {HTMLButtonElement} button
   */
  #drop(id, button) {
    button.remove();
    this.#shown.delete(id);
  }

  /**
   * @param {Placed} placed
   * @param {Picture} picture
   */
  #add(placed, picture) {
    const { count } = placed;
    const source = this.what.address(picture);
    const button = el(
      "button",
      {
        type: "button",
        class: "dot-marker",
        tabIndex: -1, // the crosshair leads to every picture; a tab stop for each would be in the way
        "aria-label": count > 1 ? `${counted(count, "picture")} here, such as ${picture.name}` : picture.name,
        title: picture.name,
        onclick: () => this.what.chosen(this.#shown.get(placed.id)?.placed ?? placed),
      },
      source ? small(source) : icon("picture"),
      count > 1 && el("span", { class: "dot-count", "aria-hidden": "true" }, number(count)),
    );
    this.layer.append(button);
    this.#shown.set(placed.id, { button, placed });
  }

  /**
   * Move all to where the camera sees them.
   * @param {(x: number, y: number) => [number, number]} toView
   */
  move(toView) {
    for (const { button, placed } of this.#shown.values()) {
      const [left, top] = toView(placed.x, placed.y);
      button.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) translate(-50%, -50%)`;
    }
  }
}

/**
 * Return a small picture, or a sign where it can't be had.
 * @param {string} source
 */
function small(source) {
  const image = el("img", { src: source, alt: "", draggable: false, decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(icon("picture")));
  return image;
}

// A small picture with its badges. All of the page's share one queue: four on their way, the newest first.
//
// Two ways to use it. `thumb(picture)` looks after itself: it loads when it comes into sight, and gives up its place in
// the queue when it leaves before its turn. Whoever knows what is in sight (the grid) makes a `<photo-thumb>` and calls
// `show()` and `rest()`. It cannot take focus: put it into the button, link or option that does.

/** @import { Picture } from "../types.js" */

import { thumbAddress } from "../api.js";
import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { moment, spoken } from "../pure/formats.js";
import { Queue } from "../pure/queue.js";

const AT_ONCE = 4;
const ENOUGH = 320; // device pixels up to which the smaller size will do

/** All small pictures of the page wait here. */
export const waiting = new Queue(AT_ONCE);

/**
 * @typedef {object} ThumbOptions
 * @property {number} [height]  in CSS pixels, by which the size is chosen
 * @property {string} [label]  instead of the picture's own name for screen readers; "" where a name stands beside it
 * @property {boolean} [badges]  whether copies and videos are marked; true if left out
 */

/** `<photo-thumb>`: a picture, or what stands in for it until it is there. */
export class PhotoThumb extends HTMLElement {
  /** @type {Picture | null} */
  picture = null;
  #address = "";

  /**
   * Show a picture, or an empty place where it is not known yet.
   * @param {Picture | null} picture
   * @param {ThumbOptions} [options]
   */
  show(picture, { height = 200, label, badges = true } = {}) {
    const side = height * devicePixelRatio > ENOUGH ? 512 : 256;
    const address = picture?.thumb ? thumbAddress(picture, side) : "";
    if (picture && isSame(picture, this.picture) && address === this.#address) return;
    this.rest();
    this.picture = picture;
    this.#address = address;
    this.classList.remove("loaded", "broken");
    fill(this, picture && badges && badgesOf(picture));
    if (!picture) return;
    if (!address) this.#instead(picture, label);
    else waiting.add(this, () => this.#load(picture, address, label ?? spoken(picture)));
  }

  /** Give up the place in the queue. */
  rest() {
    if (waiting.drop(this)) this.#address = "";
  }

  /**
   * @param {Picture} picture
   * @param {string} address
   * @param {string} label
   */
  async #load(picture, address, label) {
    const image = el("img", { alt: label, draggable: false, decoding: "async" });
    image.src = address;
    try {
      await image.decode();
      if (this.#address !== address) return;
      this.prepend(image);
      this.classList.add("loaded");
    } catch {
      if (this.#address === address) this.#instead(picture, label);
    }
  }

  /**
   * Say what it would be where no small picture can be had.
   * @param {Picture} picture
   * @param {string} [label]
   */
  #instead(picture, label) {
    this.classList.add("broken");
    const name = el("span", { class: "name", dir: "auto", "aria-hidden": label === "" }, picture.name);
    this.prepend(el("span", { class: "instead" }, icon("picture"), name));
  }
}

customElements.define("photo-thumb", PhotoThumb);

/**
 * Return a small picture that loads when it comes into sight.
 * @param {Picture} picture
 * @param {ThumbOptions} [options]
 * @returns {PhotoThumb}
 */
export function thumb(picture, options = {}) {
  const element = /** @type {PhotoThumb} */ (document.createElement("photo-thumb"));
  wanted.set(element, { picture, options });
  sight.observe(element);
  return element;
}

/** @type {WeakMap<Element, { picture: Picture, options: ThumbOptions }>} */
const wanted = new WeakMap();

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const element = /** @type {PhotoThumb} */ (target);
      const asked = wanted.get(element);
      if (!asked) continue;
      if (isIntersecting) element.show(asked.picture, asked.options);
      else element.rest();
      if (element.classList.contains("loaded")) sight.unobserve(element);
    }
  },
  { rootMargin: "200px" },
);

/**
 * Say whether two records show alike.
 * @param {Picture} picture
 * @param {Picture | null} other
 */
function isSame(picture, other) {
  return picture.id === other?.id && picture.at === other.at && picture.copies?.length === other.copies?.length;
}

/** @param {Picture} picture */
function badgesOf(picture) {
  const copies = picture.copies?.length ?? 0;
  const isVideo = picture.at !== null && picture.at !== undefined;
  const badge = (/** @type {string} */ name, /** @type {SVGElement} */ sign, /** @type {string} */ says) =>
    el("span", { class: `badge ${name}`, "aria-hidden": "true", data: { says } }, sign);
  return [
    isVideo && badge("video", icon("play"), moment(Number(picture.at))),
    copies > 0 && badge("stack", icon("stack"), `+${copies}`),
  ];
}

// The large picture itself: soon from its small one, then sharp; zoomed and moved, never beyond its bounds. Or a video.

/** @import { Zoom } from "../pure/zoom.js" */
/** @import { App, Picture } from "../types.js" */

import { el, fill } from "../dom.js";
import { listen } from "../parts/gestures.js";
import { moment } from "../pure/formats.js";
import { dragged, inBounds, isZoomed, stepped, toggled, whole, zoomedAt } from "../pure/zoom.js";

const SHOWN = new Set(["JPEG", "MPO", "PNG", "WEBP", "GIF", "AVIF"]); // by browsers; SVG never, it is a program
const MOST_PIXELS = 120_000_000; // of an original that a browser is given to decode
const LOADING = "Loading…";
const SAYS_AFTER = 500; // ms without any picture
const PIXELATED = 3; // screen pixels of a pixel from which on each is shown as a square
const SWIPE = 60; // pixels that a finger goes to turn to the next picture

/** @typedef {{ width: number, height: number }} Size */

/** Shows one picture or video. */
export class Stage {
  /** @type {Zoom} */
  zoom = { scale: 1, x: 0, y: 0 };
  /** @type {Size} */
  size = { width: 0, height: 0 };
  /** @type {HTMLImageElement | null} */
  image = null;
  /** @type {HTMLVideoElement | null} */
  video = null;
  #turn = 0; // counts what was shown, so that what comes late is dropped
  #swiped = 0;

  /**
   * @param {{ swiped: (direction: 1 | -1) => void, zoomed: () => void }} what
   */
  constructor(what) {
    this.what = what;
    this.place = el("div", { class: "picture-place" });
    this.note = el("p", { class: "picture-note", role: "status" });
    this.element = el("div", { class: "picture-stage" }, this.place, this.note);
    this.#listen();
    new ResizeObserver(
      () => this.image && this.#set(isZoomed(this.zoom, this.size, this.view) ? this.zoom : this.#whole),
    ).observe(this.element);
  }

  /** @returns {Size} */
  get view() {
    return { width: this.element.clientWidth || 1, height: this.element.clientHeight || 1 };
  }

  get #whole() {
    return whole(this.size, this.view);
  }

  #listen() {
    listen(this.element, {
      move: (across, down) => {
        if (!this.image) return;
        if (isZoomed(this.zoom, this.size, this.view))
          this.#set(dragged(this.zoom, across, down, this.size, this.view));
        else this.#swiped += across;
      },
      zoom: (factor, at) =>
        this.image && this.#set(zoomedAt(this.zoom, factor, this.#fromMiddle(at), this.size, this.view)),
      double: (at) => this.image && this.#set(toggled(this.zoom, this.#fromMiddle(at), this.size, this.view)),
      lift: ({ pointerType }) => {
        if (pointerType !== "mouse" && Math.abs(this.#swiped) > SWIPE) this.what.swiped(this.#swiped < 0 ? 1 : -1);
        this.#swiped = 0;
      },
    });
  }

  /**
   * @param {[number, number]} at
   * @returns {[number, number]}
   */
  #fromMiddle([x, y]) {
    return [x - this.view.width / 2, y - this.view.height / 2];
  }

  /** @param {1 | -1} direction */
  step(direction) {
    if (this.image) this.#set(stepped(this.zoom, direction, this.size, this.view));
  }

  fit() {
    if (this.image) this.#set(this.#whole);
  }

  /**
   * Move what is zoomed in; says whether it is.
   * @param {number} across
   * @param {number} down
   */
  pan(across, down) {
    if (!this.image || !isZoomed(this.zoom, this.size, this.view)) return false;
    this.#set(dragged(this.zoom, across, down, this.size, this.view));
    return true;
  }

  /** @param {Zoom} zoom */
  #set(zoom) {
    const { image, size } = this;
    if (!image || !size.width) return;
    this.zoom = inBounds(zoom, size, this.view);
    const { scale, x, y } = this.zoom;
    image.style.inlineSize = `${size.width * scale}px`;
    image.style.blockSize = `${size.height * scale}px`;
    image.style.transform = `translate(-50%, -50%) translate(${x}px, ${y}px)`;
    image.classList.toggle("pixelated", scale >= PIXELATED);
    this.element.classList.toggle("zoomed", isZoomed(this.zoom, size, this.view));
    this.what.zoomed();
  }

  /** Forget what is shown; what is on its way is not waited for. */
  clear() {
    this.#turn++;
    if (this.image) this.image.src = "";
    this.video?.pause();
    this.video?.removeAttribute("src");
    [this.image, this.video] = [null, null];
    fill(this.place);
    this.note.textContent = "";
    this.element.classList.remove("zoomed");
  }

  /**
   * Show a picture, or a video at its moment.
   * @param {App} app
   * @param {Picture} picture
   * @param {boolean} isVideo
   */
  async show(app, picture, isVideo) {
    this.clear();
    if (isVideo) return this.#play(app, picture);
    const turn = this.#turn;
    const { thumb } = picture;
    setTimeout(() => {
      if (turn === this.#turn && !this.image && !this.note.textContent) this.note.textContent = LOADING;
    }, SAYS_AFTER);
    if (thumb) await this.#put(turn, picture, app.api.thumbAddress(picture, 512));
    const isShown = SHOWN.has(picture.format.toUpperCase()) && picture.width * picture.height <= MOST_PIXELS;
    const addresses = [isShown && app.api.originalAddress(picture.id), thumb && app.api.thumbAddress(picture, 2048)];
    for (const address of addresses) if (address && (await this.#put(turn, picture, address))) return;
    if (turn !== this.#turn) return;
    this.note.textContent = this.image
      ? "Only the small picture can be shown: the file is gone, damaged, or its drive is not connected."
      : "The picture can't be shown: the file is gone, damaged, or its drive is not connected.";
  }

  /**
   * Put an image in the place of the one before, once it is there; says whether it came.
   * @param {number} turn
   * @param {Picture} picture
   * @param {string} address
   */
  async #put(turn, picture, address) {
    const image = el("img", { alt: picture.name, draggable: false, class: "picture-image" });
    image.src = address;
    try {
      await image.decode();
    } catch {
      return false;
    }
    if (turn !== this.#turn) return true;
    const isFirst = !this.image;
    if (this.note.textContent === LOADING) this.note.textContent = "";
    this.image = image;
    this.size = {
      width: picture.width || image.naturalWidth,
      height: picture.height || image.naturalHeight,
    };
    fill(this.place, image);
    this.#set(isFirst ? this.#whole : this.zoom);
    return true;
  }

  /**
   * @param {App} app
   * @param {Picture} picture
   */
  #play(app, picture) {
    const turn = this.#turn;
    const at = picture.at ?? 0;
    const video = el("video", { controls: true, preload: "metadata", playsInline: true, "aria-label": picture.name });
    if (picture.thumb) video.poster = app.api.thumbAddress(picture, 512);
    video.addEventListener("loadedmetadata", () => {
      video.currentTime = at;
    });
    video.addEventListener("error", () => void this.#instead(app, picture, turn), { once: true });
    video.src = `${app.api.originalAddress(picture.id)}#t=${at}`;
    this.video = video;
    fill(this.place, video);
  }

  /**
   * Show the moment's picture where the browser can't play the video.
   * @param {App} app
   * @param {Picture} picture
   * @param {number} turn
   */
  async #instead(app, picture, turn) {
    if (turn !== this.#turn) return;
    this.video = null;
    fill(this.place);
    const { format, thumb, at } = picture;
    const instead = thumb ? `; this is its picture at ${moment(at ?? 0)}` : "";
    this.note.textContent = `This browser can't play the video (${format})${instead}. A player on this machine can.`;
    if (!thumb) return;
    for (const side of /** @type {const} */ ([512, 2048])) {
      await this.#put(turn, picture, app.api.thumbAddress(picture, side));
    }
  }

  /**
   * Go to a moment of the video; says whether it is shown.
   * @param {number} at
   */
  seek(at) {
    if (!this.video) return false;
    this.video.currentTime = at;
    return true;
  }
}

/**
 * Load what is shown next, so that it is there at once.
 * @param {App} app
 * @param {Picture} picture
 */
export function preload(app, picture) {
  if (picture.thumb) new Image().src = app.api.thumbAddress(picture, 512);
}

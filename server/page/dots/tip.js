// The picture beside the pointer, or beside the crosshair: what is there.

/** @import { App, Picture } from "../types.js" */

import { el, fill } from "../dom.js";

const GAP = 14; // pixels from the place to the tip
const [WIDTH, HEIGHT] = [216, 232]; // that it takes at most, as in style/dots.css

/** Shows one picture near a place; it takes no pointer. */
export class Tip {
  constructor() {
    this.element = el("div", { class: "dot-tip", hidden: true });
    this.id = 0;
  }

  hide() {
    this.element.hidden = true;
    this.id = 0;
  }

  /**
   * @param {App} app
   * @param {Picture} picture
   * @param {[number, number]} place
   * @param {{ width: number, height: number }} view
   */
  show(app, picture, [x, y], view) {
    if (this.id !== picture.id) {
      fill(
        this.element,
        picture.thumb && el("img", { src: app.api.thumbAddress(picture, 256), alt: "", decoding: "async" }),
        el("b", { dir: "auto" }, picture.name),
        el("span", { dir: "auto" }, [picture.taken_at?.slice(0, 10), picture.place].filter(Boolean).join(" · ")),
      );
    }
    this.id = picture.id;
    const left = x + GAP + WIDTH > view.width ? Math.max(0, x - GAP - WIDTH) : x + GAP;
    const top = y + GAP + HEIGHT > view.height ? Math.max(0, y - GAP - HEIGHT) : y + GAP;
    this.element.style.transform = `translate(${left}px, ${top}px)`;
    this.element.hidden = false;
  }
}

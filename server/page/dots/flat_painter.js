// Draws many dots without WebGL: straight into the pixels of a canvas.

/** @import { Painter } from "./gl_painter.js" */

/** @implements {Painter} */
export class FlatPainter {
  /** @type {"canvas"} */
  kind = "canvas";
  /** @type {Float32Array} */
  #xs = new Float32Array(0);
  /** @type {Float32Array} */
  #ys = new Float32Array(0);
  /** @type {Uint8Array} */
  #classes = new Uint8Array(0);

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /** @type {Painter["load"]} */
  load(xs, ys) {
    [this.#xs, this.#ys, this.#classes] = [xs, ys, new Uint8Array(xs.length)];
  }

  /** @type {Painter["classify"]} */
  classify(classes) {
    this.#classes = classes;
  }

  /** @type {Painter["draw"]} */
  draw(camera, view, ratio, { palette, front, size, every, most = Infinity, offsets }) {
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (!width || !height) return;
    const image = this.context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = palette.map(packed);
    const side = Math.max(1, Math.round(size * ratio));
    const scale = camera.scale * ratio;
    const count = Math.min(this.#xs.length, most);
    for (const isFront of front < 0 ? [false] : [false, true]) {
      for (const offset of offsets) {
        const left = width / 2 - (camera.x - offset) * scale - side / 2;
        const top = height / 2 - camera.y * scale - side / 2;
        for (let i = 0; i < count; i += every) {
          if ((this.#classes[i] === front) !== isFront) continue;
          const x = Math.round(this.#xs[i] * scale + left);
          const y = Math.round(this.#ys[i] * scale + top);
          if (x < 0 || y < 0 || x + side > width || y + side > height) continue;
          const colour = colours[this.#classes[i]];
          for (let row = y; row < y + side; row++) pixels.fill(colour, row * width + x, row * width + x + side);
        }
      }
    }
    this.context.putImageData(image, 0, 0);
  }
}

/**
 * Return a colour as the four bytes of a pixel; little endian, as all machines are that browsers run on.
 * @param {number[]} colour
 */
function packed([red, green, blue, opacity]) {
  const [r, g, b, a] = [red, green, blue, opacity].map((part) => Math.round(part * 255));
  return ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

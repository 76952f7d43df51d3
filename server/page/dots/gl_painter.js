// Draws many dots by WebGL: their places stay in the graphics card, a frame sends only where the camera is.

/** @import { Camera, Size } from "../pure/camera.js" */

/**
 * @typedef {object} Paint
 * @property {number[][]} palette  red, green, blue and opacity (0 to 1) of each class
 * @property {number} front  the class that is drawn over the others, or -1
 * @property {number} size  pixels across a dot
 * @property {number} every  1 for all dots, 4 for every fourth: fewer while the camera moves on a slow machine
 * @property {number} [most]  how many of the first dots; all, if left out
 * @property {number[]} offsets  the world is drawn once at each of these, moved to the right
 */

/**
 * What draws dots.
 * @typedef {object} Painter
 * @property {"webgl" | "canvas"} kind
 * @property {(xs: Float32Array, ys: Float32Array) => void} load
 * @property {(classes: Uint8Array) => void} classify
 * @property {(camera: Camera, view: Size, ratio: number, paint: Paint) => void} draw
 */

export const MOST_CLASSES = 16;

const VERTEX = `
precision highp float;
attribute vec2 place;
attribute float kind;
uniform vec2 middle;
uniform vec2 scale;
uniform mediump float size;
uniform float front;
uniform float isFront;
uniform vec4 palette[${MOST_CLASSES}];
varying vec4 colour;
void main() {
  vec2 at = (place - middle) * scale;
  bool isShown = (abs(kind - front) < 0.5) == (isFront > 0.5);
  gl_Position = isShown ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = size;
  vec4 own = palette[int(kind + 0.5)];
  colour = vec4(own.rgb * own.a, own.a);
}`;

const FRAGMENT = `
precision mediump float;
varying vec4 colour;
uniform float size;
void main() {
  float distance = length(gl_PointCoord - 0.5) * size;
  float cover = clamp(size * 0.5 - distance + 0.5, 0.0, 1.0);
  gl_FragColor = colour * cover;
}`;

/** @implements {Painter} */
export class GlPainter {
  /** @type {"webgl"} */
  kind = "webgl";
  /** @type {Float32Array} */
  #xs = new Float32Array(0);
  /** @type {Float32Array} */
  #ys = new Float32Array(0);
  /** @type {Uint8Array} */
  #classes = new Uint8Array(0);

  /**
   * Return a painter on a canvas, or null if WebGL can't do it here; the canvas is of no use then.
   * @param {HTMLCanvasElement} canvas
   */
  static on(canvas) {
    const gl = canvas.getContext("webgl", { antialias: false, depth: false, powerPreference: "low-power" });
    const program = gl && prepared(gl);
    return gl && program && new GlPainter(canvas, gl, program);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGLRenderingContext} gl
   * @param {Program} program
   */
  constructor(canvas, gl, program) {
    this.gl = gl;
    this.program = program;
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.program = prepared(gl) ?? program;
      this.load(this.#xs, this.#ys);
      this.classify(this.#classes);
      canvas.dispatchEvent(new Event("repaint"));
    });
  }

  /** @type {Painter["load"]} */
  load(xs, ys) {
    [this.#xs, this.#ys] = [xs, ys];
    const places = new Float32Array(2 * xs.length);
    for (let i = 0; i < xs.length; i++) [places[2 * i], places[2 * i + 1]] = [xs[i], ys[i]];
    this.#fill("place", places);
    this.classify(new Uint8Array(xs.length));
  }

  /** @type {Painter["classify"]} */
  classify(classes) {
    this.#classes = classes;
    this.#fill("kind", classes);
  }

  /**
   * @param {"place" | "kind"} name
   * @param {Float32Array | Uint8Array} values
   */
  #fill(name, values) {
    const { gl, program } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, program.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, /** @type {ArrayBufferView<ArrayBuffer>} */ (values), gl.STATIC_DRAW);
  }

  /**
   * Have every dot drawn, or every fourth: the next one is that many further on in the buffers.
   * @param {number} every
   */
  #stride(every) {
    const { gl, program } = this;
    for (const [name, parts, type, size] of /** @type {const} */ ([
      ["place", 2, gl.FLOAT, 8],
      ["kind", 1, gl.UNSIGNED_BYTE, 1],
    ])) {
      const at = gl.getAttribLocation(program.handle, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, program.buffers[name]);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, parts, type, false, size * every, 0);
    }
  }

  /** @type {Painter["draw"]} */
  draw(camera, view, ratio, { palette, front, size, every, most = Infinity, offsets }) {
    const { gl, program } = this;
    const { uniforms } = program;
    this.#stride(every);
    gl.viewport(0, 0, view.width * ratio, view.height * ratio);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const colours = new Float32Array(4 * MOST_CLASSES);
    colours.set(palette.flat().slice(0, colours.length));
    gl.uniform4fv(uniforms.palette, colours);
    gl.uniform2f(uniforms.scale, (2 * camera.scale) / view.width, (2 * camera.scale) / view.height);
    gl.uniform1f(uniforms.size, size * ratio);
    gl.uniform1f(uniforms.front, front);
    const count = Math.ceil(Math.min(this.#xs.length, most) / every);
    for (const isFront of front < 0 ? [0] : [0, 1]) {
      gl.uniform1f(uniforms.isFront, isFront);
      for (const offset of offsets) {
        gl.uniform2f(uniforms.middle, camera.x - offset, camera.y);
        gl.drawArrays(gl.POINTS, 0, count);
      }
    }
  }
}

const UNIFORMS = /** @type {const} */ (["middle", "scale", "size", "front", "isFront", "palette"]);

/** @typedef {NonNullable<ReturnType<typeof prepared>>} Program */

/**
 * Return the compiled program with its buffers and uniforms, or null if it can't be compiled here.
 * @param {WebGLRenderingContext} gl
 */
function prepared(gl) {
  const handle = gl.createProgram();
  for (const [type, source] of /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(handle, shader);
  }
  gl.linkProgram(handle);
  if (!gl.getProgramParameter(handle, gl.LINK_STATUS)) return null;
  gl.useProgram(handle);
  gl.clearColor(0, 0, 0, 0);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const found = UNIFORMS.map((name) => [name, gl.getUniformLocation(handle, name)]);
  const uniforms = /** @type {Record<UNIFORM, WebGLUniformLocation | null>} */ (Object.fromEntries(found));
  return { handle, uniforms, buffers: { place: gl.createBuffer(), kind: gl.createBuffer() } };
}

/** @typedef {(typeof UNIFORMS)[number]} UNIFORM */

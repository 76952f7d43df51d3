// What is drawn over the dots: the area that is being chosen, the one that is chosen, and the crosshair.

const CROSS = 13; // pixels from its middle to its ends

/**
 * @typedef {object} Drawn
 * @property {[number, number][] | null} chosen  the outline that filters now, in pixels
 * @property {[number, number][] | null} drawing  the outline that is being drawn
 * @property {boolean} isOpen  whether more corners follow
 * @property {[number, number] | null} crosshair
 */

/**
 * Draw over the dots. Each line is drawn wide in the colour of the ground and narrow in its own, to be seen on dots too.
 * @param {CanvasRenderingContext2D} context
 * @param {Drawn} drawn
 * @param {{ ground: string, accent: string, ink: string, soft: string }} colours
 */
export function drawOver(context, { chosen, drawing, isOpen, crosshair }, colours) {
  if (chosen) stroke(context, () => outline(context, chosen, true), colours.ground, colours.accent, [8, 5]);
  if (drawing) {
    outline(context, drawing, true);
    context.fillStyle = colours.soft;
    context.fill();
    stroke(context, () => outline(context, drawing, !isOpen), colours.ground, colours.accent, []);
    if (isOpen) for (const corner of drawing) dot(context, corner, colours);
  }
  if (crosshair) stroke(context, () => cross(context, crosshair), colours.ground, colours.ink, []);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} path
 * @param {string} ground
 * @param {string} colour
 * @param {number[]} dash
 */
function stroke(context, path, ground, colour, dash) {
  for (const [style, width, pattern] of /** @type {const} */ ([
    [ground, 5, []],
    [colour, 2, dash],
  ])) {
    path();
    context.setLineDash([...pattern]);
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number][]} corners
 * @param {boolean} isClosed
 */
function outline(context, corners, isClosed) {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y);
  if (isClosed) context.closePath();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} place
 * @param {{ ground: string, accent: string }} colours
 */
function dot(context, [x, y], colours) {
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = colours.accent;
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} place
 */
function cross(context, [x, y]) {
  context.beginPath();
  for (const [across, down] of [
    [1, 0],
    [0, 1],
  ]) {
    for (const side of [-1, 1]) {
      context.moveTo(x + 4 * side * across, y + 4 * side * down);
      context.lineTo(x + CROSS * side * across, y + CROSS * side * down);
    }
  }
}

// Zooming into one picture: how large it is and where, never beyond its bounds.

import { clamped } from "./camera.js";

/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ scale: number, x: number, y: number }} Zoom  screen pixels a pixel takes; the picture's middle, from the view's */

const CLOSEST = 8; // screen pixels that a pixel of the picture takes at most
const STEP = 1.5;

/**
 * Return the zoom that shows all of a picture; a small one isn't blown up.
 * @param {Size} picture
 * @param {Size} view
 * @returns {Zoom}
 */
export function whole(picture, view) {
  return { scale: leastScale(picture, view), x: 0, y: 0 };
}

/**
 * @param {Size} picture
 * @param {Size} view
 */
function leastScale(picture, view) {
  return Math.min(view.width / picture.width, view.height / picture.height, 1);
}

/**
 * Say whether a picture is larger than it is when all of it is shown.
 * @param {Zoom} zoom
 * @param {Size} picture
 * @param {Size} view
 */
export function isZoomed(zoom, picture, view) {
  return zoom.scale > leastScale(picture, view) * 1.001;
}

/**
 * Return the zoom changed by a factor, so that what is at a place of the view stays there.
 * @param {Zoom} zoom
 * @param {number} factor
 * @param {[number, number]} place  from the view's middle
 * @param {Size} picture
 * @param {Size} view
 * @returns {Zoom}
 */
export function zoomedAt(zoom, factor, [x, y], picture, view) {
  const least = leastScale(picture, view);
  const scale = clamped(zoom.scale * factor, least, Math.max(CLOSEST, least));
  const grown = scale / zoom.scale;
  return inBounds({ scale, x: x - (x - zoom.x) * grown, y: y - (y - zoom.y) * grown }, picture, view);
}

/**
 * Return the zoom one step closer (1) or farther (-1), at the view's middle.
 * @param {Zoom} zoom
 * @param {1 | -1} direction
 * @param {Size} picture
 * @param {Size} view
 */
export function stepped(zoom, direction, picture, view) {
  return zoomedAt(zoom, STEP ** direction, [0, 0], picture, view);
}

/**
 * Return the other of two: all of the picture, or each pixel as one of the screen (twice what fits, if that is more).
 * @param {Zoom} zoom
 * @param {[number, number]} place
 * @param {Size} picture
 * @param {Size} view
 */
export function toggled(zoom, place, picture, view) {
  if (isZoomed(zoom, picture, view)) return whole(picture, view);
  const wanted = Math.max(1, 2 * leastScale(picture, view));
  return zoomedAt(zoom, wanted / zoom.scale, place, picture, view);
}

/**
 * Return the zoom moved by pixels of the screen.
 * @param {Zoom} zoom
 * @param {number} across
 * @param {number} down
 * @param {Size} picture
 * @param {Size} view
 */
export function dragged(zoom, across, down, picture, view) {
  return inBounds({ ...zoom, x: zoom.x + across, y: zoom.y + down }, picture, view);
}

/**
 * Return the zoom without a gap between an edge of the picture and the view's that could be filled.
 * @param {Zoom} zoom
 * @param {Size} picture
 * @param {Size} view
 * @returns {Zoom}
 */
export function inBounds({ scale, x, y }, picture, view) {
  const across = Math.max(0, (picture.width * scale - view.width) / 2);
  const down = Math.max(0, (picture.height * scale - view.height) / 2);
  return { scale, x: clamped(x, -across, across), y: clamped(y, -down, down) };
}

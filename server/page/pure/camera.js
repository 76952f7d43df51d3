// A camera over a world of points: where its middle is and how many pixels a unit takes. Nothing here knows the screen.

/** @typedef {{ x: number, y: number, scale: number }} Camera  the middle, and pixels per unit */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Bounds  of the world; y grows downwards */

const MARGIN = 0.08; // of the view's side that stays free around what is fitted

/**
 * Return where a place of the world is in the view.
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function toView(camera, view, x, y) {
  return [(x - camera.x) * camera.scale + view.width / 2, (y - camera.y) * camera.scale + view.height / 2];
}

/**
 * Return which place of the world is at a place of the view.
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} left
 * @param {number} top
 * @returns {[number, number]}
 */
export function toWorld(camera, view, left, top) {
  return [camera.x + (left - view.width / 2) / camera.scale, camera.y + (top - view.height / 2) / camera.scale];
}

/**
 * Return what the camera sees.
 * @param {Camera} camera
 * @param {Size} view
 * @returns {Bounds}
 */
export function seenBy(camera, view) {
  const [left, top] = toWorld(camera, view, 0, 0);
  const [right, bottom] = toWorld(camera, view, view.width, view.height);
  return { left, top, right, bottom };
}

/**
 * Return the camera that shows all of some bounds; a single point is shown as large as `most` allows.
 * @param {Bounds} bounds
 * @param {Size} view
 * @param {number} most  pixels per unit
 * @returns {Camera}
 */
export function fitted({ left, top, right, bottom }, view, most) {
  const across = (view.width * (1 - 2 * MARGIN)) / Math.max(right - left, 1e-12);
  const down = (view.height * (1 - 2 * MARGIN)) / Math.max(bottom - top, 1e-12);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min(across, down, most) };
}

/**
 * Return the camera zoomed by a factor, so that what is at a place of the view stays there.
 * @param {Camera} camera
 * @param {Size} view
 * @param {number} factor
 * @param {[number, number]} place
 * @param {{ least: number, most: number }} limits  pixels per unit
 * @returns {Camera}
 */
export function zoomed(camera, view, factor, [left, top], { least, most }) {
  const scale = Math.min(Math.max(camera.scale * factor, least), most);
  const [x, y] = toWorld(camera, view, left, top);
  return { x: x - (left - view.width / 2) / scale, y: y - (top - view.height / 2) / scale, scale };
}

/**
 * Return the camera moved by pixels, as a drag moves what is seen.
 * @param {Camera} camera
 * @param {number} across
 * @param {number} down
 * @returns {Camera}
 */
export function moved(camera, across, down) {
  return { ...camera, x: camera.x - across / camera.scale, y: camera.y - down / camera.scale };
}

/**
 * Return the camera with its middle inside of bounds; across, a world that wraps is gone round instead.
 * @param {Camera} camera
 * @param {Bounds} bounds
 * @param {boolean} wraps  from right to left, as the earth does; it is one unit wide then
 * @returns {Camera}
 */
export function kept(camera, { left, top, right, bottom }, wraps) {
  const x = wraps ? camera.x - Math.floor(camera.x) : clamped(camera.x, left, right);
  return { ...camera, x, y: clamped(camera.y, top, bottom) };
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
export function clamped(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

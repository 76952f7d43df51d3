// What pointers do on the dots and on a large picture: a drag moves or draws, two fingers and the wheel zoom, a click points.

/** @typedef {[number, number]} Place  pixels in the element */

/**
 * @typedef {object} Gestures
 * @property {(across: number, down: number) => void} move
 * @property {(factor: number, at: Place) => void} zoom
 * @property {(event: PointerEvent) => boolean} [draws]  whether a drag that begins draws instead of moving
 * @property {(place: Place, isFirst: boolean) => void} [draw]
 * @property {(isDone: boolean) => void} [drawn]
 * @property {(at: Place) => void} [click]
 * @property {(at: Place, isOut: boolean) => void} [double]  a click twice; zooms if left out
 * @property {(at: Place | null) => void} [hover]
 * @property {(event: PointerEvent) => void} [lift]  the last pointer is up again
 */

const CLICK = 5; // pixels that a click may move
const WHEEL = 0.0016; // how fast it zooms; a pinch on a touch pad comes as small steps with Ctrl
const PINCH_PAD = 0.01;
const LINE = 16; // pixels that a line of the wheel stands for
const DOUBLE = 2; // how far a double click zooms in

/**
 * Listen to the pointers of an element.
 * @param {HTMLElement} element
 * @param {Gestures} gestures
 */
export function listen(element, gestures) {
  /** @type {Map<number, Place>} */
  const pointers = new Map();
  let travelled = 0;
  let isDrawing = false;

  /** @param {MouseEvent} event @returns {Place} */
  const placeOf = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(event));
    gestures.hover?.(null);
    if (pointers.size > 1) {
      if (isDrawing) gestures.drawn?.(false);
      [isDrawing, travelled] = [false, CLICK + 1];
      return;
    }
    [travelled, isDrawing] = [0, gestures.draws?.(event) ?? false];
    if (isDrawing) gestures.draw?.(placeOf(event), true);
  });

  element.addEventListener("pointermove", (event) => {
    const place = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" ? gestures.hover?.(place) : undefined;
    const [across, down] = [place[0] - before[0], place[1] - before[1]];
    travelled += Math.abs(across) + Math.abs(down);
    if (pointers.size === 2) pinch(event.pointerId, before, place);
    else if (isDrawing) gestures.draw?.(place, false);
    else if (travelled > CLICK) gestures.move(across, down);
    pointers.set(event.pointerId, place);
  });

  /**
   * @param {number} id
   * @param {Place} before
   * @param {Place} place
   */
  function pinch(id, before, place) {
    const [other] = [...pointers].filter(([pointer]) => pointer !== id).map(([, at]) => at);
    const distances = [before, place].map(([x, y]) => Math.hypot(x - other[0], y - other[1]));
    gestures.move((place[0] - before[0]) / 2, (place[1] - before[1]) / 2);
    gestures.zoom(distances[1] / Math.max(distances[0], 1), [(place[0] + other[0]) / 2, (place[1] + other[1]) / 2]);
  }

  /** @param {PointerEvent} event */
  const lifted = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    const isDone = event.type === "pointerup";
    if (isDrawing) gestures.drawn?.(isDone && travelled > CLICK);
    if (isDone && travelled <= CLICK && pointers.size === 0) gestures.click?.(placeOf(event));
    isDrawing = false;
    if (pointers.size === 0) gestures.lift?.(event);
  };
  element.addEventListener("pointerup", lifted);
  element.addEventListener("pointercancel", lifted);
  element.addEventListener("pointerleave", () => gestures.hover?.(null));
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      gestures.zoom(Math.exp(-pixels * (event.ctrlKey ? PINCH_PAD : WHEEL)), placeOf(event));
    },
    { passive: false },
  );
  element.addEventListener("dblclick", (event) => {
    if (gestures.double) gestures.double(placeOf(event), event.shiftKey);
    else gestures.zoom(event.shiftKey ? 1 / DOUBLE : DOUBLE, placeOf(event));
  });
}

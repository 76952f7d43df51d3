// How many dots a moving camera can afford: on a slow machine every second, fourth … while it moves, all when it rests.

const SLOW = 22; // milliseconds of a frame from which on it is too slow for 60 a second
const IN_A_ROW = 2; // slow frames after which fewer are drawn
const PAUSE = 250; // milliseconds after which a frame is the first of a new movement
const MOST = 16;

/** Watches frames while a camera moves. */
export class Pace {
  every = 1;
  #before = 0;
  #slow = 0;

  /**
   * Return of how many dots one is to be drawn in the next frame of a movement.
   * @param {number} now  milliseconds
   */
  frame(now) {
    const took = now - this.#before;
    this.#before = now;
    if (took > PAUSE) this.#slow = 0;
    else if (took > SLOW) this.#slow++;
    else this.#slow = 0;
    if (this.#slow >= IN_A_ROW) {
      this.every = Math.min(this.every * 2, MOST);
      this.#slow = 0;
    }
    return this.every;
  }
}

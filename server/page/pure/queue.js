// What waits to be fetched: a few at a time, the newest first, and what is no longer wanted is never asked for.

/** @typedef {() => Promise<unknown>} Start */

/** Tasks by key, of which only a few run at once. */
export class Queue {
  /** @param {number} most  that run at once */
  constructor(most = 4) {
    this.most = most;
    this.running = 0;
    /** @type {Map<unknown, Start>} */
    this.waiting = new Map();
  }

  /**
   * Have something started as soon as there is room: before all that waits already.
   * @param {unknown} key  asked for again, it is the newest again
   * @param {Start} start
   */
  add(key, start) {
    this.waiting.delete(key);
    this.waiting.set(key, start);
    this.#next();
  }

  /**
   * Forget what has not been started; says whether it was waiting.
   * @param {unknown} key
   */
  drop(key) {
    return this.waiting.delete(key);
  }

  #next() {
    while (this.running < this.most && this.waiting.size) {
      const [key, start] = /** @type {[unknown, Start]} */ ([...this.waiting].at(-1));
      this.waiting.delete(key);
      this.running += 1;
      void this.#run(start);
    }
  }

  /** @param {Start} start */
  async #run(start) {
    try {
      await start();
    } catch {
      // Whoever asked for it has seen to its failing; the queue only goes on.
    }
    this.running -= 1;
    this.#next();
  }
}

// The index state as it changes: by events while a run is on and the tab is looked at, by asking now and then otherwise.

/** @import { IndexState } from "./upkeep_api.js" */

import { indexState } from "./upkeep_api.js";

const EVENTS = "/api/v1/index/events";
const POLL_MS = 5000;
const POLL_RUN_MS = 2000; // while events can't be had

/** Tells the state until it is closed. */
export class IndexLive {
  /**
   * @param {(state: IndexState) => void} tell
   * @param {(error: unknown) => void} fail
   */
  constructor(tell, fail) {
    this.tell = tell;
    this.fail = fail;
    /** @type {EventSource | null} */
    this.events = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {IndexState | null} */
    this.latest = null;
    this.isClosed = false;
    this.seen = () => (document.hidden ? this.#rest() : void this.look());
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Ask for the state, and go on by events if a run is on. */
  async look() {
    this.#rest();
    if (this.isClosed || document.hidden) return;
    try {
      this.take(await indexState());
    } catch (error) {
      this.fail(error);
      this.#again(POLL_MS);
    }
  }

  /**
   * Take a state that was got otherwise, such as that of a run that was just started.
   * @param {IndexState} state  roots may be left out
   */
  take(state) {
    if (this.isClosed) return;
    this.latest = { ...this.latest, ...state };
    this.tell(this.latest);
    if (!state.running) this.#again(POLL_MS);
    else if (!this.events) this.#listen();
  }

  close() {
    this.isClosed = true;
    this.#rest();
    document.removeEventListener("visibilitychange", this.seen);
  }

  #listen() {
    if (document.hidden) return;
    clearTimeout(this.timer);
    const events = new EventSource(EVENTS);
    this.events = events;
    events.addEventListener("state", (event) => this.take(withoutRoots(event.data)));
    events.addEventListener("end", (event) => {
      this.#rest();
      this.take(withoutRoots(event.data));
      void this.look(); // with the roots as they are now
    });
    events.addEventListener("error", () => {
      this.#rest();
      this.#again(POLL_RUN_MS);
    });
  }

  #rest() {
    this.events?.close();
    this.events = null;
    clearTimeout(this.timer);
  }

  /** @param {number} milliseconds */
  #again(milliseconds) {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => void this.look(), milliseconds);
  }
}

/**
 * Return what an event says; it leaves the roots out, so those that are known stay.
 * @param {string} data
 * @returns {IndexState}
 */
function withoutRoots(data) {
  const { roots: _, ...state } = JSON.parse(data);
  return state;
}

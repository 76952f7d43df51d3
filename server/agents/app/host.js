// The program around this frame: JSON-RPC by postMessage, as MCP Apps has it. The frame asks, and is told of a call.

/** @typedef {Record<string, any>} Params */
/** @typedef {Pick<Window, "postMessage">} Other */
/** @typedef {Pick<Window, "addEventListener">} Own */
/** @typedef {{ resolve: (value: any) => void, reject: (reason: Error) => void }} Waiting */

const VERSION = "2026-01-26"; // of the specification of MCP Apps
const UNKNOWN_METHOD = -32601;

/** What the program answers instead of a result. */
export class Refused extends Error {}

export class Host {
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  /** @type {Map<string, (params: Params) => void>} */
  #told = new Map();
  #last = 0;
  #other;

  /** What the program can do; empty before `connect`. @type {Params} */
  can = {};

  /**
   * @param {Other} other  the window that holds this frame
   * @param {Own} own
   */
  constructor(other, own) {
    this.#other = other;
    own.addEventListener("message", (event) => {
      if (/** @type {MessageEvent} */ (event).source === other) this.#heard(/** @type {MessageEvent} */ (event).data);
    });
  }

  /**
   * Call a listener with the parameters of a notification.
   * @param {string} method
   * @param {(params: Params) => void} listener
   */
  on(method, listener) {
    this.#told.set(method, listener);
  }

  /**
   * Shake hands; returns what is told of the place in which this is shown (theme, styles, …).
   * @param {string} name
   * @returns {Promise<Params>}
   */
  async connect(name) {
    const answer = await this.request("ui/initialize", {
      appInfo: { name, version: "1" },
      appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
      protocolVersion: VERSION,
    });
    this.can = answer.hostCapabilities ?? {};
    this.notify("ui/notifications/initialized", {});
    return answer.hostContext ?? {};
  }

  /**
   * Ask the program, or the server behind it; rejects with Refused.
   * @param {string} method
   * @param {Params} params
   * @returns {Promise<any>}
   */
  request(method, params) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  /**
   * @param {string} method
   * @param {Params} params
   */
  notify(method, params) {
    this.#send({ method, params });
  }

  /**
   * Whose frame this is in can't be known here, and nothing that is sent is a secret from it.
   * @param {Params} message
   */
  #send(message) {
    this.#other.postMessage({ jsonrpc: "2.0", ...message }, "*");
  }

  /** @param {any} message */
  #heard(message) {
    if (message?.jsonrpc !== "2.0") return;
    if (typeof message.method !== "string") this.#answered(message);
    else if (message.id === undefined) this.#told.get(message.method)?.(message.params ?? {});
    else this.#asked(message);
  }

  /** @param {any} message */
  #answered({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Refused(String(error.message ?? "It was refused.")));
    else waiting?.resolve(result ?? {});
  }

  /** @param {any} message */
  #asked({ id, method }) {
    if (method === "ping" || method === "ui/resource-teardown") this.#send({ id, result: {} });
    else this.#send({ id, error: { code: UNKNOWN_METHOD, message: `There is no method ${method}.` } });
  }
}

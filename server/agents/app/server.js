// The server's tools, asked through the program: searches, and pictures, few at a time.

/** @import { Host, Params } from "./host.js" */
/** @import { Hits } from "./facts.js" */

const AT_ONCE = 3; // pictures that are asked for together
const RASTER = /^image\/(jpeg|png|webp)$/;

/** What a tool says it can't do. */
export class Unable extends Error {}

/** @typedef {{ id: number, side: number, resolve: (source: string) => void, reject: (reason: Error) => void }} Wanted */

export class Server {
  /** @type {Map<string, Promise<string>>} */
  #pictures = new Map();
  /** @type {Wanted[]} */
  #queue = [];
  #running = 0;
  #host;

  /** @param {Pick<Host, "request" | "can">} host */
  constructor(host) {
    this.#host = host;
  }

  /** Whether tools can be called; a program that says nothing of itself is tried. */
  get hasTools() {
    const { serverTools, serverResources } = this.#host.can;
    return Boolean(serverTools) || !serverResources;
  }

  /**
   * Return what a search answers, also one that was asked for as a contact sheet; raises Unable with the tool's sentence.
   * @param {Params} asked
   * @returns {Promise<Hits>}
   */
  async search({ ids, ...asked }) {
    return hitsOf(await this.#host.request("tools/call", { name: "search_photos", arguments: asked }));
  }

  /**
   * Return a picture as an address; the same one is asked for once.
   * @param {number} id
   * @param {number} side  the longer one, in pixels
   * @param {boolean} [first]  before those that wait
   * @returns {Promise<string>}
   */
  picture(id, side, first = false) {
    const key = `${id} ${side}`;
    const known = this.#pictures.get(key);
    if (known) return known;
    /** @type {Promise<string>} */
    const picture = new Promise((resolve, reject) =>
      this.#queue.splice(first ? 0 : this.#queue.length, 0, { id, side, resolve, reject }),
    );
    this.#pictures.set(key, picture);
    picture.catch(() => this.#pictures.delete(key));
    this.#next();
    return picture;
  }

  /**
   * Ask no more for a picture that was not asked for yet.
   * @param {number} id
   * @param {number} side
   */
  forget(id, side) {
    const at = this.#queue.findIndex((wanted) => wanted.id === id && wanted.side === side);
    if (at >= 0) this.#queue.splice(at, 1)[0]?.reject(new Unable("It is no longer in view."));
  }

  #next() {
    while (this.#running < AT_ONCE && this.#queue.length) {
      const { id, side, resolve, reject } = /** @type {Wanted} */ (this.#queue.shift());
      this.#running += 1;
      this.#load(id, side)
        .then(resolve, reject)
        .finally(() => {
          this.#running -= 1;
          this.#next();
        });
    }
  }

  /**
   * @param {number} id
   * @param {number} side
   * @returns {Promise<string>}
   */
  async #load(id, side) {
    if (!this.hasTools) return resourceSource(await this.#host.request("resources/read", { uri: uriOf(id) }));
    const answer = await this.#host.request("tools/call", { name: "view_photo", arguments: { id, max_side: side } });
    if (answer.isError) throw new Unable(textOf(answer));
    const image = answer.content?.find((/** @type {Params} */ { type }) => type === "image");
    return source(image?.mimeType, image?.data);
  }
}

/** @param {number} id */
export const uriOf = (id) => `clipsearch://photo/${id}`;

/** @param {Params} answer */
function resourceSource({ contents }) {
  return source(contents?.[0]?.mimeType, contents?.[0]?.blob);
}

/**
 * @param {unknown} type
 * @param {unknown} data
 */
function source(type, data) {
  if (!RASTER.test(String(type)) || typeof data !== "string") throw new Unable("No picture came.");
  return `data:${type};base64,${data}`;
}

/**
 * Return the photos of an answer of search_photos or contact_sheet, from its text where a program passes on no structure.
 * @param {Params} answer
 * @returns {Hits}
 */
export function hitsOf(answer) {
  if (answer.isError) throw new Unable(textOf(answer));
  const told = answer.structuredContent ?? parsed(textOf(answer));
  const hits = told?.hits ?? told?.photos;
  if (!Array.isArray(hits)) throw new Unable("This answer holds no photos.");
  return { ...told, hits };
}

/** @param {Params} answer */
function textOf({ content = [] }) {
  return content.map((/** @type {Params} */ { text }) => text ?? "").join("") || "It did not work.";
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

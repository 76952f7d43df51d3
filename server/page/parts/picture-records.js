// What is known of pictures, asked for many at once and kept while the page is open.

/** @import { App, Picture } from "../types.js" */

const MOST_KEPT = 3000;
const MOST_ASKED = 500;

/** The records of pictures; they are asked for anew when the library has changed. */
export class PictureRecords {
  /** @type {Map<number, Picture>} */
  #kept = new Map();
  #state = "";

  /**
   * Return the records of some pictures; those that are gone are left out.
   * @param {App} app
   * @param {number[]} ids
   * @returns {Promise<Map<number, Picture>>}
   */
  async get(app, ids) {
    if (this.#state !== app.session?.state) this.#kept.clear();
    this.#state = app.session?.state ?? "";
    const missing = [...new Set(ids)].filter((id) => !this.#kept.has(id)).slice(0, MOST_ASKED);
    if (missing.length) {
      for (const picture of await app.api.images(missing)) this.#kept.set(picture.id, picture);
    }
    const found = ids.map((id) => /** @type {const} */ ([id, this.#kept.get(id)])).filter(([, picture]) => picture);
    for (const id of this.#kept.keys()) if (this.#kept.size > MOST_KEPT) this.#kept.delete(id);
    return new Map(/** @type {[number, Picture][]} */ (found));
  }
}

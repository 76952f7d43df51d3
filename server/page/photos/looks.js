// The other looks at what was found: counted by facets at the side, as a map or a plane, and one picture large.

/** @import { App } from "../types.js" */
/** @import { MapView } from "../dots/map-view.js" */
/** @import { PlaneView } from "../dots/plane-view.js" */
/** @import { Results } from "./results.js" */

import { FacetPanel } from "../facets/facet-panel.js";
import { PictureView } from "../picture/picture-view.js";
import { messageOf } from "../problems.js";

/** @type {Record<"map" | "plane", () => Promise<MapView | PlaneView>>} */
const MADE = {
  map: async () => new (await import("../dots/map-view.js")).MapView(),
  plane: async () => new (await import("../dots/plane-view.js")).PlaneView(),
};

const NEAR_END = 50; // pictures before the end of what is laid out, from which on more is asked for

/** What is shown beside, instead of and over the grid. */
export class Looks {
  facets = new FacetPanel();
  picture = new PictureView();
  /** @type {{ name: string, part: MapView | PlaneView } | null} */
  #instead = null;
  #wanted = "grid";

  /**
   * @param {App} app
   * @param {Results} results
   * @param {HTMLElement} place  where the map and the plane stand
   * @param {{ like: (id: number, sign: 1 | -1) => void, left: (row: number) => void }} what  search by a picture; go on
   *   from the place of the one that was shown large
   */
  constructor(app, results, place, { like, left }) {
    this.app = app;
    this.results = results;
    this.place = place;
    this.picture.like = like;
    this.picture.left = (id) => {
      const row = results.order.ids.indexOf(id);
      if (row >= 0 && this.isGrid) left(row);
    };
  }

  /** Whether the grid is shown. */
  get isGrid() {
    return this.app.state.show === "grid";
  }

  /** Bring all in line with the state. */
  show() {
    void this.facets.show(this.app);
    this.showPicture();
    void this.#showInstead().catch((error) => this.app.say(messageOf(error), { kind: "error" }));
  }

  /** Lead the focus to the filters: on a narrow page they are opened, on a wide one they are at the side. */
  enterFacets() {
    const { facets } = this;
    if (facets.toggle.checkVisibility()) return facets.toggle.click();
    const controls = /** @type {NodeListOf<HTMLElement>} */ (facets.content.querySelectorAll("button, summary"));
    [...controls].find((control) => control.checkVisibility() && !control.matches(":disabled"))?.focus();
  }

  async #showInstead() {
    const { show } = this.app.state;
    this.#wanted = show;
    if (this.#instead?.name !== show) {
      this.#instead?.part.remove();
      this.#instead = null;
    }
    if (show === "grid") return;
    const part = this.#instead?.part ?? (await MADE[show]());
    if (this.#wanted !== show) return;
    if (!this.#instead) {
      this.#instead = { name: show, part };
      this.place.append(part);
    }
    await part.show(this.app);
  }

  /** Show the picture that is open, and where it is among what was found; that is known when all is laid out. */
  showPicture() {
    const { app, results } = this;
    const id = app.state.open;
    if (id === null) return this.picture.close();
    const { ids } = results.order;
    const row = ids.indexOf(id);
    if (row > ids.length - NEAR_END) void results.more();
    const lowest = app.state.cutoff === "none" ? null : (results.answer?.lowest ?? null);
    const context = { row, count: ids.length, idAt: (/** @type {number} */ at) => ids[at] ?? null };
    void this.picture.open(app, id, row < 0 ? null : { ...context, score: results.scoreAt(row), lowest });
  }

  end() {
    this.picture.close();
    this.picture.remove();
  }
}

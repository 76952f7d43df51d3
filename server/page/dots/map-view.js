// <map-view>: where the pictures were taken, on a graticule without tiles: nobody is told which places are looked at.
// A rectangle filters, by drag, by keyboard or by its four edges as numbers; the places are listed by name beside the map.

/** @import { Camera, Size } from "../pure/camera.js" */
/** @import { Towns } from "../pure/towns.js" */
/** @import { App } from "../types.js" */

import { el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { messageOf } from "../problems.js";
import { counted, number } from "../pure/formats.js";
import { acrossOf, boundsOf, boxOf, degreesText, downOf, latitudeOf, longitudeOf } from "../pure/projection.js";
import { searchOf } from "../pure/url_state.js";
import { DotCanvas } from "./dot-canvas.js";
import { drawGraticule } from "./graticule.js";
import { writeNames } from "./land.js";
import { toolbar } from "./toolbar.js";

const METRES_PER_UNIT = 40_075_017;
const CLOSEST = 5; // metres that a pixel takes at least; places are not known more exactly
const FIRST = 60; // metres that a pixel takes at least at first, where all is at one place
const MOST_PLACES = 30;
const AGAIN_AFTER = 1500; // ms after which is asked again for names that the server is still reading
const EDGES = /** @type {const} */ (["South", "West", "North", "East"]);
const HINT =
  "Arrow keys move a crosshair, Shift and arrow keys draw a rectangle, Enter chooses it or opens the picture at the " +
  "crosshair; plus and minus zoom, 0 shows all. The form below takes the edges of a rectangle as numbers.";

/** The map of what is searched for. */
export class MapView extends HTMLElement {
  #asked = "";
  /** @type {AbortController | undefined} */
  #asking;
  #dots = new DotCanvas();
  #summary = el("p", { class: "dots-summary", role: "status" });
  #places = el("ul", { class: "map-places" });
  /** @type {HTMLInputElement[]} */
  #fields = [];
  /** @type {App | null} */
  #app = null;
  /** @type {Towns | null} */
  #towns = null;
  #points = { ids: new Uint32Array(0), lats: new Float32Array(0), lons: new Float32Array(0) };

  connectedCallback() {
    if (this.childElementCount) return;
    this.#fields = EDGES.map((edge) => {
      const limit = edge === "South" || edge === "North" ? 90 : 180;
      return el("input", { type: "number", min: String(-limit), max: String(limit), step: "any", required: true });
    });
    this.append(
      el("div", { class: "dots-bar" }, toolbar(this.#dots, "Choose an area"), this.#summary),
      this.#dots,
      el("div", { class: "map-side" }, this.#form(), el("h2", {}, "Places"), this.#places),
    );
  }

  disconnectedCallback() {
    this.#asking?.abort();
    this.#asked = "";
  }

  /** The rectangle by its edges, in degrees. */
  #form() {
    return el(
      "form",
      {
        class: "map-box",
        /** @param {SubmitEvent} event */
        onsubmit: (event) => {
          event.preventDefault();
          const [south, west, north, east] = this.#fields.map(({ value }) => Number(value));
          if (south > north) return this.#app?.say("South must not be more than north.", { kind: "error" });
          this.#app?.go({ box: [south, west, north, east] });
        },
      },
      el(
        "fieldset",
        {},
        el("legend", {}, "Rectangle, in degrees"),
        EDGES.map((edge, i) => el("label", {}, edge, this.#fields[i])),
        el("button", { type: "submit" }, "Choose"),
        el("button", { type: "button", onclick: () => this.#app?.go({ box: null }) }, "All places"),
      ),
    );
  }

  /**
   * Show the places of what the state says. The rectangle itself does not filter here: it is drawn, to be changed.
   * @param {App} app
   */
  async show(app) {
    this.#app = app;
    const search = searchOf({ ...app.state, box: null });
    const asked = JSON.stringify([search, app.session?.state]);
    const isNew = !this.#asked;
    if (asked !== this.#asked) {
      this.#asking?.abort();
      this.#asking = new AbortController();
      this.#asked = asked;
      const { signal } = this.#asking;
      this.#summary.textContent = "Looking for places…";
      try {
        const { ids, first: lats, second: lons } = await app.api.points("map", search, signal);
        if (signal.aborted) return;
        this.#points = { ids, lats, lons };
      } catch (error) {
        if (signal.aborted) return;
        this.#asked = "";
        fill(
          this.#summary,
          `${messageOf(error)} `,
          el("button", { type: "button", onclick: () => void this.show(app) }, "Try again"),
        );
        return;
      }
      this.#place(app, isNew);
      if (!this.#towns) void this.#loadTowns(app, signal);
      void this.#list(app, search, signal);
    }
    this.#showBox(app);
  }

  /**
   * @param {App} app
   * @param {boolean} isNew
   */
  #place(app, isNew) {
    const { ids, lats, lons } = this.#points;
    this.#dots.show(
      app,
      {
        name: "Map",
        hint: HINT,
        ids,
        xs: Float32Array.from(lons, acrossOf),
        ys: Float32Array.from(lats, downOf),
        wraps: true,
        hasOutlines: false,
        limits: ({ width, height }) => ({
          least: Math.min(width, height),
          most: METRES_PER_UNIT / CLOSEST,
          first: METRES_PER_UNIT / FIRST,
        }),
        markers: { side: 66, cell: 84, most: 60 },
        land: this.#towns,
        background: (context, camera, view, colours) => {
          drawGraticule(context, camera, view, colours);
          if (this.#towns) writeNames(context, this.#towns, camera, view, colours);
        },
        says: (x, y) =>
          `${degreesText(latitudeOf(y), "latitude", 1 / 60)}, ${degreesText(longitudeOf(x), "longitude", 1 / 60)}`,
        choose: (outline) => {
          const [[left, top], , [right, bottom]] = outline;
          const sides = { left: Math.min(left, right), right: Math.max(left, right) };
          app.go({ box: boxOf({ ...sides, top: Math.min(top, bottom), bottom: Math.max(top, bottom) }).map(rounded) });
        },
        open: (id) => app.go({ open: id }),
      },
      { isNew },
    );
  }

  /**
   * @param {App} app
   * @param {AbortSignal} signal
   */
  async #loadTowns(app, signal) {
    const towns = await app.api.towns().catch(() => null); // the map is one without them too
    if (signal.aborted || !towns) return;
    if (towns === "later") return this.#again(signal, () => void this.#loadTowns(app, signal));
    this.#towns = towns;
    this.#place(app, false);
    this.#showBox(app);
  }

  /**
   * Ask again a little later, if the map still shows the same.
   * @param {AbortSignal} signal
   * @param {() => void} ask
   */
  #again(signal, ask) {
    window.setTimeout(() => {
      if (!signal.aborted) ask();
    }, AGAIN_AFTER);
  }

  /**
   * Draw the rectangle that filters, and pale what is outside of it.
   * @param {App} app
   */
  #showBox(app) {
    const { box } = app.state;
    const { lats, lons } = this.#points;
    this.#fields.forEach((field, i) => {
      if (document.activeElement !== field) field.value = box ? String(box[i]) : "";
    });
    if (!box) {
      this.#dots.chosen = null;
      this.#dots.look({ classes: null, shades: [{ shade: "shade-0", opacity: 0.75 }], front: -1 });
      this.#summary.textContent = lats.length
        ? `${counted(lats.length, "picture")} with a place.`
        : "No picture here has a place: their files name none.";
      return;
    }
    const { left, top, right, bottom } = boundsOf(box);
    this.#dots.chosen = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
    const classes = Uint8Array.from(lats, (lat, i) => (isIn(box, lat, lons[i]) ? 0 : 1));
    const inside = classes.reduce((sum, kind) => sum + 1 - kind, 0);
    const shades = [
      { shade: "shade-0", opacity: 0.85 },
      { shade: "shade-pale", opacity: 0.35 },
    ];
    this.#dots.look({ classes, shades, front: 0 });
    fill(
      this.#summary,
      `${number(inside)} of ${counted(lats.length, "picture")} with a place are in the rectangle. `,
      el("button", { type: "button", onclick: () => app.go({ show: "grid" }) }, icon("grid"), "Show them"),
      el("button", { type: "button", onclick: () => app.go({ box: null }) }, icon("close"), "All places"),
    );
  }

  /**
   * List the places by name, for whoever does not see the map.
   * @param {App} app
   * @param {import("../types.js").Search} search
   * @param {AbortSignal} signal
   */
  async #list(app, search, signal) {
    try {
      const { countries, places, pending } = await app.api.facets(search, null, signal);
      if (pending?.includes("places")) {
        fill(this.#places, el("li", { class: "muted" }, "The names of the places are still being read…"));
        return this.#again(signal, () => void this.#list(app, search, signal));
      }
      const isCountry = new Set(countries.map(({ name }) => name)); // Singapore is both
      const names = [...countries, ...places.filter(({ name }) => !isCountry.has(name))].slice(0, MOST_PLACES);
      const items = names.map(({ name, count }) =>
        el(
          "li",
          {},
          el(
            "button",
            {
              type: "button",
              class: "map-place",
              "aria-pressed": String(app.state.near === name),
              onclick: () => app.go({ near: app.state.near === name ? null : name }),
            },
            el("span", { dir: "auto" }, name),
            " ",
            el("span", { class: "muted" }, number(count)),
          ),
        ),
      );
      if (items.length) fill(this.#places, items);
      else fill(this.#places, el("li", { class: "muted" }, "None of these pictures is near a known place."));
    } catch {
      if (!signal.aborted) fill(this.#places, el("li", { class: "muted" }, "The places could not be listed."));
    }
  }
}

/**
 * @param {number[]} box
 * @param {number} latitude
 * @param {number} longitude
 */
function isIn([south, west, north, east], latitude, longitude) {
  const isAcross = west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
  return latitude >= south && latitude <= north && isAcross;
}

/** @param {number} degrees */
function rounded(degrees) {
  return Number(degrees.toFixed(5));
}

customElements.define("map-view", MapView);

// <facet-panel>: what was found, counted by folder, date, camera, type, label and place; each count is a filter.
// Of a kind with something chosen, the counts are those without it: so that more of the kind can be chosen.

/** @import { State } from "../pure/url_state.js" */
/** @import { App, Facets, Named } from "../types.js" */

import { showOver } from "../dialog.js";
import { el } from "../dom.js";
import { icon } from "../icons.js";
import { messageOf } from "../problems.js";
import { counted } from "../pure/formats.js";
import { searchOf } from "../pure/url_state.js";
import { DateGroup } from "./dates.js";
import { FacetGroup } from "./group.js";
import { FolderTree } from "./tree.js";

const NARROW = "(max-width: 900px)";
const AGAIN_AFTER = 1500; // ms after which is asked again for what the server is still reading

/** What each kind of filter is in the state; what is chosen of a kind is left out when its own counts are asked for. */
const KINDS = /** @type {const} */ ({
  folders: { folders: [] },
  dates: { after: null, before: null },
  cameras: { cameras: [] },
  types: { types: [] },
  labels: { labels: [] },
  dated: { dated: null },
  placed: { placed: null },
  near: { near: null, radius: null },
});
/** Filters that have no count here, but that "Remove all" removes too. */
const OTHERS = /** @type {const} */ ({ named: [], min: null, box: null, lasso: null });

/** @typedef {keyof typeof KINDS} Kind */

/** The panel of filters. */
export class FacetPanel extends HTMLElement {
  #asked = "";
  #again = 0;
  /** @type {AbortController | undefined} */
  #asking;
  /** @type {App | null} */
  #app = null;
  /** @type {Map<string, FacetGroup>} */
  #sets = new Map();
  #tree = new FolderTree({ below: (id) => this.#below(id), pressed: (id) => this.#toggle("folders", id) });
  #dates = new DateGroup();
  #cameras = new FacetGroup("Cameras", (key) => this.#toggle("cameras", key));
  #types = new FacetGroup("Types", (key) => this.#toggle("types", key));
  #dated = new FacetGroup("Has a date", (key) => this.#decide("dated", key), { isOpen: false });
  #placed = new FacetGroup("Has a place", (key) => this.#decide("placed", key), { isOpen: false });
  #countries = new FacetGroup("Countries", (key) => this.#near(key));
  #places = new FacetGroup("Places", (key) => this.#near(key));

  constructor() {
    super();
    this.labels = el("div", { class: "facet-sets" });
    this.said = el("p", { class: "muted facet-said" });
    this.clear = el("button", { type: "button", onclick: () => this.#clear() }, icon("close"), "Remove all");
    /** Opens the drawer on a narrow page; whoever places the panel places this too. */
    this.toggle = el(
      "button",
      { type: "button", class: "facets-toggle", onclick: () => showOver(this.drawer) },
      icon("filter"),
      "Filters",
    );
    const close = el(
      "button",
      {
        type: "button",
        class: "facets-close icon-button",
        "aria-label": "Close the filters",
        onclick: () => this.drawer.close(),
      },
      icon("close"),
    );
    const groups = [this.#tree, this.#dates, this.#cameras, this.#types].map(({ element }) => element);
    const rest = [this.#countries, this.#places, this.#dated, this.#placed].map(({ element }) => element);
    const head = el("div", { class: "facets-head" }, el("h2", { id: "facets-title" }, "Filters"), this.clear, close);
    this.content = el("div", { class: "facets" }, head, this.said, groups, this.labels, rest);
    this.drawer = el("dialog", { class: "facet-drawer", "aria-labelledby": "facets-title" });
    this.width = matchMedia(NARROW);
  }

  connectedCallback() {
    if (!this.drawer.isConnected) this.append(this.drawer);
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Filters");
    this.width.addEventListener("change", this.#fit);
    this.#fit();
  }

  disconnectedCallback() {
    this.width.removeEventListener("change", this.#fit);
    this.#asking?.abort();
    clearTimeout(this.#again);
    this.#asked = "";
    if (this.drawer.open) this.drawer.close();
  }

  /** On a narrow page the panel is a drawer. */
  #fit = () => {
    if (this.drawer.open) this.drawer.close();
    if (this.width.matches) this.drawer.append(this.content);
    else this.append(this.content);
  };

  /**
   * Count what the state says.
   * @param {App} app
   */
  async show(app) {
    this.#app = app;
    const asked = JSON.stringify([searchOf(app.state), app.session?.state]);
    if (asked === this.#asked) return;
    this.#asking?.abort();
    clearTimeout(this.#again);
    this.#asking = new AbortController();
    this.#asked = asked;
    const { signal } = this.#asking;
    this.#sayChosen(app);
    try {
      const facets = await this.#count(app, signal);
      if (signal.aborted) return;
      await this.#draw(app, facets);
      if (facets.all.pending?.length && !signal.aborted)
        this.#again = window.setTimeout(() => this.#askAgain(), AGAIN_AFTER);
    } catch (error) {
      if (signal.aborted) return;
      this.#asked = "";
      this.said.replaceChildren(
        messageOf(error),
        el("button", { type: "button", onclick: () => void this.show(app) }, "Try again"),
      );
    }
  }

  /** Ask for the same again, since not all was there. */
  #askAgain() {
    this.#asked = "";
    if (this.#app) void this.show(this.#app);
  }

  /**
   * Return the counts, of each kind without what is chosen of it.
   * @param {App} app
   * @param {AbortSignal} signal
   * @returns {Promise<Record<Kind | "all", Facets>>}
   */
  async #count(app, signal) {
    const all = app.api.facets(searchOf(app.state), null, signal);
    const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
    const counts = kinds.map(async (kind) => {
      const own = isChosen(app.state, kind) ? await this.#without(app, kind, null, signal) : await all;
      return /** @type {const} */ ([kind, own]);
    });
    return /** @type {any} */ ({ ...Object.fromEntries(await Promise.all(counts)), all: await all });
  }

  /**
   * @param {App} app
   * @param {Kind} kind
   * @param {string | null} below
   * @param {AbortSignal} [signal]
   */
  #without(app, kind, below, signal) {
    const state = /** @type {State} */ ({ ...app.state, ...structuredClone(KINDS[kind]) });
    return app.api.facets(searchOf(state), below, signal);
  }

  /** @param {string} id */
  async #below(id) {
    return this.#app ? (await this.#without(this.#app, "folders", id)).folders : [];
  }

  /**
   * @param {App} app
   * @param {Record<Kind | "all", Facets>} facets
   */
  async #draw(app, facets) {
    const { state } = app;
    this.#dates.update(app, facets.dates.years);
    this.#cameras.update(rowsOf(facets.cameras.cameras, state.cameras));
    const types = rowsOf(facets.types.types, state.types);
    this.#types.update(types.map((row) => ({ ...row, name: row.name.toUpperCase() })));
    this.#drawSets(app, facets.labels.labels);
    const near = state.near ? [state.near] : [];
    const isCountry = facets.near.countries.some(({ name }) => name === state.near);
    this.#countries.update(rowsOf(facets.near.countries, isCountry ? near : []));
    this.#places.update(rowsOf(facets.near.places, isCountry ? [] : near));
    this.#dated.update(choices(facets.dated.dated, state.dated, "With a date", "Without a date"));
    this.#placed.update(choices(facets.placed.placed, state.placed, "With a place", "Without a place"));
    this.said.textContent = saidOf(facets.all);
    await this.#tree.update(facets.folders.folders, state.folders);
  }

  /**
   * @param {App} app
   * @param {Facets["labels"]} sets
   */
  #drawSets(app, sets) {
    const names = sets.map(({ set }) => set);
    for (const [name, { element }] of this.#sets) {
      if (names.includes(name)) continue;
      element.remove();
      this.#sets.delete(name);
    }
    for (const { set, classes } of sets) {
      let group = this.#sets.get(set);
      if (!group) {
        group = new FacetGroup(`Label: ${set}`, (key) => this.#toggle("labels", key));
        this.#sets.set(set, group);
        this.labels.append(group.element);
      }
      group.update(
        classes.map(({ class: name, count }) => {
          const key = `${set}:${name}`;
          return { key, name, count, isPressed: app.state.labels.includes(key) };
        }),
      );
    }
  }

  /**
   * Choose a value of a kind that may have several, or take it back.
   * @param {"folders" | "cameras" | "types" | "labels"} kind
   * @param {string} value
   */
  #toggle(kind, value) {
    const chosen = this.#app?.state[kind] ?? [];
    const others = chosen.filter((other) => other !== value);
    this.#app?.go({ [kind]: others.length < chosen.length ? others : [...chosen, value] });
  }

  /**
   * @param {"dated" | "placed"} kind
   * @param {string} key
   */
  #decide(kind, key) {
    const value = key === "yes";
    this.#app?.go({ [kind]: this.#app.state[kind] === value ? null : value });
  }

  /** @param {string} name */
  #near(name) {
    this.#app?.go({ near: this.#app.state.near === name ? null : name, radius: null });
  }

  #clear() {
    this.#app?.go(structuredClone({ ...Object.assign({}, ...Object.values(KINDS)), ...OTHERS }));
  }

  /** @param {App} app */
  #sayChosen(app) {
    const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
    const { named, min, box, lasso } = app.state;
    const count =
      kinds.filter((kind) => isChosen(app.state, kind)).length + [named[0], min, box, lasso].filter(Boolean).length;
    this.clear.disabled = count === 0;
    this.toggle.replaceChildren(icon("filter"), count ? `Filters (${count})` : "Filters");
  }
}

/**
 * Say what was counted, and what is not yet.
 * @param {Facets} facets
 */
function saidOf({ total, pending }) {
  if (!total) return "No picture matches, so that there is nothing to count.";
  const missing = pending?.length ? ` The ${pending.join(" and ")} are still being read.` : "";
  return `Counted over ${counted(total, "picture")}.${missing}`;
}

/**
 * @param {State} state
 * @param {Kind} kind
 */
function isChosen(state, kind) {
  const names = /** @type {(keyof State)[]} */ (Object.keys(KINDS[kind]));
  return names.some((name) => (Array.isArray(state[name]) ? state[name].length > 0 : state[name] !== null));
}

/**
 * Return the rows of a kind; what is chosen and has none is a row too, to be taken back.
 * @param {Named[]} named
 * @param {string[]} chosen
 */
function rowsOf(named, chosen) {
  const missing = chosen.filter((name) => !named.some((own) => own.name === name));
  const rows = [...named, ...missing.map((name) => ({ name, count: 0 }))];
  return rows.map(({ name, count }) => ({ key: name, name, count, isPressed: chosen.includes(name) }));
}

/**
 * @param {{ yes: number, no: number }} counts
 * @param {boolean | null} chosen
 * @param {string} yes
 * @param {string} no
 */
function choices(counts, chosen, yes, no) {
  return [
    { key: "yes", name: yes, count: counts.yes, isPressed: chosen === true },
    { key: "no", name: no, count: counts.no, isPressed: chosen === false },
  ];
}

customElements.define("facet-panel", FacetPanel);

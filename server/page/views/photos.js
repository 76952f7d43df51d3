// The view of photos: the search field and its chips, the facets at the side, the pictures as a grid, map or plane, one of
// them large, and what can be done with them.

/** @import { App, View } from "../types.js" */

import { byId, el, fill } from "../dom.js";
import { icon } from "../icons.js";
import { ActBar } from "../photos/act-bar.js";
import { GridCommands } from "../photos/grid-commands.js";
import { Instead } from "../photos/instead.js";
import { Looks } from "../photos/looks.js";
import { PhotoGrid } from "../photos/photo-grid.js";
import { ResultControls } from "../photos/result-controls.js";
import { Results } from "../photos/results.js";
import { SearchBar } from "../photos/search-bar.js";
import { SearchChips } from "../photos/search-chips.js";
import { TimeScrubber } from "../photos/time-scrubber.js";
import { searchBy, takePictures } from "../photos/uploading.js";
import { Selection } from "../pure/selection.js";
import { searchOf } from "../pure/url_state.js";

/** The parts of the view while it is shown. */
class Photos {
  /** @type {(() => void)[]} */
  ends = [];
  /** What is shown, as text. */
  searched = "";
  /** Where to scroll when all is laid out. @type {any} */
  restored = null;

  /**
   * @param {HTMLElement} place
   * @param {App} app
   */
  constructor(place, app) {
    this.app = app;
    this.results = new Results(app.api);
    this.selection = new Selection();
    this.bar = new SearchBar();
    this.chips = new SearchChips();
    this.controls = new ResultControls();
    this.grid = new PhotoGrid();
    this.scrubber = new TimeScrubber();
    this.notes = el("div", { class: "notes" });
    this.instead = new Instead(app, this.results, () => this.grid.focusOn(0));
    this.acts = new ActBar(app, this.results, this.selection);
    this.#build(place);
    this.commands = new GridCommands({ ...this, selected: () => this.#selected() });
    this.#listen();
  }

  /** @param {HTMLElement} place */
  #build(place) {
    const { app, results } = this;
    const take = (/** @type {File[]} */ files) => void searchBy(app, files);
    this.bar.bind(app, take, () => this.grid.focusOn(this.grid.active));
    this.chips.bind(app, {
      edit: (at) => this.bar.editTerm(at),
      add: (sign) => this.bar.addTerm(sign),
      open: (id) => app.go({ open: id }),
    });
    const shown = el("div", { class: "shown" }, this.instead.element, this.grid, this.scrubber);
    this.looks = new Looks(app, results, shown, {
      like: (id, sign) => this.commands?.like([id], sign),
      left: (row) => this.grid.hasFocus && this.grid.focusOn(row),
    });
    this.controls.bind(app, results, [this.looks.facets.toggle], this.acts.all);
    this.grid.bind(results, this.selection);
    this.scrubber.bind(results, this.grid);
    byId("search-place").replaceChildren(this.bar);
    place.append(
      el("h1", { class: "for-readers" }, "Photos"),
      this.looks.facets,
      el("div", { class: "found-place" }, this.chips, this.controls, this.notes, shown, this.acts.element),
      this.looks.picture,
    );
    this.ends.push(() => this.looks?.end());
    this.ends.push(takePictures(take));
  }

  #listen() {
    const { app, results, grid } = this;
    results.addEventListener("start", () => this.#busy());
    results.addEventListener("answer", () => this.#answered());
    results.addEventListener("change", () => this.#laidOut());
    results.addEventListener("records", () => this.grid.refresh());
    results.addEventListener("failed", () => this.#failed());
    grid.addEventListener("rest", () => this.#remember());
    grid.addEventListener("focusin", () => this.#remember());
    const changed = () => [void results.run(searchOf(app.state), { quietly: true }), this.looks?.show()];
    const back = () => results.error && changed();
    document.addEventListener("library-changed", changed);
    document.addEventListener("server-back", back);
    this.ends.push(
      () => document.removeEventListener("library-changed", changed),
      () => document.removeEventListener("server-back", back),
      app.keys.register("Search", {
        "/": { says: "To the search field", run: () => this.bar.edit() },
        f: { says: "To the filters", run: () => this.looks?.enterFacets() },
        g: { says: "Show the grid", run: () => app.go({ show: "grid" }) },
        m: { says: "Show the map", run: () => app.go({ show: "map" }) },
        p: { says: "Show the plane of meaning", run: () => app.go({ show: "plane" }) },
      }),
      app.keys.register("Pictures", this.commands.keys()),
      () => results.stop(),
    );
  }

  /** Bring all in line with the state. */
  update() {
    const { app } = this;
    const search = searchOf(app.state);
    const searched = JSON.stringify(search);
    this.bar.show();
    this.chips.show();
    if (searched !== this.searched) {
      this.searched = searched;
      this.restored = app.remembered;
      void this.results.run(search);
    }
    this.controls.show();
    this.#showMessage();
    this.looks?.show();
  }

  unmount() {
    for (const end of this.ends) end();
    byId("search-place").replaceChildren();
  }

  #busy() {
    this.controls.show();
    this.grid.setAttribute("aria-busy", "true");
  }

  #answered() {
    this.selection.clear();
    for (const picture of this.results.answer?.hits ?? []) this.chips.know(picture);
    this.grid.renew();
    this.#shown();
  }

  #laidOut() {
    const { restored } = this;
    if (restored && this.results.layout) {
      this.restored = null;
      this.grid.layOut(restored.anchor);
      if (restored.hasFocus) this.grid.focusOn(restored.active);
    } else this.grid.layOut(this.grid.anchor);
    this.#shown();
    this.looks?.showPicture();
  }

  #shown() {
    if (!this.results.isPending) this.grid.removeAttribute("aria-busy");
    this.scrubber.renew();
    this.controls.show();
    this.acts.show(this.commands);
    fill(
      this.notes,
      (this.results.answer?.notes ?? []).map((note) => el("p", { dir: "auto" }, icon("info"), note)),
    );
    this.#showMessage();
  }

  #selected() {
    this.grid.refresh();
    this.acts.show(this.commands);
  }

  #failed() {
    this.grid.removeAttribute("aria-busy");
    this.controls.show();
    this.#showMessage();
  }

  /** Show the pictures, or say in their place what is wrong or that there are none. */
  #showMessage() {
    const isGrid = this.looks?.isGrid ?? true;
    this.instead.show(isGrid);
    this.grid.hidden = this.scrubber.inert = this.instead.isShown || !isGrid;
    this.scrubber.classList.toggle("away", this.grid.hidden);
  }

  /** Keep with the history's entry how far one has scrolled, and where the focus is. */
  #remember() {
    const { grid, app, searched } = this;
    if (this.restored || searched !== JSON.stringify(searchOf(app.state))) return;
    app.remember({ anchor: grid.anchor, active: grid.active, hasFocus: grid.hasFocus });
  }
}

/** @type {Photos | null} */
let photos = null;

/** @type {View} */
export const view = {
  mount(place, app) {
    photos = new Photos(place, app);
    photos.update();
  },
  update: () => photos?.update(),
  unmount() {
    photos?.unmount();
    photos = null;
  },
};

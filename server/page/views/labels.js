// The label bench: the label sets with a form for a new one, or one set at work.

/** @import { App, View } from "../types.js" */

import { Bench } from "../bench/bench.js";
import * as labelApi from "../bench/label_api.js";
import { newSetForm } from "../bench/new_set.js";
import { setList } from "../bench/set_list.js";
import { isDialogOpen } from "../dialog.js";
import { el, fill } from "../dom.js";
import { messageOf, problemText } from "../problems.js";

/** @type {HTMLElement} */
let place;
/** @type {Bench | null} */
let bench = null;
/** @type {number | null | undefined} */
let shownSet;
/** @type {() => void} */
let forgetKeys = () => {};
/** @type {() => void} */
let refresh = () => {};
/** @type {() => unknown} */
let refreshList = () => {};

/** @type {View} */
export const view = {
  async mount(main, app) {
    place = main;
    shownSet = undefined;
    refresh = () => void (bench ? bench.refresh() : refreshList());
    document.addEventListener("library-changed", refresh);
    await view.update(app);
  },
  async update(app) {
    if (shownSet !== app.state.set) {
      clear();
      shownSet = app.state.set;
      if (app.state.set === null) return showSets(app);
      await showBench(app, app.state.set);
    }
    await bench?.update();
  },
  unmount() {
    clear();
    document.removeEventListener("library-changed", refresh);
  },
};

function clear() {
  bench?.remove();
  bench = null;
  forgetKeys();
  forgetKeys = () => {};
  refreshList = () => {};
}

/**
 * @param {App} app
 * @param {number} id
 */
async function showBench(app, id) {
  fill(place, el("p", { class: "muted wait" }, "Opening the label set…"));
  try {
    const set = await labelApi.labelSet(id);
    if (app.state.set !== id || app.state.view !== "labels") return;
    bench = new Bench(app, set);
    fill(place, bench.element);
    void bench.accuracy.load();
  } catch (error) {
    const message = messageOf(error);
    const back = el("button", { type: "button", onclick: () => app.go({ set: null, label: null }) }, "All label sets");
    fill(
      place,
      el(
        "div",
        { class: "page" },
        el("h1", {}, "Label bench"),
        el("p", { class: "problem", dir: "auto" }, message),
        back,
      ),
    );
  }
}

/** @param {App} app */
async function showSets(app) {
  const form = newSetForm(app);
  const list = el("div", {}, el("p", { class: "muted wait" }, "Looking for label sets…"));
  const page = el("div", { class: "page" }, [
    el("h1", {}, "Label bench"),
    el(
      "p",
      { class: "lead" },
      "Say what pictures may show; every picture gets the class that fits, or “other”. Then check the uncertain ones.",
    ),
    form.element,
    list,
  ]);
  fill(place, page);
  const newSet = () => {
    if (isDialogOpen()) return false;
    form.focus();
  };
  forgetKeys = app.keys.register("Label sets", { n: { says: "New label set: enter its classes", run: newSet } });
  const show = async () => {
    try {
      const sets = await labelApi.labelSets();
      if (app.state.set === null && !list.contains(document.activeElement)) fill(list, setList(app, sets));
      return sets.length;
    } catch (error) {
      fill(list, problemText(error));
    }
  };
  refreshList = show;
  if ((await show()) === 0 && app.state.set === null) form.focus();
}

// The library: what is in it, its index and runs, what could not be read, what was done outside of it.

/** @import { App, View } from "../types.js" */

import { el, fill } from "../dom.js";
import { IndexSection } from "../parts/index-state.js";
import { problemText } from "../problems.js";
import { bytes, number } from "../pure/formats.js";
import { actionsList } from "../upkeep/actions_list.js";
import { failuresList } from "../upkeep/failures_list.js";
import { stats } from "../upkeep/upkeep_api.js";
import { whyNoWriting } from "../writing.js";

/** @type {() => void} */
let leave = () => {};

/** @type {View} */
export const view = {
  mount(place, app) {
    const facts = el("dl", { class: "facts" });
    const failures = failuresList();
    const actions = actionsList(app);
    const load = () => void Promise.all([showFacts(app, facts), failures.load(), actions.load()]);
    const index = new IndexSection(app, load);
    const refusal = whyNoWriting(app);
    const page = el("div", { class: "page library" }, [
      el("h1", {}, "Library"),
      refusal && el("p", { class: "note" }, refusal),
      el("section", { class: "card", "aria-labelledby": "facts-heading" }, [
        el("h2", { id: "facts-heading" }, "What is in it"),
        facts,
      ]),
      index.element,
      failures.element,
      actions.element,
    ]);
    fill(place, page);
    document.addEventListener("library-changed", load);
    leave = () => {
      index.close();
      document.removeEventListener("library-changed", load);
    };
    void index.open();
    load();
  },
  update() {},
  unmount() {
    leave();
  },
};

/**
 * @param {App} app
 * @param {HTMLElement} place
 */
async function showFacts(app, place) {
  try {
    const info = await stats();
    const part = (/** @type {number} */ count) =>
      `${number(count)}${info.pictures ? ` (${Math.round((100 * count) / info.pictures)}%)` : ""}`;
    const facts = /** @type {[string, string][]} */ ([
      ["Folder", info.folder],
      ["Model", info.model ?? "none yet"],
      ["Pictures", number(info.pictures)],
      ["With a date", part(info.dated)],
      ["With a place", part(info.placed)],
      ["Labels", number(info.labels)],
      ["Database", bytes(info.database_bytes)],
      ["Search", info.index === "exact" ? "looks at every picture" : `by an index of ${bytes(info.faiss_bytes)}`],
      ["Version", `clipsearch ${app.session?.version ?? ""}`],
    ]);
    fill(place, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value))));
  } catch (error) {
    fill(place, el("div", {}, el("dt", {}, "Not known"), el("dd", {}, problemText(error))));
  }
}

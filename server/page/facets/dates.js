// The dates of the facet panel: years with their months, and two fields that take what the command line takes.

/** @import { App, Facets } from "../types.js" */
/** @import { Row } from "./group.js" */

import { el } from "../dom.js";
import { monthName } from "../pure/formats.js";
import { extended, holds, periodOf } from "../pure/periods.js";
import { FacetGroup } from "./group.js";

/** Years, months, and a form for any dates. */
export class DateGroup {
  /** @type {App | null} */
  #app = null;

  constructor() {
    this.group = new FacetGroup("Dates", (name, event) => this.#pressed(name, event.shiftKey));
    this.after = el("input", { type: "text", placeholder: "2021-07-31", autocomplete: "off" });
    this.before = el("input", { type: "text", placeholder: "2022", autocomplete: "off" });
    const form = el(
      "form",
      {
        class: "facet-dates",
        onsubmit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          this.#app?.go({ after: this.after.value.trim() || null, before: this.before.value.trim() || null });
        },
      },
      el("label", {}, "From", this.after),
      el("label", {}, "Before", this.before),
      el("button", { type: "submit" }, "Set"),
    );
    this.group.list.before(form);
    this.element = this.group.element;
    this.group.list.title = "With Shift the period is made longer";
  }

  /**
   * @param {string} name
   * @param {boolean} isLonger
   */
  #pressed(name, isLonger) {
    const app = this.#app;
    if (!app) return;
    const { after, before } = periodOf(name);
    const isSame = app.state.after === after && app.state.before === before;
    if (isSame) app.go({ after: null, before: null });
    else app.go(isLonger ? extended(app.state, name) : { after, before });
  }

  /**
   * @param {App} app
   * @param {Facets["years"]} years
   */
  update(app, years) {
    this.#app = app;
    const { after, before } = app.state;
    for (const [field, value] of /** @type {const} */ ([
      [this.after, after],
      [this.before, before],
    ])) {
      if (document.activeElement !== field) field.value = value ?? "";
    }
    this.group.update(years.map((year) => rowOf(app, year)));
    this.element.hidden = !years.length && !after && !before;
  }
}

/**
 * @param {App} app
 * @param {Facets["years"][number]} year
 * @returns {Row}
 */
function rowOf(app, { year, count, months }) {
  const name = String(year).padStart(4, "0");
  const rows = months.map(({ month, count: own }) => ({
    key: month,
    name: monthName(Number(month.slice(5))),
    count: own,
    isPressed: holds(app.state, month),
  }));
  return { key: name, name, count, isPressed: holds(app.state, name), rows: rows.length ? rows : undefined };
}

// Which label all hits are to get: of a set that is there, or of a new one.

/** @import { LabelSet } from "../bench/label_api.js" */

import * as labelApi from "../bench/label_api.js";
import { labelled } from "../bench/labelling_job.js";
import { el, fill } from "../dom.js";
import { messageOf } from "../problems.js";
import { OTHER, readClasses } from "../pure/bench.js";

const NEW = "new";

/**
 * Fill a place with the choice; returns what gives the set and the label, null while there is none.
 * @param {HTMLElement} place
 * @returns {() => { set: number, labels: string[] } | null}
 */
export function labelChoice(place) {
  /** @type {LabelSet[]} */
  let sets = [];
  const set = el("select", { id: "act-set", onchange: () => showClasses() });
  const label = el("select", { id: "act-label" });
  const classes = el("input", { id: "act-classes", type: "text", dir: "auto", placeholder: "cup, car" });
  const make = el("button", { type: "button", onclick: () => void makeSet() }, "Make the set");
  const says = el("p", { class: "muted", role: "status", dir: "auto" }, "Looking for label sets…");
  const going = el("div", { class: "labelling-job" });
  const known = el("p", { class: "row" }, el("label", { for: "act-label" }, "Class"), label);
  const fresh = el("p", { class: "row" }, el("label", { for: "act-classes" }, "Classes of the new set"), classes, make);
  fill(place, el("p", { class: "row" }, el("label", { for: "act-set" }, "Label set"), set), known, fresh, says, going);
  void load(null);
  return () => {
    const chosen = sets.find((one) => String(one.id) === set.value);
    if (!chosen) says.textContent = "Make the new set first: enter its classes, then press “Make the set”.";
    return chosen ? { set: chosen.id, labels: label.value === OTHER ? [] : [label.value] } : null;
  };

  /** @param {number | null} wanted */
  async function load(wanted) {
    try {
      sets = [...(await labelApi.labelSets())].reverse();
      fill(set, [
        ...sets.map((one) => el("option", { value: one.id, selected: one.id === wanted }, one.name)),
        el("option", { value: NEW }, "a new set…"),
      ]);
      says.textContent = "";
      showClasses();
    } catch (error) {
      says.textContent = messageOf(error);
    }
  }

  function showClasses() {
    const chosen = sets.find((one) => String(one.id) === set.value);
    known.hidden = !chosen;
    fresh.hidden = Boolean(chosen);
    const names = chosen?.classes.map((class_) => class_.class) ?? [];
    fill(
      label,
      names.map((name) => el("option", { value: name }, name)),
    );
  }

  async function makeSet() {
    const typed = readClasses(classes.value);
    if (!typed.length) {
      says.textContent = "Enter at least one class, such as cup.";
      return classes.focus();
    }
    make.disabled = true;
    says.textContent = "The model labels all pictures of the library with the new set…";
    try {
      const asked = { classes: typed, name: null, multi: false, other: null, filters: {} };
      const made = await labelled(going, await labelApi.makeSet(asked), () => {});
      says.textContent = made ? "" : "Stopped; no label was stored.";
      if (made) await load(made.set.id);
      (made ? label : make).focus();
    } catch (error) {
      says.textContent = messageOf(error);
    }
    make.disabled = false;
  }
}

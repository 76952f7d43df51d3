// A new label set: its classes, or a ready list, and how pictures are judged.

/** @import { App } from "../types.js" */

import { el } from "../dom.js";
import { messageOf } from "../problems.js";
import { counted } from "../pure/formats.js";
import { folderChoice } from "../upkeep/folder_choice.js";
import { whyNoWriting } from "../writing.js";
import { ClassEditor } from "./class_editor.js";
import { exampleStrip } from "./example_strip.js";
import * as labelApi from "./label_api.js";
import { labelled, labellingNow } from "./labelling_job.js";

/**
 * Return the form; it goes to the new set when its pictures are labelled.
 * @param {App} app
 */
export function newSetForm(app) {
  const editor = new ClassEditor(() => void run());
  const preset = el("select", { id: "preset" }, el("option", { value: "" }, "none: the classes above"));
  const name = el("input", {
    id: "set-name",
    type: "text",
    dir: "auto",
    autocomplete: "off",
    placeholder: "as its classes",
  });
  const other = el("select", { id: "other" }, [
    el("option", { value: "" }, "as usual: yes up to 20 classes"),
    el("option", { value: "yes" }, "yes"),
    el("option", { value: "no" }, "no: every picture gets a class"),
  ]);
  /** @type {string[]} */
  let folders = [];
  const folder = folderChoice((chosen) => {
    folders = chosen;
  });
  void folder.load();
  const multi = el("input", { id: "multi", type: "checkbox" });
  const refusal = whyNoWriting(app);
  const button = el("button", { type: "submit", class: "primary", disabled: refusal !== null }, "Label the pictures");
  const says = el("p", { class: "form-says", role: "status", dir: "auto" }, refusal ?? "");
  const going = el("div", { class: "labelling-job" });
  const form = el("form", { class: "new-set card", "aria-labelledby": "new-set-heading" }, [
    el("h2", { id: "new-set-heading" }, "New label set"),
    editor.element,
    exampleStrip(app, editor),
    el("details", {}, [
      el("summary", {}, "More: ready lists, other, several labels, name"),
      el("div", { class: "form-grid" }, [
        el("label", { for: "preset" }, "Ready list"),
        preset,
        el("label", { for: "other" }, "“other” where no class fits"),
        other,
        el("label", { for: "multi" }, "A picture may have several labels"),
        multi,
        el("label", { for: "set-name" }, "Name"),
        name,
      ]),
    ]),
    el("p", { class: "buttons" }, folder.element, button),
    says,
    going,
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  void fillPresets(preset, says);
  void labellingNow().then(
    (job) => job && follow(() => Promise.resolve(job)),
    () => {}, // the list of sets says what is wrong
  );

  async function run() {
    if (button.disabled) return;
    editor.take();
    if (!editor.classes.length && !preset.value) {
      says.textContent = "Enter at least one class, such as cup, or choose a ready list.";
      editor.field.focus();
      return;
    }
    const given = preset.value ? { preset: preset.value } : { classes: editor.classes };
    const isOther = other.value ? other.value === "yes" : null;
    const filters = folders.length ? { folders } : {};
    const asked = { ...given, name: name.value.trim() || null, multi: multi.checked, other: isOther, filters };
    await follow(() => labelApi.makeSet(asked));
  }

  /** @param {() => Promise<import("../upkeep/upkeep_api.js").Job>} begin */
  async function follow(begin) {
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    const all = counted(app.session?.pictures ?? 0, "picture");
    says.textContent = folders.length ? "Labelling the pictures of this folder…" : `Labelling ${all}…`;
    try {
      const made = await labelled(going, await begin(), (note) => app.say(note));
      if (!form.isConnected) return; // another view is shown by now
      if (made) return app.go({ set: made.set.id, label: null });
      says.textContent = "Stopped; no label was stored.";
      button.disabled = false;
      button.focus();
    } catch (error) {
      says.textContent = messageOf(error);
      editor.field.focus();
    } finally {
      button.disabled = refusal !== null;
      form.removeAttribute("aria-busy");
    }
  }
  return { element: form, focus: () => editor.field.focus() };
}

/**
 * @param {HTMLSelectElement} select
 * @param {HTMLElement} says
 */
async function fillPresets(select, says) {
  try {
    const { presets } = await labelApi.presets();
    for (const { name, classes } of presets) {
      select.append(el("option", { value: name }, `${name} (${counted(classes, "class", "classes")})`));
    }
  } catch (error) {
    says.textContent = messageOf(error);
  }
}

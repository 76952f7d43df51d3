// What can be done with a label set as a whole: another name, keeping, removing, labels for new pictures, export.

/** @import { App } from "../types.js" */
/** @import { Work } from "./work.js" */

import { confirmed, openDialog } from "../dialog.js";
import { el } from "../dom.js";
import { messageOf } from "../problems.js";
import { counted } from "../pure/formats.js";
import { whyNoWriting } from "../writing.js";
import { openExport } from "./export_dialog.js";
import * as labelApi from "./label_api.js";
import { labelled } from "./labelling_job.js";

/**
 * Return the buttons of a set; `changed` is called with the set as it is then, null when it is gone, and `judged` once
 * more pictures have labels.
 * @param {App} app
 * @param {Work} work
 * @param {(set: labelApi.LabelSet | null) => void} changed
 * @param {() => void} judged
 */
export function setTools(app, work, changed, judged) {
  const refusal = whyNoWriting(app);
  const tool = (/** @type {string} */ text, /** @type {() => Promise<void>} */ run, needsWriting = true) => {
    const isOff = needsWriting && refusal !== null;
    const act = async () => {
      button.setAttribute("aria-busy", "true");
      await run().catch((error) => app.say(messageOf(error), { kind: "error" }));
      button.removeAttribute("aria-busy");
    };
    const state = { disabled: isOff, title: isOff ? refusal : "" };
    const button = el("button", { type: "button", ...state, onclick: () => void act() }, text);
    return button;
  };
  const going = el("div", { class: "labelling-job" });
  const missing = (app.session?.pictures ?? 0) - work.set.judged;
  return el("div", { class: "set-tools", role: "group", "aria-label": "Label set" }, [
    tool("Export to XMP…", () => openExport(app, work.set), false),
    missing > 0 &&
      tool(`Label ${counted(missing, "more picture")}`, async () => {
        const more = await labelled(going, await labelApi.labelMore(work.set.id), (note) => app.say(note));
        if (!more) return app.say("Stopped; no label was stored.");
        app.say(`${counted(more.judged, "picture")} labelled.`);
        changed(more.set);
        judged();
      }),
    work.set.draft && tool("Keep", async () => changed(await labelApi.changeSet(work.set.id, { keep: true }))),
    tool("Rename…", async () => {
      const name = await askName(work.set.name);
      if (name !== null) changed(await labelApi.changeSet(work.set.id, { name }));
    }),
    tool("Remove…", async () => {
      if (!(await confirmed(removal(await labelApi.labelSet(work.set.id))))) return;
      await labelApi.removeSet(work.set.id);
      changed(null);
    }),
    going,
  ]);
}

/** @param {labelApi.LabelSet} set */
function removal({ name, judged, corrected }) {
  const said = corrected
    ? ` ${counted(corrected, "label")} that a person gave ${corrected === 1 ? "goes" : "go"} with it, and can't be brought back.`
    : "";
  const text = `The labels of ${counted(judged, "picture")} go.${said} The pictures and sidecars stay as they are.`;
  return { title: `Remove “${name}”?`, text, does: "Remove", isDangerous: true };
}

/**
 * @param {string} name
 * @returns {Promise<string | null>}
 */
async function askName(name) {
  const opened = openDialog("Rename the label set", { kind: "question" });
  /** @type {string | null} */
  let given = null;
  const field = el("input", {
    type: "text",
    dir: "auto",
    value: name,
    required: true,
    maxLength: 1000,
    "aria-label": "Name",
  });
  const form = el(
    "form",
    { method: "dialog" },
    field,
    el("p", { class: "buttons" }, el("button", { class: "primary" }, "Rename")),
  );
  form.addEventListener("submit", () => {
    given = field.value.trim();
  });
  opened.fill(form);
  field.select();
  await opened.closed;
  return given;
}

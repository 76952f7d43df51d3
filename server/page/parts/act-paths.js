// The paths of all hits as text: shown, to be copied or downloaded.

/** @import { App } from "../types.js" */
/** @import { Asked } from "../upkeep/upkeep_api.js" */

import { el, fill } from "../dom.js";
import { counted } from "../pure/formats.js";
import { paths } from "../upkeep/upkeep_api.js";

const SHOWN = 1000; // lines; all are copied and downloaded

/**
 * @param {App} app
 * @param {HTMLElement} place
 * @param {Asked} pictures
 */
export async function showPaths(app, place, pictures) {
  const text = await paths(pictures);
  const lines = text.split("\n").filter(Boolean);
  const shown = lines.slice(0, SHOWN).join("\n");
  const area = el("textarea", {
    class: "paths-text",
    readOnly: true,
    rows: 8,
    dir: "ltr",
    value: shown,
    "aria-label": "Paths",
  });
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const download = el("a", { class: "button", href: address, download: "paths.txt" }, "Download");
  const copy = el("button", { type: "button", class: "primary", onclick: () => void copyAll() }, "Copy");
  const more = lines.length > SHOWN ? `, the first ${SHOWN} are shown` : "";
  fill(place, [
    el("p", {}, `${counted(lines.length, "path")}${more}.`),
    area,
    el("p", { class: "buttons" }, copy, download),
  ]);
  copy.focus();
  setTimeout(() => URL.revokeObjectURL(address), 600_000);

  async function copyAll() {
    try {
      await navigator.clipboard.writeText(text);
      app.say(`Copied ${counted(lines.length, "path")}.`);
    } catch {
      area.select();
      app.say("The browser did not allow copying; the text is selected, so press Ctrl+C.", { kind: "error" });
    }
  }
}

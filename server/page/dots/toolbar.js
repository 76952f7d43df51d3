// The buttons over the dots: whether a drag moves or chooses, and zoom.

/** @import { IconName } from "../icons.js" */
/** @import { DotCanvas } from "./dot-canvas.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";

const CLOSER = 1.6;

/**
 * Return the buttons of some dots.
 * @param {DotCanvas} dots
 * @param {string} choosing  what the tool that chooses is called
 */
export function toolbar(dots, choosing) {
  const tool = el(
    "button",
    {
      type: "button",
      "aria-pressed": "false",
      title: "A drag draws what is chosen; with Shift it does so always",
      onclick: () => {
        dots.isDrawing = !dots.isDrawing;
        tool.setAttribute("aria-pressed", String(dots.isDrawing));
        dots.classList.toggle("drawing", dots.isDrawing);
      },
    },
    icon("lasso"),
    choosing,
  );
  return el(
    "div",
    { class: "dots-tools", role: "group", "aria-label": "Tools" },
    tool,
    button("zoomIn", "Zoom in", () => dots.zoomBy(CLOSER)),
    button("zoomOut", "Zoom out", () => dots.zoomBy(1 / CLOSER)),
    button("fit", "Show all", () => dots.fit()),
  );
}

/**
 * @param {IconName} name
 * @param {string} label
 * @param {() => void} onclick
 */
function button(name, label, onclick) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(name));
}

// One photo large, below the row in which it stands, with what is known of it and what can be done.

/** @import { Server } from "./server.js" */
/** @import { Photo } from "./facts.js" */

import { el } from "../../page/dom.js";
import { factsOf, spokenPhoto } from "./facts.js";

const LARGE = 1024; // pixels

/**
 * What the buttons below a large photo do; `point` is left out where the program takes nothing for the assistant.
 * @typedef {object} Acts
 * @property {() => void} close
 * @property {(() => void) | null} like
 * @property {(() => Promise<string>) | null} point  returns what to say of it
 */

/**
 * Return what shows a photo large.
 * @param {Photo} photo
 * @param {Pick<Server, "picture">} server
 * @param {Acts} acts
 * @returns {HTMLLIElement}
 */
export function detail(photo, server, acts) {
  const status = el("p", { class: "said", role: "status" });
  const picture = el("div", { class: "large" }, el("p", {}, "Loading…"));
  load(photo, server, picture);
  const shown = el(
    "div",
    { class: "shown", role: "group", "aria-label": photo.name },
    picture,
    el("p", { class: "title", dir: "auto" }, photo.name),
    facts(photo),
    el(
      "div",
      { class: "acts" },
      acts.like && el("button", { type: "button", onclick: acts.like }, "More like this"),
      acts.point && pointing(acts.point, status),
      el("button", { type: "button", onclick: acts.close }, "Close"),
    ),
    status,
  );
  return el("li", { class: "detail" }, shown);
}

/**
 * @param {Photo} photo
 * @param {Pick<Server, "picture">} server
 * @param {HTMLElement} place
 */
async function load(photo, server, place) {
  try {
    const source = await server.picture(photo.id, LARGE, true);
    place.replaceChildren(el("img", { src: source, alt: spokenPhoto(photo) }));
  } catch (error) {
    place.replaceChildren(el("p", { class: "problem", dir: "auto" }, /** @type {Error} */ (error).message));
  }
}

/** @param {Photo} photo */
function facts(photo) {
  const rows = factsOf(photo).map(([name, value]) =>
    el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value)),
  );
  return el("dl", {}, rows);
}

/**
 * @param {() => Promise<string>} point
 * @param {HTMLElement} status
 */
function pointing(point, status) {
  return el(
    "button",
    {
      type: "button",
      onclick: async () => {
        status.textContent = await point();
      },
    },
    "Point it out to the assistant",
  );
}

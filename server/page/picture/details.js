// What is known of a picture, beside it: facts, labels with probabilities, copies, a video's moments.

/** @import { App, Details, Picture } from "../types.js" */
/** @import { Child } from "../dom.js" */

import { el } from "../dom.js";
import { icon } from "../icons.js";
import { thumb } from "../parts/thumb.js";
import { messageOf } from "../problems.js";
import { bytes, counted, date, moment, number } from "../pure/formats.js";

const NEAR = "5km"; // of "pictures taken here"
const SOURCES = /** @type {Record<string, string>} */ ({
  "exif-original": "by the camera's clock",
  "exif-digitized": "when it was scanned, by the camera's clock",
  container: "as the video says",
  xmp: "as was written into the file",
  iptc: "as was written into the file",
  "png-text": "as was written into the file",
  gps: "by the satellites, UTC",
  sidecar: "as the file beside it says",
  "file-name": "by its name",
  takeout: "as Google's record says, UTC",
  "exif-changed": "when the file was last edited",
});

/**
 * Return the facts of a picture.
 * @param {App} app
 * @param {Picture} picture
 * @param {Details | null} details  null until they are there
 * @param {{ copy: (text: string) => void, leave: (change: any) => void }} what
 */
export function factsOf(app, picture, details, { copy, leave }) {
  const { width, height, size, format, latitude, longitude } = picture;
  const pixels = width && height ? `${number(width)} × ${number(height)} pixels${megapixels(width * height)}` : null;
  const { facts = {} } = details ?? {};
  /** @type {[string, Child | Child[]][]} */
  const rows = [
    ["Taken", picture.taken_at && [date(picture.taken_at), source(picture)]],
    [
      "Camera",
      picture.camera && link(picture.camera, () => leave({ cameras: [picture.camera] }), "Pictures of this camera"),
    ],
    ["Lens", facts.lens],
    ["Size", [pixels, `${bytes(size)}, ${format}`].filter(Boolean).join(", ")],
    [
      "Place",
      picture.place && link(picture.place, () => leave({ near: picture.place, radius: null }), "Pictures taken there"),
    ],
    [
      "Coordinates",
      latitude !== null &&
        longitude !== null &&
        link(
          `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`,
          () => leave({ show: "map", near: `${latitude},${longitude}`, radius: NEAR, box: null }),
          `On the map, with what was taken within ${NEAR.replace("km", " km")}`,
        ),
    ],
    ["Note", facts.note],
    ["Folder", link(folderName(picture), () => leave({ folders: [picture.folder] }), "Pictures of this folder")],
    ["Indexed", facts.indexed_at && date(facts.indexed_at)],
  ];
  return el(
    "section",
    { class: "picture-section" },
    el("h3", {}, "About"),
    el(
      "dl",
      { class: "picture-facts" },
      rows
        .filter(([, value]) => value)
        .flatMap(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, value)]),
    ),
    el("p", { class: "picture-path", dir: "auto" }, picture.path),
    el(
      "div",
      { class: "picture-buttons" },
      el("button", { type: "button", onclick: () => copy(picture.path) }, icon("copy"), "Copy path"),
      app.session?.reveal &&
        el("button", { type: "button", onclick: () => void reveal(app, picture) }, icon("folder"), "Open folder"),
    ),
  );
}

/** @param {number} pixels */
function megapixels(pixels) {
  const millions = pixels / 1e6;
  return millions < 0.1 ? "" : ` (${millions.toFixed(millions < 10 ? 1 : 0)} MP)`;
}

/** @param {Picture} picture */
function source({ taken_from }) {
  return taken_from ? el("span", { class: "muted" }, `, ${SOURCES[taken_from] ?? taken_from}`) : null;
}

/** @param {Picture} picture */
function folderName({ path }) {
  return path.split(/[\\/]/).at(-2) || "/";
}

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} title
 */
function link(text, onclick, title) {
  return el("button", { type: "button", class: "link", title, onclick, dir: "auto" }, text);
}

/**
 * Show a picture in the file manager of this machine.
 * @param {App} app
 * @param {Picture} picture
 */
export async function reveal(app, { id }) {
  try {
    await app.api.reveal(id);
    app.say("Its folder is open in the file manager.");
  } catch (error) {
    app.say(messageOf(error), { kind: "error" });
  }
}

/**
 * Return the labels of a picture by set, or null if it has none.
 * @param {Details} details
 * @param {(change: any) => void} leave
 */
export function labelsOf({ labels }, leave) {
  if (!labels.length) return null;
  const sets = [...new Set(labels.map(({ set }) => set.name))];
  const lists = sets.map((name) => {
    const items = labels.filter(({ set }) => set.name === name).map((label) => labelItem(label, leave));
    return [el("h4", { dir: "auto" }, name), el("ul", { class: "picture-labels" }, items)];
  });
  return el("section", { class: "picture-section" }, el("h3", {}, "Labels"), lists.flat());
}

/**
 * @param {Details["labels"][number]} label
 * @param {(change: any) => void} leave
 */
function labelItem({ set, class: name, probability, said_by, said_at }, leave) {
  const share = `${Math.round(probability * 100)}%`;
  const who = said_by ? `said by ${said_by}${said_at ? `, ${date(said_at)}` : ""}` : "by the model";
  return el(
    "li",
    {},
    link(name, () => leave({ labels: [`${set.name}:${name}`] }), "Pictures with this label"),
    el("span", { class: "picture-share" }, said_by ? "certain" : share),
    el("i", { class: "picture-bar", "aria-hidden": "true" }, el("i", { style: { inlineSize: share } })),
    el("span", { class: "muted", dir: "auto" }, who),
  );
}

/**
 * Return the copies behind a picture, or null if there are none.
 * @param {Details} details
 * @param {(id: number) => void} open
 */
export function copiesOf({ copies }, open) {
  if (!copies.length) return null;
  const items = copies.map((copy) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "picture-copy", onclick: () => open(copy.id) },
        el("span", { class: "picture-small" }, thumb(copy, { height: 56, label: "", badges: false })),
        el(
          "span",
          { class: "picture-copy-text" },
          el("span", { dir: "auto" }, copy.path),
          el(
            "span",
            { class: "muted", dir: "auto" },
            `${number(copy.width)} × ${number(copy.height)}, ${bytes(copy.size)}`,
          ),
        ),
      ),
    ),
  );
  const title = `${counted(copies.length, "copy", "copies")} behind it`;
  return el("section", { class: "picture-section" }, el("h3", {}, title), el("ul", { class: "picture-copies" }, items));
}

/**
 * Return the moments of a video, or null for a picture.
 * @param {Details} details
 * @param {(moment: { id: number, at: number }) => void} go
 */
export function momentsOf({ image, moments }, go) {
  if (moments.length < 2) return null;
  const items = moments.map((one) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", "aria-current": one.id === image.id ? "true" : null, onclick: () => go(one) },
        moment(one.at),
      ),
    ),
  );
  return el(
    "section",
    { class: "picture-section" },
    el("h3", {}, "Moments"),
    el("ul", { class: "picture-moments" }, items),
  );
}

/**
 * Return the pictures that are like one.
 * @param {Picture[]} hits
 * @param {(id: number) => void} open
 */
export function similarTo(hits, open) {
  const items = hits.map((hit) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", class: "picture-alike", title: hit.name, onclick: () => open(hit.id) },
        thumb(hit, { height: 96 }),
      ),
    ),
  );
  const list = items.length
    ? el("ul", { class: "picture-strip" }, items)
    : el("p", { class: "muted" }, "Nothing is like it.");
  return el("section", { class: "picture-section" }, el("h3", {}, "Similar"), list);
}

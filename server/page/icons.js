// The page's icons: lines on a grid of 24, drawn by code. The words for them stand beside them or on their buttons.

const SPACE = "http://www.w3.org/2000/svg";

const DRAWINGS = /** @type {const} */ ({
  back: "M15 5l-7 7 7 7",
  calendar: "M4 6h16v14H4z M4 10h16 M8 3v5 M16 3v5",
  camera: "M3 8h4l2-3h6l2 3h4v11H3z M12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
  chart: "M4 20V4 M4 20h16 M8 16v-5 M12 16V7 M16 16v-3",
  check: "M5 13l4.5 4.5L19 7",
  close: "M6 6l12 12 M18 6L6 18",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 3v18 M12 8h7.5 M12 13h9 M12 18h5.5",
  copy: "M9 9h11v11H9z M5 15H4V4h11v1",
  dots: "M6 7h.01 M12 5h.01 M17 9h.01 M8 13h.01 M14 14h.01 M19 17h.01 M6 18h.01 M12 19h.01",
  down: "M6 9l6 6 6-6",
  download: "M12 4v11 M7 11l5 5 5-5 M5 20h14",
  filter: "M4 6h16 M7 12h10 M10 18h4",
  fit: "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
  folder: "M3 6h6l2 2h10v11H3z",
  forward: "M9 5l7 7-7 7",
  grid: "M4 4h7v7H4z M13 4h7v7h-7z M4 13h7v7H4z M13 13h7v7h-7z",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4 M12 17.5h.01 M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  info: "M12 11v6 M12 7.5h.01 M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  label: "M4 4h8l8 8-8 8-8-8z M8 8h.01",
  lasso: "M12 4c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5z M8 13.5c-2 1-2 3-.5 3.5S10 19 9 21",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1 M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  map: "M9 5l6 2 6-2v13l-6 2-6-2-6 2V7z M9 5v13 M15 7v13",
  minus: "M5 12h14",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  picture: "M4 5h16v14H4z M4 16l5-5 5 5 2-2 4 4 M15.5 9.5h.01",
  pin: "M12 21c4-5 6-8 6-11a6 6 0 0 0-12 0c0 3 2 6 6 11z M12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  play: "M8 5l11 7-11 7z",
  plus: "M12 5v14 M5 12h14",
  refresh: "M19 8a8 8 0 1 0 1 6 M20 4v5h-5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5",
  sheet: "M5 3h14v18H5z M8 7h3v3H8z M13 7h3v3h-3z M8 13h3v3H8z M13 13h3v3h-3z",
  sliders: "M4 7h9 M17 7h3 M15 5v4 M4 17h3 M11 17h9 M9 15v4",
  stack: "M8 4h12v12H8z M4 8v12h12",
  star: "M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  stop: "M7 7h10v10H7z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M12 2v3 M12 19v3 M2 12h3 M19 12h3 M5 5l2 2 M17 17l2 2 M19 5l-2 2 M7 17l-2 2",
  undo: "M9 8L4 12.5 9 17 M4 12.5h10a5 5 0 0 1 0 10",
  up: "M6 15l6-6 6 6",
  upload: "M12 20V9 M7 13l5-5 5 5 M5 4h14",
  warning: "M12 4l9 16H3z M12 10v5 M12 17.5h.01",
  zoomIn: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5 M11 8v6 M8 11h6",
  zoomOut: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5 M8 11h6",
});

/** @typedef {keyof typeof DRAWINGS} IconName */

const MIRRORED = new Set(["back", "forward", "undo"]); // where text runs the other way

/**
 * Return an icon, hidden from screen readers.
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const drawing = document.createElementNS(SPACE, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("focusable", "false");
  drawing.classList.add("icon");
  drawing.classList.toggle("mirrored", MIRRORED.has(name));
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", DRAWINGS[name]);
  drawing.append(path);
  return drawing;
}

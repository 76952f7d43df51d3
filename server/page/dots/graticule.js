// The map's ground: lines of latitude and longitude with their degrees, and how long a kilometre is.

/** @import { Camera, Size } from "../pure/camera.js" */
/** @import { Colours } from "./layers.js" */

import { seenBy, toView } from "../pure/camera.js";
import {
  acrossOf,
  degreesText,
  downOf,
  latitudeOf,
  linesBetween,
  longitudeOf,
  NORTHMOST,
  scaleBar,
  stepFor,
} from "../pure/projection.js";

const APART = 90; // pixels between two lines, at least
const BAR = 120; // pixels of the scale's bar, at most
const MARGIN = 8;

/**
 * Draw the ground of the map.
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {Size} view
 * @param {Colours} colours
 */
export function drawGraticule(context, camera, view, colours) {
  const { left, top, right, bottom } = seenBy(camera, view);
  const step = stepFor((360 * APART) / camera.scale);
  context.font = `12px ${colours.font}`;
  context.lineWidth = 1;
  const meridians = linesBetween(longitudeOf(left), longitudeOf(right), step);
  const parallels = linesBetween(latitudeOf(Math.min(bottom, 1)), latitudeOf(Math.max(top, 0)), step);
  const [, north] = toView(camera, view, 0, downOf(NORTHMOST));
  const [, south] = toView(camera, view, 0, downOf(-NORTHMOST));
  for (const longitude of meridians) {
    const [x] = toView(camera, view, acrossOf(longitude), 0);
    line(
      context,
      [x, Math.max(0, north)],
      [x, Math.min(view.height, south)],
      isMain(longitude) ? colours.strong : colours.line,
    );
  }
  for (const latitude of parallels) {
    const [, y] = toView(camera, view, 0, downOf(latitude));
    line(context, [0, y], [view.width, y], latitude === 0 ? colours.strong : colours.line);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const longitude of meridians) {
    const [x] = toView(camera, view, acrossOf(longitude), 0);
    write(context, degreesText(longitude, "longitude", step), x, MARGIN, colours);
  }
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const latitude of parallels) {
    const [, y] = toView(camera, view, 0, downOf(latitude));
    if (y > 30 && y < view.height - 30) write(context, degreesText(latitude, "latitude", step), MARGIN, y, colours);
  }
  drawBar(context, camera, view, colours);
}

/** @param {number} longitude */
const isMain = (longitude) => Math.round(longitude) % 180 === 0 && Math.abs(longitude % 180) < 1e-9;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @param {string} colour
 */
function line(context, from, to, colour) {
  context.strokeStyle = colour;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Colours} colours
 */
function write(context, text, x, y, colours) {
  context.lineWidth = 4;
  context.strokeStyle = colours.ground;
  context.strokeText(text, x, y);
  context.lineWidth = 1;
  context.fillStyle = colours.quiet;
  context.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Camera} camera
 * @param {Size} view
 * @param {Colours} colours
 */
function drawBar(context, camera, view, colours) {
  const { pixels, text } = scaleBar(camera.scale, latitudeOf(camera.y), BAR);
  const [right, y] = [view.width - MARGIN, view.height - MARGIN - 4];
  line(context, [right - pixels, y], [right, y], colours.quiet);
  for (const x of [right - pixels, right]) line(context, [x, y - 4], [x, y + 4], colours.quiet);
  context.textAlign = "right";
  context.textBaseline = "bottom";
  write(context, text, right, y - 6, colours);
}

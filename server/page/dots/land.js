// The towns behind the map's pictures, as small pale dots with names: where the land is, without a tile.

/** @import { Camera, Size } from "../pure/camera.js" */
/** @import { Towns } from "../pure/towns.js" */
/** @import { Colours } from "./layers.js" */

import { namesIn } from "../pure/towns.js";

const ROOM = 14_000; // pixels of the view for each name
const BELOW = 5; // pixels from a town to its name

/**
 * Write the names of the towns that are seen.
 * @param {CanvasRenderingContext2D} context
 * @param {Towns} towns
 * @param {Camera} camera
 * @param {Size} view
 * @param {Colours} colours
 */
export function writeNames(context, towns, camera, view, colours) {
  context.font = `12px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineWidth = 3;
  context.strokeStyle = colours.ground;
  context.fillStyle = colours.quiet;
  for (const { name, left, top } of namesIn(towns, camera, view, Math.ceil((view.width * view.height) / ROOM))) {
    context.strokeText(name, left, top + BELOW);
    context.fillText(name, left, top + BELOW);
  }
  context.font = `11px ${colours.font}`;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.strokeText(towns.credit, 8, view.height - 6);
  context.fillText(towns.credit, 8, view.height - 6);
}

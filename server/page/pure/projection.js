// The map's projection, Mercator's: the earth as a square of one unit, west to east and north to south; and its graticule.
// Formulas: J. P. Snyder, Map Projections: A Working Manual, 1987, page 41, for the sphere.

export const NORTHMOST = 85.0511; // degrees, where the square ends
const ROUND_THE_EARTH = 40_075_017; // metres, at the equator

/** Degrees between two lines of the graticule, and how each is written. */
const STEPS = [
  90,
  60,
  30,
  20,
  10,
  5,
  2,
  1,
  1 / 2,
  1 / 6,
  1 / 12,
  1 / 30,
  1 / 60,
  1 / 120,
  1 / 360,
  1 / 720,
  1 / 1800,
  1 / 3600,
];

/** @param {number} longitude */
export const acrossOf = (longitude) => (longitude + 180) / 360;

/** @param {number} latitude */
export function downOf(latitude) {
  const angle = (Math.min(Math.max(latitude, -NORTHMOST), NORTHMOST) * Math.PI) / 180;
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI);
}

/** @param {number} x */
export const longitudeOf = (x) => x * 360 - 180;

/** @param {number} y */
export const latitudeOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

/**
 * Return the box of degrees between two places of the square: south, west, north, east. One across the date line has its west
 * in the east; one round all of the earth is all of it.
 * @param {{ left: number, top: number, right: number, bottom: number }} bounds
 * @returns {number[]}
 */
export function boxOf({ left, top, right, bottom }) {
  const isAround = right - left >= 1;
  const west = isAround ? -180 : wrapped(longitudeOf(left));
  const east = isAround ? 180 : wrapped(longitudeOf(right));
  return [bottom, top].map(latitudeOf).toSpliced(1, 0, west).concat(east);
}

/**
 * Return the place in the square of a box of degrees; right of the square if it goes across the date line.
 * @param {number[]} box
 */
export function boundsOf([south, west, north, east]) {
  const right = acrossOf(east) + (east < west ? 1 : 0);
  return { left: acrossOf(west), top: downOf(north), right, bottom: downOf(south) };
}

/**
 * Return a longitude as one from -180 to 180.
 * @param {number} longitude
 */
export function wrapped(longitude) {
  if (longitude >= -180 && longitude <= 180) return longitude;
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/**
 * Return the step of the graticule at which lines are at least some degrees apart.
 * @param {number} least
 */
export function stepFor(least) {
  return STEPS.findLast((step) => step >= least) ?? STEPS[0];
}

/**
 * Return the multiples of a step between two values.
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
export function linesBetween(from, to, step) {
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.max(0, Math.floor(to / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

/**
 * Return degrees as they are written beside a line, as exactly as a step needs: 48°N, 2°30′E, 0°0′36″W.
 * @param {number} value
 * @param {"latitude" | "longitude"} kind
 * @param {number} step
 */
export function degreesText(value, kind, step) {
  const seconds = Math.round(Math.abs(kind === "longitude" ? wrapped(value) : value) * 3600);
  const sides = kind === "latitude" ? ["N", "S"] : ["E", "W"];
  const isMiddle = seconds === 0 || (kind === "longitude" && seconds === 180 * 3600);
  const side = isMiddle ? "" : sides[(kind === "longitude" ? wrapped(value) : value) < 0 ? 1 : 0];
  const parts = [`${Math.floor(seconds / 3600)}°`];
  if (step < 1) parts.push(`${Math.floor((seconds % 3600) / 60)}′`);
  if (step < 1 / 60) parts.push(`${seconds % 60}″`);
  return parts.join("") + side;
}

/**
 * Return a bar for the scale of a map: a round length, and how many pixels it takes.
 * @param {number} scale  pixels that the square's side takes
 * @param {number} latitude
 * @param {number} widest  pixels
 */
export function scaleBar(scale, latitude, widest) {
  const metresPerPixel = (ROUND_THE_EARTH * Math.cos((latitude * Math.PI) / 180)) / scale;
  const most = metresPerPixel * widest;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
  const text = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  return { pixels: metres / metresPerPixel, text };
}

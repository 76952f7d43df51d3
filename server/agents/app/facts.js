// What is said of a search and of a photo, in words; names and places are passed on as they are.

import { bytes, counted, date, moment, number, score } from "../../page/pure/formats.js";

/**
 * A photo as search_photos tells it, and contact_sheet with its number.
 * @typedef {object} Photo
 * @property {number} id
 * @property {string} name
 * @property {string} path
 * @property {number | null} score
 * @property {boolean | null} matches
 * @property {number | null} at
 * @property {string} format
 * @property {number} size
 * @property {number} width
 * @property {number} height
 * @property {string | null} taken_at
 * @property {string | null} camera
 * @property {string | null} [place]
 * @property {string | null} [country]
 * @property {{ path: string }[]} copies
 * @property {number} [number]
 */

/**
 * What search_photos answers, and contact_sheet, which tells of a search only where there was one.
 * @typedef {object} Hits
 * @property {number | null} matches
 * @property {boolean | null} counted
 * @property {number | null} total
 * @property {string | null} understood
 * @property {string[]} notes
 * @property {boolean | null} nearest
 * @property {Photo[]} hits
 * @property {string | null} next_cursor
 * @property {number[]} [missing]
 */

/**
 * Return whether a value is there: a program may show an answer that another version of clipsearch gave.
 * @template Value
 * @param {Value} value
 * @returns {value is NonNullable<Value>}
 */
const isThere = (value) => value !== null && value !== undefined;

const NEAREST = 200; // photos that are looked at where not all were counted

/**
 * Return how many match, plainly.
 * @param {Hits} answer
 */
export function headline({ matches, counted: isCounted, total, nearest, hits }) {
  if (nearest) return `No match among ${counted(total ?? 0, "photo")}`;
  if (!hits.length) return total ? "No match" : "No photo passes these filters";
  if (!isThere(matches) || !hits.some(({ score: own }) => isThere(own))) return counted(total ?? hits.length, "photo");
  if (!isCounted) return `${number(matches)} of the nearest ${NEAREST} photos match`;
  return matches ? counted(matches, "photo matches", "photos match") : "No match";
}

/**
 * Return what else is to be known of an answer, a sentence each.
 * @param {Hits} answer
 */
export function notesOf({ notes = [], missing = [] }) {
  return missing.length ? [...notes, `Not in the library: ${missing.join(", ")}.`] : notes;
}

/**
 * Return what a photo is, for those who don't see it.
 * @param {Photo} photo
 */
export function spokenPhoto(photo) {
  const parts = [
    photo.number && `number ${photo.number}`,
    photo.name,
    date(photo.taken_at),
    placeOf(photo),
    isThere(photo.at) && `video, at ${moment(photo.at)}`,
    photo.matches === false && "weaker",
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * Return what is known of a photo: what each fact is, and it.
 * @param {Photo} photo
 * @returns {[string, string][]}
 */
export function factsOf(photo) {
  /** @type {[string, string | null | false | undefined][]} */
  const facts = [
    ["Taken", date(photo.taken_at)],
    ["Place", placeOf(photo)],
    ["Camera", photo.camera],
    ["Moment", isThere(photo.at) && moment(photo.at)],
    ["Size", isThere(photo.size) && `${photo.width} × ${photo.height}, ${bytes(photo.size)}`],
    ["Score", isThere(photo.score) && `${score(photo.score)}${photo.matches ? "" : ", no match"}`],
    ["Copies", photo.copies?.length > 0 && number(photo.copies.length)],
    ["File", photo.path],
  ];
  return /** @type {[string, string][]} */ (facts.filter(([, value]) => value));
}

/** @param {Photo} photo */
const placeOf = ({ place, country }) => place ?? country; // a place ends with its country

/**
 * Return the hits that match, and those that don't.
 * @param {Photo[]} hits
 * @returns {{ matching: Photo[], weaker: Photo[] }}
 */
export function parted(hits) {
  return {
    matching: hits.filter(({ matches }) => matches !== false),
    weaker: hits.filter(({ matches }) => matches === false),
  };
}

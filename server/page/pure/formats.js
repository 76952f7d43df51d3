// Numbers, dates and sizes as people read them.

/** @import { Picture } from "../types.js" */

const NUMBER = new Intl.NumberFormat("en");
const MONTH = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" });
const [FIRST_STRONG_ISOLATE, POP_ISOLATE] = ["\u2068", "\u2069"];
const SHORT_MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });
const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** @param {number} value */
export const number = (value) => NUMBER.format(value);

/**
 * Return a number with its noun: "1 picture", "9,988 pictures".
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/**
 * Return a size in bytes: "812 bytes", "1.5 MB", "20 GB".
 * @param {number} size
 */
export function bytes(size) {
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const rounded = unit > 0 && value < 9.95 ? value.toFixed(1) : NUMBER.format(Math.round(value));
  return `${rounded} ${UNITS[unit]}`;
}

/**
 * Return when something was, as far as that is known: "2019", "July 2019", "4 July 2019", "4 July 2019, 14:05".
 * Times are shown as written, in the local time of the camera.
 * @param {string | null} stamp  ISO 8601, perhaps cut short
 */
export function date(stamp) {
  const [, year, month, day, time] = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}))?)?)?/.exec(stamp ?? "") ?? [];
  if (!year) return "";
  const days = day ? `${Number(day)} ` : "";
  const months = month ? `${monthName(Number(month))} ` : "";
  return `${days}${months}${year}${time ? `, ${time}` : ""}`;
}

/**
 * @param {number} month  1 to 12
 * @param {boolean} [short]
 */
export const monthName = (month, short = false) => (short ? SHORT_MONTH : MONTH).format(Date.UTC(2000, month - 1, 15));

/**
 * Return a moment of a video: "0:07", "1:02:03".
 * @param {number} seconds
 */
export function moment(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${padded}` : `${minutes}:${padded}`;
}

/**
 * Return a score with as many digits as mean something.
 * @param {number} value
 */
export const score = (value) => value.toFixed(3);

/**
 * Return what a picture is called for those who don't see it.
 * @param {Picture} picture
 */
export function spoken(picture) {
  const copies = picture.copies?.length;
  const parts = [
    picture.name,
    date(picture.taken_at),
    picture.place,
    picture.at !== null && picture.at !== undefined && `video, at ${moment(picture.at)}`,
    copies && counted(copies, "copy", "copies"),
  ];
  return parts.filter(Boolean).join(", ");
}

/**
 * Return a text that runs in its own direction, whatever stands around it.
 * @param {string} text
 */
export const isolated = (text) => `${FIRST_STRONG_ISOLATE}${text}${POP_ISOLATE}`;

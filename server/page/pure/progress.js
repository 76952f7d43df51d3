// How far something is that takes long, in words.

import { counted, isolated, number } from "./formats.js";

/**
 * Return a remaining time, roughly, as it is only a guess.
 * @param {number | null} seconds
 */
export function remaining(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "";
  if (seconds < 10) return "a few seconds left";
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} seconds left`;
  if (seconds < 5400) return `about ${counted(Math.round(seconds / 60), "minute")} left`;
  return `about ${counted(Math.round(seconds / 3600), "hour")} left`;
}

/**
 * Return how far a run is, in one line.
 * @param {{ sentence: string, done: number, total: number, rate: number, left_seconds: number | null, failed: number }} progress
 */
export function progressWords({ sentence, done, total, rate, left_seconds: left, failed }) {
  const parts = [sentence];
  if (total) parts.push(`${number(done)} of ${number(total)}`);
  if (total && rate) parts.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} a second`);
  if (total && remaining(left)) parts.push(remaining(left));
  if (failed) parts.push(`${number(failed)} failed`);
  return parts.join(" · ");
}

/**
 * Return when something was done here, in the local time and the manner of whoever looks, apart from words around it:
 * an Arabic date runs from right to left.
 * @param {string | null} when  ISO 8601
 * @param {string} [language]
 */
export function localTime(when, language) {
  if (!when) return "";
  const date = new Date(when);
  if (Number.isNaN(date.getTime())) return when;
  return isolated(date.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }));
}

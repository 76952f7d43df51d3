// Years and months as filters: "after" is the first moment that counts, "before" the first that counts no more.

/** @typedef {{ after: string | null, before: string | null }} Period */

/**
 * Return the period that a year or a month is: "2021" or "2021-07".
 * @param {string} name
 * @returns {{ after: string, before: string }}
 */
export function periodOf(name) {
  const [year, month] = name.split("-").map(Number);
  if (!month) return { after: name, before: padded(year + 1) };
  return { after: name, before: month === 12 ? `${padded(year + 1)}-01` : `${padded(year)}-${two(month + 1)}` };
}

/**
 * Say whether a period holds all of a year or month. What is no plain date, such as "yesterday", holds nothing.
 * @param {Period} period
 * @param {string} name
 */
export function holds({ after, before }, name) {
  if (!after && !before) return false;
  const own = periodOf(name);
  const [from, to] = [dayOf(after ?? "0000"), dayOf(before ?? "9999")];
  return from !== null && to !== null && from <= (dayOf(own.after) ?? "") && (dayOf(own.before) ?? "~") <= to;
}

/**
 * Return a period made longer, so that it holds a year or month too.
 * @param {Period} period
 * @param {string} name
 * @returns {Period}
 */
export function extended({ after, before }, name) {
  const own = periodOf(name);
  const [from, to] = [dayOf(after ?? ""), dayOf(before ?? "")];
  return {
    after: from !== null && from < (dayOf(own.after) ?? "") ? after : own.after,
    before: to !== null && to > (dayOf(own.before) ?? "") ? before : own.before,
  };
}

/**
 * Return the day on which a year, month or day begins.
 * @param {string} stamp
 */
function dayOf(stamp) {
  const [, year, month = "01", day = "01"] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(stamp) ?? [];
  return year ? `${year}-${month}-${day}` : null;
}

/** @param {number} year */
const padded = (year) => String(year).padStart(4, "0");

/** @param {number} month */
const two = (month) => String(month).padStart(2, "0");

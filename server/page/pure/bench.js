// The label bench without a browser: which key gives which class, what to look at next, and corrections that can be undone.

/**
 * A picture of a label set as the bench knows it.
 * @typedef {object} Row
 * @property {number} id
 * @property {string[]} labels  what it counts as; ["other"] if no class fits
 * @property {string | null} said  who said so, null while it is the model's guess
 * @property {string | null} when  when that was said, ISO 8601
 */

/**
 * What a correction changed of each row, so that it can be taken back; `stored` is the server's number for it.
 * @typedef {{ ids: number[], labels: string[], before: Map<number, Row>, at: number, stored: number | null }} Act
 */

/** @typedef {{ name: string, prompts: string[], examples: number[] }} NewClass */

export const OTHER = "other";
const DIGITS = "123456789";
const LETTERS = "abcdfghijklmoqrtvwxyz"; // without those of the bench: e, n, p, s, u

/**
 * Return the key of each label: 1-9, then letters, 0 for "other"; labels beyond have none and are chosen by name.
 * @param {string[]} labels
 * @returns {Map<string, string>}  label -> key
 */
export function keysOf(labels) {
  const keys = [...DIGITS, ...LETTERS];
  /** @type {Map<string, string>} */
  const given = new Map();
  for (const label of labels) {
    if (label === OTHER) given.set(label, "0");
    else if (keys.length) given.set(label, /** @type {string} */ (keys.shift()));
  }
  return given;
}

/**
 * Return the labels of which a text is part of the name, those that begin with it first.
 * @param {string[]} labels
 * @param {string} text
 * @returns {string[]}
 */
export function labelsLike(labels, text) {
  const wanted = text.trim().toLocaleLowerCase();
  const place = (/** @type {string} */ label) => label.toLocaleLowerCase().indexOf(wanted);
  return labels.filter((label) => place(label) >= 0).sort((a, b) => Math.sign(place(a)) - Math.sign(place(b)));
}

/**
 * Read classes as they are typed, "cup, car=a red car|a taxi": names with commas between, each perhaps with prompts;
 * quotes go around one with a comma. A name that is there already is merged.
 * @param {string} text
 * @returns {NewClass[]}
 */
export function readClasses(text) {
  const written = text.match(/\s*"(?:[^"]|"")*"\s*|[^,\n]+/g) ?? [];
  return mergeClasses(
    [],
    written
      .map(unquoted)
      .map(readClass)
      .filter((class_) => class_.name),
  );
}

/**
 * Return classes with more of them, without doubles.
 * @param {NewClass[]} classes
 * @param {NewClass[]} more
 * @returns {NewClass[]}
 */
export function mergeClasses(classes, more) {
  const merged = classes.map((class_) => ({ ...class_ }));
  for (const class_ of more) {
    const known = merged.find((other) => other.name === class_.name);
    if (!known) merged.push({ ...class_ });
    else {
      known.prompts = [...new Set([...known.prompts, ...class_.prompts])];
      known.examples = [...new Set([...known.examples, ...class_.examples])];
    }
  }
  return merged;
}

/** @param {string} written */
function unquoted(written) {
  const trimmed = written.trim();
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed;
}

/**
 * @param {string} written
 * @returns {NewClass}
 */
function readClass(written) {
  const at = written.indexOf("=");
  const [name, prompts] = at < 0 ? [written, ""] : [written.slice(0, at), written.slice(at + 1)];
  const parts = prompts.split("|").map((prompt) => prompt.trim());
  return { name: name.trim(), prompts: parts.filter(Boolean), examples: [] };
}

/**
 * Return where the next picture is that nobody has said anything of: after `at`, else from the start, else -1.
 * @param {Row[]} rows
 * @param {number} at
 */
export function nextUnsaid(rows, at) {
  const after = rows.findIndex((row, place) => place > at && row.said === null);
  return after >= 0 ? after : rows.findIndex((row) => row.said === null);
}

/**
 * Say of pictures what they are. The rows stay where they are.
 * @param {Row[]} rows
 * @param {number[]} ids
 * @param {string[]} labels  [] means none of the classes
 * @param {string} who
 * @param {string} when
 * @param {number} at  the place from which it was said, to which undo goes back
 * @returns {{ rows: Row[], act: Act }}
 */
export function say(rows, ids, labels, who, when, at) {
  const meant = new Set(ids);
  const given = labels.length ? labels : [OTHER];
  /** @type {Map<number, Row>} */
  const before = new Map();
  const changed = rows.map((row) => {
    if (!meant.has(row.id)) return row;
    before.set(row.id, row);
    return { ...row, labels: given, said: who, when };
  });
  return { rows: changed, act: { ids, labels: given, before, at, stored: null } };
}

/**
 * Take back what an act changed; a picture of which something else was said meanwhile stays.
 * @param {Row[]} rows
 * @param {Act} act
 * @returns {Row[]}
 */
export function takeBack(rows, act) {
  return rows.map((row) => {
    const before = act.before.get(row.id);
    return before && row.labels.join("\n") === act.labels.join("\n") ? before : row;
  });
}

/**
 * Return how many pictures have each label once an act counts, or no longer.
 * @param {Record<string, number>} counts
 * @param {Act} act
 * @param {1 | -1} way  1: the act counts, -1: it is taken back
 * @returns {Record<string, number>}
 */
export function countsAfter(counts, act, way) {
  const changed = { ...counts };
  for (const { labels } of act.before.values()) {
    for (const label of labels) changed[label] = Math.max(0, (changed[label] ?? 0) - way);
    for (const label of act.labels) changed[label] = Math.max(0, (changed[label] ?? 0) + way);
  }
  return changed;
}

/** What is chosen in a grid: single pictures, and a range from where it began. */
export class Chosen {
  constructor() {
    /** @type {Set<number>} */
    this.places = new Set();
    this.anchor = 0;
    this.focus = 0;
  }

  /**
   * Go to a place; with `range` everything from the anchor on is chosen, with `more` it is added or taken away.
   * @param {number} place
   * @param {{ range?: boolean, more?: boolean }} [how]
   */
  go(place, { range = false, more = false } = {}) {
    this.focus = place;
    if (range) this.places = new Set(between(this.anchor, place));
    else this.anchor = place;
    if (more) this.places.has(place) ? this.places.delete(place) : this.places.add(place);
    if (!range && !more) this.places = new Set();
  }

  /** Return the places that are meant, in order: those chosen, else the one that has the focus. */
  meant() {
    return this.places.size ? [...this.places].sort((a, b) => a - b) : [this.focus];
  }
}

/**
 * @param {number} a
 * @param {number} b
 */
function between(a, b) {
  const [first, last] = a < b ? [a, b] : [b, a];
  return Array.from({ length: last - first + 1 }, (_, step) => first + step);
}

/**
 * Return where an arrow leads in a grid of so many columns, or null for another key.
 * @param {string} key  without Shift
 * @param {number} place
 * @param {{ count: number, columns: number, isRightToLeft?: boolean }} grid
 * @returns {number | null}
 */
export function arrowTo(key, place, { count, columns, isRightToLeft = false }) {
  const forward = isRightToLeft ? -1 : 1;
  const steps = /** @type {Record<string, number>} */ ({
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: columns,
    ArrowUp: -columns,
  });
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (!(key in steps)) return null;
  const reached = place + steps[key];
  return reached < 0 || reached >= count ? place : reached;
}

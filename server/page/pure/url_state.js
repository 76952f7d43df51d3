// The page's state and its address: each is made of the other, so that an address can be shared and "back" works.

/** @import { Search, Term } from "../types.js" */

/**
 * @typedef {object} State
 * @property {"photos" | "labels" | "duplicates" | "library"} view
 * @property {Term[]} terms
 * @property {string[]} folders
 * @property {string | null} after
 * @property {string | null} before
 * @property {string[]} cameras
 * @property {string | null} near
 * @property {string | null} radius
 * @property {string[]} labels
 * @property {string[]} types
 * @property {string | null} min
 * @property {string[]} named
 * @property {boolean | null} dated
 * @property {boolean | null} placed
 * @property {number[] | null} box
 * @property {number[][] | null} lasso
 * @property {"score" | "date" | "path" | null} sort
 * @property {"auto" | "none" | number} cutoff
 * @property {boolean} fold
 * @property {boolean} nearest  where nothing matches, show the nearest
 * @property {"grid" | "map" | "plane"} show
 * @property {number | null} open  the picture that is shown large
 * @property {number | null} set  the label set
 * @property {string | null} label  of that set, whose pictures are shown
 * @property {"one" | null} look  one picture of the set at a time
 * @property {"sure" | "path" | null} order  of the set's pictures; the least certain come first otherwise
 * @property {"yes" | "no" | null} seen  only pictures of which a person said something, or nothing
 * @property {boolean} exact  only duplicates that are the same byte for byte
 * @property {string | null} dir
 * @property {string | null} theme
 */

/** The state without any filter. */
export const NO_FILTERS = {
  folders: [],
  after: null,
  before: null,
  cameras: [],
  near: null,
  radius: null,
  labels: [],
  types: [],
  min: null,
  named: [],
  dated: null,
  placed: null,
  box: null,
  lasso: null,
};

/** @type {State} */
export const START = {
  view: "photos",
  terms: [],
  ...NO_FILTERS,
  sort: null,
  cutoff: "auto",
  fold: true,
  nearest: false,
  show: "grid",
  open: null,
  set: null,
  label: null,
  look: null,
  order: null,
  seen: null,
  exact: false,
  dir: null,
  theme: null,
};

/** @type {State["view"][]} */
const VIEWS = ["photos", "labels", "duplicates", "library"];
const LISTS = /** @type {const} */ ([
  ["in", "folders"],
  ["camera", "cameras"],
  ["label", "labels"],
  ["type", "types"],
  ["named", "named"],
]);
const TEXTS = /** @type {const} */ ([
  ["after", "after"],
  ["before", "before"],
  ["near", "near"],
  ["radius", "radius"],
  ["min", "min"],
  ["of", "label"],
  ["dir", "dir"],
  ["theme", "theme"],
]);
const CHOICES = /** @type {const} */ ([
  ["dated", "dated"],
  ["placed", "placed"],
]);
const DIGITS = 5;

/**
 * Return the state that an address stands for; what makes no sense in it is left out.
 * @param {string} path
 * @param {string} query
 * @returns {State}
 */
export function readAddress(path, query) {
  const given = new URLSearchParams(query);
  const view = VIEWS.find((name) => path === `/${name}`) ?? "photos";
  /** @type {State} */
  const state = { ...START, view, terms: readTerms(given) };
  for (const [key, name] of LISTS) state[name] = given.getAll(key).filter(Boolean);
  for (const [key, name] of TEXTS) state[name] = given.get(key) || null;
  for (const [key, name] of CHOICES) state[name] = { yes: true, no: false }[given.get(key) ?? ""] ?? null;
  state.box = numbers(given.get("box"), 4);
  state.lasso = readLasso(given.get("lasso"));
  state.sort = oneOf(given.get("sort"), /** @type {const} */ (["score", "date", "path"])) ?? null;
  state.cutoff = readCutoff(given.get("cutoff"));
  state.fold = given.get("fold") !== "0";
  state.nearest = given.get("nearest") === "1";
  state.show = oneOf(given.get("show"), /** @type {const} */ (["grid", "map", "plane"])) ?? "grid";
  state.open = whole(given.get("open"));
  state.set = whole(given.get("set"));
  state.look = oneOf(given.get("look"), /** @type {const} */ (["one"])) ?? null;
  state.order = oneOf(given.get("order"), /** @type {const} */ (["sure", "path"])) ?? null;
  state.seen = oneOf(given.get("seen"), /** @type {const} */ (["yes", "no"])) ?? null;
  state.exact = given.get("exact") === "1";
  return state;
}

/**
 * Return the address of a state: a path with a query, in which what is usual is left out.
 * @param {State} state
 * @returns {string}
 */
export function writeAddress(state) {
  const given = new URLSearchParams();
  for (const term of state.terms) given.append(...writeTerm(term));
  for (const [key, name] of LISTS) for (const text of state[name]) given.append(key, text);
  for (const [key, name] of TEXTS) if (state[name]) given.set(key, state[name]);
  for (const [key, name] of CHOICES) if (state[name] !== null) given.set(key, state[name] ? "yes" : "no");
  if (state.box) given.set("box", state.box.map(short).join(","));
  if (state.lasso) given.set("lasso", state.lasso.map((point) => point.map(short).join(",")).join(";"));
  if (state.sort) given.set("sort", state.sort);
  if (state.cutoff !== "auto") given.set("cutoff", String(state.cutoff));
  if (!state.fold) given.set("fold", "0");
  if (state.nearest) given.set("nearest", "1");
  if (state.show !== "grid") given.set("show", state.show);
  if (state.open !== null) given.set("open", String(state.open));
  if (state.set !== null) given.set("set", String(state.set));
  for (const name of /** @type {const} */ (["look", "order", "seen"])) if (state[name]) given.set(name, state[name]);
  if (state.exact) given.set("exact", "1");
  const query = given.toString();
  return `/${state.view === "photos" ? "" : state.view}${query ? `?${query}` : ""}`;
}

/**
 * Return what the server is asked for a state.
 * @param {State} state
 * @returns {Search}
 */
export function searchOf(state) {
  const { terms, folders, after, before, cameras, near, radius, labels, types, named, dated, placed, box } = state;
  const filters = { folders, after, before, cameras, near, radius, labels, types, named, dated, placed, box };
  return {
    terms,
    filters: { ...filters, min_size: state.min, lasso: state.lasso },
    sort: state.sort,
    cutoff: state.cutoff,
    fold: state.fold,
  };
}

/**
 * Terms are written as q=TEXT, or with a weight as t=WEIGHT:TEXT, id=WEIGHT:ID, up=WEIGHT:TOKEN.
 * @param {URLSearchParams} given
 * @returns {Term[]}
 */
function readTerms(given) {
  /** @type {Term[]} */
  const terms = [];
  for (const [key, value] of given) {
    if (key === "q" && value.trim()) terms.push({ text: value, weight: 1 });
    const [, written, rest] = /^(-?[0-9.]+):(.+)$/s.exec(value) ?? [];
    const weight = Number(written);
    if (!rest || !Number.isFinite(weight) || weight === 0 || Math.abs(weight) > 100) continue;
    if (key === "t" && rest.trim()) terms.push({ text: rest, weight });
    if (key === "id" && whole(rest) !== null) terms.push({ id: Number(rest), weight });
    if (key === "up" && /^[\w-]{1,64}$/.test(rest)) terms.push({ upload: rest, weight });
  }
  return terms.slice(0, 20);
}

/**
 * @param {Term} term
 * @returns {[string, string]}
 */
function writeTerm({ text, id, upload, weight }) {
  if (text !== undefined) return weight === 1 ? ["q", text] : ["t", `${weight}:${text}`];
  return id !== undefined ? ["id", `${weight}:${id}`] : ["up", `${weight}:${upload}`];
}

/**
 * @param {string | null} value
 * @returns {State["cutoff"]}
 */
function readCutoff(value) {
  if (value === "none") return "none";
  const [number] = numbers(value, 1) ?? [];
  return number !== undefined && Math.abs(number) <= 1 ? number : "auto";
}

/**
 * @param {string | null} value
 * @returns {number[][] | null}
 */
function readLasso(value) {
  const points = (value ?? "").split(";").map((point) => numbers(point, 2));
  const sound = points.filter((point) => point !== null);
  return sound.length === points.length && sound.length >= 3 && sound.length <= 200 ? sound : null;
}

/**
 * @param {string | null} value
 * @param {number} count
 * @returns {number[] | null}
 */
function numbers(value, count) {
  if (!value?.trim()) return null;
  const read = value.split(",").map(Number);
  return read.length === count && read.every(Number.isFinite) ? read : null;
}

/**
 * @param {string | null} value
 * @returns {number | null}
 */
function whole(value) {
  return value !== null && /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
}

/**
 * @template {string} Choice
 * @param {string | null} value
 * @param {readonly Choice[]} choices
 * @returns {Choice | undefined}
 */
function oneOf(value, choices) {
  return choices.find((choice) => choice === value);
}

/** @param {number} value */
function short(value) {
  return String(Number(value.toFixed(DIGITS)));
}

// Every route of the server as a function. Errors become ApiError, whose message is the server's one sentence.

/** @import { Details, Facets, Layout, Picture, Search, SearchAnswer, Session } from "./types.js" */

import { decodeLayout, decodePoints } from "./pure/binary.js";
import { decodeTowns } from "./pure/towns.js";

const ROOT = "/api/v1";
const POLL_MS = 500;
const WRITES = /^\/(label-sets|actions|index|failures)\b/; // what other tabs show may be another then

/** What the server refused, in its words. */
export class ApiError extends Error {
  /**
   * @param {number} status  0 where there was no answer
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * Ask the server; raises ApiError.
 * @param {string} method
 * @param {string} path
 * @param {{ json?: unknown, bytes?: Blob | ArrayBuffer, signal?: AbortSignal }} [what]
 * @returns {Promise<Response>}
 */
export async function ask(method, path, { json, bytes, signal } = {}) {
  const headers = bytes
    ? { "Content-Type": "application/octet-stream" }
    : json === undefined
      ? undefined
      : { "Content-Type": "application/json" };
  const body = bytes ?? (json === undefined ? undefined : JSON.stringify(json));
  let response;
  try {
    response = await fetch(ROOT + path, { method, headers, body, signal, credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "clipsearch serve does not answer; is it still running?");
  }
  if (!response.ok) throw new ApiError(response.status, await sentence(response));
  return response;
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function sentence(response) {
  try {
    return (await response.json()).error;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

/** Let it be known that something may have been changed from here. */
export const wrote = () => document.dispatchEvent(new CustomEvent("wrote"));

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [json]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function call(method, path, json, signal) {
  const response = await ask(method, path, { json, signal });
  if (method !== "GET" && WRITES.test(path)) wrote();
  return response.status === 204 ? null : response.json();
}

/** @returns {Promise<Session>} */
export const session = () => call("GET", "/session");

/**
 * @param {Search & { limit?: number, cursor?: string | null }} search
 * @param {AbortSignal} [signal]
 * @returns {Promise<SearchAnswer>}
 */
export const search = (search, signal) => call("POST", "/search", search, signal);

/**
 * Return a wider text where nothing matches, with how many match that one.
 * @param {Search} search
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ text: string | null, matching: number, is_all: boolean }>}
 */
export const wider = (search, signal) => call("POST", "/wider", search, signal);

/**
 * @param {Search & { most?: number | null }} search
 * @param {AbortSignal} [signal]
 * @returns {Promise<Layout>}
 */
export async function layout(search, signal) {
  const response = await ask("POST", "/layout", { json: search, signal });
  return decodeLayout(await response.arrayBuffer());
}

/**
 * @param {number[]} ids
 * @param {AbortSignal} [signal]
 * @returns {Promise<Picture[]>}
 */
export const images = async (ids, signal) => (await call("POST", "/images", { ids }, signal)).images;

/**
 * @param {number} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<Details>}
 */
export const image = (id, signal) => call("GET", `/images/${id}`, undefined, signal);

/**
 * @param {number} id
 * @param {number} limit
 * @param {AbortSignal} [signal]
 * @returns {Promise<Picture[]>}
 */
export const similar = async (id, limit, signal) =>
  (await call("GET", `/images/${id}/similar?limit=${limit}`, undefined, signal)).hits;

/** @param {number} id */
export const reveal = (id) => call("POST", `/images/${id}/reveal`, {});

/**
 * @param {Search} search
 * @param {string | null} below  a folder, whose folders are counted
 * @param {AbortSignal} [signal]
 * @returns {Promise<Facets>}
 */
export const facets = (search, below, signal) => call("POST", "/facets", { ...search, below }, signal);

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export const known = async (text) => (await call("GET", `/known?q=${encodeURIComponent(text)}`)).known;

/**
 * Send a picture to search by; the server keeps what it sees in it, not the picture.
 * @param {Blob} bytes
 * @returns {Promise<{ upload: string, width: number, height: number }>}
 */
export const upload = async (bytes) => (await ask("POST", "/uploads", { bytes })).json();

/**
 * The address of a small picture.
 * @param {{ id: number, thumb: string | null }} picture
 * @param {256 | 512 | 2048} side
 */
export const thumbAddress = ({ id, thumb }, side) => `${ROOT}/thumb/${id}/${thumb}-${side}.webp`;

/** @param {number} id */
export const originalAddress = (id) => `${ROOT}/images/${id}/original`;

/**
 * @param {"map" | "plane"} what
 * @param {Search} search
 * @param {AbortSignal} [signal]
 * @param {(progress: { done: number, total: number }) => void} [tell]  how far it is where that takes a while
 */
export async function points(what, search, signal, tell) {
  let response = await ask("POST", `/${what}`, { json: search, signal });
  while (response.status === 202) {
    tell?.(await response.json());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal?.throwIfAborted();
    response = await ask("POST", `/${what}`, { json: search, signal });
  }
  return { ...decodePoints(await response.arrayBuffer()), explained: Number(response.headers.get("X-Explained")) };
}

/**
 * The towns behind the map; null where no names of places are installed, "later" while they are being made.
 * @returns {Promise<import("./pure/towns.js").Towns | "later" | null>}
 */
export async function towns() {
  const response = await ask("GET", "/map/towns");
  if (response.status === 202) return "later";
  return response.status === 204 ? null : decodeTowns(await response.arrayBuffer());
}

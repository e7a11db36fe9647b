/**
 * Copies of responses in the Cache API, with what it can't keep by itself: until when a copy is fresh, how long it may be
 * used after that, and its tags. This lies in a header of the copy, which visitors never see.
 */

import { unlessKnown } from "./conditions.js";
import { messageOf } from "./errors.js";

/** @typedef {import("./types.d.ts").Copy} Copy */
/** @typedef {import("./types.d.ts").Entry} Entry */

const ENTRY = "Code24-Entry";

/**
 * A named cache, or null: a script may have none.
 * @param {string} name
 * @returns {Promise<Cache | null>}
 */
export async function openCache(name) {
  try {
    return await caches.open(name);
  } catch {
    return null;
  }
}

/**
 * The copy of a key, fresh or not; a cache that fails costs time, never the answer.
 * @param {Cache} cache
 * @param {string | Request} key
 * @returns {Promise<Copy | null>}
 */
export async function find(cache, key) {
  try {
    const response = await cache.match(key);
    const entry = JSON.parse(response?.headers.get(ENTRY) ?? "null");
    return response && entry ? { response, entry } : null;
  } catch {
    return null;
  }
}

/** Seconds since the origin was asked for a copy. @param {Entry} entry */
export function ageOf({ at }) {
  return Math.max(0, (Date.now() - at) / 1000);
}

/** Seconds for which a copy is of any use. @param {Entry} entry */
function lifeOf({ fresh, whileRevalidating, ifError }) {
  return fresh + Math.max(whileRevalidating, ifError);
}

/**
 * Stores a response; its body is used up. Never rejects.
 * @param {Cache} cache
 * @param {string} key
 * @param {Response} response
 * @param {Entry} entry
 */
export async function keep(cache, key, response, entry) {
  const copy = new Response(response.body, response);
  copy.headers.set(ENTRY, JSON.stringify(entry));
  copy.headers.set("Cache-Control", `public, max-age=${lifeOf(entry)}`);
  try {
    await cache.put(key, copy);
  } catch (error) {
    console.warn(`not cached: ${messageOf(error)}`);
  }
}

/**
 * Takes a copy out. Never rejects.
 * @param {Cache} cache
 * @param {string} key
 */
export async function forget(cache, key) {
  try {
    await cache.delete(key);
  } catch (error) {
    console.warn(`not deleted: ${messageOf(error)}`);
  }
}

/**
 * A copy as the origin gave it; 304 where the visitor has it already.
 * @param {Request} request
 * @param {Copy} copy
 */
export function reveal(request, { response, entry }) {
  const shown = new Response(response.body, response);
  shown.headers.delete(ENTRY);
  shown.headers.delete("Cache-Control");
  if (entry.rule !== null) shown.headers.set("Cache-Control", entry.rule);
  shown.headers.set("Age", String(Math.floor(ageOf(entry))));
  return unlessKnown(request, shown);
}

/**
 * Stores responses in the Cache API together with what it does not support: the freshness lifetime, how long a stale
 * response can be used, and tags. They are stored in a header of the response that visitors never receive.
 */

import { unlessKnown } from "./conditions.js";
import { messageOf } from "../errors.js";

/** @typedef {import("../types.d.ts").Copy} Copy */
/** @typedef {import("../types.d.ts").Entry} Entry */

const ENTRY = "Code24-Entry";

/**
 * Open a named cache. Returns null if the script has no caches.
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
 * Return the cached response for a key, fresh or stale. A failure of the cache counts as a miss.
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

/** Return the age of a cached response in seconds. @param {Entry} entry */
export function ageOf({ at }) {
  return Math.max(0, (Date.now() - at) / 1000);
}

/** Return for how many seconds a response is worth storing. @param {Entry} entry */
function lifeOf({ fresh, whileRevalidating, ifError }) {
  return fresh + Math.max(whileRevalidating, ifError);
}

/**
 * Store a response, and consume its body. Never rejects.
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
 * Delete a cached response. Never rejects.
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
 * Return a cached response as the origin sent it, or 304 if the visitor already has it.
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

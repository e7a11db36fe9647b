/** When a copy will do, and how it is replaced while visitors get it. */

import { ageOf, find } from "./entries.js";
import { isPurged } from "./purging.js";

const REPEAT_MS = 30_000; // after which a replacement is tried again, whatever became of the last one
/** @typedef {import("./types.d.ts").Copy} Copy */
/** @typedef {import("./types.d.ts").Entry} Entry */
/** @typedef {import("./types.d.ts").SiteEnv} SiteEnv */

/** @type {Map<string, number>} keys of which a new copy is being made → since when */
const underway = new Map();

/**
 * The copy of a key that no purge has taken away.
 * @param {{env: SiteEnv, ctx: ExecutionContext}} visit
 * @param {Cache | null} cache
 * @param {string} key
 * @param {Headers} [asked] with the part that is wanted of it
 * @returns {Promise<Copy | null>}
 */
export async function usable({ env, ctx }, cache, key, asked) {
  if (!cache) return null;
  const copy = await find(cache, asked ? new Request(key, { headers: asked }) : key);
  return copy && !(await isPurged(copy.entry, env, cache, ctx)) ? copy : null;
}

/**
 * What a copy may be used for: "fresh", "stale" (while a new one is made), "spare" (where none can be made), or "gone".
 * @param {Entry} entry
 */
export function conditionOf(entry) {
  const late = ageOf(entry) - entry.fresh;
  if (late <= 0) return "fresh";
  if (late <= entry.whileRevalidating) return "stale";
  return late <= entry.ifError ? "spare" : "gone";
}

/**
 * Makes a new copy in the background: once at a time for each key.
 * @param {ExecutionContext} ctx
 * @param {string} key
 * @param {() => Promise<unknown>} make
 */
export function replaceLater(ctx, key, make) {
  const now = Date.now();
  if (now - (underway.get(key) ?? 0) < REPEAT_MS) return;
  underway.set(key, now);
  ctx.waitUntil(make().finally(() => underway.delete(key)));
}

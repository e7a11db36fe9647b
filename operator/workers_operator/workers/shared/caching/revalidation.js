/** Decides whether a cached response can be used, and refreshes it in the background. */

import { ageOf, find } from "./entries.js";
import { isPurged } from "./purging.js";

const REPEAT_MS = 30_000; // before another refresh starts, even if the previous one has not finished
/** @typedef {import("../types.d.ts").Copy} Copy */
/** @typedef {import("../types.d.ts").Entry} Entry */
/** @typedef {import("../types.d.ts").SiteEnv} SiteEnv */

/** @type {Map<string, number>} start times of the refreshes in progress, by key */
const underway = new Map();

/**
 * Return the cached response for a key, unless it has been purged.
 * @param {{env: SiteEnv, ctx: ExecutionContext}} visit
 * @param {Cache | null} cache
 * @param {string} key
 * @param {Headers} [asked] request headers with the requested range
 * @returns {Promise<Copy | null>}
 */
export async function usable({ env, ctx }, cache, key, asked) {
  if (!cache) return null;
  const copy = await find(cache, asked ? new Request(key, { headers: asked }) : key);
  return copy && !(await isPurged(copy.entry, env, cache, ctx)) ? copy : null;
}

/**
 * Return the state of a cached response: "fresh", "stale" (usable during a refresh), "spare" (usable if the origin
 * fails), or "gone".
 * @param {Entry} entry
 */
export function conditionOf(entry) {
  const late = ageOf(entry) - entry.fresh;
  if (late <= 0) return "fresh";
  if (late <= entry.whileRevalidating) return "stale";
  return late <= entry.ifError ? "spare" : "gone";
}

/**
 * Refresh a cached response in the background, once at a time per key.
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

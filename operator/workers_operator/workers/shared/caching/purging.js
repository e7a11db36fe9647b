/**
 * Purging by tag. A purge is recorded as a mark: responses that were requested from the origin before it are invalid.
 * Marks are stored in the KV namespace PURGES, for all instances in all data centres; without it, in the cache, for
 * this instance in this data centre.
 *
 *   POST …/.well-known/code24/purge   Authorization: Bearer <the secret PURGE_KEY>
 *   {"tags": ["shoes"], "paths": ["/shoes"], "everything": true}; the key can also be sent as a field: {"key": "…"}
 * 200 {purged: …}; 400 `invalid_purge`; 403 `forbidden`; 404 without the secret; 405; 429.
 */

import { failure, json } from "../answers.js";
import { messageOf } from "../errors.js";
import { RateLimit } from "../visitors/ratelimit.js";
import { bearer, isSame } from "../visitors/secrets.js";
import { addressOf } from "../visitors/visitor.js";

/** @typedef {import("../types.d.ts").SiteEnv} SiteEnv */
/** @typedef {[tag: string, at: number]} Mark */
/** @typedef {{key?: unknown, tags?: unknown, paths?: unknown, everything?: unknown}} Order */

export const PURGE_PATH = "/.well-known/code24/purge";
const EVERYTHING = "*";
const MAX_TAG = 256; // characters
const MAX_TAGS = 100; // per response, and per purge
const MAX_TAGS_LENGTH = 8000; // total characters of a response's tags, which are stored in a header
const MAX_BODY = 65_536;
const MARK_MS = 5000; // time between two reads of the marks
const MAX_MARKS = 1000; // in the cache; beyond that, everything is purged
const MARKS_URL = "https://purges.code24.invalid/";
const PREFIX = "purge:";
const MIN_KV_TTL_S = 60;
const wrongKeys = new RateLimit();

/** @type {{marks: Map<string, number>, readAt: number}} */
const known = { marks: new Map(), readAt: 0 };

/**
 * Return the tags of a response: those of the origin's Cache-Tag or Surrogate-Key, and its path.
 * @param {Headers} headers
 * @param {string} pathname
 * @returns {string[]}
 */
export function tagsOf(headers, pathname) {
  const named = [...(headers.get("Cache-Tag") ?? "").split(","), ...(headers.get("Surrogate-Key") ?? "").split(/\s+/)];
  const tags = named.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag && tag.length <= MAX_TAG);
  let length = 0;
  const kept = [...new Set(tags)].slice(0, MAX_TAGS).filter((tag) => (length += tag.length) <= MAX_TAGS_LENGTH);
  return [pathTag(pathname), ...kept];
}

/** @param {string} pathname */
function pathTag(pathname) {
  return `path ${pathname}`.slice(0, MAX_TAG); // tags of origins contain no spaces
}

/**
 * Return whether a cached response is older than a purge of one of its tags.
 * @param {import("../types.d.ts").Entry} entry
 * @param {SiteEnv} env
 * @param {Cache} cache
 * @param {ExecutionContext} ctx
 * @returns {Promise<boolean>}
 */
export async function isPurged({ at, tags }, env, cache, ctx) {
  const age = Date.now() - known.readAt;
  if (known.readAt === 0) await readMarks(env, cache);
  else if (age > MARK_MS) ctx.waitUntil(readMarks(env, cache));
  return [EVERYTHING, ...tags].some((tag) => at <= (known.marks.get(tag) ?? -1));
}

/** @param {SiteEnv} env @param {Cache | null} cache */
async function readMarks(env, cache) {
  const readAt = Date.now();
  try {
    const found = env.PURGES ? await marksInKv(env.PURGES) : await marksInCache(cache);
    for (const [tag, at] of found) known.marks.set(tag, Math.max(at, known.marks.get(tag) ?? 0));
  } catch (error) {
    console.warn(`purges not read: ${messageOf(error)}`);
  }
  known.readAt = readAt;
}

/** @param {KVNamespace} kv */
async function marksInKv(kv) {
  /** @type {Mark[]} */
  const marks = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {KVNamespaceListResult<{at?: unknown}>} */
    const page = await kv.list({ prefix: PREFIX, cursor });
    for (const { name, metadata } of page.keys) marks.push([name.slice(PREFIX.length), Number(metadata?.at ?? 0)]);
    cursor = page.list_complete ? null : page.cursor;
  } while (cursor);
  return marks;
}

/** @param {Cache | null} cache @returns {Promise<Mark[]>} */
async function marksInCache(cache) {
  const found = await cache?.match(MARKS_URL);
  return found ? Object.entries(await found.json()) : [];
}

/**
 * Store marks for as long as responses that they affect can be cached.
 * @param {string[]} tags
 * @param {SiteEnv} env
 * @param {Cache | null} cache
 * @param {number} life seconds
 */
async function writeMarks(tags, env, cache, life) {
  const at = Date.now();
  await readMarks(env, cache);
  for (const tag of tags) known.marks.set(tag, at);
  const { PURGES } = env;
  if (PURGES) {
    const options = { metadata: { at }, expirationTtl: Math.max(MIN_KV_TTL_S, life) };
    await Promise.all(tags.map((tag) => PURGES.put(PREFIX + tag, "", options)));
    return;
  }
  for (const [tag, since] of known.marks) if (at - since > life * 1000) known.marks.delete(tag);
  if (known.marks.size > MAX_MARKS) {
    known.marks.clear();
    known.marks.set(EVERYTHING, at);
  }
  const headers = { "Cache-Control": `max-age=${life}` };
  await cache?.put(MARKS_URL, Response.json(Object.fromEntries(known.marks), { headers }));
}

/**
 * Handle a purge request.
 * @param {Request} request
 * @param {SiteEnv} env
 * @param {Cache | null} cache
 * @param {number} life seconds for which a response can be used
 */
export async function purge(request, env, cache, life) {
  if (!env.PURGE_KEY) return failure(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (request.method !== "POST") return failure(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const order = await readOrder(request);
  const key = bearer(request) ?? order?.key;
  if (typeof key !== "string" || !(await isSame(key, env.PURGE_KEY))) {
    const { isOver, seconds } = wrongKeys.count(addressOf(request), 10, 60);
    if (isOver) return failure(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(seconds) });
    return failure(403, "forbidden", "The key is not the right one.");
  }
  const tags = wantedTags(order);
  if (order === null || tags === null)
    return failure(400, "invalid_purge", `Name tags, paths (texts, ${MAX_TAGS} at most), or "everything": true.`);
  await writeMarks(tags, env, cache, Math.max(life, 1));
  return json(200, {
    purged: { tags: order.tags ?? [], paths: order.paths ?? [], everything: order.everything === true },
  });
}

/** @param {Request} request @returns {Promise<Order | null>} */
async function readOrder(request) {
  if (Number(request.headers.get("Content-Length") ?? MAX_BODY + 1) > MAX_BODY) return null;
  try {
    const order = await request.json();
    return typeof order === "object" ? order : null;
  } catch {
    return null;
  }
}

/** Return the tags that a purge request names, or null if it is invalid. @param {Order | null} order */
function wantedTags(order) {
  if (order?.everything === true) return [EVERYTHING];
  const { tags = [], paths = [] } = order ?? {};
  if (!isList(tags) || !isList(paths)) return null;
  const all = [...tags.map((tag) => tag.trim().toLowerCase()).filter(Boolean), ...paths.map(pathTag)];
  return all.length > 0 && all.length <= MAX_TAGS ? all : null;
}

/** @param {unknown} list @returns {list is string[]} */
function isList(list) {
  return Array.isArray(list) && list.every((text) => typeof text === "string" && text.length <= MAX_TAG);
}

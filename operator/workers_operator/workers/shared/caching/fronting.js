/**
 * A cache in front of an origin. Responses that are the same for all visitors are cached; responses that belong to one
 * visitor never are: what is stored are the origin's responses to anonymous requests.
 *
 * Response header `Code24-Cache`: HIT | MISS | REVALIDATED | STALE | BYPASS; reason=…
 *   reasons in the request:  method, authorization, range, upgrade, path, query, session
 *   reasons in the response: status, set-cookie, cache-control, vary, type, size, session, ttl
 *   unavailable: the script has no cache
 */

import { failureFor, fetchProblem } from "../answers.js";
import { forbidsSharing, freshFor, MOST_STALE_S, staleFor } from "./cachecontrol.js";
import { unlessKnown } from "./conditions.js";
import { wholeNumber } from "../config.js";
import { find, forget, keep, openCache, reveal } from "./entries.js";
import { isPage } from "../html.js";
import { askOrigin, timeoutMs, toPublic, withoutTracking } from "../origin.js";
import { ASSET, isPrivatePath } from "../paths.js";
import { tagsOf } from "./purging.js";
import { conditionOf, replaceLater, usable } from "./revalidation.js";
import { hasSession, mayBeSomebody } from "../visitors/visitor.js";

/** Query parameters that change state or grant access: ?add-to-cart=7, ?wc-ajax=…, ?token=… */
const PRIVATE_QUERY = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
/** Expected content types by extension: a response to /me/x.css that contains JSON must not be shared. */
const PROMISED = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i],
];
const MAX_SIZE = 32 * 1024 * 1024; // bytes; larger responses are not cached
const FAILED = new Set([500, 502, 503, 504]);
/** Reasons that indicate a personal response of the origin. */
const PERSONAL = new Set(["vary", "set-cookie", "cache-control"]);
const PERSONAL_MS = 60_000;
const MAX_PERSONAL = 2000;
/** @type {Map<string, {reason: string, until: number}>} keys with personal responses, as seen by this isolate */
const personal = new Map();
/** Headers of a 304 that update the cached response. */
const RENEWED = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];

/** @typedef {import("../types.d.ts").Visit} Visit */
/** @typedef {import("../types.d.ts").Entry} Entry */
/** @typedef {import("../types.d.ts").Copy} Copy */
/** @typedef {import("../types.d.ts").FrontingParameters} FrontingParameters */
/** @typedef {import("../types.d.ts").Lives} Lives */

/**
 * @param {Visit} visit
 * @returns {Promise<Response>}
 */
export async function serve(visit) {
  const refused = requestReason(visit);
  if (refused) return forward(visit, refused);
  const cache = await openCache(visit.cacheName);
  if (!cache) return forward(visit, "unavailable");
  const key = cacheKey(visit);
  const copy = await usable(visit, cache, key);
  if (!copy) return (await passed(visit, key)) ?? fetchNew(visit, cache, key, null);
  const condition = conditionOf(copy.entry);
  if (condition === "fresh") return tell(reveal(visit.request, copy), "HIT");
  if (condition !== "stale") return fetchNew(visit, cache, key, copy);
  replaceLater(visit.ctx, key, () => refresh(visit, cache, key, copy.response.headers.get("ETag")));
  return tell(reveal(visit.request, copy), "STALE");
}

/**
 * Forward a request as it is if the origin's response to its key was personal a moment ago; else return null.
 * @param {Visit} visit
 * @param {string} key
 */
async function passed(visit, key) {
  const found = personal.get(key);
  if (found && found.until > Date.now()) return forward(visit, found.reason);
  personal.delete(key);
  return null;
}

/**
 * Remember that responses for a key are personal, so that requests are not sent to the origin twice.
 * @param {string} key
 * @param {string} reason
 */
function pass(key, reason) {
  personal.set(key, { reason, until: Date.now() + PERSONAL_MS });
  if (personal.size > MAX_PERSONAL) personal.delete(/** @type {string} */ (personal.keys().next().value));
}

/** Forward a request that belongs to one visitor unchanged. @param {Visit} visit @param {string} reason */
async function forward(visit, reason) {
  const answer = await ask(visit, { shared: false });
  if (answer.failed) return unavailable(visit);
  if (answer.response.webSocket) return answer.response;
  return tell(hideTags(toPublic(visit, answer.response)), `BYPASS; reason=${reason}`);
}

/**
 * Send an anonymous request to the origin.
 * @param {Visit} visit
 * @param {Cache} cache
 * @param {string} key
 * @param {Copy | null} old an expired response
 * @returns {Promise<Response>}
 */
async function fetchNew(visit, cache, key, old) {
  const at = Date.now();
  const { response, failed } = await ask(visit, { shared: true, etag: old?.response.headers.get("ETag") });
  if (failed || FAILED.has(response.status)) {
    if (old && conditionOf(old.entry) === "spare") {
      await response?.body?.cancel();
      return tell(reveal(visit.request, old), "STALE");
    }
    if (failed) return unavailable(visit);
  }
  if (response.status === 304 && old) return renew(visit, cache, key, old, response, at);
  const reason = responseReason(visit, response);
  if (reason && PERSONAL.has(reason)) pass(key, reason);
  const isPersonal = reason === "vary" || mayBeSomebody(visit.request, visit.parameters);
  if (reason && isPersonal && !FAILED.has(response.status)) {
    await response.body?.cancel(); // it is a response for an anonymous visitor, and this visitor is known
    if (old) visit.ctx.waitUntil(forget(cache, key));
    return forward(visit, reason);
  }
  const entry = entryOf(visit, response, at);
  const answer = hideTags(toPublic(visit, response));
  if (reason) {
    if (old) visit.ctx.waitUntil(forget(cache, key));
    return tell(answer, `BYPASS; reason=${reason}`);
  }
  if (visit.request.method === "GET") visit.ctx.waitUntil(keep(cache, key, answer.clone(), entry));
  return tell(unlessKnown(visit.request, answer), "MISS");
}

/**
 * Revalidate a cached response with the origin.
 * @param {Visit} visit
 * @param {Cache} cache
 * @param {string} key
 * @param {Copy} old
 * @param {Response} response
 * @param {number} at
 */
function renew(visit, cache, key, old, response, at) {
  const { entry, response: renewed } = confirmed(visit, old, response, at);
  if (visit.request.method === "GET") visit.ctx.waitUntil(keep(cache, key, renewed.clone(), entry));
  return tell(unlessKnown(visit.request, renewed), "REVALIDATED");
}

/**
 * @param {Visit} visit
 * @param {Copy} old
 * @param {Response} response
 * @param {number} at
 * @returns {Copy}
 */
function confirmed(visit, old, response, at) {
  const renewed = reveal(new Request(visit.url), old);
  renewed.headers.delete("Age");
  for (const name of RENEWED) {
    const value = response.headers.get(name);
    if (value !== null) renewed.headers.set(name, value);
  }
  const entry = entryOf(visit, renewed, at);
  if (entry.tags.length === 1) entry.tags = old.entry.tags; // a 304 rarely repeats the tags
  return { entry, response: hideTags(renewed) };
}

/**
 * Refresh a cached response while visitors receive the stale one.
 * @param {Visit} visit
 * @param {Cache} cache
 * @param {string} key
 * @param {string | null} etag
 */
async function refresh(visit, cache, key, etag) {
  const at = Date.now();
  const request = new Request(visit.request, { method: "GET" });
  const { response, failed } = await ask({ ...visit, request }, { shared: true, etag });
  if (failed || FAILED.has(response.status)) return response?.body?.cancel();
  const old = response.status === 304 ? await find(cache, key) : null;
  if (old) {
    const again = confirmed(visit, old, response, at);
    return keep(cache, key, again.response, again.entry);
  }
  if (responseReason({ ...visit, request }, response) === null) {
    const entry = entryOf(visit, response, at);
    return keep(cache, key, hideTags(toPublic(visit, response)), entry);
  }
  await response.body?.cancel();
  return forget(cache, key);
}

/**
 * Return {response}, or {failed: true} if the origin failed.
 * @param {Visit} visit
 * @param {{shared: boolean, etag?: string | null}} options
 * @returns {Promise<{response: Response, failed: false} | {response: null, failed: true}>}
 */
async function ask(visit, options) {
  const { originTimeout: timeout } = visit.parameters;
  try {
    return { response: await askOrigin({ ...visit, timeout }, options), failed: false };
  } catch (error) {
    console.error(`origin unreachable: ${visit.origin.host}: ${fetchProblem(error, timeoutMs(timeout))}`);
    return { response: null, failed: true };
  }
}

/** @param {Visit} visit */
function unavailable({ request, title }) {
  return failureFor(request, title, 502, "origin_unreachable", "The site cannot be reached at the moment.");
}

// ---- cacheability

/** Return why a request must not be answered from the cache, or null. @param {Visit} visit */
function requestReason({ request, url, parameters, defaults }) {
  if (request.method !== "GET" && request.method !== "HEAD") return "method";
  if (request.headers.has("Authorization")) return "authorization";
  if (request.headers.has("Range")) return "range";
  if (request.headers.has("Upgrade")) return "upgrade";
  if (isPrivatePath(url.pathname, parameters.neverCache)) return "path";
  for (const name of url.searchParams.keys()) if (PRIVATE_QUERY.test(name)) return "query";
  if (!ASSET.test(url.pathname) && hasSession(request, parameters)) return "session";
  return !ASSET.test(url.pathname) && wholeNumber(parameters.pageTtl, defaults.pageTtl) === 0 ? "ttl" : null;
}

/** Return why a response must not be stored, or null. @param {Visit} visit @param {Response} response */
function responseReason(visit, response) {
  const { headers } = response;
  if (response.status !== 200) return "status";
  if (headers.has("Set-Cookie")) return "set-cookie";
  if (forbidsSharing(headers)) return "cache-control";
  // The Cache API ignores Vary; only Accept-Encoding is handled (askOrigin).
  if ((headers.get("Vary") ?? "").split(",").some((name) => !/^\s*(accept-encoding)?\s*$/i.test(name))) return "vary";
  if (!isPage(response) && !keepsItsPromise(visit.url.pathname, headers)) return "type";
  if (isPage(response) && hasSession(visit.request, visit.parameters)) return "session";
  if (Number(headers.get("Content-Length") ?? 0) > MAX_SIZE) return "size";
  return freshness(visit, response) === 0 ? "ttl" : null;
}

/**
 * Return whether an asset's content type matches its extension. If it does not, the response could be personal.
 * @param {string} pathname
 * @param {Headers} headers
 */
function keepsItsPromise(pathname, headers) {
  const type = headers.get("Content-Type") ?? "";
  return PROMISED.some(([name, promised]) => name.test(pathname) && promised.test(type));
}

/**
 * Return the cache lifetime in seconds: the configured one for this kind of content, unless the origin's is shorter.
 * @param {Visit} visit
 * @param {Response} response
 */
function freshness({ parameters, defaults }, response) {
  const kind = isPage(response) ? "pageTtl" : "assetTtl";
  const ttl = wholeNumber(parameters[kind], defaults[kind]);
  return Math.min(ttl, freshFor(response.headers) ?? ttl);
}

/**
 * Return the longest time in seconds for which any response can be used, regardless of the origin.
 * @param {FrontingParameters} parameters
 * @param {Lives} defaults
 */
export function longestLife(parameters, defaults) {
  /** @param {(keyof Lives)[]} names */
  const longest = (...names) => Math.max(...names.map((name) => wholeNumber(parameters[name], defaults[name])));
  return longest("pageTtl", "assetTtl") + MOST_STALE_S;
}

/** @param {Visit} visit @param {Response} response @param {number} at @returns {Entry} */
function entryOf(visit, response, at) {
  const { parameters, defaults, url } = visit;
  const { headers } = response;
  /** @param {"staleWhileRevalidate" | "staleIfError"} name */
  const spare = (name) => wholeNumber(parameters[name], defaults[name]);
  return {
    at,
    fresh: freshness(visit, response),
    whileRevalidating: staleFor(headers, "stale-while-revalidate", spare("staleWhileRevalidate")),
    ifError: staleFor(headers, "stale-if-error", spare("staleIfError")),
    rule: headers.get("Cache-Control"),
    tags: tagsOf(headers, url.pathname),
  };
}

/**
 * Return the cache key: the public URL without campaign parameters, and the origin.
 * @param {Visit} visit
 */
function cacheKey({ url, origin, variant }) {
  const search = withoutTracking(url.search);
  const own = new URLSearchParams({ "code24-origin": origin.href, ...(variant && { "code24-variant": variant }) });
  return `${url.origin}${url.pathname}${search || "?"}${search && "&"}${own}`;
}

/** Remove the headers with cache tags, which are not meant for visitors. @param {Response} response */
function hideTags(response) {
  response.headers.delete("Cache-Tag");
  response.headers.delete("Surrogate-Key");
  return response;
}

/** @param {Response} response @param {string} cacheState */
function tell(response, cacheState) {
  response.headers.set("Code24-Cache", cacheState);
  return response;
}

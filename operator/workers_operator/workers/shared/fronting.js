/**
 * A site in front of its origin. What is the same for all visitors is cached, what belongs to one of them never is: a copy
 * is made of what the origin gives to somebody of whom it knows nothing.
 *
 * Response header `Code24-Cache`: HIT | MISS | REVALIDATED | STALE | BYPASS; reason=…
 *   reasons by the request:  method, authorization, range, upgrade, path, query, session
 *   reasons by the response: status, set-cookie, cache-control, vary, type, size, session, ttl
 *   unavailable: there is no cache
 */

import { failureFor, fetchProblem } from "./answers.js";
import { forbidsSharing, freshFor, MOST_STALE_S, staleFor } from "./cachecontrol.js";
import { unlessKnown } from "./conditions.js";
import { wholeNumber } from "./config.js";
import { find, forget, keep, openCache, reveal } from "./entries.js";
import { isPage } from "./html.js";
import { askOrigin, timeoutMs, toPublic, withoutTracking } from "./origin.js";
import { ASSET, isPrivatePath } from "./paths.js";
import { tagsOf } from "./purging.js";
import { conditionOf, replaceLater, usable } from "./revalidation.js";
import { hasSession, mayBeSomebody } from "./visitor.js";

/** Query parameters that change something or carry a right: ?add-to-cart=7, ?wc-ajax=…, ?token=… */
const PRIVATE_QUERY = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
/** Content types by what a path's extension promises: the answer to /me/x.css with JSON in it is nobody else's. */
const PROMISED = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i],
];
const MAX_SIZE = 32 * 1024 * 1024; // bytes; what is larger is not worth the memory
const FAILED = new Set([500, 502, 503, 504]);
/** Reasons by which an origin says that an answer is made for each visitor. */
const PERSONAL = new Set(["vary", "set-cookie", "cache-control"]);
const PERSONAL_MS = 60_000;
const MAX_PERSONAL = 2000;
/** @type {Map<string, {reason: string, until: number}>} keys whose answers are personal, as seen by this isolate */
const personal = new Map();
/** What a 304 may tell anew of the copy that it confirms. */
const RENEWED = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];

/** @typedef {import("./types.d.ts").Visit} Visit */
/** @typedef {import("./types.d.ts").Entry} Entry */
/** @typedef {import("./types.d.ts").Copy} Copy */
/** @typedef {import("./types.d.ts").FrontingParameters} FrontingParameters */
/** @typedef {import("./types.d.ts").Lives} Lives */

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
 * The answer to somebody whom the origin has to know, because it said so a moment ago; else null.
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
 * Remembers that the origin makes an answer for each visitor, so that it isn't asked twice for every one of them.
 * @param {string} key
 * @param {string} reason
 */
function pass(key, reason) {
  personal.set(key, { reason, until: Date.now() + PERSONAL_MS });
  if (personal.size > MAX_PERSONAL) personal.delete(/** @type {string} */ (personal.keys().next().value));
}

/** What belongs to one visitor goes to the origin as it came. @param {Visit} visit @param {string} reason */
async function forward(visit, reason) {
  const answer = await ask(visit, { shared: false });
  if (answer.failed) return unavailable(visit);
  if (answer.response.webSocket) return answer.response;
  return tell(hideTags(toPublic(visit, answer.response)), `BYPASS; reason=${reason}`);
}

/**
 * Asks the origin for what anybody may get.
 * @param {Visit} visit
 * @param {Cache} cache
 * @param {string} key
 * @param {Copy | null} old a copy past its time
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
    await response.body?.cancel(); // it was meant for nobody in particular, and this is somebody
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
 * The origin's word that a copy still holds.
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
  if (entry.tags.length === 1) entry.tags = old.entry.tags; // a 304 rarely repeats them
  return { entry, response: hideTags(renewed) };
}

/**
 * Makes a new copy while visitors get the old one.
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
 * {response}, or {failed: true} where there is none.
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

// ---- what may be cached

/** Why the request must not be answered from the cache, or null. @param {Visit} visit */
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

/** Why the response must not be stored, or null. @param {Visit} visit @param {Response} response */
function responseReason(visit, response) {
  const { headers } = response;
  if (response.status !== 200) return "status";
  if (headers.has("Set-Cookie")) return "set-cookie";
  if (forbidsSharing(headers)) return "cache-control";
  // The Cache API ignores Vary; only Accept-Encoding is taken care of (askOrigin).
  if ((headers.get("Vary") ?? "").split(",").some((name) => !/^\s*(accept-encoding)?\s*$/i.test(name))) return "vary";
  if (!isPage(response) && !keepsItsPromise(visit.url.pathname, headers)) return "type";
  if (isPage(response) && hasSession(visit.request, visit.parameters)) return "session";
  if (Number(headers.get("Content-Length") ?? 0) > MAX_SIZE) return "size";
  return freshness(visit, response) === 0 ? "ttl" : null;
}

/**
 * Whether an asset is what its name says. Data has no such name: who may see it is the origin's to know.
 * @param {string} pathname
 * @param {Headers} headers
 */
function keepsItsPromise(pathname, headers) {
  const type = headers.get("Content-Type") ?? "";
  return PROMISED.some(([name, promised]) => name.test(pathname) && promised.test(type));
}

/**
 * Seconds in the cache: ours for this kind of content, unless the origin allows less.
 * @param {Visit} visit
 * @param {Response} response
 */
function freshness({ parameters, defaults }, response) {
  const kind = isPage(response) ? "pageTtl" : "assetTtl";
  const ttl = wholeNumber(parameters[kind], defaults[kind]);
  return Math.min(ttl, freshFor(response.headers) ?? ttl);
}

/**
 * Seconds after which no copy is of any use, whatever its origin has said of it.
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
 * What a response is cached by: its public address without the marks of campaigns, and the origin that it came from.
 * @param {Visit} visit
 */
function cacheKey({ url, origin, variant }) {
  const search = withoutTracking(url.search);
  const own = new URLSearchParams({ "code24-origin": origin.href, ...(variant && { "code24-variant": variant }) });
  return `${url.origin}${url.pathname}${search || "?"}${search && "&"}${own}`;
}

/** Tags are between the origin and the cache. @param {Response} response */
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

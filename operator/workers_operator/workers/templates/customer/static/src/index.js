/**
 * Customer Worker "static": a site from an R2 bucket or a KV namespace.
 *
 *   …/.well-known/code24/health   {"status":"ok"}, without a request to the store
 *   …/.well-known/code24/purge    purges by path, or everything (code24/caching/purging.js)
 * Response header `Code24-Cache`: HIT | MISS | STALE | BYPASS; reason=… (range, encoding, size; unavailable: no cache)
 * Errors: 404 (the site's own page if it has one); 405; 503 `store_missing`, `store_unavailable`.
 */

import { failureFor, healthy } from "code24/answers.js";
import { unlessKnown } from "code24/caching/conditions.js";
import { asksHealth, feature, readConfig, wholeNumber } from "code24/config.js";
import { keep, openCache, reveal } from "code24/caching/entries.js";
import { messageOf } from "code24/errors.js";
import { isPage } from "code24/html.js";
import { purge, PURGE_PATH, tagsOf } from "code24/caching/purging.js";
import { rangeOf } from "code24/caching/ranges.js";
import { conditionOf, replaceLater, usable } from "code24/caching/revalidation.js";
import { protect, turnAway } from "code24/visitors/security.js";
import { folderKeyOf, isFileName, isImmutable, keysOf } from "./naming.js";
import { storeOf } from "./stores.js";

const TITLE = "Site unavailable";
const CACHE = "code24-static";
const EDGE_TTL_S = 60;
const STALE_S = 86_400;
const PAGE_MAX_AGE_S = 0;
const ASSET_MAX_AGE_S = 3600;
const YEAR_S = 31_536_000;
const MAX_CACHED = 32 * 1024 * 1024; // bytes

/** @typedef {import("code24/types.d.ts").Entry} Entry */
/** @typedef {import("./naming.js").Layout} Layout */
/** @typedef {import("./stores.js").File} File */
/** @typedef {import("./stores.js").Store} Store */
/** @typedef {import("code24/types.d.ts").SiteEnv & {BUCKET?: R2Bucket, PAGES?: KVNamespace}} StaticEnv */

/**
 * @typedef {object} StaticParameters
 * @property {string} [prefix]
 * @property {string} [indexDocument]
 * @property {string} [notFoundDocument]
 * @property {boolean} [cleanUrls]
 * @property {"spa" | "site"} [mode]
 * @property {unknown} [edgeTtl]
 * @property {unknown} [staleIfError]
 * @property {unknown} [pageMaxAge]
 * @property {unknown} [assetMaxAge]
 * @property {unknown} [immutablePaths]
 */

/**
 * @typedef {object} Visit
 * @property {Request} request
 * @property {URL} url
 * @property {StaticParameters} parameters
 * @property {StaticEnv} env
 * @property {ExecutionContext} ctx
 * @property {number} ttl seconds in the cache
 * @property {Store | null} store
 */

/** @typedef {Visit & {store: Store}} StoreVisit */
/** @typedef {{response: Response, file?: File, reason?: string}} Whole `reason`: why the response cannot be cached */

/** @type {ExportedHandler<StaticEnv>} */
export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { parameters } = config;
    const ttl = wholeNumber(parameters.edgeTtl, EDGE_TTL_S);
    if (url.pathname.endsWith(PURGE_PATH)) return purge(request, env, await openCache(CACHE), ttl + STALE_S);
    const security = feature(config, "security");
    const refused = security && turnAway(request, url, security, "Not available");
    const visit = { request, url, parameters, env, ctx, ttl, store: storeOf(config.features, env) };
    const answer = refused ?? (await serve(visit));
    if (security) protect(answer, security);
    return request.method === "HEAD" ? new Response(null, answer) : answer;
  },
};

/** @param {Visit} visit @returns {Promise<Response>} */
async function serve(visit) {
  const { request, url, store, ctx } = visit;
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed(request);
  if (!store) {
    const message = "Enable one of the features r2 and kv, and configure its binding.";
    return failureFor(request, TITLE, 503, "store_missing", message);
  }
  const asked = { ...visit, store };
  const cache = visit.ttl > 0 ? await openCache(CACHE) : null;
  const key = url.origin + url.pathname;
  const copy = await usable(visit, cache, key, partOf(request));
  const condition = copy ? conditionOf(copy.entry) : "gone";
  if (copy && condition === "fresh") return tell(reveal(request, copy), "HIT");
  if (cache && copy && condition === "stale") {
    replaceLater(ctx, key, () => refresh(asked, cache, key));
    return tell(reveal(request, copy), "STALE");
  }
  try {
    return await fromStore(asked, cache, key);
  } catch (error) {
    console.error(`store unavailable: ${messageOf(error)}`);
    if (copy && condition === "spare") return tell(reveal(request, copy), "STALE");
    return failureFor(request, TITLE, 503, "store_unavailable", "The site cannot be read at the moment.");
  }
}

/** @param {Request} request */
function notAllowed(request) {
  const answer = failureFor(request, "Method not allowed", 405, "method_not_allowed", "Use GET or HEAD.");
  answer.headers.set("Allow", "GET, HEAD");
  return answer;
}

/** Return the range headers of a request, for the cache. @param {Request} request */
function partOf(request) {
  const headers = new Headers();
  for (const name of ["Range", "If-Range"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}

/** @param {StoreVisit} visit @param {Cache} cache @param {string} key */
async function refresh(visit, cache, key) {
  const at = Date.now();
  const { response, reason } = await whole(visit);
  if (reason) return response.body?.cancel();
  return keep(cache, key, response, entryOf(visit, response, at));
}

/** @param {StoreVisit} visit @param {Cache | null} cache @param {string} key */
async function fromStore(visit, cache, key) {
  const { request } = visit;
  const at = Date.now();
  const { response, file, reason } = await whole(visit);
  const range = file && response.status === 200 ? rangeOf(request.headers, response.headers, file.size) : null;
  if (file && range !== null) return part(visit, response, file, range);
  const why = reason ?? (cache ? null : "unavailable");
  if (cache && why === null && request.method === "GET") {
    visit.ctx.waitUntil(keep(cache, key, response.clone(), entryOf(visit, response, at)));
  }
  return tell(unlessKnown(request, response), why ? `BYPASS; reason=${why}` : "MISS");
}

/**
 * Return a part of a file that is not in the cache. Only the part is read from the store.
 * @param {StoreVisit} visit
 * @param {Response} response
 * @param {File} file
 * @param {import("./stores.js").Part | "none"} range
 */
async function part({ request }, response, file, range) {
  const { headers } = response;
  const state = "BYPASS; reason=range";
  if (range === "none") {
    await response.body?.cancel();
    headers.set("Content-Range", `bytes */${file.size}`);
    return tell(new Response(null, { status: 416, headers }), state);
  }
  const known = unlessKnown(request, response);
  if (known !== response) return tell(known, state);
  const body = await file.read(range);
  if (body === null) throw new Error("the file changed while it was read");
  headers.set("Content-Range", `bytes ${range.offset}-${range.offset + range.length - 1}/${file.size}`);
  headers.set("Content-Length", String(range.length));
  return tell(new Response(body, { status: 206, headers, encodeBody: file.isPacked ? "manual" : "automatic" }), state);
}

// ---- files of paths

/** Return the complete response for a path. @param {StoreVisit} visit @returns {Promise<Whole>} */
async function whole(visit) {
  const { url, store, parameters } = visit;
  const layout = {
    prefix: parameters.prefix ?? "",
    index: parameters.indexDocument ?? "index.html",
    cleanUrls: parameters.cleanUrls ?? true,
  };
  const file = await first(store, keysOf(url.pathname, layout));
  if (file) return asAnswer(visit, file, 200);
  const folder = folderKeyOf(url.pathname, layout);
  if (folder && (await exists(store, folder))) return { response: redirect(url) };
  if (parameters.mode === "spa" && !isFileName(url.pathname)) {
    const application = await first(store, keysOf("/", layout));
    if (application) return asAnswer(visit, application, 200);
  }
  const missing = await first(store, [layout.prefix + (parameters.notFoundDocument ?? "404.html")]);
  if (missing) return asAnswer(visit, missing, 404);
  return {
    response: failureFor(visit.request, "Not found", 404, "not_found", "This page does not exist."),
    reason: "status",
  };
}

/** Return the first file that exists. @param {Store} store @param {string[]} keys */
async function first(store, keys) {
  for (const key of keys) {
    const file = await store(key);
    if (file) return file;
  }
  return null;
}

/** @param {Store} store @param {string} key */
async function exists(store, key) {
  const body = await (await store(key))?.read(null);
  if (body instanceof ReadableStream) await body.cancel();
  return Boolean(body);
}

/** @param {URL} url */
function redirect(url) {
  const target = `${url.pathname.replace(/^[/\\]+/, "/")}/${url.search}`; // "//other/" would be a redirect to another host
  return new Response(null, { status: 308, headers: { Location: target, "Cache-Control": "no-cache" } });
}

/** @param {StoreVisit} visit @param {File} file @param {number} status @returns {Promise<Whole>} */
async function asAnswer({ url, parameters }, file, status) {
  const headers = new Headers(file.headers);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cache-Control", browserRule(url.pathname, headers, parameters));
  if (status === 200) headers.set("Accept-Ranges", "bytes");
  else for (const name of ["ETag", "Last-Modified"]) headers.delete(name); // they describe the substitute page, not the requested file
  const body = await file.read(null);
  headers.set("Content-Length", String(file.size));
  const response = new Response(body, { status, headers, encodeBody: file.isPacked ? "manual" : "automatic" });
  if (file.isPacked) return { response, file, reason: "encoding" };
  return file.size > MAX_CACHED ? { response, file, reason: "size" } : { response, file };
}

/**
 * Return the Cache-Control for browsers. A file with a hash in its name is immutable.
 * @param {string} pathname
 * @param {Headers} headers
 * @param {StaticParameters} parameters
 */
function browserRule(pathname, headers, { pageMaxAge, assetMaxAge, immutablePaths }) {
  if (!isPage({ headers }) && isImmutable(pathname, immutablePaths)) return `public, max-age=${YEAR_S}, immutable`;
  const seconds = isPage({ headers })
    ? wholeNumber(pageMaxAge, PAGE_MAX_AGE_S)
    : wholeNumber(assetMaxAge, ASSET_MAX_AGE_S);
  return `public, max-age=${seconds}${seconds === 0 ? ", must-revalidate" : ""}`;
}

/** @param {Visit} visit @param {Response} response @param {number} at @returns {Entry} */
function entryOf({ url, ttl, parameters }, response, at) {
  return {
    at,
    fresh: ttl,
    whileRevalidating: Math.min(ttl, STALE_S),
    ifError: wholeNumber(parameters.staleIfError, STALE_S),
    rule: response.headers.get("Cache-Control"),
    tags: tagsOf(response.headers, url.pathname),
  };
}

/** @param {Response} response @param {string} cacheState */
function tell(response, cacheState) {
  response.headers.set("Code24-Cache", cacheState);
  return response;
}

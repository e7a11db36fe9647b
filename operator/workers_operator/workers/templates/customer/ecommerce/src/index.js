/**
 * Customer Worker "ecommerce": fronts a shop. Every request goes to the shop's origin; what is the same for all visitors
 * is cached at the edge, what belongs to one visitor never is.
 *
 * Parameters: origin, pageTtl, assetTtl, neverCache. Features: analytics, optimization, security (see template.yaml).
 *   …/.well-known/code24/health   {"status":"ok"}, without any request to the origin
 * Response header `Code24-Cache`: HIT | MISS | BYPASS; reason=…
 *   reasons by the request:  method, authorization, range, upgrade, path, query, session
 *   reasons by the response: status, set-cookie, cache-control, vary, type, session, ttl; unavailable (no cache)
 * Errors: 422 `invalid_parameters` with the `field`; 502 `origin_unreachable`.
 */

import { failureFor, fetchProblem, healthy } from "code24/answers.js";
import { asksHealth, feature, httpUrl, readConfig, wholeNumber } from "code24/config.js";
import { isPage } from "code24/html.js";
import { count } from "./analytics.js";
import { optimize } from "./optimization.js";
import { ASSET, isPrivatePath } from "./paths.js";
import { protect } from "./security.js";

const TIMEOUT_MS = 30_000; // until the response's headers
const PAGE_TTL_S = 60;
const ASSET_TTL_S = 86_400;
const ORIGIN_CACHE_CONTROL = "Code24-Origin-Cache-Control"; // keeps the origin's own rule beside ours in the cache
const TITLE = "Shop unavailable";

/** Query parameters that change something or carry a right: ?add-to-cart=7, ?wc-ajax=…, ?token=… */
const PRIVATE_QUERY = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
const TRACKING_QUERY = /^(utm_.*|gclid|fbclid)$/i;
const SESSION_COOKIE = /sess|sid$|auth|token|jwt|login|logged|user|customer|account|cart|basket|checkout|wishlist/i;
const CHOICE_COOKIE = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;

export default {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { url: origin, problem } = originOf(config.parameters, url);
    const visit = { request, url, origin, parameters: config.parameters, ctx };
    const answer = problem
      ? failureFor(request, TITLE, 422, "invalid_parameters", problem, { field: "parameters.origin" })
      : await serve(visit);
    if (answer.webSocket) return answer; // an upgrade is bound to this very object
    return withFeatures(visit, answer, config, env, started);
  },
};

/** The shop's own address: {url}, or {problem}. */
function originOf(parameters, url) {
  const found = httpUrl(parameters, "origin", "https://shop.example.com/");
  if (found.url?.host === url.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return found;
}

/** The answer as the features that are on make it. The cache keeps what the origin gave, so they may change any time. */
function withFeatures(visit, answer, config, env, started) {
  const security = feature(config, "security");
  if (security) protect(answer, security);
  if (feature(config, "analytics")) count(visit, answer, config, env.ANALYTICS, Date.now() - started);
  const optimization = feature(config, "optimization");
  return optimization ? optimize(visit.request, answer, optimization) : answer;
}

async function serve(visit) {
  const { request, url } = visit;
  const refused = requestReason(visit);
  const cache = refused ? null : await openCache();
  const key = cacheKey(visit);
  const hit = await lookUp(cache, key);
  if (hit) return tell(fromCache(request, hit), "HIT");

  let response;
  try {
    response = await askOrigin(visit, refused === null);
  } catch (error) {
    console.error(`origin unreachable: ${visit.origin.host}: ${fetchProblem(error, TIMEOUT_MS)}`);
    return failureFor(request, TITLE, 502, "origin_unreachable", "The shop cannot be reached at the moment.");
  }
  if (response.webSocket) return response;
  const reason = refused ?? responseReason(visit, response) ?? (cache ? null : "unavailable");
  const answer = toPublic(visit, response);
  if (reason) return tell(answer, `BYPASS; reason=${reason}`);
  if (request.method === "GET") store(visit, cache, key, answer);
  return tell(answer, "MISS");
}

// ---- what may be cached

/** Why the request must not be answered from the cache, or null. */
function requestReason({ request, url, parameters }) {
  if (request.method !== "GET" && request.method !== "HEAD") return "method";
  if (request.headers.has("Authorization")) return "authorization";
  if (request.headers.has("Range")) return "range";
  if (request.headers.has("Upgrade")) return "upgrade";
  if (isPrivatePath(url.pathname, parameters.neverCache)) return "path";
  for (const name of url.searchParams.keys()) if (PRIVATE_QUERY.test(name)) return "query";
  if (!ASSET.test(url.pathname) && hasSession(request)) return "session";
  return null;
}

/** Whether the visitor is someone: carries a session, or a choice (currency, language) that pages are rendered by. */
function hasSession(request) {
  const cookies = (request.headers.get("Cookie") ?? "").split(";");
  const names = cookies.map((cookie) => cookie.split("=")[0].trim());
  return names.some((name) => SESSION_COOKIE.test(name) || CHOICE_COOKIE.test(name));
}

/** Why the response must not be stored, or null. */
function responseReason(visit, response) {
  const { headers } = response;
  if (response.status !== 200) return "status";
  if (headers.has("Set-Cookie")) return "set-cookie";
  if (/\b(private|no-store|no-cache)\b/i.test(headers.get("Cache-Control") ?? "") || freshFor(headers) === 0)
    return "cache-control";
  // The Cache API ignores Vary; only Accept-Encoding is taken care of (askOrigin).
  if ((headers.get("Vary") ?? "").split(",").some((name) => !/^\s*(accept-encoding)?\s*$/i.test(name))) return "vary";
  if (!isPage(response) && !ASSET.test(visit.url.pathname)) return "type"; // data: who may see it is the origin's to know
  if (isPage(response) && hasSession(visit.request)) return "session";
  return timeToLive(visit, response) === 0 ? "ttl" : null;
}

/** Seconds in the cache: ours for this kind of content, unless the origin allows less. */
function timeToLive({ parameters }, response) {
  const ttl = isPage(response)
    ? wholeNumber(parameters.pageTtl, PAGE_TTL_S)
    : wholeNumber(parameters.assetTtl, ASSET_TTL_S);
  return Math.min(ttl, freshFor(response.headers) ?? ttl);
}

/** Seconds that the origin allows for shared caches, or null where it says nothing. */
function freshFor(headers) {
  const rule = headers.get("Cache-Control") ?? "";
  const seconds = /\bs-maxage\s*=\s*"?(\d+)/i.exec(rule) ?? /\bmax-age\s*=\s*"?(\d+)/i.exec(rule);
  return seconds ? Number(seconds[1]) : null;
}

// ---- the cache

/** The shop's cache, or null: `caches.default` is closed to Workers of a dispatch namespace, a named one may be, too. */
async function openCache() {
  try {
    return await caches.open("code24-ecommerce");
  } catch {
    return null;
  }
}

/** What a response is cached by: its public address without the marks of campaigns, and the origin that it came from. */
function cacheKey({ url, origin }) {
  const key = new URL(url);
  for (const name of [...key.searchParams.keys()]) if (TRACKING_QUERY.test(name)) key.searchParams.delete(name);
  key.searchParams.append("code24-origin", origin.href);
  return key.href;
}

async function lookUp(cache, key) {
  try {
    return (await cache?.match(key)) ?? null;
  } catch {
    return null; // a cache that fails costs time, never the answer
  }
}

function store(visit, cache, key, answer) {
  const copy = new Response(answer.clone().body, answer);
  const rule = copy.headers.get("Cache-Control");
  if (rule) copy.headers.set(ORIGIN_CACHE_CONTROL, rule);
  copy.headers.set("Cache-Control", `public, max-age=${timeToLive(visit, answer)}`);
  copy.headers.delete("Expires");
  visit.ctx.waitUntil(cache.put(key, copy).catch((error) => console.warn(`not cached: ${error?.message ?? error}`)));
}

/** A cached response as the origin gave it; 304 where the visitor has it already. */
function fromCache(request, hit) {
  const response = new Response(hit.body, hit);
  const rule = response.headers.get(ORIGIN_CACHE_CONTROL);
  response.headers.delete("Cache-Control");
  if (rule) response.headers.set("Cache-Control", rule);
  response.headers.delete(ORIGIN_CACHE_CONTROL);
  const etag = strong(response.headers.get("ETag"));
  if (etag && strong(request.headers.get("If-None-Match")) === etag)
    return new Response(null, { status: 304, headers: response.headers });
  return response;
}

/** An entity tag without its mark of weakness: If-None-Match compares without it (RFC 9110, 13.1.2). */
function strong(etag) {
  return etag?.replace(/^W\//, "");
}

// ---- the origin

function basePath(origin) {
  return origin.pathname.replace(/\/+$/, "");
}

function originUrl({ origin, url }) {
  const target = new URL(origin);
  target.pathname = basePath(origin) + url.pathname; // the setter keeps "//elsewhere" a path
  target.search = url.search;
  target.hash = "";
  return target;
}

async function askOrigin(visit, mayStore) {
  const { request, url } = visit;
  const headers = new Headers(request.headers);
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
  if (mayStore) headers.set("Accept-Encoding", "identity"); // one copy serves all visitors; the edge compresses by itself
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    return await fetch(originUrl(visit), {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
      signal: controller.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** The origin's response as the public host may give it: redirects and cookies lead to the public host. */
function toPublic(visit, response) {
  const copy = new Response(response.body, response);
  const location = copy.headers.get("Location");
  if (location !== null) copy.headers.set("Location", publicLocation(visit, location));
  const cookies = copy.headers.getSetCookie();
  copy.headers.delete("Set-Cookie");
  for (const cookie of cookies) copy.headers.append("Set-Cookie", publicCookie(visit, cookie));
  return copy;
}

function publicLocation(visit, location) {
  const { origin, url } = visit;
  const target = URL.parse(location, originUrl(visit));
  const base = basePath(origin);
  if (target?.host !== origin.host || !isBelow(target.pathname, base)) return location;
  return `${url.origin}${target.pathname.slice(base.length) || "/"}${target.search}${target.hash}`;
}

/** Browsers refuse a cookie whose Domain isn't above the host they asked; its Path has to be one they can see. */
function publicCookie({ origin, url }, cookie) {
  const base = basePath(origin);
  const [pair, ...attributes] = cookie.split(";");
  const kept = attributes.flatMap((attribute) => {
    const [name, value = ""] = attribute.split("=").map((part) => part.trim());
    if (name.toLowerCase() === "domain") {
      const domain = value.toLowerCase().replace(/^\./, "");
      return isHostBelow(origin.hostname, domain) && !isHostBelow(url.hostname, domain) ? [] : [attribute];
    }
    if (name.toLowerCase() === "path" && base && isBelow(value, base))
      return [` Path=${value.slice(base.length) || "/"}`];
    return [attribute];
  });
  return [pair, ...kept].join(";");
}

function isBelow(path, base) {
  return path === base || path.startsWith(`${base}/`);
}

function isHostBelow(host, domain) {
  return host === domain || host.endsWith(`.${domain}`);
}

function tell(response, cacheState) {
  response.headers.set("Code24-Cache", cacheState);
  return response;
}

// Generated from templates/customer/ecommerce/src by `make bundles`.
// shared/html.js
function isHtml(contentType) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? "");
}
function isPage(response) {
  return isHtml(response.headers.get("Content-Type"));
}
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

// shared/answers.js
function json(status, value, headers = {}) {
  return Response.json(value, {
    status,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...headers }
  });
}
function healthy() {
  return json(200, { status: "ok" });
}
function failure(status, code, message, details = {}, headers = {}) {
  return json(status, { error: { code, message, ...details } }, headers);
}
function failureFor(request, title, status, code, message, details = {}) {
  const asHtml = (request.headers.get("Accept") ?? "").includes("text/html");
  if (!asHtml) return failure(status, code, message, details, { Vary: "Accept" });
  return new Response(page(status, title, message), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function fetchProblem(error, timeoutMs) {
  const late = error?.name === "TimeoutError" || error?.name === "AbortError";
  return late ? `no answer within ${timeoutMs} ms` : String(error?.message ?? error);
}
function page(status, title, message) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p><small>${status}</small></main></body></html>
`;
}

// shared/config.js
var HEALTH_PATH = "/.well-known/code24/health";
function asksHealth(url) {
  return url.pathname.endsWith(HEALTH_PATH);
}
function readConfig(env) {
  const config = env.CONFIG ?? {};
  return { ...config, features: config.features ?? [], parameters: config.parameters ?? {} };
}
function feature({ features, parameters }, name) {
  return features.includes(name) ? parameters[name] ?? {} : null;
}
function httpUrl(parameters, name, example) {
  const value = parameters[name];
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (!url || !["http:", "https:"].includes(url.protocol))
    return { problem: `parameters.${name} must be an http(s) URL, e.g. ${example}` };
  if (url.username || url.password) return { problem: `parameters.${name} must not hold credentials.` };
  return { url };
}
function wholeNumber(value, otherwise) {
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

// shared/analytics.js
var MAX_INDEX_BYTES = 96;
var MAX_BLOB_BYTES = 1024;
function writePoint(dataset, { index, blobs, doubles }) {
  try {
    dataset.writeDataPoint({
      indexes: [cutBytes(index, MAX_INDEX_BYTES)],
      blobs: blobs.map((blob) => cutBytes(blob, MAX_BLOB_BYTES)),
      doubles
    });
  } catch (error) {
    console.error("data point lost:", String(error?.message ?? error));
  }
}
function cutBytes(text, bytes) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes), { stream: true });
}

// templates/customer/ecommerce/src/paths.js
var ASSET = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
var CART = words("cart carts basket bag minicart");
var CHECKOUT = words("checkout checkouts onepage payment payments pay order-received");
var PRIVATE = /* @__PURE__ */ new Set([
  ...CART,
  ...CHECKOUT,
  ...words(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`)
]);
function isPrivatePath(pathname, neverCache) {
  const path = decoded(pathname);
  if (path === null) return true;
  const prefixes = Array.isArray(neverCache) ? neverCache : [];
  if (prefixes.some((prefix) => typeof prefix === "string" && path.startsWith(prefix.toLowerCase()))) return true;
  return segments(path).some((segment) => PRIVATE.has(segment));
}
function purchaseStep(pathname) {
  const found = segments(decoded(pathname) ?? "");
  if (found.some((segment) => CHECKOUT.has(segment))) return "checkout";
  return found.some((segment) => CART.has(segment)) ? "cart" : null;
}
function words(text) {
  return new Set(text.split(/\s+/));
}
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname).toLowerCase().replace(/\/+/g, "/");
  } catch {
    return null;
  }
}
function segments(path) {
  return path.split("/").map((segment) => segment.split(/[.;]/)[0]);
}

// templates/customer/ecommerce/src/analytics.js
var TO_CART = /^add[-_]to[-_]cart$/i;
function count({ request, url }, response, config, dataset, milliseconds) {
  const event = eventOf(request, url, response);
  if (!event) return;
  writePoint(dataset, {
    index: config.customerId ?? "",
    blobs: [
      event,
      url.hostname,
      url.pathname,
      request.method,
      response.headers.get("Code24-Cache")?.split(";")[0] ?? "",
      request.cf?.country ?? "",
      config.environment ?? "",
      config.plan ?? ""
    ],
    doubles: [response.status, milliseconds]
  });
}
function isKnownPage(request, response) {
  return response.status === 304 && (request.headers.get("Accept") ?? "").includes("text/html");
}
function eventOf(request, url, response) {
  if (ASSET.test(url.pathname)) return null;
  const step = purchaseStep(url.pathname);
  if (step) return step;
  if ([...url.searchParams.keys()].some((name) => TO_CART.test(name))) return "cart";
  return request.method === "GET" && (isPage(response) || isKnownPage(request, response)) ? "page_view" : null;
}

// templates/customer/ecommerce/src/optimization.js
var EAGER_IMAGES = 2;
var CHARSET = /charset=["']?(utf-?8|us-ascii|iso-8859-\d+|windows-125\d)\b/i;
function optimize(request, response, { eagerImages }) {
  const contentType = response.headers.get("Content-Type") ?? "";
  if (!isPage(response) || /charset=/i.test(contentType) && !CHARSET.test(contentType)) return response;
  const etag = response.headers.get("ETag");
  if (etag && !etag.startsWith("W/")) response.headers.set("ETag", `W/${etag}`);
  if (response.status !== 200 || request.method === "HEAD") return response;
  return new HTMLRewriter().on("img", lazyBeyond(wholeNumber(eagerImages, EAGER_IMAGES))).transform(response);
}
function lazyBeyond(eager) {
  let seen = 0;
  return {
    element(image) {
      seen += 1;
      if (seen <= eager) return;
      if (!image.hasAttribute("loading")) image.setAttribute("loading", "lazy");
      if (!image.hasAttribute("decoding")) image.setAttribute("decoding", "async");
    }
  };
}

// templates/customer/ecommerce/src/security.js
var HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var FRAME_OPTIONS = "SAMEORIGIN";
function protect(response, { frameOptions }) {
  const wanted = { ...HEADERS, "X-Frame-Options": frameOptions ?? FRAME_OPTIONS };
  for (const [name, value] of Object.entries(wanted)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
}

// templates/customer/ecommerce/src/index.js
var TIMEOUT_MS = 3e4;
var PAGE_TTL_S = 60;
var ASSET_TTL_S = 86400;
var ORIGIN_CACHE_CONTROL = "Code24-Origin-Cache-Control";
var TITLE = "Shop unavailable";
var PRIVATE_QUERY = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
var TRACKING_QUERY = /^(utm_.*|gclid|fbclid)$/i;
var SESSION_COOKIE = /sess|sid$|auth|token|jwt|login|logged|user|customer|account|cart|basket|checkout|wishlist/i;
var CHOICE_COOKIE = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
var index_default = {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { url: origin, problem } = originOf(config.parameters, url);
    const visit = { request, url, origin, parameters: config.parameters, ctx };
    const answer = problem ? failureFor(request, TITLE, 422, "invalid_parameters", problem, { field: "parameters.origin" }) : await serve(visit);
    if (answer.webSocket) return answer;
    return withFeatures(visit, answer, config, env, started);
  }
};
function originOf(parameters, url) {
  const found = httpUrl(parameters, "origin", "https://shop.example.com/");
  if (found.url?.host === url.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return found;
}
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
function hasSession(request) {
  const cookies = (request.headers.get("Cookie") ?? "").split(";");
  const names = cookies.map((cookie) => cookie.split("=")[0].trim());
  return names.some((name) => SESSION_COOKIE.test(name) || CHOICE_COOKIE.test(name));
}
function responseReason(visit, response) {
  const { headers } = response;
  if (response.status !== 200) return "status";
  if (headers.has("Set-Cookie")) return "set-cookie";
  if (/\b(private|no-store|no-cache)\b/i.test(headers.get("Cache-Control") ?? "") || freshFor(headers) === 0)
    return "cache-control";
  if ((headers.get("Vary") ?? "").split(",").some((name) => !/^\s*(accept-encoding)?\s*$/i.test(name))) return "vary";
  if (!isPage(response) && !ASSET.test(visit.url.pathname)) return "type";
  if (isPage(response) && hasSession(visit.request)) return "session";
  return timeToLive(visit, response) === 0 ? "ttl" : null;
}
function timeToLive({ parameters }, response) {
  const ttl = isPage(response) ? wholeNumber(parameters.pageTtl, PAGE_TTL_S) : wholeNumber(parameters.assetTtl, ASSET_TTL_S);
  return Math.min(ttl, freshFor(response.headers) ?? ttl);
}
function freshFor(headers) {
  const rule = headers.get("Cache-Control") ?? "";
  const seconds = /\bs-maxage\s*=\s*"?(\d+)/i.exec(rule) ?? /\bmax-age\s*=\s*"?(\d+)/i.exec(rule);
  return seconds ? Number(seconds[1]) : null;
}
async function openCache() {
  try {
    return await caches.open("code24-ecommerce");
  } catch {
    return null;
  }
}
function cacheKey({ url, origin }) {
  const key = new URL(url);
  for (const name of [...key.searchParams.keys()]) if (TRACKING_QUERY.test(name)) key.searchParams.delete(name);
  key.searchParams.append("code24-origin", origin.href);
  return key.href;
}
async function lookUp(cache, key) {
  try {
    return await cache?.match(key) ?? null;
  } catch {
    return null;
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
function strong(etag) {
  return etag?.replace(/^W\//, "");
}
function basePath(origin) {
  return origin.pathname.replace(/\/+$/, "");
}
function originUrl({ origin, url }) {
  const target = new URL(origin);
  target.pathname = basePath(origin) + url.pathname;
  target.search = url.search;
  target.hash = "";
  return target;
}
async function askOrigin(visit, mayStore) {
  const { request, url } = visit;
  const headers = new Headers(request.headers);
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
  if (mayStore) headers.set("Accept-Encoding", "identity");
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    return await fetch(originUrl(visit), {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
      signal: controller.signal
    });
  } finally {
    clearTimeout(timer);
  }
}
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
export {
  index_default as default
};

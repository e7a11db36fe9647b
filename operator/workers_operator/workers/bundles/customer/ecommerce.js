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
function fetchProblem(error, timeoutMs2) {
  const late = error?.name === "TimeoutError" || error?.name === "AbortError";
  return late ? `no answer within ${timeoutMs2} ms` : String(error?.message ?? error);
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

// shared/conditions.js
function opaque(etag) {
  return etag.trim().replace(/^W\//, "");
}
function unlessKnown(request, response) {
  if (!isKnown(request.headers, response.headers)) return response;
  response.body?.cancel();
  return new Response(null, { status: 304, headers: response.headers });
}
function isKnown(asked, own) {
  const [tags, since] = [asked.get("If-None-Match"), asked.get("If-Modified-Since")];
  const [etag, modified] = [own.get("ETag"), own.get("Last-Modified")];
  if (tags !== null)
    return etag !== null && (tags.trim() === "*" || tags.split(",").map(opaque).includes(opaque(etag)));
  return since !== null && modified !== null && Date.parse(modified) <= Date.parse(since);
}

// shared/errors.js
function messageOf(thrown) {
  return String(thrown?.message ?? thrown);
}

// shared/entries.js
var ENTRY = "Code24-Entry";
async function openCache(name) {
  try {
    return await caches.open(name);
  } catch {
    return null;
  }
}
async function find(cache, key) {
  try {
    const response = await cache.match(key);
    const entry = JSON.parse(response?.headers.get(ENTRY) ?? "null");
    return response && entry ? { response, entry } : null;
  } catch {
    return null;
  }
}
function ageOf({ at }) {
  return Math.max(0, (Date.now() - at) / 1e3);
}
function lifeOf({ fresh, whileRevalidating, ifError }) {
  return fresh + Math.max(whileRevalidating, ifError);
}
async function keep(cache, key, response, entry) {
  const copy = new Response(response.body, response);
  copy.headers.set(ENTRY, JSON.stringify(entry));
  copy.headers.set("Cache-Control", `public, max-age=${lifeOf(entry)}`);
  try {
    await cache.put(key, copy);
  } catch (error) {
    console.warn(`not cached: ${messageOf(error)}`);
  }
}
async function forget(cache, key) {
  try {
    await cache.delete(key);
  } catch (error) {
    console.warn(`not deleted: ${messageOf(error)}`);
  }
}
function reveal(request, { response, entry }) {
  const shown = new Response(response.body, response);
  shown.headers.delete(ENTRY);
  shown.headers.delete("Cache-Control");
  if (entry.rule !== null) shown.headers.set("Cache-Control", entry.rule);
  shown.headers.set("Age", String(Math.floor(ageOf(entry))));
  return unlessKnown(request, shown);
}

// shared/cachecontrol.js
var MOST_STALE_S = 7 * 86400;
var DIRECTIVE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;
function directives(headers) {
  const found = (headers.get("Cache-Control") ?? "").matchAll(DIRECTIVE);
  return new Map(Array.from(found, ([, name, quoted, plain]) => [name.toLowerCase(), quoted ?? plain ?? ""]));
}
function seconds(rules, name) {
  const value = rules.get(name);
  if (value === void 0) return null;
  return /^\d+$/.test(value) ? Number(value) : 0;
}
function forbidsSharing(headers) {
  const rules = directives(headers);
  return rules.has("private") || rules.has("no-store") || rules.has("no-cache") || freshFor(headers) === 0;
}
function freshFor(headers) {
  const rules = directives(headers);
  const allowed = seconds(rules, "s-maxage") ?? seconds(rules, "max-age");
  const expires = headers.get("Expires");
  if (allowed !== null || expires === null) return allowed;
  return Math.max(0, Math.floor((Date.parse(expires) - Date.now()) / 1e3) || 0);
}
function staleFor(headers, name, otherwise) {
  const rules = directives(headers);
  const strict = ["must-revalidate", "proxy-revalidate", "s-maxage"].some((rule) => rules.has(rule));
  return Math.min(seconds(rules, name) ?? (strict ? 0 : otherwise), MOST_STALE_S);
}

// shared/visitor.js
var SESSION = /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
var CHOICE = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
var HARMLESS = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function cookieNames(request) {
  const pairs = (request.headers.get("Cookie") ?? "").split(/[;,]/);
  return pairs.map((pair) => pair.split("=")[0].trim()).filter(Boolean);
}
function cookie(request, name) {
  for (const pair of (request.headers.get("Cookie") ?? "").split(/[;,]/)) {
    const [found, ...value] = pair.split("=");
    if (found.trim() === name) return value.join("=").trim();
  }
  return null;
}
function hasSession(request, { sessionCookies, ignoredCookies }) {
  const names = cookieNames(request).filter((name) => !isListed(name, ignoredCookies));
  return names.some((name) => SESSION.test(name) || CHOICE.test(name) || isListed(name, sessionCookies));
}
function mayBeSomebody(request, { ignoredCookies }) {
  return cookieNames(request).some((name) => !HARMLESS.test(name) && !isListed(name, ignoredCookies));
}
function isListed(name, listed) {
  const patterns = Array.isArray(listed) ? listed.filter((pattern) => typeof pattern === "string") : [];
  return patterns.some((pattern) => pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern);
}
function addressOf(request) {
  return request.headers.get("CF-Connecting-IP") ?? "";
}

// shared/origin.js
var DEFAULT_TIMEOUT_S = 30;
var FORGED = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i"
);
var SHARED = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity",
  // the edge compresses by itself
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)"
};
var TRACKING = /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;
function originOf(parameters, url, example) {
  const found = httpUrl({ origin: parameters.origin }, "origin", example);
  if (found.url?.host === url.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return found;
}
function withoutTracking(search) {
  const kept = search.slice(1).split("&").filter((pair) => !TRACKING.test([...new URLSearchParams(pair).keys()][0] ?? ""));
  return kept.join("&") && `?${kept.join("&")}`;
}
async function askOrigin(question, { shared, etag = null }) {
  const { request, url, origin, extra = {} } = question;
  const headers = shared ? new Headers(SHARED) : ownHeaders(request);
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  if (etag) headers.set("If-None-Match", etag);
  const target = originUrl(origin, url, shared);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs(question.timeout));
  try {
    const { method } = request;
    const body = method === "GET" || method === "HEAD" ? null : request.body;
    const answer = await fetch(target, { method, headers, body, redirect: "manual", signal: controller.signal });
    const isSane = answer.status >= 200 && answer.status < 600 || answer.webSocket;
    if (!isSane) throw new Error(`it answers with the status ${answer.status}`);
    return answer;
  } finally {
    clearTimeout(timer);
  }
}
function timeoutMs(timeout) {
  return 1e3 * (typeof timeout === "number" && timeout > 0 ? timeout : DEFAULT_TIMEOUT_S);
}
function ownHeaders(request) {
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) if (FORGED.test(name)) headers.delete(name);
  const address = addressOf(request);
  if (address) headers.set("X-Forwarded-For", address);
  return headers;
}
function basePath(origin) {
  return origin.pathname.replace(/\/+$/, "");
}
function originUrl(origin, url, shared) {
  const target = new URL(origin);
  target.pathname = basePath(origin) + url.pathname;
  target.search = shared ? withoutTracking(url.search) : url.search;
  target.hash = "";
  return target;
}
function toPublic(visit, response) {
  const copy = new Response(response.body, response);
  const location = copy.headers.get("Location");
  if (location !== null) copy.headers.set("Location", publicLocation(visit, location));
  const cookies = copy.headers.getSetCookie();
  copy.headers.delete("Set-Cookie");
  for (const cookie2 of cookies) copy.headers.append("Set-Cookie", publicCookie(visit, cookie2));
  return copy;
}
function publicLocation({ origin, url }, location) {
  const target = URL.parse(location, originUrl(origin, url, false));
  const base = basePath(origin);
  if (!target || target.host !== origin.host || !isBelow(target.pathname, base)) return location;
  return `${url.origin}${target.pathname.slice(base.length) || "/"}${target.search}${target.hash}`;
}
function publicCookie({ origin, url }, cookie2) {
  const base = basePath(origin);
  const [pair, ...attributes] = cookie2.split(";");
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

// shared/paths.js
var ASSET = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
var CART = words(`cart carts basket bag minicart warenkorb panier carrito cesta carrello winkelwagen winkelmandje
  koszyk kundvagn varukorg`);
var CHECKOUT = words(`checkout checkouts onepage payment payments pay order-received kasse bestellen commande paiement
  caja pago cassa pagamento afrekenen kassa zamowienie`);
var PRIVATE = /* @__PURE__ */ new Set([
  ...CART,
  ...CHECKOUT,
  ...words(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    konto mein-konto anmelden abmelden merkzettel compte mon-compte connexion cuenta mi-cuenta pedidos ordini
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`)
]);
var MAX_DECODINGS = 4;
function isPrivatePath(pathname, neverCache) {
  const path = decoded(pathname);
  if (path === null) return true;
  if (hasPrefix(path, neverCache)) return true;
  return segments(path).some((segment) => PRIVATE.has(segment));
}
function isBelowAny(pathname, prefixes) {
  const path = decoded(pathname);
  return path === null ? Array.isArray(prefixes) && prefixes.length > 0 : hasPrefix(path, prefixes);
}
function purchaseStep(pathname) {
  const found = segments(decoded(pathname) ?? "");
  if (found.some((segment) => CHECKOUT.has(segment))) return "checkout";
  return found.some((segment) => CART.has(segment)) ? "cart" : null;
}
function hasPrefix(path, prefixes) {
  const listed = Array.isArray(prefixes) ? prefixes : [];
  return listed.some((prefix) => typeof prefix === "string" && path.startsWith(prefix.toLowerCase()));
}
function words(text) {
  return new Set(text.trim().split(/\s+/));
}
function decoded(pathname) {
  let path = pathname;
  for (let count2 = 0; count2 < MAX_DECODINGS; count2 += 1) {
    let next;
    try {
      next = decodeURIComponent(path);
    } catch {
      return null;
    }
    if (next === path) return path.toLowerCase().replace(/[/\\]+/g, "/");
    path = next;
  }
  return null;
}
function segments(path) {
  return path.split("/").map((segment) => /^[\w-]*/.exec(segment)?.[0] ?? "");
}

// shared/ratelimit.js
var MAX_COUNTED = 1e4;
var RateLimit = class {
  #windows = /* @__PURE__ */ new Map();
  count(who, most, seconds2) {
    const now = Date.now();
    const known2 = this.#windows.get(who);
    const window = known2 && known2.ends > now ? known2 : { count: 0, ends: now + seconds2 * 1e3 };
    window.count += 1;
    this.#windows.delete(who);
    this.#windows.set(who, window);
    if (this.#windows.size > MAX_COUNTED) {
      const [oldest] = this.#windows.keys();
      this.#windows.delete(oldest);
    }
    const left = Math.max(0, most - window.count);
    return { isOver: window.count > most, left, seconds: Math.ceil((window.ends - now) / 1e3) };
  }
};

// shared/secrets.js
async function isSame(given, expected) {
  const [left, right] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(left, right);
}
function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
function bearer(request) {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// shared/purging.js
var PURGE_PATH = "/.well-known/code24/purge";
var EVERYTHING = "*";
var MAX_TAG = 256;
var MAX_TAGS = 100;
var MAX_TAGS_LENGTH = 8e3;
var MAX_BODY = 65536;
var MARK_MS = 5e3;
var MAX_MARKS = 1e3;
var MARKS_URL = "https://purges.code24.invalid/";
var PREFIX = "purge:";
var MIN_KV_TTL_S = 60;
var wrongKeys = new RateLimit();
var known = { marks: /* @__PURE__ */ new Map(), readAt: 0 };
function tagsOf(headers, pathname) {
  const named = [...(headers.get("Cache-Tag") ?? "").split(","), ...(headers.get("Surrogate-Key") ?? "").split(/\s+/)];
  const tags = named.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag && tag.length <= MAX_TAG);
  let length = 0;
  const kept = [...new Set(tags)].slice(0, MAX_TAGS).filter((tag) => (length += tag.length) <= MAX_TAGS_LENGTH);
  return [pathTag(pathname), ...kept];
}
function pathTag(pathname) {
  return `path ${pathname}`.slice(0, MAX_TAG);
}
async function isPurged({ at, tags }, env, cache, ctx) {
  const age = Date.now() - known.readAt;
  if (known.readAt === 0) await readMarks(env, cache);
  else if (age > MARK_MS) ctx.waitUntil(readMarks(env, cache));
  return [EVERYTHING, ...tags].some((tag) => at <= (known.marks.get(tag) ?? -1));
}
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
async function marksInKv(kv) {
  const marks = [];
  let cursor = null;
  do {
    const page2 = await kv.list({ prefix: PREFIX, cursor });
    for (const { name, metadata } of page2.keys) marks.push([name.slice(PREFIX.length), Number(metadata?.at ?? 0)]);
    cursor = page2.list_complete ? null : page2.cursor;
  } while (cursor);
  return marks;
}
async function marksInCache(cache) {
  const found = await cache?.match(MARKS_URL);
  return found ? Object.entries(await found.json()) : [];
}
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
  for (const [tag, since] of known.marks) if (at - since > life * 1e3) known.marks.delete(tag);
  if (known.marks.size > MAX_MARKS) {
    known.marks.clear();
    known.marks.set(EVERYTHING, at);
  }
  const headers = { "Cache-Control": `max-age=${life}` };
  await cache?.put(MARKS_URL, Response.json(Object.fromEntries(known.marks), { headers }));
}
async function purge(request, env, cache, life) {
  if (!env.PURGE_KEY) return failure(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (request.method !== "POST") return failure(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const order = await readOrder(request);
  const key = bearer(request) ?? order?.key;
  if (typeof key !== "string" || !await isSame(key, env.PURGE_KEY)) {
    const { isOver, seconds: seconds2 } = wrongKeys.count(addressOf(request), 10, 60);
    if (isOver) return failure(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(seconds2) });
    return failure(403, "forbidden", "The key is not the right one.");
  }
  const tags = wantedTags(order);
  if (order === null || tags === null)
    return failure(400, "invalid_purge", `Name tags, paths (texts, ${MAX_TAGS} at most), or "everything": true.`);
  await writeMarks(tags, env, cache, Math.max(life, 1));
  return json(200, {
    purged: { tags: order.tags ?? [], paths: order.paths ?? [], everything: order.everything === true }
  });
}
async function readOrder(request) {
  if (Number(request.headers.get("Content-Length") ?? MAX_BODY + 1) > MAX_BODY) return null;
  try {
    const order = await request.json();
    return typeof order === "object" ? order : null;
  } catch {
    return null;
  }
}
function wantedTags(order) {
  if (order?.everything === true) return [EVERYTHING];
  const { tags = [], paths = [] } = order ?? {};
  if (!isList(tags) || !isList(paths)) return null;
  const all = [...tags.map((tag) => tag.trim().toLowerCase()).filter(Boolean), ...paths.map(pathTag)];
  return all.length > 0 && all.length <= MAX_TAGS ? all : null;
}
function isList(list) {
  return Array.isArray(list) && list.every((text) => typeof text === "string" && text.length <= MAX_TAG);
}

// shared/revalidation.js
var REPEAT_MS = 3e4;
var underway = /* @__PURE__ */ new Map();
async function usable({ env, ctx }, cache, key, asked) {
  if (!cache) return null;
  const copy = await find(cache, asked ? new Request(key, { headers: asked }) : key);
  return copy && !await isPurged(copy.entry, env, cache, ctx) ? copy : null;
}
function conditionOf(entry) {
  const late = ageOf(entry) - entry.fresh;
  if (late <= 0) return "fresh";
  if (late <= entry.whileRevalidating) return "stale";
  return late <= entry.ifError ? "spare" : "gone";
}
function replaceLater(ctx, key, make) {
  const now = Date.now();
  if (now - (underway.get(key) ?? 0) < REPEAT_MS) return;
  underway.set(key, now);
  ctx.waitUntil(make().finally(() => underway.delete(key)));
}

// shared/fronting.js
var PRIVATE_QUERY = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
var PROMISED = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i]
];
var MAX_SIZE = 32 * 1024 * 1024;
var FAILED = /* @__PURE__ */ new Set([500, 502, 503, 504]);
var PERSONAL = /* @__PURE__ */ new Set(["vary", "set-cookie", "cache-control"]);
var PERSONAL_MS = 6e4;
var MAX_PERSONAL = 2e3;
var personal = /* @__PURE__ */ new Map();
var RENEWED = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];
async function serve(visit) {
  const refused2 = requestReason(visit);
  if (refused2) return forward(visit, refused2);
  const cache = await openCache(visit.cacheName);
  if (!cache) return forward(visit, "unavailable");
  const key = cacheKey(visit);
  const copy = await usable(visit, cache, key);
  if (!copy) return await passed(visit, key) ?? fetchNew(visit, cache, key, null);
  const condition = conditionOf(copy.entry);
  if (condition === "fresh") return tell(reveal(visit.request, copy), "HIT");
  if (condition !== "stale") return fetchNew(visit, cache, key, copy);
  replaceLater(visit.ctx, key, () => refresh(visit, cache, key, copy.response.headers.get("ETag")));
  return tell(reveal(visit.request, copy), "STALE");
}
async function passed(visit, key) {
  const found = personal.get(key);
  if (found && found.until > Date.now()) return forward(visit, found.reason);
  personal.delete(key);
  return null;
}
function pass(key, reason) {
  personal.set(key, { reason, until: Date.now() + PERSONAL_MS });
  if (personal.size > MAX_PERSONAL) personal.delete(
    personal.keys().next().value
  );
}
async function forward(visit, reason) {
  const answer = await ask(visit, { shared: false });
  if (answer.failed) return unavailable(visit);
  if (answer.response.webSocket) return answer.response;
  return tell(hideTags(toPublic(visit, answer.response)), `BYPASS; reason=${reason}`);
}
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
    await response.body?.cancel();
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
function renew(visit, cache, key, old, response, at) {
  const { entry, response: renewed } = confirmed(visit, old, response, at);
  if (visit.request.method === "GET") visit.ctx.waitUntil(keep(cache, key, renewed.clone(), entry));
  return tell(unlessKnown(visit.request, renewed), "REVALIDATED");
}
function confirmed(visit, old, response, at) {
  const renewed = reveal(new Request(visit.url), old);
  renewed.headers.delete("Age");
  for (const name of RENEWED) {
    const value = response.headers.get(name);
    if (value !== null) renewed.headers.set(name, value);
  }
  const entry = entryOf(visit, renewed, at);
  if (entry.tags.length === 1) entry.tags = old.entry.tags;
  return { entry, response: hideTags(renewed) };
}
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
async function ask(visit, options) {
  const { originTimeout: timeout } = visit.parameters;
  try {
    return { response: await askOrigin({ ...visit, timeout }, options), failed: false };
  } catch (error) {
    console.error(`origin unreachable: ${visit.origin.host}: ${fetchProblem(error, timeoutMs(timeout))}`);
    return { response: null, failed: true };
  }
}
function unavailable({ request, title }) {
  return failureFor(request, title, 502, "origin_unreachable", "The site cannot be reached at the moment.");
}
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
function responseReason(visit, response) {
  const { headers } = response;
  if (response.status !== 200) return "status";
  if (headers.has("Set-Cookie")) return "set-cookie";
  if (forbidsSharing(headers)) return "cache-control";
  if ((headers.get("Vary") ?? "").split(",").some((name) => !/^\s*(accept-encoding)?\s*$/i.test(name))) return "vary";
  if (!isPage(response) && !keepsItsPromise(visit.url.pathname, headers)) return "type";
  if (isPage(response) && hasSession(visit.request, visit.parameters)) return "session";
  if (Number(headers.get("Content-Length") ?? 0) > MAX_SIZE) return "size";
  return freshness(visit, response) === 0 ? "ttl" : null;
}
function keepsItsPromise(pathname, headers) {
  const type = headers.get("Content-Type") ?? "";
  return PROMISED.some(([name, promised]) => name.test(pathname) && promised.test(type));
}
function freshness({ parameters, defaults }, response) {
  const kind = isPage(response) ? "pageTtl" : "assetTtl";
  const ttl = wholeNumber(parameters[kind], defaults[kind]);
  return Math.min(ttl, freshFor(response.headers) ?? ttl);
}
function longestLife(parameters, defaults) {
  const longest = (...names) => Math.max(...names.map((name) => wholeNumber(parameters[name], defaults[name])));
  return longest("pageTtl", "assetTtl") + MOST_STALE_S;
}
function entryOf(visit, response, at) {
  const { parameters, defaults, url } = visit;
  const { headers } = response;
  const spare = (name) => wholeNumber(parameters[name], defaults[name]);
  return {
    at,
    fresh: freshness(visit, response),
    whileRevalidating: staleFor(headers, "stale-while-revalidate", spare("staleWhileRevalidate")),
    ifError: staleFor(headers, "stale-if-error", spare("staleIfError")),
    rule: headers.get("Cache-Control"),
    tags: tagsOf(headers, url.pathname)
  };
}
function cacheKey({ url, origin, variant }) {
  const search = withoutTracking(url.search);
  const own = new URLSearchParams({ "code24-origin": origin.href, ...variant && { "code24-variant": variant } });
  return `${url.origin}${url.pathname}${search || "?"}${search && "&"}${own}`;
}
function hideTags(response) {
  response.headers.delete("Cache-Tag");
  response.headers.delete("Surrogate-Key");
  return response;
}
function tell(response, cacheState) {
  response.headers.set("Code24-Cache", cacheState);
  return response;
}

// shared/maintenance.js
var RETRY_AFTER_S = 600;
var MESSAGE = "We are working on the site and will be back soon.";
var TITLE = "Back soon";
function closed(request, url, { message, retryAfter, allowedAddresses, paths }) {
  const isPart = Array.isArray(paths) && paths.length > 0;
  if (isPart && !isBelowAny(url.pathname, paths)) return null;
  if (Array.isArray(allowedAddresses) && allowedAddresses.includes(addressOf(request))) return null;
  const answer = failureFor(request, TITLE, 503, "maintenance", message ?? MESSAGE);
  answer.headers.set("Retry-After", String(wholeNumber(retryAfter, RETRY_AFTER_S)));
  return answer;
}

// shared/security.js
var HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var FRAME_OPTIONS = "SAMEORIGIN";
var REQUESTS_PER_MINUTE = 0;
var LOGINS_PER_MINUTE = 30;
var TOOLS = /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
var PROBES = /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
var LOGIN = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;
var visits = new RateLimit();
var logins = new RateLimit();
function protect(response, { frameOptions, contentSecurityPolicy, permissionsPolicy }) {
  const wanted = {
    ...HEADERS,
    "X-Frame-Options": frameOptions ?? FRAME_OPTIONS,
    "Content-Security-Policy": contentSecurityPolicy,
    "Permissions-Policy": permissionsPolicy
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (value && !response.headers.has(name)) response.headers.set(name, value);
  }
}
function turnAway(request, url, parameters, title) {
  const blocked = Array.isArray(parameters.blockedAgents) ? parameters.blockedAgents : [];
  const agent = (request.headers.get("User-Agent") ?? "").toLowerCase();
  const isBot = TOOLS.test(agent) || blocked.some((part) => agent.includes(String(part).toLowerCase()));
  if (isBot || PROBES.test(url.pathname))
    return failureFor(request, title, 403, "blocked", "This request is not served.");
  const late = tooOften(request, url, parameters);
  if (!late) return null;
  const refused2 = failureFor(request, title, 429, "too_many_requests", "Too many requests. Please try again later.");
  refused2.headers.set("Retry-After", String(late.seconds));
  return refused2;
}
function tooOften(request, url, { requestsPerMinute, loginsPerMinute }) {
  const address = addressOf(request);
  const most = wholeNumber(requestsPerMinute, REQUESTS_PER_MINUTE);
  const mostLogins = wholeNumber(loginsPerMinute, LOGINS_PER_MINUTE);
  if (!address) return null;
  const isLogin = request.method === "POST" && LOGIN.test(url.pathname);
  const counts = [];
  if (isLogin && mostLogins > 0) counts.push(logins.count(address, mostLogins, 60));
  if (most > 0) counts.push(visits.count(address, most, 60));
  return counts.find(({ isOver }) => isOver) ?? null;
}

// shared/refusing.js
function refused({ request, url }, config) {
  const maintenance = feature(config, "maintenance");
  const security = feature(config, "security");
  return (maintenance && closed(request, url, maintenance)) ?? (security && turnAway(request, url, security, "Not available"));
}

// shared/analytics.js
var MAX_INDEX_BYTES = 96;
var MAX_BLOB_BYTES = 1024;
function writePoint(dataset, { index, blobs, doubles }) {
  try {
    if (!dataset) throw new Error("the binding is missing");
    dataset.writeDataPoint({
      indexes: [cutBytes(index, MAX_INDEX_BYTES)],
      blobs: blobs.map((blob) => cutBytes(blob, MAX_BLOB_BYTES)),
      doubles
    });
  } catch (error) {
    console.error("data point lost:", messageOf(error));
  }
}
function cutBytes(text, bytes) {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes), { stream: true });
}

// templates/customer/ecommerce/src/analytics.js
var TO_CART = /^add[-_]to[-_]cart$/i;
var THANKS = /\/(order-received|thank-?you|thankyou|order-confirmation|checkout\/(onepage\/)?success)(\/|$)/i;
function count({ request, url, env }, response, config, parameters, variant, milliseconds) {
  const event = eventOf(request, url, response, parameters);
  if (!event) return;
  writePoint(env.ANALYTICS, {
    index: config.customerId ?? "",
    blobs: [
      event,
      url.hostname,
      url.pathname,
      request.method,
      response.headers.get("Code24-Cache")?.split(";")[0] ?? "",
      String(request.cf?.country ?? ""),
      config.environment ?? "",
      config.plan ?? "",
      ...variant ? [variant.name] : []
    ],
    doubles: [response.status, milliseconds]
  });
}
function isKnownPage(request, response) {
  return response.status === 304 && (request.headers.get("Accept") ?? "").includes("text/html");
}
function eventOf(request, url, response, { productPaths, purchasePaths }) {
  if (ASSET.test(url.pathname)) return null;
  const isView = request.method === "GET" && (isPage(response) || isKnownPage(request, response));
  const isThanks = THANKS.test(url.pathname) || isBelowAny(url.pathname, purchasePaths);
  if (isView && isThanks && response.status < 300) return "purchase";
  const step = purchaseStep(url.pathname);
  if (step) return step;
  if ([...url.searchParams.keys()].some((name) => TO_CART.test(name))) return "cart";
  if (!isView) return null;
  return isBelowAny(url.pathname, productPaths) ? "product_view" : "page_view";
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

// templates/customer/ecommerce/src/splitting.js
var COOKIE = "code24-variant";
var DAYS = 30;
var BOT = /bot|crawl|spider|slurp|preview|lighthouse/i;
function variantOf(request, { variants, days }) {
  const listed = Array.isArray(variants) ? variants.filter((variant) => typeof variant?.name === "string") : [];
  if (listed.length === 0) return null;
  const maxAge = 86400 * (typeof days === "number" && Number.isInteger(days) ? days : DAYS);
  const known2 = listed.find(({ name }) => name === cookie(request, COOKIE));
  if (known2) return { name: known2.name, isNew: false, maxAge };
  if (BOT.test(request.headers.get("User-Agent") ?? "")) return { name: listed[0].name, isNew: false, maxAge };
  return { name: draw(listed), isNew: true, maxAge };
}
function draw(variants) {
  const weights = variants.map(({ weight }) => wholeNumber(weight, 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32 * total;
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return variants[Math.max(index, 0)].name;
}
function remember(response, { name, isNew, maxAge }) {
  if (!isPage(response)) return;
  response.headers.append("Vary", "Cookie");
  if (!isNew) return;
  response.headers.append("Set-Cookie", `${COOKIE}=${name}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=Lax`);
  response.headers.set("Cache-Control", "private, no-cache");
}

// templates/customer/ecommerce/src/index.js
var TITLE2 = "Shop unavailable";
var CACHE = "code24-ecommerce";
var DEFAULTS = { pageTtl: 60, assetTtl: 86400, staleWhileRevalidate: 60, staleIfError: 86400 };
var index_default = {
  async fetch(request, env, ctx) {
    const started = Date.now();
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const { parameters } = config;
    if (url.pathname.endsWith(PURGE_PATH))
      return purge(request, env, await openCache(CACHE), longestLife(parameters, DEFAULTS));
    const visit = { request, url, parameters, defaults: DEFAULTS, env, ctx, cacheName: CACHE, title: TITLE2 };
    const split = feature(config, "ab-testing");
    const variant = split && variantOf(request, split);
    const answer = refused(visit, config) ?? await served(visit, variant);
    if (answer.webSocket) return answer;
    if (variant) remember(answer, variant);
    return withFeatures(visit, answer, config, variant, started);
  }
};
async function served(visit, variant) {
  const { request, url, parameters } = visit;
  const { url: origin, problem } = originOf(parameters, url, "https://shop.example.com/");
  if (!origin) return failureFor(request, TITLE2, 422, "invalid_parameters", problem, { field: "parameters.origin" });
  const extra = variant ? { "Code24-Variant": variant.name } : {};
  return serve({ ...visit, origin, extra, variant: variant?.name });
}
function withFeatures(visit, answer, config, variant, started) {
  const security = feature(config, "security");
  if (security) protect(answer, security);
  const analytics = feature(config, "analytics");
  if (analytics) count(visit, answer, config, analytics, variant, Date.now() - started);
  const optimization = feature(config, "optimization");
  return optimization ? optimize(visit.request, answer, optimization) : answer;
}
export {
  index_default as default
};

// Generated from templates/customer/static/src by `make bundles`.
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
function wholeNumber(value, otherwise) {
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
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
function reveal(request, { response, entry }) {
  const shown = new Response(response.body, response);
  shown.headers.delete(ENTRY);
  shown.headers.delete("Cache-Control");
  if (entry.rule !== null) shown.headers.set("Cache-Control", entry.rule);
  shown.headers.set("Age", String(Math.floor(ageOf(entry))));
  return unlessKnown(request, shown);
}

// shared/ratelimit.js
var MAX_COUNTED = 1e4;
var RateLimit = class {
  #windows = /* @__PURE__ */ new Map();
  count(who, most, seconds) {
    const now = Date.now();
    const known2 = this.#windows.get(who);
    const window = known2 && known2.ends > now ? known2 : { count: 0, ends: now + seconds * 1e3 };
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

// shared/visitor.js
var HARMLESS = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function addressOf(request) {
  return request.headers.get("CF-Connecting-IP") ?? "";
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
    const { isOver, seconds } = wrongKeys.count(addressOf(request), 10, 60);
    if (isOver) return failure(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(seconds) });
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

// shared/ranges.js
function rangeOf(asked, own, size) {
  const [, first2, last] = /^bytes=(\d*)-(\d*)$/.exec(asked.get("Range")?.trim() ?? "") ?? [];
  if (first2 === void 0 || first2 + last === "" || !isSameFile(asked.get("If-Range"), own)) return null;
  if (first2 === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "none" : { offset: size - length, length };
  }
  if (last !== "" && Number(last) < Number(first2)) return null;
  if (Number(first2) >= size) return "none";
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return { offset: Number(first2), length: end - Number(first2) };
}
function isSameFile(condition, own) {
  if (condition === null) return true;
  return [own.get("ETag"), own.get("Last-Modified")].some((value) => value === condition && !value.startsWith("W/"));
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
  const isBot = TOOLS.test(agent) || blocked.some((part2) => agent.includes(String(part2).toLowerCase()));
  if (isBot || PROBES.test(url.pathname))
    return failureFor(request, title, 403, "blocked", "This request is not served.");
  const late = tooOften(request, url, parameters);
  if (!late) return null;
  const refused = failureFor(request, title, 429, "too_many_requests", "Too many requests. Please try again later.");
  refused.headers.set("Retry-After", String(late.seconds));
  return refused;
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

// templates/customer/static/src/naming.js
var HIDDEN = /(^|\/)\.(?!well-known(\/|$))/;
var HASHED = /[.-](?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.[a-z0-9]+$/i;
var MAX_KEY = 1e3;
function keysOf(pathname, { prefix, index, cleanUrls }) {
  const path = decoded(pathname);
  if (path === null || HIDDEN.test(path)) return [];
  const isFolder = path === "" || path.endsWith("/");
  const keys = isFolder ? [path + index] : [path, ...cleanUrls ? [`${path}.html`] : []];
  return keys.map((key) => prefix + key).filter((key) => new TextEncoder().encode(key).length <= MAX_KEY);
}
function folderKeyOf(pathname, layout) {
  return pathname.endsWith("/") ? null : keysOf(`${pathname}/`, layout)[0] ?? null;
}
function isFileName(pathname) {
  return /\.[A-Za-z0-9]{1,8}$/.test(pathname);
}
function isImmutable(pathname, prefixes) {
  const listed = Array.isArray(prefixes) ? prefixes : [];
  return HASHED.test(pathname) || listed.some((prefix) => typeof prefix === "string" && pathname.startsWith(prefix));
}
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname).replace(/^\/+/, "");
  } catch {
    return null;
  }
}

// shared/contenttypes.js
var TEXT = {
  css: "text/css",
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  js: "text/javascript",
  md: "text/markdown",
  mjs: "text/javascript",
  txt: "text/plain",
  vtt: "text/vtt",
  xml: "application/xml",
  json: "application/json",
  map: "application/json",
  rss: "application/rss+xml",
  atom: "application/atom+xml",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
  geojson: "application/geo+json"
};
var BINARY = {
  aac: "audio/aac",
  avif: "image/avif",
  bmp: "image/bmp",
  eot: "application/vnd.ms-fontobject",
  flac: "audio/flac",
  gif: "image/gif",
  gz: "application/gzip",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  m4a: "audio/mp4",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  ttf: "font/ttf",
  wasm: "application/wasm",
  wav: "audio/wav",
  weba: "audio/webm",
  webm: "video/webm",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  zip: "application/zip"
};
var UNKNOWN = "application/octet-stream";
function typeOf(key, stored) {
  if (stored && stored !== UNKNOWN) return stored;
  const extension = /\.([A-Za-z0-9]+)$/.exec(key)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(TEXT, extension)) return `${TEXT[extension]}; charset=utf-8`;
  return Object.hasOwn(BINARY, extension) ? BINARY[extension] : UNKNOWN;
}

// templates/customer/static/src/stores.js
function storeOf(features, env) {
  const { BUCKET, PAGES } = env;
  if (features.includes("r2") && BUCKET) return (key) => fromBucket(BUCKET, key);
  if (features.includes("kv") && PAGES) return (key) => fromNamespace(PAGES, key);
  return null;
}
async function fromBucket(bucket, key) {
  const found = await bucket.get(key);
  if (found === null) return null;
  const headers = new Headers();
  found.writeHttpMetadata(headers);
  headers.delete("Cache-Control");
  headers.delete("Expires");
  headers.set("Content-Type", typeOf(key, found.httpMetadata?.contentType));
  headers.set("ETag", found.httpEtag);
  headers.set("Last-Modified", found.uploaded.toUTCString());
  const read = async (part2) => {
    if (part2 === null) return found.body;
    await found.body.cancel();
    const again = await bucket.get(key, { range: part2, onlyIf: { etagMatches: found.etag } });
    return again && "body" in again ? again.body : null;
  };
  return { size: found.size, headers, isPacked: headers.has("Content-Encoding"), read };
}
async function fromNamespace(namespace, key) {
  if (key === "" || new TextEncoder().encode(key).length > 512 || key === "." || key === "..") return null;
  const { value, metadata } = await namespace.getWithMetadata(key, { type: "arrayBuffer" });
  if (value === null) return null;
  const digest2 = new Uint8Array(await crypto.subtle.digest("SHA-256", value)).slice(0, 16);
  const headers = new Headers({
    "Content-Type": typeOf(key, metadata?.contentType),
    ETag: `"${Array.from(digest2, (byte) => byte.toString(16).padStart(2, "0")).join("")}"`
  });
  const read = async (part2) => part2 === null ? value : value.slice(part2.offset, part2.offset + part2.length);
  return { size: value.byteLength, headers, isPacked: false, read };
}

// templates/customer/static/src/index.js
var TITLE = "Site unavailable";
var CACHE = "code24-static";
var EDGE_TTL_S = 60;
var STALE_S = 86400;
var PAGE_MAX_AGE_S = 0;
var ASSET_MAX_AGE_S = 3600;
var YEAR_S = 31536e3;
var MAX_CACHED = 32 * 1024 * 1024;
var index_default = {
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
    const answer = refused ?? await serve(visit);
    if (security) protect(answer, security);
    return request.method === "HEAD" ? new Response(null, answer) : answer;
  }
};
async function serve(visit) {
  const { request, url, store, ctx } = visit;
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed(request);
  if (!store) {
    const message = "The site needs one of the features r2 and kv, with its binding.";
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
function notAllowed(request) {
  const answer = failureFor(request, "Not possible", 405, "method_not_allowed", "This site can only be read.");
  answer.headers.set("Allow", "GET, HEAD");
  return answer;
}
function partOf(request) {
  const headers = new Headers();
  for (const name of ["Range", "If-Range"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
async function refresh(visit, cache, key) {
  const at = Date.now();
  const { response, reason } = await whole(visit);
  if (reason) return response.body?.cancel();
  return keep(cache, key, response, entryOf(visit, response, at));
}
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
async function part({ request }, response, file, range) {
  const { headers } = response;
  const state = "BYPASS; reason=range";
  if (range === "none") {
    await response.body?.cancel();
    headers.set("Content-Range", `bytes */${file.size}`);
    return tell(new Response(null, { status: 416, headers }), state);
  }
  const known2 = unlessKnown(request, response);
  if (known2 !== response) return tell(known2, state);
  const body = await file.read(range);
  if (body === null) throw new Error("the file has changed while it was read");
  headers.set("Content-Range", `bytes ${range.offset}-${range.offset + range.length - 1}/${file.size}`);
  headers.set("Content-Length", String(range.length));
  return tell(new Response(body, { status: 206, headers, encodeBody: file.isPacked ? "manual" : "automatic" }), state);
}
async function whole(visit) {
  const { url, store, parameters } = visit;
  const layout = {
    prefix: parameters.prefix ?? "",
    index: parameters.indexDocument ?? "index.html",
    cleanUrls: parameters.cleanUrls ?? true
  };
  const file = await first(store, keysOf(url.pathname, layout));
  if (file) return asAnswer(visit, file, 200);
  const folder = folderKeyOf(url.pathname, layout);
  if (folder && await exists(store, folder)) return { response: redirect(url) };
  if (parameters.mode === "spa" && !isFileName(url.pathname)) {
    const application = await first(store, keysOf("/", layout));
    if (application) return asAnswer(visit, application, 200);
  }
  const missing = await first(store, [layout.prefix + (parameters.notFoundDocument ?? "404.html")]);
  if (missing) return asAnswer(visit, missing, 404);
  return {
    response: failureFor(visit.request, "Not found", 404, "not_found", "There is no such page."),
    reason: "status"
  };
}
async function first(store, keys) {
  for (const key of keys) {
    const file = await store(key);
    if (file) return file;
  }
  return null;
}
async function exists(store, key) {
  const body = await (await store(key))?.read(null);
  if (body instanceof ReadableStream) await body.cancel();
  return Boolean(body);
}
function redirect(url) {
  const target = `${url.pathname.replace(/^[/\\]+/, "/")}/${url.search}`;
  return new Response(null, { status: 308, headers: { Location: target, "Cache-Control": "no-cache" } });
}
async function asAnswer({ url, parameters }, file, status) {
  const headers = new Headers(file.headers);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cache-Control", browserRule(url.pathname, headers, parameters));
  if (status === 200) headers.set("Accept-Ranges", "bytes");
  else for (const name of ["ETag", "Last-Modified"]) headers.delete(name);
  const body = await file.read(null);
  headers.set("Content-Length", String(file.size));
  const response = new Response(body, { status, headers, encodeBody: file.isPacked ? "manual" : "automatic" });
  if (file.isPacked) return { response, file, reason: "encoding" };
  return file.size > MAX_CACHED ? { response, file, reason: "size" } : { response, file };
}
function browserRule(pathname, headers, { pageMaxAge, assetMaxAge, immutablePaths }) {
  if (!isPage({ headers }) && isImmutable(pathname, immutablePaths)) return `public, max-age=${YEAR_S}, immutable`;
  const seconds = isPage({ headers }) ? wholeNumber(pageMaxAge, PAGE_MAX_AGE_S) : wholeNumber(assetMaxAge, ASSET_MAX_AGE_S);
  return `public, max-age=${seconds}${seconds === 0 ? ", must-revalidate" : ""}`;
}
function entryOf({ url, ttl, parameters }, response, at) {
  return {
    at,
    fresh: ttl,
    whileRevalidating: Math.min(ttl, STALE_S),
    ifError: wholeNumber(parameters.staleIfError, STALE_S),
    rule: response.headers.get("Cache-Control"),
    tags: tagsOf(response.headers, url.pathname)
  };
}
function tell(response, cacheState) {
  response.headers.set("Code24-Cache", cacheState);
  return response;
}
export {
  index_default as default
};

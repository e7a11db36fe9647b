// Generated from templates/customer/api/src by `make bundles`.
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
function fetchProblem(error, timeoutMs2) {
  const late = error?.name === "TimeoutError" || error?.name === "AbortError";
  return late ? `no answer within ${timeoutMs2} ms` : String(error?.message ?? error);
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

// shared/errors.js
function messageOf(thrown) {
  return String(thrown?.message ?? thrown);
}

// shared/visitor.js
var HARMLESS = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
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
  for (const cookie of cookies) copy.headers.append("Set-Cookie", publicCookie(visit, cookie));
  return copy;
}
function publicLocation({ origin, url }, location) {
  const target = URL.parse(location, originUrl(origin, url, false));
  const base = basePath(origin);
  if (!target || target.host !== origin.host || !isBelow(target.pathname, base)) return location;
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

// templates/customer/api/src/cors.js
var METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
var HEADERS = ["Authorization", "Content-Type", "X-API-Key", "API-Version"];
var MAX_AGE_S = 600;
function isPreflight(request) {
  return request.method === "OPTIONS" && request.headers.has("Origin") && request.headers.has("Access-Control-Request-Method");
}
function preflight(request, parameters) {
  const answer = new Response(null, { status: 204, headers: { Vary: "Origin" } });
  if (!allow(request, answer, parameters)) return answer;
  const { allowMethods = METHODS, allowHeaders = HEADERS, maxAge = MAX_AGE_S } = parameters;
  answer.headers.set("Access-Control-Allow-Methods", allowMethods.join(", "));
  answer.headers.set("Access-Control-Allow-Headers", allowHeaders.join(", "));
  answer.headers.set("Access-Control-Max-Age", String(maxAge));
  return answer;
}
function allow(request, response, { allowOrigins = [], exposeHeaders = [], allowCredentials = false }) {
  for (const name of [...response.headers.keys()])
    if (name.startsWith("access-control-")) response.headers.delete(name);
  const origin = request.headers.get("Origin");
  const isListed = origin !== null && allowOrigins.includes(origin);
  if (!/\bOrigin\b/i.test(response.headers.get("Vary") ?? "")) response.headers.append("Vary", "Origin");
  if (origin === null || !isListed && !allowOrigins.includes("*")) return false;
  response.headers.set("Access-Control-Allow-Origin", isListed ? origin : "*");
  if (allowCredentials && isListed) response.headers.set("Access-Control-Allow-Credentials", "true");
  if (exposeHeaders.length > 0) response.headers.set("Access-Control-Expose-Headers", exposeHeaders.join(", "));
  return true;
}

// shared/secrets.js
function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
async function fingerprint(text) {
  return Array.from(new Uint8Array(await digest(text)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
function bearer(request) {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// templates/customer/api/src/keys.js
var HEADER = "X-API-Key";
var WRONG_PER_MINUTE = 20;
var wrong = new RateLimit();
var known = { text: null, names: /* @__PURE__ */ new Map() };
async function identify(request, url, env, { header = HEADER, publicPaths = [] }) {
  const key = request.headers.get(header) ?? bearer(request);
  if (key === null && isPublic(url.pathname, publicPaths)) return { client: "" };
  if (!env.API_KEYS) return { refused: failure(503, "keys_missing", "The API needs the secret API_KEYS.") };
  const client = key === null ? void 0 : (await keys(env.API_KEYS)).get(await fingerprint(key));
  if (client !== void 0) return { client };
  const { isOver, seconds } = wrong.count(addressOf(request), WRONG_PER_MINUTE, 60);
  if (isOver)
    return { refused: failure(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(seconds) }) };
  const message = key === null ? `A key is needed, in the header ${header}.` : "The key is not known.";
  return { refused: failure(401, "unauthorized", message, {}, { "WWW-Authenticate": "Bearer" }) };
}
function isPublic(pathname, paths) {
  if (!/^[\w\-.~/]*$/.test(pathname) || pathname.includes("//")) return false;
  return paths.some((path) => pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`));
}
function hideKey(headers, { header = HEADER }) {
  if (headers.has(header)) headers.delete(header);
  else headers.delete("Authorization");
}
async function keys(text) {
  if (known.text === text) return known.names;
  const names = /* @__PURE__ */ new Map();
  for (const entry of text.split(/[\s,]+/)) {
    const [name, ...key] = entry.split(":");
    if (name && key.join(":")) names.set(await fingerprint(key.join(":")), name);
  }
  Object.assign(known, { text, names });
  return names;
}

// shared/schema.js
var MAX_PROBLEMS = 20;
var MAX_DEPTH = 64;
var NONE = Number.NaN;
function problemsOf(schema, value, path) {
  const found = [];
  look(schema, value, path, found, 0);
  return found.slice(0, MAX_PROBLEMS);
}
function look(schema, value, path, found, depth) {
  if (schema === true || typeof schema !== "object" || schema === null || found.length >= MAX_PROBLEMS) return;
  const say = (message) => void found.push({ path, message });
  if (depth > MAX_DEPTH) return say("is nested too deeply");
  if (schema.type !== void 0 && ![schema.type].flat().some((type) => isOf(type, value)))
    return say(`must be ${[schema.type].flat().join(" or ")}`);
  if (schema.enum && !schema.enum.some((one) => isEqual(one, value))) say(`must be one of ${schema.enum.join(", ")}`);
  if ("const" in schema && !isEqual(schema.const, value)) say(`must be ${schema.const}`);
  if (schema.anyOf && !schema.anyOf.some((one) => isGood(one, value, depth)))
    say("has none of the forms that it may have");
  if (typeof value === "number") lookAtNumber(schema, value, say);
  if (typeof value === "string") lookAtText(schema, value, say);
  if (Array.isArray(value)) lookAtList(schema, value, path, found, depth, say);
  else if (typeof value === "object" && value !== null) lookAtObject(schema, value, path, found, depth);
}
function isGood(schema, value, depth) {
  const found = [];
  look(schema, value, "", found, depth + 1);
  return found.length === 0;
}
function lookAtNumber(schema, value, say) {
  const {
    minimum = NONE,
    maximum = NONE,
    exclusiveMinimum = NONE,
    exclusiveMaximum = NONE,
    multipleOf = NONE
  } = schema;
  if (value < minimum) say(`must be ${minimum} or more`);
  if (value > maximum) say(`must be ${maximum} or less`);
  if (value <= exclusiveMinimum) say(`must be more than ${exclusiveMinimum}`);
  if (value >= exclusiveMaximum) say(`must be less than ${exclusiveMaximum}`);
  if (multipleOf > 0 && !Number.isInteger(value / multipleOf)) say(`must be a multiple of ${multipleOf}`);
}
function lookAtText({ minLength = NONE, maxLength = NONE, pattern }, value, say) {
  const length = [...value].length;
  if (length < minLength) say(`must have ${minLength} characters or more`);
  if (length > maxLength) say(`must have ${maxLength} characters at most`);
  if (pattern !== void 0 && !new RegExp(pattern, "u").test(value)) say(`must match ${pattern}`);
}
function lookAtList({ minItems = NONE, maxItems = NONE, uniqueItems, items }, value, path, found, depth, say) {
  if (value.length < minItems) say(`must have ${minItems} items or more`);
  if (value.length > maxItems) return say(`must have ${maxItems} items at most`);
  if (uniqueItems && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
    say("must not have an item twice");
  if (!items) return;
  for (const [index, item] of value.entries()) look(items, item, `${path}[${index}]`, found, depth + 1);
}
function lookAtObject({ required = [], properties = {}, additionalProperties = true }, value, path, found, depth) {
  for (const name of required) {
    if (!Object.hasOwn(value, name)) found.push({ path: `${path}.${name}`, message: "is missing" });
  }
  for (const [name, one] of Object.entries(value)) {
    const isKnown = Object.hasOwn(properties, name);
    const shown = `${path}.${name.slice(0, 64)}`;
    if (!isKnown && additionalProperties === false) found.push({ path: shown, message: "is not known" });
    else look(isKnown ? properties[name] : additionalProperties, one, shown, found, depth + 1);
  }
}
function isOf(type, value) {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
function isEqual(left, right) {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

// templates/customer/api/src/validation.js
function rulesFor(request, url, rules) {
  return rules.filter(({ method, path }) => method === request.method && isMatch(path, url.pathname));
}
function check(rules, url, contentType, bytes) {
  return rules.flatMap(({ query, body }) => [
    ...query ? problemsOf(query, asObject(url.searchParams, query.properties ?? {}), "query") : [],
    ...body ? problemsOfBody(body, contentType, bytes) : []
  ]);
}
function problemsOfBody(schema, contentType, bytes) {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(contentType ?? ""))
    return [{ path: "header Content-Type", message: "must be application/json" }];
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return [{ path: "body", message: "is no JSON" }];
  }
  return problemsOf(schema, value, "body");
}
function asObject(search, properties) {
  const found = {};
  for (const name of new Set(search.keys())) {
    const { type, items } = keywords(properties[name]);
    const one = type === "array" || type === void 0 ? keywords(items).type : type;
    const values = search.getAll(name).map((text) => asValue(text, one));
    const isList = values.length > 1 || type === "array";
    Object.defineProperty(found, name, { value: isList ? values : values[0], enumerable: true });
  }
  return found;
}
function keywords(schema) {
  return typeof schema === "object" && schema !== null ? schema : {};
}
function asValue(text, type) {
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return type === "boolean" && /^(true|false)$/.test(text) ? text === "true" : text;
}
function isMatch(pattern, pathname) {
  const [wanted, found] = [pattern, pathname].map((path) => path.replace(/\/$/, "").split("/"));
  return wanted.length === found.length && wanted.every((part, index) => /^\{\w+\}$/.test(part) ? found[index] !== "" : part === found[index]);
}

// templates/customer/api/src/versions.js
var HEADER2 = "API-Version";
function routeOf(request, url, { upstreams, defaultVersion, versionHeader, keepVersion }) {
  const named = (version) => usable(upstreams).find((upstream2) => upstream2.version === version);
  const first = url.pathname.split("/")[1];
  const byPath = named(first);
  if (byPath) {
    if (keepVersion === true) return { upstream: byPath, url, prefix: "" };
    const prefix = `/${first}`;
    const target = new URL(url);
    target.pathname = url.pathname.slice(prefix.length) || "/";
    return { upstream: byPath, url: target, prefix };
  }
  const upstream = named(request.headers.get(versionHeader ?? HEADER2) ?? defaultVersion);
  return upstream ? { upstream, url, prefix: "" } : null;
}
function usable(upstreams) {
  const listed = Array.isArray(upstreams) ? upstreams : [];
  return listed.filter((upstream) => typeof upstream?.version === "string");
}
function versionsOf({ upstreams }) {
  return usable(upstreams).map(({ version }) => version);
}
function isGone({ sunset }) {
  return Date.parse(sunset ?? "") <= Date.now();
}
function tellVersion(response, { version, deprecated, sunset }, header) {
  response.headers.set(typeof header === "string" ? header : HEADER2, version);
  const since = Date.parse(deprecated ?? "");
  const until = Date.parse(sunset ?? "");
  if (!Number.isNaN(since)) response.headers.set("Deprecation", `@${since / 1e3}`);
  if (!Number.isNaN(until)) response.headers.set("Sunset", new Date(until).toUTCString());
}

// templates/customer/api/src/index.js
var MAX_BODY = 1024 * 1024;
var REQUESTS = 60;
var SECONDS = 60;
var limits = new RateLimit();
var index_default = {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (asksHealth(url)) return healthy();
    const config = readConfig(env);
    const cors = feature(config, "cors");
    if (cors && isPreflight(request)) return preflight(request, cors);
    const answer = await answerTo(request, url, env, config);
    if (cors && !answer.webSocket) allow(request, answer, cors);
    return answer;
  }
};
async function answerTo(request, url, env, config) {
  const { parameters } = config;
  const route = routeOf(request, url, parameters);
  if (!route) return failure(404, "unknown_version", "There is no such version.", { versions: versionsOf(parameters) });
  if (isGone(route.upstream)) {
    const gone = failure(410, "version_gone", "This version is no more.");
    tellVersion(gone, route.upstream, parameters.versionHeader);
    return gone;
  }
  const keys2 = feature(config, "keys");
  const { client = "", refused } = keys2 ? await identify(request, route.url, env, keys2) : {};
  const limited = refused ? null : limit(request, client, feature(config, "rate-limit"));
  const answer = refused ?? limited?.refused ?? await checked(request, route, config, client);
  if (answer.webSocket) return answer;
  for (const [name, value] of Object.entries(limited?.headers ?? {})) answer.headers.set(name, value);
  return answer;
}
function limit(request, client, parameters) {
  if (!parameters) return null;
  const most = wholeNumber(parameters.requests, REQUESTS);
  const window = wholeNumber(parameters.seconds, SECONDS);
  const { isOver, left, seconds } = limits.count(client ? `client ${client}` : addressOf(request), most, window);
  const headers = {
    "RateLimit-Policy": `"default";q=${most};w=${window}`,
    RateLimit: `"default";r=${left};t=${seconds}`
  };
  if (!isOver) return { headers };
  const retry = { "Retry-After": String(seconds) };
  return { headers, refused: failure(429, "too_many_requests", `At most ${most} requests in ${window} s.`, {}, retry) };
}
async function checked(request, route, config, client) {
  const rules = rulesFor(request, route.url, feature(config, "validation")?.rules ?? []);
  const most = wholeNumber(config.parameters.maxBodyBytes, MAX_BODY);
  const body = await bodyOf(
    request,
    most,
    rules.some((rule) => rule.body)
  );
  if (body === null) return failure(413, "too_large", `The body may have ${most} bytes.`);
  try {
    const problems = check(rules, route.url, request.headers.get("Content-Type"), body.bytes);
    if (problems.length > 0)
      return failure(400, "invalid_request", "The request is not as it has to be.", { problems });
  } catch (error) {
    const details = { field: "parameters.validation" };
    return failure(422, "invalid_parameters", `parameters.validation: ${messageOf(error)}`, details);
  }
  return forward(request, route, config, client, body.stream);
}
async function bodyOf(request, most, isRead) {
  const none = new Uint8Array();
  if (!request.body) return { stream: null, bytes: none };
  const length = request.headers.get("Content-Length");
  if (Number(length ?? 0) > most) return null;
  if (length !== null && !isRead) return { stream: request.body, bytes: none };
  const chunks = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > most) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  return { stream: bytes, bytes };
}
async function forward(request, { upstream, url, prefix }, config, client, body) {
  const { parameters } = config;
  const { url: origin, problem } = originOf({ origin: upstream.origin }, url, "https://api.example.com/");
  if (!origin) return failure(422, "invalid_parameters", problem, { field: "parameters.upstreams" });
  const headers = new Headers(request.headers);
  const keys2 = feature(config, "keys");
  if (keys2 && client) hideKey(headers, keys2);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  const asked = new Request(url, { method: request.method, headers, body: hasBody ? body : null });
  const extra = client ? { "Code24-Client": client } : {};
  const { originTimeout: timeout } = parameters;
  try {
    const response = await askOrigin({ request: asked, url, origin, timeout, extra }, { shared: false });
    if (response.webSocket) return response;
    const answer = toPublic({ url, origin }, response);
    withPrefix(answer, url, prefix);
    tellVersion(answer, upstream, parameters.versionHeader);
    return answer;
  } catch (error) {
    console.error(`origin unreachable: ${origin.host}: ${fetchProblem(error, timeoutMs(timeout))}`);
    return failure(502, "origin_unreachable", "The API cannot be reached at the moment.");
  }
}
function withPrefix(response, url, prefix) {
  const location = response.headers.get("Location");
  if (prefix && location?.startsWith(`${url.origin}/`))
    response.headers.set("Location", url.origin + prefix + location.slice(url.origin.length));
}
export {
  index_default as default
};

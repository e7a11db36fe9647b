// Generated from templates/customer/api/src by `make bundles`. Do not edit.
// shared/errors.js
function x(e) {
  return String(e?.message ?? e);
}

// shared/answers.js
function R(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function H() {
  return R(200, { status: "ok" });
}
function d(e, t, n, r = {}, o = {}) {
  return R(e, { error: { code: t, message: n, ...r } }, o);
}
function L(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (n) return `no answer within ${t} ms`;
  const r = x(e);
  return /^internal error/i.test(r) ? "no connection" : r;
}

// shared/config.js
var ae = "/.well-known/code24/health";
function M(e) {
  return e.pathname.endsWith(ae);
}
function D(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function g({ features: e, parameters: t }, n) {
  return e.includes(n) ? t[n] ?? {} : null;
}
function v(e, t, n) {
  const r = e[t];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function A(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/visitors/visitor.js
var Ze = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function y(e) {
  return e.headers.get("CF-Connecting-IP") ?? "";
}

// shared/origin.js
var ce = 30;
var ue = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i"
);
var le = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity",
  // the edge compresses responses
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)"
};
var fe = /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;
function U(e, t, n) {
  const r = v({ origin: e.origin }, "origin", n);
  if (r.url?.host === t.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return r;
}
function de(e) {
  const t = e.slice(1).split("&").filter((n) => !fe.test([...new URLSearchParams(n).keys()][0] ?? ""));
  return t.join("&") && `?${t.join("&")}`;
}
async function z(e, { shared: t, etag: n = null }) {
  const { request: r, url: o, origin: s, extra: a = {} } = e;
  const i = t ? new Headers(le) : me(r);
  i.set("X-Forwarded-Host", o.host);
  i.set("X-Forwarded-Proto", o.protocol.slice(0, -1));
  for (const [f, p] of Object.entries(a)) i.set(f, p);
  if (n) i.set("If-None-Match", n);
  const c = B(s, o, t);
  const u = new AbortController();
  const l = setTimeout(() => u.abort(), _(e.timeout));
  try {
    const { method: f } = r;
    const p = f === "GET" || f === "HEAD" ? null : r.body;
    const h = await fetch(c, { method: f, headers: i, body: p, redirect: "manual", signal: u.signal });
    const $ = h.status >= 200 && h.status < 600 || h.webSocket;
    if (!$) throw new Error(`it answers with the status ${h.status}`);
    return h;
  } finally {
    clearTimeout(l);
  }
}
function _(e) {
  return 1e3 * (typeof e === "number" && e > 0 ? e : ce);
}
function me(e) {
  const t = new Headers(e.headers);
  for (const r of [...t.keys()]) if (ue.test(r)) t.delete(r);
  const n = y(e);
  if (n) t.set("X-Forwarded-For", n);
  return t;
}
function S(e) {
  return e.pathname.replace(/\/+$/, "");
}
function B(e, t, n) {
  const r = new URL(e);
  r.pathname = S(e) + t.pathname;
  r.search = n ? de(t.search) : t.search;
  r.hash = "";
  return r;
}
function F(e, t) {
  const n = new Response(t.body, t);
  const r = n.headers.get("Location");
  if (r !== null) n.headers.set("Location", pe(e, r));
  const o = n.headers.getSetCookie();
  n.headers.delete("Set-Cookie");
  for (const s of o) n.headers.append("Set-Cookie", he(e, s));
  return n;
}
function pe({ origin: e, url: t }, n) {
  const r = URL.parse(n, B(e, t, false));
  const o = S(e);
  if (!r || r.host !== e.host || !W(r.pathname, o)) return n;
  return `${t.origin}${r.pathname.slice(o.length) || "/"}${r.search}${r.hash}`;
}
function he({ origin: e, url: t }, n) {
  const r = S(e);
  const [o, ...s] = n.split(";");
  const a = s.flatMap((i) => {
    const [c, u = ""] = i.split("=").map((l) => l.trim());
    if (c.toLowerCase() === "domain") {
      const l = u.toLowerCase().replace(/^\./, "");
      return I(e.hostname, l) && !I(t.hostname, l) ? [] : [i];
    }
    if (c.toLowerCase() === "path" && r && W(u, r))
      return [` Path=${u.slice(r.length) || "/"}`];
    return [i];
  });
  return [o, ...a].join(";");
}
function W(e, t) {
  return e === t || e.startsWith(`${t}/`);
}
function I(e, t) {
  return e === t || e.endsWith(`.${t}`);
}

// shared/visitors/ratelimit.js
var ge = 1e4;
var b = class {
  #e = /* @__PURE__ */ new Map();
  count(t, n, r) {
    const o = Date.now();
    const s = this.#e.get(t);
    const a = s && s.ends > o ? s : { count: 0, ends: o + r * 1e3 };
    a.count += 1;
    this.#e.delete(t);
    this.#e.set(t, a);
    if (this.#e.size > ge) {
      const [c] = this.#e.keys();
      this.#e.delete(c);
    }
    const i = Math.max(0, n - a.count);
    return { isOver: a.count > n, left: i, seconds: Math.ceil((a.ends - o) / 1e3) };
  }
};

// templates/customer/api/src/cors.js
var ye = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
var be = ["Authorization", "Content-Type", "X-API-Key", "API-Version"];
var we = 600;
function X(e) {
  return e.method === "OPTIONS" && e.headers.has("Origin") && e.headers.has("Access-Control-Request-Method");
}
function G(e, t) {
  const n = new Response(null, { status: 204, headers: { Vary: "Origin" } });
  if (!E(e, n, t)) return n;
  const { allowMethods: r = ye, allowHeaders: o = be, maxAge: s = we } = t;
  n.headers.set("Access-Control-Allow-Methods", r.join(", "));
  n.headers.set("Access-Control-Allow-Headers", o.join(", "));
  n.headers.set("Access-Control-Max-Age", String(s));
  return n;
}
function E(e, t, { allowOrigins: n = [], exposeHeaders: r = [], allowCredentials: o = false }) {
  for (const i of [...t.headers.keys()])
    if (i.startsWith("access-control-")) t.headers.delete(i);
  const s = e.headers.get("Origin");
  const a = s !== null && n.includes(s);
  if (!/\bOrigin\b/i.test(t.headers.get("Vary") ?? "")) t.headers.append("Vary", "Origin");
  if (s === null || !a && !n.includes("*")) return false;
  t.headers.set("Access-Control-Allow-Origin", a ? s : "*");
  if (o && a) t.headers.set("Access-Control-Allow-Credentials", "true");
  if (r.length > 0) t.headers.set("Access-Control-Expose-Headers", r.join(", "));
  return true;
}

// shared/visitors/secrets.js
function xe(e) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(e));
}
async function C(e) {
  return Array.from(new Uint8Array(await xe(e)), (t) => t.toString(16).padStart(2, "0")).join("");
}
function V(e) {
  return /^Bearer\s+(\S+)\s*$/i.exec(e.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// templates/customer/api/src/keys.js
var K = "X-API-Key";
var Ae = 20;
var Oe = new b();
var T = { text: null, names: /* @__PURE__ */ new Map() };
async function J(e, t, n, { header: r = K, publicPaths: o = [] }) {
  const s = e.headers.get(r) ?? V(e);
  if (s === null && $e(t.pathname, o)) return { client: "" };
  if (!n.API_KEYS) return { refused: d(503, "keys_missing", "The secret API_KEYS is not set.") };
  const a = s === null ? void 0 : (await ke(n.API_KEYS)).get(await C(s));
  if (a !== void 0) return { client: a };
  const { isOver: i, seconds: c } = Oe.count(y(e), Ae, 60);
  if (i)
    return {
      refused: d(429, "too_many_requests", "Too many invalid keys.", {}, { "Retry-After": String(c) })
    };
  const u = s === null ? `Send an API key in the header ${r}.` : "The API key is invalid.";
  return { refused: d(401, "unauthorized", u, {}, { "WWW-Authenticate": "Bearer" }) };
}
function $e(e, t) {
  if (!/^[\w\-.~/]*$/.test(e) || e.includes("//")) return false;
  return t.some((n) => e === n || e.startsWith(n.endsWith("/") ? n : `${n}/`));
}
function Y(e, { header: t = K }) {
  if (e.has(t)) e.delete(t);
  else e.delete("Authorization");
}
async function ke(e) {
  if (T.text === e) return T.names;
  const t = /* @__PURE__ */ new Map();
  for (const n of e.split(/[\s,]+/)) {
    const [r, ...o] = n.split(":");
    if (r && o.join(":")) t.set(await C(o.join(":")), r);
  }
  Object.assign(T, { text: e, names: t });
  return t;
}

// shared/schema.js
var Q = 20;
var _e = 64;
var m = Number.NaN;
function P(e, t, n) {
  const r = [];
  O(e, t, n, r, 0);
  return r.slice(0, Q);
}
function O(e, t, n, r, o) {
  if (e === true || typeof e !== "object" || e === null || r.length >= Q) return;
  const s = (a) => void r.push({ path: n, message: a });
  if (o > _e) return s("is nested too deeply");
  if (e.type !== void 0 && ![e.type].flat().some((a) => Ne(a, t)))
    return s(`must be ${[e.type].flat().join(" or ")}`);
  if (e.enum && !e.enum.some((a) => q(a, t))) s(`must be one of ${e.enum.join(", ")}`);
  if ("const" in e && !q(e.const, t)) s(`must be ${e.const}`);
  if (e.anyOf && !e.anyOf.some((a) => Se(a, t, o)))
    s("has none of the forms that it may have");
  if (typeof t === "number") Ee(e, t, s);
  if (typeof t === "string") Ce(e, t, s);
  if (Array.isArray(t)) Te(e, t, n, r, o, s);
  else if (typeof t === "object" && t !== null) Pe(e, t, n, r, o);
}
function Se(e, t, n) {
  const r = [];
  O(e, t, "", r, n + 1);
  return r.length === 0;
}
function Ee(e, t, n) {
  const {
    minimum: r = m,
    maximum: o = m,
    exclusiveMinimum: s = m,
    exclusiveMaximum: a = m,
    multipleOf: i = m
  } = e;
  if (t < r) n(`must be ${r} or more`);
  if (t > o) n(`must be ${o} or less`);
  if (t <= s) n(`must be more than ${s}`);
  if (t >= a) n(`must be less than ${a}`);
  if (i > 0 && !Number.isInteger(t / i)) n(`must be a multiple of ${i}`);
}
function Ce({ minLength: e = m, maxLength: t = m, pattern: n }, r, o) {
  const s = [...r].length;
  if (s < e) o(`must have ${e} characters or more`);
  if (s > t) o(`must have ${t} characters at most`);
  if (n !== void 0 && !new RegExp(n, "u").test(r)) o(`must match ${n}`);
}
function Te({ minItems: e = m, maxItems: t = m, uniqueItems: n, items: r }, o, s, a, i, c) {
  if (o.length < e) c(`must have ${e} items or more`);
  if (o.length > t) return c(`must have ${t} items at most`);
  if (n && new Set(o.map((u) => JSON.stringify(u))).size < o.length)
    c("must not have an item twice");
  if (!r) return;
  for (const [u, l] of o.entries()) O(r, l, `${s}[${u}]`, a, i + 1);
}
function Pe({ required: e = [], properties: t = {}, additionalProperties: n = true }, r, o, s, a) {
  for (const i of e) {
    if (!Object.hasOwn(r, i)) s.push({ path: `${o}.${i}`, message: "is missing" });
  }
  for (const [i, c] of Object.entries(r)) {
    const u = Object.hasOwn(t, i);
    const l = `${o}.${i.slice(0, 64)}`;
    if (!u && n === false) s.push({ path: l, message: "is not known" });
    else O(u ? t[i] : n, c, l, s, a + 1);
  }
}
function Ne(e, t) {
  if (e === "null") return t === null;
  if (e === "array") return Array.isArray(t);
  if (e === "object") return typeof t === "object" && t !== null && !Array.isArray(t);
  if (e === "integer") return Number.isInteger(t);
  return typeof t === e;
}
function q(e, t) {
  return e === t || JSON.stringify(e) === JSON.stringify(t);
}

// templates/customer/api/src/validation.js
function ee(e, t, n) {
  return n.filter(({ method: r, path: o }) => r === e.method && Le(o, t.pathname));
}
function te(e, t, n, r) {
  return e.flatMap(({ query: o, body: s }) => [
    ...o ? P(o, Re(t.searchParams, o.properties ?? {}), "query") : [],
    ...s ? je(s, n, r) : []
  ]);
}
function je(e, t, n) {
  if (!/^application\/([\w.-]+\+)?json\b/i.test(t ?? ""))
    return [{ path: "header Content-Type", message: "must be application/json" }];
  let r;
  try {
    r = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(n));
  } catch {
    return [{ path: "body", message: "is not valid JSON" }];
  }
  return P(e, r, "body");
}
function Re(e, t) {
  const n = {};
  for (const r of new Set(e.keys())) {
    const { type: o, items: s } = Z(t[r]);
    const a = o === "array" || o === void 0 ? Z(s).type : o;
    const i = e.getAll(r).map((u) => He(u, a));
    const c = i.length > 1 || o === "array";
    Object.defineProperty(n, r, { value: c ? i : i[0], enumerable: true });
  }
  return n;
}
function Z(e) {
  return typeof e === "object" && e !== null ? e : {};
}
function He(e, t) {
  if ((t === "integer" || t === "number") && /^-?\d+(\.\d+)?$/.test(e)) return Number(e);
  return t === "boolean" && /^(true|false)$/.test(e) ? e === "true" : e;
}
function Le(e, t) {
  const [n, r] = [e, t].map((o) => o.replace(/\/$/, "").split("/"));
  return n.length === r.length && n.every((o, s) => /^\{\w+\}$/.test(o) ? r[s] !== "" : o === r[s]);
}

// templates/customer/api/src/versions.js
var ne = "API-Version";
function re(e, t, { upstreams: n, defaultVersion: r, versionHeader: o, keepVersion: s }) {
  const a = (l) => oe(n).find((f) => f.version === l);
  const i = t.pathname.split("/")[1];
  const c = a(i);
  if (c) {
    if (s === true) return { upstream: c, url: t, prefix: "" };
    const l = `/${i}`;
    const f = new URL(t);
    f.pathname = t.pathname.slice(l.length) || "/";
    return { upstream: c, url: f, prefix: l };
  }
  const u = a(e.headers.get(o ?? ne) ?? r);
  return u ? { upstream: u, url: t, prefix: "" } : null;
}
function oe(e) {
  const t = Array.isArray(e) ? e : [];
  return t.filter((n) => typeof n?.version === "string");
}
function se({ upstreams: e }) {
  return oe(e).map(({ version: t }) => t);
}
function ie({ sunset: e }) {
  return Date.parse(e ?? "") <= Date.now();
}
function N(e, { version: t, deprecated: n, sunset: r }, o) {
  e.headers.set(typeof o === "string" ? o : ne, t);
  const s = Date.parse(n ?? "");
  const a = Date.parse(r ?? "");
  if (!Number.isNaN(s)) e.headers.set("Deprecation", `@${s / 1e3}`);
  if (!Number.isNaN(a)) e.headers.set("Sunset", new Date(a).toUTCString());
}

// templates/customer/api/src/index.js
var Me = 1024 * 1024;
var De = 60;
var ve = 60;
var Ie = new b();
var St = {
  async fetch(e, t) {
    const n = new URL(e.url);
    if (M(n)) return H();
    const r = D(t);
    const o = g(r, "cors");
    if (o && X(e)) return G(e, o);
    const s = await Ue(e, n, t, r);
    if (o && !s.webSocket) E(e, s, o);
    return s;
  }
};
async function Ue(e, t, n, r) {
  const { parameters: o } = r;
  const s = re(e, t, o);
  if (!s) return d(404, "unknown_version", "There is no such version.", { versions: se(o) });
  if (ie(s.upstream)) {
    const f = d(410, "version_gone", "This version is no longer available.");
    N(f, s.upstream, o.versionHeader);
    return f;
  }
  const a = g(r, "keys");
  const { client: i = "", refused: c } = a ? await J(e, s.url, n, a) : {};
  const u = c ? null : ze(e, i, g(r, "rate-limit"));
  const l = c ?? u?.refused ?? await Be(e, s, r, i);
  if (l.webSocket) return l;
  for (const [f, p] of Object.entries(u?.headers ?? {})) l.headers.set(f, p);
  return l;
}
function ze(e, t, n) {
  if (!n) return null;
  const r = A(n.requests, De);
  const o = A(n.seconds, ve);
  const { isOver: s, left: a, seconds: i } = Ie.count(t ? `client ${t}` : y(e), r, o);
  const c = {
    "RateLimit-Policy": `"default";q=${r};w=${o}`,
    RateLimit: `"default";r=${a};t=${i}`
  };
  if (!s) return { headers: c };
  const u = { "Retry-After": String(i) };
  return {
    headers: c,
    refused: d(429, "too_many_requests", `The limit is ${r} requests in ${o} s.`, {}, u)
  };
}
async function Be(e, t, n, r) {
  const o = ee(e, t.url, g(n, "validation")?.rules ?? []);
  const s = A(n.parameters.maxBodyBytes, Me);
  const a = await Fe(
    e,
    s,
    o.some((i) => i.body)
  );
  if (a === null) return d(413, "too_large", `The body exceeds the limit of ${s} bytes.`);
  try {
    const i = te(o, t.url, e.headers.get("Content-Type"), a.bytes);
    if (i.length > 0)
      return d(400, "invalid_request", "The request is invalid; see problems.", { problems: i });
  } catch (i) {
    const c = { field: "parameters.validation" };
    return d(422, "invalid_parameters", `parameters.validation: ${x(i)}`, c);
  }
  return We(e, t, n, r, a.stream);
}
async function Fe(e, t, n) {
  const r = new Uint8Array();
  if (!e.body) return { stream: null, bytes: r };
  const o = e.headers.get("Content-Length");
  if (Number(o ?? 0) > t) return null;
  if (o !== null && !n) return { stream: e.body, bytes: r };
  const s = [];
  let a = 0;
  for await (const c of e.body) {
    a += c.byteLength;
    if (a > t) return null;
    s.push(c);
  }
  const i = new Uint8Array(await new Blob(s).arrayBuffer());
  return { stream: i, bytes: i };
}
async function We(e, { upstream: t, url: n, prefix: r }, o, s, a) {
  const { parameters: i } = o;
  const { url: c, problem: u } = U({ origin: t.origin }, n, "https://api.example.com/");
  if (!c) return d(422, "invalid_parameters", u, { field: "parameters.upstreams" });
  const l = new Headers(e.headers);
  const f = g(o, "keys");
  if (f && s) Y(l, f);
  const p = e.method !== "GET" && e.method !== "HEAD";
  const h = new Request(n, { method: e.method, headers: l, body: p ? a : null });
  const $ = s ? { "Code24-Client": s } : {};
  const { originTimeout: j } = i;
  try {
    const w = await z({ request: h, url: n, origin: c, timeout: j, extra: $ }, { shared: false });
    if (w.webSocket) return w;
    const k = F({ url: n, origin: c }, w);
    Xe(k, n, r);
    N(k, t, i.versionHeader);
    return k;
  } catch (w) {
    console.error(`origin unreachable: ${c.host}: ${L(w, _(j))}`);
    return d(502, "origin_unreachable", "The API cannot be reached at the moment.");
  }
}
function Xe(e, t, n) {
  const r = e.headers.get("Location");
  if (n && r?.startsWith(`${t.origin}/`))
    e.headers.set("Location", t.origin + n + r.slice(t.origin.length));
}
export {
  St as default
};

// Generated from templates/customer/static/src by `make bundles`. Do not edit.
// shared/errors.js
function p(t) {
  return String(t?.message ?? t);
}

// shared/html.js
function bt(t) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(t ?? "");
}
function S(t) {
  return bt(t.headers.get("Content-Type"));
}
function b(t) {
  return t.replace(/[&<>"']/g, (e) => `&#${e.charCodeAt(0)};`);
}

// shared/answers.js
function x(t, e, n = {}) {
  return Response.json(e, {
    status: t,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function U() {
  return x(200, { status: "ok" });
}
function g(t, e, n, o = {}, r = {}) {
  return x(t, { error: { code: e, message: n, ...o } }, r);
}
function f(t, e, n, o, r, a = {}) {
  const s = (t.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return g(n, o, r, a, { Vary: "Accept" });
  return new Response(xt(n, e, r), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function xt(t, e, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${b(e)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${b(e)}</h1><p>${b(n)}</p><small>${t}</small></main></body></html>
`;
}

// shared/caching/conditions.js
function G(t) {
  return t.trim().replace(/^W\//, "");
}
function y(t, e) {
  if (!At(t.headers, e.headers)) return e;
  e.body?.cancel();
  return new Response(null, { status: 304, headers: e.headers });
}
function At(t, e) {
  const [n, o] = [t.get("If-None-Match"), t.get("If-Modified-Since")];
  const [r, a] = [e.get("ETag"), e.get("Last-Modified")];
  if (n !== null)
    return r !== null && (n.trim() === "*" || n.split(",").map(G).includes(G(r)));
  return o !== null && a !== null && Date.parse(a) <= Date.parse(o);
}

// shared/config.js
var Et = "/.well-known/code24/health";
function D(t) {
  return t.pathname.endsWith(Et);
}
function z(t) {
  const e = t.CONFIG ?? {};
  return { ...e, features: e.features ?? [], parameters: e.parameters ?? {} };
}
function K({ features: t, parameters: e }, n) {
  return t.includes(n) ? e[n] ?? {} : null;
}
function d(t, e) {
  return Number.isInteger(t) && t >= 0 ? t : e;
}

// shared/caching/entries.js
var T = "Code24-Entry";
async function C(t) {
  try {
    return await caches.open(t);
  } catch {
    return null;
  }
}
async function X(t, e) {
  try {
    const n = await t.match(e);
    const o = JSON.parse(n?.headers.get(T) ?? "null");
    return n && o ? { response: n, entry: o } : null;
  } catch {
    return null;
  }
}
function O({ at: t }) {
  return Math.max(0, (Date.now() - t) / 1e3);
}
function _t({ fresh: t, whileRevalidating: e, ifError: n }) {
  return t + Math.max(e, n);
}
async function R(t, e, n, o) {
  const r = new Response(n.body, n);
  r.headers.set(T, JSON.stringify(o));
  r.headers.set("Cache-Control", `public, max-age=${_t(o)}`);
  try {
    await t.put(e, r);
  } catch (a) {
    console.warn(`not cached: ${p(a)}`);
  }
}
function A(t, { response: e, entry: n }) {
  const o = new Response(e.body, e);
  o.headers.delete(T);
  o.headers.delete("Cache-Control");
  if (n.rule !== null) o.headers.set("Cache-Control", n.rule);
  o.headers.set("Age", String(Math.floor(O(n))));
  return y(t, o);
}

// shared/visitors/ratelimit.js
var St = 1e4;
var h = class {
  #t = /* @__PURE__ */ new Map();
  count(e, n, o) {
    const r = Date.now();
    const a = this.#t.get(e);
    const s = a && a.ends > r ? a : { count: 0, ends: r + o * 1e3 };
    s.count += 1;
    this.#t.delete(e);
    this.#t.set(e, s);
    if (this.#t.size > St) {
      const [c] = this.#t.keys();
      this.#t.delete(c);
    }
    const i = Math.max(0, n - s.count);
    return { isOver: s.count > n, left: i, seconds: Math.ceil((s.ends - r) / 1e3) };
  }
};

// shared/visitors/secrets.js
async function F(t, e) {
  const [n, o] = await Promise.all([B(t), B(e)]);
  return crypto.subtle.timingSafeEqual(n, o);
}
function B(t) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(t));
}
function W(t) {
  return /^Bearer\s+(\S+)\s*$/i.exec(t.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// shared/visitors/visitor.js
var Te = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function E(t) {
  return t.headers.get("CF-Connecting-IP") ?? "";
}

// shared/caching/purging.js
var V = "/.well-known/code24/purge";
var P = "*";
var N = 256;
var $ = 100;
var Tt = 8e3;
var q = 65536;
var Ct = 5e3;
var Ot = 1e3;
var J = "https://purges.code24.invalid/";
var k = "purge:";
var Rt = 60;
var kt = new h();
var l = { marks: /* @__PURE__ */ new Map(), readAt: 0 };
function Z(t, e) {
  const n = [...(t.get("Cache-Tag") ?? "").split(","), ...(t.get("Surrogate-Key") ?? "").split(/\s+/)];
  const o = n.map((s) => s.trim().toLowerCase()).filter((s) => s && s.length <= N);
  let r = 0;
  const a = [...new Set(o)].slice(0, $).filter((s) => (r += s.length) <= Tt);
  return [Q(e), ...a];
}
function Q(t) {
  return `path ${t}`.slice(0, N);
}
async function tt({ at: t, tags: e }, n, o, r) {
  const a = Date.now() - l.readAt;
  if (l.readAt === 0) await M(n, o);
  else if (a > Ct) r.waitUntil(M(n, o));
  return [P, ...e].some((s) => t <= (l.marks.get(s) ?? -1));
}
async function M(t, e) {
  const n = Date.now();
  try {
    const o = t.PURGES ? await Mt(t.PURGES) : await Pt(e);
    for (const [r, a] of o) l.marks.set(r, Math.max(a, l.marks.get(r) ?? 0));
  } catch (o) {
    console.warn(`purges not read: ${p(o)}`);
  }
  l.readAt = n;
}
async function Mt(t) {
  const e = [];
  let n = null;
  do {
    const o = await t.list({ prefix: k, cursor: n });
    for (const { name: r, metadata: a } of o.keys) e.push([r.slice(k.length), Number(a?.at ?? 0)]);
    n = o.list_complete ? null : o.cursor;
  } while (n);
  return e;
}
async function Pt(t) {
  const e = await t?.match(J);
  return e ? Object.entries(await e.json()) : [];
}
async function Nt(t, e, n, o) {
  const r = Date.now();
  await M(e, n);
  for (const i of t) l.marks.set(i, r);
  const { PURGES: a } = e;
  if (a) {
    const i = { metadata: { at: r }, expirationTtl: Math.max(Rt, o) };
    await Promise.all(t.map((c) => a.put(k + c, "", i)));
    return;
  }
  for (const [i, c] of l.marks) if (r - c > o * 1e3) l.marks.delete(i);
  if (l.marks.size > Ot) {
    l.marks.clear();
    l.marks.set(P, r);
  }
  const s = { "Cache-Control": `max-age=${o}` };
  await n?.put(J, Response.json(Object.fromEntries(l.marks), { headers: s }));
}
async function et(t, e, n, o) {
  if (!e.PURGE_KEY) return g(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (t.method !== "POST") return g(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const r = await $t(t);
  const a = W(t) ?? r?.key;
  if (typeof a !== "string" || !await F(a, e.PURGE_KEY)) {
    const { isOver: i, seconds: c } = kt.count(E(t), 10, 60);
    if (i) return g(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(c) });
    return g(403, "forbidden", "The key is not the right one.");
  }
  const s = vt(r);
  if (r === null || s === null)
    return g(400, "invalid_purge", `Name tags, paths (texts, ${$} at most), or "everything": true.`);
  await Nt(s, e, n, Math.max(o, 1));
  return x(200, {
    purged: { tags: r.tags ?? [], paths: r.paths ?? [], everything: r.everything === true }
  });
}
async function $t(t) {
  if (Number(t.headers.get("Content-Length") ?? q + 1) > q) return null;
  try {
    const e = await t.json();
    return typeof e === "object" ? e : null;
  } catch {
    return null;
  }
}
function vt(t) {
  if (t?.everything === true) return [P];
  const { tags: e = [], paths: n = [] } = t ?? {};
  if (!Y(e) || !Y(n)) return null;
  const o = [...e.map((r) => r.trim().toLowerCase()).filter(Boolean), ...n.map(Q)];
  return o.length > 0 && o.length <= $ ? o : null;
}
function Y(t) {
  return Array.isArray(t) && t.every((e) => typeof e === "string" && e.length <= N);
}

// shared/caching/ranges.js
function nt(t, e, n) {
  const [, o, r] = /^bytes=(\d*)-(\d*)$/.exec(t.get("Range")?.trim() ?? "") ?? [];
  if (o === void 0 || o + r === "" || !Lt(t.get("If-Range"), e)) return null;
  if (o === "") {
    const s = Math.min(Number(r), n);
    return s === 0 ? "none" : { offset: n - s, length: s };
  }
  if (r !== "" && Number(r) < Number(o)) return null;
  if (Number(o) >= n) return "none";
  const a = r === "" ? n : Math.min(Number(r) + 1, n);
  return { offset: Number(o), length: a - Number(o) };
}
function Lt(t, e) {
  if (t === null) return true;
  return [e.get("ETag"), e.get("Last-Modified")].some((n) => n === t && !n.startsWith("W/"));
}

// shared/caching/revalidation.js
var jt = 3e4;
var v = /* @__PURE__ */ new Map();
async function ot({ env: t, ctx: e }, n, o, r) {
  if (!n) return null;
  const a = await X(n, r ? new Request(o, { headers: r }) : o);
  return a && !await tt(a.entry, t, n, e) ? a : null;
}
function rt(t) {
  const e = O(t) - t.fresh;
  if (e <= 0) return "fresh";
  if (e <= t.whileRevalidating) return "stale";
  return e <= t.ifError ? "spare" : "gone";
}
function at(t, e, n) {
  const o = Date.now();
  if (o - (v.get(e) ?? 0) < jt) return;
  v.set(e, o);
  t.waitUntil(n().finally(() => v.delete(e)));
}

// shared/visitors/security.js
var It = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var Ht = "SAMEORIGIN";
var Ut = 0;
var Gt = 30;
var Dt = /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
var zt = /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
var Kt = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;
var Xt = new h();
var Bt = new h();
function st(t, { frameOptions: e, contentSecurityPolicy: n, permissionsPolicy: o }) {
  const r = {
    ...It,
    "X-Frame-Options": e ?? Ht,
    "Content-Security-Policy": n,
    "Permissions-Policy": o
  };
  for (const [a, s] of Object.entries(r)) {
    if (s && !t.headers.has(a)) t.headers.set(a, s);
  }
}
function it(t, e, n, o) {
  const r = Array.isArray(n.blockedAgents) ? n.blockedAgents : [];
  const a = (t.headers.get("User-Agent") ?? "").toLowerCase();
  const s = Dt.test(a) || r.some((u) => a.includes(String(u).toLowerCase()));
  if (s || zt.test(e.pathname))
    return f(t, o, 403, "blocked", "This request is not served.");
  const i = Ft(t, e, n);
  if (!i) return null;
  const c = f(t, o, 429, "too_many_requests", "Too many requests. Please try again later.");
  c.headers.set("Retry-After", String(i.seconds));
  return c;
}
function Ft(t, e, { requestsPerMinute: n, loginsPerMinute: o }) {
  const r = E(t);
  const a = d(n, Ut);
  const s = d(o, Gt);
  if (!r) return null;
  const i = t.method === "POST" && Kt.test(e.pathname);
  const c = [];
  if (i && s > 0) c.push(Bt.count(r, s, 60));
  if (a > 0) c.push(Xt.count(r, a, 60));
  return c.find(({ isOver: u }) => u) ?? null;
}

// templates/customer/static/src/naming.js
var Wt = /(^|\/)\.(?!well-known(\/|$))/;
var qt = /[.-](?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\.[a-z0-9]+$/i;
var Yt = 1e3;
function _(t, { prefix: e, index: n, cleanUrls: o }) {
  const r = Vt(t);
  if (r === null || Wt.test(r)) return [];
  const a = r === "" || r.endsWith("/");
  const s = a ? [r + n] : [r, ...o ? [`${r}.html`] : []];
  return s.map((i) => e + i).filter((i) => new TextEncoder().encode(i).length <= Yt);
}
function ct(t, e) {
  return t.endsWith("/") ? null : _(`${t}/`, e)[0] ?? null;
}
function ut(t) {
  return /\.[A-Za-z0-9]{1,8}$/.test(t);
}
function lt(t, e) {
  const n = Array.isArray(e) ? e : [];
  return qt.test(t) || n.some((o) => typeof o === "string" && t.startsWith(o));
}
function Vt(t) {
  try {
    return decodeURIComponent(t).replace(/^\/+/, "");
  } catch {
    return null;
  }
}

// shared/contenttypes.js
var ft = {
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
var dt = {
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
var mt = "application/octet-stream";
function L(t, e) {
  if (e && e !== mt) return e;
  const n = /\.([A-Za-z0-9]+)$/.exec(t)?.[1].toLowerCase() ?? "";
  if (Object.hasOwn(ft, n)) return `${ft[n]}; charset=utf-8`;
  return Object.hasOwn(dt, n) ? dt[n] : mt;
}

// templates/customer/static/src/stores.js
function pt(t, e) {
  const { BUCKET: n, PAGES: o } = e;
  if (t.includes("r2") && n) return (r) => Jt(n, r);
  if (t.includes("kv") && o) return (r) => Zt(o, r);
  return null;
}
async function Jt(t, e) {
  const n = await t.get(e);
  if (n === null) return null;
  const o = new Headers();
  n.writeHttpMetadata(o);
  o.delete("Cache-Control");
  o.delete("Expires");
  o.set("Content-Type", L(e, n.httpMetadata?.contentType));
  o.set("ETag", n.httpEtag);
  o.set("Last-Modified", n.uploaded.toUTCString());
  const r = async (a) => {
    if (a === null) return n.body;
    await n.body.cancel();
    const s = await t.get(e, { range: a, onlyIf: { etagMatches: n.etag } });
    return s && "body" in s ? s.body : null;
  };
  return { size: n.size, headers: o, isPacked: o.has("Content-Encoding"), read: r };
}
async function Zt(t, e) {
  if (e === "" || new TextEncoder().encode(e).length > 512 || e === "." || e === "..") return null;
  const { value: n, metadata: o } = await t.getWithMetadata(e, { type: "arrayBuffer" });
  if (n === null) return null;
  const r = new Uint8Array(await crypto.subtle.digest("SHA-256", n)).slice(0, 16);
  const a = new Headers({
    "Content-Type": L(e, o?.contentType),
    ETag: `"${Array.from(r, (i) => i.toString(16).padStart(2, "0")).join("")}"`
  });
  const s = async (i) => i === null ? n : n.slice(i.offset, i.offset + i.length);
  return { size: n.byteLength, headers: a, isPacked: false, read: s };
}

// templates/customer/static/src/index.js
var gt = "Site unavailable";
var ht = "code24-static";
var Qt = 60;
var H = 86400;
var te = 0;
var ee = 3600;
var ne = 31536e3;
var oe = 32 * 1024 * 1024;
var rn = {
  async fetch(t, e, n) {
    const o = new URL(t.url);
    if (D(o)) return U();
    const r = z(e);
    const { parameters: a } = r;
    const s = d(a.edgeTtl, Qt);
    if (o.pathname.endsWith(V)) return et(t, e, await C(ht), s + H);
    const i = K(r, "security");
    const c = i && it(t, o, i, "Not available");
    const u = { request: t, url: o, parameters: a, env: e, ctx: n, ttl: s, store: pt(r.features, e) };
    const m = c ?? await re(u);
    if (i) st(m, i);
    return t.method === "HEAD" ? new Response(null, m) : m;
  }
};
async function re(t) {
  const { request: e, url: n, store: o, ctx: r } = t;
  if (e.method !== "GET" && e.method !== "HEAD") return ae(e);
  if (!o) {
    const m = "Enable one of the features r2 and kv, and configure its binding.";
    return f(e, gt, 503, "store_missing", m);
  }
  const a = { ...t, store: o };
  const s = t.ttl > 0 ? await C(ht) : null;
  const i = n.origin + n.pathname;
  const c = await ot(t, s, i, se(e));
  const u = c ? rt(c.entry) : "gone";
  if (c && u === "fresh") return w(A(e, c), "HIT");
  if (s && c && u === "stale") {
    at(r, i, () => ie(a, s, i));
    return w(A(e, c), "STALE");
  }
  try {
    return await ce(a, s, i);
  } catch (m) {
    console.error(`store unavailable: ${p(m)}`);
    if (c && u === "spare") return w(A(e, c), "STALE");
    return f(e, gt, 503, "store_unavailable", "The site cannot be read at the moment.");
  }
}
function ae(t) {
  const e = f(t, "Method not allowed", 405, "method_not_allowed", "Use GET or HEAD.");
  e.headers.set("Allow", "GET, HEAD");
  return e;
}
function se(t) {
  const e = new Headers();
  for (const n of ["Range", "If-Range"]) {
    const o = t.headers.get(n);
    if (o !== null) e.set(n, o);
  }
  return e;
}
async function ie(t, e, n) {
  const o = Date.now();
  const { response: r, reason: a } = await wt(t);
  if (a) return r.body?.cancel();
  return R(e, n, r, yt(t, r, o));
}
async function ce(t, e, n) {
  const { request: o } = t;
  const r = Date.now();
  const { response: a, file: s, reason: i } = await wt(t);
  const c = s && a.status === 200 ? nt(o.headers, a.headers, s.size) : null;
  if (s && c !== null) return ue(t, a, s, c);
  const u = i ?? (e ? null : "unavailable");
  if (e && u === null && o.method === "GET") {
    t.ctx.waitUntil(R(e, n, a.clone(), yt(t, a, r)));
  }
  return w(y(o, a), u ? `BYPASS; reason=${u}` : "MISS");
}
async function ue({ request: t }, e, n, o) {
  const { headers: r } = e;
  const a = "BYPASS; reason=range";
  if (o === "none") {
    await e.body?.cancel();
    r.set("Content-Range", `bytes */${n.size}`);
    return w(new Response(null, { status: 416, headers: r }), a);
  }
  const s = y(t, e);
  if (s !== e) return w(s, a);
  const i = await n.read(o);
  if (i === null) throw new Error("the file changed while it was read");
  r.set("Content-Range", `bytes ${o.offset}-${o.offset + o.length - 1}/${n.size}`);
  r.set("Content-Length", String(o.length));
  return w(new Response(i, { status: 206, headers: r, encodeBody: n.isPacked ? "manual" : "automatic" }), a);
}
async function wt(t) {
  const { url: e, store: n, parameters: o } = t;
  const r = {
    prefix: o.prefix ?? "",
    index: o.indexDocument ?? "index.html",
    cleanUrls: o.cleanUrls ?? true
  };
  const a = await j(n, _(e.pathname, r));
  if (a) return I(t, a, 200);
  const s = ct(e.pathname, r);
  if (s && await le(n, s)) return { response: fe(e) };
  if (o.mode === "spa" && !ut(e.pathname)) {
    const c = await j(n, _("/", r));
    if (c) return I(t, c, 200);
  }
  const i = await j(n, [r.prefix + (o.notFoundDocument ?? "404.html")]);
  if (i) return I(t, i, 404);
  return {
    response: f(t.request, "Not found", 404, "not_found", "This page does not exist."),
    reason: "status"
  };
}
async function j(t, e) {
  for (const n of e) {
    const o = await t(n);
    if (o) return o;
  }
  return null;
}
async function le(t, e) {
  const n = await (await t(e))?.read(null);
  if (n instanceof ReadableStream) await n.cancel();
  return Boolean(n);
}
function fe(t) {
  const e = `${t.pathname.replace(/^[/\\]+/, "/")}/${t.search}`;
  return new Response(null, { status: 308, headers: { Location: e, "Cache-Control": "no-cache" } });
}
async function I({ url: t, parameters: e }, n, o) {
  const r = new Headers(n.headers);
  r.set("X-Content-Type-Options", "nosniff");
  r.set("Cache-Control", de(t.pathname, r, e));
  if (o === 200) r.set("Accept-Ranges", "bytes");
  else for (const i of ["ETag", "Last-Modified"]) r.delete(i);
  const a = await n.read(null);
  r.set("Content-Length", String(n.size));
  const s = new Response(a, { status: o, headers: r, encodeBody: n.isPacked ? "manual" : "automatic" });
  if (n.isPacked) return { response: s, file: n, reason: "encoding" };
  return n.size > oe ? { response: s, file: n, reason: "size" } : { response: s, file: n };
}
function de(t, e, { pageMaxAge: n, assetMaxAge: o, immutablePaths: r }) {
  if (!S({ headers: e }) && lt(t, r)) return `public, max-age=${ne}, immutable`;
  const a = S({ headers: e }) ? d(n, te) : d(o, ee);
  return `public, max-age=${a}${a === 0 ? ", must-revalidate" : ""}`;
}
function yt({ url: t, ttl: e, parameters: n }, o, r) {
  return {
    at: r,
    fresh: e,
    whileRevalidating: Math.min(e, H),
    ifError: d(n.staleIfError, H),
    rule: o.headers.get("Cache-Control"),
    tags: Z(o.headers, t.pathname)
  };
}
function w(t, e) {
  t.headers.set("Code24-Cache", e);
  return t;
}
export {
  rn as default
};

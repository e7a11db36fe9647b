// Generated from templates/customer/ecommerce/src by `make bundles`. Do not edit.
// shared/errors.js
function h(e) {
  return String(e?.message ?? e);
}

// shared/html.js
function qe(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function m(e) {
  return qe(e.headers.get("Content-Type"));
}
var St = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  reg: "®",
  trade: "™",
  hellip: "…",
  middot: "·",
  bull: "•",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  sbquo: "‚",
  bdquo: "„",
  laquo: "«",
  raquo: "»",
  euro: "€",
  pound: "£",
  yen: "¥",
  cent: "¢",
  sect: "§",
  deg: "°",
  times: "×",
  rarr: "→",
  shy: "",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  agrave: "à",
  aacute: "á",
  acirc: "â",
  atilde: "ã",
  aring: "å",
  aelig: "æ",
  ccedil: "ç",
  egrave: "è",
  eacute: "é",
  ecirc: "ê",
  euml: "ë",
  Eacute: "É",
  iacute: "í",
  icirc: "î",
  iuml: "ï",
  ntilde: "ñ",
  oacute: "ó",
  ocirc: "ô",
  otilde: "õ",
  oslash: "ø",
  oelig: "œ",
  ugrave: "ù",
  uacute: "ú",
  ucirc: "û"
};
function Et(e) {
  return Ye(
    e.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (t, n, r, o) => {
      if (o) return Object.hasOwn(St, o) ? St[o] : t;
      const s = n ? parseInt(n, 16) : Number(r);
      return s > 0 && s <= 1114111 ? String.fromCodePoint(s) : "�";
    })
  );
}
function Ye(e) {
  return e.replace(/\s+/g, " ").trim();
}
function $(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// shared/answers.js
function I(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function Tt() {
  return I(200, { status: "ok" });
}
function A(e, t, n, r = {}, o = {}) {
  return I(e, { error: { code: t, message: n, ...r } }, o);
}
function g(e, t, n, r, o, s = {}) {
  const a = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!a) return A(n, r, o, s, { Vary: "Accept" });
  return new Response(Ve(n, t, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function _t(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (n) return `no answer within ${t} ms`;
  const r = h(e);
  return /^internal error/i.test(r) ? "no connection" : r;
}
function Ve(e, t, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${$(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${$(t)}</h1><p>${$(n)}</p><small>${e}</small></main></body></html>
`;
}

// shared/config.js
var Qe = "/.well-known/code24/health";
function kt(e) {
  return e.pathname.endsWith(Qe);
}
function Ct(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function b({ features: e, parameters: t }, n) {
  return e.includes(n) ? t[n] ?? {} : null;
}
function Rt(e, t, n) {
  const r = e[t];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function f(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/caching/conditions.js
function Ot(e) {
  return e.trim().replace(/^W\//, "");
}
function R(e, t) {
  if (!Je(e.headers, t.headers)) return t;
  t.body?.cancel();
  return new Response(null, { status: 304, headers: t.headers });
}
function Je(e, t) {
  const [n, r] = [e.get("If-None-Match"), e.get("If-Modified-Since")];
  const [o, s] = [t.get("ETag"), t.get("Last-Modified")];
  if (n !== null)
    return o !== null && (n.trim() === "*" || n.split(",").map(Ot).includes(Ot(o)));
  return r !== null && s !== null && Date.parse(s) <= Date.parse(r);
}

// shared/caching/entries.js
var q = "Code24-Entry";
async function N(e) {
  try {
    return await caches.open(e);
  } catch {
    return null;
  }
}
async function U(e, t) {
  try {
    const n = await e.match(t);
    const r = JSON.parse(n?.headers.get(q) ?? "null");
    return n && r ? { response: n, entry: r } : null;
  } catch {
    return null;
  }
}
function Y({ at: e }) {
  return Math.max(0, (Date.now() - e) / 1e3);
}
function Ze({ fresh: e, whileRevalidating: t, ifError: n }) {
  return e + Math.max(t, n);
}
async function O(e, t, n, r) {
  const o = new Response(n.body, n);
  o.headers.set(q, JSON.stringify(r));
  o.headers.set("Cache-Control", `public, max-age=${Ze(r)}`);
  try {
    await e.put(t, o);
  } catch (s) {
    console.warn(`not cached: ${h(s)}`);
  }
}
async function D(e, t) {
  try {
    await e.delete(t);
  } catch (n) {
    console.warn(`not deleted: ${h(n)}`);
  }
}
function L(e, { response: t, entry: n }) {
  const r = new Response(t.body, t);
  r.headers.delete(q);
  r.headers.delete("Cache-Control");
  if (n.rule !== null) r.headers.set("Cache-Control", n.rule);
  r.headers.set("Age", String(Math.floor(Y(n))));
  return R(e, r);
}

// shared/caching/cachecontrol.js
var Q = 7 * 86400;
var tn = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;
function J(e) {
  const t = (e.get("Cache-Control") ?? "").matchAll(tn);
  return new Map(Array.from(t, ([, n, r, o]) => [n.toLowerCase(), r ?? o ?? ""]));
}
function V(e, t) {
  const n = e.get(t);
  if (n === void 0) return null;
  return /^\d+$/.test(n) ? Number(n) : 0;
}
function Lt(e) {
  const t = J(e);
  return t.has("private") || t.has("no-store") || t.has("no-cache") || Z(e) === 0;
}
function Z(e) {
  const t = J(e);
  const n = V(t, "s-maxage") ?? V(t, "max-age");
  const r = e.get("Expires");
  if (n !== null || r === null) return n;
  return Math.max(0, Math.floor((Date.parse(r) - Date.now()) / 1e3) || 0);
}
function tt(e, t, n) {
  const r = J(e);
  const o = ["must-revalidate", "proxy-revalidate", "s-maxage"].some((s) => r.has(s));
  return Math.min(V(r, t) ?? (o ? 0 : n), Q);
}

// shared/visitors/visitor.js
var en = /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
var nn = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
var rn = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function Mt(e) {
  const t = (e.headers.get("Cookie") ?? "").split(/[;,]/);
  return t.map((n) => n.split("=")[0].trim()).filter(Boolean);
}
function Pt(e, t) {
  for (const n of (e.headers.get("Cookie") ?? "").split(/[;,]/)) {
    const [r, ...o] = n.split("=");
    if (r.trim() === t) return o.join("=").trim();
  }
  return null;
}
function nt(e, { sessionCookies: t, ignoredCookies: n }) {
  const r = Mt(e).filter((o) => !et(o, n));
  return r.some((o) => en.test(o) || nn.test(o) || et(o, t));
}
function $t(e, { ignoredCookies: t }) {
  return Mt(e).some((n) => !rn.test(n) && !et(n, t));
}
function et(e, t) {
  const n = Array.isArray(t) ? t.filter((r) => typeof r === "string") : [];
  return n.some((r) => r.endsWith("*") ? e.startsWith(r.slice(0, -1)) : e === r);
}
function x(e) {
  return e.headers.get("CF-Connecting-IP") ?? "";
}

// shared/origin.js
var on = 30;
var sn = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i"
);
var an = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity",
  // the edge compresses responses
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)"
};
var cn = /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;
function Nt(e, t, n) {
  const r = Rt({ origin: e.origin }, "origin", n);
  if (r.url?.host === t.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return r;
}
function rt(e) {
  const t = e.slice(1).split("&").filter((n) => !cn.test([...new URLSearchParams(n).keys()][0] ?? ""));
  return t.join("&") && `?${t.join("&")}`;
}
async function Ut(e, { shared: t, etag: n = null }) {
  const { request: r, url: o, origin: s, extra: a = {} } = e;
  const i = t ? new Headers(an) : un(r);
  i.set("X-Forwarded-Host", o.host);
  i.set("X-Forwarded-Proto", o.protocol.slice(0, -1));
  for (const [p, X] of Object.entries(a)) i.set(p, X);
  if (n) i.set("If-None-Match", n);
  const c = Dt(s, o, t);
  const u = new AbortController();
  const l = setTimeout(() => u.abort(), ot(e.timeout));
  try {
    const { method: p } = r;
    const X = p === "GET" || p === "HEAD" ? null : r.body;
    const C = await fetch(c, { method: p, headers: i, body: X, redirect: "manual", signal: u.signal });
    const Xe = C.status >= 200 && C.status < 600 || C.webSocket;
    if (!Xe) throw new Error(`it answers with the status ${C.status}`);
    return C;
  } finally {
    clearTimeout(l);
  }
}
function ot(e) {
  return 1e3 * (typeof e === "number" && e > 0 ? e : on);
}
function un(e) {
  const t = new Headers(e.headers);
  for (const r of [...t.keys()]) if (sn.test(r)) t.delete(r);
  const n = x(e);
  if (n) t.set("X-Forwarded-For", n);
  return t;
}
function st(e) {
  return e.pathname.replace(/\/+$/, "");
}
function Dt(e, t, n) {
  const r = new URL(e);
  r.pathname = st(e) + t.pathname;
  r.search = n ? rt(t.search) : t.search;
  r.hash = "";
  return r;
}
function v(e, t) {
  const n = new Response(t.body, t);
  const r = n.headers.get("Location");
  if (r !== null) n.headers.set("Location", ln(e, r));
  const o = n.headers.getSetCookie();
  n.headers.delete("Set-Cookie");
  for (const s of o) n.headers.append("Set-Cookie", fn(e, s));
  return n;
}
function ln({ origin: e, url: t }, n) {
  const r = URL.parse(n, Dt(e, t, false));
  const o = st(e);
  if (!r || r.host !== e.host || !vt(r.pathname, o)) return n;
  return `${t.origin}${r.pathname.slice(o.length) || "/"}${r.search}${r.hash}`;
}
function fn({ origin: e, url: t }, n) {
  const r = st(e);
  const [o, ...s] = n.split(";");
  const a = s.flatMap((i) => {
    const [c, u = ""] = i.split("=").map((l) => l.trim());
    if (c.toLowerCase() === "domain") {
      const l = u.toLowerCase().replace(/^\./, "");
      return It(e.hostname, l) && !It(t.hostname, l) ? [] : [i];
    }
    if (c.toLowerCase() === "path" && r && vt(u, r))
      return [` Path=${u.slice(r.length) || "/"}`];
    return [i];
  });
  return [o, ...a].join(";");
}
function vt(e, t) {
  return e === t || e.startsWith(`${t}/`);
}
function It(e, t) {
  return e === t || e.endsWith(`.${t}`);
}

// shared/paths.js
var M = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
var jt = at(`cart carts basket bag minicart warenkorb panier carrito cesta carrello winkelwagen winkelmandje
  koszyk kundvagn varukorg`);
var Ft = at(`checkout checkouts onepage payment payments pay order-received kasse bestellen commande paiement
  caja pago cassa pagamento afrekenen kassa zamowienie`);
var hn = /* @__PURE__ */ new Set([
  ...jt,
  ...Ft,
  ...at(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    konto mein-konto anmelden abmelden merkzettel compte mon-compte connexion cuenta mi-cuenta pedidos ordini
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`)
]);
var dn = 4;
function Ht(e, t) {
  const n = it(e);
  if (n === null) return true;
  if (Gt(n, t)) return true;
  return Wt(n).some((r) => hn.has(r));
}
function P(e, t) {
  const n = it(e);
  return n === null ? Array.isArray(t) && t.length > 0 : Gt(n, t);
}
function Bt(e) {
  const t = Wt(it(e) ?? "");
  if (t.some((n) => Ft.has(n))) return "checkout";
  return t.some((n) => jt.has(n)) ? "cart" : null;
}
function Gt(e, t) {
  const n = Array.isArray(t) ? t : [];
  return n.some((r) => typeof r === "string" && e.startsWith(r.toLowerCase()));
}
function at(e) {
  return new Set(e.trim().split(/\s+/));
}
function it(e) {
  let t = e;
  for (let n = 0; n < dn; n += 1) {
    let r;
    try {
      r = decodeURIComponent(t);
    } catch {
      return null;
    }
    if (r === t) return t.toLowerCase().replace(/[/\\]+/g, "/");
    t = r;
  }
  return null;
}
function Wt(e) {
  return e.split("/").map((t) => /^[\w-]*/.exec(t)?.[0] ?? "");
}

// shared/visitors/ratelimit.js
var mn = 1e4;
var S = class {
  #t = /* @__PURE__ */ new Map();
  count(t, n, r) {
    const o = Date.now();
    const s = this.#t.get(t);
    const a = s && s.ends > o ? s : { count: 0, ends: o + r * 1e3 };
    a.count += 1;
    this.#t.delete(t);
    this.#t.set(t, a);
    if (this.#t.size > mn) {
      const [c] = this.#t.keys();
      this.#t.delete(c);
    }
    const i = Math.max(0, n - a.count);
    return { isOver: a.count > n, left: i, seconds: Math.ceil((a.ends - o) / 1e3) };
  }
};

// shared/visitors/secrets.js
async function Kt(e, t) {
  const [n, r] = await Promise.all([zt(e), zt(t)]);
  return crypto.subtle.timingSafeEqual(n, r);
}
function zt(e) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(e));
}
function Xt(e) {
  return /^Bearer\s+(\S+)\s*$/i.exec(e.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// shared/caching/purging.js
var Vt = "/.well-known/code24/purge";
var lt = "*";
var ft = 256;
var ht = 100;
var pn = 8e3;
var qt = 65536;
var gn = 5e3;
var wn = 1e3;
var Qt = "https://purges.code24.invalid/";
var ct = "purge:";
var yn = 60;
var bn = new S();
var d = { marks: /* @__PURE__ */ new Map(), readAt: 0 };
function Jt(e, t) {
  const n = [...(e.get("Cache-Tag") ?? "").split(","), ...(e.get("Surrogate-Key") ?? "").split(/\s+/)];
  const r = n.map((a) => a.trim().toLowerCase()).filter((a) => a && a.length <= ft);
  let o = 0;
  const s = [...new Set(r)].slice(0, ht).filter((a) => (o += a.length) <= pn);
  return [Zt(t), ...s];
}
function Zt(e) {
  return `path ${e}`.slice(0, ft);
}
async function te({ at: e, tags: t }, n, r, o) {
  const s = Date.now() - d.readAt;
  if (d.readAt === 0) await ut(n, r);
  else if (s > gn) o.waitUntil(ut(n, r));
  return [lt, ...t].some((a) => e <= (d.marks.get(a) ?? -1));
}
async function ut(e, t) {
  const n = Date.now();
  try {
    const r = e.PURGES ? await xn(e.PURGES) : await An(t);
    for (const [o, s] of r) d.marks.set(o, Math.max(s, d.marks.get(o) ?? 0));
  } catch (r) {
    console.warn(`purges not read: ${h(r)}`);
  }
  d.readAt = n;
}
async function xn(e) {
  const t = [];
  let n = null;
  do {
    const r = await e.list({ prefix: ct, cursor: n });
    for (const { name: o, metadata: s } of r.keys) t.push([o.slice(ct.length), Number(s?.at ?? 0)]);
    n = r.list_complete ? null : r.cursor;
  } while (n);
  return t;
}
async function An(e) {
  const t = await e?.match(Qt);
  return t ? Object.entries(await t.json()) : [];
}
async function Sn(e, t, n, r) {
  const o = Date.now();
  await ut(t, n);
  for (const i of e) d.marks.set(i, o);
  const { PURGES: s } = t;
  if (s) {
    const i = { metadata: { at: o }, expirationTtl: Math.max(yn, r) };
    await Promise.all(e.map((c) => s.put(ct + c, "", i)));
    return;
  }
  for (const [i, c] of d.marks) if (o - c > r * 1e3) d.marks.delete(i);
  if (d.marks.size > wn) {
    d.marks.clear();
    d.marks.set(lt, o);
  }
  const a = { "Cache-Control": `max-age=${r}` };
  await n?.put(Qt, Response.json(Object.fromEntries(d.marks), { headers: a }));
}
async function ee(e, t, n, r) {
  if (!t.PURGE_KEY) return A(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (e.method !== "POST") return A(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const o = await En(e);
  const s = Xt(e) ?? o?.key;
  if (typeof s !== "string" || !await Kt(s, t.PURGE_KEY)) {
    const { isOver: i, seconds: c } = bn.count(x(e), 10, 60);
    if (i) return A(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(c) });
    return A(403, "forbidden", "The key is not the right one.");
  }
  const a = Tn(o);
  if (o === null || a === null)
    return A(400, "invalid_purge", `Name tags, paths (texts, ${ht} at most), or "everything": true.`);
  await Sn(a, t, n, Math.max(r, 1));
  return I(200, {
    purged: { tags: o.tags ?? [], paths: o.paths ?? [], everything: o.everything === true }
  });
}
async function En(e) {
  if (Number(e.headers.get("Content-Length") ?? qt + 1) > qt) return null;
  try {
    const t = await e.json();
    return typeof t === "object" ? t : null;
  } catch {
    return null;
  }
}
function Tn(e) {
  if (e?.everything === true) return [lt];
  const { tags: t = [], paths: n = [] } = e ?? {};
  if (!Yt(t) || !Yt(n)) return null;
  const r = [...t.map((o) => o.trim().toLowerCase()).filter(Boolean), ...n.map(Zt)];
  return r.length > 0 && r.length <= ht ? r : null;
}
function Yt(e) {
  return Array.isArray(e) && e.every((t) => typeof t === "string" && t.length <= ft);
}

// shared/caching/revalidation.js
var _n = 3e4;
var dt = /* @__PURE__ */ new Map();
async function ne({ env: e, ctx: t }, n, r, o) {
  if (!n) return null;
  const s = await U(n, o ? new Request(r, { headers: o }) : r);
  return s && !await te(s.entry, e, n, t) ? s : null;
}
function mt(e) {
  const t = Y(e) - e.fresh;
  if (t <= 0) return "fresh";
  if (t <= e.whileRevalidating) return "stale";
  return t <= e.ifError ? "spare" : "gone";
}
function re(e, t, n) {
  const r = Date.now();
  if (r - (dt.get(t) ?? 0) < _n) return;
  dt.set(t, r);
  e.waitUntil(n().finally(() => dt.delete(t)));
}

// shared/caching/fronting.js
var kn = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
var Cn = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i]
];
var Rn = 32 * 1024 * 1024;
var pt = /* @__PURE__ */ new Set([500, 502, 503, 504]);
var On = /* @__PURE__ */ new Set(["vary", "set-cookie", "cache-control"]);
var Ln = 6e4;
var Mn = 2e3;
var k = /* @__PURE__ */ new Map();
var Pn = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];
async function se(e) {
  const t = Dn(e);
  if (t) return j(e, t);
  const n = await N(e.cacheName);
  if (!n) return j(e, "unavailable");
  const r = jn(e);
  const o = await ne(e, n, r);
  if (!o) return await $n(e, r) ?? oe(e, n, r, null);
  const s = mt(o.entry);
  if (s === "fresh") return E(L(e.request, o), "HIT");
  if (s !== "stale") return oe(e, n, r, o);
  re(e.ctx, r, () => Un(e, n, r, o.response.headers.get("ETag")));
  return E(L(e.request, o), "STALE");
}
async function $n(e, t) {
  const n = k.get(t);
  if (n && n.until > Date.now()) return j(e, n.reason);
  k.delete(t);
  return null;
}
function In(e, t) {
  k.set(e, { reason: t, until: Date.now() + Ln });
  if (k.size > Mn) k.delete(
    k.keys().next().value
  );
}
async function j(e, t) {
  const n = await gt(e, { shared: false });
  if (n.failed) return ie(e);
  if (n.response.webSocket) return n.response;
  return E(F(v(e, n.response)), `BYPASS; reason=${t}`);
}
async function oe(e, t, n, r) {
  const o = Date.now();
  const { response: s, failed: a } = await gt(e, { shared: true, etag: r?.response.headers.get("ETag") });
  if (a || pt.has(s.status)) {
    if (r && mt(r.entry) === "spare") {
      await s?.body?.cancel();
      return E(L(e.request, r), "STALE");
    }
    if (a) return ie(e);
  }
  if (s.status === 304 && r) return Nn(e, t, n, r, s, o);
  const i = ce(e, s);
  if (i && On.has(i)) In(n, i);
  const c = i === "vary" || $t(e.request, e.parameters);
  if (i && c && !pt.has(s.status)) {
    await s.body?.cancel();
    if (r) e.ctx.waitUntil(D(t, n));
    return j(e, i);
  }
  const u = wt(e, s, o);
  const l = F(v(e, s));
  if (i) {
    if (r) e.ctx.waitUntil(D(t, n));
    return E(l, `BYPASS; reason=${i}`);
  }
  if (e.request.method === "GET") e.ctx.waitUntil(O(t, n, l.clone(), u));
  return E(R(e.request, l), "MISS");
}
function Nn(e, t, n, r, o, s) {
  const { entry: a, response: i } = ae(e, r, o, s);
  if (e.request.method === "GET") e.ctx.waitUntil(O(t, n, i.clone(), a));
  return E(R(e.request, i), "REVALIDATED");
}
function ae(e, t, n, r) {
  const o = L(new Request(e.url), t);
  o.headers.delete("Age");
  for (const a of Pn) {
    const i = n.headers.get(a);
    if (i !== null) o.headers.set(a, i);
  }
  const s = wt(e, o, r);
  if (s.tags.length === 1) s.tags = t.entry.tags;
  return { entry: s, response: F(o) };
}
async function Un(e, t, n, r) {
  const o = Date.now();
  const s = new Request(e.request, { method: "GET" });
  const { response: a, failed: i } = await gt({ ...e, request: s }, { shared: true, etag: r });
  if (i || pt.has(a.status)) return a?.body?.cancel();
  const c = a.status === 304 ? await U(t, n) : null;
  if (c) {
    const u = ae(e, c, a, o);
    return O(t, n, u.response, u.entry);
  }
  if (ce({ ...e, request: s }, a) === null) {
    const u = wt(e, a, o);
    return O(t, n, F(v(e, a)), u);
  }
  await a.body?.cancel();
  return D(t, n);
}
async function gt(e, t) {
  const { originTimeout: n } = e.parameters;
  try {
    return { response: await Ut({ ...e, timeout: n }, t), failed: false };
  } catch (r) {
    console.error(`origin unreachable: ${e.origin.host}: ${_t(r, ot(n))}`);
    return { response: null, failed: true };
  }
}
function ie({ request: e, title: t }) {
  return g(e, t, 502, "origin_unreachable", "The site cannot be reached at the moment.");
}
function Dn({ request: e, url: t, parameters: n, defaults: r }) {
  if (e.method !== "GET" && e.method !== "HEAD") return "method";
  if (e.headers.has("Authorization")) return "authorization";
  if (e.headers.has("Range")) return "range";
  if (e.headers.has("Upgrade")) return "upgrade";
  if (Ht(t.pathname, n.neverCache)) return "path";
  for (const o of t.searchParams.keys()) if (kn.test(o)) return "query";
  if (!M.test(t.pathname) && nt(e, n)) return "session";
  return !M.test(t.pathname) && f(n.pageTtl, r.pageTtl) === 0 ? "ttl" : null;
}
function ce(e, t) {
  const { headers: n } = t;
  if (t.status !== 200) return "status";
  if (n.has("Set-Cookie")) return "set-cookie";
  if (Lt(n)) return "cache-control";
  if ((n.get("Vary") ?? "").split(",").some((r) => !/^\s*(accept-encoding)?\s*$/i.test(r))) return "vary";
  if (!m(t) && !vn(e.url.pathname, n)) return "type";
  if (m(t) && nt(e.request, e.parameters)) return "session";
  if (Number(n.get("Content-Length") ?? 0) > Rn) return "size";
  return ue(e, t) === 0 ? "ttl" : null;
}
function vn(e, t) {
  const n = t.get("Content-Type") ?? "";
  return Cn.some(([r, o]) => r.test(e) && o.test(n));
}
function ue({ parameters: e, defaults: t }, n) {
  const r = m(n) ? "pageTtl" : "assetTtl";
  const o = f(e[r], t[r]);
  return Math.min(o, Z(n.headers) ?? o);
}
function le(e, t) {
  const n = (...r) => Math.max(...r.map((o) => f(e[o], t[o])));
  return n("pageTtl", "assetTtl") + Q;
}
function wt(e, t, n) {
  const { parameters: r, defaults: o, url: s } = e;
  const { headers: a } = t;
  const i = (c) => f(r[c], o[c]);
  return {
    at: n,
    fresh: ue(e, t),
    whileRevalidating: tt(a, "stale-while-revalidate", i("staleWhileRevalidate")),
    ifError: tt(a, "stale-if-error", i("staleIfError")),
    rule: a.get("Cache-Control"),
    tags: Jt(a, s.pathname)
  };
}
function jn({ url: e, origin: t, variant: n }) {
  const r = rt(e.search);
  const o = new URLSearchParams({ "code24-origin": t.href, ...n && { "code24-variant": n } });
  return `${e.origin}${e.pathname}${r || "?"}${r && "&"}${o}`;
}
function F(e) {
  e.headers.delete("Cache-Tag");
  e.headers.delete("Surrogate-Key");
  return e;
}
function E(e, t) {
  e.headers.set("Code24-Cache", t);
  return e;
}

// shared/visitors/maintenance.js
var Fn = 600;
var Hn = "We are working on the site and will be back soon.";
var Bn = "Back soon";
function fe(e, t, { message: n, retryAfter: r, allowedAddresses: o, paths: s }) {
  const a = Array.isArray(s) && s.length > 0;
  if (a && !P(t.pathname, s)) return null;
  if (Array.isArray(o) && o.includes(x(e))) return null;
  const i = g(e, Bn, 503, "maintenance", n ?? Hn);
  i.headers.set("Retry-After", String(f(r, Fn)));
  return i;
}

// shared/visitors/security.js
var Gn = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var Wn = "SAMEORIGIN";
var zn = 0;
var Kn = 30;
var Xn = /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
var qn = /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
var Yn = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;
var Vn = new S();
var Qn = new S();
function he(e, { frameOptions: t, contentSecurityPolicy: n, permissionsPolicy: r }) {
  const o = {
    ...Gn,
    "X-Frame-Options": t ?? Wn,
    "Content-Security-Policy": n,
    "Permissions-Policy": r
  };
  for (const [s, a] of Object.entries(o)) {
    if (a && !e.headers.has(s)) e.headers.set(s, a);
  }
}
function de(e, t, n, r) {
  const o = Array.isArray(n.blockedAgents) ? n.blockedAgents : [];
  const s = (e.headers.get("User-Agent") ?? "").toLowerCase();
  const a = Xn.test(s) || o.some((u) => s.includes(String(u).toLowerCase()));
  if (a || qn.test(t.pathname))
    return g(e, r, 403, "blocked", "This request is not served.");
  const i = Jn(e, t, n);
  if (!i) return null;
  const c = g(e, r, 429, "too_many_requests", "Too many requests. Please try again later.");
  c.headers.set("Retry-After", String(i.seconds));
  return c;
}
function Jn(e, t, { requestsPerMinute: n, loginsPerMinute: r }) {
  const o = x(e);
  const s = f(n, zn);
  const a = f(r, Kn);
  if (!o) return null;
  const i = e.method === "POST" && Yn.test(t.pathname);
  const c = [];
  if (i && a > 0) c.push(Qn.count(o, a, 60));
  if (s > 0) c.push(Vn.count(o, s, 60));
  return c.find(({ isOver: u }) => u) ?? null;
}

// shared/visitors/refusing.js
function me({ request: e, url: t }, n) {
  const r = b(n, "maintenance");
  const o = b(n, "security");
  return (r && fe(e, t, r)) ?? (o && de(e, t, o, "Not available"));
}

// shared/analytics.js
var Zn = 96;
var tr = 1024;
function ge(e, { index: t, blobs: n, doubles: r }) {
  try {
    if (!e) throw new Error("the binding is missing");
    e.writeDataPoint({
      indexes: [pe(t, Zn)],
      blobs: n.map((o) => pe(o, tr)),
      doubles: r
    });
  } catch (o) {
    console.error("data point lost:", h(o));
  }
}
function pe(e, t) {
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t), { stream: true });
}

// templates/customer/ecommerce/src/analytics.js
var er = /^add[-_]to[-_]cart$/i;
var nr = /\/(order-received|thank-?you|thankyou|order-confirmation|checkout\/(onepage\/)?success)(\/|$)/i;
function we({ request: e, url: t, env: n }, r, o, s, a, i) {
  const c = or(e, t, r, s);
  if (!c) return;
  ge(n.ANALYTICS, {
    index: o.customerId ?? "",
    blobs: [
      c,
      t.hostname,
      t.pathname,
      e.method,
      r.headers.get("Code24-Cache")?.split(";")[0] ?? "",
      String(e.cf?.country ?? ""),
      o.environment ?? "",
      o.plan ?? "",
      ...a ? [a.name] : []
    ],
    doubles: [r.status, i]
  });
}
function rr(e, t) {
  return t.status === 304 && (e.headers.get("Accept") ?? "").includes("text/html");
}
function or(e, t, n, { productPaths: r, purchasePaths: o }) {
  if (M.test(t.pathname)) return null;
  const s = e.method === "GET" && (m(n) || rr(e, n));
  const a = nr.test(t.pathname) || P(t.pathname, o);
  if (s && a && n.status < 300) return "purchase";
  const i = Bt(t.pathname);
  if (i) return i;
  if ([...t.searchParams.keys()].some((c) => er.test(c))) return "cart";
  if (!s) return null;
  return P(t.pathname, r) ? "product_view" : "page_view";
}

// shared/page/charset.js
function sr(e) {
  return /charset=["']?([\w-]+)/i.exec(e ?? "")?.[1] ?? null;
}
var ar = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function ye(e) {
  return /charset/i.test(e) ? ar.test(sr(e) ?? "") : true;
}

// shared/rewrite/lexer.js
var [G, yt, ir, cr, H, T, B, be, y, ur, xe] = [...` !"'-/<=>?]`].map(
  (e) => e.charCodeAt(0)
);
var Ae = "--";
var Te = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var _e = ["svg", "math"];
var lr = [...Te, ..._e, "a", "button", "link", "object", "select"];
var fr = `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
var hr = "<![CDATA[";
var W = class {
  #t = "";
  #r = false;
  // at the start of a comment
  #e = 0;
  // of nesting in SVG and MathML, where <style> and <title> can contain elements
  #s = 0;
  // of the last tag
  #n = [];
  #o;
  constructor(t) {
    this.#o = t;
  }
  read(t) {
    let n = 0;
    while (n < t.length) {
      const r = this.#a(t, n);
      if (r === n) break;
      n = r;
    }
    return n;
  }
  reset() {
    this.#t = "";
    this.#e = 0;
  }
  #a(t, n) {
    if (this.#t === Ae) return this.#f(t, n);
    if (this.#t) return this.#h(t, n);
    return t[n] === B ? this.#u(t, n) : this.#i(t, n, w(t, B, n));
  }
  #i(t, n, r) {
    if (r > n) this.#o.text(t, n, r, this.#t);
    return r;
  }
  #f(t, n) {
    const r = this.#r ? n + 2 : n;
    for (let s = w(t, y, n + 2); s < t.length; s = w(t, y, s + 1)) {
      const a = t[s - 1] === yt && s - 3 >= r ? s - 3 : s - 2;
      if (t[a] !== H || t[a + 1] !== H) continue;
      this.#t = "";
      return s + 1;
    }
    const o = Math.max(n, t.length - 3);
    if (o > r) this.#r = false;
    return o > r ? o : n;
  }
  #h(t, n) {
    for (let r = w(t, B, n); r < t.length; r = w(t, B, r + 1)) {
      const o = r + 2 + this.#t.length;
      const s = o >= t.length && (r + 1 === t.length || t[r + 1] === T);
      if (!s && !(t[r + 1] === T && ke(t[o]) && _(t, r + 2, this.#t)))
        continue;
      if (r > n) return this.#i(t, n, r);
      if (s) return n;
      this.#t = "";
      return this.#u(t, r);
    }
    return this.#i(t, n, t.length);
  }
  #u(t, n) {
    const r = t[n + 1];
    if (Ee(r)) return this.#l(t, n, n + 1);
    if (t.length < n + 4) return n;
    if (r === T && Ee(t[n + 2])) return this.#l(t, n, n + 2);
    if (r !== T && r !== yt && r !== ur) return this.#i(t, n, n + 1);
    if (r === yt && t[n + 2] === H && t[n + 3] === H) {
      this.#t = Ae;
      this.#r = true;
      return n + 2;
    }
    if (this.#e > 0 && _(t, n, hr)) return this.#d(t, n);
    const o = w(t, y, n + 2);
    return o < t.length ? o + 1 : n;
  }
  #d(t, n) {
    let r = w(t, y, n);
    while (r < t.length && (t[r - 1] !== xe || t[r - 2] !== xe))
      r = w(t, y, r + 1);
    return r < t.length ? r + 1 : n;
  }
  #l(t, n, r) {
    const o = Se(t, r);
    const s = this.#m(t, o);
    if (s >= t.length) return n;
    const a = r > n + 1;
    const i = lr.find((u) => u.length === o - r && _(t, r, u)) ?? "";
    if (_e.includes(i)) this.#e = Math.max(0, this.#e + dr(a, t[s - 1] === T));
    else if (this.#e > 0 && !a && fr.some((u) => u.length === o - r && _(t, r, u)))
      this.#e = 0;
    if (!a && this.#e === 0 && Te.includes(i)) this.#t = i;
    const c = this.#n;
    for (let u = 0; u < c.length && !a; u += 4)
      this.#o.attribute(t, i, c[u], c[u + 1], c[u + 2], c[u + 3]);
    this.#o.tag(t, i, a, n, s + 1, this.#s, this.#e > 0);
    return s + 1;
  }
  #m(t, n) {
    this.#s = 0;
    this.#n.length = 0;
    let r = n;
    for (; ; ) {
      const o = this.#c(t, r, T);
      if (o >= t.length || t[o] === y) return o;
      const s = Se(t, o + 1, be);
      r = this.#c(t, s);
      if (t[r] !== be) continue;
      r = this.#c(t, r + 1);
      const a = t[r];
      const i = a === ir || a === cr;
      const c = i ? w(t, a, r + 1) : mr(t, r);
      this.#n.push(o, s, i ? r + 1 : r, c);
      r = i ? c + 1 : c;
    }
  }
  #c(t, n, r = G) {
    let o = n;
    while (t[o] <= G || t[o] === r) o += 1;
    this.#s += o - n;
    return o;
  }
};
function dr(e, t) {
  if (e) return -1;
  return t ? 0 : 1;
}
function w(e, t, n) {
  let r = n;
  while (r < e.length && e[r] !== t) r += 1;
  return Math.min(r, e.length);
}
function Se(e, t, n = y) {
  let r = t;
  while (r < e.length && !ke(e[r]) && e[r] !== n) r += 1;
  return r;
}
function mr(e, t) {
  let n = t;
  while (e[n] > G && e[n] !== y) n += 1;
  return n;
}
function _(e, t, n) {
  for (let r = 0; r < n.length; r += 1) if ((e[t + r] | 32) !== (n.charCodeAt(r) | 32)) return false;
  return true;
}
function ke(e) {
  return e <= G || e === T || e === y;
}
function Ee(e) {
  return e !== void 0 && (e | 32) >= 97 && (e | 32) <= 122;
}

// shared/rewrite/addresses.js
function bt(e, t, n) {
  const r = e.trimStart();
  if (r.startsWith("/") && !r.startsWith("//")) return n + r;
  const { origin: o, host: s } = t;
  for (const a of [o, `//${s}`]) {
    if (!r.toLowerCase().startsWith(a)) continue;
    const i = r.slice(a.length);
    if (i === "") return `${n}/`;
    if (/^[/?#]/.test(i)) return n + (i.startsWith("/") ? i : `/${i}`);
  }
  return e;
}
function pr(e, t, n) {
  return e.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (r, o, s, a) => {
    return o + s + bt(a, t, n);
  });
}
function gr(e, t, n) {
  return e.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (r, o, s) => {
    return o + bt(s, t, n);
  });
}
var Ce = {};
for (const e of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) xt(e, bt);
for (const e of ["srcset", "imagesrcset", "data-srcset"]) xt(e, pr);
xt("style", gr);
function xt(e, t) {
  Ce[e.length] = [...Ce[e.length] ?? [], [e, t]];
}
function Re(e, t, n) {
  for (let r = 0; r < e.length; r += 1) t[n + r] = e.charCodeAt(r);
}

// shared/rewrite/ahead.js
var wr = 2048;
var yr = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];
var z = class {
  #t = 0;
  #r = false;
  #e = [];
  #s = new W(this);
  #n;
  #o = (t, n, r) => void this.#e.push({ from: t, to: n, text: r });
  constructor(t) {
    this.#n = t;
  }
  read(t, n) {
    this.#t = 0;
    this.#e = [];
    const r = this.#s.read(t);
    const o = n ? t.length : this.#i(r);
    const s = this.#e.filter(({ from: i }) => i < o);
    const a = br(t.subarray(0, o), s);
    return { end: o, bytes: a, sure: Math.max(0, a.length - this.#t) };
  }
  attribute(t, n, r, o, s, a) {
    const i = o - r;
    const c = yr.some((u) => u.length === i && _(t, r, u));
    if (c || n === "link" && i === 4) this.#t += a - s;
    this.#a((u) => u.attribute?.(t, n, r, o, s, a, this.#o));
  }
  tag(t, n, r, o, s, a, i) {
    this.#t += a;
    if (n === "style") this.#r = !r;
    this.#a((c) => c.tag?.(t, n, r, o, s, i, this.#o));
  }
  text(t, n, r, o) {
    if (this.#r) this.#t += r - n;
    this.#a((s) => s.text?.(t, n, r, o));
  }
  #a(t) {
    for (const n of this.#n) {
      try {
        t(n);
      } catch (r) {
        console.error("a fix was left out:", h(r));
        this.#n = this.#n.filter((o) => o !== n);
      }
    }
  }
  #i(t) {
    const n = Math.min(...this.#n.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= t) return t;
    this.#a((r) => r.letGo?.());
    if (t - n > wr) return t;
    this.#s.reset();
    this.#r = false;
    return n;
  }
};
function br(e, t) {
  if (t.length === 0) return e;
  const n = t.reduce((a, { from: i, to: c, text: u }) => a + u.length - (c - i), 0);
  const r = new Uint8Array(e.length + n);
  let o = 0;
  let s = 0;
  for (const { from: a, to: i, text: c } of t) {
    r.set(e.subarray(o, a), s);
    s += a - o;
    Re(c, r, s);
    s += c.length;
    o = i;
  }
  r.set(e.subarray(o), s);
  return r;
}

// shared/rewrite/flow.js
var At = 32 * 1024;
var xr = 1024 * 1024;
var Oe = 32 * 1024;
var Ar = 256;
var Sr = 62;
var Le = 10;
function Me(e, t, n) {
  if (!t.body) return t;
  const r = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  let s;
  try {
    s = e.transform(new Response(r.readable, t));
  } catch {
    return t;
  }
  const a = t.body.getReader({ mode: "byob" });
  const i = (
    s.body.getReader({ mode: "byob" })
  );
  const c = { sure: 0 };
  Er(a, r.writable.getWriter(), new z(n), c);
  _r(i, o.writable.getWriter(), c);
  return new Response(o.readable, s);
}
async function Er(e, t, n, r) {
  let o = new ArrayBuffer(At);
  let s = 0;
  const a = async (i, c) => {
    const { end: u, bytes: l, sure: p } = n.read(i, c);
    r.sure = Math.max(r.sure, 0) + p;
    if (l.length > 0) await t.write(l);
    s = i.length - u;
    i.copyWithin(0, u);
  };
  try {
    for (; ; ) {
      const { done: i, value: c } = await e.read(new Uint8Array(o, s));
      o = c?.buffer ?? new ArrayBuffer(s);
      if (!c || i) break;
      const u = s === At || o.byteLength > At;
      if (u && !c.includes(Sr)) s += c.byteLength;
      else await a(new Uint8Array(o, 0, s + c.byteLength), false);
      if (s === o.byteLength) o = Tr(o);
      if (s === xr) await a(new Uint8Array(o, 0, s), true);
    }
    if (s > 0) await a(new Uint8Array(o, 0, s), true);
  } catch (i) {
    r.failure = i;
  }
  r.sure = Infinity;
  await Promise.allSettled([t.close(), e.cancel(r.failure)]);
}
function Tr(e) {
  const t = new ArrayBuffer(e.byteLength * 2);
  new Uint8Array(t).set(new Uint8Array(e));
  return t;
}
async function _r(e, t, n) {
  let r = new ArrayBuffer(Oe);
  try {
    for (; ; ) {
      const o = Math.max(1, Math.min(n.sure - Ar, Oe));
      const { done: s, value: a } = await e.readAtLeast(o, new Uint8Array(r));
      if (!a) break;
      n.sure -= a.byteLength;
      if (a.byteLength > 0) await t.write(a);
      if (s) break;
      r = a.buffer;
    }
    if (!n.failure) return await t.close();
    await scheduler.wait(Le);
    await t.abort(n.failure);
  } catch (o) {
    await scheduler.wait(Le);
    await Promise.allSettled([e.cancel(o), t.abort(o)]);
  }
}

// shared/rewrite/source.js
function kr(e) {
  return e.replace(/[&<>"']|[^\x20-\x7e]/gu, (t) => `&#${t.codePointAt(0)};`);
}
function Pe(e, t, n) {
  e.setAttribute(t, kr(n));
}

// shared/rewrite/fonts.js
var $e = "https://fonts.googleapis.com";
var Cr = "https://fonts.gstatic.com";
var Rr = /@font-face\s*\{([^}]*)\}/gi;
function Or(e) {
  const t = URL.parse(e, "https://relative.invalid/");
  if (!t || t.origin !== $e || !/^\/(css2?|icon)$/.test(t.pathname)) return null;
  if (t.pathname === "/icon" || /icon|symbols/i.test(t.search)) return null;
  if (t.searchParams.has("display")) return null;
  return `${e}${e.includes("?") ? "&" : "?"}display=swap`;
}
function Lr(e) {
  return e.replace(Rr, (t, n) => {
    return /font-display/i.test(n) || /icon|awesome|glyph|symbol/i.test(n) ? t : t.replace("{", "{font-display:swap;");
  });
}
function Ie({ on: e, css: t }) {
  let n = false;
  e('link[href*="fonts.g"]', {
    element(r) {
      const o = Et(r.getAttribute("href") ?? "");
      const s = (r.getAttribute("rel") ?? "").toLowerCase();
      if (s.includes("preconnect") && o.includes("fonts.gstatic.com")) n = true;
      if (!s.includes("stylesheet") || !o.startsWith($e)) return;
      const a = Or(o);
      if (a) Pe(r, "href", a);
      if (!n) r.before(`<link rel="preconnect" href="${Cr}" crossorigin>`, { html: true });
      n = true;
    }
  });
  t(Lr);
}

// shared/rewrite/lazy.js
function Ne({ on: e }, t, n = () => true) {
  let r = 0;
  e("img", {
    element(o) {
      r += 1;
      if (r <= t) return;
      if (!o.hasAttribute("loading") && n(o)) o.setAttribute("loading", "lazy");
      if (!o.hasAttribute("decoding")) o.setAttribute("decoding", "async");
    }
  });
  e("iframe[src]:not([loading])", { element: (o) => void o.setAttribute("loading", "lazy") });
}

// shared/rewrite/rewriter.js
var Ue = 512 * 1024;
function ve(e, t) {
  const n = /* @__PURE__ */ new Map();
  const r = [];
  const o = { head: [], body: [] };
  const s = [];
  const a = {
    ...e,
    on: (c, u) => void n.set(c, [...n.get(c) ?? [], u]),
    readAhead: (c) => void r.push(c),
    atHeadEnd: (c) => void o.head.push(c),
    atBodyEnd: (c) => void o.body.push(c),
    css: (c) => void s.push(c)
  };
  for (const c of t) K(() => c(a));
  if (s.length > 0) Ir(a, s);
  if (o.head.length > 0) Pr(a, o.head);
  if (o.body.length > 0) $r(a, o.body);
  const i = new HTMLRewriter();
  for (const [c, u] of n) i.on(c, Mr(u));
  return { rewriter: i, readers: r };
}
function Mr(e) {
  const t = e.flatMap(({ element: r }) => r ?? []);
  const n = e.flatMap(({ text: r }) => r ?? []);
  return {
    ...t.length > 0 && { element: De(t) },
    ...n.length > 0 && { text: De(n) }
  };
}
function De(e) {
  return (t) => {
    for (const n of e) K(() => n(t));
  };
}
function K(e) {
  try {
    return e();
  } catch (t) {
    console.error("a fix was left out:", h(t));
    return void 0;
  }
}
function Pr({ on: e }, t) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return je(t);
  };
  e("head", { element: (o) => o.onEndTag((s) => void s.before(r(), { html: true })) });
  e("body", { element: (o) => void o.before(r(), { html: true }) });
}
function $r({ on: e }, t) {
  e("body", { element: (n) => n.onEndTag((r) => void r.before(je(t), { html: true })) });
}
function je(e) {
  return e.map((t) => K(t) ?? "").join("");
}
function Ir({ on: e }, t) {
  let n = "";
  e("style", {
    text(r) {
      if (n.length > Ue) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > Ue;
      if (!o) return void r.remove();
      const s = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        t.reduce((a, i) => K(() => i(a)) ?? a, s),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// templates/customer/ecommerce/src/optimization.js
var Nr = 2;
function Fe(e, t, n) {
  const { headers: r, status: o } = t;
  if (!m(t) || !ye(r.get("Content-Type") ?? "")) return t;
  const s = r.get("ETag");
  if (s && !s.startsWith("W/")) r.set("ETag", `W/${s}`);
  if (o !== 200 || e.method === "HEAD") return t;
  const a = new URL(e.url);
  const i = f(n.eagerImages, Nr);
  const c = [(p) => Ne(p, i), Ie];
  const { rewriter: u, readers: l } = ve({ url: a, site: a, prefix: "", parameters: n, headers: r }, c);
  return Me(u, t, l);
}

// templates/customer/ecommerce/src/splitting.js
var He = "code24-variant";
var Ur = 30;
var Dr = /bot|crawl|spider|slurp|preview|lighthouse/i;
function Be(e, { variants: t, days: n }) {
  const r = Array.isArray(t) ? t.filter((a) => typeof a?.name === "string") : [];
  if (r.length === 0) return null;
  const o = 86400 * (typeof n === "number" && Number.isInteger(n) ? n : Ur);
  const s = r.find(({ name: a }) => a === Pt(e, He));
  if (s) return { name: s.name, isNew: false, maxAge: o };
  if (Dr.test(e.headers.get("User-Agent") ?? "")) return { name: r[0].name, isNew: false, maxAge: o };
  return { name: vr(r), isNew: true, maxAge: o };
}
function vr(e) {
  const t = e.map(({ weight: s }) => f(s, 1));
  const n = t.reduce((s, a) => s + a, 0);
  let r = crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32 * n;
  const o = t.findIndex((s) => (r -= s) < 0);
  return e[Math.max(o, 0)].name;
}
function Ge(e, { name: t, isNew: n, maxAge: r }) {
  if (!m(e)) return;
  e.headers.append("Vary", "Cookie");
  if (!n) return;
  e.headers.append("Set-Cookie", `${He}=${t}; Path=/; Max-Age=${r}; Secure; HttpOnly; SameSite=Lax`);
  e.headers.set("Cache-Control", "private, no-cache");
}

// templates/customer/ecommerce/src/index.js
var Ke = "Shop unavailable";
var We = "code24-ecommerce";
var ze = { pageTtl: 60, assetTtl: 86400, staleWhileRevalidate: 60, staleIfError: 86400 };
var $s = {
  async fetch(e, t, n) {
    const r = Date.now();
    const o = new URL(e.url);
    if (kt(o)) return Tt();
    const s = Ct(t);
    const { parameters: a } = s;
    if (o.pathname.endsWith(Vt))
      return ee(e, t, await N(We), le(a, ze));
    const i = { request: e, url: o, parameters: a, defaults: ze, env: t, ctx: n, cacheName: We, title: Ke };
    const c = b(s, "ab-testing");
    const u = c && Be(e, c);
    const l = me(i, s) ?? await jr(i, u);
    if (l.webSocket) return l;
    if (u) Ge(l, u);
    return Fr(i, l, s, u, r);
  }
};
async function jr(e, t) {
  const { request: n, url: r, parameters: o } = e;
  const { url: s, problem: a } = Nt(o, r, "https://shop.example.com/");
  if (!s) return g(n, Ke, 422, "invalid_parameters", a, { field: "parameters.origin" });
  const i = t ? { "Code24-Variant": t.name } : {};
  return se({ ...e, origin: s, extra: i, variant: t?.name });
}
function Fr(e, t, n, r, o) {
  const s = b(n, "security");
  if (s) he(t, s);
  const a = b(n, "analytics");
  if (a) we(e, t, n, a, r, Date.now() - o);
  const i = b(n, "optimization");
  return i ? Fe(e.request, t, i) : t;
}
export {
  $s as default
};

// Generated from templates/customer/content/src by `make bundles`. Do not edit.
// shared/errors.js
function h(e) {
  return String(e?.message ?? e);
}

// shared/html.js
function lt(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function g(e) {
  return lt(e.headers.get("Content-Type"));
}
var me = {
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
function H(e) {
  return ft(
    e.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (t, n, r, o) => {
      if (o) return Object.hasOwn(me, o) ? me[o] : t;
      const a = n ? parseInt(n, 16) : Number(r);
      return a > 0 && a <= 1114111 ? String.fromCodePoint(a) : "�";
    })
  );
}
function ft(e) {
  return e.replace(/\s+/g, " ").trim();
}
function b(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// shared/answers.js
function O(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function de() {
  return O(200, { status: "ok" });
}
function S(e, t, n, r = {}, o = {}) {
  return O(e, { error: { code: t, message: n, ...r } }, o);
}
function w(e, t, n, r, o, a = {}) {
  const s = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return S(n, r, o, a, { Vary: "Accept" });
  return new Response(mt(n, t, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function L(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (n) return `no answer within ${t} ms`;
  const r = h(e);
  return /^internal error/i.test(r) ? "no connection" : r;
}
function mt(e, t, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${b(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${b(t)}</h1><p>${b(n)}</p><small>${e}</small></main></body></html>
`;
}

// shared/config.js
var dt = "/.well-known/code24/health";
function pe(e) {
  return e.pathname.endsWith(dt);
}
function he(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function A({ features: e, parameters: t }, n) {
  return e.includes(n) ? t[n] ?? {} : null;
}
function ge(e, t, n) {
  const r = e[t];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function m(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/caching/conditions.js
function we(e) {
  return e.trim().replace(/^W\//, "");
}
function C(e, t) {
  if (!pt(e.headers, t.headers)) return t;
  t.body?.cancel();
  return new Response(null, { status: 304, headers: t.headers });
}
function pt(e, t) {
  const [n, r] = [e.get("If-None-Match"), e.get("If-Modified-Since")];
  const [o, a] = [t.get("ETag"), t.get("Last-Modified")];
  if (n !== null)
    return o !== null && (n.trim() === "*" || n.split(",").map(we).includes(we(o)));
  return r !== null && a !== null && Date.parse(a) <= Date.parse(r);
}

// shared/caching/entries.js
var G = "Code24-Entry";
async function P(e) {
  try {
    return await caches.open(e);
  } catch {
    return null;
  }
}
async function M(e, t) {
  try {
    const n = await e.match(t);
    const r = JSON.parse(n?.headers.get(G) ?? "null");
    return n && r ? { response: n, entry: r } : null;
  } catch {
    return null;
  }
}
function F({ at: e }) {
  return Math.max(0, (Date.now() - e) / 1e3);
}
function ht({ fresh: e, whileRevalidating: t, ifError: n }) {
  return e + Math.max(t, n);
}
async function _(e, t, n, r) {
  const o = new Response(n.body, n);
  o.headers.set(G, JSON.stringify(r));
  o.headers.set("Cache-Control", `public, max-age=${ht(r)}`);
  try {
    await e.put(t, o);
  } catch (a) {
    console.warn(`not cached: ${h(a)}`);
  }
}
async function $(e, t) {
  try {
    await e.delete(t);
  } catch (n) {
    console.warn(`not deleted: ${h(n)}`);
  }
}
function R(e, { response: t, entry: n }) {
  const r = new Response(t.body, t);
  r.headers.delete(G);
  r.headers.delete("Cache-Control");
  if (n.rule !== null) r.headers.set("Cache-Control", n.rule);
  r.headers.set("Age", String(Math.floor(F(n))));
  return C(e, r);
}

// shared/caching/cachecontrol.js
var q = 7 * 86400;
var gt = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;
function K(e) {
  const t = (e.get("Cache-Control") ?? "").matchAll(gt);
  return new Map(Array.from(t, ([, n, r, o]) => [n.toLowerCase(), r ?? o ?? ""]));
}
function v(e, t) {
  const n = e.get(t);
  if (n === void 0) return null;
  return /^\d+$/.test(n) ? Number(n) : 0;
}
function ye(e) {
  const t = K(e);
  return t.has("private") || t.has("no-store") || t.has("no-cache") || z(e) === 0;
}
function z(e) {
  const t = K(e);
  const n = v(t, "s-maxage") ?? v(t, "max-age");
  const r = e.get("Expires");
  if (n !== null || r === null) return n;
  return Math.max(0, Math.floor((Date.parse(r) - Date.now()) / 1e3) || 0);
}
function B(e, t, n) {
  const r = K(e);
  const o = ["must-revalidate", "proxy-revalidate", "s-maxage"].some((a) => r.has(a));
  return Math.min(v(r, t) ?? (o ? 0 : n), q);
}

// shared/visitors/visitor.js
var wt = /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
var yt = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
var bt = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function be(e) {
  const t = (e.headers.get("Cookie") ?? "").split(/[;,]/);
  return t.map((n) => n.split("=")[0].trim()).filter(Boolean);
}
function W(e, { sessionCookies: t, ignoredCookies: n }) {
  const r = be(e).filter((o) => !X(o, n));
  return r.some((o) => wt.test(o) || yt.test(o) || X(o, t));
}
function Ae(e, { ignoredCookies: t }) {
  return be(e).some((n) => !bt.test(n) && !X(n, t));
}
function X(e, t) {
  const n = Array.isArray(t) ? t.filter((r) => typeof r === "string") : [];
  return n.some((r) => r.endsWith("*") ? e.startsWith(r.slice(0, -1)) : e === r);
}
function d(e) {
  return e.headers.get("CF-Connecting-IP") ?? "";
}

// shared/origin.js
var At = 30;
var xt = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i"
);
var St = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity",
  // the edge compresses responses
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)"
};
var Et = /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;
function Se(e, t, n) {
  const r = ge({ origin: e.origin }, "origin", n);
  if (r.url?.host === t.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return r;
}
function Y(e) {
  const t = e.slice(1).split("&").filter((n) => !Et.test([...new URLSearchParams(n).keys()][0] ?? ""));
  return t.join("&") && `?${t.join("&")}`;
}
async function Ee(e, { shared: t, etag: n = null }) {
  const { request: r, url: o, origin: a, extra: s = {} } = e;
  const i = t ? new Headers(St) : Tt(r);
  i.set("X-Forwarded-Host", o.host);
  i.set("X-Forwarded-Proto", o.protocol.slice(0, -1));
  for (const [p, x] of Object.entries(s)) i.set(p, x);
  if (n) i.set("If-None-Match", n);
  const c = Te(a, o, t);
  const u = new AbortController();
  const l = setTimeout(() => u.abort(), V(e.timeout));
  try {
    const { method: p } = r;
    const x = p === "GET" || p === "HEAD" ? null : r.body;
    const y = await fetch(c, { method: p, headers: i, body: x, redirect: "manual", signal: u.signal });
    const ut = y.status >= 200 && y.status < 600 || y.webSocket;
    if (!ut) throw new Error(`it answers with the status ${y.status}`);
    return y;
  } finally {
    clearTimeout(l);
  }
}
function V(e) {
  return 1e3 * (typeof e === "number" && e > 0 ? e : At);
}
function Tt(e) {
  const t = new Headers(e.headers);
  for (const r of [...t.keys()]) if (xt.test(r)) t.delete(r);
  const n = d(e);
  if (n) t.set("X-Forwarded-For", n);
  return t;
}
function J(e) {
  return e.pathname.replace(/\/+$/, "");
}
function Te(e, t, n) {
  const r = new URL(e);
  r.pathname = J(e) + t.pathname;
  r.search = n ? Y(t.search) : t.search;
  r.hash = "";
  return r;
}
function I(e, t) {
  const n = new Response(t.body, t);
  const r = n.headers.get("Location");
  if (r !== null) n.headers.set("Location", kt(e, r));
  const o = n.headers.getSetCookie();
  n.headers.delete("Set-Cookie");
  for (const a of o) n.headers.append("Set-Cookie", Ct(e, a));
  return n;
}
function kt({ origin: e, url: t }, n) {
  const r = URL.parse(n, Te(e, t, false));
  const o = J(e);
  if (!r || r.host !== e.host || !ke(r.pathname, o)) return n;
  return `${t.origin}${r.pathname.slice(o.length) || "/"}${r.search}${r.hash}`;
}
function Ct({ origin: e, url: t }, n) {
  const r = J(e);
  const [o, ...a] = n.split(";");
  const s = a.flatMap((i) => {
    const [c, u = ""] = i.split("=").map((l) => l.trim());
    if (c.toLowerCase() === "domain") {
      const l = u.toLowerCase().replace(/^\./, "");
      return xe(e.hostname, l) && !xe(t.hostname, l) ? [] : [i];
    }
    if (c.toLowerCase() === "path" && r && ke(u, r))
      return [` Path=${u.slice(r.length) || "/"}`];
    return [i];
  });
  return [o, ...s].join(";");
}
function ke(e, t) {
  return e === t || e.startsWith(`${t}/`);
}
function xe(e, t) {
  return e === t || e.endsWith(`.${t}`);
}

// shared/paths.js
var Q = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
var _t = Z(`cart carts basket bag minicart warenkorb panier carrito cesta carrello winkelwagen winkelmandje
  koszyk kundvagn varukorg`);
var Rt = Z(`checkout checkouts onepage payment payments pay order-received kasse bestellen commande paiement
  caja pago cassa pagamento afrekenen kassa zamowienie`);
var Ot = /* @__PURE__ */ new Set([
  ..._t,
  ...Rt,
  ...Z(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    konto mein-konto anmelden abmelden merkzettel compte mon-compte connexion cuenta mi-cuenta pedidos ordini
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`)
]);
var Lt = 4;
function Ce(e, t) {
  const n = Re(e);
  if (n === null) return true;
  if (_e(n, t)) return true;
  return Pt(n).some((r) => Ot.has(r));
}
function U(e, t) {
  const n = Re(e);
  return n === null ? Array.isArray(t) && t.length > 0 : _e(n, t);
}
function _e(e, t) {
  const n = Array.isArray(t) ? t : [];
  return n.some((r) => typeof r === "string" && e.startsWith(r.toLowerCase()));
}
function Z(e) {
  return new Set(e.trim().split(/\s+/));
}
function Re(e) {
  let t = e;
  for (let n = 0; n < Lt; n += 1) {
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
function Pt(e) {
  return e.split("/").map((t) => /^[\w-]*/.exec(t)?.[0] ?? "");
}

// shared/visitors/ratelimit.js
var Mt = 1e4;
var E = class {
  #e = /* @__PURE__ */ new Map();
  count(t, n, r) {
    const o = Date.now();
    const a = this.#e.get(t);
    const s = a && a.ends > o ? a : { count: 0, ends: o + r * 1e3 };
    s.count += 1;
    this.#e.delete(t);
    this.#e.set(t, s);
    if (this.#e.size > Mt) {
      const [c] = this.#e.keys();
      this.#e.delete(c);
    }
    const i = Math.max(0, n - s.count);
    return { isOver: s.count > n, left: i, seconds: Math.ceil((s.ends - o) / 1e3) };
  }
};

// shared/visitors/secrets.js
async function Le(e, t) {
  const [n, r] = await Promise.all([Oe(e), Oe(t)]);
  return crypto.subtle.timingSafeEqual(n, r);
}
function Oe(e) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(e));
}
function Pe(e) {
  return /^Bearer\s+(\S+)\s*$/i.exec(e.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// shared/caching/purging.js
var Ie = "/.well-known/code24/purge";
var ne = "*";
var re = 256;
var oe = 100;
var $t = 8e3;
var Me = 65536;
var It = 5e3;
var Ut = 1e3;
var Ue = "https://purges.code24.invalid/";
var ee = "purge:";
var Nt = 60;
var Dt = new E();
var f = { marks: /* @__PURE__ */ new Map(), readAt: 0 };
function Ne(e, t) {
  const n = [...(e.get("Cache-Tag") ?? "").split(","), ...(e.get("Surrogate-Key") ?? "").split(/\s+/)];
  const r = n.map((s) => s.trim().toLowerCase()).filter((s) => s && s.length <= re);
  let o = 0;
  const a = [...new Set(r)].slice(0, oe).filter((s) => (o += s.length) <= $t);
  return [De(t), ...a];
}
function De(e) {
  return `path ${e}`.slice(0, re);
}
async function je({ at: e, tags: t }, n, r, o) {
  const a = Date.now() - f.readAt;
  if (f.readAt === 0) await te(n, r);
  else if (a > It) o.waitUntil(te(n, r));
  return [ne, ...t].some((s) => e <= (f.marks.get(s) ?? -1));
}
async function te(e, t) {
  const n = Date.now();
  try {
    const r = e.PURGES ? await jt(e.PURGES) : await Ht(t);
    for (const [o, a] of r) f.marks.set(o, Math.max(a, f.marks.get(o) ?? 0));
  } catch (r) {
    console.warn(`purges not read: ${h(r)}`);
  }
  f.readAt = n;
}
async function jt(e) {
  const t = [];
  let n = null;
  do {
    const r = await e.list({ prefix: ee, cursor: n });
    for (const { name: o, metadata: a } of r.keys) t.push([o.slice(ee.length), Number(a?.at ?? 0)]);
    n = r.list_complete ? null : r.cursor;
  } while (n);
  return t;
}
async function Ht(e) {
  const t = await e?.match(Ue);
  return t ? Object.entries(await t.json()) : [];
}
async function Gt(e, t, n, r) {
  const o = Date.now();
  await te(t, n);
  for (const i of e) f.marks.set(i, o);
  const { PURGES: a } = t;
  if (a) {
    const i = { metadata: { at: o }, expirationTtl: Math.max(Nt, r) };
    await Promise.all(e.map((c) => a.put(ee + c, "", i)));
    return;
  }
  for (const [i, c] of f.marks) if (o - c > r * 1e3) f.marks.delete(i);
  if (f.marks.size > Ut) {
    f.marks.clear();
    f.marks.set(ne, o);
  }
  const s = { "Cache-Control": `max-age=${r}` };
  await n?.put(Ue, Response.json(Object.fromEntries(f.marks), { headers: s }));
}
async function He(e, t, n, r) {
  if (!t.PURGE_KEY) return S(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (e.method !== "POST") return S(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const o = await Ft(e);
  const a = Pe(e) ?? o?.key;
  if (typeof a !== "string" || !await Le(a, t.PURGE_KEY)) {
    const { isOver: i, seconds: c } = Dt.count(d(e), 10, 60);
    if (i) return S(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(c) });
    return S(403, "forbidden", "The key is not the right one.");
  }
  const s = vt(o);
  if (o === null || s === null)
    return S(400, "invalid_purge", `Name tags, paths (texts, ${oe} at most), or "everything": true.`);
  await Gt(s, t, n, Math.max(r, 1));
  return O(200, {
    purged: { tags: o.tags ?? [], paths: o.paths ?? [], everything: o.everything === true }
  });
}
async function Ft(e) {
  if (Number(e.headers.get("Content-Length") ?? Me + 1) > Me) return null;
  try {
    const t = await e.json();
    return typeof t === "object" ? t : null;
  } catch {
    return null;
  }
}
function vt(e) {
  if (e?.everything === true) return [ne];
  const { tags: t = [], paths: n = [] } = e ?? {};
  if (!$e(t) || !$e(n)) return null;
  const r = [...t.map((o) => o.trim().toLowerCase()).filter(Boolean), ...n.map(De)];
  return r.length > 0 && r.length <= oe ? r : null;
}
function $e(e) {
  return Array.isArray(e) && e.every((t) => typeof t === "string" && t.length <= re);
}

// shared/caching/revalidation.js
var qt = 3e4;
var ae = /* @__PURE__ */ new Map();
async function Ge({ env: e, ctx: t }, n, r, o) {
  if (!n) return null;
  const a = await M(n, o ? new Request(r, { headers: o }) : r);
  return a && !await je(a.entry, e, n, t) ? a : null;
}
function se(e) {
  const t = F(e) - e.fresh;
  if (t <= 0) return "fresh";
  if (t <= e.whileRevalidating) return "stale";
  return t <= e.ifError ? "spare" : "gone";
}
function Fe(e, t, n) {
  const r = Date.now();
  if (r - (ae.get(t) ?? 0) < qt) return;
  ae.set(t, r);
  e.waitUntil(n().finally(() => ae.delete(t)));
}

// shared/caching/fronting.js
var Kt = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
var zt = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i]
];
var Bt = 32 * 1024 * 1024;
var ie = /* @__PURE__ */ new Set([500, 502, 503, 504]);
var Xt = /* @__PURE__ */ new Set(["vary", "set-cookie", "cache-control"]);
var Wt = 6e4;
var Yt = 2e3;
var k = /* @__PURE__ */ new Map();
var Vt = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];
async function D(e) {
  const t = tn(e);
  if (t) return N(e, t);
  const n = await P(e.cacheName);
  if (!n) return N(e, "unavailable");
  const r = rn(e);
  const o = await Ge(e, n, r);
  if (!o) return await Jt(e, r) ?? ve(e, n, r, null);
  const a = se(o.entry);
  if (a === "fresh") return T(R(e.request, o), "HIT");
  if (a !== "stale") return ve(e, n, r, o);
  Fe(e.ctx, r, () => en(e, n, r, o.response.headers.get("ETag")));
  return T(R(e.request, o), "STALE");
}
async function Jt(e, t) {
  const n = k.get(t);
  if (n && n.until > Date.now()) return N(e, n.reason);
  k.delete(t);
  return null;
}
function Qt(e, t) {
  k.set(e, { reason: t, until: Date.now() + Wt });
  if (k.size > Yt) k.delete(
    k.keys().next().value
  );
}
async function N(e, t) {
  const n = await ce(e, { shared: false });
  if (n.failed) return Ke(e);
  if (n.response.webSocket) return n.response;
  return T(j(I(e, n.response)), `BYPASS; reason=${t}`);
}
async function ve(e, t, n, r) {
  const o = Date.now();
  const { response: a, failed: s } = await ce(e, { shared: true, etag: r?.response.headers.get("ETag") });
  if (s || ie.has(a.status)) {
    if (r && se(r.entry) === "spare") {
      await a?.body?.cancel();
      return T(R(e.request, r), "STALE");
    }
    if (s) return Ke(e);
  }
  if (a.status === 304 && r) return Zt(e, t, n, r, a, o);
  const i = ze(e, a);
  if (i && Xt.has(i)) Qt(n, i);
  const c = i === "vary" || Ae(e.request, e.parameters);
  if (i && c && !ie.has(a.status)) {
    await a.body?.cancel();
    if (r) e.ctx.waitUntil($(t, n));
    return N(e, i);
  }
  const u = ue(e, a, o);
  const l = j(I(e, a));
  if (i) {
    if (r) e.ctx.waitUntil($(t, n));
    return T(l, `BYPASS; reason=${i}`);
  }
  if (e.request.method === "GET") e.ctx.waitUntil(_(t, n, l.clone(), u));
  return T(C(e.request, l), "MISS");
}
function Zt(e, t, n, r, o, a) {
  const { entry: s, response: i } = qe(e, r, o, a);
  if (e.request.method === "GET") e.ctx.waitUntil(_(t, n, i.clone(), s));
  return T(C(e.request, i), "REVALIDATED");
}
function qe(e, t, n, r) {
  const o = R(new Request(e.url), t);
  o.headers.delete("Age");
  for (const s of Vt) {
    const i = n.headers.get(s);
    if (i !== null) o.headers.set(s, i);
  }
  const a = ue(e, o, r);
  if (a.tags.length === 1) a.tags = t.entry.tags;
  return { entry: a, response: j(o) };
}
async function en(e, t, n, r) {
  const o = Date.now();
  const a = new Request(e.request, { method: "GET" });
  const { response: s, failed: i } = await ce({ ...e, request: a }, { shared: true, etag: r });
  if (i || ie.has(s.status)) return s?.body?.cancel();
  const c = s.status === 304 ? await M(t, n) : null;
  if (c) {
    const u = qe(e, c, s, o);
    return _(t, n, u.response, u.entry);
  }
  if (ze({ ...e, request: a }, s) === null) {
    const u = ue(e, s, o);
    return _(t, n, j(I(e, s)), u);
  }
  await s.body?.cancel();
  return $(t, n);
}
async function ce(e, t) {
  const { originTimeout: n } = e.parameters;
  try {
    return { response: await Ee({ ...e, timeout: n }, t), failed: false };
  } catch (r) {
    console.error(`origin unreachable: ${e.origin.host}: ${L(r, V(n))}`);
    return { response: null, failed: true };
  }
}
function Ke({ request: e, title: t }) {
  return w(e, t, 502, "origin_unreachable", "The site cannot be reached at the moment.");
}
function tn({ request: e, url: t, parameters: n, defaults: r }) {
  if (e.method !== "GET" && e.method !== "HEAD") return "method";
  if (e.headers.has("Authorization")) return "authorization";
  if (e.headers.has("Range")) return "range";
  if (e.headers.has("Upgrade")) return "upgrade";
  if (Ce(t.pathname, n.neverCache)) return "path";
  for (const o of t.searchParams.keys()) if (Kt.test(o)) return "query";
  if (!Q.test(t.pathname) && W(e, n)) return "session";
  return !Q.test(t.pathname) && m(n.pageTtl, r.pageTtl) === 0 ? "ttl" : null;
}
function ze(e, t) {
  const { headers: n } = t;
  if (t.status !== 200) return "status";
  if (n.has("Set-Cookie")) return "set-cookie";
  if (ye(n)) return "cache-control";
  if ((n.get("Vary") ?? "").split(",").some((r) => !/^\s*(accept-encoding)?\s*$/i.test(r))) return "vary";
  if (!g(t) && !nn(e.url.pathname, n)) return "type";
  if (g(t) && W(e.request, e.parameters)) return "session";
  if (Number(n.get("Content-Length") ?? 0) > Bt) return "size";
  return Be(e, t) === 0 ? "ttl" : null;
}
function nn(e, t) {
  const n = t.get("Content-Type") ?? "";
  return zt.some(([r, o]) => r.test(e) && o.test(n));
}
function Be({ parameters: e, defaults: t }, n) {
  const r = g(n) ? "pageTtl" : "assetTtl";
  const o = m(e[r], t[r]);
  return Math.min(o, z(n.headers) ?? o);
}
function Xe(e, t) {
  const n = (...r) => Math.max(...r.map((o) => m(e[o], t[o])));
  return n("pageTtl", "assetTtl") + q;
}
function ue(e, t, n) {
  const { parameters: r, defaults: o, url: a } = e;
  const { headers: s } = t;
  const i = (c) => m(r[c], o[c]);
  return {
    at: n,
    fresh: Be(e, t),
    whileRevalidating: B(s, "stale-while-revalidate", i("staleWhileRevalidate")),
    ifError: B(s, "stale-if-error", i("staleIfError")),
    rule: s.get("Cache-Control"),
    tags: Ne(s, a.pathname)
  };
}
function rn({ url: e, origin: t, variant: n }) {
  const r = Y(e.search);
  const o = new URLSearchParams({ "code24-origin": t.href, ...n && { "code24-variant": n } });
  return `${e.origin}${e.pathname}${r || "?"}${r && "&"}${o}`;
}
function j(e) {
  e.headers.delete("Cache-Tag");
  e.headers.delete("Surrogate-Key");
  return e;
}
function T(e, t) {
  e.headers.set("Code24-Cache", t);
  return e;
}

// shared/visitors/maintenance.js
var on = 600;
var an = "We are working on the site and will be back soon.";
var sn = "Back soon";
function We(e, t, { message: n, retryAfter: r, allowedAddresses: o, paths: a }) {
  const s = Array.isArray(a) && a.length > 0;
  if (s && !U(t.pathname, a)) return null;
  if (Array.isArray(o) && o.includes(d(e))) return null;
  const i = w(e, sn, 503, "maintenance", n ?? an);
  i.headers.set("Retry-After", String(m(r, on)));
  return i;
}

// shared/visitors/security.js
var cn = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var un = "SAMEORIGIN";
var ln = 0;
var fn = 30;
var mn = /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
var dn = /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
var pn = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;
var hn = new E();
var gn = new E();
function Ye(e, { frameOptions: t, contentSecurityPolicy: n, permissionsPolicy: r }) {
  const o = {
    ...cn,
    "X-Frame-Options": t ?? un,
    "Content-Security-Policy": n,
    "Permissions-Policy": r
  };
  for (const [a, s] of Object.entries(o)) {
    if (s && !e.headers.has(a)) e.headers.set(a, s);
  }
}
function Ve(e, t, n, r) {
  const o = Array.isArray(n.blockedAgents) ? n.blockedAgents : [];
  const a = (e.headers.get("User-Agent") ?? "").toLowerCase();
  const s = mn.test(a) || o.some((u) => a.includes(String(u).toLowerCase()));
  if (s || dn.test(t.pathname))
    return w(e, r, 403, "blocked", "This request is not served.");
  const i = wn(e, t, n);
  if (!i) return null;
  const c = w(e, r, 429, "too_many_requests", "Too many requests. Please try again later.");
  c.headers.set("Retry-After", String(i.seconds));
  return c;
}
function wn(e, t, { requestsPerMinute: n, loginsPerMinute: r }) {
  const o = d(e);
  const a = m(n, ln);
  const s = m(r, fn);
  if (!o) return null;
  const i = e.method === "POST" && pn.test(t.pathname);
  const c = [];
  if (i && s > 0) c.push(gn.count(o, s, 60));
  if (a > 0) c.push(hn.count(o, a, 60));
  return c.find(({ isOver: u }) => u) ?? null;
}

// shared/visitors/refusing.js
function Je({ request: e, url: t }, n) {
  const r = A(n, "maintenance");
  const o = A(n, "security");
  return (r && We(e, t, r)) ?? (o && Ve(e, t, o, "Not available"));
}

// templates/customer/content/src/tags.js
var le = new TextEncoder().encode("esi:");
var Qe = 4096;
var [fe, yn, bn] = [60, 47, 62];
var An = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
function Ze(e) {
  let t = new Uint8Array();
  let n = null;
  const r = (s, i) => void (n === null && i.length > 0 && s.enqueue(i));
  const o = async (s, i) => {
    const c = xn(t);
    const u = c < 0 ? -1 : t.indexOf(bn, c);
    const l = c >= 0 && u < 0 && t.length - c < Qe && !i;
    if (c < 0 || l) {
      const y = i ? t.length : c < 0 ? Sn(t) : c;
      r(s, t.subarray(0, y));
      t = t.slice(y);
      return false;
    }
    r(s, t.subarray(0, c));
    if (u < 0 || u - c >= Qe) {
      r(s, t.subarray(c, c + 1));
      t = t.slice(c + 1);
      return true;
    }
    const p = En(t.subarray(c, u + 1));
    t = t.slice(u + 1);
    if (n !== null) {
      if (p.isEnd && p.name === n) n = null;
      return true;
    }
    const x = await e(p);
    if (x instanceof Uint8Array) r(s, x);
    else n = x?.until ?? null;
    return true;
  };
  const a = async (s, i) => {
    let c = true;
    while (c) c = await o(s, i);
  };
  return new TransformStream({
    transform(s, i) {
      t = Tn(t, s);
      return a(i, false);
    },
    flush: (s) => a(s, true)
  });
}
function xn(e) {
  for (let t = e.indexOf(fe); t >= 0; t = e.indexOf(fe, t + 1)) {
    const n = e[t + 1] === yn ? t + 2 : t + 1;
    if (n + le.length <= e.length && le.every((r, o) => e[n + o] === r)) return t;
  }
  return -1;
}
function Sn(e) {
  const t = e.lastIndexOf(fe);
  return t >= 0 && e.length - t < le.length + 2 ? t : e.length;
}
function En(e) {
  const t = new TextDecoder().decode(e);
  const [, n, r] = /^<(\/?)esi:([a-z]*)/i.exec(t) ?? ["", "", ""];
  const o = Array.from(t.matchAll(An), ([, a, s, i]) => [
    a.toLowerCase(),
    s ?? i
  ]);
  return { name: r.toLowerCase(), isEnd: n === "/", attributes: Object.fromEntries(o) };
}
function Tn(e, t) {
  const n = new Uint8Array(e.length + t.length);
  n.set(e);
  n.set(t, e.length);
  return n;
}

// templates/customer/content/src/includes.js
var nt = { "Surrogate-Capability": 'code24="ESI/1.0"' };
var kn = /content\s*=\s*"[^"]*ESI\/1\.0/i;
var Cn = 20;
var et = 1024 * 1024;
var _n = ["Accept-Language", "User-Agent", "Cookie", "CF-Connecting-IP"];
function rt(e, t, { maxIncludes: n }) {
  const r = kn.test(t.headers.get("Surrogate-Control") ?? "");
  t.headers.delete("Surrogate-Control");
  if (!r || !g(t)) return t;
  for (const a of ["ETag", "Last-Modified", "Content-Length"]) t.headers.delete(a);
  t.headers.set("Cache-Control", "private, no-cache");
  if (t.status !== 200 || e.request.method !== "GET" || !t.body) return t;
  const o = t.body.pipeThrough(Ze(Rn(e, m(n, Cn))));
  return new Response(o, t);
}
function Rn(e, t) {
  let n = 0;
  return async ({ name: r, isEnd: o, attributes: a }) => {
    if (r === "remove" && !o) return { until: "remove" };
    if (r !== "include" || o) return null;
    n += 1;
    if (n > t) return null;
    const { src: s, alt: i } = a;
    return s && await tt(e, H(s)) || i && await tt(e, H(i)) || null;
  };
}
async function tt(e, t) {
  const n = URL.parse(t, e.url);
  if (!n || n.origin !== e.url.origin) return null;
  const r = new Headers({ Accept: "text/html" });
  for (const o of _n) {
    const a = e.request.headers.get(o);
    if (a !== null) r.set(o, a);
  }
  try {
    const o = await D({ ...e, url: n, request: new Request(n, { headers: r }) });
    const a = o.status === 200 && g(o) && Number(o.headers.get("Content-Length") ?? 0) <= et;
    if (a) return (await o.bytes()).subarray(0, et);
    await o.body?.cancel();
  } catch (o) {
    console.warn(`part missing: ${n.pathname}: ${h(o)}`);
  }
  return null;
}

// templates/customer/content/src/paywall.js
var ot = 3e3;
var On = "[data-paywall]";
var Ln = "The whole article is for subscribers.";
var Pn = "Subscribe";
async function at({ request: e, url: t, env: n }, r, o) {
  if (!g(r) || !U(t.pathname, o.paths)) return r;
  for (const i of ["ETag", "Last-Modified", "Content-Length"]) r.headers.delete(i);
  r.headers.set("Cache-Control", "private, no-store");
  if (r.status !== 200 || e.method !== "GET") return r;
  const { isAllowed: a, cookies: s } = await Mn(e, t, n.PAYWALL, o.whenUnreachable === "full");
  for (const i of s) r.headers.append("Set-Cookie", i);
  r.headers.set("Code24-Paywall", a ? "open" : "closed");
  if (a) return r;
  return new HTMLRewriter().on(o.selector ?? On, In(o)).transform(r);
}
async function Mn(e, t, n, r) {
  const o = {
    url: t.href,
    path: t.pathname,
    cookie: e.headers.get("Cookie") ?? "",
    address: d(e),
    userAgent: e.headers.get("User-Agent") ?? ""
  };
  const { signal: a, clear: s } = $n();
  try {
    if (!n) throw new Error("the binding is missing");
    const i = JSON.stringify(o);
    const c = { "Content-Type": "application/json" };
    const u = await n.fetch("https://paywall.code24.invalid/", { method: "POST", headers: c, body: i, signal: a });
    const l = u.status >= 500;
    await u.body?.cancel();
    return { isAllowed: l ? r : u.status === 200, cookies: u.headers.getSetCookie() };
  } catch (i) {
    console.error(`paywall unreachable: ${L(i, ot)}`);
    return { isAllowed: r, cookies: [] };
  } finally {
    s();
  }
}
function $n() {
  const e = new AbortController();
  const t = setTimeout(() => e.abort(), ot);
  return { signal: e.signal, clear: () => clearTimeout(t) };
}
function In({ offer: e, subscribeUrl: t, linkText: n }) {
  let r = 0;
  return {
    element(o) {
      r += 1;
      if (r > 1) return void o.remove();
      const a = t ? ` <a href="${b(t)}">${b(n ?? Pn)}</a>` : "";
      const s = `<section class="code24-paywall"><p>${b(e ?? Ln)}${a}</p></section>`;
      o.replace(s, { html: true });
    }
  };
}

// templates/customer/content/src/index.js
var ct = "Site unavailable";
var st = "code24-content";
var it = { pageTtl: 120, assetTtl: 86400, staleWhileRevalidate: 300, staleIfError: 86400 };
var ro = {
  async fetch(e, t, n) {
    const r = new URL(e.url);
    if (pe(r)) return de();
    const o = he(t);
    const { parameters: a } = o;
    if (r.pathname.endsWith(Ie))
      return He(e, t, await P(st), Xe(a, it));
    const s = A(o, "includes") ? nt : {};
    const i = { request: e, url: r, parameters: a, defaults: it, env: t, ctx: n, cacheName: st, title: ct, extra: s };
    const c = Je(i, o) ?? await Un(i, o);
    const u = A(o, "security");
    if (u && !c.webSocket) Ye(c, u);
    return c;
  }
};
async function Un(e, t) {
  const { request: n, url: r } = e;
  const { url: o, problem: a } = Se(t.parameters, r, "https://news.example.com/");
  if (!o) return w(n, ct, 422, "invalid_parameters", a, { field: "parameters.origin" });
  const s = { ...e, origin: o };
  const i = await D(s);
  if (i.webSocket) return i;
  const c = A(t, "includes");
  const u = c ? rt(s, i, c) : i;
  const l = A(t, "paywall");
  return l ? at(s, u, l) : u;
}
export {
  ro as default
};

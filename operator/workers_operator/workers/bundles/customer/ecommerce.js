// Generated from templates/customer/ecommerce/src by `make bundles`.
// shared/html.js
function He(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function d(e) {
  return He(e.headers.get("Content-Type"));
}
var yt = {
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
function xt(e) {
  return Be(
    e.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (t, n, r, o) => {
      if (o) return Object.hasOwn(yt, o) ? yt[o] : t;
      const s = n ? parseInt(n, 16) : Number(r);
      return s > 0 && s <= 1114111 ? String.fromCodePoint(s) : "�";
    })
  );
}
function Be(e) {
  return e.replace(/\s+/g, " ").trim();
}
function P(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// shared/answers.js
function $(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function bt() {
  return $(200, { status: "ok" });
}
function y(e, t, n, r = {}, o = {}) {
  return $(e, { error: { code: t, message: n, ...r } }, o);
}
function p(e, t, n, r, o, s = {}) {
  const a = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!a) return y(n, r, o, s, { Vary: "Accept" });
  return new Response(Ge(n, t, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function St(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  return n ? `no answer within ${t} ms` : String(e?.message ?? e);
}
function Ge(e, t, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${P(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${P(t)}</h1><p>${P(n)}</p><small>${e}</small></main></body></html>
`;
}

// shared/config.js
var ze = "/.well-known/code24/health";
function At(e) {
  return e.pathname.endsWith(ze);
}
function Et(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function g({ features: e, parameters: t }, n) {
  return e.includes(n) ? t[n] ?? {} : null;
}
function Tt(e, t, n) {
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

// shared/conditions.js
function _t(e) {
  return e.trim().replace(/^W\//, "");
}
function C(e, t) {
  if (!We(e.headers, t.headers)) return t;
  t.body?.cancel();
  return new Response(null, { status: 304, headers: t.headers });
}
function We(e, t) {
  const [n, r] = [e.get("If-None-Match"), e.get("If-Modified-Since")];
  const [o, s] = [t.get("ETag"), t.get("Last-Modified")];
  if (n !== null)
    return o !== null && (n.trim() === "*" || n.split(",").map(_t).includes(_t(o)));
  return r !== null && s !== null && Date.parse(s) <= Date.parse(r);
}

// shared/errors.js
function x(e) {
  return String(e?.message ?? e);
}

// shared/entries.js
var X = "Code24-Entry";
async function I(e) {
  try {
    return await caches.open(e);
  } catch {
    return null;
  }
}
async function N(e, t) {
  try {
    const n = await e.match(t);
    const r = JSON.parse(n?.headers.get(X) ?? "null");
    return n && r ? { response: n, entry: r } : null;
  } catch {
    return null;
  }
}
function q({ at: e }) {
  return Math.max(0, (Date.now() - e) / 1e3);
}
function Ke({ fresh: e, whileRevalidating: t, ifError: n }) {
  return e + Math.max(t, n);
}
async function R(e, t, n, r) {
  const o = new Response(n.body, n);
  o.headers.set(X, JSON.stringify(r));
  o.headers.set("Cache-Control", `public, max-age=${Ke(r)}`);
  try {
    await e.put(t, o);
  } catch (s) {
    console.warn(`not cached: ${x(s)}`);
  }
}
async function U(e, t) {
  try {
    await e.delete(t);
  } catch (n) {
    console.warn(`not deleted: ${x(n)}`);
  }
}
function O(e, { response: t, entry: n }) {
  const r = new Response(t.body, t);
  r.headers.delete(X);
  r.headers.delete("Cache-Control");
  if (n.rule !== null) r.headers.set("Cache-Control", n.rule);
  r.headers.set("Age", String(Math.floor(q(n))));
  return C(e, r);
}

// shared/cachecontrol.js
var V = 7 * 86400;
var Xe = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]*)))?/g;
function Q(e) {
  const t = (e.get("Cache-Control") ?? "").matchAll(Xe);
  return new Map(Array.from(t, ([, n, r, o]) => [n.toLowerCase(), r ?? o ?? ""]));
}
function Y(e, t) {
  const n = e.get(t);
  if (n === void 0) return null;
  return /^\d+$/.test(n) ? Number(n) : 0;
}
function kt(e) {
  const t = Q(e);
  return t.has("private") || t.has("no-store") || t.has("no-cache") || J(e) === 0;
}
function J(e) {
  const t = Q(e);
  const n = Y(t, "s-maxage") ?? Y(t, "max-age");
  const r = e.get("Expires");
  if (n !== null || r === null) return n;
  return Math.max(0, Math.floor((Date.parse(r) - Date.now()) / 1e3) || 0);
}
function Z(e, t, n) {
  const r = Q(e);
  const o = ["must-revalidate", "proxy-revalidate", "s-maxage"].some((s) => r.has(s));
  return Math.min(Y(r, t) ?? (o ? 0 : n), V);
}

// shared/visitor.js
var qe = /sess|sid$|^zenid$|auth|token|jwt|login|logged|remember|user|customer|account|cart|basket|checkout|wishlist/i;
var Ye = /currency|locali[sz]ation|^lang|^store$|^frontend$|magento-vary/i;
var Ve = new RegExp(
  "^(_ga.*|_gid|_gat.*|_gac.*|_gcl.*|_dc_gtm.*|__utm.*|_fb[pc]|_hj.*|_pk_.*|_cl[cs]k|_uet.*|_pin_.*|_ttp|_tt_.*|ajs_.*|amplitude_.*|mp_.*|__cf.*|cf_.*|_?cookie_?(consent|notice|law|bot).*|euconsent.*|optanon.*|borlabs-cookie|cmplz_.*|moove_gdpr.*|code24-variant)$",
  "i"
);
function Ct(e) {
  const t = (e.headers.get("Cookie") ?? "").split(/[;,]/);
  return t.map((n) => n.split("=")[0].trim()).filter(Boolean);
}
function Rt(e, t) {
  for (const n of (e.headers.get("Cookie") ?? "").split(/[;,]/)) {
    const [r, ...o] = n.split("=");
    if (r.trim() === t) return o.join("=").trim();
  }
  return null;
}
function et(e, { sessionCookies: t, ignoredCookies: n }) {
  const r = Ct(e).filter((o) => !tt(o, n));
  return r.some((o) => qe.test(o) || Ye.test(o) || tt(o, t));
}
function Ot(e, { ignoredCookies: t }) {
  return Ct(e).some((n) => !Ve.test(n) && !tt(n, t));
}
function tt(e, t) {
  const n = Array.isArray(t) ? t.filter((r) => typeof r === "string") : [];
  return n.some((r) => r.endsWith("*") ? e.startsWith(r.slice(0, -1)) : e === r);
}
function w(e) {
  return e.headers.get("CF-Connecting-IP") ?? "";
}

// shared/origin.js
var Qe = 30;
var Je = new RegExp(
  "^(forwarded|x-forwarded-.*|x-(real|client|originating|remote)-ip|true-client-ip|x-host|x-http-host-override|x-original-.*|x-rewrite-.*|x-url-scheme|front-end-https|code24-.*)$",
  "i"
);
var Ze = {
  Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "Accept-Encoding": "identity",
  // the edge compresses by itself
  "User-Agent": "Mozilla/5.0 (compatible; Code24/1.0)"
};
var tn = /^(utm_.*|[gdw]clid|fbclid|msclkid|ttclid|twclid|yclid|gbraid|wbraid|mc_[ce]id|igshid|li_fat_id|_gl|srsltid)$/i;
function Mt(e, t, n) {
  const r = Tt({ origin: e.origin }, "origin", n);
  if (r.url?.host === t.host)
    return { problem: "parameters.origin is the address of this very Worker: it would ask itself for ever." };
  return r;
}
function nt(e) {
  const t = e.slice(1).split("&").filter((n) => !tn.test([...new URLSearchParams(n).keys()][0] ?? ""));
  return t.join("&") && `?${t.join("&")}`;
}
async function Pt(e, { shared: t, etag: n = null }) {
  const { request: r, url: o, origin: s, extra: a = {} } = e;
  const i = t ? new Headers(Ze) : en(r);
  i.set("X-Forwarded-Host", o.host);
  i.set("X-Forwarded-Proto", o.protocol.slice(0, -1));
  for (const [m, K] of Object.entries(a)) i.set(m, K);
  if (n) i.set("If-None-Match", n);
  const c = $t(s, o, t);
  const u = new AbortController();
  const l = setTimeout(() => u.abort(), rt(e.timeout));
  try {
    const { method: m } = r;
    const K = m === "GET" || m === "HEAD" ? null : r.body;
    const k = await fetch(c, { method: m, headers: i, body: K, redirect: "manual", signal: u.signal });
    const Fe = k.status >= 200 && k.status < 600 || k.webSocket;
    if (!Fe) throw new Error(`it answers with the status ${k.status}`);
    return k;
  } finally {
    clearTimeout(l);
  }
}
function rt(e) {
  return 1e3 * (typeof e === "number" && e > 0 ? e : Qe);
}
function en(e) {
  const t = new Headers(e.headers);
  for (const r of [...t.keys()]) if (Je.test(r)) t.delete(r);
  const n = w(e);
  if (n) t.set("X-Forwarded-For", n);
  return t;
}
function ot(e) {
  return e.pathname.replace(/\/+$/, "");
}
function $t(e, t, n) {
  const r = new URL(e);
  r.pathname = ot(e) + t.pathname;
  r.search = n ? nt(t.search) : t.search;
  r.hash = "";
  return r;
}
function D(e, t) {
  const n = new Response(t.body, t);
  const r = n.headers.get("Location");
  if (r !== null) n.headers.set("Location", nn(e, r));
  const o = n.headers.getSetCookie();
  n.headers.delete("Set-Cookie");
  for (const s of o) n.headers.append("Set-Cookie", rn(e, s));
  return n;
}
function nn({ origin: e, url: t }, n) {
  const r = URL.parse(n, $t(e, t, false));
  const o = ot(e);
  if (!r || r.host !== e.host || !It(r.pathname, o)) return n;
  return `${t.origin}${r.pathname.slice(o.length) || "/"}${r.search}${r.hash}`;
}
function rn({ origin: e, url: t }, n) {
  const r = ot(e);
  const [o, ...s] = n.split(";");
  const a = s.flatMap((i) => {
    const [c, u = ""] = i.split("=").map((l) => l.trim());
    if (c.toLowerCase() === "domain") {
      const l = u.toLowerCase().replace(/^\./, "");
      return Lt(e.hostname, l) && !Lt(t.hostname, l) ? [] : [i];
    }
    if (c.toLowerCase() === "path" && r && It(u, r))
      return [` Path=${u.slice(r.length) || "/"}`];
    return [i];
  });
  return [o, ...a].join(";");
}
function It(e, t) {
  return e === t || e.startsWith(`${t}/`);
}
function Lt(e, t) {
  return e === t || e.endsWith(`.${t}`);
}

// shared/paths.js
var L = /\.(css|js|mjs|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp3|mp4|webm)$/i;
var Nt = st(`cart carts basket bag minicart warenkorb panier carrito cesta carrello winkelwagen winkelmandje
  koszyk kundvagn varukorg`);
var Ut = st(`checkout checkouts onepage payment payments pay order-received kasse bestellen commande paiement
  caja pago cassa pagamento afrekenen kassa zamowienie`);
var on = /* @__PURE__ */ new Set([
  ...Nt,
  ...Ut,
  ...st(`order orders wishlist wishlists billing invoice invoices subscription subscriptions
    account accounts my-account myaccount customer customers profile user users login logout signin sign-in signout
    sign-out signup sign-up register password session sessions auth oauth
    konto mein-konto anmelden abmelden merkzettel compte mon-compte connexion cuenta mi-cuenta pedidos ordini
    admin administrator wp-admin wp-login wp-json api apis rest graphql ajax webhook webhooks`)
]);
var sn = 4;
function Dt(e, t) {
  const n = at(e);
  if (n === null) return true;
  if (jt(n, t)) return true;
  return Ft(n).some((r) => on.has(r));
}
function M(e, t) {
  const n = at(e);
  return n === null ? Array.isArray(t) && t.length > 0 : jt(n, t);
}
function vt(e) {
  const t = Ft(at(e) ?? "");
  if (t.some((n) => Ut.has(n))) return "checkout";
  return t.some((n) => Nt.has(n)) ? "cart" : null;
}
function jt(e, t) {
  const n = Array.isArray(t) ? t : [];
  return n.some((r) => typeof r === "string" && e.startsWith(r.toLowerCase()));
}
function st(e) {
  return new Set(e.trim().split(/\s+/));
}
function at(e) {
  let t = e;
  for (let n = 0; n < sn; n += 1) {
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
function Ft(e) {
  return e.split("/").map((t) => /^[\w-]*/.exec(t)?.[0] ?? "");
}

// shared/ratelimit.js
var an = 1e4;
var b = class {
  #t = /* @__PURE__ */ new Map();
  count(t, n, r) {
    const o = Date.now();
    const s = this.#t.get(t);
    const a = s && s.ends > o ? s : { count: 0, ends: o + r * 1e3 };
    a.count += 1;
    this.#t.delete(t);
    this.#t.set(t, a);
    if (this.#t.size > an) {
      const [c] = this.#t.keys();
      this.#t.delete(c);
    }
    const i = Math.max(0, n - a.count);
    return { isOver: a.count > n, left: i, seconds: Math.ceil((a.ends - o) / 1e3) };
  }
};

// shared/secrets.js
async function Bt(e, t) {
  const [n, r] = await Promise.all([Ht(e), Ht(t)]);
  return crypto.subtle.timingSafeEqual(n, r);
}
function Ht(e) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(e));
}
function Gt(e) {
  return /^Bearer\s+(\S+)\s*$/i.exec(e.headers.get("Authorization") ?? "")?.[1] ?? null;
}

// shared/purging.js
var Kt = "/.well-known/code24/purge";
var ut = "*";
var lt = 256;
var ft = 100;
var cn = 8e3;
var zt = 65536;
var un = 5e3;
var ln = 1e3;
var Xt = "https://purges.code24.invalid/";
var it = "purge:";
var fn = 60;
var hn = new b();
var h = { marks: /* @__PURE__ */ new Map(), readAt: 0 };
function qt(e, t) {
  const n = [...(e.get("Cache-Tag") ?? "").split(","), ...(e.get("Surrogate-Key") ?? "").split(/\s+/)];
  const r = n.map((a) => a.trim().toLowerCase()).filter((a) => a && a.length <= lt);
  let o = 0;
  const s = [...new Set(r)].slice(0, ft).filter((a) => (o += a.length) <= cn);
  return [Yt(t), ...s];
}
function Yt(e) {
  return `path ${e}`.slice(0, lt);
}
async function Vt({ at: e, tags: t }, n, r, o) {
  const s = Date.now() - h.readAt;
  if (h.readAt === 0) await ct(n, r);
  else if (s > un) o.waitUntil(ct(n, r));
  return [ut, ...t].some((a) => e <= (h.marks.get(a) ?? -1));
}
async function ct(e, t) {
  const n = Date.now();
  try {
    const r = e.PURGES ? await dn(e.PURGES) : await mn(t);
    for (const [o, s] of r) h.marks.set(o, Math.max(s, h.marks.get(o) ?? 0));
  } catch (r) {
    console.warn(`purges not read: ${x(r)}`);
  }
  h.readAt = n;
}
async function dn(e) {
  const t = [];
  let n = null;
  do {
    const r = await e.list({ prefix: it, cursor: n });
    for (const { name: o, metadata: s } of r.keys) t.push([o.slice(it.length), Number(s?.at ?? 0)]);
    n = r.list_complete ? null : r.cursor;
  } while (n);
  return t;
}
async function mn(e) {
  const t = await e?.match(Xt);
  return t ? Object.entries(await t.json()) : [];
}
async function pn(e, t, n, r) {
  const o = Date.now();
  await ct(t, n);
  for (const i of e) h.marks.set(i, o);
  const { PURGES: s } = t;
  if (s) {
    const i = { metadata: { at: o }, expirationTtl: Math.max(fn, r) };
    await Promise.all(e.map((c) => s.put(it + c, "", i)));
    return;
  }
  for (const [i, c] of h.marks) if (o - c > r * 1e3) h.marks.delete(i);
  if (h.marks.size > ln) {
    h.marks.clear();
    h.marks.set(ut, o);
  }
  const a = { "Cache-Control": `max-age=${r}` };
  await n?.put(Xt, Response.json(Object.fromEntries(h.marks), { headers: a }));
}
async function Qt(e, t, n, r) {
  if (!t.PURGE_KEY) return y(404, "not_found", "Purging needs the secret PURGE_KEY.");
  if (e.method !== "POST") return y(405, "method", "A purge is a POST.", {}, { Allow: "POST" });
  const o = await gn(e);
  const s = Gt(e) ?? o?.key;
  if (typeof s !== "string" || !await Bt(s, t.PURGE_KEY)) {
    const { isOver: i, seconds: c } = hn.count(w(e), 10, 60);
    if (i) return y(429, "too_many_requests", "Too many keys.", {}, { "Retry-After": String(c) });
    return y(403, "forbidden", "The key is not the right one.");
  }
  const a = wn(o);
  if (o === null || a === null)
    return y(400, "invalid_purge", `Name tags, paths (texts, ${ft} at most), or "everything": true.`);
  await pn(a, t, n, Math.max(r, 1));
  return $(200, {
    purged: { tags: o.tags ?? [], paths: o.paths ?? [], everything: o.everything === true }
  });
}
async function gn(e) {
  if (Number(e.headers.get("Content-Length") ?? zt + 1) > zt) return null;
  try {
    const t = await e.json();
    return typeof t === "object" ? t : null;
  } catch {
    return null;
  }
}
function wn(e) {
  if (e?.everything === true) return [ut];
  const { tags: t = [], paths: n = [] } = e ?? {};
  if (!Wt(t) || !Wt(n)) return null;
  const r = [...t.map((o) => o.trim().toLowerCase()).filter(Boolean), ...n.map(Yt)];
  return r.length > 0 && r.length <= ft ? r : null;
}
function Wt(e) {
  return Array.isArray(e) && e.every((t) => typeof t === "string" && t.length <= lt);
}

// shared/revalidation.js
var yn = 3e4;
var ht = /* @__PURE__ */ new Map();
async function Jt({ env: e, ctx: t }, n, r, o) {
  if (!n) return null;
  const s = await N(n, o ? new Request(r, { headers: o }) : r);
  return s && !await Vt(s.entry, e, n, t) ? s : null;
}
function dt(e) {
  const t = q(e) - e.fresh;
  if (t <= 0) return "fresh";
  if (t <= e.whileRevalidating) return "stale";
  return t <= e.ifError ? "spare" : "gone";
}
function Zt(e, t, n) {
  const r = Date.now();
  if (r - (ht.get(t) ?? 0) < yn) return;
  ht.set(t, r);
  e.waitUntil(n().finally(() => ht.delete(t)));
}

// shared/fronting.js
var xn = /cart|checkout|ajax|wishlist|token|nonce|sess(ion|id)|^sid$|preview|logout/i;
var bn = [
  [/\.css$/i, /^text\/css\b/i],
  [/\.m?js$/i, /^(text|application)\/(x-)?javascript\b/i],
  [/\.(png|jpe?g|gif|webp|avif|svg|ico|bmp)$/i, /^image\//i],
  [/\.(woff2?|ttf|otf|eot)$/i, /^(font\/|application\/(x-)?(font|vnd\.ms-fontobject|octet-stream))/i],
  [/\.(mp3|mp4|webm)$/i, /^(audio|video)\//i]
];
var Sn = 32 * 1024 * 1024;
var mt = /* @__PURE__ */ new Set([500, 502, 503, 504]);
var An = /* @__PURE__ */ new Set(["vary", "set-cookie", "cache-control"]);
var En = 6e4;
var Tn = 2e3;
var T = /* @__PURE__ */ new Map();
var _n = ["Cache-Control", "Date", "ETag", "Expires", "Last-Modified", "Cache-Tag", "Surrogate-Key"];
async function ee(e) {
  const t = Ln(e);
  if (t) return v(e, t);
  const n = await I(e.cacheName);
  if (!n) return v(e, "unavailable");
  const r = Pn(e);
  const o = await Jt(e, n, r);
  if (!o) return await kn(e, r) ?? te(e, n, r, null);
  const s = dt(o.entry);
  if (s === "fresh") return S(O(e.request, o), "HIT");
  if (s !== "stale") return te(e, n, r, o);
  Zt(e.ctx, r, () => On(e, n, r, o.response.headers.get("ETag")));
  return S(O(e.request, o), "STALE");
}
async function kn(e, t) {
  const n = T.get(t);
  if (n && n.until > Date.now()) return v(e, n.reason);
  T.delete(t);
  return null;
}
function Cn(e, t) {
  T.set(e, { reason: t, until: Date.now() + En });
  if (T.size > Tn) T.delete(
    T.keys().next().value
  );
}
async function v(e, t) {
  const n = await pt(e, { shared: false });
  if (n.failed) return re(e);
  if (n.response.webSocket) return n.response;
  return S(j(D(e, n.response)), `BYPASS; reason=${t}`);
}
async function te(e, t, n, r) {
  const o = Date.now();
  const { response: s, failed: a } = await pt(e, { shared: true, etag: r?.response.headers.get("ETag") });
  if (a || mt.has(s.status)) {
    if (r && dt(r.entry) === "spare") {
      await s?.body?.cancel();
      return S(O(e.request, r), "STALE");
    }
    if (a) return re(e);
  }
  if (s.status === 304 && r) return Rn(e, t, n, r, s, o);
  const i = oe(e, s);
  if (i && An.has(i)) Cn(n, i);
  const c = i === "vary" || Ot(e.request, e.parameters);
  if (i && c && !mt.has(s.status)) {
    await s.body?.cancel();
    if (r) e.ctx.waitUntil(U(t, n));
    return v(e, i);
  }
  const u = gt(e, s, o);
  const l = j(D(e, s));
  if (i) {
    if (r) e.ctx.waitUntil(U(t, n));
    return S(l, `BYPASS; reason=${i}`);
  }
  if (e.request.method === "GET") e.ctx.waitUntil(R(t, n, l.clone(), u));
  return S(C(e.request, l), "MISS");
}
function Rn(e, t, n, r, o, s) {
  const { entry: a, response: i } = ne(e, r, o, s);
  if (e.request.method === "GET") e.ctx.waitUntil(R(t, n, i.clone(), a));
  return S(C(e.request, i), "REVALIDATED");
}
function ne(e, t, n, r) {
  const o = O(new Request(e.url), t);
  o.headers.delete("Age");
  for (const a of _n) {
    const i = n.headers.get(a);
    if (i !== null) o.headers.set(a, i);
  }
  const s = gt(e, o, r);
  if (s.tags.length === 1) s.tags = t.entry.tags;
  return { entry: s, response: j(o) };
}
async function On(e, t, n, r) {
  const o = Date.now();
  const s = new Request(e.request, { method: "GET" });
  const { response: a, failed: i } = await pt({ ...e, request: s }, { shared: true, etag: r });
  if (i || mt.has(a.status)) return a?.body?.cancel();
  const c = a.status === 304 ? await N(t, n) : null;
  if (c) {
    const u = ne(e, c, a, o);
    return R(t, n, u.response, u.entry);
  }
  if (oe({ ...e, request: s }, a) === null) {
    const u = gt(e, a, o);
    return R(t, n, j(D(e, a)), u);
  }
  await a.body?.cancel();
  return U(t, n);
}
async function pt(e, t) {
  const { originTimeout: n } = e.parameters;
  try {
    return { response: await Pt({ ...e, timeout: n }, t), failed: false };
  } catch (r) {
    console.error(`origin unreachable: ${e.origin.host}: ${St(r, rt(n))}`);
    return { response: null, failed: true };
  }
}
function re({ request: e, title: t }) {
  return p(e, t, 502, "origin_unreachable", "The site cannot be reached at the moment.");
}
function Ln({ request: e, url: t, parameters: n, defaults: r }) {
  if (e.method !== "GET" && e.method !== "HEAD") return "method";
  if (e.headers.has("Authorization")) return "authorization";
  if (e.headers.has("Range")) return "range";
  if (e.headers.has("Upgrade")) return "upgrade";
  if (Dt(t.pathname, n.neverCache)) return "path";
  for (const o of t.searchParams.keys()) if (xn.test(o)) return "query";
  if (!L.test(t.pathname) && et(e, n)) return "session";
  return !L.test(t.pathname) && f(n.pageTtl, r.pageTtl) === 0 ? "ttl" : null;
}
function oe(e, t) {
  const { headers: n } = t;
  if (t.status !== 200) return "status";
  if (n.has("Set-Cookie")) return "set-cookie";
  if (kt(n)) return "cache-control";
  if ((n.get("Vary") ?? "").split(",").some((r) => !/^\s*(accept-encoding)?\s*$/i.test(r))) return "vary";
  if (!d(t) && !Mn(e.url.pathname, n)) return "type";
  if (d(t) && et(e.request, e.parameters)) return "session";
  if (Number(n.get("Content-Length") ?? 0) > Sn) return "size";
  return se(e, t) === 0 ? "ttl" : null;
}
function Mn(e, t) {
  const n = t.get("Content-Type") ?? "";
  return bn.some(([r, o]) => r.test(e) && o.test(n));
}
function se({ parameters: e, defaults: t }, n) {
  const r = d(n) ? "pageTtl" : "assetTtl";
  const o = f(e[r], t[r]);
  return Math.min(o, J(n.headers) ?? o);
}
function ae(e, t) {
  const n = (...r) => Math.max(...r.map((o) => f(e[o], t[o])));
  return n("pageTtl", "assetTtl") + V;
}
function gt(e, t, n) {
  const { parameters: r, defaults: o, url: s } = e;
  const { headers: a } = t;
  const i = (c) => f(r[c], o[c]);
  return {
    at: n,
    fresh: se(e, t),
    whileRevalidating: Z(a, "stale-while-revalidate", i("staleWhileRevalidate")),
    ifError: Z(a, "stale-if-error", i("staleIfError")),
    rule: a.get("Cache-Control"),
    tags: qt(a, s.pathname)
  };
}
function Pn({ url: e, origin: t, variant: n }) {
  const r = nt(e.search);
  const o = new URLSearchParams({ "code24-origin": t.href, ...n && { "code24-variant": n } });
  return `${e.origin}${e.pathname}${r || "?"}${r && "&"}${o}`;
}
function j(e) {
  e.headers.delete("Cache-Tag");
  e.headers.delete("Surrogate-Key");
  return e;
}
function S(e, t) {
  e.headers.set("Code24-Cache", t);
  return e;
}

// shared/maintenance.js
var $n = 600;
var In = "We are working on the site and will be back soon.";
var Nn = "Back soon";
function ie(e, t, { message: n, retryAfter: r, allowedAddresses: o, paths: s }) {
  const a = Array.isArray(s) && s.length > 0;
  if (a && !M(t.pathname, s)) return null;
  if (Array.isArray(o) && o.includes(w(e))) return null;
  const i = p(e, Nn, 503, "maintenance", n ?? In);
  i.headers.set("Retry-After", String(f(r, $n)));
  return i;
}

// shared/security.js
var Un = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "Strict-Transport-Security": "max-age=31536000"
};
var Dn = "SAMEORIGIN";
var vn = 0;
var jn = 30;
var Fn = /\b(sqlmap|nikto|nuclei|wpscan|masscan|zgrab|dirbuster|gobuster|feroxbuster|acunetix|nessus|openvas|hydra|havij)\b/i;
var Hn = /(^|\/)\.(env|git|svn|hg|aws|ssh|htpasswd|ds_store)(\/|\.|$)|(^|\/)(wp-config\.php|id_rsa|\.?backup\.sql)/i;
var Bn = /(^|\/)(login|signin|sign-in|wp-login|anmelden|password|account|checkout|payment)/i;
var Gn = new b();
var zn = new b();
function ce(e, { frameOptions: t, contentSecurityPolicy: n, permissionsPolicy: r }) {
  const o = {
    ...Un,
    "X-Frame-Options": t ?? Dn,
    "Content-Security-Policy": n,
    "Permissions-Policy": r
  };
  for (const [s, a] of Object.entries(o)) {
    if (a && !e.headers.has(s)) e.headers.set(s, a);
  }
}
function ue(e, t, n, r) {
  const o = Array.isArray(n.blockedAgents) ? n.blockedAgents : [];
  const s = (e.headers.get("User-Agent") ?? "").toLowerCase();
  const a = Fn.test(s) || o.some((u) => s.includes(String(u).toLowerCase()));
  if (a || Hn.test(t.pathname))
    return p(e, r, 403, "blocked", "This request is not served.");
  const i = Wn(e, t, n);
  if (!i) return null;
  const c = p(e, r, 429, "too_many_requests", "Too many requests. Please try again later.");
  c.headers.set("Retry-After", String(i.seconds));
  return c;
}
function Wn(e, t, { requestsPerMinute: n, loginsPerMinute: r }) {
  const o = w(e);
  const s = f(n, vn);
  const a = f(r, jn);
  if (!o) return null;
  const i = e.method === "POST" && Bn.test(t.pathname);
  const c = [];
  if (i && a > 0) c.push(zn.count(o, a, 60));
  if (s > 0) c.push(Gn.count(o, s, 60));
  return c.find(({ isOver: u }) => u) ?? null;
}

// shared/refusing.js
function le({ request: e, url: t }, n) {
  const r = g(n, "maintenance");
  const o = g(n, "security");
  return (r && ie(e, t, r)) ?? (o && ue(e, t, o, "Not available"));
}

// shared/analytics.js
var Kn = 96;
var Xn = 1024;
function he(e, { index: t, blobs: n, doubles: r }) {
  try {
    if (!e) throw new Error("the binding is missing");
    e.writeDataPoint({
      indexes: [fe(t, Kn)],
      blobs: n.map((o) => fe(o, Xn)),
      doubles: r
    });
  } catch (o) {
    console.error("data point lost:", x(o));
  }
}
function fe(e, t) {
  return new TextDecoder().decode(new TextEncoder().encode(e).slice(0, t), { stream: true });
}

// templates/customer/ecommerce/src/analytics.js
var qn = /^add[-_]to[-_]cart$/i;
var Yn = /\/(order-received|thank-?you|thankyou|order-confirmation|checkout\/(onepage\/)?success)(\/|$)/i;
function de({ request: e, url: t, env: n }, r, o, s, a, i) {
  const c = Qn(e, t, r, s);
  if (!c) return;
  he(n.ANALYTICS, {
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
function Vn(e, t) {
  return t.status === 304 && (e.headers.get("Accept") ?? "").includes("text/html");
}
function Qn(e, t, n, { productPaths: r, purchasePaths: o }) {
  if (L.test(t.pathname)) return null;
  const s = e.method === "GET" && (d(n) || Vn(e, n));
  const a = Yn.test(t.pathname) || M(t.pathname, o);
  if (s && a && n.status < 300) return "purchase";
  const i = vt(t.pathname);
  if (i) return i;
  if ([...t.searchParams.keys()].some((c) => qn.test(c))) return "cart";
  if (!s) return null;
  return M(t.pathname, r) ? "product_view" : "page_view";
}

// shared/page/charset.js
function Jn(e) {
  return /charset=["']?([\w-]+)/i.exec(e ?? "")?.[1] ?? null;
}
var Zn = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function me(e) {
  return /charset/i.test(e) ? Zn.test(Jn(e) ?? "") : true;
}

// shared/rewrite/lexer.js
var [B, pe, tr, er, F, _, H, ge, E, nr] = [...` !"'-/<=>?`].map(
  (e) => e.charCodeAt(0)
);
var we = "--";
var Se = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var rr = [...Se, "svg", "a", "button", "link", "object"];
var G = class {
  #t = "";
  #e = false;
  // in SVG, where <style> and <title> may hold elements
  #n = 0;
  // of the last tag
  #r = [];
  #o;
  constructor(t) {
    this.#o = t;
  }
  read(t) {
    let n = 0;
    while (n < t.length) {
      const r = this.#s(t, n);
      if (r === n) break;
      n = r;
    }
    return n;
  }
  reset() {
    this.#t = "";
    this.#e = false;
  }
  #s(t, n) {
    if (this.#t === we) return this.#i(t, n);
    if (this.#t) return this.#c(t, n);
    return t[n] === H ? this.#l(t, n) : this.#a(t, n, A(t, H, n));
  }
  #a(t, n, r) {
    if (r > n) this.#o.text(t, n, r, this.#t);
    return r;
  }
  #i(t, n) {
    for (let r = A(t, E, n + 2); r < t.length; r = A(t, E, r + 1)) {
      if (t[r - 1] !== F || t[r - 2] !== F) continue;
      this.#t = "";
      return r + 1;
    }
    return Math.max(n, t.length - 2);
  }
  #c(t, n) {
    for (let r = A(t, H, n); r < t.length; r = A(t, H, r + 1)) {
      const o = r + 2 + this.#t.length;
      const s = o >= t.length;
      if (!s && !(t[r + 1] === _ && Ae(t[o]) && xe(t, r + 2, this.#t)))
        continue;
      if (r > n) return this.#a(t, n, r);
      if (s) return n;
      this.#t = "";
      return this.#l(t, r);
    }
    return this.#a(t, n, t.length);
  }
  #l(t, n) {
    const r = t[n + 1];
    if (be(r)) return this.#f(t, n, n + 1);
    if (t.length < n + 4) return n;
    if (r === _ && be(t[n + 2])) return this.#f(t, n, n + 2);
    if (r !== _ && r !== pe && r !== nr) return this.#a(t, n, n + 1);
    if (r === pe && t[n + 2] === F && t[n + 3] === F) {
      this.#t = we;
      return n + 2;
    }
    const o = A(t, E, n + 2);
    return o < t.length ? o + 1 : n;
  }
  #f(t, n, r) {
    const o = ye(t, r);
    const s = this.#h(t, o);
    if (s >= t.length) return n;
    const a = r > n + 1;
    const i = rr.find((u) => u.length === o - r && xe(t, r, u)) ?? "";
    if (i === "svg") this.#e = !a && t[s - 1] !== _;
    if (!a && !this.#e && Se.includes(i)) this.#t = i;
    const c = this.#r;
    for (let u = 0; u < c.length && !a; u += 4)
      this.#o.attribute(t, i, c[u], c[u + 1], c[u + 2], c[u + 3]);
    this.#o.tag(t, i, a, n, s + 1, this.#n, this.#e);
    return s + 1;
  }
  #h(t, n) {
    this.#n = 0;
    this.#r.length = 0;
    let r = n;
    for (; ; ) {
      const o = this.#u(t, r, _);
      if (o >= t.length || t[o] === E) return o;
      const s = ye(t, o + 1, ge);
      r = this.#u(t, s);
      if (t[r] !== ge) continue;
      r = this.#u(t, r + 1);
      const a = t[r];
      const i = a === tr || a === er;
      const c = i ? A(t, a, r + 1) : or(t, r);
      this.#r.push(o, s, i ? r + 1 : r, c);
      r = i ? c + 1 : c;
    }
  }
  #u(t, n, r = B) {
    let o = n;
    while (t[o] <= B || t[o] === r) o += 1;
    this.#n += o - n;
    return o;
  }
};
function A(e, t, n) {
  let r = n;
  while (r < e.length && e[r] !== t) r += 1;
  return Math.min(r, e.length);
}
function ye(e, t, n = E) {
  let r = t;
  while (r < e.length && !Ae(e[r]) && e[r] !== n) r += 1;
  return r;
}
function or(e, t) {
  let n = t;
  while (e[n] > B && e[n] !== E) n += 1;
  return n;
}
function xe(e, t, n) {
  for (let r = 0; r < n.length; r += 1) if ((e[t + r] | 32) !== n.charCodeAt(r)) return false;
  return true;
}
function Ae(e) {
  return e <= B || e === _ || e === E;
}
function be(e) {
  return e !== void 0 && (e | 32) >= 97 && (e | 32) <= 122;
}

// shared/rewrite/ahead.js
var wt = 32 * 1024;
var sr = 4096;
var z = class {
  #t = 0;
  #e = false;
  #n = false;
  #r = [];
  #o = new G(this);
  #s;
  #a = (t, n, r) => void this.#r.push({ from: t, to: n, text: r });
  constructor(t) {
    this.#s = t;
  }
  read(t) {
    this.#t = 0;
    this.#r = [];
    const n = this.#n ? 0 : this.#c(this.#o.read(t));
    this.#n ||= n === 0 && t.length === wt;
    if (this.#n) return { end: t.length, sure: 0, changes: [] };
    const r = this.#r.filter(({ from: s }) => s < n);
    const o = r.reduce((s, { from: a, to: i, text: c }) => s + c.length - (i - a), 0);
    return { end: n, sure: Math.max(0, n + o - this.#t), changes: r };
  }
  attribute(t, n, r, o, s, a) {
    this.#i((i) => i.attribute?.(t, n, r, o, s, a, this.#a));
  }
  tag(t, n, r, o, s, a, i) {
    this.#t += a;
    if (n === "style") this.#e = !r;
    this.#i((c) => c.tag?.(t, n, r, o, s, i, this.#a));
  }
  text(t, n, r, o) {
    if (this.#e) this.#t += r - n;
    this.#i((s) => s.text?.(t, n, r, o));
  }
  #i(t) {
    for (const n of this.#s) {
      try {
        t(n);
      } catch (r) {
        console.error("a fix was left out:", String(
          r?.message ?? r
        ));
        this.#s = this.#s.filter((o) => o !== n);
      }
    }
  }
  #c(t) {
    const n = Math.min(...this.#s.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= t) return t;
    this.#i((r) => r.letGo?.());
    if (t - n > sr) return t;
    this.#o.reset();
    this.#e = false;
    return n;
  }
};

// shared/rewrite/flow.js
var Ee = 32 * 1024;
var ar = 256;
var ir = 10;
function Te(e, t, n) {
  if (!t.body) return t;
  const r = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  const s = t.body.getReader({ mode: "byob" });
  const a = e.transform(new Response(r.readable, t));
  const i = (
    a.body.getReader({ mode: "byob" })
  );
  const c = { sure: 0 };
  cr(s, r.writable.getWriter(), new z(n), c);
  lr(i, o.writable.getWriter(), c);
  return new Response(o.readable, a);
}
async function cr(e, t, n, r) {
  let o = new ArrayBuffer(wt);
  let s = 0;
  try {
    for (; ; ) {
      const { done: a, value: i } = await e.read(new Uint8Array(o, s));
      o = i?.buffer ?? new ArrayBuffer(s);
      if (!i || a) break;
      const c = new Uint8Array(o, 0, s + i.byteLength);
      const { end: u, sure: l, changes: m } = n.read(c);
      r.sure = Math.max(r.sure, 0) + l;
      if (u > 0) await t.write(ur(c.subarray(0, u), m));
      s = c.length - u;
      c.copyWithin(0, u);
    }
    if (s > 0) await t.write(new Uint8Array(o, 0, s));
  } catch (a) {
    r.failure = a;
  }
  r.sure = Infinity;
  await Promise.allSettled([t.close(), e.cancel(r.failure)]);
}
function ur(e, t) {
  if (t.length === 0) return e;
  const n = t.reduce((a, { from: i, to: c, text: u }) => a + u.length - (c - i), 0);
  const r = new Uint8Array(e.length + n);
  let o = 0;
  let s = 0;
  for (const { from: a, to: i, text: c } of t) {
    r.set(e.subarray(o, a), s);
    s += a - o;
    for (let u = 0; u < c.length; u += 1) r[s + u] = c.charCodeAt(u);
    s += c.length;
    o = i;
  }
  r.set(e.subarray(o), s);
  return r;
}
async function lr(e, t, n) {
  let r = new ArrayBuffer(Ee);
  try {
    for (; ; ) {
      const o = n.sure > ar ? Math.min(n.sure, Ee) : 1;
      const { done: s, value: a } = await e.readAtLeast(o, new Uint8Array(r));
      if (!a) break;
      n.sure -= a.byteLength;
      if (a.byteLength > 0) await t.write(a);
      if (s) break;
      r = a.buffer;
    }
    if (!n.failure) return await t.close();
    await scheduler.wait(ir);
    await t.abort(n.failure);
  } catch (o) {
    await Promise.allSettled([e.cancel(o), t.abort(o)]);
  }
}

// shared/rewrite/source.js
function fr(e) {
  return e.replace(/[&<>"']|[^\x20-\x7e]/gu, (t) => `&#${t.codePointAt(0)};`);
}
function _e(e, t, n) {
  e.setAttribute(t, fr(n));
}

// shared/rewrite/fonts.js
var ke = "https://fonts.googleapis.com";
var hr = "https://fonts.gstatic.com";
var dr = /@font-face\s*\{([^}]*)\}/gi;
function mr(e) {
  const t = URL.parse(e, "https://relative.invalid/");
  if (!t || t.origin !== ke || !/^\/(css2?|icon)$/.test(t.pathname)) return null;
  if (t.pathname === "/icon" || /icon|symbols/i.test(t.search)) return null;
  if (t.searchParams.has("display")) return null;
  return `${e}${e.includes("?") ? "&" : "?"}display=swap`;
}
function pr(e) {
  return e.replace(dr, (t, n) => {
    return /font-display/i.test(n) || /icon|awesome|glyph|symbol/i.test(n) ? t : t.replace("{", "{font-display:swap;");
  });
}
function Ce({ on: e, css: t }) {
  let n = false;
  e('link[href*="fonts.g"]', {
    element(r) {
      const o = xt(r.getAttribute("href") ?? "");
      const s = (r.getAttribute("rel") ?? "").toLowerCase();
      if (s.includes("preconnect") && o.includes("fonts.gstatic.com")) n = true;
      if (!s.includes("stylesheet") || !o.startsWith(ke)) return;
      const a = mr(o);
      if (a) _e(r, "href", a);
      if (!n) r.before(`<link rel="preconnect" href="${hr}" crossorigin>`, { html: true });
      n = true;
    }
  });
  t(pr);
}

// shared/rewrite/lazy.js
function Re({ on: e }, t, n = () => true) {
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
var Oe = 512 * 1024;
function Me(e, t) {
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
  for (const c of t) W(() => c(a));
  if (s.length > 0) xr(a, s);
  if (o.head.length > 0) wr(a, o.head);
  if (o.body.length > 0) yr(a, o.body);
  const i = new HTMLRewriter();
  for (const [c, u] of n) i.on(c, gr(u));
  return { rewriter: i, readers: r };
}
function gr(e) {
  const t = e.flatMap(({ element: r }) => r ?? []);
  const n = e.flatMap(({ text: r }) => r ?? []);
  return {
    ...t.length > 0 && { element: Le(t) },
    ...n.length > 0 && { text: Le(n) }
  };
}
function Le(e) {
  return (t) => {
    for (const n of e) W(() => n(t));
  };
}
function W(e) {
  try {
    return e();
  } catch (t) {
    console.error("a fix was left out:", String(
      t?.message ?? t
    ));
    return void 0;
  }
}
function wr({ on: e }, t) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return Pe(t);
  };
  e("head", { element: (o) => o.onEndTag((s) => void s.before(r(), { html: true })) });
  e("body", { element: (o) => void o.before(r(), { html: true }) });
}
function yr({ on: e }, t) {
  e("body", { element: (n) => n.onEndTag((r) => void r.before(Pe(t), { html: true })) });
}
function Pe(e) {
  return e.map((t) => W(t) ?? "").join("");
}
function xr({ on: e }, t) {
  let n = "";
  e("style", {
    text(r) {
      if (n.length > Oe) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > Oe;
      if (!o) return void r.remove();
      const s = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        t.reduce((a, i) => W(() => i(a)) ?? a, s),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// templates/customer/ecommerce/src/optimization.js
var br = 2;
function $e(e, t, n) {
  const { headers: r, status: o } = t;
  if (!d(t) || !me(r.get("Content-Type") ?? "")) return t;
  const s = r.get("ETag");
  if (s && !s.startsWith("W/")) r.set("ETag", `W/${s}`);
  if (o !== 200 || e.method === "HEAD") return t;
  const a = new URL(e.url);
  const i = f(n.eagerImages, br);
  const c = [(m) => Re(m, i), Ce];
  const { rewriter: u, readers: l } = Me({ url: a, site: a, prefix: "", parameters: n, headers: r }, c);
  return Te(u, t, l);
}

// templates/customer/ecommerce/src/splitting.js
var Ie = "code24-variant";
var Sr = 30;
var Ar = /bot|crawl|spider|slurp|preview|lighthouse/i;
function Ne(e, { variants: t, days: n }) {
  const r = Array.isArray(t) ? t.filter((a) => typeof a?.name === "string") : [];
  if (r.length === 0) return null;
  const o = 86400 * (typeof n === "number" && Number.isInteger(n) ? n : Sr);
  const s = r.find(({ name: a }) => a === Rt(e, Ie));
  if (s) return { name: s.name, isNew: false, maxAge: o };
  if (Ar.test(e.headers.get("User-Agent") ?? "")) return { name: r[0].name, isNew: false, maxAge: o };
  return { name: Er(r), isNew: true, maxAge: o };
}
function Er(e) {
  const t = e.map(({ weight: s }) => f(s, 1));
  const n = t.reduce((s, a) => s + a, 0);
  let r = crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32 * n;
  const o = t.findIndex((s) => (r -= s) < 0);
  return e[Math.max(o, 0)].name;
}
function Ue(e, { name: t, isNew: n, maxAge: r }) {
  if (!d(e)) return;
  e.headers.append("Vary", "Cookie");
  if (!n) return;
  e.headers.append("Set-Cookie", `${Ie}=${t}; Path=/; Max-Age=${r}; Secure; HttpOnly; SameSite=Lax`);
  e.headers.set("Cache-Control", "private, no-cache");
}

// templates/customer/ecommerce/src/index.js
var je = "Shop unavailable";
var De = "code24-ecommerce";
var ve = { pageTtl: 60, assetTtl: 86400, staleWhileRevalidate: 60, staleIfError: 86400 };
var hs = {
  async fetch(e, t, n) {
    const r = Date.now();
    const o = new URL(e.url);
    if (At(o)) return bt();
    const s = Et(t);
    const { parameters: a } = s;
    if (o.pathname.endsWith(Kt))
      return Qt(e, t, await I(De), ae(a, ve));
    const i = { request: e, url: o, parameters: a, defaults: ve, env: t, ctx: n, cacheName: De, title: je };
    const c = g(s, "ab-testing");
    const u = c && Ne(e, c);
    const l = le(i, s) ?? await Tr(i, u);
    if (l.webSocket) return l;
    if (u) Ue(l, u);
    return _r(i, l, s, u, r);
  }
};
async function Tr(e, t) {
  const { request: n, url: r, parameters: o } = e;
  const { url: s, problem: a } = Mt(o, r, "https://shop.example.com/");
  if (!s) return p(n, je, 422, "invalid_parameters", a, { field: "parameters.origin" });
  const i = t ? { "Code24-Variant": t.name } : {};
  return ee({ ...e, origin: s, extra: i, variant: t?.name });
}
function _r(e, t, n, r, o) {
  const s = g(n, "security");
  if (s) ce(t, s);
  const a = g(n, "analytics");
  if (a) de(e, t, n, a, r, Date.now() - o);
  const i = g(n, "optimization");
  return i ? $e(e.request, t, i) : t;
}
export {
  hs as default
};

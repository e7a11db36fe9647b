// Generated from templates/elite/design/src by `make bundles`. Do not edit.
// shared/errors.js
function $(t) {
  return String(t?.message ?? t);
}

// shared/html.js
function U(t) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(t ?? "");
}
function G(t, e) {
  let n = e;
  let r = false;
  const o = t?.getReader();
  const i = new ReadableStream({
    async pull(s) {
      const { value: a } = await o?.read() ?? {};
      if (!a) return s.close();
      r = a.byteLength > n;
      const l = a.subarray(0, n);
      if (l.byteLength > 0) s.enqueue(l);
      n -= l.byteLength;
      if (!r) return void 0;
      s.close();
      return o?.cancel();
    },
    cancel: (s) => o?.cancel(s)
  });
  return { stream: i, isCut: () => r, read: () => e - n };
}
var qe = {
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
function w(t) {
  return rr(
    t.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (e, n, r, o) => {
      if (o) return Object.hasOwn(qe, o) ? qe[o] : e;
      const i = n ? parseInt(n, 16) : Number(r);
      return i > 0 && i <= 1114111 ? String.fromCodePoint(i) : "�";
    })
  );
}
function rr(t) {
  return t.replace(/\s+/g, " ").trim();
}
function y(t) {
  return t.replace(/[&<>"']/g, (e) => `&#${e.charCodeAt(0)};`);
}

// shared/answers.js
function W(t, e, n = {}) {
  return Response.json(e, {
    status: t,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function Xe() {
  return W(200, { status: "ok" });
}
function q(t, e, n, r = {}, o = {}) {
  return W(t, { error: { code: e, message: n, ...r } }, o);
}
function D(t, e, n, r, o, i = {}) {
  const s = (t.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return q(n, r, o, i, { Vary: "Accept" });
  return new Response(or(n, e, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function X(t, e) {
  const n = t?.name === "TimeoutError" || t?.name === "AbortError";
  if (n) return `no answer within ${e} ms`;
  const r = $(t);
  return /^internal error/i.test(r) ? "no connection" : r;
}
function or(t, e, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${y(e)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${y(e)}</h1><p>${y(n)}</p><small>${t}</small></main></body></html>
`;
}

// shared/config.js
var ir = "/.well-known/code24/health";
function Ye(t) {
  return t.pathname.endsWith(ir);
}
function Ve(t) {
  const e = t.CONFIG ?? {};
  return { ...e, features: e.features ?? [], parameters: e.parameters ?? {} };
}
function Ke(t, e, n) {
  const r = t[e];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${e} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${e} must not hold credentials.` };
  return { url: o };
}
function pe(t, e) {
  return Number.isInteger(t) && t >= 0 ? t : e;
}

// shared/page/charset.js
var Qe = 1024;
function Y(t) {
  return /charset=["']?([\w-]+)/i.exec(t ?? "")?.[1] ?? null;
}
var sr = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function Ze(t) {
  return /charset/i.test(t) ? sr.test(Y(t) ?? "") : true;
}
function ar(t) {
  if (t[0] === 255 && t[1] === 254) return "utf-16le";
  if (t[0] === 254 && t[1] === 255) return "utf-16be";
  const e = String.fromCharCode(...t.subarray(0, Qe));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(e)?.[1] ?? null;
}
function Je(t) {
  try {
    new TextDecoder(t);
    return true;
  } catch {
    return false;
  }
}
async function et(t, e) {
  const n = Y(e);
  const r = t.getReader();
  const { first: o, end: i } = await lr(r);
  const s = ar(o);
  const a = n && Je(n) ? n : s ?? "utf-8";
  const l = new ReadableStream({
    start(u) {
      if (o.length > 0) u.enqueue(o);
      if (i) u.close();
    },
    async pull(u) {
      const { done: m, value: h } = await r.read();
      if (m) u.close();
      else u.enqueue(h);
    },
    cancel: (u) => r.cancel(u)
  });
  const c = (
    new TextDecoderStream(Je(a) ? a : "utf-8")
  );
  return { stream: l.pipeThrough(c).pipeThrough(
    new TextEncoderStream()
  ), sniffed: s };
}
async function lr(t) {
  let e = new Uint8Array();
  try {
    while (e.length < Qe) {
      const { done: n, value: r } = await t.read();
      if (n) return { first: e, end: true };
      const o = new Uint8Array(e.length + r.length);
      o.set(e);
      o.set(r, e.length);
      e = o;
    }
  } catch (n) {
    if (e.length === 0) throw n;
  }
  return { first: e, end: false };
}

// shared/rewrite/lexer.js
var [J, ge, cr, fr, V, k, K, tt, T, ur, nt] = [...` !"'-/<=>?]`].map(
  (t) => t.charCodeAt(0)
);
var rt = "--";
var st = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var at = ["svg", "math"];
var dr = [...st, ...at, "a", "button", "link", "object", "select"];
var hr = `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
var mr = "<![CDATA[";
var Q = class {
  #e = "";
  #t = false;
  // at the start of a comment
  #n = 0;
  // of nesting in SVG and MathML, where <style> and <title> can contain elements
  #i = 0;
  // of the last tag
  #r = [];
  #o;
  constructor(e) {
    this.#o = e;
  }
  read(e) {
    let n = 0;
    while (n < e.length) {
      const r = this.#s(e, n);
      if (r === n) break;
      n = r;
    }
    return n;
  }
  reset() {
    this.#e = "";
    this.#n = 0;
  }
  #s(e, n) {
    if (this.#e === rt) return this.#l(e, n);
    if (this.#e) return this.#d(e, n);
    return e[n] === K ? this.#f(e, n) : this.#a(e, n, S(e, K, n));
  }
  #a(e, n, r) {
    if (r > n) this.#o.text(e, n, r, this.#e);
    return r;
  }
  #l(e, n) {
    const r = this.#t ? n + 2 : n;
    for (let i = S(e, T, n + 2); i < e.length; i = S(e, T, i + 1)) {
      const s = e[i - 1] === ge && i - 3 >= r ? i - 3 : i - 2;
      if (e[s] !== V || e[s + 1] !== V) continue;
      this.#e = "";
      return i + 1;
    }
    const o = Math.max(n, e.length - 3);
    if (o > r) this.#t = false;
    return o > r ? o : n;
  }
  #d(e, n) {
    for (let r = S(e, K, n); r < e.length; r = S(e, K, r + 1)) {
      const o = r + 2 + this.#e.length;
      const i = o >= e.length && (r + 1 === e.length || e[r + 1] === k);
      if (!i && !(e[r + 1] === k && lt(e[o]) && A(e, r + 2, this.#e)))
        continue;
      if (r > n) return this.#a(e, n, r);
      if (i) return n;
      this.#e = "";
      return this.#f(e, r);
    }
    return this.#a(e, n, e.length);
  }
  #f(e, n) {
    const r = e[n + 1];
    if (it(r)) return this.#u(e, n, n + 1);
    if (e.length < n + 4) return n;
    if (r === k && it(e[n + 2])) return this.#u(e, n, n + 2);
    if (r !== k && r !== ge && r !== ur) return this.#a(e, n, n + 1);
    if (r === ge && e[n + 2] === V && e[n + 3] === V) {
      this.#e = rt;
      this.#t = true;
      return n + 2;
    }
    if (this.#n > 0 && A(e, n, mr)) return this.#h(e, n);
    const o = S(e, T, n + 2);
    return o < e.length ? o + 1 : n;
  }
  #h(e, n) {
    let r = S(e, T, n);
    while (r < e.length && (e[r - 1] !== nt || e[r - 2] !== nt))
      r = S(e, T, r + 1);
    return r < e.length ? r + 1 : n;
  }
  #u(e, n, r) {
    const o = ot(e, r);
    const i = this.#m(e, o);
    if (i >= e.length) return n;
    const s = r > n + 1;
    const a = dr.find((c) => c.length === o - r && A(e, r, c)) ?? "";
    if (at.includes(a)) this.#n = Math.max(0, this.#n + pr(s, e[i - 1] === k));
    else if (this.#n > 0 && !s && hr.some((c) => c.length === o - r && A(e, r, c)))
      this.#n = 0;
    if (!s && this.#n === 0 && st.includes(a)) this.#e = a;
    const l = this.#r;
    for (let c = 0; c < l.length && !s; c += 4)
      this.#o.attribute(e, a, l[c], l[c + 1], l[c + 2], l[c + 3]);
    this.#o.tag(e, a, s, n, i + 1, this.#i, this.#n > 0);
    return i + 1;
  }
  #m(e, n) {
    this.#i = 0;
    this.#r.length = 0;
    let r = n;
    for (; ; ) {
      const o = this.#c(e, r, k);
      if (o >= e.length || e[o] === T) return o;
      const i = ot(e, o + 1, tt);
      r = this.#c(e, i);
      if (e[r] !== tt) continue;
      r = this.#c(e, r + 1);
      const s = e[r];
      const a = s === cr || s === fr;
      const l = a ? S(e, s, r + 1) : gr(e, r);
      this.#r.push(o, i, a ? r + 1 : r, l);
      r = a ? l + 1 : l;
    }
  }
  #c(e, n, r = J) {
    let o = n;
    while (e[o] <= J || e[o] === r) o += 1;
    this.#i += o - n;
    return o;
  }
};
function pr(t, e) {
  if (t) return -1;
  return e ? 0 : 1;
}
function S(t, e, n) {
  let r = n;
  while (r < t.length && t[r] !== e) r += 1;
  return Math.min(r, t.length);
}
function ot(t, e, n = T) {
  let r = e;
  while (r < t.length && !lt(t[r]) && t[r] !== n) r += 1;
  return r;
}
function gr(t, e) {
  let n = e;
  while (t[n] > J && t[n] !== T) n += 1;
  return n;
}
function A(t, e, n) {
  for (let r = 0; r < n.length; r += 1) if ((t[e + r] | 32) !== (n.charCodeAt(r) | 32)) return false;
  return true;
}
function lt(t) {
  return t <= J || t === k || t === T;
}
function it(t) {
  return t !== void 0 && (t | 32) >= 97 && (t | 32) <= 122;
}

// shared/rewrite/addresses.js
function E(t, e, n) {
  const r = t.trimStart();
  if (r.startsWith("/") && !r.startsWith("//")) return n + r;
  const { origin: o, host: i } = e;
  for (const s of [o, `//${i}`]) {
    if (!r.toLowerCase().startsWith(s)) continue;
    const a = r.slice(s.length);
    if (a === "") return `${n}/`;
    if (/^[/?#]/.test(a)) return n + (a.startsWith("/") ? a : `/${a}`);
  }
  return t;
}
function yr(t, e, n) {
  return t.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (r, o, i, s) => {
    return o + i + E(s, e, n);
  });
}
function z(t, e, n) {
  return t.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (r, o, i) => {
    return o + E(i, e, n);
  });
}
var ye = {};
for (const t of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) we(t, E);
for (const t of ["srcset", "imagesrcset", "data-srcset"]) we(t, yr);
we("style", z);
function we(t, e) {
  ye[t.length] = [...ye[t.length] ?? [], [t, e]];
}
function ut(t, e) {
  return {
    attribute(n, r, o, i, s, a, l) {
      const [c, u] = ye[i - o]?.find(([b]) => A(n, o, b)) ?? [];
      if (!u || r === "link" && c === "href" || c === "data" && r !== "object") return;
      const m = ht(n.subarray(s, a));
      const h = u(m, t, e);
      if (h !== m) l(s, a, h);
    }
  };
}
function Z(t, e) {
  return e && t?.startsWith(`${e}/`) ? t.slice(e.length) : t;
}
var wr = 8192;
function dt(t, e) {
  let n = "";
  return new TransformStream({
    transform(r, o) {
      const i = n + ht(r);
      const s = Math.max(...[...";{})"].map((l) => i.lastIndexOf(l))) + 1;
      const a = i.length - s > wr ? i.length : s;
      n = i.slice(a);
      o.enqueue(ft(z(i.slice(0, a), t, e)));
    },
    flush(r) {
      r.enqueue(ft(z(n, t, e)));
    }
  });
}
var ct = 8192;
function ht(t) {
  let e = "";
  for (let n = 0; n < t.length; n += ct) {
    e += String.fromCharCode(...t.subarray(n, n + ct));
  }
  return e;
}
function ft(t) {
  const e = new Uint8Array(t.length);
  be(t, e, 0);
  return e;
}
function be(t, e, n) {
  for (let r = 0; r < t.length; r += 1) e[n + r] = t.charCodeAt(r);
}

// shared/rewrite/ahead.js
var br = 2048;
var xr = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];
var ee = class {
  #e = 0;
  #t = false;
  #n = [];
  #i = new Q(this);
  #r;
  #o = (e, n, r) => void this.#n.push({ from: e, to: n, text: r });
  constructor(e) {
    this.#r = e;
  }
  read(e, n) {
    this.#e = 0;
    this.#n = [];
    const r = this.#i.read(e);
    const o = n ? e.length : this.#a(r);
    const i = this.#n.filter(({ from: a }) => a < o);
    const s = vr(e.subarray(0, o), i);
    return { end: o, bytes: s, sure: Math.max(0, s.length - this.#e) };
  }
  attribute(e, n, r, o, i, s) {
    const a = o - r;
    const l = xr.some((c) => c.length === a && A(e, r, c));
    if (l || n === "link" && a === 4) this.#e += s - i;
    this.#s((c) => c.attribute?.(e, n, r, o, i, s, this.#o));
  }
  tag(e, n, r, o, i, s, a) {
    this.#e += s;
    if (n === "style") this.#t = !r;
    this.#s((l) => l.tag?.(e, n, r, o, i, a, this.#o));
  }
  text(e, n, r, o) {
    if (this.#t) this.#e += r - n;
    this.#s((i) => i.text?.(e, n, r, o));
  }
  #s(e) {
    for (const n of this.#r) {
      try {
        e(n);
      } catch (r) {
        console.error("a fix was left out:", $(r));
        this.#r = this.#r.filter((o) => o !== n);
      }
    }
  }
  #a(e) {
    const n = Math.min(...this.#r.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= e) return e;
    this.#s((r) => r.letGo?.());
    if (e - n > br) return e;
    this.#i.reset();
    this.#t = false;
    return n;
  }
};
function vr(t, e) {
  if (e.length === 0) return t;
  const n = e.reduce((s, { from: a, to: l, text: c }) => s + c.length - (l - a), 0);
  const r = new Uint8Array(t.length + n);
  let o = 0;
  let i = 0;
  for (const { from: s, to: a, text: l } of e) {
    r.set(t.subarray(o, s), i);
    i += s - o;
    be(l, r, i);
    i += l.length;
    o = a;
  }
  r.set(t.subarray(o), i);
  return r;
}

// shared/rewrite/flow.js
var xe = 32 * 1024;
var $r = 1024 * 1024;
var mt = 32 * 1024;
var Ar = 256;
var Sr = 62;
var pt = 10;
function gt(t, e, n) {
  if (!e.body) return e;
  const r = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  let i;
  try {
    i = t.transform(new Response(r.readable, e));
  } catch {
    return e;
  }
  const s = e.body.getReader({ mode: "byob" });
  const a = (
    i.body.getReader({ mode: "byob" })
  );
  const l = { sure: 0 };
  Tr(s, r.writable.getWriter(), new ee(n), l);
  Er(a, o.writable.getWriter(), l);
  return new Response(o.readable, i);
}
async function Tr(t, e, n, r) {
  let o = new ArrayBuffer(xe);
  let i = 0;
  const s = async (a, l) => {
    const { end: c, bytes: u, sure: m } = n.read(a, l);
    r.sure = Math.max(r.sure, 0) + m;
    if (u.length > 0) await e.write(u);
    i = a.length - c;
    a.copyWithin(0, c);
  };
  try {
    for (; ; ) {
      const { done: a, value: l } = await t.read(new Uint8Array(o, i));
      o = l?.buffer ?? new ArrayBuffer(i);
      if (!l || a) break;
      const c = i === xe || o.byteLength > xe;
      if (c && !l.includes(Sr)) i += l.byteLength;
      else await s(new Uint8Array(o, 0, i + l.byteLength), false);
      if (i === o.byteLength) o = kr(o);
      if (i === $r) await s(new Uint8Array(o, 0, i), true);
    }
    if (i > 0) await s(new Uint8Array(o, 0, i), true);
  } catch (a) {
    r.failure = a;
  }
  r.sure = Infinity;
  await Promise.allSettled([e.close(), t.cancel(r.failure)]);
}
function kr(t) {
  const e = new ArrayBuffer(t.byteLength * 2);
  new Uint8Array(e).set(new Uint8Array(t));
  return e;
}
async function Er(t, e, n) {
  let r = new ArrayBuffer(mt);
  try {
    for (; ; ) {
      const o = Math.max(1, Math.min(n.sure - Ar, mt));
      const { done: i, value: s } = await t.readAtLeast(o, new Uint8Array(r));
      if (!s) break;
      n.sure -= s.byteLength;
      if (s.byteLength > 0) await e.write(s);
      if (i) break;
      r = s.buffer;
    }
    if (!n.failure) return await e.close();
    await scheduler.wait(pt);
    await e.abort(n.failure);
  } catch (o) {
    await scheduler.wait(pt);
    await Promise.allSettled([t.cancel(o), e.abort(o)]);
  }
}

// shared/rewrite/source.js
function ve(t) {
  return t.replace(/[&<>"']|[^\x20-\x7e]/gu, (e) => `&#${e.codePointAt(0)};`);
}
function x(t, e, n) {
  t.setAttribute(e, ve(n));
}

// shared/rewrite/moving.js
var _r = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
function yt({ on: t, css: e, readAhead: n, url: r, site: o, prefix: i }) {
  n(ut(o, i));
  e((s) => z(s, o, i));
  t("link[href]", {
    element(s) {
      const a = s.getAttribute("href") ?? "";
      const l = _r.test(s.getAttribute("rel") ?? "");
      const c = l ? URL.parse(w(a), r)?.href : E(a, o, i);
      if (!c || c === a) return;
      if (l) x(s, "href", c);
      else s.setAttribute("href", c);
    }
  });
}

// shared/rewrite/rewriter.js
var wt = 512 * 1024;
function xt(t, e) {
  const n = /* @__PURE__ */ new Map();
  const r = [];
  const o = { head: [], body: [] };
  const i = [];
  const s = {
    ...t,
    on: (l, c) => void n.set(l, [...n.get(l) ?? [], c]),
    readAhead: (l) => void r.push(l),
    atHeadEnd: (l) => void o.head.push(l),
    atBodyEnd: (l) => void o.body.push(l),
    css: (l) => void i.push(l)
  };
  for (const l of e) te(() => l(s));
  if (i.length > 0) Cr(s, i);
  if (o.head.length > 0) Lr(s, o.head);
  if (o.body.length > 0) Ir(s, o.body);
  const a = new HTMLRewriter();
  for (const [l, c] of n) a.on(l, Or(c));
  return { rewriter: a, readers: r };
}
function Or(t) {
  const e = t.flatMap(({ element: r }) => r ?? []);
  const n = t.flatMap(({ text: r }) => r ?? []);
  return {
    ...e.length > 0 && { element: bt(e) },
    ...n.length > 0 && { text: bt(n) }
  };
}
function bt(t) {
  return (e) => {
    for (const n of t) te(() => n(e));
  };
}
function te(t) {
  try {
    return t();
  } catch (e) {
    console.error("a fix was left out:", $(e));
    return void 0;
  }
}
function Lr({ on: t }, e) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return vt(e);
  };
  t("head", { element: (o) => o.onEndTag((i) => void i.before(r(), { html: true })) });
  t("body", { element: (o) => void o.before(r(), { html: true }) });
}
function Ir({ on: t }, e) {
  t("body", { element: (n) => n.onEndTag((r) => void r.before(vt(e), { html: true })) });
}
function vt(t) {
  return t.map((e) => te(e) ?? "").join("");
}
function Cr({ on: t }, e) {
  let n = "";
  t("style", {
    text(r) {
      if (n.length > wt) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > wt;
      if (!o) return void r.remove();
      const i = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        e.reduce((s, a) => te(() => a(s)) ?? s, i),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// shared/rewrite/optimize.js
var St = 3e4;
var Nr = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var Rr = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var $t = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
async function Tt(t, e) {
  const n = new URL(t.url);
  const r = n.pathname.slice(e.prefix.length);
  if (r === "") return At(`${e.prefix}/${n.search}`);
  if (r === "/" && n.search === "" && e.site.pathname !== "/")
    return At(e.prefix + e.site.pathname + e.site.search);
  const o = Mr(e.site, r, n.search);
  let i;
  try {
    i = await Ur(o, t);
  } catch (s) {
    const a = { site: e.site.href, reason: X(s, St) };
    const l = `${e.site.href} could not be read: ${a.reason}.`;
    return D(t, "The site does not answer", 502, "site_unreachable", l, a);
  }
  return Dr(i, o, t, e);
}
function Mr(t, e, n) {
  const r = new URL(t.origin);
  r.pathname = e;
  r.search = n;
  return r;
}
function At(t) {
  return new Response(null, { status: 302, headers: { Location: t, "Cache-Control": "no-store" } });
}
async function Ur(t, e) {
  const n = new Headers();
  for (const [i, s] of e.headers) if (!Rr.test(i)) n.append(i, s);
  const r = new AbortController();
  const o = setTimeout(() => r.abort(new DOMException("late", "TimeoutError")), St);
  try {
    const { method: i, body: s } = e;
    return await fetch(t, { method: i, headers: n, body: s, redirect: "manual", signal: r.signal });
  } finally {
    clearTimeout(o);
  }
}
function Dr(t, e, n, r) {
  const { site: o, prefix: i } = r;
  const s = Fr(t, e, r);
  const a = s.get("Content-Type") ?? "";
  const { status: l, statusText: c } = t;
  if (Nr.has(l) || !t.body) return new Response(null, { status: l, statusText: c, headers: s });
  const u = l !== 206;
  if (u && U(a) && Ze(a)) {
    for (const M of $t) s.delete(M);
    const b = r.optimizations.flatMap((M) => r.template.fixes[M] ?? []);
    const { rewriter: p, readers: v } = xt({ ...r, url: e, headers: s }, [...b, yt]);
    return gt(p, new Response(t.body, { status: l, statusText: c, headers: s }), v);
  }
  const m = u && /^text\/css\b/i.test(a);
  if (m) for (const b of $t) s.delete(b);
  if (l === 200 && !U(a)) zr(s, e, n, r);
  const h = m ? t.body.pipeThrough(dt(o, i)) : t.body;
  return new Response(h, { ...Hr(s), status: l, statusText: c, headers: s });
}
function zr(t, e, n, { template: r, optimizations: o }) {
  const i = n.headers.get("Accept-Encoding") ?? "";
  for (const s of o) r.fileFixes?.[s]?.(t, e, i);
}
function Hr(t) {
  const e = /^(gzip|br)?$/i.test(t.get("Content-Encoding") ?? "");
  return e ? {} : { encodeBody: "manual" };
}
function Fr(t, e, { site: n, prefix: r }) {
  const o = new Headers(t.headers);
  const i = o.get("Location");
  const s = i && URL.parse(i, e);
  if (i && s) {
    const l = s.origin === n.origin;
    o.set("Location", l ? E(s.href, n, r) : i);
  }
  const a = o.getSetCookie();
  o.delete("Set-Cookie");
  for (const l of a) o.append("Set-Cookie", l.replace(/;\s*domain=[^;]*/gi, ""));
  return o;
}

// shared/page/document.js
var Pr = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var jr = new Set("li option dt dd tr td th p".split(" "));
var Br = /* @__PURE__ */ new Set(["noscript", "template"]);
var kt = 160;
var Gr = 256;
function Ae(t) {
  return Pr.has(t);
}
var I = class {
  elements = [];
  doctype = null;
  charset = null;
  #e = [];
  #t = [];
  #n = null;
  headEnds = false;
  open(e, n, r = Ae(e)) {
    const o = this.#t.at(-1);
    if (o && o.tag === e && jr.has(e)) this.close(o);
    const i = this.#t.at(-1) ?? null;
    const s = this.elements.length;
    const a = this.#e.length;
    const l = i !== null && (i.inert || Br.has(i.tag));
    const c = { tag: e, index: s, last: s, parent: i, attributes: n, textStart: a, textEnd: a, inert: l };
    this.elements.push(c);
    if (e === "body") this.headEnds = true;
    if (!r && this.#t.length < Gr) this.#t.push(c);
    return c;
  }
  close(e) {
    if (!this.#t.includes(e)) return;
    if (e.tag === "head") this.headEnds = true;
    for (; ; ) {
      const n = (
        this.#t.pop()
      );
      n.textEnd = this.#e.length;
      n.last = this.elements.length - 1;
      if (n === e) return;
    }
  }
  text(e) {
    this.#e.push(e);
  }
  end() {
    const e = this.#t[0];
    if (e) {
      const n = this.headEnds;
      this.close(e);
      this.headEnds = n;
    }
  }
  all(...e) {
    return this.elements.filter((n) => !n.inert && e.includes(n.tag));
  }
  first(e) {
    return this.elements.find((n) => !n.inert && n.tag === e);
  }
  byId(e) {
    this.#n ??= new Map(
      this.elements.filter((n) => n.attributes.id).map((n) => [
        f(n, "id"),
        n
      ])
    );
    return this.#n.get(e);
  }
  inside(e) {
    return this.elements.slice(e.index + 1, e.last + 1);
  }
  source(e) {
    return this.#e.slice(e.textStart, e.textEnd).join("");
  }
  textOf(e) {
    return w(this.source(e));
  }
  meta(e) {
    for (const n of this.all("meta")) {
      const r = f(n, "property") ?? f(n, "name");
      if (r?.toLowerCase() === e && f(n, "content")) return f(n, "content");
    }
    return null;
  }
  links(e) {
    return this.all("link").filter(
      (n) => f(n, "href") && (f(n, "rel") ?? "").toLowerCase().split(/\s+/).includes(e)
    );
  }
};
function f(t, e) {
  const n = t.attributes[e];
  return n === void 0 ? null : w(n) || null;
}
function ne(t, e) {
  return Object.hasOwn(t.attributes, e);
}
function H(t, ...e) {
  let n = t;
  while (n && !e.includes(n.tag)) n = n.parent;
  return n;
}
function Se(t) {
  if ((t("hidden") ?? null) !== null || t("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(t("style") ?? "");
}
function g(t, e = true) {
  let n = t;
  for (; n; n = n.parent) {
    const { attributes: r, styles: o } = n;
    if (Se((i) => r[i])) return true;
    if (e && (o?.display === "none" || o?.visibility === "hidden")) return true;
  }
  return false;
}
function d(t) {
  const { tag: e } = t;
  const n = f(t, "id");
  if (n) return $e(`${e}#${n}`);
  for (const o of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const i = f(t, o);
    if (i) return `${e}[${o}="${$e(i)}"]`;
  }
  const r = f(t, "class");
  return $e(r ? `${e}.${r.split(/\s+/).join(".")}` : e);
}
function $e(t) {
  return t.length > kt ? `${t.slice(0, kt)}…` : t;
}

// shared/page/read.js
var Et = 2e4;
async function _t(t, e) {
  const n = new I();
  const r = G(t.body, e);
  let o = null;
  try {
    const { stream: i, sniffed: s } = await et(r.stream, t.headers.get("Content-Type"));
    n.charset = s;
    const a = new Response(i, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await Wr(n).transform(a).body?.pipeTo(new WritableStream());
  } catch (i) {
    o = $(i);
  }
  n.end();
  return { document: n, bytes: r.read(), truncated: r.isCut(), broken: o };
}
function Wr(t) {
  return new HTMLRewriter().on("*", {
    element(e) {
      if (t.elements.length >= Et) throw new Error(`more than ${Et} elements`);
      let n;
      const r = qr(e, () => n && t.close(n));
      n = t.open(e.tagName, Object.fromEntries(e.attributes), !r);
    }
  }).onDocument({
    doctype(e) {
      t.doctype = { name: e.name, publicId: e.publicId };
    },
    text(e) {
      if (e.text) t.text(e.text);
    }
  });
}
function qr(t, e) {
  if (Ae(t.tagName)) return false;
  try {
    t.onEndTag(e);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function F(t, e) {
  if (t.username || t.password) return false;
  if (t.origin === e.origin) return true;
  const n = t.protocol === e.protocol || e.protocol === "http:" && t.protocol === "https:";
  return n && !t.port && !e.port && Ot(t.hostname) === Ot(e.hostname);
}
function Ot(t) {
  return t.replace(/^www\./, "");
}

// shared/site/get.js
var C = 8e3;
var Xr = 5;
var Yr = "Code24-Elite/2.0 (+https://code24.dev)";
var Vr = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var _ = class extends Error {
  constructor(e, n, r, o) {
    super(e);
    this.id = e;
    this.detail = n;
    this.url = r;
    this.status = o;
  }
};
async function Te(t, e, { accept: n, timeoutMs: r = C }) {
  const o = AbortSignal.timeout(Math.max(1, r));
  const i = { "User-Agent": Yr, Accept: n, "Accept-Encoding": "gzip" };
  const s = /* @__PURE__ */ new Set();
  let a = new URL(t);
  for (; ; ) {
    a.hash = "";
    s.add(a.href);
    const l = await fetch(a, { redirect: "manual", signal: o, headers: i });
    const c = Vr.has(l.status) ? l.headers.get("Location") : null;
    const u = c ? URL.parse(c, a) : null;
    if (!u) {
      const m = s.size - 1;
      return { url: a.href, status: l.status, headers: l.headers, response: l, redirects: m };
    }
    await l.body?.cancel();
    u.hash = "";
    if (!F(u, e)) throw new _("redirect_elsewhere", u.origin, a.href, l.status);
    if (s.has(u.href) || s.size > Xr)
      throw new _("redirect_loop", u.href, a.href, l.status);
    a = u;
  }
}

// shared/site/crawl.js
var ke = 2 * 1024 * 1024;
var Kr = 1024 * 1024;
var Jr = 24;
var Lt = 4;
var Qr = 2e4;
var Zr = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var eo = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function Ct(t, e, n) {
  const r = Date.now() + Qr;
  const o = await It(t, t, r);
  const i = [o];
  const s = /* @__PURE__ */ new Set([t.href, o.url]);
  let a = [o];
  for (let l = 0; l < e.depth && i.length < e.pages; l += 1) {
    const c = a.flatMap((h) => to(h, t)).filter((h) => !s.has(h) && s.add(h));
    const u = c.slice(0, e.pages - i.length);
    const m = await Nt(u, (h) => It(new URL(h), t, r));
    a = m.filter((h) => h.isHtml);
    i.push(...a);
  }
  await no(i, t, n, r);
  return i;
}
async function It(t, e, n) {
  const r = await Te(t, e, { accept: Zr, timeoutMs: Math.min(C, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "text/html";
  const i = { url: r.url, status: r.status, headers: r.headers, contentType: o, assets: /* @__PURE__ */ new Map() };
  if (!U(o)) {
    await r.response.body?.cancel();
    return { ...i, isHtml: false, bytes: 0, truncated: false, document: new I() };
  }
  const { document: s, bytes: a, truncated: l, broken: c } = await _t(r.response, ke);
  if (c && s.elements.length === 0) throw new Error(c);
  return { ...i, isHtml: true, document: s, bytes: a, truncated: l || c !== null };
}
function to(t, e) {
  const n = Ee(t);
  const r = /* @__PURE__ */ new Set();
  for (const o of t.document.all("a")) {
    const i = URL.parse(f(o, "href") ?? "", n);
    if (!i || !f(o, "href") || !F(i, e) || eo.test(i.pathname)) continue;
    if (/\bnofollow\b/i.test(f(o, "rel") ?? "")) continue;
    i.hash = "";
    r.add(i.href);
  }
  return [...r];
}
function Ee(t) {
  const e = t.document.first("base");
  return URL.parse((e && f(e, "href")) ?? "", t.url) ?? new URL(t.url);
}
async function no(t, e, n, r) {
  const o = new Set(t.flatMap(n).filter((a) => URL.canParse(a) && F(new URL(a), e)));
  const i = await Nt([...o].slice(0, Jr), (a) => ro(new URL(a), e, r));
  const s = new Map(i.map((a) => [a.asked, a]));
  for (const a of t) a.assets = s;
}
async function ro(t, e, n) {
  const r = await Te(t, e, { accept: "*/*", timeoutMs: Math.min(C, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "";
  const i = G(r.response.body, Kr);
  const s = new Uint8Array(await new Response(i.stream).arrayBuffer());
  const a = /css|javascript|json|text/.test(o);
  const l = a ? new TextDecoder().decode(s) : "";
  return { asked: t.href, url: r.url, status: r.status, headers: r.headers, bytes: s.length, text: l };
}
async function Nt(t, e) {
  const n = [];
  for (let r = 0; r < t.length; r += Lt) {
    const o = await Promise.allSettled(t.slice(r, r + Lt).map(e));
    for (const i of o) if (i.status === "fulfilled") n.push(i.value);
  }
  return n;
}

// shared/elite/access.js
var _e = Object.fromEntries(
  [
    {
      id: "redirect_elsewhere",
      message: "The site redirects to another site, which is not read.",
      fix: "Set parameters.site to the address that visitors end up at."
    },
    {
      id: "redirect_loop",
      message: "The site redirects in circles, or too often.",
      fix: "Let the address lead to the page directly."
    },
    {
      id: "not_html",
      message: "The site answers with something other than HTML, so nothing could be checked.",
      fix: "Set parameters.site to the address of a page."
    }
  ].map((t) => [
    t.id,
    { ...t, category: "access", severity: "error", weight: 100 }
  ])
);
var Rt = [
  {
    id: "bad_status",
    category: "access",
    severity: "error",
    weight: 40,
    message: "The site answers with an error status.",
    fix: "Repair the page, or set parameters.site to one that works.",
    *checkSite([t]) {
      if (t.status >= 400) yield { page: t.url, header: "Status", detail: String(t.status) };
    }
  },
  {
    id: "link_broken",
    category: "access",
    severity: "warning",
    weight: 5,
    message: "Some links lead to pages that answer with an error.",
    fix: "Repair or redirect those pages, or take the links out.",
    *checkSite([, ...t]) {
      for (const e of t) if (e.status >= 400) yield { page: e.url, detail: `status ${e.status}` };
    }
  },
  {
    id: "not_https",
    category: "access",
    severity: "error",
    weight: 15,
    message: "The page is served over plain http.",
    fix: "Serve the site over https and redirect http there.",
    *checkSite([t]) {
      if (t.url.startsWith("http:")) yield { page: t.url, detail: t.url };
    }
  },
  {
    id: "page_truncated",
    category: "access",
    severity: "info",
    weight: 0,
    message: `The page was not read to its end; ${ke} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(t) {
      if (t.truncated) yield { detail: `${t.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var oo = 5;
var Mt = 300;
var Ut = { error: 0, warning: 1, info: 2 };
function Oe(t, e, n, r) {
  return t.flatMap((o) => {
    const i = e.flatMap(
      (s) => o.check ? [...o.check(s, n)].map((a) => Dt({ page: s.url, ...a })) : []
    );
    if (o.checkSite) i.push(...[...o.checkSite(e, n)].map(Dt));
    return i.length > 0 ? [re(o, i, r)] : [];
  });
}
function zt(t) {
  return t.sort((e, n) => Ut[e.severity] - Ut[n.severity] || n.weight - e.weight);
}
function Dt(t) {
  return t.page ? { ...t, page: io(t.page) } : t;
}
function re(t, e, n) {
  const { id: r, category: o, severity: i, weight: s, message: a, fix: l, fixedBy: c } = t;
  const u = c !== void 0 && n.includes(c);
  const m = u && e.every((b) => b.fixable !== false);
  const h = e.slice(0, oo).map(({ fixable: b, detail: p, ...v }) => ({
    ...v,
    ...p === void 0 ? {} : { detail: so(w(p)) }
  }));
  return { id: r, category: o, severity: i, weight: s, message: a, fix: l, fixable: m, count: e.length, evidence: h };
}
function Ht(t) {
  return Math.max(0, 100 - t.reduce((e, { weight: n }) => e + n, 0));
}
function Ft(t) {
  const e = { error: 0, warning: 0, info: 0 };
  for (const { severity: n } of t) e[n] += 1;
  return e;
}
function io(t) {
  const { pathname: e, search: n } = new URL(t);
  return e + n;
}
function so(t) {
  return t.length > Mt ? `${t.slice(0, Mt - 1)}…` : t;
}

// shared/elite/history.js
var ao = 30;
var lo = 6e4;
function co(t, e) {
  return `report:${t}:${e.slice(0, 400)}`;
}
function fo(t, e) {
  const n = t.at(-1);
  const r = n && ["score", "error", "warning", "info"].every((o) => Reflect.get(n, o) === Reflect.get(e, o));
  if (r && Date.parse(e.at) - Date.parse(n.at) < lo) return { runs: t, changed: false };
  return { runs: [...t, e].slice(-ao), changed: true };
}
function uo(t) {
  if (!Array.isArray(t)) return [];
  return t.filter((e) => Number.isFinite(e?.score) && !Number.isNaN(Date.parse(e?.at)));
}
async function jt(t, e, n) {
  if (!e) return t;
  const r = co(t.type, t.site);
  try {
    const o = uo(await e.get(r, "json"));
    const { runs: i, changed: s } = fo(o, { at: t.fetchedAt, score: t.score, ...t.summary });
    if (s) n.waitUntil(e.put(r, JSON.stringify(i)).catch(Pt));
    return { ...t, trend: i };
  } catch (o) {
    Pt(o);
    return t;
  }
}
function Pt(t) {
  console.error("the trend is lost:", $(t));
}

// shared/elite/parameters.js
var Bt = { depth: 1, pages: 5 };
var Gt = { depth: 3, pages: 10 };
function Wt(t, e) {
  const { url: n, problem: r } = Ke(t, "site", "https://example.com/");
  if (!n) return { problem: r ?? "" };
  n.hash = "";
  const o = t.optimizations;
  const i = Object.keys({ ...e.fixes, ...e.fileFixes });
  return {
    site: n,
    bounds: {
      depth: Math.min(pe(t.depth, Bt.depth), Gt.depth),
      pages: Math.max(1, Math.min(pe(t.pages, Bt.pages), Gt.pages))
    },
    optimizations: Array.isArray(o) ? i.filter((s) => o.includes(s)) : e.defaults
  };
}

// shared/elite/report_charts.js
var qt = 52;
var N = 220;
var P = 56;
function Xt(t) {
  const e = 2 * Math.PI * qt;
  const n = e * t / 100;
  const r = `cx="60" cy="60" r="${qt}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${t} of 100"><circle class="track" ${r}/>
<circle class="fill" ${r} stroke-linecap="round" stroke-dasharray="${n.toFixed(1)} ${e.toFixed(1)}"
 transform="rotate(-90 60 60)"${t === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${t}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function Yt(t) {
  const e = t.length > 1 ? N / (t.length - 1) : 0;
  const n = t.map(({ score: a }, l) => [t.length > 1 ? l * e : N, P - a / 100 * P]);
  const r = n.map(([a, l]) => `${a.toFixed(1)},${l.toFixed(1)}`).join(" ");
  const [o, i] = n.at(-1) ?? [N, P];
  const s = t.map(({ score: a }) => a).join(", ");
  return `<svg viewBox="-6 -6 ${N + 12} ${P + 12}" role="img" aria-label="Scores of the last runs: ${s}">
<path class="axis" d="M0 ${P}H${N}M0 0H${N}"/><polyline class="line" points="${r}"/>
<circle class="dot" cx="${o.toFixed(1)}" cy="${i.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var Vt = `
:root{color-scheme:light dark;--page:#f6f5f2;--card:#fff;--text:#1d1c1a;--quiet:#64605a;--line:#e2dfd8;--link:#1b4fc4;
--error:#b3261e;--error-soft:#fbeae8;--warning:#8f5400;--warning-soft:#fcf1dd;--info:#2b5b9e;--info-soft:#e8f0fb;
--good:#186a3b;--good-soft:#e3f3e9;--fair:#4d6a12}
@media(prefers-color-scheme:dark){:root{--page:#141413;--card:#1e1d1b;--text:#efece6;--quiet:#a8a39a;--line:#35332f;
--link:#9dbdff;--error:#ff9d94;--error-soft:#3a1d1a;--warning:#f3bd6b;--warning-soft:#35290f;--info:#9cc3f5;
--info-soft:#1a2a3f;--good:#7fd3a0;--good-soft:#15301f;--fair:#bfd477}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.25rem 3rem;max-width:60rem;background:var(--page);color:var(--text);
font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1,h2,p,ol,ul{margin:0;padding:0}ul{list-style:none}a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:3px;border-radius:.25rem}
h1{font-size:clamp(1.8rem,5vw,2.6rem);line-height:1.15;letter-spacing:-.02em;margin:.15rem 0 .4rem}
h2{font-size:1.05rem;line-height:1.3}.kind{font-weight:600;color:var(--quiet)}.quiet{color:var(--quiet);font-weight:400}
.about{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;color:var(--quiet);font-size:.92rem}
main>section{margin-top:1.5rem}.overview,.todo,.preview>div,details{background:var(--card);border:1px solid var(--line);
border-radius:.9rem}
.overview{display:grid;grid-template-columns:auto 1fr auto;gap:1.5rem 2.5rem;align-items:center;padding:1.6rem 1.9rem}
.score{text-align:center}.score svg{width:9.5rem;display:block}.score p{margin-top:.5rem}
.track{stroke:var(--line)}.fill{stroke:currentColor}.number{font-size:34px;font-weight:700;fill:var(--text)}
.of{font-size:11px;fill:var(--quiet)}.score.good{color:var(--good)}.score.fair{color:var(--fair)}
.score.warning{color:var(--warning)}.score.error{color:var(--error)}
.counts{display:grid;gap:.5rem;min-width:9.5rem}.counts li>*{display:flex;gap:.6rem;align-items:baseline;
padding:.45rem .9rem;border-radius:.6rem;color:inherit;text-decoration:none}
.counts b{font-size:1.35rem;line-height:1.2;min-width:2rem;
font-variant-numeric:tabular-nums}
.counts .error{color:var(--error)}.counts .warning{color:var(--warning)}.counts .info{color:var(--info)}
.counts .error>*{background:var(--error-soft)}.counts .warning>*{background:var(--warning-soft)}
.counts .info>*{background:var(--info-soft)}
.trend{width:15rem;font-size:.92rem;color:var(--quiet)}.trend h2,.trend b{color:var(--text)}
.trend svg{display:block;width:100%;margin:.4rem 0}.axis{stroke:var(--line);fill:none}
.line{fill:none;stroke:var(--link);stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}.dot{fill:var(--link)}
.todo{padding:1.4rem 1.9rem}.todo ol{margin:.5rem 0 0 1.2rem}.todo li{padding:.25rem 0 .25rem .3rem}
.todo li::marker{font-weight:700}.edge{margin-top:.9rem;padding:.6rem .9rem;border-radius:.6rem;background:var(--good-soft)}
.points{font-weight:600;white-space:nowrap;margin-left:.35rem}
.preview>div{margin-top:.6rem;padding:1.1rem 1.9rem}.where{font-size:.88rem;color:var(--quiet)}
.headline{font-size:1.2rem;line-height:1.35;color:var(--link);margin:.1rem 0 .2rem}
.group>p{color:var(--quiet);font-size:.92rem;margin:.1rem 0 .7rem}.group details{background:linear-gradient(var(--tone),var(--tone)) 0 0/.3rem 100% no-repeat var(--card)}
.group.error{--tone:var(--error)}.group.warning{--tone:var(--warning)}.group.info{--tone:var(--info)}
.group h2{color:var(--tone);font-size:1.2rem}details{border-radius:.6rem}details+details{margin-top:.5rem}
summary{display:flex;gap:1rem;align-items:baseline;padding:.75rem 1.2rem;cursor:pointer}
summary::after{content:"+";color:var(--quiet);font-weight:600;width:.8rem;
text-align:center}details[open]>summary::after{content:"\\2212"}
.message{flex:1}.tag{display:inline-block;margin-left:.35rem;padding:0 .55rem;border-radius:1rem;font-size:.82rem;
background:var(--good-soft);color:var(--good);white-space:nowrap}
details>:not(summary){margin:0 1.2rem .6rem}.evidence li{padding:.3rem 0;border-top:1px solid var(--line);font-size:.92rem}
.page{color:var(--quiet)}code{font:.86em ui-monospace,monospace}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.92rem}
footer a{margin-right:1.25rem}footer p+p{margin-top:.4rem}
@media(max-width:46rem){.overview{grid-template-columns:auto 1fr;padding:1.2rem}.trend{grid-column:1/-1;width:auto}.trend svg{max-width:20rem}
.preview>div{padding:1rem 1.2rem}
.todo{padding:1.2rem}.score svg{width:7.5rem}.points .quiet{display:none}}
`;

// shared/elite/report_page.js
var oe = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." }
};
var ho = 3;
var mo = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function Kt(t, e, n) {
  return new Response(go(t, e, n), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": mo,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function po(t) {
  if (t >= 90) return { word: "Excellent", tone: "good" };
  if (t >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (t >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function go(t, e, n) {
  const r = new URL(t.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${y(`${t.score} · ${e} · ${r}`)}</title><style>${Vt}</style></head>
<body><header><p class="kind">${y(e)}</p><h1>${y(r)}</h1>
<p class="about"><a href="${y(t.finalUrl)}" rel="noreferrer">${y(t.finalUrl)}</a>
<span>${yo(t)}, ${wo(t.fetchedAt)}</span></p></header>
<main>${bo(t)}${vo(t, n)}${$o(t)}${Ao(t)}</main>
<footer><p><a href="${n}/report.json">This report as JSON</a> <a href="${n}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function yo({ pages: t }) {
  return t.length === 1 ? "one page read" : `${t.length} pages read`;
}
function wo(t) {
  return `<time datetime="${y(t)}">${y(t.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function bo({ score: t, summary: e, trend: n }) {
  const { word: r, tone: o } = po(t);
  const i = (
    Object.keys(oe).map((s) => {
      const { one: a, many: l } = oe[s];
      const c = e[s];
      const u = `<b>${c}</b> ${c === 1 ? a : l}`;
      return `<li class="${s}">${c > 0 ? `<a href="#${s}">${u}</a>` : `<span>${u}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${o}">${Xt(t)}
<p><b>${r}</b></p></div><ul class="counts">${i.join("")}</ul>${n ? xo(n) : ""}</section>`;
}
function xo(t) {
  const e = t.at(-1)?.score ?? 0;
  const n = e - (t.at(-2)?.score ?? e);
  const r = t.length < 2 ? "First run" : n === 0 ? "Unchanged" : `${n > 0 ? "+" : "−"}${Math.abs(n)} points`;
  return `<div class="trend"><h2>Trend</h2>${Yt(t)}<p><b>${r}</b> ${t.length < 2 ? "" : `since the run before, ${t.length} runs`}</p></div>`;
}
function vo({ findings: t }, e) {
  if (t.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const n = [...t].sort((a, l) => l.weight - a.weight).slice(0, ho);
  const r = t.filter((a) => a.fixable);
  const o = r.reduce((a, { weight: l }) => a + l, 0);
  const i = n.map(
    ({ fix: a, weight: l, id: c }) => `<li><a href="#${c}">${y(a)}</a>${Le(l, "+")}</li>`
  );
  const s = r.length === 0 ? "" : `<p class="edge">optimize repairs <b>${r.length} of ${t.length}</b> at the edge:
<a href="${e}/optimize/">see the improved page</a>${Le(o, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${i.join("")}</ol>${s}</section>`;
}
function Le(t, e) {
  if (t === 0) return "";
  return ` <span class="points">${e}${t}<span class="quiet"> points</span></span>`;
}
function $o({ title: t, description: e, finalUrl: n }) {
  if (typeof t !== "string" && typeof e !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${y(n)}</p>
<p class="headline">${y(String(t ?? "No title"))}</p>
<p>${y(String(e ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function Ao({ findings: t }) {
  return (
    Object.keys(oe).map((e) => {
      const n = t.filter((s) => s.severity === e);
      if (n.length === 0) return "";
      const { many: r, lead: o } = oe[e];
      const i = r[0].toUpperCase() + r.slice(1);
      return `<section class="group ${e}" id="${e}"><h2>${i} <span class="quiet">${n.length}</span></h2>
<p>${o}</p>${n.map(So).join("")}</section>`;
    }).join("")
  );
}
function So({ id: t, category: e, message: n, fix: r, fixable: o, weight: i, count: s, evidence: a }) {
  const l = o ? ` <span class="tag">repaired by optimize</span>` : "";
  const c = s > a.length ? `<li class="quiet">and ${s - a.length} more</li>` : "";
  return `<details id="${t}"><summary><span class="message">${y(n)}${l}</span>${Le(i, "−")}</summary>
<p><b>What to do:</b> ${y(r)}</p><ul class="evidence">${a.map(To).join("")}${c}</ul>
<p class="quiet">${y(e)} · <code>${y(t)}</code></p></details>`;
}
function To({ page: t, selector: e, header: n, detail: r }) {
  const o = e ?? (n && `${n}:`);
  return `<li>${t ? `<span class="page">${y(t)}</span> ` : ""}${o ? `<code>${y(o)}</code> ` : ""}${r ? y(r) : ""}</li>`;
}

// shared/elite/worker.js
var ko = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function Jt(t) {
  return {
    fetch(e, n, r) {
      const o = new URL(e.url);
      const i = Ve(n);
      const s = Eo(o, i.type ?? t.type);
      const a = o.pathname.slice(s.length);
      const l = a === "/optimize" || a.startsWith("/optimize/");
      const c = e.method === "GET" || e.method === "HEAD";
      if (!l && !c) return q(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!l && (Ye(o) || a === "/health")) return Xe();
      const u = Wt(i.parameters, t);
      if (!u.site) {
        return q(422, "invalid_parameters", u.problem, { field: "parameters.site" });
      }
      const { parameters: m } = i;
      if (l) return Tt(e, { ...u, parameters: m, template: t, prefix: `${s}/optimize` });
      if (!ko.has(a)) return D(e, "Page not found", 404, "not_found", "There is no such page.");
      return _o(e, t, { ...u, parameters: m, prefix: s }, n, r);
    }
  };
}
function Eo(t, e) {
  const n = `/elite/${e}`;
  return t.pathname === n || t.pathname.startsWith(`${n}/`) ? n : "";
}
async function _o(t, e, n, r, o) {
  try {
    const i = await jt(await Lo(e, n), r.HISTORY, o);
    return Oo(t) ? Kt(i, e.title, n.prefix) : W(200, i, { Vary: "Accept" });
  } catch (i) {
    const s = X(i, C);
    const a = { site: n.site.href, reason: s };
    const l = `${n.site.href} could not be read: ${s}.`;
    return D(t, "The site does not answer", 502, "site_unreachable", l, a);
  }
}
function Oo(t) {
  const e = new URL(t.url).pathname;
  if (e.endsWith(".json")) return false;
  return e.endsWith(".html") || (t.headers.get("Accept") ?? "").includes("text/html");
}
async function Lo(t, { site: e, bounds: n, optimizations: r, parameters: o }) {
  const i = { type: t.type, site: e.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let s;
  try {
    s = await Ct(e, n, t.assets);
  } catch (p) {
    if (!(p instanceof _)) throw p;
    const v = [re(_e[p.id], [{ header: "Location", detail: p.detail }], [])];
    return { ...i, finalUrl: p.url, status: p.status, ...Ie(v), pages: [] };
  }
  const [a] = s;
  const l = { ...i, finalUrl: a.url, status: a.status };
  const c = s.map(({ url: p, status: v, bytes: M }) => ({ url: p, status: v, bytes: M }));
  if (!a.isHtml) {
    const { contentType: p } = a;
    const v = [re(_e.not_html, [{ header: "Content-Type", detail: p }], [])];
    return { ...l, contentType: p, ...Ie(v), pages: c };
  }
  for (const p of s) t.prepare?.(p);
  const u = { site: e, parameters: o };
  const m = s.filter((p) => p === a || p.isHtml && p.status < 400);
  const h = Oe(Rt, s, u, r);
  const b = zt([...h, ...Oe(t.audits, m, u, r)]);
  return { ...l, ...Ie(b), pages: c, optimizations: r, ...t.facts?.(a) };
}
function Ie(t) {
  return { score: Ht(t), summary: Ft(t), findings: t };
}

// shared/checks/words.js
var Io = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " "
  )
);
var Co = /[a-zà-ÿ]{3,}/i;
function O(t) {
  const e = t.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter((r) => r && !Io.has(r.toLowerCase()) && !/^\d+(x\d+)?$/i.test(r) && !No(r));
  const n = e.join(" ").slice(0, 80);
  return Co.test(n) ? n : null;
}
function No(t) {
  return /^[0-9a-f]{6,}$/i.test(t) && /\d/.test(t) || t.length > 12 && /\d/.test(t);
}
function ie(t) {
  const e = t.split(/[?#]/)[0].replace(/\/+$/, "");
  const n = e.slice(e.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(n);
  } catch {
    return n;
  }
}

// shared/checks/alt.js
function se(t) {
  const e = t("alt") ?? null;
  if (e !== null && (e === "" || e.trim() !== "")) return false;
  if (["aria-label", "aria-labelledby", "title"].some((n) => (t(n) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(t("role") ?? "") && t("aria-hidden") !== "true";
}
function ae(t) {
  const e = [t("width"), t("height")].map((r) => Number.parseInt(r ?? "", 10));
  if (e.some((r) => r <= 2) || (t("alt") ?? null) !== null) return "";
  const n = w(t("src") ?? "");
  return n.startsWith("data:") ? null : O(ie(n));
}
var Qt = {
  id: "image_alt_missing",
  category: "images",
  severity: "warning",
  weight: 5,
  message: "Some images have no alt attribute.",
  fix: 'Describe what each image shows; alt="" for pure decoration.',
  fixedBy: "alt",
  *check({ document: t }) {
    for (const e of t.all("img")) {
      const n = (r) => e.attributes[r];
      if (!se(n) || g(e)) continue;
      yield { selector: d(e), detail: f(e, "class") ?? void 0, fixable: ae(n) !== null };
    }
  }
};
function Zt({ on: t, prefix: e }) {
  t("img", {
    element(n) {
      const r = (i) => Z(n.getAttribute(i), e);
      const o = se(r) ? ae(r) : null;
      if (o !== null) x(n, "alt", o);
    }
  });
}

// shared/checks/headings.js
var en = [
  {
    id: "h1_missing",
    category: "structure",
    severity: "warning",
    weight: 8,
    message: "The page has no main heading (h1).",
    fix: "Give every page one h1 that says what it is about.",
    *check({ document: t }) {
      if (!t.first("h1")) yield { selector: "body" };
    }
  },
  {
    id: "h1_multiple",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page has several main headings (h1).",
    fix: "Keep one h1; make the others h2.",
    *check({ document: t }) {
      const e = t.all("h1").filter((n) => !g(n));
      if (e.length < 2) return;
      for (const n of e) yield { selector: d(n), detail: t.textOf(n) };
    }
  }
];

// shared/page/css.js
var Ro = 8e3;
function R(t) {
  const e = t.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  const n = [];
  const r = [];
  let o = 0;
  for (let i = 0; i < e.length && n.length < Ro; i += 1) {
    const s = e[i];
    if (s === '"' || s === "'") i = tn(e, i);
    else if (s === ";") o = i + 1;
    else if (s === "}") {
      r.pop();
      o = i + 1;
    } else if (s === "{") {
      const a = e.slice(o, i).trim();
      if (/^@(media|supports|layer|container)\b/i.test(a)) r.push(a);
      else {
        const l = Mo(e, i);
        if (a) {
          const c = e.slice(i + 1, l);
          n.push({
            selector: a,
            declarations: L(c),
            important: Uo(c),
            media: [...r]
          });
        }
        i = l;
      }
      o = i + 1;
    }
  }
  return n;
}
function tn(t, e) {
  for (let n = e + 1; n < t.length; n += 1) {
    if (t[n] === "\\") n += 1;
    else if (t[n] === t[e] || t[n] === "\n") return n;
  }
  return t.length;
}
function Mo(t, e) {
  let n = 0;
  for (let r = e; r < t.length; r += 1) {
    const o = t[r];
    if (o === '"' || o === "'") r = tn(t, r);
    else if (o === "{") n += 1;
    else if (o === "}" && --n === 0) return r;
  }
  return t.length;
}
function L(t) {
  const e = /* @__PURE__ */ new Map();
  for (const n of t.split(/;(?![^(]*\))/)) {
    const r = n.indexOf(":");
    if (r < 0 || n.includes("{")) continue;
    const o = n.slice(r + 1).replace(/!\s*important/i, "").trim();
    e.set(n.slice(0, r).trim().toLowerCase(), o);
  }
  return e;
}
function Uo(t) {
  return new Set([...t.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, e]) => e.toLowerCase()));
}

// shared/page/selector.js
var Do = /^(?:(\*|[a-z][\w-]*)|#([\w-]+)|\.((?:[\w-]|\\.)+)|\[([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([\w-]+)))?\]|:not\(([^()]+)\))/i;
function le(t) {
  const e = [];
  const n = [];
  let r = 0;
  for (const o of t.trim().replace(/\s*>\s*/g, " >").split(/\s+/)) {
    const i = o.startsWith(">");
    const s = on(i ? o.slice(1) : o);
    if (!s) return null;
    n.push(s);
    e.push(i);
    r += nn(s) + s.not.reduce((a, l) => a + nn(l), 0);
  }
  return { compounds: n, direct: e, weight: r };
}
function nn({ tag: t, id: e, classes: n, attributes: r }) {
  return (e ? 1e4 : 0) + (n.length + r.length) * 100 + (t ? 1 : 0);
}
function on(t) {
  const e = { tag: null, id: null, classes: [], attributes: [], not: [] };
  let n = t;
  while (n) {
    const r = Do.exec(n);
    if (!r) return null;
    const [o, i, s, a, l, c, u, m, h] = r;
    if (i) e.tag = i === "*" ? null : i.toLowerCase();
    else if (s) e.id = s;
    else if (a) e.classes.push(a.replace(/\\/g, ""));
    else if (l) e.attributes.push([l.toLowerCase(), c ?? u ?? m ?? null]);
    else if (h) {
      const b = on(h.trim());
      if (!b) return null;
      e.not.push(b);
    }
    n = n.slice(o.length);
  }
  return t ? e : null;
}
function Ce(t, e) {
  const { tag: n, id: r, classes: o, attributes: i, not: s } = e;
  if (n && t.tag !== n || r && t.attributes.id !== r) return false;
  if (o.length > 0) {
    const l = Ne(t);
    if (!o.every((c) => l.has(c))) return false;
  }
  const a = i.every(([l, c]) => {
    const u = t.attributes[l];
    return u !== void 0 && (c === null || u === c);
  });
  return a && !s.some((l) => Ce(t, l));
}
var rn = /* @__PURE__ */ new WeakMap();
function Ne(t) {
  let e = rn.get(t);
  if (!e) rn.set(t, e = new Set((t.attributes.class ?? "").split(/\s+/).filter(Boolean)));
  return e;
}
function ce(t, { compounds: e, direct: n }) {
  let r = e.length - 1;
  if (!Ce(t, e[r])) return false;
  let o = t.parent;
  for (r -= 1; r >= 0; r -= 1) {
    const i = n[r + 1];
    while (o && !Ce(o, e[r])) o = i ? null : o.parent;
    if (!o) return false;
    o = o.parent;
  }
  return true;
}

// shared/page/cascade.js
var sn = 412;
var zo = 1e9;
var Ho = 1e8;
function Fo(t) {
  if (/^@layer|^@supports/i.test(t)) return true;
  if (!/^@media/i.test(t) || /print|prefers-|orientation|hover|not /i.test(t)) return false;
  const [e, n] = ["min", "max"].map((r) => {
    const o = new RegExp(`${r}-width:\\s*([\\d.]+)(px|em|rem)`, "i").exec(t);
    return o ? Number(o[1]) * (o[2] === "px" ? 1 : 16) : null;
  });
  return (e ?? 0) <= sn && sn <= (n ?? Number.POSITIVE_INFINITY);
}
function an(t, e, n) {
  const r = Po(t);
  const o = /* @__PURE__ */ new Map();
  const i = (s, a, l) => {
    const c = o.get(s) ?? {};
    if (!c[a] || c[a].rank <= l.rank) c[a] = l;
    o.set(s, c);
  };
  for (const { selector: s, declarations: a, important: l, media: c } of e) {
    const u = n.filter((m) => a.has(m));
    if (u.length === 0 || s.startsWith("@") || !c.every(Fo)) continue;
    for (const m of s.split(",")) {
      const h = le(m);
      if (!h) continue;
      for (const b of jo(r, h, t)) {
        if (!ce(b, h)) continue;
        for (const p of u) {
          const v = h.weight + (l.has(p) ? zo : 0);
          i(b, p, { value: a.get(p) ?? "", rank: v });
        }
      }
    }
  }
  for (const s of t) {
    for (const [l, c] of L(s.attributes.style ?? ""))
      if (n.includes(l)) i(s, l, { value: c, rank: Ho });
    const a = o.get(s);
    if (a) s.styles = Object.fromEntries(Object.entries(a).map(([l, { value: c }]) => [l, c]));
  }
}
function Po(t) {
  const e = /* @__PURE__ */ new Map();
  const n = (r, o) => {
    const i = e.get(r);
    if (i) i.push(o);
    else e.set(r, [o]);
  };
  for (const r of t) {
    n(r.tag, r);
    for (const o of Ne(r)) n(`.${o}`, r);
  }
  return e;
}
function jo(t, { compounds: e }, n) {
  const r = e[e.length - 1];
  if (r.classes.length > 0) return t.get(`.${r.classes[0]}`) ?? [];
  return r.tag ? t.get(r.tag) ?? [] : n;
}

// shared/checks/language.js
var Bo = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function Me(t) {
  return Bo.test(t);
}
function fe(t) {
  const e = (t ?? "").trim().replaceAll("_", "-");
  return Me(e) ? e : null;
}
function Re(t, e, n, r) {
  return fe(t) ?? fe(e) ?? fe(r.language) ?? fe(n.get("Content-Language"));
}
var ln = [
  {
    id: "lang_missing",
    category: "language",
    severity: "warning",
    weight: 5,
    message: "The html element doesn't tell the language.",
    fix: 'Say it: <html lang="en">, or set parameters.language and let optimize do it.',
    fixedBy: "language",
    *check({ document: t, headers: e }, { parameters: n }) {
      const r = t.first("html");
      if (r && f(r, "lang")) return;
      const o = r !== void 0 && Re(null, r.attributes["xml:lang"], e, n) !== null;
      yield { selector: "html", fixable: o };
    }
  },
  {
    id: "lang_invalid",
    category: "language",
    severity: "warning",
    weight: 4,
    message: "The language of the html element is no language tag.",
    fix: "Use a tag such as en, de-CH or pt-BR.",
    fixedBy: "language",
    *check({ document: t, headers: e }, { parameters: n }) {
      const r = t.first("html");
      const o = r && f(r, "lang");
      if (!r || !o || Me(o)) return;
      const i = Re(o, r.attributes["xml:lang"], e, n);
      yield { selector: "html", detail: o, fixable: i !== null };
    }
  }
];
function cn({ on: t, headers: e, parameters: n }) {
  t("html", {
    element(r) {
      const o = r.getAttribute("lang");
      if (o && Me(o.trim())) return;
      const i = Re(o, r.getAttribute("xml:lang"), e, n);
      if (i) x(r, "lang", i);
    }
  });
}

// shared/page/color.js
var Go = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080"
};
function Ue(t) {
  const e = (t ?? "").trim().toLowerCase();
  const n = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(Go[e] ?? e)?.[1];
  if (n) {
    const o = n.length === 3 ? n.replace(/./g, "$&$&") : n;
    return (
      [0, 2, 4].map((i) => Number.parseInt(o.slice(i, i + 2), 16))
    );
  }
  const r = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*(?:1|1\.0|100%)\s*)?\)$/.exec(e);
  return r && /** @type {Rgb} */
  r.slice(1, 4).map((o) => Math.min(255, Number(o)));
}
function un(t, e) {
  const [n, r] = [fn(t), fn(e)].sort((o, i) => i - o);
  return (n + 0.05) / (r + 0.05);
}
function fn(t) {
  const [e, n, r] = t.map((o) => {
    const i = o / 255;
    return i <= 0.04045 ? i / 12.92 : ((i + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * e + 0.7152 * n + 0.0722 * r;
}

// templates/elite/design/src/contrast.js
var hn = 4.5;
var Wo = 3;
var qo = /^[a-z0-9]*(?:[.#][\w-]+)*$/i;
function De(t) {
  const e = t.document.links("stylesheet").filter((n) => !/print/i.test(f(n, "media") ?? ""));
  return e.flatMap((n) => URL.parse(f(n, "href") ?? "", Ee(t))?.href ?? []);
}
function j(t) {
  const e = De(t).flatMap((n) => t.assets.get(n)?.text ?? []);
  return [...e, ...t.document.all("style").map((n) => t.document.source(n))];
}
function dn(t) {
  const e = Ue(t.get("color"));
  const n = Ue(t.get("background-color") ?? t.get("background"));
  if (!e || !n) return null;
  const r = Number.parseFloat(t.get("font-size") ?? "");
  const o = /bold|[7-9]00/.test(t.get("font-weight") ?? "");
  const i = /r?em$/.test(t.get("font-size") ?? "") ? r * 16 : r;
  const s = i >= 24 || o && i >= 18.66 ? Wo : hn;
  const a = un(e, n);
  return a < s ? a : null;
}
function mn({ document: t }, e) {
  const n = le(e);
  return n ? t.elements.filter((r) => !r.inert && ce(r, n)) : [];
}
function pn(t, e) {
  return mn(t, e.replace(/::?(before|after)/g, "")).length > 0;
}
function Xo(t, e) {
  return mn(t, e).some((n) => !g(n) && t.document.textOf(n) !== "");
}
var gn = [
  {
    id: "contrast_low",
    category: "colours",
    severity: "warning",
    weight: 5,
    message: "Some text has too little contrast with its background.",
    fix: `Make the text darker or lighter until the contrast is at least ${hn} to 1.`,
    *check(t) {
      const e = /* @__PURE__ */ new Set();
      for (const { selector: n, declarations: r, media: o } of j(t).flatMap(R)) {
        const i = o.length === 0 ? dn(r) : null;
        if (i === null) continue;
        for (const s of n.split(",").map((a) => a.trim())) {
          if (!qo.test(s) || e.has(s) || !Xo(t, s)) continue;
          e.add(s);
          yield { selector: s, detail: `${i.toFixed(2)} to 1` };
        }
      }
      for (const n of t.document.elements) {
        const r = n.attributes.style ? dn(L(n.attributes.style)) : null;
        if (r !== null && !n.inert && !g(n) && t.document.textOf(n))
          yield { selector: d(n), detail: `${r.toFixed(2)} to 1` };
      }
    }
  }
];

// shared/rewrite/fonts.js
var ue = "https://fonts.googleapis.com";
var ze = "https://fonts.gstatic.com";
var Yo = /@font-face\s*\{([^}]*)\}/gi;
function He(t) {
  const e = URL.parse(t, "https://relative.invalid/");
  if (!e || e.origin !== ue || !/^\/(css2?|icon)$/.test(e.pathname)) return null;
  if (e.pathname === "/icon" || /icon|symbols/i.test(e.search)) return null;
  if (e.searchParams.has("display")) return null;
  return `${t}${t.includes("?") ? "&" : "?"}display=swap`;
}
function Fe(t) {
  return t.replace(Yo, (e, n) => {
    return /font-display/i.test(n) || /icon|awesome|glyph|symbol/i.test(n) ? e : e.replace("{", "{font-display:swap;");
  });
}
function yn({ on: t, css: e }) {
  let n = false;
  t('link[href*="fonts.g"]', {
    element(r) {
      const o = w(r.getAttribute("href") ?? "");
      const i = (r.getAttribute("rel") ?? "").toLowerCase();
      if (i.includes("preconnect") && o.includes("fonts.gstatic.com")) n = true;
      if (!i.includes("stylesheet") || !o.startsWith(ue)) return;
      const s = He(o);
      if (s) x(r, "href", s);
      if (!n) r.before(`<link rel="preconnect" href="${ze}" crossorigin>`, { html: true });
      n = true;
    }
  });
  e(Fe);
}

// templates/elite/design/src/fonts.js
function Vo(t, e, n) {
  const r = n.replace(/["']/g, "").toLowerCase();
  return e.some(({ selector: o, declarations: i }) => {
    const s = `${i.get("font-family") ?? ""} ${i.get("font") ?? ""}`.toLowerCase();
    if (o.startsWith("@") || !r || !s.includes(r)) return false;
    return o.split(",").some((a) => pn(t, a));
  });
}
var wn = [
  {
    id: "font_hides_text",
    category: "fonts",
    severity: "warning",
    weight: 3,
    message: "Text is invisible while fonts load.",
    fix: "Add font-display: swap to @font-face, and &display=swap to URLs of Google Fonts.",
    fixedBy: "fonts",
    *check(t) {
      for (const r of t.document.links("stylesheet"))
        if (He(f(r, "href") ?? "")) yield { selector: d(r) };
      const e = t.document.all("style").map((r) => t.document.source(r)).join("\n");
      if (Fe(e) !== e) yield { selector: "style", detail: "@font-face" };
      const n = j(t).flatMap(R);
      for (const { selector: r, declarations: o } of n) {
        if (r.toLowerCase() !== "@font-face" || e.includes(o.get("src") ?? "\0")) continue;
        const i = o.get("font-display") ?? "auto";
        const s = o.get("font-family") ?? "";
        if (!/^(block|swap|fallback|optional)$/i.test(i) && Vo(t, n, s))
          yield { selector: r, detail: s, fixable: false };
      }
    }
  },
  {
    id: "font_server_late",
    category: "fonts",
    severity: "info",
    weight: 1,
    message: "The browser connects to the font server only after it has loaded the style sheet.",
    fix: `Add <link rel="preconnect" href="${ze}" crossorigin>, or serve the fonts yourself.`,
    fixedBy: "fonts",
    *check({ document: t }) {
      const e = t.links("stylesheet").find((r) => (f(r, "href") ?? "").startsWith(ue));
      const n = t.links("preconnect").some((r) => (f(r, "href") ?? "").includes("fonts.gstatic.com"));
      if (e && !n) yield { selector: d(e) };
    }
  }
];

// templates/elite/design/src/forms.js
var vn = /* @__PURE__ */ new Set(["hidden", "submit", "reset", "button", "image"]);
var bn = ["aria-label", "aria-labelledby", "title", "placeholder"];
var Ko = [
  [/^e-?mail$|^email[-_]?address$|^user[-_]?email$/i, "email"],
  [/^tel$|^phone$|^phone[-_]?number$|^mobile$/i, "tel"],
  [/^first[-_]?name$|^fname$|^given[-_]?name$/i, "given-name"],
  [/^last[-_]?name$|^lname$|^surname$|^family[-_]?name$/i, "family-name"],
  [/^full[-_]?name$|^your[-_]?name$/i, "name"],
  [/^zip$|^zip[-_]?code$|^postal[-_]?code$|^postcode$/i, "postal-code"],
  [/^company$|^organi[sz]ation$/i, "organization"]
];
function $n(t, e) {
  const n = t === "select" ? bn.slice(0, 3) : bn;
  return n.some((r) => w(e(r) ?? "") !== "") || /^(none|presentation)$/.test(e("role") ?? "");
}
function An(t) {
  return t("id") ? null : O(w(t("name") ?? ""));
}
function Sn(t) {
  if ((t("autocomplete") ?? null) !== null) return null;
  const e = (t("type") ?? "text").toLowerCase();
  if (!["text", "email", "tel"].includes(e)) return null;
  if (e !== "text") return e;
  const n = [t("name"), t("id")].map((r) => w(r ?? ""));
  return Ko.find(([r]) => n.some((o) => r.test(o)))?.[1] ?? null;
}
function Jo(t) {
  const e = new Set(
    t.all("label").flatMap((n) => t.textOf(n) ? f(n, "for") ?? [] : [])
  );
  return t.all("input", "select", "textarea").filter((n) => {
    const r = (i) => n.attributes[i];
    if (n.tag === "input" && vn.has((f(n, "type") ?? "text").toLowerCase())) return false;
    if ($n(n.tag, r) || g(n)) return false;
    const o = H(n, "label");
    return !(o && t.textOf(o)) && !e.has(f(n, "id") ?? "");
  });
}
function xn(t, e) {
  return {
    id: `${t}_label_missing`,
    category: "forms",
    severity: "error",
    weight: 6,
    message: t === "input" ? "Some fields have no label." : "Some selection lists have no label.",
    fix: "Give each field a <label for> that says what to enter; a placeholder disappears when the user types.",
    fixedBy: "labels",
    *check({ document: n }) {
      for (const r of Jo(n).filter(e)) {
        const o = An((i) => r.attributes[i]) !== null && H(r, "label") === null;
        yield { selector: d(r), fixable: o };
      }
    }
  };
}
var Tn = [
  xn("input", ({ tag: t }) => t !== "select"),
  xn("select", ({ tag: t }) => t === "select"),
  {
    id: "image_button_alt_missing",
    category: "forms",
    severity: "error",
    weight: 4,
    message: "Some image buttons have no alternative text.",
    fix: 'Describe what the button does: <input type="image" alt="Search">.',
    *check({ document: t }) {
      for (const e of t.all("input"))
        if (f(e, "type") === "image" && !["alt", "aria-label", "title"].some((n) => f(e, n)))
          yield { selector: d(e) };
    }
  },
  {
    id: "autocomplete_missing",
    category: "forms",
    severity: "info",
    weight: 1,
    message: "Some fields that browsers could fill in have no autocomplete attribute.",
    fix: 'Add autocomplete with a value such as "email", "tel" or "given-name".',
    fixedBy: "autocomplete",
    *check({ document: t }) {
      for (const e of t.all("input")) {
        const n = Sn((r) => e.attributes[r]);
        if (n) yield { selector: d(e), detail: `autocomplete="${n}"` };
      }
    }
  }
];
function kn({ on: t }) {
  let e = false;
  const n = "input:not([type=hidden i]):not([type=submit i])";
  const r = [n, "select", "textarea"].map((o) => `${o}[name]:not([id]):not([aria-label])`);
  t(r.map((o) => `label ${o}`).join(", "), { element: () => void (e = true) });
  t(r.join(", "), {
    element(o) {
      const i = e;
      e = false;
      const s = (c) => o.getAttribute(c);
      const a = (s("type") ?? "text").toLowerCase();
      if (i || o.tagName === "input" && vn.has(a) || $n(o.tagName, s)) return;
      const l = An(s);
      if (l) x(o, "aria-label", l);
    }
  });
}
function En({ on: t }) {
  const e = ["[type=email i]", "[type=tel i]", "[type=text i]", ":not([type])"];
  t(e.map((n) => `input${n}:not([autocomplete])`).join(", "), {
    element(n) {
      const r = Sn((o) => n.getAttribute(o));
      if (r) n.setAttribute("autocomplete", r);
    }
  });
}

// templates/elite/design/src/headings.js
var On = ["h1", "h2", "h3", "h4", "h5", "h6"];
function Ln(t, e) {
  return e > 0 && t > e + 1 ? e + 1 : t;
}
function In(t, e) {
  const n = Number.parseInt(e ?? "", 10);
  return n >= 1 ? n : Number(t[1]);
}
var Cn = [
  {
    id: "heading_order",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "Some headings skip a level.",
    fix: "Increase levels one by one: after an h2 comes an h3, not an h4.",
    fixedBy: "headings",
    *check({ document: t }) {
      const e = t.all(...On).filter((i) => (f(i, "role") ?? "heading") === "heading");
      const n = e.filter((i) => !g(i));
      const r = Qo(e.filter((i) => !g(i, false)));
      const o = _n(n.map((i) => r.get(i) ?? B(i))).length === 0;
      for (const i of _n(n.map(B)))
        yield {
          selector: d(n[i]),
          detail: `${B(n[i])} after ${B(n[i - 1])}`,
          fixable: o
        };
    }
  }
];
function _n(t) {
  return t.flatMap((e, n) => n > 0 && e > t[n - 1] + 1 ? [n] : []);
}
function B(t) {
  return In(t.tag, f(t, "aria-level"));
}
function Qo(t) {
  let e = 0;
  return new Map(t.map((n) => [n, e = Ln(B(n), e)]));
}
function Nn({ on: t }) {
  let e = 0;
  let n = 0;
  const r = ["[hidden]", '[aria-hidden="true"]', '[style*="none"]', '[style*="hidden"]'];
  t(r.map((o) => `:not(i):not(svg):not(span):not(img)${o}`).join(", "), {
    element(o) {
      if (!Se((i) => o.getAttribute(i))) return;
      o.onEndTag(() => void (n -= 1));
      n += 1;
    }
  });
  t(On.join(", "), {
    element(o) {
      const i = o.getAttribute("role");
      if (n > 0 || i && i !== "heading") return;
      const s = In(o.tagName, o.getAttribute("aria-level"));
      const a = Ln(s, e);
      if (a !== s) o.setAttribute("aria-level", String(a));
      e = a;
    }
  });
}

// shared/rewrite/lazy.js
function Rn({ on: t }, e, n = () => true) {
  let r = 0;
  t("img", {
    element(o) {
      r += 1;
      if (r <= e) return;
      if (!o.hasAttribute("loading") && n(o)) o.setAttribute("loading", "lazy");
      if (!o.hasAttribute("decoding")) o.setAttribute("decoding", "async");
    }
  });
  t("iframe[src]:not([loading])", { element: (o) => void o.setAttribute("loading", "lazy") });
}

// templates/elite/design/src/images.js
var Mn = 4;
var Zo = /\.(png|jpe?g|gif|bmp|tiff?)([?#]|$)/i;
var Un = [
  {
    id: "loaded_early",
    category: "images",
    severity: "info",
    weight: 2,
    message: "Images and frames further down are loaded immediately.",
    fix: 'Add loading="lazy" to images and frames that are not visible at first.',
    fixedBy: "lazy",
    *check({ document: t }) {
      for (const e of [...t.all("img").slice(Mn), ...t.all("iframe")])
        if (!ne(e, "loading") && f(e, "src"))
          yield { selector: d(e), fixable: e.tag === "iframe" || Dn(e.attributes) };
    }
  },
  {
    id: "image_format_old",
    category: "images",
    severity: "info",
    weight: 1,
    message: "Some images are only available in old formats.",
    fix: "Offer AVIF or WebP in a <picture>; they need half the bytes.",
    *check({ document: t }) {
      for (const e of t.all("img"))
        if (Zo.test(f(e, "src") ?? "") && H(e, "picture") === null)
          yield { selector: d(e) };
    }
  }
];
function Dn(t) {
  return /^\d+$/.test(t.width ?? "") && /^\d+$/.test(t.height ?? "");
}
function zn(t) {
  Rn(
    t,
    Mn,
    (e) => Dn({ width: e.getAttribute("width") ?? "", height: e.getAttribute("height") ?? "" })
  );
}

// templates/elite/design/src/layout.js
var ei = /^(auto|initial|unset|inherit)$/;
var Pe = 24;
function Hn(t) {
  const e = t.styles ?? {};
  const n = (o) => {
    const i = e[o];
    return i !== void 0 && !ei.test(i) || Number.parseInt(f(t, o) ?? "", 10) >= 0;
  };
  const r = ["width", "height", "aspect-ratio"].filter(n);
  return r.length > 1 || /^(absolute|fixed)$/.test(e.position ?? "");
}
var Fn = [
  {
    id: "image_size_missing",
    category: "layout",
    severity: "warning",
    weight: 4,
    message: "Some images have no size: the content below them shifts when they load.",
    fix: "Give every <img> its width and height; CSS can still scale it.",
    *check({ document: t }) {
      for (const e of t.all("img"))
        if (!Hn(e) && !g(e) && !/^data:image\/svg/.test(f(e, "src") ?? ""))
          yield { selector: d(e) };
    }
  },
  {
    id: "frame_size_missing",
    category: "layout",
    severity: "info",
    weight: 2,
    message: "Some frames and videos have no size.",
    fix: "Give them width and height, or an aspect-ratio in CSS.",
    *check({ document: t }) {
      for (const e of t.all("iframe", "video", "embed"))
        if (!Hn(e) && !g(e)) yield { selector: d(e) };
    }
  },
  {
    id: "tap_target_small",
    category: "layout",
    severity: "warning",
    weight: 3,
    message: `Some links or buttons are smaller than ${Pe} by ${Pe} pixels.`,
    fix: "Make them larger, or give them padding.",
    *check({ document: t }) {
      for (const e of t.all("a", "button", "input", "select")) {
        const n = L(e.attributes.style ?? "");
        const r = ["width", "height"].map((o) => ti(n.get(o)));
        if (r.some((o) => o > 0 && o < Pe) && !g(e))
          yield { selector: d(e), detail: e.attributes.style };
      }
    }
  }
];
function ti(t) {
  return /^\d+(\.\d+)?px$/.test(t ?? "") ? Number.parseFloat(t ?? "") : 0;
}

// templates/elite/design/src/nameless.js
var ni = /<[a-z][^>]*>/gi;
var ri = /[\s/]class\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
var Pn = /[\s/](aria-label|aria-labelledby|title)\s*=|<img[\s/]/i;
var jn = /* @__PURE__ */ new Map();
var de = class {
  #e = "";
  #t = 0;
  #n = 0;
  // end of its start tag
  #i = false;
  // whether the current start tag has an href
  #r = false;
  // HTMLRewriter fails at a <style> in a <select>
  #o;
  #s;
  constructor(e, n) {
    this.#o = new TextDecoder(e);
    this.#s = n;
  }
  heldFrom() {
    return this.#e ? this.#t : Infinity;
  }
  letGo() {
    this.#e = "";
  }
  attribute(e, n, r, o) {
    if (n === "a" && o - r === 4 && A(e, r, "href")) this.#i = true;
  }
  tag(e, n, r, o, i, s, a) {
    if (n === "select") this.#r = !r;
    const l = this.#i;
    this.#i = false;
    if (n !== "a" && n !== "button") return;
    const c = r && n === this.#e ? this.#a(e, o) : "";
    if (c) a(o, o, c);
    const u = !r && !s && !this.#r && (n === "button" || l);
    this.#e = u ? n : "";
    this.#t = o;
    this.#n = i;
  }
  text(e, n, r, o) {
    if (this.#e && o !== "script" && o !== "style" && !this.#l(e, n, r)) this.#e = "";
  }
  #a(e, n) {
    const r = this.#o.decode(e.subarray(this.#t, this.#n));
    const o = je(r, "href");
    const i = o !== void 0 && /^(link)?$/.test(je(r, "role") ?? "");
    if (this.#e === "a" && !i || Pn.test(r) && Bn(r)) return "";
    const s = this.#o.decode(e.subarray(this.#n, n));
    if (Pn.test(s) && s.match(ni)?.some(Bn)) return "";
    return this.#s(oi(r + s), w(o ?? ""));
  }
  #l(e, n, r) {
    for (let o = n; o < r; o += 1) {
      const i = e[o];
      const s = i === 38 || i > 127;
      if (s) return r === e.length || w(this.#o.decode(e.subarray(o, r))) === "";
      if (i > 32) return false;
    }
    return true;
  }
};
function oi(t) {
  const e = (t.match(ri) ?? []).map((n) => n.replace(/^[^=]*=|["']/g, " "));
  return e.join("").split(/\s+/).filter(Boolean);
}
function Bn(t) {
  const e = (n) => je(t, n);
  if (["aria-label", "aria-labelledby", "title"].some((n) => w(e(n) ?? "") !== "")) return true;
  return /^<img[\s/]/i.test(t) && Boolean((se(e) ? ae(e) : e("alt"))?.trim());
}
function je(t, e) {
  const n = jn.get(e);
  const r = n ?? new RegExp(`[\\s/]${e}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))|(?=[\\s/>]))`, "i");
  if (!n) jn.set(e, r);
  const [o, i, s, a] = r.exec(t) ?? [];
  return o && (i ?? s ?? a ?? "");
}

// templates/elite/design/src/names.js
var ii = "<style>.code24-name{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}</style>";
var si = "Facebook Instagram LinkedIn YouTube GitHub Pinterest TikTok WhatsApp Dribbble Behance".split(" ");
var ai = [
  [/twitter|x-twitter|\/\/(www\.)?x\.com/, "X (Twitter)"],
  [/youtu\.be/, "YouTube"],
  [/mailto:|envelope/, "E-mail"],
  [/tel:|phone/, "Phone"],
  [/toggler|hamburger|navbar-toggle|menu-toggle|menu-btn|sidebartoggle|fa-bars|bi-list/, "Menu"],
  [/btn-close|(^|[\s-])close($|[\s-])|fa-times|fa-xmark/, "Close"],
  [/scroll-?to-?top|back-?to-?top|page-top|(chevron|angle|arrow)-up/, "Back to top"],
  [/(^|[\s-])prev(ious)?($|[\s-])|(chevron|angle|arrow)-left/, "Previous"],
  [/(^|[\s-])next($|[\s-])|(chevron|angle|arrow)-right/, "Next"],
  [/search/, "Search"],
  [/(^|[\s-])cart|basket/, "Cart"],
  [/(^|[\s-])play($|[\s-])/, "Play"],
  [/(^|[\s-])user/, "Account"]
];
var li = /^(?:fa|bi|icon|mdi|ti|ion|glyphicon|lni|ri|bx)-(.+)$/;
function Wn(t, e) {
  const n = [...t, e].join(" ").toLowerCase();
  const r = si.find((s) => n.includes(s.toLowerCase()));
  const o = r ?? ai.find(([s]) => s.test(n))?.[1];
  if (o) return o;
  const i = t.flatMap((s) => li.exec(s)?.[1] ?? []).find((s) => !/^\d|^(lg|sm|xs|fw)$/.test(s));
  return i && O(i) || O(ie(e.replace(/^#/, "/")));
}
function he(t) {
  return ["aria-label", "aria-labelledby", "title"].some((e) => w(t(e) ?? "") !== "");
}
function ci(t, e) {
  const n = t.inside(e);
  const r = n.filter((s) => g(s));
  const o = n.some((s) => {
    if (g(s)) return false;
    const a = (l) => s.attributes[l];
    return he(a) || s.tag === "img" && f(s, "alt") !== null;
  });
  if (o) return true;
  let i = t.textOf(e);
  for (const s of [...r, ...n.filter(({ tag: a }) => a === "style" || a === "script")])
    i = i.replace(t.textOf(s), "");
  return i.trim() !== "";
}
function fi(t, e) {
  const n = [e, ...t.inside(e)].flatMap((r) => (f(r, "class") ?? "").split(/\s+/));
  return Wn(n.filter(Boolean), f(e, "href") ?? "") !== null;
}
function Gn(t, e, n) {
  return {
    id: `${e}_name_missing`,
    category: "names",
    severity: "error",
    weight: n,
    message: `Some ${e}s have no name: screen readers only announce "${e}".`,
    fix: `Give each ${e} a text, or an aria-label if it only shows an icon.`,
    fixedBy: "names",
    *check({ document: r }) {
      for (const o of r.all(t)) {
        const i = f(o, "role");
        if (t === "a" && (!ne(o, "href") || i !== null && i !== "link")) continue;
        if (he((s) => o.attributes[s]) || g(o)) continue;
        if (ci(r, o)) continue;
        yield { selector: d(o), fixable: fi(r, o) };
      }
    }
  };
}
var qn = [
  Gn("a", "link", 6),
  Gn("button", "button", 6),
  {
    id: "frame_title_missing",
    category: "names",
    severity: "error",
    weight: 4,
    message: "Some frames have no title.",
    fix: 'Describe what each frame shows: <iframe title="Map of our shop">.',
    fixedBy: "frames",
    *check({ document: t }) {
      for (const e of t.all("iframe", "frame"))
        if (!he((n) => e.attributes[n]) && !g(e))
          yield { selector: d(e), fixable: e.tag === "iframe" };
    }
  },
  {
    id: "link_text_generic",
    category: "names",
    severity: "info",
    weight: 2,
    message: "Some link texts do not describe their target.",
    fix: 'Name the target: "Prices for 2027" instead of "click here".',
    *check({ document: t, url: e }) {
      for (const n of t.all("a")) {
        const r = f(n, "href");
        const o = r && URL.parse(r, e);
        if (!o || /^(mailto|javascript|tel):/.test(r) || /\bnofollow\b/.test(f(n, "rel") ?? "")) continue;
        if (o.href.split("#")[0] === e.split("#")[0]) continue;
        if (ui.has(t.textOf(n).toLowerCase()))
          yield { selector: d(n), detail: t.textOf(n) };
      }
    }
  }
];
var ui = /* @__PURE__ */ new Set([
  "click here",
  "click this",
  "go",
  "here",
  "information",
  "learn more",
  "more",
  "more info",
  "more information",
  "right here",
  "read more",
  "see more",
  "start",
  "this",
  "hier klicken",
  "hier",
  "mehr",
  "mehr erfahren",
  "weiterlesen",
  "en savoir plus",
  "cliquez ici",
  "plus"
]);
function Xn({ headers: t, readAhead: e }) {
  if (di(t)) return;
  let n = ii;
  const r = Y(t.get("Content-Type")) ?? "utf-8";
  e(
    new de(r, (o, i) => {
      const s = Wn(o, i);
      const a = s && `${n}<span class="code24-name">${ve(s)}</span>`;
      if (a) n = "";
      return a ?? "";
    })
  );
}
function di(t) {
  const e = t.get("Content-Security-Policy") ?? "";
  return /(style-src|default-src)/i.test(e) && !/'unsafe-inline'/i.test(e);
}
function Yn({ on: t, site: e, prefix: n }) {
  t("iframe", {
    element(r) {
      if (he((a) => r.getAttribute(a))) return;
      const o = r.getAttribute("src") ?? "";
      const i = Z(o, n);
      const s = URL.parse(i ?? "", i === o ? void 0 : e)?.hostname.replace(/^www\./, "");
      x(r, "title", s ? `Content from ${s}` : "Embedded content");
    }
  });
}

// templates/elite/design/src/structure.js
var hi = /* @__PURE__ */ new Set(["li", "script", "template"]);
var Vn = [
  {
    id: "list_children_wrong",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some lists contain other elements than list items.",
    fix: "Put only <li> into <ul> and <ol>.",
    *check({ document: t }) {
      for (const e of t.all("ul", "ol")) {
        if (f(e, "role") !== null || g(e)) continue;
        const n = t.inside(e).find((r) => {
          if (r.parent !== e || g(r)) return false;
          return hi.has(r.tag) ? !["listitem", null].includes(f(r, "role")) : f(r, "role") !== "listitem";
        });
        if (n) yield { selector: d(e), detail: d(n) };
      }
    }
  },
  {
    id: "list_item_alone",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some list items are outside a list.",
    fix: "Put them into <ul> or <ol>.",
    *check({ document: t }) {
      for (const e of t.all("li")) {
        const n = e.parent;
        const r = n && f(n, "role");
        const o = n && (r ? r === "list" : ["ul", "ol", "menu"].includes(n.tag));
        if (!o && f(e, "role") === null && !g(e)) yield { selector: d(e) };
      }
    }
  },
  {
    id: "ids_repeated",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some ids that labels or ARIA attributes refer to are not unique.",
    fix: "Use each id once.",
    *check({ document: t }) {
      const e = ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for"];
      const n = new Set(
        t.elements.flatMap((o) => e.flatMap((i) => f(o, i)?.split(/\s+/) ?? []))
      );
      const r = /* @__PURE__ */ new Set();
      for (const o of t.elements) {
        const i = f(o, "id");
        if (!i || o.inert) continue;
        if (r.has(i) && n.has(i)) yield { selector: `#${i}` };
        r.add(i);
      }
    }
  },
  {
    id: "tabindex_positive",
    category: "structure",
    severity: "warning",
    weight: 2,
    message: "Some elements have a positive tabindex, which changes the tab order.",
    fix: "Use only tabindex 0 or -1, and order the elements in the source.",
    fixedBy: "tabindex",
    *check({ document: t }) {
      for (const e of t.elements)
        if (!e.inert && Number(f(e, "tabindex")) > 0)
          yield { selector: d(e), detail: `tabindex="${f(e, "tabindex")}"` };
    }
  },
  {
    id: "refresh_by_itself",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page refreshes or redirects automatically.",
    fix: "Redirect on the server, or let users decide.",
    *check({ document: t }) {
      for (const e of t.all("meta"))
        if (f(e, "http-equiv")?.toLowerCase() === "refresh" && Number.parseInt(f(e, "content") ?? "0", 10) < 72e3)
          yield { selector: 'meta[http-equiv="refresh"]', detail: f(e, "content") ?? "" };
    }
  }
];
function Kn({ on: t }) {
  t("[tabindex]", {
    element(e) {
      if (Number(e.getAttribute("tabindex")) > 0) e.setAttribute("tabindex", "0");
    }
  });
}
var mi = [
  ["banner", "header"],
  ["navigation", "nav"],
  ["contentinfo", "footer"]
];
function Be(t, e, n) {
  return t.elements.filter(
    (r) => !r.inert && (r.attributes.role === void 0 ? r.tag === n : f(r, "role") === e) && !g(r)
  );
}
var Jn = [
  {
    id: "main_missing",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page does not mark its main content.",
    fix: "Put the main content into one <main>.",
    *check({ document: t }) {
      if (Be(t, "main", "main").length === 0) yield { selector: "main" };
    }
  },
  {
    id: "landmarks_missing",
    category: "structure",
    severity: "info",
    weight: 1,
    message: "The header, navigation or footer is not marked.",
    fix: "Use <header>, <nav> and <footer>.",
    *check({ document: t }) {
      const e = mi.filter(([n, r]) => Be(t, n, r).length === 0).map(
        ([, n]) => n
      );
      if (e.length > 0) yield { selector: e.join(", ") };
    }
  },
  {
    id: "bypass_missing",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Keyboard users cannot skip the navigation: there is no <main>, heading or link to the content.",
    fix: 'Add <main>, headings, or <a href="#content">Skip to content</a> as the first link.',
    *check({ document: t }) {
      const e = Be(t, "main", "main").length > 0;
      const n = t.all("h1", "h2", "h3", "h4", "h5", "h6").length > 0;
      const r = t.all("a").some((i) => /^#[^!]./.test(f(i, "href") ?? ""));
      const o = t.all("a").some((i) => f(i, "href"));
      if (o && !e && !n && !r) yield { selector: "body" };
    }
  }
];

// templates/elite/design/src/viewport.js
var pi = 5;
var Ge = "width=device-width, initial-scale=1";
function me(t) {
  return t.split(/[,;]/).flatMap((e) => {
    const [n, r = ""] = e.split("=").map((o) => o.trim().toLowerCase());
    return n ? [
      [n, r]
    ] : [];
  });
}
function We([t, e]) {
  if (t === "user-scalable") return e === "no" || e !== "yes" && Math.abs(Number.parseFloat(e)) < 1;
  return t === "maximum-scale" && Number.parseFloat(e) >= 0 && Number.parseFloat(e) < pi;
}
function gi(t) {
  const e = me(t).filter((n) => !We(n));
  return e.map(([n, r]) => r ? `${n}=${r}` : n).join(", ");
}
function Qn(t) {
  return t.all("meta").find((e) => f(e, "name")?.toLowerCase() === "viewport");
}
var Zn = [
  {
    id: "viewport_missing",
    category: "viewport",
    severity: "error",
    weight: 12,
    message: "The page has no viewport: phones show a scaled-down desktop page.",
    fix: `Add <meta name="viewport" content="${Ge}">.`,
    fixedBy: "viewport",
    *check({ document: t }) {
      const e = Qn(t);
      const n = me((e && f(e, "content")) ?? "");
      const r = n.some(([o]) => o === "width" || o === "initial-scale");
      if (!r) yield { selector: 'meta[name="viewport"]', fixable: e !== void 0 || t.headEnds };
    }
  },
  {
    id: "viewport_blocks_zoom",
    category: "viewport",
    severity: "error",
    weight: 6,
    message: "The viewport prevents zooming.",
    fix: "Remove user-scalable=no and maximum-scale from the viewport.",
    fixedBy: "viewport",
    *check({ document: t }) {
      const e = Qn(t);
      const n = (e && f(e, "content")) ?? "";
      if (me(n).some(We)) yield { selector: 'meta[name="viewport"]', detail: n };
    }
  }
];
function er({ on: t, atHeadEnd: e }) {
  let n = false;
  t('meta[name="viewport" i]', {
    element(r) {
      if (n) return;
      n = true;
      const o = me(r.getAttribute("content") ?? "");
      if (!o.some(([i]) => i === "width" || i === "initial-scale")) x(r, "content", Ge);
      else if (o.some(We)) x(r, "content", gi(r.getAttribute("content") ?? ""));
    }
  });
  e(() => n ? "" : `<meta name="viewport" content="${Ge}">
`);
}

// templates/elite/design/src/template.js
var tr = {
  language: cn,
  viewport: er,
  headings: Nn,
  alt: Zt,
  names: Xn,
  frames: Yn,
  labels: kn,
  autocomplete: En,
  lazy: zn,
  fonts: yn,
  tabindex: Kn
};
var nr = {
  type: "design",
  title: "Design report",
  audits: [
    ...Zn,
    ...ln,
    ...Cn,
    ...en,
    ...Jn,
    { ...Qt, severity: "error", weight: 8 },
    ...qn,
    ...Tn,
    ...Vn,
    ...gn,
    ...Fn,
    ...Un,
    ...wn
  ],
  fixes: tr,
  defaults: Object.keys(tr),
  assets: De,
  prepare: (t) => {
    const e = j(t).flatMap(R);
    an(t.document.elements, e, [
      "display",
      "visibility",
      "position",
      "width",
      "height",
      "aspect-ratio"
    ]);
  }
};

// templates/elite/design/src/index.js
var ll = Jt(nr);
export {
  ll as default
};

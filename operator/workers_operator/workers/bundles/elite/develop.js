// Generated from templates/elite/develop/src by `make bundles`. Do not edit.
// shared/errors.js
function v(e) {
  return String(e?.message ?? e);
}

// shared/html.js
function M(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function B(e, t) {
  let r = t;
  let n = false;
  const o = e?.getReader();
  const s = new ReadableStream({
    async pull(i) {
      const { value: a } = await o?.read() ?? {};
      if (!a) return i.close();
      n = a.byteLength > r;
      const c = a.subarray(0, r);
      if (c.byteLength > 0) i.enqueue(c);
      r -= c.byteLength;
      if (!n) return void 0;
      i.close();
      return o?.cancel();
    },
    cancel: (i) => o?.cancel(i)
  });
  return { stream: s, isCut: () => n, read: () => t - r };
}
var $e = {
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
function y(e) {
  return or(
    e.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (t, r, n, o) => {
      if (o) return Object.hasOwn($e, o) ? $e[o] : t;
      const s = r ? parseInt(r, 16) : Number(n);
      return s > 0 && s <= 1114111 ? String.fromCodePoint(s) : "�";
    })
  );
}
function or(e) {
  return e.replace(/\s+/g, " ").trim();
}
function h(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// shared/answers.js
function z(e, t, r = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...r }
  });
}
function Ae() {
  return z(200, { status: "ok" });
}
function q(e, t, r, n = {}, o = {}) {
  return z(e, { error: { code: t, message: r, ...n } }, o);
}
function U(e, t, r, n, o, s = {}) {
  const i = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!i) return q(r, n, o, s, { Vary: "Accept" });
  return new Response(sr(r, t, o), {
    status: r,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function F(e, t) {
  const r = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (r) return `no answer within ${t} ms`;
  const n = v(e);
  return /^internal error/i.test(n) ? "no connection" : n;
}
function sr(e, t, r) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${h(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${h(t)}</h1><p>${h(r)}</p><small>${e}</small></main></body></html>
`;
}

// shared/config.js
var ir = "/.well-known/code24/health";
function Ee(e) {
  return e.pathname.endsWith(ir);
}
function Ce(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function Re(e, t, r) {
  const n = e[t];
  const o = typeof n === "string" ? URL.parse(n) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${r}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function se(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/page/charset.js
var Le = 1024;
function W(e) {
  return /charset=["']?([\w-]+)/i.exec(e ?? "")?.[1] ?? null;
}
var ar = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function Oe(e) {
  return /charset/i.test(e) ? ar.test(W(e) ?? "") : true;
}
function cr(e) {
  if (e[0] === 255 && e[1] === 254) return "utf-16le";
  if (e[0] === 254 && e[1] === 255) return "utf-16be";
  const t = String.fromCharCode(...e.subarray(0, Le));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(t)?.[1] ?? null;
}
function _e(e) {
  try {
    new TextDecoder(e);
    return true;
  } catch {
    return false;
  }
}
async function Me(e, t) {
  const r = W(t);
  const n = e.getReader();
  const { first: o, end: s } = await lr(n);
  const i = cr(o);
  const a = r && _e(r) ? r : i ?? "utf-8";
  const c = new ReadableStream({
    start(d) {
      if (o.length > 0) d.enqueue(o);
      if (s) d.close();
    },
    async pull(d) {
      const { done: p, value: m } = await n.read();
      if (p) d.close();
      else d.enqueue(m);
    },
    cancel: (d) => n.cancel(d)
  });
  const l = (
    new TextDecoderStream(_e(a) ? a : "utf-8")
  );
  return { stream: c.pipeThrough(l).pipeThrough(
    new TextEncoderStream()
  ), sniffed: i };
}
async function lr(e) {
  let t = new Uint8Array();
  try {
    while (t.length < Le) {
      const { done: r, value: n } = await e.read();
      if (r) return { first: t, end: true };
      const o = new Uint8Array(t.length + n.length);
      o.set(t);
      o.set(n, t.length);
      t = o;
    }
  } catch (r) {
    if (t.length === 0) throw r;
  }
  return { first: t, end: false };
}

// shared/rewrite/lexer.js
var [K, ie, fr, dr, G, A, X, Ue, k, hr, De] = [...` !"'-/<=>?]`].map(
  (e) => e.charCodeAt(0)
);
var Ie = "--";
var He = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var je = ["svg", "math"];
var ur = [...He, ...je, "a", "button", "link", "object", "select"];
var pr = `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
var mr = "<![CDATA[";
var Y = class {
  #e = "";
  #t = false;
  // at the start of a comment
  #r = 0;
  // of nesting in SVG and MathML, where <style> and <title> can contain elements
  #s = 0;
  // of the last tag
  #n = [];
  #o;
  constructor(t) {
    this.#o = t;
  }
  read(t) {
    let r = 0;
    while (r < t.length) {
      const n = this.#i(t, r);
      if (n === r) break;
      r = n;
    }
    return r;
  }
  reset() {
    this.#e = "";
    this.#r = 0;
  }
  #i(t, r) {
    if (this.#e === Ie) return this.#d(t, r);
    if (this.#e) return this.#h(t, r);
    return t[r] === X ? this.#l(t, r) : this.#a(t, r, T(t, X, r));
  }
  #a(t, r, n) {
    if (n > r) this.#o.text(t, r, n, this.#e);
    return n;
  }
  #d(t, r) {
    const n = this.#t ? r + 2 : r;
    for (let s = T(t, k, r + 2); s < t.length; s = T(t, k, s + 1)) {
      const i = t[s - 1] === ie && s - 3 >= n ? s - 3 : s - 2;
      if (t[i] !== G || t[i + 1] !== G) continue;
      this.#e = "";
      return s + 1;
    }
    const o = Math.max(r, t.length - 3);
    if (o > n) this.#t = false;
    return o > n ? o : r;
  }
  #h(t, r) {
    for (let n = T(t, X, r); n < t.length; n = T(t, X, n + 1)) {
      const o = n + 2 + this.#e.length;
      const s = o >= t.length && (n + 1 === t.length || t[n + 1] === A);
      if (!s && !(t[n + 1] === A && Be(t[o]) && $(t, n + 2, this.#e)))
        continue;
      if (n > r) return this.#a(t, r, n);
      if (s) return r;
      this.#e = "";
      return this.#l(t, n);
    }
    return this.#a(t, r, t.length);
  }
  #l(t, r) {
    const n = t[r + 1];
    if (Ne(n)) return this.#f(t, r, r + 1);
    if (t.length < r + 4) return r;
    if (n === A && Ne(t[r + 2])) return this.#f(t, r, r + 2);
    if (n !== A && n !== ie && n !== hr) return this.#a(t, r, r + 1);
    if (n === ie && t[r + 2] === G && t[r + 3] === G) {
      this.#e = Ie;
      this.#t = true;
      return r + 2;
    }
    if (this.#r > 0 && $(t, r, mr)) return this.#u(t, r);
    const o = T(t, k, r + 2);
    return o < t.length ? o + 1 : r;
  }
  #u(t, r) {
    let n = T(t, k, r);
    while (n < t.length && (t[n - 1] !== De || t[n - 2] !== De))
      n = T(t, k, n + 1);
    return n < t.length ? n + 1 : r;
  }
  #f(t, r, n) {
    const o = Pe(t, n);
    const s = this.#p(t, o);
    if (s >= t.length) return r;
    const i = n > r + 1;
    const a = ur.find((l) => l.length === o - n && $(t, n, l)) ?? "";
    if (je.includes(a)) this.#r = Math.max(0, this.#r + gr(i, t[s - 1] === A));
    else if (this.#r > 0 && !i && pr.some((l) => l.length === o - n && $(t, n, l)))
      this.#r = 0;
    if (!i && this.#r === 0 && He.includes(a)) this.#e = a;
    const c = this.#n;
    for (let l = 0; l < c.length && !i; l += 4)
      this.#o.attribute(t, a, c[l], c[l + 1], c[l + 2], c[l + 3]);
    this.#o.tag(t, a, i, r, s + 1, this.#s, this.#r > 0);
    return s + 1;
  }
  #p(t, r) {
    this.#s = 0;
    this.#n.length = 0;
    let n = r;
    for (; ; ) {
      const o = this.#c(t, n, A);
      if (o >= t.length || t[o] === k) return o;
      const s = Pe(t, o + 1, Ue);
      n = this.#c(t, s);
      if (t[n] !== Ue) continue;
      n = this.#c(t, n + 1);
      const i = t[n];
      const a = i === fr || i === dr;
      const c = a ? T(t, i, n + 1) : yr(t, n);
      this.#n.push(o, s, a ? n + 1 : n, c);
      n = a ? c + 1 : c;
    }
  }
  #c(t, r, n = K) {
    let o = r;
    while (t[o] <= K || t[o] === n) o += 1;
    this.#s += o - r;
    return o;
  }
};
function gr(e, t) {
  if (e) return -1;
  return t ? 0 : 1;
}
function T(e, t, r) {
  let n = r;
  while (n < e.length && e[n] !== t) n += 1;
  return Math.min(n, e.length);
}
function Pe(e, t, r = k) {
  let n = t;
  while (n < e.length && !Be(e[n]) && e[n] !== r) n += 1;
  return n;
}
function yr(e, t) {
  let r = t;
  while (e[r] > K && e[r] !== k) r += 1;
  return r;
}
function $(e, t, r) {
  for (let n = 0; n < r.length; n += 1) if ((e[t + n] | 32) !== (r.charCodeAt(n) | 32)) return false;
  return true;
}
function Be(e) {
  return e <= K || e === A || e === k;
}
function Ne(e) {
  return e !== void 0 && (e | 32) >= 97 && (e | 32) <= 122;
}

// shared/rewrite/addresses.js
function E(e, t, r) {
  const n = e.trimStart();
  if (n.startsWith("/") && !n.startsWith("//")) return r + n;
  const { origin: o, host: s } = t;
  for (const i of [o, `//${s}`]) {
    if (!n.toLowerCase().startsWith(i)) continue;
    const a = n.slice(i.length);
    if (a === "") return `${r}/`;
    if (/^[/?#]/.test(a)) return r + (a.startsWith("/") ? a : `/${a}`);
  }
  return e;
}
function wr(e, t, r) {
  return e.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (n, o, s, i) => {
    return o + s + E(i, t, r);
  });
}
function D(e, t, r) {
  return e.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (n, o, s) => {
    return o + E(s, t, r);
  });
}
var ae = {};
for (const e of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) ce(e, E);
for (const e of ["srcset", "imagesrcset", "data-srcset"]) ce(e, wr);
ce("style", D);
function ce(e, t) {
  ae[e.length] = [...ae[e.length] ?? [], [e, t]];
}
function Fe(e, t) {
  return {
    attribute(r, n, o, s, i, a, c) {
      const [l, d] = ae[s - o]?.find(([x]) => $(r, o, x)) ?? [];
      if (!d || n === "link" && l === "href" || l === "data" && n !== "object") return;
      const p = Ge(r.subarray(i, a));
      const m = d(p, e, t);
      if (m !== p) c(i, a, m);
    }
  };
}
var br = 8192;
function We(e, t) {
  let r = "";
  return new TransformStream({
    transform(n, o) {
      const s = r + Ge(n);
      const i = Math.max(...[...";{})"].map((c) => s.lastIndexOf(c))) + 1;
      const a = s.length - i > br ? s.length : i;
      r = s.slice(a);
      o.enqueue(qe(D(s.slice(0, a), e, t)));
    },
    flush(n) {
      n.enqueue(qe(D(r, e, t)));
    }
  });
}
var ze = 8192;
function Ge(e) {
  let t = "";
  for (let r = 0; r < e.length; r += ze) {
    t += String.fromCharCode(...e.subarray(r, r + ze));
  }
  return t;
}
function qe(e) {
  const t = new Uint8Array(e.length);
  le(e, t, 0);
  return t;
}
function le(e, t, r) {
  for (let n = 0; n < e.length; n += 1) t[r + n] = e.charCodeAt(n);
}

// shared/rewrite/ahead.js
var xr = 2048;
var vr = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];
var V = class {
  #e = 0;
  #t = false;
  #r = [];
  #s = new Y(this);
  #n;
  #o = (t, r, n) => void this.#r.push({ from: t, to: r, text: n });
  constructor(t) {
    this.#n = t;
  }
  read(t, r) {
    this.#e = 0;
    this.#r = [];
    const n = this.#s.read(t);
    const o = r ? t.length : this.#a(n);
    const s = this.#r.filter(({ from: a }) => a < o);
    const i = Sr(t.subarray(0, o), s);
    return { end: o, bytes: i, sure: Math.max(0, i.length - this.#e) };
  }
  attribute(t, r, n, o, s, i) {
    const a = o - n;
    const c = vr.some((l) => l.length === a && $(t, n, l));
    if (c || r === "link" && a === 4) this.#e += i - s;
    this.#i((l) => l.attribute?.(t, r, n, o, s, i, this.#o));
  }
  tag(t, r, n, o, s, i, a) {
    this.#e += i;
    if (r === "style") this.#t = !n;
    this.#i((c) => c.tag?.(t, r, n, o, s, a, this.#o));
  }
  text(t, r, n, o) {
    if (this.#t) this.#e += n - r;
    this.#i((s) => s.text?.(t, r, n, o));
  }
  #i(t) {
    for (const r of this.#n) {
      try {
        t(r);
      } catch (n) {
        console.error("a fix was left out:", v(n));
        this.#n = this.#n.filter((o) => o !== r);
      }
    }
  }
  #a(t) {
    const r = Math.min(...this.#n.map((n) => n.heldFrom?.() ?? Infinity));
    if (r >= t) return t;
    this.#i((n) => n.letGo?.());
    if (t - r > xr) return t;
    this.#s.reset();
    this.#t = false;
    return r;
  }
};
function Sr(e, t) {
  if (t.length === 0) return e;
  const r = t.reduce((i, { from: a, to: c, text: l }) => i + l.length - (c - a), 0);
  const n = new Uint8Array(e.length + r);
  let o = 0;
  let s = 0;
  for (const { from: i, to: a, text: c } of t) {
    n.set(e.subarray(o, i), s);
    s += i - o;
    le(c, n, s);
    s += c.length;
    o = a;
  }
  n.set(e.subarray(o), s);
  return n;
}

// shared/rewrite/flow.js
var fe = 32 * 1024;
var Tr = 1024 * 1024;
var Xe = 32 * 1024;
var kr = 256;
var $r = 62;
var Ke = 10;
function Ye(e, t, r) {
  if (!t.body) return t;
  const n = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  let s;
  try {
    s = e.transform(new Response(n.readable, t));
  } catch {
    return t;
  }
  const i = t.body.getReader({ mode: "byob" });
  const a = (
    s.body.getReader({ mode: "byob" })
  );
  const c = { sure: 0 };
  Ar(i, n.writable.getWriter(), new V(r), c);
  Cr(a, o.writable.getWriter(), c);
  return new Response(o.readable, s);
}
async function Ar(e, t, r, n) {
  let o = new ArrayBuffer(fe);
  let s = 0;
  const i = async (a, c) => {
    const { end: l, bytes: d, sure: p } = r.read(a, c);
    n.sure = Math.max(n.sure, 0) + p;
    if (d.length > 0) await t.write(d);
    s = a.length - l;
    a.copyWithin(0, l);
  };
  try {
    for (; ; ) {
      const { done: a, value: c } = await e.read(new Uint8Array(o, s));
      o = c?.buffer ?? new ArrayBuffer(s);
      if (!c || a) break;
      const l = s === fe || o.byteLength > fe;
      if (l && !c.includes($r)) s += c.byteLength;
      else await i(new Uint8Array(o, 0, s + c.byteLength), false);
      if (s === o.byteLength) o = Er(o);
      if (s === Tr) await i(new Uint8Array(o, 0, s), true);
    }
    if (s > 0) await i(new Uint8Array(o, 0, s), true);
  } catch (a) {
    n.failure = a;
  }
  n.sure = Infinity;
  await Promise.allSettled([t.close(), e.cancel(n.failure)]);
}
function Er(e) {
  const t = new ArrayBuffer(e.byteLength * 2);
  new Uint8Array(t).set(new Uint8Array(e));
  return t;
}
async function Cr(e, t, r) {
  let n = new ArrayBuffer(Xe);
  try {
    for (; ; ) {
      const o = Math.max(1, Math.min(r.sure - kr, Xe));
      const { done: s, value: i } = await e.readAtLeast(o, new Uint8Array(n));
      if (!i) break;
      r.sure -= i.byteLength;
      if (i.byteLength > 0) await t.write(i);
      if (s) break;
      n = i.buffer;
    }
    if (!r.failure) return await t.close();
    await scheduler.wait(Ke);
    await t.abort(r.failure);
  } catch (o) {
    await scheduler.wait(Ke);
    await Promise.allSettled([e.cancel(o), t.abort(o)]);
  }
}

// shared/rewrite/source.js
function de(e) {
  return e.replace(/[&<>"']|[^\x20-\x7e]/gu, (t) => `&#${t.codePointAt(0)};`);
}
function J(e, t, r) {
  e.setAttribute(t, de(r));
}

// shared/rewrite/moving.js
var Rr = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
function Ve({ on: e, css: t, readAhead: r, url: n, site: o, prefix: s }) {
  r(Fe(o, s));
  t((i) => D(i, o, s));
  e("link[href]", {
    element(i) {
      const a = i.getAttribute("href") ?? "";
      const c = Rr.test(i.getAttribute("rel") ?? "");
      const l = c ? URL.parse(y(a), n)?.href : E(a, o, s);
      if (!l || l === a) return;
      if (c) J(i, "href", l);
      else i.setAttribute("href", l);
    }
  });
}

// shared/rewrite/rewriter.js
var Je = 512 * 1024;
function Ze(e, t) {
  const r = /* @__PURE__ */ new Map();
  const n = [];
  const o = { head: [], body: [] };
  const s = [];
  const i = {
    ...e,
    on: (c, l) => void r.set(c, [...r.get(c) ?? [], l]),
    readAhead: (c) => void n.push(c),
    atHeadEnd: (c) => void o.head.push(c),
    atBodyEnd: (c) => void o.body.push(c),
    css: (c) => void s.push(c)
  };
  for (const c of t) Q(() => c(i));
  if (s.length > 0) Mr(i, s);
  if (o.head.length > 0) Lr(i, o.head);
  if (o.body.length > 0) Or(i, o.body);
  const a = new HTMLRewriter();
  for (const [c, l] of r) a.on(c, _r(l));
  return { rewriter: a, readers: n };
}
function _r(e) {
  const t = e.flatMap(({ element: n }) => n ?? []);
  const r = e.flatMap(({ text: n }) => n ?? []);
  return {
    ...t.length > 0 && { element: Qe(t) },
    ...r.length > 0 && { text: Qe(r) }
  };
}
function Qe(e) {
  return (t) => {
    for (const r of e) Q(() => r(t));
  };
}
function Q(e) {
  try {
    return e();
  } catch (t) {
    console.error("a fix was left out:", v(t));
    return void 0;
  }
}
function Lr({ on: e }, t) {
  let r = false;
  const n = () => {
    if (r) return "";
    r = true;
    return et(t);
  };
  e("head", { element: (o) => o.onEndTag((s) => void s.before(n(), { html: true })) });
  e("body", { element: (o) => void o.before(n(), { html: true }) });
}
function Or({ on: e }, t) {
  e("body", { element: (r) => r.onEndTag((n) => void n.before(et(t), { html: true })) });
}
function et(e) {
  return e.map((t) => Q(t) ?? "").join("");
}
function Mr({ on: e }, t) {
  let r = "";
  e("style", {
    text(n) {
      if (r.length > Je) return;
      r += n.text;
      const o = n.lastInTextNode || r.length > Je;
      if (!o) return void n.remove();
      const s = r;
      if (n.lastInTextNode) r = "";
      n.replace(
        t.reduce((i, a) => Q(() => a(i)) ?? i, s),
        { html: true }
      );
    },
    element() {
      r = "";
    }
  });
}

// shared/rewrite/optimize.js
var nt = 3e4;
var Ur = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var Dr = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var tt = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
async function ot(e, t) {
  const r = new URL(e.url);
  const n = r.pathname.slice(t.prefix.length);
  if (n === "") return rt(`${t.prefix}/${r.search}`);
  if (n === "/" && r.search === "" && t.site.pathname !== "/")
    return rt(t.prefix + t.site.pathname + t.site.search);
  const o = Ir(t.site, n, r.search);
  let s;
  try {
    s = await Pr(o, e);
  } catch (i) {
    const a = { site: t.site.href, reason: F(i, nt) };
    const c = `${t.site.href} could not be read: ${a.reason}.`;
    return U(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
  return Nr(s, o, e, t);
}
function Ir(e, t, r) {
  const n = new URL(e.origin);
  n.pathname = t;
  n.search = r;
  return n;
}
function rt(e) {
  return new Response(null, { status: 302, headers: { Location: e, "Cache-Control": "no-store" } });
}
async function Pr(e, t) {
  const r = new Headers();
  for (const [s, i] of t.headers) if (!Dr.test(s)) r.append(s, i);
  const n = new AbortController();
  const o = setTimeout(() => n.abort(new DOMException("late", "TimeoutError")), nt);
  try {
    const { method: s, body: i } = t;
    return await fetch(e, { method: s, headers: r, body: i, redirect: "manual", signal: n.signal });
  } finally {
    clearTimeout(o);
  }
}
function Nr(e, t, r, n) {
  const { site: o, prefix: s } = n;
  const i = Br(e, t, n);
  const a = i.get("Content-Type") ?? "";
  const { status: c, statusText: l } = e;
  if (Ur.has(c) || !e.body) return new Response(null, { status: c, statusText: l, headers: i });
  const d = c !== 206;
  if (d && M(a) && Oe(a)) {
    for (const O of tt) i.delete(O);
    const x = n.optimizations.flatMap((O) => n.template.fixes[O] ?? []);
    const { rewriter: u, readers: S } = Ze({ ...n, url: t, headers: i }, [...x, Ve]);
    return Ye(u, new Response(e.body, { status: c, statusText: l, headers: i }), S);
  }
  const p = d && /^text\/css\b/i.test(a);
  if (p) for (const x of tt) i.delete(x);
  if (c === 200 && !M(a)) Hr(i, t, r, n);
  const m = p ? e.body.pipeThrough(We(o, s)) : e.body;
  return new Response(m, { ...jr(i), status: c, statusText: l, headers: i });
}
function Hr(e, t, r, { template: n, optimizations: o }) {
  const s = r.headers.get("Accept-Encoding") ?? "";
  for (const i of o) n.fileFixes?.[i]?.(e, t, s);
}
function jr(e) {
  const t = /^(gzip|br)?$/i.test(e.get("Content-Encoding") ?? "");
  return t ? {} : { encodeBody: "manual" };
}
function Br(e, t, { site: r, prefix: n }) {
  const o = new Headers(e.headers);
  const s = o.get("Location");
  const i = s && URL.parse(s, t);
  if (s && i) {
    const c = i.origin === r.origin;
    o.set("Location", c ? E(i.href, r, n) : s);
  }
  const a = o.getSetCookie();
  o.delete("Set-Cookie");
  for (const c of a) o.append("Set-Cookie", c.replace(/;\s*domain=[^;]*/gi, ""));
  return o;
}

// shared/page/document.js
var zr = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var qr = new Set("li option dt dd tr td th p".split(" "));
var Fr = /* @__PURE__ */ new Set(["noscript", "template"]);
var st = 160;
var Wr = 256;
function ue(e) {
  return zr.has(e);
}
var R = class {
  elements = [];
  doctype = null;
  charset = null;
  #e = [];
  #t = [];
  #r = null;
  headEnds = false;
  open(t, r, n = ue(t)) {
    const o = this.#t.at(-1);
    if (o && o.tag === t && qr.has(t)) this.close(o);
    const s = this.#t.at(-1) ?? null;
    const i = this.elements.length;
    const a = this.#e.length;
    const c = s !== null && (s.inert || Fr.has(s.tag));
    const l = { tag: t, index: i, last: i, parent: s, attributes: r, textStart: a, textEnd: a, inert: c };
    this.elements.push(l);
    if (t === "body") this.headEnds = true;
    if (!n && this.#t.length < Wr) this.#t.push(l);
    return l;
  }
  close(t) {
    if (!this.#t.includes(t)) return;
    if (t.tag === "head") this.headEnds = true;
    for (; ; ) {
      const r = (
        this.#t.pop()
      );
      r.textEnd = this.#e.length;
      r.last = this.elements.length - 1;
      if (r === t) return;
    }
  }
  text(t) {
    this.#e.push(t);
  }
  end() {
    const t = this.#t[0];
    if (t) {
      const r = this.headEnds;
      this.close(t);
      this.headEnds = r;
    }
  }
  all(...t) {
    return this.elements.filter((r) => !r.inert && t.includes(r.tag));
  }
  first(t) {
    return this.elements.find((r) => !r.inert && r.tag === t);
  }
  byId(t) {
    this.#r ??= new Map(
      this.elements.filter((r) => r.attributes.id).map((r) => [
        f(r, "id"),
        r
      ])
    );
    return this.#r.get(t);
  }
  inside(t) {
    return this.elements.slice(t.index + 1, t.last + 1);
  }
  source(t) {
    return this.#e.slice(t.textStart, t.textEnd).join("");
  }
  textOf(t) {
    return y(this.source(t));
  }
  meta(t) {
    for (const r of this.all("meta")) {
      const n = f(r, "property") ?? f(r, "name");
      if (n?.toLowerCase() === t && f(r, "content")) return f(r, "content");
    }
    return null;
  }
  links(t) {
    return this.all("link").filter(
      (r) => f(r, "href") && (f(r, "rel") ?? "").toLowerCase().split(/\s+/).includes(t)
    );
  }
};
function f(e, t) {
  const r = e.attributes[t];
  return r === void 0 ? null : y(r) || null;
}
function b(e, t) {
  return Object.hasOwn(e.attributes, t);
}
function pe(e, ...t) {
  let r = e;
  while (r && !t.includes(r.tag)) r = r.parent;
  return r;
}
function g(e) {
  const { tag: t } = e;
  const r = f(e, "id");
  if (r) return he(`${t}#${r}`);
  for (const o of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const s = f(e, o);
    if (s) return `${t}[${o}="${he(s)}"]`;
  }
  const n = f(e, "class");
  return he(n ? `${t}.${n.split(/\s+/).join(".")}` : t);
}
function he(e) {
  return e.length > st ? `${e.slice(0, st)}…` : e;
}

// shared/page/read.js
var it = 2e4;
async function at(e, t) {
  const r = new R();
  const n = B(e.body, t);
  let o = null;
  try {
    const { stream: s, sniffed: i } = await Me(n.stream, e.headers.get("Content-Type"));
    r.charset = i;
    const a = new Response(s, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await Gr(r).transform(a).body?.pipeTo(new WritableStream());
  } catch (s) {
    o = v(s);
  }
  r.end();
  return { document: r, bytes: n.read(), truncated: n.isCut(), broken: o };
}
function Gr(e) {
  return new HTMLRewriter().on("*", {
    element(t) {
      if (e.elements.length >= it) throw new Error(`more than ${it} elements`);
      let r;
      const n = Xr(t, () => r && e.close(r));
      r = e.open(t.tagName, Object.fromEntries(t.attributes), !n);
    }
  }).onDocument({
    doctype(t) {
      e.doctype = { name: t.name, publicId: t.publicId };
    },
    text(t) {
      if (t.text) e.text(t.text);
    }
  });
}
function Xr(e, t) {
  if (ue(e.tagName)) return false;
  try {
    e.onEndTag(t);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function I(e, t) {
  if (e.username || e.password) return false;
  if (e.origin === t.origin) return true;
  const r = e.protocol === t.protocol || t.protocol === "http:" && e.protocol === "https:";
  return r && !e.port && !t.port && ct(e.hostname) === ct(t.hostname);
}
function ct(e) {
  return e.replace(/^www\./, "");
}

// shared/site/get.js
var _ = 8e3;
var Kr = 5;
var Yr = "Code24-Elite/2.0 (+https://code24.dev)";
var Vr = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var C = class extends Error {
  constructor(t, r, n, o) {
    super(t);
    this.id = t;
    this.detail = r;
    this.url = n;
    this.status = o;
  }
};
async function me(e, t, { accept: r, timeoutMs: n = _ }) {
  const o = AbortSignal.timeout(Math.max(1, n));
  const s = { "User-Agent": Yr, Accept: r, "Accept-Encoding": "gzip" };
  const i = /* @__PURE__ */ new Set();
  let a = new URL(e);
  for (; ; ) {
    a.hash = "";
    i.add(a.href);
    const c = await fetch(a, { redirect: "manual", signal: o, headers: s });
    const l = Vr.has(c.status) ? c.headers.get("Location") : null;
    const d = l ? URL.parse(l, a) : null;
    if (!d) {
      const p = i.size - 1;
      return { url: a.href, status: c.status, headers: c.headers, response: c, redirects: p };
    }
    await c.body?.cancel();
    d.hash = "";
    if (!I(d, t)) throw new C("redirect_elsewhere", d.origin, a.href, c.status);
    if (i.has(d.href) || i.size > Kr)
      throw new C("redirect_loop", d.href, a.href, c.status);
    a = d;
  }
}

// shared/site/crawl.js
var ge = 2 * 1024 * 1024;
var Jr = 1024 * 1024;
var Qr = 24;
var lt = 4;
var Zr = 2e4;
var en = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var tn = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function dt(e, t, r) {
  const n = Date.now() + Zr;
  const o = await ft(e, e, n);
  const s = [o];
  const i = /* @__PURE__ */ new Set([e.href, o.url]);
  let a = [o];
  for (let c = 0; c < t.depth && s.length < t.pages; c += 1) {
    const l = a.flatMap((m) => rn(m, e)).filter((m) => !i.has(m) && i.add(m));
    const d = l.slice(0, t.pages - s.length);
    const p = await ht(d, (m) => ft(new URL(m), e, n));
    a = p.filter((m) => m.isHtml);
    s.push(...a);
  }
  await nn(s, e, r, n);
  return s;
}
async function ft(e, t, r) {
  const n = await me(e, t, { accept: en, timeoutMs: Math.min(_, r - Date.now()) });
  const o = n.headers.get("Content-Type") ?? "text/html";
  const s = { url: n.url, status: n.status, headers: n.headers, contentType: o, assets: /* @__PURE__ */ new Map() };
  if (!M(o)) {
    await n.response.body?.cancel();
    return { ...s, isHtml: false, bytes: 0, truncated: false, document: new R() };
  }
  const { document: i, bytes: a, truncated: c, broken: l } = await at(n.response, ge);
  if (l && i.elements.length === 0) throw new Error(l);
  return { ...s, isHtml: true, document: i, bytes: a, truncated: c || l !== null };
}
function rn(e, t) {
  const r = P(e);
  const n = /* @__PURE__ */ new Set();
  for (const o of e.document.all("a")) {
    const s = URL.parse(f(o, "href") ?? "", r);
    if (!s || !f(o, "href") || !I(s, t) || tn.test(s.pathname)) continue;
    if (/\bnofollow\b/i.test(f(o, "rel") ?? "")) continue;
    s.hash = "";
    n.add(s.href);
  }
  return [...n];
}
function P(e) {
  const t = e.document.first("base");
  return URL.parse((t && f(t, "href")) ?? "", e.url) ?? new URL(e.url);
}
async function nn(e, t, r, n) {
  const o = new Set(e.flatMap(r).filter((a) => URL.canParse(a) && I(new URL(a), t)));
  const s = await ht([...o].slice(0, Qr), (a) => on(new URL(a), t, n));
  const i = new Map(s.map((a) => [a.asked, a]));
  for (const a of e) a.assets = i;
}
async function on(e, t, r) {
  const n = await me(e, t, { accept: "*/*", timeoutMs: Math.min(_, r - Date.now()) });
  const o = n.headers.get("Content-Type") ?? "";
  const s = B(n.response.body, Jr);
  const i = new Uint8Array(await new Response(s.stream).arrayBuffer());
  const a = /css|javascript|json|text/.test(o);
  const c = a ? new TextDecoder().decode(i) : "";
  return { asked: e.href, url: n.url, status: n.status, headers: n.headers, bytes: i.length, text: c };
}
async function ht(e, t) {
  const r = [];
  for (let n = 0; n < e.length; n += lt) {
    const o = await Promise.allSettled(e.slice(n, n + lt).map(t));
    for (const s of o) if (s.status === "fulfilled") r.push(s.value);
  }
  return r;
}

// shared/elite/access.js
var ye = Object.fromEntries(
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
  ].map((e) => [
    e.id,
    { ...e, category: "access", severity: "error", weight: 100 }
  ])
);
var ut = [
  {
    id: "bad_status",
    category: "access",
    severity: "error",
    weight: 40,
    message: "The site answers with an error status.",
    fix: "Repair the page, or set parameters.site to one that works.",
    *checkSite([e]) {
      if (e.status >= 400) yield { page: e.url, header: "Status", detail: String(e.status) };
    }
  },
  {
    id: "link_broken",
    category: "access",
    severity: "warning",
    weight: 5,
    message: "Some links lead to pages that answer with an error.",
    fix: "Repair or redirect those pages, or take the links out.",
    *checkSite([, ...e]) {
      for (const t of e) if (t.status >= 400) yield { page: t.url, detail: `status ${t.status}` };
    }
  },
  {
    id: "not_https",
    category: "access",
    severity: "error",
    weight: 15,
    message: "The page is served over plain http.",
    fix: "Serve the site over https and redirect http there.",
    *checkSite([e]) {
      if (e.url.startsWith("http:")) yield { page: e.url, detail: e.url };
    }
  },
  {
    id: "page_truncated",
    category: "access",
    severity: "info",
    weight: 0,
    message: `The page was not read to its end; ${ge} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(e) {
      if (e.truncated) yield { detail: `${e.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var sn = 5;
var pt = 300;
var mt = { error: 0, warning: 1, info: 2 };
function we(e, t, r, n) {
  return e.flatMap((o) => {
    const s = t.flatMap(
      (i) => o.check ? [...o.check(i, r)].map((a) => gt({ page: i.url, ...a })) : []
    );
    if (o.checkSite) s.push(...[...o.checkSite(t, r)].map(gt));
    return s.length > 0 ? [Z(o, s, n)] : [];
  });
}
function yt(e) {
  return e.sort((t, r) => mt[t.severity] - mt[r.severity] || r.weight - t.weight);
}
function gt(e) {
  return e.page ? { ...e, page: an(e.page) } : e;
}
function Z(e, t, r) {
  const { id: n, category: o, severity: s, weight: i, message: a, fix: c, fixedBy: l } = e;
  const d = l !== void 0 && r.includes(l);
  const p = d && t.every((x) => x.fixable !== false);
  const m = t.slice(0, sn).map(({ fixable: x, detail: u, ...S }) => ({
    ...S,
    ...u === void 0 ? {} : { detail: cn(y(u)) }
  }));
  return { id: n, category: o, severity: s, weight: i, message: a, fix: c, fixable: p, count: t.length, evidence: m };
}
function wt(e) {
  return Math.max(0, 100 - e.reduce((t, { weight: r }) => t + r, 0));
}
function bt(e) {
  const t = { error: 0, warning: 0, info: 0 };
  for (const { severity: r } of e) t[r] += 1;
  return t;
}
function an(e) {
  const { pathname: t, search: r } = new URL(e);
  return t + r;
}
function cn(e) {
  return e.length > pt ? `${e.slice(0, pt - 1)}…` : e;
}

// shared/elite/history.js
var ln = 30;
var fn = 6e4;
function dn(e, t) {
  return `report:${e}:${t.slice(0, 400)}`;
}
function hn(e, t) {
  const r = e.at(-1);
  const n = r && ["score", "error", "warning", "info"].every((o) => Reflect.get(r, o) === Reflect.get(t, o));
  if (n && Date.parse(t.at) - Date.parse(r.at) < fn) return { runs: e, changed: false };
  return { runs: [...e, t].slice(-ln), changed: true };
}
function un(e) {
  if (!Array.isArray(e)) return [];
  return e.filter((t) => Number.isFinite(t?.score) && !Number.isNaN(Date.parse(t?.at)));
}
async function vt(e, t, r) {
  if (!t) return e;
  const n = dn(e.type, e.site);
  try {
    const o = un(await t.get(n, "json"));
    const { runs: s, changed: i } = hn(o, { at: e.fetchedAt, score: e.score, ...e.summary });
    if (i) r.waitUntil(t.put(n, JSON.stringify(s)).catch(xt));
    return { ...e, trend: s };
  } catch (o) {
    xt(o);
    return e;
  }
}
function xt(e) {
  console.error("the trend is lost:", v(e));
}

// shared/elite/parameters.js
var St = { depth: 1, pages: 5 };
var Tt = { depth: 3, pages: 10 };
function kt(e, t) {
  const { url: r, problem: n } = Re(e, "site", "https://example.com/");
  if (!r) return { problem: n ?? "" };
  r.hash = "";
  const o = e.optimizations;
  const s = Object.keys({ ...t.fixes, ...t.fileFixes });
  return {
    site: r,
    bounds: {
      depth: Math.min(se(e.depth, St.depth), Tt.depth),
      pages: Math.max(1, Math.min(se(e.pages, St.pages), Tt.pages))
    },
    optimizations: Array.isArray(o) ? s.filter((i) => o.includes(i)) : t.defaults
  };
}

// shared/elite/report_charts.js
var $t = 52;
var L = 220;
var N = 56;
function At(e) {
  const t = 2 * Math.PI * $t;
  const r = t * e / 100;
  const n = `cx="60" cy="60" r="${$t}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${e} of 100"><circle class="track" ${n}/>
<circle class="fill" ${n} stroke-linecap="round" stroke-dasharray="${r.toFixed(1)} ${t.toFixed(1)}"
 transform="rotate(-90 60 60)"${e === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${e}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function Et(e) {
  const t = e.length > 1 ? L / (e.length - 1) : 0;
  const r = e.map(({ score: a }, c) => [e.length > 1 ? c * t : L, N - a / 100 * N]);
  const n = r.map(([a, c]) => `${a.toFixed(1)},${c.toFixed(1)}`).join(" ");
  const [o, s] = r.at(-1) ?? [L, N];
  const i = e.map(({ score: a }) => a).join(", ");
  return `<svg viewBox="-6 -6 ${L + 12} ${N + 12}" role="img" aria-label="Scores of the last runs: ${i}">
<path class="axis" d="M0 ${N}H${L}M0 0H${L}"/><polyline class="line" points="${n}"/>
<circle class="dot" cx="${o.toFixed(1)}" cy="${s.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var Ct = `
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
var ee = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." }
};
var pn = 3;
var mn = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function Rt(e, t, r) {
  return new Response(yn(e, t, r), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": mn,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function gn(e) {
  if (e >= 90) return { word: "Excellent", tone: "good" };
  if (e >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (e >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function yn(e, t, r) {
  const n = new URL(e.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${h(`${e.score} · ${t} · ${n}`)}</title><style>${Ct}</style></head>
<body><header><p class="kind">${h(t)}</p><h1>${h(n)}</h1>
<p class="about"><a href="${h(e.finalUrl)}" rel="noreferrer">${h(e.finalUrl)}</a>
<span>${wn(e)}, ${bn(e.fetchedAt)}</span></p></header>
<main>${xn(e)}${Sn(e, r)}${Tn(e)}${kn(e)}</main>
<footer><p><a href="${r}/report.json">This report as JSON</a> <a href="${r}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function wn({ pages: e }) {
  return e.length === 1 ? "one page read" : `${e.length} pages read`;
}
function bn(e) {
  return `<time datetime="${h(e)}">${h(e.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function xn({ score: e, summary: t, trend: r }) {
  const { word: n, tone: o } = gn(e);
  const s = (
    Object.keys(ee).map((i) => {
      const { one: a, many: c } = ee[i];
      const l = t[i];
      const d = `<b>${l}</b> ${l === 1 ? a : c}`;
      return `<li class="${i}">${l > 0 ? `<a href="#${i}">${d}</a>` : `<span>${d}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${o}">${At(e)}
<p><b>${n}</b></p></div><ul class="counts">${s.join("")}</ul>${r ? vn(r) : ""}</section>`;
}
function vn(e) {
  const t = e.at(-1)?.score ?? 0;
  const r = t - (e.at(-2)?.score ?? t);
  const n = e.length < 2 ? "First run" : r === 0 ? "Unchanged" : `${r > 0 ? "+" : "−"}${Math.abs(r)} points`;
  return `<div class="trend"><h2>Trend</h2>${Et(e)}<p><b>${n}</b> ${e.length < 2 ? "" : `since the run before, ${e.length} runs`}</p></div>`;
}
function Sn({ findings: e }, t) {
  if (e.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const r = [...e].sort((a, c) => c.weight - a.weight).slice(0, pn);
  const n = e.filter((a) => a.fixable);
  const o = n.reduce((a, { weight: c }) => a + c, 0);
  const s = r.map(
    ({ fix: a, weight: c, id: l }) => `<li><a href="#${l}">${h(a)}</a>${be(c, "+")}</li>`
  );
  const i = n.length === 0 ? "" : `<p class="edge">optimize repairs <b>${n.length} of ${e.length}</b> at the edge:
<a href="${t}/optimize/">see the improved page</a>${be(o, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${s.join("")}</ol>${i}</section>`;
}
function be(e, t) {
  if (e === 0) return "";
  return ` <span class="points">${t}${e}<span class="quiet"> points</span></span>`;
}
function Tn({ title: e, description: t, finalUrl: r }) {
  if (typeof e !== "string" && typeof t !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${h(r)}</p>
<p class="headline">${h(String(e ?? "No title"))}</p>
<p>${h(String(t ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function kn({ findings: e }) {
  return (
    Object.keys(ee).map((t) => {
      const r = e.filter((i) => i.severity === t);
      if (r.length === 0) return "";
      const { many: n, lead: o } = ee[t];
      const s = n[0].toUpperCase() + n.slice(1);
      return `<section class="group ${t}" id="${t}"><h2>${s} <span class="quiet">${r.length}</span></h2>
<p>${o}</p>${r.map($n).join("")}</section>`;
    }).join("")
  );
}
function $n({ id: e, category: t, message: r, fix: n, fixable: o, weight: s, count: i, evidence: a }) {
  const c = o ? ` <span class="tag">repaired by optimize</span>` : "";
  const l = i > a.length ? `<li class="quiet">and ${i - a.length} more</li>` : "";
  return `<details id="${e}"><summary><span class="message">${h(r)}${c}</span>${be(s, "−")}</summary>
<p><b>What to do:</b> ${h(n)}</p><ul class="evidence">${a.map(An).join("")}${l}</ul>
<p class="quiet">${h(t)} · <code>${h(e)}</code></p></details>`;
}
function An({ page: e, selector: t, header: r, detail: n }) {
  const o = t ?? (r && `${r}:`);
  return `<li>${e ? `<span class="page">${h(e)}</span> ` : ""}${o ? `<code>${h(o)}</code> ` : ""}${n ? h(n) : ""}</li>`;
}

// shared/elite/worker.js
var En = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function _t(e) {
  return {
    fetch(t, r, n) {
      const o = new URL(t.url);
      const s = Ce(r);
      const i = Cn(o, s.type ?? e.type);
      const a = o.pathname.slice(i.length);
      const c = a === "/optimize" || a.startsWith("/optimize/");
      const l = t.method === "GET" || t.method === "HEAD";
      if (!c && !l) return q(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!c && (Ee(o) || a === "/health")) return Ae();
      const d = kt(s.parameters, e);
      if (!d.site) {
        return q(422, "invalid_parameters", d.problem, { field: "parameters.site" });
      }
      const { parameters: p } = s;
      if (c) return ot(t, { ...d, parameters: p, template: e, prefix: `${i}/optimize` });
      if (!En.has(a)) return U(t, "Page not found", 404, "not_found", "There is no such page.");
      return Rn(t, e, { ...d, parameters: p, prefix: i }, r, n);
    }
  };
}
function Cn(e, t) {
  const r = `/elite/${t}`;
  return e.pathname === r || e.pathname.startsWith(`${r}/`) ? r : "";
}
async function Rn(e, t, r, n, o) {
  try {
    const s = await vt(await Ln(t, r), n.HISTORY, o);
    return _n(e) ? Rt(s, t.title, r.prefix) : z(200, s, { Vary: "Accept" });
  } catch (s) {
    const i = F(s, _);
    const a = { site: r.site.href, reason: i };
    const c = `${r.site.href} could not be read: ${i}.`;
    return U(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
}
function _n(e) {
  const t = new URL(e.url).pathname;
  if (t.endsWith(".json")) return false;
  return t.endsWith(".html") || (e.headers.get("Accept") ?? "").includes("text/html");
}
async function Ln(e, { site: t, bounds: r, optimizations: n, parameters: o }) {
  const s = { type: e.type, site: t.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let i;
  try {
    i = await dt(t, r, e.assets);
  } catch (u) {
    if (!(u instanceof C)) throw u;
    const S = [Z(ye[u.id], [{ header: "Location", detail: u.detail }], [])];
    return { ...s, finalUrl: u.url, status: u.status, ...xe(S), pages: [] };
  }
  const [a] = i;
  const c = { ...s, finalUrl: a.url, status: a.status };
  const l = i.map(({ url: u, status: S, bytes: O }) => ({ url: u, status: S, bytes: O }));
  if (!a.isHtml) {
    const { contentType: u } = a;
    const S = [Z(ye.not_html, [{ header: "Content-Type", detail: u }], [])];
    return { ...c, contentType: u, ...xe(S), pages: l };
  }
  for (const u of i) e.prepare?.(u);
  const d = { site: t, parameters: o };
  const p = i.filter((u) => u === a || u.isHtml && u.status < 400);
  const m = we(ut, i, d, n);
  const x = yt([...m, ...we(e.audits, p, d, n)]);
  return { ...c, ...xe(x), pages: l, optimizations: n, ...e.facts?.(a) };
}
function xe(e) {
  return { score: wt(e), summary: bt(e), findings: e };
}

// templates/elite/develop/src/blocking.js
var ve = /^(https?:)?\/\/(www\.googletagmanager\.com\/gtag\/js|www\.google-analytics\.com\/analytics\.js|static\.cloudflareinsights\.com\/|plausible\.io\/js\/|connect\.facebook\.net\/|snap\.licdn\.com\/|static\.hotjar\.com\/|cdn\.segment\.com\/|js\.hs-scripts\.com\/|www\.clarity\.ms\/)/i;
function te(e) {
  const t = y(e("type") ?? "").toLowerCase();
  if (!/^(|text\/javascript|application\/javascript)$/.test(t)) return false;
  return Boolean(e("src")) && [e("async"), e("defer")].every((r) => (r ?? null) === null);
}
var Lt = [
  {
    id: "tracker_blocks",
    category: "speed",
    severity: "warning",
    weight: 4,
    message: "Analytics scripts block rendering.",
    fix: "Add async to them, as their vendors recommend.",
    fixedBy: "trackers",
    *check({ document: e }) {
      for (const t of e.all("script"))
        if (te((r) => t.attributes[r]) && ve.test(f(t, "src") ?? ""))
          yield { selector: g(t) };
    }
  },
  {
    id: "script_blocks",
    category: "speed",
    severity: "warning",
    weight: 6,
    message: "Scripts in the head block rendering.",
    fix: 'Add defer to them, or move them to the end of the page; or enable "defer" and let optimize add it.',
    fixedBy: "defer",
    *check({ document: e }) {
      for (const t of e.all("script")) {
        if (!te((r) => t.attributes[r]) || ve.test(f(t, "src") ?? "")) continue;
        if (pe(t, "head")) yield { selector: g(t) };
      }
    }
  },
  {
    id: "style_blocks",
    category: "speed",
    severity: "info",
    weight: 2,
    message: "Several style sheets block rendering.",
    fix: "Combine them, and add a media attribute to those for print or special widths.",
    *check({ document: e }) {
      const t = e.links("stylesheet").filter((r) => {
        return !b(r, "disabled") && !/print/i.test(f(r, "media") ?? "") && pe(r, "head");
      });
      if (t.length < 3) return;
      for (const r of t) yield { selector: g(r) };
    }
  },
  {
    id: "style_imports",
    category: "speed",
    severity: "warning",
    weight: 3,
    message: "Style sheets use @import, which delays the imported style sheets.",
    fix: "Link the imported style sheets in the page.",
    *check({ document: e, assets: t }) {
      for (const { url: r, text: n, headers: o } of t.values())
        if (/css/.test(o.get("Content-Type") ?? "") && /^\s*(@charset[^;]*;\s*)?@import\b/.test(n.replace(/\/\*[\s\S]*?\*\//g, "")))
          yield { selector: `link[href="${new URL(r).pathname}"]` };
      for (const r of e.all("style"))
        if (/@import\b/.test(e.source(r))) yield { selector: "style", detail: "@import" };
    }
  }
];
function Ot({ on: e }) {
  e("script[src]", {
    element(t) {
      if (te((r) => t.getAttribute(r)) && ve.test(y(t.getAttribute("src") ?? "")))
        t.setAttribute("async", "");
    }
  });
}
function Mt({ on: e }) {
  e("head script[src]", {
    element(t) {
      if (te((r) => t.getAttribute(r))) t.setAttribute("defer", "");
    }
  });
}

// templates/elite/develop/src/resources.js
var On = {
  script: ["script", "src"],
  img: ["image", "src"],
  iframe: ["frame", "src"],
  source: ["image", "src"]
};
function w(e) {
  const t = P(e);
  const r = /* @__PURE__ */ new Map();
  for (const n of e.document.elements) {
    if (n.inert) continue;
    const o = n.tag === "link" && /\bstylesheet\b/i.test(f(n, "rel") ?? "");
    const [s, i] = o ? (
      ["style", "href"]
    ) : On[n.tag] ?? [];
    const a = i && URL.parse(f(n, i) ?? "", t);
    if (!s || !i || !a || !b(n, i) || !/^https?:$/.test(a.protocol)) continue;
    a.hash = "";
    if (!r.has(a.href)) r.set(a.href, { url: a, kind: s, element: n });
  }
  return [...r.values()];
}
function H(e) {
  const t = new URL(e.url).hostname.split(".").slice(-2).join(".");
  const r = /* @__PURE__ */ new Map();
  for (const n of w(e)) {
    const { hostname: o } = n.url;
    if (o === t || o.endsWith(`.${t}`)) continue;
    r.set(o, [...r.get(o) ?? [], n]);
  }
  return r;
}
function re({ document: e }) {
  return e.all("script").flatMap((t) => {
    const r = (f(t, "type") ?? "").toLowerCase();
    const n = /^(|module|text\/javascript|application\/javascript)$/.test(r);
    return n && !b(t, "src") ? [{ element: t, source: e.source(t) }] : [];
  });
}

// templates/elite/develop/src/budgets.js
var Mn = {
  htmlKb: 150,
  inlineKb: 50,
  scriptsKb: 400,
  stylesKb: 150,
  requests: 60,
  thirdParties: 5,
  elements: 1400
};
function Ut(e, t) {
  const r = w(e).filter((n) => n.kind === t);
  return r.reduce((n, { url: o }) => n + (e.assets.get(o.href)?.bytes ?? 0), 0) / 1e3;
}
function Un(e) {
  const t = e.document.all("style").map((o) => e.document.source(o));
  const r = e.document.elements.map((o) => f(o, "style") ?? "");
  const n = [...re(e).map(({ source: o }) => o), ...t, ...r];
  return n.reduce((o, s) => o + s.length, 0) / 1e3;
}
var Dn = [
  [
    "html_heavy",
    "htmlKb",
    3,
    "The HTML exceeds its budget.",
    "Send the visible content first; load the rest on demand.",
    ({ bytes: e }) => e / 1e3
  ],
  [
    "inline_heavy",
    "inlineKb",
    3,
    "Inline scripts and styles exceed their budget: they are loaded with every page.",
    "Move them into files, which browsers cache.",
    Un
  ],
  [
    "scripts_heavy",
    "scriptsKb",
    5,
    "The scripts exceed their budget.",
    "Split them, and load rarely used code on demand.",
    (e) => Ut(e, "script")
  ],
  [
    "styles_heavy",
    "stylesKb",
    3,
    "The style sheets exceed their budget.",
    "Remove rules that no page uses.",
    (e) => Ut(e, "style")
  ],
  [
    "requests_many",
    "requests",
    3,
    "The number of files exceeds its budget.",
    "Combine small files, and load images further down lazily.",
    (e) => w(e).length
  ],
  [
    "third_parties_many",
    "thirdParties",
    3,
    "The number of third parties exceeds its budget.",
    "Remove those that you do not need; serve fonts and libraries yourself.",
    (e) => H(e).size
  ],
  [
    "dom_large",
    "elements",
    2,
    "The number of elements exceeds its budget: every change of the page is slow.",
    "Paginate long lists.",
    ({ document: e }) => e.elements.length
  ]
];
var Se = Dn.map(([e, t, r, n, o, s]) => ({
  id: e,
  category: "budgets",
  severity: "warning",
  weight: r,
  message: n,
  fix: o,
  *check(i, { parameters: a }) {
    const c = a.budgets?.[t] ?? Mn[t];
    const l = s(i);
    if (l > c) yield { detail: `${Math.ceil(l)} of ${c}${t.endsWith("Kb") ? " kB" : ""}` };
  }
}));
Se.push({
  id: "third_parties",
  category: "budgets",
  severity: "info",
  weight: 0,
  message: "The page loads files from third parties, which receive data about its visitors.",
  fix: "Check that each of them is necessary and named in the privacy policy.",
  *check(e) {
    for (const [t, r] of H(e)) yield { detail: `${t}: ${r.length} files` };
  }
});

// templates/elite/develop/src/delivery.js
var ke = 1400;
var In = 7 * 24 * 3600;
var It = /^(text\/|application\/(javascript|json|xml|manifest\+json)|image\/svg)/i;
var Pt = /[.-](?=[\w-]*\d|[\w-]*[A-Z])[\w-]{8,}\.(?:m?js|css|woff2?|png|jpe?g|gif|webp|avif|svg)$/;
function Te(e) {
  return w(e).flatMap(({ url: t, element: r }) => {
    const n = e.assets.get(t.href);
    return n ? [{ asset: n, selector: g(r) }] : [];
  });
}
function Pn(e) {
  const t = e.get("Cache-Control") ?? "";
  if (/no-store|no-cache/i.test(t)) return null;
  const r = /(?:^|[\s,])max-age=(\d+)/i.exec(t)?.[1];
  if (r) return Number(r);
  const n = Date.parse(e.get("Expires") ?? "");
  return Number.isNaN(n) ? null : Math.max(0, (n - Date.now()) / 1e3);
}
function Dt(e, t) {
  return It.test(e.get("Content-Type") ?? "") && !e.get("Content-Encoding") && t >= ke;
}
var Nt = [
  {
    id: "not_compressed",
    category: "delivery",
    severity: "warning",
    weight: 5,
    message: "Text is sent without compression.",
    fix: "Enable gzip or Brotli on the server for HTML, CSS, JavaScript, JSON and SVG.",
    fixedBy: "compression",
    *check(e) {
      if (Dt(e.headers, e.bytes))
        yield { header: "Content-Encoding", detail: `the page: ${e.bytes} bytes`, fixable: false };
      for (const { asset: t, selector: r } of Te(e))
        if (t.status < 400 && Dt(t.headers, t.bytes))
          yield { selector: r, detail: `${t.bytes} bytes` };
    }
  },
  {
    id: "kept_too_short",
    category: "delivery",
    severity: "warning",
    weight: 4,
    message: "Browsers cache files for less than a week, and load them again unchanged.",
    fix: "Send Cache-Control: public, max-age=31536000, immutable for files with a hash in their name; a week for others.",
    fixedBy: "caching",
    *check(e) {
      for (const { asset: t, selector: r } of Te(e)) {
        const n = Pn(t.headers);
        if (t.status < 400 && (n ?? 0) < In)
          yield {
            selector: r,
            detail: t.headers.get("Cache-Control") ?? "no Cache-Control",
            fixable: Ht(t.headers) && Pt.test(new URL(t.url).pathname)
          };
      }
    }
  },
  {
    id: "file_broken",
    category: "delivery",
    severity: "error",
    weight: 6,
    message: "The page refers to files that cannot be loaded.",
    fix: "Correct the URLs, or remove them.",
    *check(e) {
      for (const { asset: t, selector: r } of Te(e))
        if (t.status >= 400) yield { selector: r, detail: `status ${t.status}` };
    }
  }
];
function Ht(e) {
  return !e.get("Cache-Control") && !e.get("Expires");
}
function jt(e, t, r) {
  const n = Number(e.get("Content-Length") ?? ke) < ke;
  const o = !e.get("Content-Encoding") && !/no-transform/i.test(e.get("Cache-Control") ?? "");
  if (n || !o || !It.test(e.get("Content-Type") ?? "") || !/\bgzip\b/i.test(r)) return;
  e.set("Content-Encoding", "gzip");
  e.append("Vary", "Accept-Encoding");
  e.delete("Content-Length");
  e.delete("Accept-Ranges");
  const s = e.get("ETag");
  if (s && !s.startsWith("W/")) e.set("ETag", `W/${s}`);
}
function Bt(e, t) {
  if (Ht(e) && Pt.test(t.pathname))
    e.set("Cache-Control", "public, max-age=31536000, immutable");
}

// templates/elite/develop/src/hints.js
var Nn = [
  [/\.m?js$/i, "script"],
  [/\.css$/i, "style"],
  [/\.(woff2?|ttf|otf)$/i, "font"],
  [/\.(png|jpe?g|gif|webp|avif|svg)$/i, "image"]
];
function zt(e) {
  const t = URL.parse(e, "https://relative.invalid/")?.pathname ?? "";
  return Nn.find(([r]) => r.test(t))?.[1] ?? null;
}
var qt = [
  {
    id: "preload_as_missing",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloads have no as attribute, so their files are loaded twice.",
    fix: 'Add as="font", "style", "script" or "image".',
    fixedBy: "preloads",
    *check({ document: e }) {
      for (const t of e.links("preload"))
        if (!f(t, "as")) yield { selector: g(t), fixable: zt(f(t, "href") ?? "") !== null };
    }
  },
  {
    id: "preload_font_twice",
    category: "hints",
    severity: "warning",
    weight: 2,
    message: "Some preloaded fonts are loaded twice: browsers request fonts in CORS mode, but the preload does not.",
    fix: "Add crossorigin to preloads of fonts, even for fonts of your own site.",
    fixedBy: "preloads",
    *check({ document: e }) {
      for (const t of e.links("preload"))
        if (f(t, "as") === "font" && !b(t, "crossorigin")) yield { selector: g(t) };
    }
  },
  {
    id: "preload_unused",
    category: "hints",
    severity: "warning",
    weight: 3,
    message: "The page preloads scripts or style sheets that it does not use.",
    fix: "Remove these preloads: they delay the files that the page needs.",
    *check(e) {
      const t = new Set(w(e).map(({ url: r }) => r.href));
      for (const r of e.document.links("preload")) {
        const n = URL.parse(f(r, "href") ?? "", P(e))?.href;
        const o = ["script", "style"].includes(f(r, "as") ?? "") && !f(r, "onload");
        if (n && o && !t.has(n)) yield { selector: g(r) };
      }
    }
  },
  {
    id: "preconnect_missing",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The browser connects to other servers only when it needs their first file.",
    fix: 'Add <link rel="preconnect"> for the two or three most important servers; or list them in parameters.preconnect.',
    fixedBy: "preconnect",
    *check(e, { parameters: t }) {
      const r = new Set(
        ["preconnect", "dns-prefetch"].flatMap(
          (o) => e.document.links(o).flatMap((s) => URL.parse(f(s, "href") ?? "", e.url)?.hostname ?? [])
        )
      );
      const n = new Set(
        (t.preconnect ?? []).map((o) => URL.parse(o)?.hostname)
      );
      for (const [o, s] of H(e)) {
        const i = s.some(({ kind: a }) => a === "style" || a === "script");
        if (i && !r.has(o))
          yield {
            selector: g(s[0].element),
            detail: o,
            fixable: n.has(o) && e.document.headEnds
          };
      }
    }
  },
  {
    id: "preconnect_many",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The page has more than 4 preconnects.",
    fix: "Keep those for the two or three most important servers.",
    *check({ document: e }) {
      const t = e.links("preconnect");
      if (t.length > 4) yield { selector: 'link[rel="preconnect"]', detail: `${t.length}` };
    }
  },
  {
    id: "early_hints_unused",
    category: "hints",
    severity: "info",
    weight: 1,
    message: "The response has no Link header with resource hints, so Early Hints (103) cannot be sent.",
    fix: "Send Link: <…>; rel=preload for style sheets and fonts; or list servers in parameters.preconnect.",
    fixedBy: "preconnect",
    *check({ headers: e }, { parameters: t }) {
      const r = /rel="?(preload|preconnect)/i.test(e.get("Link") ?? "");
      if (!r) yield { header: "Link", fixable: (t.preconnect ?? []).length > 0 };
    }
  }
];
function Ft({ on: e }) {
  e('link[rel~="preload" i][href]', {
    element(t) {
      let r = t.getAttribute("as");
      if (!r) {
        r = zt(y(t.getAttribute("href") ?? ""));
        if (r) J(t, "as", r);
      }
      if (r === "font" && !t.hasAttribute("crossorigin")) t.setAttribute("crossorigin", "");
    }
  });
}
function Wt({ headers: e, parameters: t, atHeadEnd: r }) {
  const n = (t.preconnect ?? []).flatMap((o) => URL.parse(o)?.origin ?? []);
  if (n.length === 0) return;
  for (const o of n) e.append("Link", `<${o}>; rel=preconnect`);
  r(() => n.map((o) => `<link rel="preconnect" href="${de(o)}">
`).join(""));
}

// templates/elite/develop/src/security.js
var ne = "upgrade-insecure-requests";
var Gt = ["X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator"];
var Xt = [
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "SAMEORIGIN"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Permissions-Policy", "geolocation=(self), camera=(), microphone=(), browsing-topics=()"]
];
function j(e, t, r, n, o, s = () => true) {
  const i = Xt.find(([a]) => a === t)?.[1] ?? "max-age=31536000";
  return {
    id: e,
    category: "security",
    severity: r,
    weight: n,
    message: o,
    fix: `Send ${t}: ${i}.`,
    fixedBy: "headers",
    *checkSite([a]) {
      if (s(a) && !a.headers.get(t)) yield { page: a.url, header: t };
    }
  };
}
var Hn = (e) => e.url.startsWith("https:");
var jn = (e) => !/frame-ancestors/i.test(oe(e));
function oe({ headers: e, document: t }) {
  const r = t.all("meta").filter((n) => f(n, "http-equiv")?.toLowerCase() === "content-security-policy");
  return [e.get("Content-Security-Policy"), ...r.map((n) => f(n, "content"))].filter(Boolean).join("; ");
}
var Kt = [
  j(
    "hsts_missing",
    "Strict-Transport-Security",
    "warning",
    4,
    "Browsers may request the site over plain HTTP.",
    Hn
  ),
  j(
    "nosniff_missing",
    "X-Content-Type-Options",
    "warning",
    3,
    "Browsers may guess another type for files than the site declares."
  ),
  j(
    "framing_allowed",
    "X-Frame-Options",
    "warning",
    3,
    "Any site can embed this one in a frame and hijack clicks.",
    jn
  ),
  j(
    "referrer_policy_missing",
    "Referrer-Policy",
    "info",
    1,
    "The site does not limit the URLs that other sites receive in the Referer header."
  ),
  j(
    "permissions_policy_missing",
    "Permissions-Policy",
    "info",
    1,
    "Embedded content may request the camera or the location."
  ),
  {
    id: "csp_missing",
    category: "security",
    severity: "warning",
    weight: 4,
    message: "There is no policy for scripts: the browser runs injected scripts.",
    fix: "Send a Content-Security-Policy with nonces instead of 'unsafe-inline'; test it with Content-Security-Policy-Report-Only.",
    *checkSite([e]) {
      if (!/(script|default)-src/i.test(oe(e))) yield { page: e.url, header: "Content-Security-Policy" };
    }
  },
  {
    id: "csp_weak",
    category: "security",
    severity: "info",
    weight: 2,
    message: "The policy for scripts allows inline scripts or scripts from any host.",
    fix: "Replace 'unsafe-inline' and wildcards with nonces or hashes and 'strict-dynamic'.",
    *checkSite([e]) {
      const t = /(?:script|default)-src([^;]*)/i.exec(oe(e))?.[1] ?? "";
      const r = /'(nonce|sha\d+)-/.test(t);
      if (!r && /'unsafe-inline'|(^|\s)(\*|https?:)(\s|$)/.test(t))
        yield { page: e.url, header: "Content-Security-Policy", detail: t.trim() };
    }
  },
  {
    id: "software_disclosed",
    category: "security",
    severity: "info",
    weight: 1,
    message: "Headers disclose the site's software and its version.",
    fix: "Remove these headers; only attackers use them.",
    fixedBy: "disclosure",
    *checkSite([e]) {
      for (const t of Gt)
        if (e.headers.get(t)) yield { page: e.url, header: t, detail: e.headers.get(t) ?? "" };
    }
  },
  {
    id: "cookie_insecure",
    category: "security",
    severity: "warning",
    weight: 3,
    message: "Some cookies are sent over plain HTTP, or with requests from other sites.",
    fix: "Add Secure and SameSite=Lax, and HttpOnly if no script reads the cookie.",
    fixedBy: "cookies",
    *check({ headers: e, url: t }) {
      if (!t.startsWith("https:")) return;
      for (const r of e.getSetCookie())
        if (Yt(r) !== r) yield { header: "Set-Cookie", detail: r.split("=")[0] };
    }
  },
  {
    id: "mixed_content",
    category: "security",
    severity: "error",
    weight: 8,
    message: "The page is served over HTTPS, but loads files over plain HTTP: browsers block them or warn.",
    fix: "Use https URLs.",
    fixedBy: "mixedContent",
    *check(e) {
      if (!e.url.startsWith("https:")) return;
      const t = new RegExp(ne, "i").test(oe(e));
      for (const { url: r, element: n } of w(e))
        if (r.protocol === "http:" && !t) yield { selector: g(n) };
    }
  },
  {
    id: "form_insecure",
    category: "security",
    severity: "error",
    weight: 8,
    message: "A form is submitted over plain HTTP.",
    fix: "Submit it to an https URL.",
    *check({ document: e, url: t }) {
      for (const r of e.all("form"))
        if (t.startsWith("https:") && /^http:/i.test(f(r, "action") ?? ""))
          yield { selector: g(r) };
    }
  }
];
function Yt(e) {
  const t = /;\s*secure\b/i.test(e) ? "" : "; Secure";
  const r = /;\s*samesite\s*=/i.test(e) ? "" : "; SameSite=Lax";
  return e + t + r;
}
function Vt({ headers: e, url: t }) {
  const r = /frame-ancestors/i.test(e.get("Content-Security-Policy") ?? "");
  for (const [n, o] of Xt) {
    if (n === "X-Frame-Options" && r) continue;
    if (!e.has(n)) e.set(n, o);
  }
  if (t.protocol === "https:" && !e.has("Strict-Transport-Security"))
    e.set("Strict-Transport-Security", "max-age=31536000");
}
function Jt({ headers: e }) {
  for (const t of Gt) e.delete(t);
}
function Qt({ headers: e, url: t }) {
  if (t.protocol !== "https:") return;
  const r = e.getSetCookie().map(Yt);
  e.delete("Set-Cookie");
  for (const n of r) e.append("Set-Cookie", n);
}
function Zt({ headers: e, url: t }) {
  if (t.protocol !== "https:") return;
  const r = e.get("Content-Security-Policy");
  if (!r) e.set("Content-Security-Policy", ne);
  else if (!r.includes(ne)) e.set("Content-Security-Policy", `${r}; ${ne}`);
}

// templates/elite/develop/src/standards.js
var Bn = "acronym applet basefont bgsound big blink center dir font frame frameset isindex keygen marquee nobr strike tt xmp".split(
  " "
);
var zn = /transitional|frameset|html 3|html 2/i;
var qn = [
  ["document.write()", /(?<![.\w])document\.write(ln)?\s*\(/, "create elements"],
  ["unload events", /addEventListener\s*\(\s*["']unload["']|\bonunload\s*=/, "use pagehide"],
  ["synchronous XMLHttpRequest", /\.open\s*\(\s*["']\w+["']\s*,[^,()]+,\s*false\s*\)/, "use fetch()"],
  ["Web SQL", /\bopenDatabase\s*\(/, "use IndexedDB"],
  ["Application Cache", /\bapplicationCache\b/, "use a service worker"],
  ["document.all", /\bdocument\.all\b/, "use querySelector()"]
];
var er = [
  {
    id: "doctype_missing",
    category: "standards",
    severity: "error",
    weight: 6,
    message: "The page has no HTML doctype, so browsers render it in quirks mode.",
    fix: "Start the page with <!doctype html>.",
    *check({ document: e }) {
      const { doctype: t } = e;
      const r = t?.name?.toLowerCase() === "html" && !zn.test(t.publicId ?? "");
      if (!r) yield { selector: "!doctype", detail: t?.publicId ?? void 0 };
    }
  },
  {
    id: "charset_missing",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "The page does not declare its character set early enough: special characters may break.",
    fix: 'Put <meta charset="utf-8"> first in the head, or send it in Content-Type.',
    *check({ document: e, contentType: t }) {
      if (!W(t) && !e.charset) yield { selector: "meta[charset]" };
    }
  },
  {
    id: "tag_deprecated",
    category: "standards",
    severity: "warning",
    weight: 2,
    message: "Some tags are no longer part of HTML.",
    fix: "Use CSS instead of them.",
    *check({ document: e }) {
      for (const t of e.all(...Bn)) yield { selector: g(t) };
    }
  },
  {
    id: "api_deprecated",
    category: "standards",
    severity: "warning",
    weight: 4,
    message: "Scripts use deprecated APIs.",
    fix: "Use the replacement in the finding's detail.",
    *check(e) {
      const t = re(e).map(({ source: r }) => (
        ["script", r]
      ));
      for (const { url: r, text: n, headers: o } of e.assets.values())
        if (/javascript/.test(o.get("Content-Type") ?? ""))
          t.push([`script[src="${new URL(r).pathname}"]`, n]);
      for (const [r, n] of t)
        for (const [o, s, i] of qn)
          if (s.test(n)) yield { selector: r, detail: `${o}: ${i}` };
      for (const r of e.document.all("body"))
        if (b(r, "onunload") || b(r, "onbeforeunload"))
          yield { selector: "body", detail: "unload events: use pagehide" };
    }
  },
  {
    id: "link_not_followable",
    category: "standards",
    severity: "warning",
    weight: 3,
    message: "Some links have no URL that browsers or search engines can follow.",
    fix: "Give links a real href; use a <button> for actions on the page.",
    *check({ document: e, url: t }) {
      for (const r of e.all("a")) {
        const n = f(r, "href")?.replace(/\s/g, "") ?? "";
        if (f(r, "role") || f(r, "name") || n.startsWith("mailto:")) continue;
        const o = n === "" ? !b(r, "href") && !f(r, "id") : !URL.canParse(n, t);
        if (o || /javascript:void\(?0/i.test(n)) yield { selector: g(r), detail: n };
      }
    }
  }
];

// templates/elite/develop/src/template.js
var tr = {
  headers: Vt,
  disclosure: Jt,
  cookies: Qt,
  mixedContent: Zt,
  preloads: Ft,
  preconnect: Wt,
  trackers: Ot,
  defer: Mt
};
var rr = { compression: jt, caching: Bt };
var nr = {
  type: "develop",
  title: "Develop report",
  audits: [
    ...er,
    ...Kt,
    ...Lt,
    ...qt,
    ...Nt,
    ...Se
  ],
  fixes: tr,
  fileFixes: rr,
  // "defer" changes the order in which scripts run, so users must enable it.
  defaults: Object.keys({ ...tr, ...rr }).filter((e) => e !== "defer"),
  assets: (e) => w(e).flatMap(({ url: t, kind: r }) => r === "image" ? [] : t.href)
};

// templates/elite/develop/src/index.js
var Fs = _t(nr);
export {
  Fs as default
};

// Generated from templates/elite/brand/src by `make bundles`.
// shared/html.js
function z(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function W(e, t) {
  let n = t;
  let r = false;
  const o = e?.getReader();
  const i = new ReadableStream({
    async pull(s) {
      const { value: a } = await o?.read() ?? {};
      if (!a) return s.close();
      r = a.byteLength > n;
      const c = a.subarray(0, n);
      if (c.byteLength > 0) s.enqueue(c);
      n -= c.byteLength;
      if (!r) return void 0;
      s.close();
      return o?.cancel();
    },
    cancel: (s) => o?.cancel(s)
  });
  return { stream: i, isCut: () => r, read: () => t - n };
}
var _e = {
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
function g(e) {
  return N(
    e.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (t, n, r, o) => {
      if (o) return Object.hasOwn(_e, o) ? _e[o] : t;
      const i = n ? parseInt(n, 16) : Number(r);
      return i > 0 && i <= 1114111 ? String.fromCodePoint(i) : "�";
    })
  );
}
function N(e) {
  return e.replace(/\s+/g, " ").trim();
}
function m(e) {
  return e.replace(/[&<>"']/g, (t) => `&#${t.charCodeAt(0)};`);
}

// shared/answers.js
function q(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function Le() {
  return q(200, { status: "ok" });
}
function X(e, t, n, r = {}, o = {}) {
  return q(e, { error: { code: t, message: n, ...r } }, o);
}
function j(e, t, n, r, o, i = {}) {
  const s = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return X(n, r, o, i, { Vary: "Accept" });
  return new Response(kn(n, t, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function Y(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (n) return `no answer within ${t} ms`;
  const r = String(e?.message ?? e);
  return /^internal error/i.test(r) ? "no connection" : r;
}
function kn(e, t, n) {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${m(t)}</title>
<style>
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;padding:2rem}h1{font-size:1.5rem}small{opacity:.65}
</style></head>
<body><main><h1>${m(t)}</h1><p>${m(n)}</p><small>${e}</small></main></body></html>
`;
}

// shared/config.js
var An = "/.well-known/code24/health";
function Re(e) {
  return e.pathname.endsWith(An);
}
function Ce(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function Ne(e, t, n) {
  const r = e[t];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function ae(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/page/charset.js
var Ie = 1024;
function Me(e) {
  return /charset=["']?([\w-]+)/i.exec(e ?? "")?.[1] ?? null;
}
var En = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function De(e) {
  return /charset/i.test(e) ? En.test(Me(e) ?? "") : true;
}
function On(e) {
  if (e[0] === 255 && e[1] === 254) return "utf-16le";
  if (e[0] === 254 && e[1] === 255) return "utf-16be";
  const t = String.fromCharCode(...e.subarray(0, Ie));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(t)?.[1] ?? null;
}
function Ue(e) {
  try {
    new TextDecoder(e);
    return true;
  } catch {
    return false;
  }
}
async function He(e, t) {
  const n = Me(t);
  const r = e.getReader();
  const { first: o, end: i } = await _n(r);
  const s = On(o);
  const a = n && Ue(n) ? n : s ?? "utf-8";
  const c = new ReadableStream({
    start(d) {
      if (o.length > 0) d.enqueue(o);
      if (i) d.close();
    },
    async pull(d) {
      const { done: u, value: p } = await r.read();
      if (u) d.close();
      else d.enqueue(p);
    },
    cancel: (d) => r.cancel(d)
  });
  const l = (
    new TextDecoderStream(Ue(a) ? a : "utf-8")
  );
  return { stream: c.pipeThrough(l).pipeThrough(
    new TextEncoderStream()
  ), sniffed: s };
}
async function _n(e) {
  let t = new Uint8Array();
  try {
    while (t.length < Ie) {
      const { done: n, value: r } = await e.read();
      if (n) return { first: t, end: true };
      const o = new Uint8Array(t.length + r.length);
      o.set(t);
      o.set(r, t.length);
      t = o;
    }
  } catch (n) {
    if (t.length === 0) throw n;
  }
  return { first: t, end: false };
}

// shared/rewrite/lexer.js
var [K, ce, Ln, Rn, J, _, V, ze, $, Cn, je] = [...` !"'-/<=>?]`].map(
  (e) => e.charCodeAt(0)
);
var Pe = "--";
var Fe = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var We = ["svg", "math"];
var Nn = [...Fe, ...We, "a", "button", "link", "object", "select"];
var Un = `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
var In = "<![CDATA[";
var Z = class {
  #e = "";
  #t = false;
  // at the beginning of a comment
  #n = 0;
  // in SVG and MathML, where <style> and <title> may hold elements
  #i = 0;
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
    this.#e = "";
    this.#n = 0;
  }
  #s(t, n) {
    if (this.#e === Pe) return this.#d(t, n);
    if (this.#e) return this.#h(t, n);
    return t[n] === V ? this.#l(t, n) : this.#a(t, n, T(t, V, n));
  }
  #a(t, n, r) {
    if (r > n) this.#o.text(t, n, r, this.#e);
    return r;
  }
  #d(t, n) {
    const r = this.#t ? n + 2 : n;
    for (let i = T(t, $, n + 2); i < t.length; i = T(t, $, i + 1)) {
      const s = t[i - 1] === ce && i - 3 >= r ? i - 3 : i - 2;
      if (t[s] !== J || t[s + 1] !== J) continue;
      this.#e = "";
      return i + 1;
    }
    const o = Math.max(n, t.length - 3);
    if (o > r) this.#t = false;
    return o > r ? o : n;
  }
  #h(t, n) {
    for (let r = T(t, V, n); r < t.length; r = T(t, V, r + 1)) {
      const o = r + 2 + this.#e.length;
      const i = o >= t.length && (r + 1 === t.length || t[r + 1] === _);
      if (!i && !(t[r + 1] === _ && qe(t[o]) && k(t, r + 2, this.#e)))
        continue;
      if (r > n) return this.#a(t, n, r);
      if (i) return n;
      this.#e = "";
      return this.#l(t, r);
    }
    return this.#a(t, n, t.length);
  }
  #l(t, n) {
    const r = t[n + 1];
    if (Ge(r)) return this.#f(t, n, n + 1);
    if (t.length < n + 4) return n;
    if (r === _ && Ge(t[n + 2])) return this.#f(t, n, n + 2);
    if (r !== _ && r !== ce && r !== Cn) return this.#a(t, n, n + 1);
    if (r === ce && t[n + 2] === J && t[n + 3] === J) {
      this.#e = Pe;
      this.#t = true;
      return n + 2;
    }
    if (this.#n > 0 && k(t, n, In)) return this.#u(t, n);
    const o = T(t, $, n + 2);
    return o < t.length ? o + 1 : n;
  }
  #u(t, n) {
    let r = T(t, $, n);
    while (r < t.length && (t[r - 1] !== je || t[r - 2] !== je))
      r = T(t, $, r + 1);
    return r < t.length ? r + 1 : n;
  }
  #f(t, n, r) {
    const o = Be(t, r);
    const i = this.#m(t, o);
    if (i >= t.length) return n;
    const s = r > n + 1;
    const a = Nn.find((l) => l.length === o - r && k(t, r, l)) ?? "";
    if (We.includes(a)) this.#n = Math.max(0, this.#n + Mn(s, t[i - 1] === _));
    else if (this.#n > 0 && !s && Un.some((l) => l.length === o - r && k(t, r, l)))
      this.#n = 0;
    if (!s && this.#n === 0 && Fe.includes(a)) this.#e = a;
    const c = this.#r;
    for (let l = 0; l < c.length && !s; l += 4)
      this.#o.attribute(t, a, c[l], c[l + 1], c[l + 2], c[l + 3]);
    this.#o.tag(t, a, s, n, i + 1, this.#i, this.#n > 0);
    return i + 1;
  }
  #m(t, n) {
    this.#i = 0;
    this.#r.length = 0;
    let r = n;
    for (; ; ) {
      const o = this.#c(t, r, _);
      if (o >= t.length || t[o] === $) return o;
      const i = Be(t, o + 1, ze);
      r = this.#c(t, i);
      if (t[r] !== ze) continue;
      r = this.#c(t, r + 1);
      const s = t[r];
      const a = s === Ln || s === Rn;
      const c = a ? T(t, s, r + 1) : Dn(t, r);
      this.#r.push(o, i, a ? r + 1 : r, c);
      r = a ? c + 1 : c;
    }
  }
  #c(t, n, r = K) {
    let o = n;
    while (t[o] <= K || t[o] === r) o += 1;
    this.#i += o - n;
    return o;
  }
};
function Mn(e, t) {
  if (e) return -1;
  return t ? 0 : 1;
}
function T(e, t, n) {
  let r = n;
  while (r < e.length && e[r] !== t) r += 1;
  return Math.min(r, e.length);
}
function Be(e, t, n = $) {
  let r = t;
  while (r < e.length && !qe(e[r]) && e[r] !== n) r += 1;
  return r;
}
function Dn(e, t) {
  let n = t;
  while (e[n] > K && e[n] !== $) n += 1;
  return n;
}
function k(e, t, n) {
  for (let r = 0; r < n.length; r += 1) if ((e[t + r] | 32) !== (n.charCodeAt(r) | 32)) return false;
  return true;
}
function qe(e) {
  return e <= K || e === _ || e === $;
}
function Ge(e) {
  return e !== void 0 && (e | 32) >= 97 && (e | 32) <= 122;
}

// shared/rewrite/addresses.js
function L(e, t, n) {
  const r = e.trimStart();
  if (r.startsWith("/") && !r.startsWith("//")) return n + r;
  const { origin: o, host: i } = t;
  for (const s of [o, `//${i}`]) {
    if (!r.toLowerCase().startsWith(s)) continue;
    const a = r.slice(s.length);
    if (a === "") return `${n}/`;
    if (/^[/?#]/.test(a)) return n + (a.startsWith("/") ? a : `/${a}`);
  }
  return e;
}
function Hn(e, t, n) {
  return e.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (r, o, i, s) => {
    return o + i + L(s, t, n);
  });
}
function P(e, t, n) {
  return e.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (r, o, i) => {
    return o + L(i, t, n);
  });
}
var le = {};
for (const e of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) fe(e, L);
for (const e of ["srcset", "imagesrcset", "data-srcset"]) fe(e, Hn);
fe("style", P);
function fe(e, t) {
  le[e.length] = [...le[e.length] ?? [], [e, t]];
}
function Je(e, t) {
  return {
    attribute(n, r, o, i, s, a, c) {
      const [l, d] = le[i - o]?.find(([y]) => k(n, o, y)) ?? [];
      if (!d || r === "link" && l === "href" || l === "data" && r !== "object") return;
      const u = Ze(n.subarray(s, a));
      const p = d(u, e, t);
      if (p !== u) c(s, a, p);
    }
  };
}
function Ve(e, t) {
  return t && e?.startsWith(`${t}/`) ? e.slice(t.length) : e;
}
var zn = 8192;
function Ke(e, t) {
  let n = "";
  return new TransformStream({
    transform(r, o) {
      const i = n + Ze(r);
      const s = Math.max(...[...";{})"].map((c) => i.lastIndexOf(c))) + 1;
      const a = i.length - s > zn ? i.length : s;
      n = i.slice(a);
      o.enqueue(Ye(P(i.slice(0, a), e, t)));
    },
    flush(r) {
      r.enqueue(Ye(P(n, e, t)));
    }
  });
}
var Xe = 8192;
function Ze(e) {
  let t = "";
  for (let n = 0; n < e.length; n += Xe) {
    t += String.fromCharCode(...e.subarray(n, n + Xe));
  }
  return t;
}
function Ye(e) {
  return Uint8Array.from(e, (t) => t.charCodeAt(0));
}

// shared/rewrite/ahead.js
var jn = 2048;
var Pn = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];
var Q = class {
  #e = 0;
  #t = false;
  #n = [];
  #i = new Z(this);
  #r;
  #o = (t, n, r) => void this.#n.push({ from: t, to: n, text: r });
  constructor(t) {
    this.#r = t;
  }
  read(t, n) {
    this.#e = 0;
    this.#n = [];
    const r = this.#i.read(t);
    const o = n ? t.length : this.#a(r);
    const i = this.#n.filter(({ from: a }) => a < o);
    const s = i.reduce((a, { from: c, to: l, text: d }) => a + d.length - (l - c), 0);
    return { end: o, sure: Math.max(0, o + s - this.#e), changes: i };
  }
  attribute(t, n, r, o, i, s) {
    const a = o - r;
    const c = Pn.some((l) => l.length === a && k(t, r, l));
    if (c || n === "link" && a === 4) this.#e += s - i;
    this.#s((l) => l.attribute?.(t, n, r, o, i, s, this.#o));
  }
  tag(t, n, r, o, i, s, a) {
    this.#e += s;
    if (n === "style") this.#t = !r;
    this.#s((c) => c.tag?.(t, n, r, o, i, a, this.#o));
  }
  text(t, n, r, o) {
    if (this.#t) this.#e += r - n;
    this.#s((i) => i.text?.(t, n, r, o));
  }
  #s(t) {
    for (const n of this.#r) {
      try {
        t(n);
      } catch (r) {
        console.error("a fix was left out:", String(
          r?.message ?? r
        ));
        this.#r = this.#r.filter((o) => o !== n);
      }
    }
  }
  #a(t) {
    const n = Math.min(...this.#r.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= t) return t;
    this.#s((r) => r.letGo?.());
    if (t - n > jn) return t;
    this.#i.reset();
    this.#t = false;
    return n;
  }
};

// shared/rewrite/flow.js
var de = 32 * 1024;
var Bn = 1024 * 1024;
var Qe = 32 * 1024;
var Gn = 256;
var Fn = 62;
var et = 10;
function tt(e, t, n) {
  if (!t.body) return t;
  const r = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  let i;
  try {
    i = e.transform(new Response(r.readable, t));
  } catch {
    return t;
  }
  const s = t.body.getReader({ mode: "byob" });
  const a = (
    i.body.getReader({ mode: "byob" })
  );
  const c = { sure: 0 };
  Wn(s, r.writable.getWriter(), new Q(n), c);
  Yn(a, o.writable.getWriter(), c);
  return new Response(o.readable, i);
}
async function Wn(e, t, n, r) {
  let o = new ArrayBuffer(de);
  let i = 0;
  const s = async (a, c) => {
    const { end: l, sure: d, changes: u } = n.read(a, c);
    r.sure = Math.max(r.sure, 0) + d;
    if (l > 0) await t.write(Xn(a.subarray(0, l), u));
    i = a.length - l;
    a.copyWithin(0, l);
  };
  try {
    for (; ; ) {
      const { done: a, value: c } = await e.read(new Uint8Array(o, i));
      o = c?.buffer ?? new ArrayBuffer(i);
      if (!c || a) break;
      const l = i === de || o.byteLength > de;
      if (l && !c.includes(Fn)) i += c.byteLength;
      else await s(new Uint8Array(o, 0, i + c.byteLength), false);
      if (i === o.byteLength) o = qn(o);
      if (i === Bn) await s(new Uint8Array(o, 0, i), true);
    }
    if (i > 0) await s(new Uint8Array(o, 0, i), true);
  } catch (a) {
    r.failure = a;
  }
  r.sure = Infinity;
  await Promise.allSettled([t.close(), e.cancel(r.failure)]);
}
function qn(e) {
  const t = new ArrayBuffer(e.byteLength * 2);
  new Uint8Array(t).set(new Uint8Array(e));
  return t;
}
function Xn(e, t) {
  if (t.length === 0) return e;
  const n = t.reduce((s, { from: a, to: c, text: l }) => s + l.length - (c - a), 0);
  const r = new Uint8Array(e.length + n);
  let o = 0;
  let i = 0;
  for (const { from: s, to: a, text: c } of t) {
    r.set(e.subarray(o, s), i);
    i += s - o;
    for (let l = 0; l < c.length; l += 1) r[i + l] = c.charCodeAt(l);
    i += c.length;
    o = a;
  }
  r.set(e.subarray(o), i);
  return r;
}
async function Yn(e, t, n) {
  let r = new ArrayBuffer(Qe);
  try {
    for (; ; ) {
      const o = Math.max(1, Math.min(n.sure - Gn, Qe));
      const { done: i, value: s } = await e.readAtLeast(o, new Uint8Array(r));
      if (!s) break;
      n.sure -= s.byteLength;
      if (s.byteLength > 0) await t.write(s);
      if (i) break;
      r = s.buffer;
    }
    if (!n.failure) return await t.close();
    await scheduler.wait(et);
    await t.abort(n.failure);
  } catch (o) {
    await scheduler.wait(et);
    await Promise.allSettled([e.cancel(o), t.abort(o)]);
  }
}

// shared/rewrite/source.js
function b(e) {
  return e.replace(/[&<>"']|[^\x20-\x7e]/gu, (t) => `&#${t.codePointAt(0)};`);
}
function A(e, t, n) {
  e.setAttribute(t, b(n));
}
function nt(e) {
  return JSON.stringify(e).replace(/[<>&]|[^\x20-\x7e]/g, (t) => {
    return `\\u${t.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

// shared/rewrite/moving.js
var Jn = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
function rt({ on: e, css: t, readAhead: n, url: r, site: o, prefix: i }) {
  n(Je(o, i));
  t((s) => P(s, o, i));
  e("link[href]", {
    element(s) {
      const a = s.getAttribute("href") ?? "";
      const c = Jn.test(s.getAttribute("rel") ?? "");
      const l = c ? URL.parse(g(a), r)?.href : L(a, o, i);
      if (!l || l === a) return;
      if (c) A(s, "href", l);
      else s.setAttribute("href", l);
    }
  });
}

// shared/rewrite/rewriter.js
var ot = 512 * 1024;
function st(e, t) {
  const n = /* @__PURE__ */ new Map();
  const r = [];
  const o = { head: [], body: [] };
  const i = [];
  const s = {
    ...e,
    on: (c, l) => void n.set(c, [...n.get(c) ?? [], l]),
    readAhead: (c) => void r.push(c),
    atHeadEnd: (c) => void o.head.push(c),
    atBodyEnd: (c) => void o.body.push(c),
    css: (c) => void i.push(c)
  };
  for (const c of t) ee(() => c(s));
  if (i.length > 0) Qn(s, i);
  if (o.head.length > 0) Kn(s, o.head);
  if (o.body.length > 0) Zn(s, o.body);
  const a = new HTMLRewriter();
  for (const [c, l] of n) a.on(c, Vn(l));
  return { rewriter: a, readers: r };
}
function Vn(e) {
  const t = e.flatMap(({ element: r }) => r ?? []);
  const n = e.flatMap(({ text: r }) => r ?? []);
  return {
    ...t.length > 0 && { element: it(t) },
    ...n.length > 0 && { text: it(n) }
  };
}
function it(e) {
  return (t) => {
    for (const n of e) ee(() => n(t));
  };
}
function ee(e) {
  try {
    return e();
  } catch (t) {
    console.error("a fix was left out:", String(
      t?.message ?? t
    ));
    return void 0;
  }
}
function Kn({ on: e }, t) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return at(t);
  };
  e("head", { element: (o) => o.onEndTag((i) => void i.before(r(), { html: true })) });
  e("body", { element: (o) => void o.before(r(), { html: true }) });
}
function Zn({ on: e }, t) {
  e("body", { element: (n) => n.onEndTag((r) => void r.before(at(t), { html: true })) });
}
function at(e) {
  return e.map((t) => ee(t) ?? "").join("");
}
function Qn({ on: e }, t) {
  let n = "";
  e("style", {
    text(r) {
      if (n.length > ot) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > ot;
      if (!o) return void r.remove();
      const i = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        t.reduce((s, a) => ee(() => a(s)) ?? s, i),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// shared/rewrite/optimize.js
var ft = 3e4;
var er = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var tr = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var ct = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
async function dt(e, t) {
  const n = new URL(e.url);
  const r = n.pathname.slice(t.prefix.length);
  if (r === "") return lt(`${t.prefix}/${n.search}`);
  if (r === "/" && n.search === "" && t.site.pathname !== "/")
    return lt(t.prefix + t.site.pathname + t.site.search);
  const o = nr(t.site, r, n.search);
  let i;
  try {
    i = await rr(o, e);
  } catch (s) {
    const a = { site: t.site.href, reason: Y(s, ft) };
    const c = `${t.site.href} could not be read: ${a.reason}.`;
    return j(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
  return or(i, o, e, t);
}
function nr(e, t, n) {
  const r = new URL(e.origin);
  r.pathname = t;
  r.search = n;
  return r;
}
function lt(e) {
  return new Response(null, { status: 302, headers: { Location: e, "Cache-Control": "no-store" } });
}
async function rr(e, t) {
  const n = new Headers();
  for (const [i, s] of t.headers) if (!tr.test(i)) n.append(i, s);
  const r = new AbortController();
  const o = setTimeout(() => r.abort(new DOMException("late", "TimeoutError")), ft);
  try {
    const { method: i, body: s } = t;
    return await fetch(e, { method: i, headers: n, body: s, redirect: "manual", signal: r.signal });
  } finally {
    clearTimeout(o);
  }
}
function or(e, t, n, r) {
  const { site: o, prefix: i } = r;
  const s = ar(e, t, r);
  const a = s.get("Content-Type") ?? "";
  const { status: c, statusText: l } = e;
  if (er.has(c) || !e.body) return new Response(null, { status: c, statusText: l, headers: s });
  const d = c !== 206;
  if (d && z(a) && De(a)) {
    for (const H of ct) s.delete(H);
    const y = r.optimizations.flatMap((H) => r.template.fixes[H] ?? []);
    const { rewriter: h, readers: v } = st({ ...r, url: t, headers: s }, [...y, rt]);
    return tt(h, new Response(e.body, { status: c, statusText: l, headers: s }), v);
  }
  const u = d && /^text\/css\b/i.test(a);
  if (u) for (const y of ct) s.delete(y);
  if (c === 200 && !z(a)) ir(s, t, n, r);
  const p = u ? e.body.pipeThrough(Ke(o, i)) : e.body;
  return new Response(p, { ...sr(s), status: c, statusText: l, headers: s });
}
function ir(e, t, n, { template: r, optimizations: o }) {
  const i = n.headers.get("Accept-Encoding") ?? "";
  for (const s of o) r.fileFixes?.[s]?.(e, t, i);
}
function sr(e) {
  const t = /^(gzip|br)?$/i.test(e.get("Content-Encoding") ?? "");
  return t ? {} : { encodeBody: "manual" };
}
function ar(e, t, { site: n, prefix: r }) {
  const o = new Headers(e.headers);
  const i = o.get("Location");
  const s = i && URL.parse(i, t);
  if (i && s) {
    const c = s.origin === n.origin;
    o.set("Location", c ? L(s.href, n, r) : i);
  }
  const a = o.getSetCookie();
  o.delete("Set-Cookie");
  for (const c of a) o.append("Set-Cookie", c.replace(/;\s*domain=[^;]*/gi, ""));
  return o;
}

// shared/page/document.js
var cr = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var lr = new Set("li option dt dd tr td th p".split(" "));
var fr = /* @__PURE__ */ new Set(["noscript", "template"]);
var ht = 160;
var dr = 256;
function ue(e) {
  return cr.has(e);
}
var U = class {
  elements = [];
  doctype = null;
  charset = null;
  #e = [];
  #t = [];
  #n = null;
  headEnds = false;
  open(t, n, r = ue(t)) {
    const o = this.#t.at(-1);
    if (o && o.tag === t && lr.has(t)) this.close(o);
    const i = this.#t.at(-1) ?? null;
    const s = this.elements.length;
    const a = this.#e.length;
    const c = i !== null && (i.inert || fr.has(i.tag));
    const l = { tag: t, index: s, last: s, parent: i, attributes: n, textStart: a, textEnd: a, inert: c };
    this.elements.push(l);
    if (t === "body") this.headEnds = true;
    if (!r && this.#t.length < dr) this.#t.push(l);
    return l;
  }
  close(t) {
    if (!this.#t.includes(t)) return;
    if (t.tag === "head") this.headEnds = true;
    for (; ; ) {
      const n = (
        this.#t.pop()
      );
      n.textEnd = this.#e.length;
      n.last = this.elements.length - 1;
      if (n === t) return;
    }
  }
  text(t) {
    this.#e.push(t);
  }
  end() {
    const t = this.#t[0];
    if (t) {
      const n = this.headEnds;
      this.close(t);
      this.headEnds = n;
    }
  }
  all(...t) {
    return this.elements.filter((n) => !n.inert && t.includes(n.tag));
  }
  first(t) {
    return this.elements.find((n) => !n.inert && n.tag === t);
  }
  byId(t) {
    this.#n ??= new Map(
      this.elements.filter((n) => n.attributes.id).map((n) => [
        f(n, "id"),
        n
      ])
    );
    return this.#n.get(t);
  }
  inside(t) {
    return this.elements.slice(t.index + 1, t.last + 1);
  }
  source(t) {
    return this.#e.slice(t.textStart, t.textEnd).join("");
  }
  textOf(t) {
    return g(this.source(t));
  }
  meta(t) {
    for (const n of this.all("meta")) {
      const r = f(n, "property") ?? f(n, "name");
      if (r?.toLowerCase() === t && f(n, "content")) return f(n, "content");
    }
    return null;
  }
  links(t) {
    return this.all("link").filter(
      (n) => f(n, "href") && (f(n, "rel") ?? "").toLowerCase().split(/\s+/).includes(t)
    );
  }
};
function f(e, t) {
  const n = e.attributes[t];
  return n === void 0 ? null : g(n) || null;
}
function ut(e, ...t) {
  let n = e;
  while (n && !t.includes(n.tag)) n = n.parent;
  return n;
}
function hr(e) {
  if ((e("hidden") ?? null) !== null || e("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(e("style") ?? "");
}
function te(e, t = true) {
  let n = e;
  for (; n; n = n.parent) {
    const { attributes: r, styles: o } = n;
    if (hr((i) => r[i])) return true;
    if (t && (o?.display === "none" || o?.visibility === "hidden")) return true;
  }
  return false;
}
function S(e) {
  const { tag: t } = e;
  const n = f(e, "id");
  if (n) return he(`${t}#${n}`);
  for (const o of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const i = f(e, o);
    if (i) return `${t}[${o}="${he(i)}"]`;
  }
  const r = f(e, "class");
  return he(r ? `${t}.${r.split(/\s+/).join(".")}` : t);
}
function he(e) {
  return e.length > ht ? `${e.slice(0, ht)}…` : e;
}

// shared/page/read.js
var mt = 2e4;
async function pt(e, t) {
  const n = new U();
  const r = W(e.body, t);
  let o = null;
  try {
    const { stream: i, sniffed: s } = await He(r.stream, e.headers.get("Content-Type"));
    n.charset = s;
    const a = new Response(i, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await ur(n).transform(a).body?.pipeTo(new WritableStream());
  } catch (i) {
    o = String(
      i?.message ?? i
    );
  }
  n.end();
  return { document: n, bytes: r.read(), truncated: r.isCut(), broken: o };
}
function ur(e) {
  return new HTMLRewriter().on("*", {
    element(t) {
      if (e.elements.length >= mt) throw new Error(`more than ${mt} elements`);
      let n;
      const r = mr(t, () => n && e.close(n));
      n = e.open(t.tagName, Object.fromEntries(t.attributes), !r);
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
function mr(e, t) {
  if (ue(e.tagName)) return false;
  try {
    e.onEndTag(t);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function B(e, t) {
  if (e.username || e.password) return false;
  if (e.origin === t.origin) return true;
  const n = e.protocol === t.protocol || t.protocol === "http:" && e.protocol === "https:";
  return n && !e.port && !t.port && gt(e.hostname) === gt(t.hostname);
}
function gt(e) {
  return e.replace(/^www\./, "");
}

// shared/site/get.js
var I = 8e3;
var pr = 5;
var gr = "Code24-Elite/2.0 (+https://code24.dev)";
var yr = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var R = class extends Error {
  constructor(t, n, r, o) {
    super(t);
    this.id = t;
    this.detail = n;
    this.url = r;
    this.status = o;
  }
};
async function me(e, t, { accept: n, timeoutMs: r = I }) {
  const o = AbortSignal.timeout(Math.max(1, r));
  const i = { "User-Agent": gr, Accept: n, "Accept-Encoding": "gzip" };
  const s = /* @__PURE__ */ new Set();
  let a = new URL(e);
  for (; ; ) {
    a.hash = "";
    s.add(a.href);
    const c = await fetch(a, { redirect: "manual", signal: o, headers: i });
    const l = yr.has(c.status) ? c.headers.get("Location") : null;
    const d = l ? URL.parse(l, a) : null;
    if (!d) {
      const u = s.size - 1;
      return { url: a.href, status: c.status, headers: c.headers, response: c, redirects: u };
    }
    await c.body?.cancel();
    d.hash = "";
    if (!B(d, t)) throw new R("redirect_elsewhere", d.origin, a.href, c.status);
    if (s.has(d.href) || s.size > pr)
      throw new R("redirect_loop", d.href, a.href, c.status);
    a = d;
  }
}

// shared/site/crawl.js
var pe = 2 * 1024 * 1024;
var wr = 1024 * 1024;
var xr = 24;
var yt = 4;
var br = 2e4;
var Sr = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var vr = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function xt(e, t, n) {
  const r = Date.now() + br;
  const o = await wt(e, e, r);
  const i = [o];
  const s = /* @__PURE__ */ new Set([e.href, o.url]);
  let a = [o];
  for (let c = 0; c < t.depth && i.length < t.pages; c += 1) {
    const l = a.flatMap((p) => Tr(p, e)).filter((p) => !s.has(p) && s.add(p));
    const d = l.slice(0, t.pages - i.length);
    const u = await bt(d, (p) => wt(new URL(p), e, r));
    a = u.filter((p) => p.isHtml);
    i.push(...a);
  }
  await $r(i, e, n, r);
  return i;
}
async function wt(e, t, n) {
  const r = await me(e, t, { accept: Sr, timeoutMs: Math.min(I, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "text/html";
  const i = { url: r.url, status: r.status, headers: r.headers, contentType: o, assets: /* @__PURE__ */ new Map() };
  if (!z(o)) {
    await r.response.body?.cancel();
    return { ...i, isHtml: false, bytes: 0, truncated: false, document: new U() };
  }
  const { document: s, bytes: a, truncated: c, broken: l } = await pt(r.response, pe);
  if (l && s.elements.length === 0) throw new Error(l);
  return { ...i, isHtml: true, document: s, bytes: a, truncated: c || l !== null };
}
function Tr(e, t) {
  const n = w(e);
  const r = /* @__PURE__ */ new Set();
  for (const o of e.document.all("a")) {
    const i = URL.parse(f(o, "href") ?? "", n);
    if (!i || !f(o, "href") || !B(i, t) || vr.test(i.pathname)) continue;
    if (/\bnofollow\b/i.test(f(o, "rel") ?? "")) continue;
    i.hash = "";
    r.add(i.href);
  }
  return [...r];
}
function w(e) {
  const t = e.document.first("base");
  return URL.parse((t && f(t, "href")) ?? "", e.url) ?? new URL(e.url);
}
async function $r(e, t, n, r) {
  const o = new Set(e.flatMap(n).filter((a) => URL.canParse(a) && B(new URL(a), t)));
  const i = await bt([...o].slice(0, xr), (a) => kr(new URL(a), t, r));
  const s = new Map(i.map((a) => [a.asked, a]));
  for (const a of e) a.assets = s;
}
async function kr(e, t, n) {
  const r = await me(e, t, { accept: "*/*", timeoutMs: Math.min(I, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "";
  const i = W(r.response.body, wr);
  const s = new Uint8Array(await new Response(i.stream).arrayBuffer());
  const a = /css|javascript|json|text/.test(o);
  const c = a ? new TextDecoder().decode(s) : "";
  return { asked: e.href, url: r.url, status: r.status, headers: r.headers, bytes: s.length, text: c };
}
async function bt(e, t) {
  const n = [];
  for (let r = 0; r < e.length; r += yt) {
    const o = await Promise.allSettled(e.slice(r, r + yt).map(t));
    for (const i of o) if (i.status === "fulfilled") n.push(i.value);
  }
  return n;
}

// shared/elite/access.js
var ge = Object.fromEntries(
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
var St = [
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
    message: `The page was not read to its end; ${pe} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(e) {
      if (e.truncated) yield { detail: `${e.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var Ar = 5;
var vt = 300;
var Tt = { error: 0, warning: 1, info: 2 };
function ye(e, t, n, r) {
  return e.flatMap((o) => {
    const i = t.flatMap(
      (s) => o.check ? [...o.check(s, n)].map((a) => $t({ page: s.url, ...a })) : []
    );
    if (o.checkSite) i.push(...[...o.checkSite(t, n)].map($t));
    return i.length > 0 ? [ne(o, i, r)] : [];
  });
}
function kt(e) {
  return e.sort((t, n) => Tt[t.severity] - Tt[n.severity] || n.weight - t.weight);
}
function $t(e) {
  return e.page ? { ...e, page: Er(e.page) } : e;
}
function ne(e, t, n) {
  const { id: r, category: o, severity: i, weight: s, message: a, fix: c, fixedBy: l } = e;
  const d = l !== void 0 && n.includes(l);
  const u = d && t.every((y) => y.fixable !== false);
  const p = t.slice(0, Ar).map(({ fixable: y, detail: h, ...v }) => ({
    ...v,
    ...h === void 0 ? {} : { detail: Or(g(h)) }
  }));
  return { id: r, category: o, severity: i, weight: s, message: a, fix: c, fixable: u, count: t.length, evidence: p };
}
function At(e) {
  return Math.max(0, 100 - e.reduce((t, { weight: n }) => t + n, 0));
}
function Et(e) {
  const t = { error: 0, warning: 0, info: 0 };
  for (const { severity: n } of e) t[n] += 1;
  return t;
}
function Er(e) {
  const { pathname: t, search: n } = new URL(e);
  return t + n;
}
function Or(e) {
  return e.length > vt ? `${e.slice(0, vt - 1)}…` : e;
}

// shared/elite/history.js
var _r = 30;
var Lr = 6e4;
function Rr(e, t) {
  return `report:${e}:${t.slice(0, 400)}`;
}
function Cr(e, t) {
  const n = e.at(-1);
  const r = n && ["score", "error", "warning", "info"].every((o) => Reflect.get(n, o) === Reflect.get(t, o));
  if (r && Date.parse(t.at) - Date.parse(n.at) < Lr) return { runs: e, changed: false };
  return { runs: [...e, t].slice(-_r), changed: true };
}
function Nr(e) {
  if (!Array.isArray(e)) return [];
  return e.filter((t) => Number.isFinite(t?.score) && !Number.isNaN(Date.parse(t?.at)));
}
async function _t(e, t, n) {
  if (!t) return e;
  const r = Rr(e.type, e.site);
  try {
    const o = Nr(await t.get(r, "json"));
    const { runs: i, changed: s } = Cr(o, { at: e.fetchedAt, score: e.score, ...e.summary });
    if (s) n.waitUntil(t.put(r, JSON.stringify(i)).catch(Ot));
    return { ...e, trend: i };
  } catch (o) {
    Ot(o);
    return e;
  }
}
function Ot(e) {
  console.error("the trend is lost:", String(e?.message ?? e));
}

// shared/elite/parameters.js
var Lt = { depth: 1, pages: 5 };
var Rt = { depth: 3, pages: 10 };
function Ct(e, t) {
  const { url: n, problem: r } = Ne(e, "site", "https://example.com/");
  if (!n) return { problem: r ?? "" };
  n.hash = "";
  const o = e.optimizations;
  const i = Object.keys({ ...t.fixes, ...t.fileFixes });
  return {
    site: n,
    bounds: {
      depth: Math.min(ae(e.depth, Lt.depth), Rt.depth),
      pages: Math.max(1, Math.min(ae(e.pages, Lt.pages), Rt.pages))
    },
    optimizations: Array.isArray(o) ? i.filter((s) => o.includes(s)) : t.defaults
  };
}

// shared/elite/report_charts.js
var Nt = 52;
var M = 220;
var G = 56;
function Ut(e) {
  const t = 2 * Math.PI * Nt;
  const n = t * e / 100;
  const r = `cx="60" cy="60" r="${Nt}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${e} of 100"><circle class="track" ${r}/>
<circle class="fill" ${r} stroke-linecap="round" stroke-dasharray="${n.toFixed(1)} ${t.toFixed(1)}"
 transform="rotate(-90 60 60)"${e === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${e}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function It(e) {
  const t = e.length > 1 ? M / (e.length - 1) : 0;
  const n = e.map(({ score: a }, c) => [e.length > 1 ? c * t : M, G - a / 100 * G]);
  const r = n.map(([a, c]) => `${a.toFixed(1)},${c.toFixed(1)}`).join(" ");
  const [o, i] = n.at(-1) ?? [M, G];
  const s = e.map(({ score: a }) => a).join(", ");
  return `<svg viewBox="-6 -6 ${M + 12} ${G + 12}" role="img" aria-label="Scores of the last runs: ${s}">
<path class="axis" d="M0 ${G}H${M}M0 0H${M}"/><polyline class="line" points="${r}"/>
<circle class="dot" cx="${o.toFixed(1)}" cy="${i.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var Mt = `
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
var re = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." }
};
var Ur = 3;
var Ir = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function Dt(e, t, n) {
  return new Response(Dr(e, t, n), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": Ir,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function Mr(e) {
  if (e >= 90) return { word: "Excellent", tone: "good" };
  if (e >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (e >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function Dr(e, t, n) {
  const r = new URL(e.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${m(`${e.score} · ${t} · ${r}`)}</title><style>${Mt}</style></head>
<body><header><p class="kind">${m(t)}</p><h1>${m(r)}</h1>
<p class="about"><a href="${m(e.finalUrl)}" rel="noreferrer">${m(e.finalUrl)}</a>
<span>${Hr(e)}, ${zr(e.fetchedAt)}</span></p></header>
<main>${jr(e)}${Br(e, n)}${Gr(e)}${Fr(e)}</main>
<footer><p><a href="${n}/report.json">This report as JSON</a> <a href="${n}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function Hr({ pages: e }) {
  return e.length === 1 ? "one page read" : `${e.length} pages read`;
}
function zr(e) {
  return `<time datetime="${m(e)}">${m(e.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function jr({ score: e, summary: t, trend: n }) {
  const { word: r, tone: o } = Mr(e);
  const i = (
    Object.keys(re).map((s) => {
      const { one: a, many: c } = re[s];
      const l = t[s];
      const d = `<b>${l}</b> ${l === 1 ? a : c}`;
      return `<li class="${s}">${l > 0 ? `<a href="#${s}">${d}</a>` : `<span>${d}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${o}">${Ut(e)}
<p><b>${r}</b></p></div><ul class="counts">${i.join("")}</ul>${n ? Pr(n) : ""}</section>`;
}
function Pr(e) {
  const t = e.at(-1)?.score ?? 0;
  const n = t - (e.at(-2)?.score ?? t);
  const r = e.length < 2 ? "First run" : n === 0 ? "Unchanged" : `${n > 0 ? "+" : "−"}${Math.abs(n)} points`;
  return `<div class="trend"><h2>Trend</h2>${It(e)}<p><b>${r}</b> ${e.length < 2 ? "" : `since the run before, ${e.length} runs`}</p></div>`;
}
function Br({ findings: e }, t) {
  if (e.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const n = [...e].sort((a, c) => c.weight - a.weight).slice(0, Ur);
  const r = e.filter((a) => a.fixable);
  const o = r.reduce((a, { weight: c }) => a + c, 0);
  const i = n.map(
    ({ fix: a, weight: c, id: l }) => `<li><a href="#${l}">${m(a)}</a>${we(c, "+")}</li>`
  );
  const s = r.length === 0 ? "" : `<p class="edge">optimize repairs <b>${r.length} of ${e.length}</b> at the edge:
<a href="${t}/optimize/">see the improved page</a>${we(o, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${i.join("")}</ol>${s}</section>`;
}
function we(e, t) {
  if (e === 0) return "";
  return ` <span class="points">${t}${e}<span class="quiet"> points</span></span>`;
}
function Gr({ title: e, description: t, finalUrl: n }) {
  if (typeof e !== "string" && typeof t !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${m(n)}</p>
<p class="headline">${m(String(e ?? "No title"))}</p>
<p>${m(String(t ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function Fr({ findings: e }) {
  return (
    Object.keys(re).map((t) => {
      const n = e.filter((s) => s.severity === t);
      if (n.length === 0) return "";
      const { many: r, lead: o } = re[t];
      const i = r[0].toUpperCase() + r.slice(1);
      return `<section class="group ${t}" id="${t}"><h2>${i} <span class="quiet">${n.length}</span></h2>
<p>${o}</p>${n.map(Wr).join("")}</section>`;
    }).join("")
  );
}
function Wr({ id: e, category: t, message: n, fix: r, fixable: o, weight: i, count: s, evidence: a }) {
  const c = o ? ` <span class="tag">repaired by optimize</span>` : "";
  const l = s > a.length ? `<li class="quiet">and ${s - a.length} more</li>` : "";
  return `<details id="${e}"><summary><span class="message">${m(n)}${c}</span>${we(i, "−")}</summary>
<p><b>What to do:</b> ${m(r)}</p><ul class="evidence">${a.map(qr).join("")}${l}</ul>
<p class="quiet">${m(t)} · <code>${m(e)}</code></p></details>`;
}
function qr({ page: e, selector: t, header: n, detail: r }) {
  const o = t ?? (n && `${n}:`);
  return `<li>${e ? `<span class="page">${m(e)}</span> ` : ""}${o ? `<code>${m(o)}</code> ` : ""}${r ? m(r) : ""}</li>`;
}

// shared/elite/worker.js
var Xr = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function Ht(e) {
  return {
    fetch(t, n, r) {
      const o = new URL(t.url);
      const i = Ce(n);
      const s = Yr(o, i.type ?? e.type);
      const a = o.pathname.slice(s.length);
      const c = a === "/optimize" || a.startsWith("/optimize/");
      const l = t.method === "GET" || t.method === "HEAD";
      if (!c && !l) return X(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!c && (Re(o) || a === "/health")) return Le();
      const d = Ct(i.parameters, e);
      if (!d.site) {
        return X(422, "invalid_parameters", d.problem, { field: "parameters.site" });
      }
      const { parameters: u } = i;
      if (c) return dt(t, { ...d, parameters: u, template: e, prefix: `${s}/optimize` });
      if (!Xr.has(a)) return j(t, "Page not found", 404, "not_found", "There is no such page.");
      return Jr(t, e, { ...d, parameters: u, prefix: s }, n, r);
    }
  };
}
function Yr(e, t) {
  const n = `/elite/${t}`;
  return e.pathname === n || e.pathname.startsWith(`${n}/`) ? n : "";
}
async function Jr(e, t, n, r, o) {
  try {
    const i = await _t(await Kr(t, n), r.HISTORY, o);
    return Vr(e) ? Dt(i, t.title, n.prefix) : q(200, i, { Vary: "Accept" });
  } catch (i) {
    const s = Y(i, I);
    const a = { site: n.site.href, reason: s };
    const c = `${n.site.href} could not be read: ${s}.`;
    return j(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
}
function Vr(e) {
  const t = new URL(e.url).pathname;
  if (t.endsWith(".json")) return false;
  return t.endsWith(".html") || (e.headers.get("Accept") ?? "").includes("text/html");
}
async function Kr(e, { site: t, bounds: n, optimizations: r, parameters: o }) {
  const i = { type: e.type, site: t.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let s;
  try {
    s = await xt(t, n, e.assets);
  } catch (h) {
    if (!(h instanceof R)) throw h;
    const v = [ne(ge[h.id], [{ header: "Location", detail: h.detail }], [])];
    return { ...i, finalUrl: h.url, status: h.status, ...xe(v), pages: [] };
  }
  const [a] = s;
  const c = { ...i, finalUrl: a.url, status: a.status };
  const l = s.map(({ url: h, status: v, bytes: H }) => ({ url: h, status: v, bytes: H }));
  if (!a.isHtml) {
    const { contentType: h } = a;
    const v = [ne(ge.not_html, [{ header: "Content-Type", detail: h }], [])];
    return { ...c, contentType: h, ...xe(v), pages: l };
  }
  for (const h of s) e.prepare?.(h);
  const d = { site: t, parameters: o };
  const u = s.filter((h) => h === a || h.isHtml && h.status < 400);
  const p = ye(St, s, d, r);
  const y = kt([...p, ...ye(e.audits, u, d, r)]);
  return { ...c, ...xe(y), pages: l, optimizations: r, ...e.facts?.(a) };
}
function xe(e) {
  return { score: At(e), summary: Et(e), findings: e };
}

// shared/checks/words.js
var Zr = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " "
  )
);
var Qr = /[a-zà-ÿ]{3,}/i;
function zt(e) {
  const t = e.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter((r) => r && !Zr.has(r.toLowerCase()) && !/^\d+(x\d+)?$/i.test(r) && !eo(r));
  const n = t.join(" ").slice(0, 80);
  return Qr.test(n) ? n : null;
}
function eo(e) {
  return /^[0-9a-f]{6,}$/i.test(e) && /\d/.test(e) || e.length > 12 && /\d/.test(e);
}
function jt(e) {
  const t = e.split(/[?#]/)[0].replace(/\/+$/, "");
  const n = t.slice(t.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(n);
  } catch {
    return n;
  }
}

// shared/checks/alt.js
function oe(e) {
  const t = e("alt") ?? null;
  if (t !== null && (t === "" || t.trim() !== "")) return false;
  if (["aria-label", "aria-labelledby", "title"].some((n) => (e(n) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(e("role") ?? "") && e("aria-hidden") !== "true";
}
function Pt(e) {
  const t = [e("width"), e("height")].map((r) => Number.parseInt(r ?? "", 10));
  if (t.some((r) => r <= 2) || (e("alt") ?? null) !== null) return "";
  const n = g(e("src") ?? "");
  return n.startsWith("data:") ? null : zt(jt(n));
}
var Bt = {
  id: "image_alt_missing",
  category: "images",
  severity: "warning",
  weight: 5,
  message: "Some images have no alt attribute.",
  fix: 'Describe what each image shows; alt="" for pure decoration.',
  fixedBy: "alt",
  *check({ document: e }) {
    for (const t of e.all("img")) {
      const n = (r) => t.attributes[r];
      if (!oe(n) || te(t)) continue;
      yield { selector: S(t), detail: f(t, "class") ?? void 0, fixable: Pt(n) !== null };
    }
  }
};
function Gt({ on: e, prefix: t }) {
  e("img", {
    element(n) {
      const r = (i) => Ve(n.getAttribute(i), t);
      const o = oe(r) ? Pt(r) : null;
      if (o !== null) A(n, "alt", o);
    }
  });
}

// shared/checks/headings.js
var Ft = [
  {
    id: "h1_missing",
    category: "structure",
    severity: "warning",
    weight: 8,
    message: "The page has no main heading (h1).",
    fix: "Give every page one h1 that says what it is about.",
    *check({ document: e }) {
      if (!e.first("h1")) yield { selector: "body" };
    }
  },
  {
    id: "h1_multiple",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page has several main headings (h1).",
    fix: "Keep one h1; make the others h2.",
    *check({ document: e }) {
      const t = e.all("h1").filter((n) => !te(n));
      if (t.length < 2) return;
      for (const n of t) yield { selector: S(n), detail: e.textOf(n) };
    }
  }
];

// shared/checks/language.js
var to = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function Se(e) {
  return to.test(e);
}
function E(e) {
  const t = (e ?? "").trim().replaceAll("_", "-");
  return Se(t) ? t : null;
}
function be(e, t, n, r) {
  return E(e) ?? E(t) ?? E(r.language) ?? E(n.get("Content-Language"));
}
var Wt = [
  {
    id: "lang_missing",
    category: "language",
    severity: "warning",
    weight: 5,
    message: "The html element doesn't tell the language.",
    fix: 'Say it: <html lang="en">, or set parameters.language and let optimize do it.',
    fixedBy: "language",
    *check({ document: e, headers: t }, { parameters: n }) {
      const r = e.first("html");
      if (r && f(r, "lang")) return;
      const o = r !== void 0 && be(null, r.attributes["xml:lang"], t, n) !== null;
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
    *check({ document: e, headers: t }, { parameters: n }) {
      const r = e.first("html");
      const o = r && f(r, "lang");
      if (!r || !o || Se(o)) return;
      const i = be(o, r.attributes["xml:lang"], t, n);
      yield { selector: "html", detail: o, fixable: i !== null };
    }
  }
];
function qt({ on: e, headers: t, parameters: n }) {
  e("html", {
    element(r) {
      const o = r.getAttribute("lang");
      if (o && Se(o.trim())) return;
      const i = be(o, r.getAttribute("xml:lang"), t, n);
      if (i) A(r, "lang", i);
    }
  });
}

// shared/page/color.js
var no = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080"
};
function Xt(e) {
  const t = (e ?? "").trim().toLowerCase();
  const n = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(no[t] ?? t)?.[1];
  if (n) {
    const o = n.length === 3 ? n.replace(/./g, "$&$&") : n;
    return (
      [0, 2, 4].map((i) => Number.parseInt(o.slice(i, i + 2), 16))
    );
  }
  const r = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*(?:[,/]\s*(?:1|1\.0|100%)\s*)?\)$/.exec(t);
  return r && /** @type {Rgb} */
  r.slice(1, 4).map((o) => Math.min(255, Number(o)));
}

// shared/page/css.js
var ro = 8e3;
function Yt(e) {
  const t = e.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  const n = [];
  const r = [];
  let o = 0;
  for (let i = 0; i < t.length && n.length < ro; i += 1) {
    const s = t[i];
    if (s === '"' || s === "'") i = Jt(t, i);
    else if (s === ";") o = i + 1;
    else if (s === "}") {
      r.pop();
      o = i + 1;
    } else if (s === "{") {
      const a = t.slice(o, i).trim();
      if (/^@(media|supports|layer|container)\b/i.test(a)) r.push(a);
      else {
        const c = oo(t, i);
        if (a) {
          const l = t.slice(i + 1, c);
          n.push({
            selector: a,
            declarations: ve(l),
            important: io(l),
            media: [...r]
          });
        }
        i = c;
      }
      o = i + 1;
    }
  }
  return n;
}
function Jt(e, t) {
  for (let n = t + 1; n < e.length; n += 1) {
    if (e[n] === "\\") n += 1;
    else if (e[n] === e[t] || e[n] === "\n") return n;
  }
  return e.length;
}
function oo(e, t) {
  let n = 0;
  for (let r = t; r < e.length; r += 1) {
    const o = e[r];
    if (o === '"' || o === "'") r = Jt(e, r);
    else if (o === "{") n += 1;
    else if (o === "}" && --n === 0) return r;
  }
  return e.length;
}
function ve(e) {
  const t = /* @__PURE__ */ new Map();
  for (const n of e.split(/;(?![^(]*\))/)) {
    const r = n.indexOf(":");
    if (r < 0 || n.includes("{")) continue;
    const o = n.slice(r + 1).replace(/!\s*important/i, "").trim();
    t.set(n.slice(0, r).trim().toLowerCase(), o);
  }
  return t;
}
function io(e) {
  return new Set([...e.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, t]) => t.toLowerCase()));
}

// templates/elite/brand/src/facts.js
var so = 50;
var ao = ["h1", "h2", "h3", "h4", "h5", "h6"];
function Kt(e) {
  const { document: t } = e;
  const n = w(e);
  const r = (c) => URL.parse(c ?? "", n)?.href ?? c;
  const o = Vt(t, "og:");
  if (o.image) o.image = String(r(o.image));
  const i = t.links("canonical")[0];
  const s = t.first("html");
  const a = t.all("img");
  return {
    title: O(t),
    description: t.meta("description"),
    canonical: i ? r(f(i, "href")) : null,
    language: s ? f(s, "lang") : null,
    openGraph: o,
    twitter: Vt(t, "twitter:"),
    icons: ie(t).map((c) => ({
      rel: f(c, "rel"),
      href: r(f(c, "href")),
      sizes: f(c, "sizes"),
      type: f(c, "type")
    })),
    headings: Object.fromEntries(
      ao.map((c) => [
        c,
        t.all(c).slice(0, so).map((l) => t.textOf(l))
      ])
    ),
    images: { total: a.length, withoutAlt: a.filter((c) => oe((l) => c.attributes[l])).length },
    links: co(t, n),
    colors: F(t),
    fonts: Te(e),
    truncated: e.truncated
  };
}
function O(e) {
  const t = e.all("title").find(({ parent: n }) => n?.tag !== "svg");
  return t ? e.textOf(t) : null;
}
function ie(e) {
  return e.all("link").filter((t) => f(t, "href") && /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(f(t, "rel") ?? ""));
}
function F(e) {
  const t = e.all("meta").filter((n) => f(n, "name")?.toLowerCase() === "theme-color");
  return t.flatMap((n) => f(n, "content") ?? []);
}
function Te(e) {
  const t = /* @__PURE__ */ new Set();
  for (const n of e.document.links("stylesheet")) {
    const r = URL.parse(f(n, "href") ?? "", w(e));
    if (r?.hostname === "fonts.googleapis.com")
      for (const o of r.searchParams.getAll("family"))
        for (const i of o.split("|")) t.add(i.split(":")[0]);
  }
  return [...t];
}
function $e(e, t) {
  return N(e).toLowerCase().includes(N(String(t)).toLowerCase());
}
function Vt(e, t) {
  const n = {};
  for (const r of e.all("meta")) {
    const o = (f(r, "property") ?? f(r, "name") ?? "").toLowerCase();
    const i = f(r, "content");
    if (i && o.startsWith(t)) n[o.slice(t.length)] ??= i;
  }
  return n;
}
function co(e, t) {
  const n = { internal: 0, external: 0 };
  const r = (o) => o.hostname.replace(/^www\./, "");
  for (const o of e.all("a")) {
    const i = f(o, "href");
    const s = i && !i.startsWith("#") ? URL.parse(i, t) : null;
    if (!s || !["http:", "https:"].includes(s.protocol)) continue;
    n[r(s) === r(t) ? "internal" : "external"] += 1;
  }
  return n;
}

// templates/elite/brand/src/search.js
var lo = { min: 10, max: 60 };
var fo = { min: 50, max: 160 };
var Zt = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;
var ke = (e) => [...e ?? ""].length;
function Qt(e, { min: t, max: n }, r, o, i) {
  const s = e === "title" ? "title" : 'meta[name="description"]';
  const a = e === "title" ? "title" : "meta description";
  const c = { category: "search", severity: (
    "warning"
  ), weight: r.length };
  return [
    {
      ...c,
      id: `${e}_missing`,
      severity: "error",
      weight: r.missing,
      message: `The page has no ${a}.`,
      fix: `Write a ${a} of ${t} to ${n} characters for this page alone.`,
      fixedBy: e,
      *check(l, { parameters: d }) {
        if (ke(o(l)) > 0) return;
        yield { selector: s, fixable: l.document.headEnds && i(l, d) !== null };
      }
    },
    {
      ...c,
      id: `${e}_too_short`,
      message: `The ${e} is shorter than ${t} characters.`,
      fix: `Say what the page offers, in ${t} to ${n} characters.`,
      *check(l) {
        const d = o(l);
        if (d && ke(d) < t) yield { selector: s, detail: d };
      }
    },
    {
      ...c,
      id: `${e}_too_long`,
      message: `The ${e} is longer than ${n} characters.`,
      fix: `Put what matters first and stop at ${n} characters: the rest is cut off.`,
      *check(l) {
        const d = o(l);
        if (ke(d) > n) yield { selector: s, detail: d ?? "" };
      }
    }
  ];
}
var en = (e) => O(e.document);
var ho = (e) => e.document.meta("description");
var tn = [
  {
    id: "noindex",
    category: "search",
    severity: "error",
    weight: 15,
    message: "The page asks search engines not to list it.",
    fix: "Take noindex out of the robots meta tag or the X-Robots-Tag header, if the page is meant to be found.",
    *check({ document: e, headers: t }) {
      const n = e.meta("robots");
      const r = t.get("X-Robots-Tag");
      if (n && Zt.test(n)) yield { selector: 'meta[name="robots"]', detail: n };
      if (r && Zt.test(r)) yield { header: "X-Robots-Tag", detail: r };
    }
  },
  ...Qt("title", lo, { missing: 15, length: 5 }, en, ({ document: e }, t) => {
    if (O(e) !== null) return null;
    return e.meta("og:title") ?? t.brandName ?? null;
  }),
  ...Qt("description", fo, { missing: 10, length: 4 }, ho, ({ document: e }, t) => {
    return e.meta("og:description") ?? t.description ?? null;
  }),
  {
    id: "canonical_missing",
    category: "search",
    severity: "info",
    weight: 1,
    message: "The page doesn't say which of its addresses is the one to list.",
    fix: `Add <link rel="canonical"> with the page's own full address.`,
    fixedBy: "canonical",
    *check({ document: e, status: t }) {
      if (t < 400 && e.links("canonical").length === 0)
        yield { selector: 'link[rel="canonical"]', fixable: e.headEnds };
    }
  },
  {
    id: "canonical_invalid",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The canonical address can't be followed as it stands.",
    fix: "Give one full address (https://…), the same in every canonical link of the page.",
    fixedBy: "canonical",
    *check(e) {
      const t = e.document.links("canonical");
      const n = t.map((o) => f(o, "href") ?? "");
      const r = new Set(n.map((o) => URL.parse(o, w(e))?.href)).size > 1;
      for (const [o, i] of t.entries()) {
        const s = URL.canParse(n[o]);
        const a = URL.canParse(n[o], e.url);
        if (r || !s)
          yield { selector: S(i), detail: n[o], fixable: a && !r };
      }
    }
  },
  {
    id: "brand_not_in_title",
    category: "search",
    severity: "warning",
    weight: 5,
    message: "The brand's name isn't in the title.",
    fix: "End the title with the brand's name.",
    *check(e, { parameters: t }) {
      const n = t.brandName || e.document.meta("og:site_name");
      const r = en(e);
      if (n && r && !$e(r, n)) yield { selector: "title", detail: String(n) };
    }
  },
  {
    id: "brand_not_in_h1",
    category: "search",
    severity: "info",
    weight: 3,
    message: "The brand's name isn't in the main heading.",
    fix: "Say the brand's name in the home page's main heading.",
    *checkSite([e], { parameters: t }) {
      const n = t.brandName || e.document.meta("og:site_name");
      const r = e.document.all("h1").map((o) => e.document.textOf(o));
      if (n && r.length > 0 && !$e(r.join(" "), n))
        yield { page: e.url, selector: "h1", detail: String(n) };
    }
  }
];
function x({ on: e }, t) {
  const n = { content: null };
  e(`meta[property="${t}" i], meta[name="${t}" i]`, {
    element(r) {
      const o = g(r.getAttribute("content") ?? "");
      if (o) n.content ??= o;
    }
  });
  return n;
}
function nn({ on: e }) {
  const t = { text: "" };
  e("title", { text: (n) => void (t.text += n.text) });
  return t;
}
function rn(e) {
  const t = x(e, "og:title");
  let n = false;
  e.on("title", { element: () => void (n = true) });
  e.atHeadEnd(() => {
    const r = t.content ?? e.parameters.brandName;
    return n || !r ? "" : `<title>${b(r)}</title>
`;
  });
}
function on(e) {
  const t = x(e, "description");
  const n = x(e, "og:description");
  e.atHeadEnd(() => {
    const r = n.content ?? e.parameters.description;
    return t.content || !r ? "" : `<meta name="description" content="${b(r)}">
`;
  });
}
function sn(e) {
  let t = false;
  e.on('link[rel~="canonical" i]', { element: (n) => void (t ||= Boolean(n.getAttribute("href"))) });
  e.atHeadEnd(() => t ? "" : `<link rel="canonical" href="${b(Ae(e.url))}">
`);
}
var uo = /^(utm_.*|gclid|fbclid|msclkid|mc_[ce]id)$/;
function Ae(e) {
  const t = new URL(e);
  for (const n of [...t.searchParams.keys()]) if (uo.test(n)) t.searchParams.delete(n);
  t.hash = "";
  return t.href;
}

// templates/elite/brand/src/identity.js
function D(e) {
  const t = e.document.links("manifest")[0];
  const n = t && URL.parse(f(t, "href") ?? "", w(e))?.href;
  const r = n ? e.assets.get(n) : void 0;
  if (!t || !r) return { link: t, content: void 0 };
  try {
    const o = r.status < 400 ? JSON.parse(r.text) : null;
    return { link: t, content: o && typeof o === "object" ? o : null };
  } catch {
    return { link: t, content: null };
  }
}
var an = [
  {
    id: "icon_missing",
    category: "identity",
    severity: "warning",
    weight: 8,
    message: "The page declares no icon.",
    fix: 'Add <link rel="icon">, best an SVG; or set parameters.icon and let optimize add it.',
    fixedBy: "icons",
    *check({ document: e }, { parameters: t }) {
      if (ie(e).length === 0)
        yield { selector: 'link[rel="icon"]', fixable: e.headEnds && Boolean(t.icon) };
    }
  },
  {
    id: "touch_icon_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no icon for home screens of iOS.",
    fix: 'Add <link rel="apple-touch-icon"> with a PNG of 180 by 180 pixels.',
    *checkSite([e]) {
      const t = ie(e.document).some((n) => /apple-touch-icon/i.test(f(n, "rel") ?? ""));
      if (!t) yield { page: e.url, selector: 'link[rel="apple-touch-icon"]' };
    }
  },
  {
    id: "manifest_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no web app manifest: the site can't be installed under its own name and icon.",
    fix: 'Add <link rel="manifest"> with name, icons and colours.',
    *checkSite([e]) {
      if (!D(e).link) yield { page: e.url, selector: 'link[rel="manifest"]' };
    }
  },
  {
    id: "manifest_invalid",
    category: "identity",
    severity: "warning",
    weight: 3,
    message: "The web app manifest can't be used.",
    fix: "Serve it as JSON with name and icons.",
    *checkSite([e]) {
      const { link: t, content: n } = D(e);
      if (!t || n === void 0) return;
      const r = n === null ? "no JSON" : ["name", "icons"].filter((o) => !n[o]?.length).join(", ");
      if (r) yield { page: e.url, selector: S(t), detail: n ? `without ${r}` : r };
    }
  },
  {
    id: "theme_color_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "The page declares no theme-color.",
    fix: 'Add <meta name="theme-color">; or set parameters.themeColor and let optimize add it.',
    fixedBy: "themeColor",
    *check({ document: e }, { parameters: t }) {
      if (F(e).length === 0)
        yield { selector: 'meta[name="theme-color"]', fixable: e.headEnds && Boolean(t.themeColor) };
    }
  },
  {
    id: "logo_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "No logo was recognised on the page.",
    fix: "Show the logo in the header, linked to the home page, with the brand's name as its alternative text.",
    *checkSite([e]) {
      const { document: t } = e;
      const n = t.elements.some((r) => {
        if (r.inert || !["img", "svg", "a", "picture"].includes(r.tag)) return false;
        const o = ["class", "id", "src", "alt"].map((i) => r.attributes[i] ?? "").join(" ");
        return /logo|brand/i.test(o) || r.tag === "svg" && ut(r, "header") !== null;
      });
      if (!n) yield { page: e.url, selector: "header img" };
    }
  }
];
function cn(e) {
  const { icon: t } = e.parameters;
  if (!t) return;
  let n = false;
  e.on("link", {
    element(r) {
      n ||= /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(g(r.getAttribute("rel") ?? ""));
    }
  });
  e.atHeadEnd(() => n ? "" : `<link rel="icon" href="${b(t)}">
`);
}
function ln(e) {
  const { themeColor: t } = e.parameters;
  if (!t) return;
  const n = x(e, "theme-color");
  e.atHeadEnd(() => n.content ? "" : `<meta name="theme-color" content="${b(t)}">
`);
}

// templates/elite/brand/src/organization.js
var mo = /^(www\.|[a-z]{2}\.)?(facebook|instagram|linkedin|youtube|tiktok|pinterest|twitter|x|xing|github|mastodon|threads|bsky)\.(com|net|social|app)$/;
var po = /(Organization|Corporation|Business|Store|Restaurant|Hotel|Company|Brand|Person|Airline|NGO)$/;
var Ee = (e) => un(e).some((t) => po.test(t));
function se(e) {
  const t = [];
  const n = [];
  for (const [r, o] of dn(e).entries()) {
    try {
      hn(JSON.parse(e.source(o)), t, 0);
    } catch {
      n.push(`script[type="application/ld+json"]:nth-of-type(${r + 1})`);
    }
  }
  return { things: t, broken: n };
}
function dn(e) {
  return e.all("script").filter((t) => f(t, "type")?.toLowerCase() === "application/ld+json");
}
var go = 6;
function hn(e, t, n) {
  if (e === null || typeof e !== "object" || n > go) return;
  if (e["@type"]) t.push(e);
  for (const r of Object.values(e)) hn(r, t, n + 1);
}
function un(e) {
  return [e["@type"]].flat().map(String);
}
var mn = (e, t) => se(e.document).things.some(t);
function yo(e, t) {
  const n = Boolean(t.brandName ?? e.document.meta("og:site_name"));
  return n && dn(e.document).length === 0 && e.document.elements.some(({ tag: r }) => r === "body");
}
function fn(e, t, n, r) {
  return {
    id: t,
    category: "organization",
    severity: "info",
    weight: n,
    message: `The home page has no structured data of type ${e}.`,
    fix: `Describe it in JSON-LD (schema.org ${e}); or set parameters.brandName and let optimize do it.`,
    fixedBy: "structuredData",
    *checkSite([o], { parameters: i }) {
      if (o.status < 400 && !mn(o, r))
        yield {
          page: o.url,
          selector: 'script[type="application/ld+json"]',
          fixable: yo(o, i)
        };
    }
  };
}
var pn = [
  {
    id: "structured_data_invalid",
    category: "organization",
    severity: "warning",
    weight: 4,
    message: "Some structured data is no JSON, so nobody reads it.",
    fix: "Repair the JSON; validator.schema.org shows where it breaks.",
    *check({ document: e }) {
      for (const t of se(e).broken) yield { selector: t };
    }
  },
  fn("Organization", "organization_missing", 2, Ee),
  fn("WebSite", "website_missing", 1, (e) => un(e).includes("WebSite")),
  {
    id: "social_links_missing",
    category: "organization",
    severity: "info",
    weight: 1,
    message: "The page leads to no profile of the brand in social networks.",
    fix: "Link the profiles in the footer, and list them as sameAs in the structured data.",
    *checkSite([e]) {
      const { document: t } = e;
      const n = t.all("a").some((r) => {
        const o = URL.parse(f(r, "href") ?? "");
        return o !== null && mo.test(o.hostname);
      });
      if (!n && !mn(e, (r) => [r.sameAs].flat().some(Boolean)))
        yield { page: e.url, selector: "footer a" };
    }
  }
];
function gn(e) {
  const { site: t, url: n, parameters: r } = e;
  if (n.pathname !== t.pathname) return;
  const o = x(e, "og:site_name");
  let i = false;
  e.on('script[type="application/ld+json" i]', { element: () => void (i = true) });
  e.atBodyEnd(() => {
    const s = r.brandName ?? o.content;
    if (i || !s) return "";
    const a = `${t.origin}/`;
    const c = {
      "@type": "Organization",
      "@id": `${a}#organization`,
      name: s,
      url: a,
      ...r.logo && { logo: r.logo },
      ...r.profiles?.length && { sameAs: r.profiles }
    };
    const l = { "@type": "WebSite", name: s, url: a, publisher: { "@id": c["@id"] } };
    const d = { "@context": "https://schema.org", "@graph": [c, l] };
    return `<script type="application/ld+json">${nt(d)}<\/script>
`;
  });
}

// templates/elite/brand/src/consistency.js
var yn = 4;
var wo = /^(serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-.*|inherit|initial|unset|-apple-system|blinkmacsystemfont|var\(.*)$/i;
var xo = /awesome|icons?\b|glyph|symbol|emoji|material/i;
function bo(e) {
  const { document: t } = e;
  const n = se(t).things.find((o) => Ee(o) && typeof o.name === "string");
  const r = [
    ["og:site_name", t.meta("og:site_name")],
    ["application-name", t.meta("application-name")],
    ["apple-mobile-web-app-title", t.meta("apple-mobile-web-app-title")],
    ["structured data", n?.name],
    ["manifest", typeof D(e).content?.name === "string" ? D(e).content.name : null]
  ];
  return r.flatMap(([o, i]) => i ? [
    [o, N(i)]
  ] : []);
}
function So(e) {
  const t = new Set(Te(e).map((s) => s.toLowerCase()));
  const { document: n } = e;
  const r = n.links("stylesheet").flatMap((s) => {
    const a = URL.parse(f(s, "href") ?? "", w(e))?.href;
    return a && e.assets.get(a)?.text || [];
  });
  const o = [...r, ...n.all("style").map((s) => n.source(s))].flatMap(Yt);
  const i = o.filter(({ selector: s }) => !s.startsWith("@")).map(({ declarations: s }) => s);
  i.push(
    ...n.elements.flatMap(({ attributes: s }) => s.style ? ve(s.style) : [])
  );
  for (const s of i) {
    const a = s.get("font-family")?.split(",")[0].trim().replace(/^["']|["']$/g, "").toLowerCase();
    if (a && !wo.test(a) && !xo.test(a)) t.add(a);
  }
  return t;
}
var wn = [
  {
    id: "titles_repeated",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "Several pages have the same title.",
    fix: "Give each page a title of its own.",
    *checkSite(e) {
      const t = /* @__PURE__ */ new Map();
      for (const n of e) {
        const r = O(n.document);
        if (r && t.has(r)) yield { page: n.url, selector: "title", detail: r };
        else if (r) t.set(r, n);
      }
    }
  },
  {
    id: "names_differ",
    category: "consistency",
    severity: "warning",
    weight: 3,
    message: "The brand's name is written in different ways.",
    fix: "Use one spelling in og:site_name, application-name, manifest and structured data.",
    *checkSite(e) {
      const t = e.flatMap((r) => bo(r).map(([o, i]) => ({ page: r.url, where: o, name: i })));
      const n = new Map(t.map((r) => [r.name, r]));
      if (n.size < 2) return;
      for (const { page: r, where: o, name: i } of n.values()) yield { page: r, selector: o, detail: i };
    }
  },
  {
    id: "colors_differ",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: "Pages and manifest name different theme colours.",
    fix: "Use the brand's colour everywhere; a second one for dark mode belongs in a media attribute.",
    *checkSite(e) {
      const t = /* @__PURE__ */ new Map();
      for (const n of e) {
        const r = n.document.all("meta").some((o) => f(o, "media")) ? [] : F(n.document);
        for (const o of [...r, ...[D(n).content?.theme_color].filter(Boolean)]) {
          const i = Xt(String(o))?.join() ?? String(o).toLowerCase();
          if (!t.has(i)) t.set(i, { page: n.url, detail: String(o) });
        }
      }
      if (t.size > 1) for (const n of t.values()) yield { ...n, selector: "theme-color" };
    }
  },
  {
    id: "fonts_many",
    category: "consistency",
    severity: "info",
    weight: 1,
    message: `The pages use more than ${yn} font families.`,
    fix: "Choose one family for headings and one for text.",
    *checkSite(e) {
      const t = new Set(e.flatMap((n) => [...So(n)]));
      if (t.size > yn) yield { selector: "font-family", detail: [...t].join(", ") };
    }
  }
];

// templates/elite/brand/src/hreflang.js
var Oe = (e) => e.toLowerCase() === "x-default" || E(e) === e;
var xn = [
  {
    id: "hreflang_invalid",
    category: "languages",
    severity: "warning",
    weight: 4,
    message: "Some hreflang links have no valid language or no full address.",
    fix: "Use tags such as en or de-CH, and full addresses (https://…).",
    fixedBy: "hreflang",
    *check({ document: e, url: t }) {
      for (const n of e.links("alternate")) {
        const r = f(n, "hreflang");
        if (r === null) continue;
        const o = f(n, "href") ?? "";
        const i = (Oe(r) || E(r) !== null) && URL.canParse(o, t);
        if (!Oe(r) || !URL.canParse(o)) yield { selector: S(n), detail: r, fixable: i };
      }
    }
  },
  {
    id: "hreflang_incomplete",
    category: "languages",
    severity: "info",
    weight: 1,
    message: "The hreflang links leave out the page itself.",
    fix: "List every language's page on each of them, the page itself included.",
    *check({ document: e, url: t }) {
      const n = e.links("alternate").filter((o) => f(o, "hreflang"));
      const r = n.some((o) => URL.parse(f(o, "href") ?? "", t)?.href === t);
      if (n.length > 0 && !r) yield { selector: 'link[rel="alternate"][hreflang]' };
    }
  }
];
function bn({ on: e }) {
  e("link[hreflang]", {
    element(t) {
      const n = (t.getAttribute("hreflang") ?? "").trim();
      const r = E(n);
      if (!Oe(n) && r) A(t, "hreflang", r);
    }
  });
}

// templates/elite/brand/src/sharing.js
function C(e, t, n, r, o) {
  return {
    id: `${e.replace(":", "_")}_missing`,
    category: "sharing",
    severity: t,
    weight: n,
    message: `There is no ${e}: ${r}`,
    fix: `Add <meta property="${e}"> to the head.`,
    fixedBy: "sharing",
    *check(i, { parameters: s }) {
      if (i.status >= 400 || i.document.meta(e)) return;
      const a = i.document.headEnds && Boolean(o(i, s));
      yield { selector: `meta[property="${e}"]`, fixable: a };
    }
  };
}
var Sn = [
  C("og:title", "warning", 5, "shared links show whatever the network guesses.", (e, { brandName: t }) => {
    return O(e.document) || t;
  }),
  C("og:image", "warning", 8, "shared links have no picture.", (e, { shareImage: t }) => t),
  C("og:description", "info", 2, "shared links have no text.", (e, { description: t }) => {
    return e.document.meta("description") ?? t;
  }),
  C("og:url", "info", 1, "shares of one page count as several.", () => true),
  C("og:type", "info", 1, "networks don't know what the link is.", () => true),
  C("og:site_name", "info", 1, "shared links don't name the brand.", (e, { brandName: t }) => t),
  C("twitter:card", "info", 1, "X shows a small card without a picture.", () => true)
];
function vn(e) {
  const { parameters: t, url: n } = e;
  const r = nn(e);
  const o = x(e, "description");
  const i = Object.fromEntries(
    ["title", "image", "description", "url", "type", "site_name"].map((a) => [a, x(e, `og:${a}`)])
  );
  const s = x(e, "twitter:card");
  e.atHeadEnd(() => {
    const { brandName: a, shareImage: c } = t;
    const l = n.pathname === "/";
    const d = {
      title: g(r.text) || a,
      image: c,
      description: o.content ?? t.description,
      url: Ae(n),
      type: l ? "website" : "article",
      site_name: a
    };
    const u = Object.entries(d).flatMap(
      ([y, h]) => h && !i[y].content ? `<meta property="og:${y}" content="${b(h)}">
` : []
    );
    const p = i.image.content || c ? "summary_large_image" : "summary";
    if (!s.content) u.push(`<meta name="twitter:card" content="${p}">
`);
    return u.join("");
  });
}

// templates/elite/brand/src/template.js
var Tn = {
  language: qt,
  title: rn,
  description: on,
  canonical: sn,
  hreflang: bn,
  sharing: vn,
  icons: cn,
  themeColor: ln,
  structuredData: gn,
  alt: Gt
};
var $n = {
  type: "brand",
  title: "Brand report",
  audits: [
    ...tn,
    ...Sn,
    ...an,
    ...Ft,
    Bt,
    ...Wt,
    ...pn,
    ...xn,
    ...wn
  ],
  fixes: Tn,
  defaults: Object.keys(Tn),
  assets: (e) => {
    const t = [...e.document.links("manifest"), ...e.document.links("stylesheet")];
    return t.flatMap((n) => URL.parse(f(n, "href") ?? "", w(e))?.href ?? []);
  },
  facts: Kt
};

// templates/elite/brand/src/index.js
var Ys = Ht($n);
export {
  Ys as default
};

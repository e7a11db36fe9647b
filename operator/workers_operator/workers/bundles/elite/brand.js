// Generated from templates/elite/brand/src by `make bundles`. Do not edit.
// shared/errors.js
function b(e) {
  return String(e?.message ?? e);
}

// shared/html.js
function j(e) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(e ?? "");
}
function q(e, t) {
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
var Re = {
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
      if (o) return Object.hasOwn(Re, o) ? Re[o] : t;
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
function X(e, t, n = {}) {
  return Response.json(t, {
    status: e,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function Ce() {
  return X(200, { status: "ok" });
}
function Y(e, t, n, r = {}, o = {}) {
  return X(e, { error: { code: t, message: n, ...r } }, o);
}
function B(e, t, n, r, o, i = {}) {
  const s = (e.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return Y(n, r, o, i, { Vary: "Accept" });
  return new Response(En(n, t, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function J(e, t) {
  const n = e?.name === "TimeoutError" || e?.name === "AbortError";
  if (n) return `no answer within ${t} ms`;
  const r = b(e);
  return /^internal error/i.test(r) ? "no connection" : r;
}
function En(e, t, n) {
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
var On = "/.well-known/code24/health";
function Ue(e) {
  return e.pathname.endsWith(On);
}
function Ne(e) {
  const t = e.CONFIG ?? {};
  return { ...t, features: t.features ?? [], parameters: t.parameters ?? {} };
}
function Ie(e, t, n) {
  const r = e[t];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${t} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${t} must not hold credentials.` };
  return { url: o };
}
function ce(e, t) {
  return Number.isInteger(e) && e >= 0 ? e : t;
}

// shared/page/charset.js
var De = 1024;
function He(e) {
  return /charset=["']?([\w-]+)/i.exec(e ?? "")?.[1] ?? null;
}
var _n = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function ze(e) {
  return /charset/i.test(e) ? _n.test(He(e) ?? "") : true;
}
function Ln(e) {
  if (e[0] === 255 && e[1] === 254) return "utf-16le";
  if (e[0] === 254 && e[1] === 255) return "utf-16be";
  const t = String.fromCharCode(...e.subarray(0, De));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(t)?.[1] ?? null;
}
function Me(e) {
  try {
    new TextDecoder(e);
    return true;
  } catch {
    return false;
  }
}
async function je(e, t) {
  const n = He(t);
  const r = e.getReader();
  const { first: o, end: i } = await Rn(r);
  const s = Ln(o);
  const a = n && Me(n) ? n : s ?? "utf-8";
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
    new TextDecoderStream(Me(a) ? a : "utf-8")
  );
  return { stream: c.pipeThrough(l).pipeThrough(
    new TextEncoderStream()
  ), sniffed: s };
}
async function Rn(e) {
  let t = new Uint8Array();
  try {
    while (t.length < De) {
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
var [Z, le, Cn, Un, V, L, K, Be, k, Nn, Pe] = [...` !"'-/<=>?]`].map(
  (e) => e.charCodeAt(0)
);
var Ge = "--";
var qe = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var Xe = ["svg", "math"];
var In = [...qe, ...Xe, "a", "button", "link", "object", "select"];
var Mn = `b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
  menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`.split(/\s+/);
var Dn = "<![CDATA[";
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
    if (this.#e === Ge) return this.#d(t, n);
    if (this.#e) return this.#h(t, n);
    return t[n] === K ? this.#l(t, n) : this.#a(t, n, $(t, K, n));
  }
  #a(t, n, r) {
    if (r > n) this.#o.text(t, n, r, this.#e);
    return r;
  }
  #d(t, n) {
    const r = this.#t ? n + 2 : n;
    for (let i = $(t, k, n + 2); i < t.length; i = $(t, k, i + 1)) {
      const s = t[i - 1] === le && i - 3 >= r ? i - 3 : i - 2;
      if (t[s] !== V || t[s + 1] !== V) continue;
      this.#e = "";
      return i + 1;
    }
    const o = Math.max(n, t.length - 3);
    if (o > r) this.#t = false;
    return o > r ? o : n;
  }
  #h(t, n) {
    for (let r = $(t, K, n); r < t.length; r = $(t, K, r + 1)) {
      const o = r + 2 + this.#e.length;
      const i = o >= t.length && (r + 1 === t.length || t[r + 1] === L);
      if (!i && !(t[r + 1] === L && Ye(t[o]) && A(t, r + 2, this.#e)))
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
    if (We(r)) return this.#f(t, n, n + 1);
    if (t.length < n + 4) return n;
    if (r === L && We(t[n + 2])) return this.#f(t, n, n + 2);
    if (r !== L && r !== le && r !== Nn) return this.#a(t, n, n + 1);
    if (r === le && t[n + 2] === V && t[n + 3] === V) {
      this.#e = Ge;
      this.#t = true;
      return n + 2;
    }
    if (this.#n > 0 && A(t, n, Dn)) return this.#u(t, n);
    const o = $(t, k, n + 2);
    return o < t.length ? o + 1 : n;
  }
  #u(t, n) {
    let r = $(t, k, n);
    while (r < t.length && (t[r - 1] !== Pe || t[r - 2] !== Pe))
      r = $(t, k, r + 1);
    return r < t.length ? r + 1 : n;
  }
  #f(t, n, r) {
    const o = Fe(t, r);
    const i = this.#m(t, o);
    if (i >= t.length) return n;
    const s = r > n + 1;
    const a = In.find((l) => l.length === o - r && A(t, r, l)) ?? "";
    if (Xe.includes(a)) this.#n = Math.max(0, this.#n + Hn(s, t[i - 1] === L));
    else if (this.#n > 0 && !s && Mn.some((l) => l.length === o - r && A(t, r, l)))
      this.#n = 0;
    if (!s && this.#n === 0 && qe.includes(a)) this.#e = a;
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
      const o = this.#c(t, r, L);
      if (o >= t.length || t[o] === k) return o;
      const i = Fe(t, o + 1, Be);
      r = this.#c(t, i);
      if (t[r] !== Be) continue;
      r = this.#c(t, r + 1);
      const s = t[r];
      const a = s === Cn || s === Un;
      const c = a ? $(t, s, r + 1) : zn(t, r);
      this.#r.push(o, i, a ? r + 1 : r, c);
      r = a ? c + 1 : c;
    }
  }
  #c(t, n, r = Z) {
    let o = n;
    while (t[o] <= Z || t[o] === r) o += 1;
    this.#i += o - n;
    return o;
  }
};
function Hn(e, t) {
  if (e) return -1;
  return t ? 0 : 1;
}
function $(e, t, n) {
  let r = n;
  while (r < e.length && e[r] !== t) r += 1;
  return Math.min(r, e.length);
}
function Fe(e, t, n = k) {
  let r = t;
  while (r < e.length && !Ye(e[r]) && e[r] !== n) r += 1;
  return r;
}
function zn(e, t) {
  let n = t;
  while (e[n] > Z && e[n] !== k) n += 1;
  return n;
}
function A(e, t, n) {
  for (let r = 0; r < n.length; r += 1) if ((e[t + r] | 32) !== (n.charCodeAt(r) | 32)) return false;
  return true;
}
function Ye(e) {
  return e <= Z || e === L || e === k;
}
function We(e) {
  return e !== void 0 && (e | 32) >= 97 && (e | 32) <= 122;
}

// shared/rewrite/addresses.js
function R(e, t, n) {
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
function jn(e, t, n) {
  return e.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (r, o, i, s) => {
    return o + i + R(s, t, n);
  });
}
function P(e, t, n) {
  return e.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (r, o, i) => {
    return o + R(i, t, n);
  });
}
var fe = {};
for (const e of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) de(e, R);
for (const e of ["srcset", "imagesrcset", "data-srcset"]) de(e, jn);
de("style", P);
function de(e, t) {
  fe[e.length] = [...fe[e.length] ?? [], [e, t]];
}
function Ke(e, t) {
  return {
    attribute(n, r, o, i, s, a, c) {
      const [l, d] = fe[i - o]?.find(([y]) => A(n, o, y)) ?? [];
      if (!d || r === "link" && l === "href" || l === "data" && r !== "object") return;
      const u = et(n.subarray(s, a));
      const p = d(u, e, t);
      if (p !== u) c(s, a, p);
    }
  };
}
function Ze(e, t) {
  return t && e?.startsWith(`${t}/`) ? e.slice(t.length) : e;
}
var Bn = 8192;
function Qe(e, t) {
  let n = "";
  return new TransformStream({
    transform(r, o) {
      const i = n + et(r);
      const s = Math.max(...[...";{})"].map((c) => i.lastIndexOf(c))) + 1;
      const a = i.length - s > Bn ? i.length : s;
      n = i.slice(a);
      o.enqueue(Ve(P(i.slice(0, a), e, t)));
    },
    flush(r) {
      r.enqueue(Ve(P(n, e, t)));
    }
  });
}
var Je = 8192;
function et(e) {
  let t = "";
  for (let n = 0; n < e.length; n += Je) {
    t += String.fromCharCode(...e.subarray(n, n + Je));
  }
  return t;
}
function Ve(e) {
  const t = new Uint8Array(e.length);
  he(e, t, 0);
  return t;
}
function he(e, t, n) {
  for (let r = 0; r < e.length; r += 1) t[n + r] = e.charCodeAt(r);
}

// shared/rewrite/ahead.js
var Pn = 2048;
var Gn = ["as", "alt", "lang", "title", "content", "tabindex", "hreflang", "aria-level"];
var ee = class {
  #e = 0;
  #t = false;
  #n = [];
  #i = new Q(this);
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
    const s = Fn(t.subarray(0, o), i);
    return { end: o, bytes: s, sure: Math.max(0, s.length - this.#e) };
  }
  attribute(t, n, r, o, i, s) {
    const a = o - r;
    const c = Gn.some((l) => l.length === a && A(t, r, l));
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
        console.error("a fix was left out:", b(r));
        this.#r = this.#r.filter((o) => o !== n);
      }
    }
  }
  #a(t) {
    const n = Math.min(...this.#r.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= t) return t;
    this.#s((r) => r.letGo?.());
    if (t - n > Pn) return t;
    this.#i.reset();
    this.#t = false;
    return n;
  }
};
function Fn(e, t) {
  if (t.length === 0) return e;
  const n = t.reduce((s, { from: a, to: c, text: l }) => s + l.length - (c - a), 0);
  const r = new Uint8Array(e.length + n);
  let o = 0;
  let i = 0;
  for (const { from: s, to: a, text: c } of t) {
    r.set(e.subarray(o, s), i);
    i += s - o;
    he(c, r, i);
    i += c.length;
    o = a;
  }
  r.set(e.subarray(o), i);
  return r;
}

// shared/rewrite/flow.js
var ue = 32 * 1024;
var Wn = 1024 * 1024;
var tt = 32 * 1024;
var qn = 256;
var Xn = 62;
var nt = 10;
function rt(e, t, n) {
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
  Yn(s, r.writable.getWriter(), new ee(n), c);
  Vn(a, o.writable.getWriter(), c);
  return new Response(o.readable, i);
}
async function Yn(e, t, n, r) {
  let o = new ArrayBuffer(ue);
  let i = 0;
  const s = async (a, c) => {
    const { end: l, bytes: d, sure: u } = n.read(a, c);
    r.sure = Math.max(r.sure, 0) + u;
    if (d.length > 0) await t.write(d);
    i = a.length - l;
    a.copyWithin(0, l);
  };
  try {
    for (; ; ) {
      const { done: a, value: c } = await e.read(new Uint8Array(o, i));
      o = c?.buffer ?? new ArrayBuffer(i);
      if (!c || a) break;
      const l = i === ue || o.byteLength > ue;
      if (l && !c.includes(Xn)) i += c.byteLength;
      else await s(new Uint8Array(o, 0, i + c.byteLength), false);
      if (i === o.byteLength) o = Jn(o);
      if (i === Wn) await s(new Uint8Array(o, 0, i), true);
    }
    if (i > 0) await s(new Uint8Array(o, 0, i), true);
  } catch (a) {
    r.failure = a;
  }
  r.sure = Infinity;
  await Promise.allSettled([t.close(), e.cancel(r.failure)]);
}
function Jn(e) {
  const t = new ArrayBuffer(e.byteLength * 2);
  new Uint8Array(t).set(new Uint8Array(e));
  return t;
}
async function Vn(e, t, n) {
  let r = new ArrayBuffer(tt);
  try {
    for (; ; ) {
      const o = Math.max(1, Math.min(n.sure - qn, tt));
      const { done: i, value: s } = await e.readAtLeast(o, new Uint8Array(r));
      if (!s) break;
      n.sure -= s.byteLength;
      if (s.byteLength > 0) await t.write(s);
      if (i) break;
      r = s.buffer;
    }
    if (!n.failure) return await t.close();
    await scheduler.wait(nt);
    await t.abort(n.failure);
  } catch (o) {
    await scheduler.wait(nt);
    await Promise.allSettled([e.cancel(o), t.abort(o)]);
  }
}

// shared/rewrite/source.js
function v(e) {
  return e.replace(/[&<>"']|[^\x20-\x7e]/gu, (t) => `&#${t.codePointAt(0)};`);
}
function E(e, t, n) {
  e.setAttribute(t, v(n));
}
function ot(e) {
  return JSON.stringify(e).replace(/[<>&]|[^\x20-\x7e]/g, (t) => {
    return `\\u${t.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

// shared/rewrite/moving.js
var Kn = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
function it({ on: e, css: t, readAhead: n, url: r, site: o, prefix: i }) {
  n(Ke(o, i));
  t((s) => P(s, o, i));
  e("link[href]", {
    element(s) {
      const a = s.getAttribute("href") ?? "";
      const c = Kn.test(s.getAttribute("rel") ?? "");
      const l = c ? URL.parse(g(a), r)?.href : R(a, o, i);
      if (!l || l === a) return;
      if (c) E(s, "href", l);
      else s.setAttribute("href", l);
    }
  });
}

// shared/rewrite/rewriter.js
var st = 512 * 1024;
function ct(e, t) {
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
  for (const c of t) te(() => c(s));
  if (i.length > 0) tr(s, i);
  if (o.head.length > 0) Qn(s, o.head);
  if (o.body.length > 0) er(s, o.body);
  const a = new HTMLRewriter();
  for (const [c, l] of n) a.on(c, Zn(l));
  return { rewriter: a, readers: r };
}
function Zn(e) {
  const t = e.flatMap(({ element: r }) => r ?? []);
  const n = e.flatMap(({ text: r }) => r ?? []);
  return {
    ...t.length > 0 && { element: at(t) },
    ...n.length > 0 && { text: at(n) }
  };
}
function at(e) {
  return (t) => {
    for (const n of e) te(() => n(t));
  };
}
function te(e) {
  try {
    return e();
  } catch (t) {
    console.error("a fix was left out:", b(t));
    return void 0;
  }
}
function Qn({ on: e }, t) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return lt(t);
  };
  e("head", { element: (o) => o.onEndTag((i) => void i.before(r(), { html: true })) });
  e("body", { element: (o) => void o.before(r(), { html: true }) });
}
function er({ on: e }, t) {
  e("body", { element: (n) => n.onEndTag((r) => void r.before(lt(t), { html: true })) });
}
function lt(e) {
  return e.map((t) => te(t) ?? "").join("");
}
function tr({ on: e }, t) {
  let n = "";
  e("style", {
    text(r) {
      if (n.length > st) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > st;
      if (!o) return void r.remove();
      const i = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        t.reduce((s, a) => te(() => a(s)) ?? s, i),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// shared/rewrite/optimize.js
var ht = 3e4;
var nr = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var rr = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var ft = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
async function ut(e, t) {
  const n = new URL(e.url);
  const r = n.pathname.slice(t.prefix.length);
  if (r === "") return dt(`${t.prefix}/${n.search}`);
  if (r === "/" && n.search === "" && t.site.pathname !== "/")
    return dt(t.prefix + t.site.pathname + t.site.search);
  const o = or(t.site, r, n.search);
  let i;
  try {
    i = await ir(o, e);
  } catch (s) {
    const a = { site: t.site.href, reason: J(s, ht) };
    const c = `${t.site.href} could not be read: ${a.reason}.`;
    return B(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
  return sr(i, o, e, t);
}
function or(e, t, n) {
  const r = new URL(e.origin);
  r.pathname = t;
  r.search = n;
  return r;
}
function dt(e) {
  return new Response(null, { status: 302, headers: { Location: e, "Cache-Control": "no-store" } });
}
async function ir(e, t) {
  const n = new Headers();
  for (const [i, s] of t.headers) if (!rr.test(i)) n.append(i, s);
  const r = new AbortController();
  const o = setTimeout(() => r.abort(new DOMException("late", "TimeoutError")), ht);
  try {
    const { method: i, body: s } = t;
    return await fetch(e, { method: i, headers: n, body: s, redirect: "manual", signal: r.signal });
  } finally {
    clearTimeout(o);
  }
}
function sr(e, t, n, r) {
  const { site: o, prefix: i } = r;
  const s = lr(e, t, r);
  const a = s.get("Content-Type") ?? "";
  const { status: c, statusText: l } = e;
  if (nr.has(c) || !e.body) return new Response(null, { status: c, statusText: l, headers: s });
  const d = c !== 206;
  if (d && j(a) && ze(a)) {
    for (const z of ft) s.delete(z);
    const y = r.optimizations.flatMap((z) => r.template.fixes[z] ?? []);
    const { rewriter: h, readers: T } = ct({ ...r, url: t, headers: s }, [...y, it]);
    return rt(h, new Response(e.body, { status: c, statusText: l, headers: s }), T);
  }
  const u = d && /^text\/css\b/i.test(a);
  if (u) for (const y of ft) s.delete(y);
  if (c === 200 && !j(a)) ar(s, t, n, r);
  const p = u ? e.body.pipeThrough(Qe(o, i)) : e.body;
  return new Response(p, { ...cr(s), status: c, statusText: l, headers: s });
}
function ar(e, t, n, { template: r, optimizations: o }) {
  const i = n.headers.get("Accept-Encoding") ?? "";
  for (const s of o) r.fileFixes?.[s]?.(e, t, i);
}
function cr(e) {
  const t = /^(gzip|br)?$/i.test(e.get("Content-Encoding") ?? "");
  return t ? {} : { encodeBody: "manual" };
}
function lr(e, t, { site: n, prefix: r }) {
  const o = new Headers(e.headers);
  const i = o.get("Location");
  const s = i && URL.parse(i, t);
  if (i && s) {
    const c = s.origin === n.origin;
    o.set("Location", c ? R(s.href, n, r) : i);
  }
  const a = o.getSetCookie();
  o.delete("Set-Cookie");
  for (const c of a) o.append("Set-Cookie", c.replace(/;\s*domain=[^;]*/gi, ""));
  return o;
}

// shared/page/document.js
var fr = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var dr = new Set("li option dt dd tr td th p".split(" "));
var hr = /* @__PURE__ */ new Set(["noscript", "template"]);
var mt = 160;
var ur = 256;
function pe(e) {
  return fr.has(e);
}
var I = class {
  elements = [];
  doctype = null;
  charset = null;
  #e = [];
  #t = [];
  #n = null;
  headEnds = false;
  open(t, n, r = pe(t)) {
    const o = this.#t.at(-1);
    if (o && o.tag === t && dr.has(t)) this.close(o);
    const i = this.#t.at(-1) ?? null;
    const s = this.elements.length;
    const a = this.#e.length;
    const c = i !== null && (i.inert || hr.has(i.tag));
    const l = { tag: t, index: s, last: s, parent: i, attributes: n, textStart: a, textEnd: a, inert: c };
    this.elements.push(l);
    if (t === "body") this.headEnds = true;
    if (!r && this.#t.length < ur) this.#t.push(l);
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
function pt(e, ...t) {
  let n = e;
  while (n && !t.includes(n.tag)) n = n.parent;
  return n;
}
function mr(e) {
  if ((e("hidden") ?? null) !== null || e("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(e("style") ?? "");
}
function ne(e, t = true) {
  let n = e;
  for (; n; n = n.parent) {
    const { attributes: r, styles: o } = n;
    if (mr((i) => r[i])) return true;
    if (t && (o?.display === "none" || o?.visibility === "hidden")) return true;
  }
  return false;
}
function S(e) {
  const { tag: t } = e;
  const n = f(e, "id");
  if (n) return me(`${t}#${n}`);
  for (const o of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const i = f(e, o);
    if (i) return `${t}[${o}="${me(i)}"]`;
  }
  const r = f(e, "class");
  return me(r ? `${t}.${r.split(/\s+/).join(".")}` : t);
}
function me(e) {
  return e.length > mt ? `${e.slice(0, mt)}…` : e;
}

// shared/page/read.js
var gt = 2e4;
async function yt(e, t) {
  const n = new I();
  const r = q(e.body, t);
  let o = null;
  try {
    const { stream: i, sniffed: s } = await je(r.stream, e.headers.get("Content-Type"));
    n.charset = s;
    const a = new Response(i, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await pr(n).transform(a).body?.pipeTo(new WritableStream());
  } catch (i) {
    o = b(i);
  }
  n.end();
  return { document: n, bytes: r.read(), truncated: r.isCut(), broken: o };
}
function pr(e) {
  return new HTMLRewriter().on("*", {
    element(t) {
      if (e.elements.length >= gt) throw new Error(`more than ${gt} elements`);
      let n;
      const r = gr(t, () => n && e.close(n));
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
function gr(e, t) {
  if (pe(e.tagName)) return false;
  try {
    e.onEndTag(t);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function G(e, t) {
  if (e.username || e.password) return false;
  if (e.origin === t.origin) return true;
  const n = e.protocol === t.protocol || t.protocol === "http:" && e.protocol === "https:";
  return n && !e.port && !t.port && wt(e.hostname) === wt(t.hostname);
}
function wt(e) {
  return e.replace(/^www\./, "");
}

// shared/site/get.js
var M = 8e3;
var yr = 5;
var wr = "Code24-Elite/2.0 (+https://code24.dev)";
var xr = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var C = class extends Error {
  constructor(t, n, r, o) {
    super(t);
    this.id = t;
    this.detail = n;
    this.url = r;
    this.status = o;
  }
};
async function ge(e, t, { accept: n, timeoutMs: r = M }) {
  const o = AbortSignal.timeout(Math.max(1, r));
  const i = { "User-Agent": wr, Accept: n, "Accept-Encoding": "gzip" };
  const s = /* @__PURE__ */ new Set();
  let a = new URL(e);
  for (; ; ) {
    a.hash = "";
    s.add(a.href);
    const c = await fetch(a, { redirect: "manual", signal: o, headers: i });
    const l = xr.has(c.status) ? c.headers.get("Location") : null;
    const d = l ? URL.parse(l, a) : null;
    if (!d) {
      const u = s.size - 1;
      return { url: a.href, status: c.status, headers: c.headers, response: c, redirects: u };
    }
    await c.body?.cancel();
    d.hash = "";
    if (!G(d, t)) throw new C("redirect_elsewhere", d.origin, a.href, c.status);
    if (s.has(d.href) || s.size > yr)
      throw new C("redirect_loop", d.href, a.href, c.status);
    a = d;
  }
}

// shared/site/crawl.js
var ye = 2 * 1024 * 1024;
var br = 1024 * 1024;
var vr = 24;
var xt = 4;
var Sr = 2e4;
var Tr = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var $r = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function vt(e, t, n) {
  const r = Date.now() + Sr;
  const o = await bt(e, e, r);
  const i = [o];
  const s = /* @__PURE__ */ new Set([e.href, o.url]);
  let a = [o];
  for (let c = 0; c < t.depth && i.length < t.pages; c += 1) {
    const l = a.flatMap((p) => kr(p, e)).filter((p) => !s.has(p) && s.add(p));
    const d = l.slice(0, t.pages - i.length);
    const u = await St(d, (p) => bt(new URL(p), e, r));
    a = u.filter((p) => p.isHtml);
    i.push(...a);
  }
  await Ar(i, e, n, r);
  return i;
}
async function bt(e, t, n) {
  const r = await ge(e, t, { accept: Tr, timeoutMs: Math.min(M, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "text/html";
  const i = { url: r.url, status: r.status, headers: r.headers, contentType: o, assets: /* @__PURE__ */ new Map() };
  if (!j(o)) {
    await r.response.body?.cancel();
    return { ...i, isHtml: false, bytes: 0, truncated: false, document: new I() };
  }
  const { document: s, bytes: a, truncated: c, broken: l } = await yt(r.response, ye);
  if (l && s.elements.length === 0) throw new Error(l);
  return { ...i, isHtml: true, document: s, bytes: a, truncated: c || l !== null };
}
function kr(e, t) {
  const n = w(e);
  const r = /* @__PURE__ */ new Set();
  for (const o of e.document.all("a")) {
    const i = URL.parse(f(o, "href") ?? "", n);
    if (!i || !f(o, "href") || !G(i, t) || $r.test(i.pathname)) continue;
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
async function Ar(e, t, n, r) {
  const o = new Set(e.flatMap(n).filter((a) => URL.canParse(a) && G(new URL(a), t)));
  const i = await St([...o].slice(0, vr), (a) => Er(new URL(a), t, r));
  const s = new Map(i.map((a) => [a.asked, a]));
  for (const a of e) a.assets = s;
}
async function Er(e, t, n) {
  const r = await ge(e, t, { accept: "*/*", timeoutMs: Math.min(M, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "";
  const i = q(r.response.body, br);
  const s = new Uint8Array(await new Response(i.stream).arrayBuffer());
  const a = /css|javascript|json|text/.test(o);
  const c = a ? new TextDecoder().decode(s) : "";
  return { asked: e.href, url: r.url, status: r.status, headers: r.headers, bytes: s.length, text: c };
}
async function St(e, t) {
  const n = [];
  for (let r = 0; r < e.length; r += xt) {
    const o = await Promise.allSettled(e.slice(r, r + xt).map(t));
    for (const i of o) if (i.status === "fulfilled") n.push(i.value);
  }
  return n;
}

// shared/elite/access.js
var we = Object.fromEntries(
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
var Tt = [
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
    message: `The page was not read to its end; ${ye} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(e) {
      if (e.truncated) yield { detail: `${e.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var Or = 5;
var $t = 300;
var kt = { error: 0, warning: 1, info: 2 };
function xe(e, t, n, r) {
  return e.flatMap((o) => {
    const i = t.flatMap(
      (s) => o.check ? [...o.check(s, n)].map((a) => At({ page: s.url, ...a })) : []
    );
    if (o.checkSite) i.push(...[...o.checkSite(t, n)].map(At));
    return i.length > 0 ? [re(o, i, r)] : [];
  });
}
function Et(e) {
  return e.sort((t, n) => kt[t.severity] - kt[n.severity] || n.weight - t.weight);
}
function At(e) {
  return e.page ? { ...e, page: _r(e.page) } : e;
}
function re(e, t, n) {
  const { id: r, category: o, severity: i, weight: s, message: a, fix: c, fixedBy: l } = e;
  const d = l !== void 0 && n.includes(l);
  const u = d && t.every((y) => y.fixable !== false);
  const p = t.slice(0, Or).map(({ fixable: y, detail: h, ...T }) => ({
    ...T,
    ...h === void 0 ? {} : { detail: Lr(g(h)) }
  }));
  return { id: r, category: o, severity: i, weight: s, message: a, fix: c, fixable: u, count: t.length, evidence: p };
}
function Ot(e) {
  return Math.max(0, 100 - e.reduce((t, { weight: n }) => t + n, 0));
}
function _t(e) {
  const t = { error: 0, warning: 0, info: 0 };
  for (const { severity: n } of e) t[n] += 1;
  return t;
}
function _r(e) {
  const { pathname: t, search: n } = new URL(e);
  return t + n;
}
function Lr(e) {
  return e.length > $t ? `${e.slice(0, $t - 1)}…` : e;
}

// shared/elite/history.js
var Rr = 30;
var Cr = 6e4;
function Ur(e, t) {
  return `report:${e}:${t.slice(0, 400)}`;
}
function Nr(e, t) {
  const n = e.at(-1);
  const r = n && ["score", "error", "warning", "info"].every((o) => Reflect.get(n, o) === Reflect.get(t, o));
  if (r && Date.parse(t.at) - Date.parse(n.at) < Cr) return { runs: e, changed: false };
  return { runs: [...e, t].slice(-Rr), changed: true };
}
function Ir(e) {
  if (!Array.isArray(e)) return [];
  return e.filter((t) => Number.isFinite(t?.score) && !Number.isNaN(Date.parse(t?.at)));
}
async function Rt(e, t, n) {
  if (!t) return e;
  const r = Ur(e.type, e.site);
  try {
    const o = Ir(await t.get(r, "json"));
    const { runs: i, changed: s } = Nr(o, { at: e.fetchedAt, score: e.score, ...e.summary });
    if (s) n.waitUntil(t.put(r, JSON.stringify(i)).catch(Lt));
    return { ...e, trend: i };
  } catch (o) {
    Lt(o);
    return e;
  }
}
function Lt(e) {
  console.error("the trend is lost:", b(e));
}

// shared/elite/parameters.js
var Ct = { depth: 1, pages: 5 };
var Ut = { depth: 3, pages: 10 };
function Nt(e, t) {
  const { url: n, problem: r } = Ie(e, "site", "https://example.com/");
  if (!n) return { problem: r ?? "" };
  n.hash = "";
  const o = e.optimizations;
  const i = Object.keys({ ...t.fixes, ...t.fileFixes });
  return {
    site: n,
    bounds: {
      depth: Math.min(ce(e.depth, Ct.depth), Ut.depth),
      pages: Math.max(1, Math.min(ce(e.pages, Ct.pages), Ut.pages))
    },
    optimizations: Array.isArray(o) ? i.filter((s) => o.includes(s)) : t.defaults
  };
}

// shared/elite/report_charts.js
var It = 52;
var D = 220;
var F = 56;
function Mt(e) {
  const t = 2 * Math.PI * It;
  const n = t * e / 100;
  const r = `cx="60" cy="60" r="${It}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${e} of 100"><circle class="track" ${r}/>
<circle class="fill" ${r} stroke-linecap="round" stroke-dasharray="${n.toFixed(1)} ${t.toFixed(1)}"
 transform="rotate(-90 60 60)"${e === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${e}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function Dt(e) {
  const t = e.length > 1 ? D / (e.length - 1) : 0;
  const n = e.map(({ score: a }, c) => [e.length > 1 ? c * t : D, F - a / 100 * F]);
  const r = n.map(([a, c]) => `${a.toFixed(1)},${c.toFixed(1)}`).join(" ");
  const [o, i] = n.at(-1) ?? [D, F];
  const s = e.map(({ score: a }) => a).join(", ");
  return `<svg viewBox="-6 -6 ${D + 12} ${F + 12}" role="img" aria-label="Scores of the last runs: ${s}">
<path class="axis" d="M0 ${F}H${D}M0 0H${D}"/><polyline class="line" points="${r}"/>
<circle class="dot" cx="${o.toFixed(1)}" cy="${i.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var Ht = `
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
var Mr = 3;
var Dr = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function zt(e, t, n) {
  return new Response(zr(e, t, n), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": Dr,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function Hr(e) {
  if (e >= 90) return { word: "Excellent", tone: "good" };
  if (e >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (e >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function zr(e, t, n) {
  const r = new URL(e.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${m(`${e.score} · ${t} · ${r}`)}</title><style>${Ht}</style></head>
<body><header><p class="kind">${m(t)}</p><h1>${m(r)}</h1>
<p class="about"><a href="${m(e.finalUrl)}" rel="noreferrer">${m(e.finalUrl)}</a>
<span>${jr(e)}, ${Br(e.fetchedAt)}</span></p></header>
<main>${Pr(e)}${Fr(e, n)}${Wr(e)}${qr(e)}</main>
<footer><p><a href="${n}/report.json">This report as JSON</a> <a href="${n}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function jr({ pages: e }) {
  return e.length === 1 ? "one page read" : `${e.length} pages read`;
}
function Br(e) {
  return `<time datetime="${m(e)}">${m(e.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function Pr({ score: e, summary: t, trend: n }) {
  const { word: r, tone: o } = Hr(e);
  const i = (
    Object.keys(oe).map((s) => {
      const { one: a, many: c } = oe[s];
      const l = t[s];
      const d = `<b>${l}</b> ${l === 1 ? a : c}`;
      return `<li class="${s}">${l > 0 ? `<a href="#${s}">${d}</a>` : `<span>${d}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${o}">${Mt(e)}
<p><b>${r}</b></p></div><ul class="counts">${i.join("")}</ul>${n ? Gr(n) : ""}</section>`;
}
function Gr(e) {
  const t = e.at(-1)?.score ?? 0;
  const n = t - (e.at(-2)?.score ?? t);
  const r = e.length < 2 ? "First run" : n === 0 ? "Unchanged" : `${n > 0 ? "+" : "−"}${Math.abs(n)} points`;
  return `<div class="trend"><h2>Trend</h2>${Dt(e)}<p><b>${r}</b> ${e.length < 2 ? "" : `since the run before, ${e.length} runs`}</p></div>`;
}
function Fr({ findings: e }, t) {
  if (e.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const n = [...e].sort((a, c) => c.weight - a.weight).slice(0, Mr);
  const r = e.filter((a) => a.fixable);
  const o = r.reduce((a, { weight: c }) => a + c, 0);
  const i = n.map(
    ({ fix: a, weight: c, id: l }) => `<li><a href="#${l}">${m(a)}</a>${be(c, "+")}</li>`
  );
  const s = r.length === 0 ? "" : `<p class="edge">optimize repairs <b>${r.length} of ${e.length}</b> at the edge:
<a href="${t}/optimize/">see the improved page</a>${be(o, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${i.join("")}</ol>${s}</section>`;
}
function be(e, t) {
  if (e === 0) return "";
  return ` <span class="points">${t}${e}<span class="quiet"> points</span></span>`;
}
function Wr({ title: e, description: t, finalUrl: n }) {
  if (typeof e !== "string" && typeof t !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${m(n)}</p>
<p class="headline">${m(String(e ?? "No title"))}</p>
<p>${m(String(t ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function qr({ findings: e }) {
  return (
    Object.keys(oe).map((t) => {
      const n = e.filter((s) => s.severity === t);
      if (n.length === 0) return "";
      const { many: r, lead: o } = oe[t];
      const i = r[0].toUpperCase() + r.slice(1);
      return `<section class="group ${t}" id="${t}"><h2>${i} <span class="quiet">${n.length}</span></h2>
<p>${o}</p>${n.map(Xr).join("")}</section>`;
    }).join("")
  );
}
function Xr({ id: e, category: t, message: n, fix: r, fixable: o, weight: i, count: s, evidence: a }) {
  const c = o ? ` <span class="tag">repaired by optimize</span>` : "";
  const l = s > a.length ? `<li class="quiet">and ${s - a.length} more</li>` : "";
  return `<details id="${e}"><summary><span class="message">${m(n)}${c}</span>${be(i, "−")}</summary>
<p><b>What to do:</b> ${m(r)}</p><ul class="evidence">${a.map(Yr).join("")}${l}</ul>
<p class="quiet">${m(t)} · <code>${m(e)}</code></p></details>`;
}
function Yr({ page: e, selector: t, header: n, detail: r }) {
  const o = t ?? (n && `${n}:`);
  return `<li>${e ? `<span class="page">${m(e)}</span> ` : ""}${o ? `<code>${m(o)}</code> ` : ""}${r ? m(r) : ""}</li>`;
}

// shared/elite/worker.js
var Jr = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function jt(e) {
  return {
    fetch(t, n, r) {
      const o = new URL(t.url);
      const i = Ne(n);
      const s = Vr(o, i.type ?? e.type);
      const a = o.pathname.slice(s.length);
      const c = a === "/optimize" || a.startsWith("/optimize/");
      const l = t.method === "GET" || t.method === "HEAD";
      if (!c && !l) return Y(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!c && (Ue(o) || a === "/health")) return Ce();
      const d = Nt(i.parameters, e);
      if (!d.site) {
        return Y(422, "invalid_parameters", d.problem, { field: "parameters.site" });
      }
      const { parameters: u } = i;
      if (c) return ut(t, { ...d, parameters: u, template: e, prefix: `${s}/optimize` });
      if (!Jr.has(a)) return B(t, "Page not found", 404, "not_found", "There is no such page.");
      return Kr(t, e, { ...d, parameters: u, prefix: s }, n, r);
    }
  };
}
function Vr(e, t) {
  const n = `/elite/${t}`;
  return e.pathname === n || e.pathname.startsWith(`${n}/`) ? n : "";
}
async function Kr(e, t, n, r, o) {
  try {
    const i = await Rt(await Qr(t, n), r.HISTORY, o);
    return Zr(e) ? zt(i, t.title, n.prefix) : X(200, i, { Vary: "Accept" });
  } catch (i) {
    const s = J(i, M);
    const a = { site: n.site.href, reason: s };
    const c = `${n.site.href} could not be read: ${s}.`;
    return B(e, "The site does not answer", 502, "site_unreachable", c, a);
  }
}
function Zr(e) {
  const t = new URL(e.url).pathname;
  if (t.endsWith(".json")) return false;
  return t.endsWith(".html") || (e.headers.get("Accept") ?? "").includes("text/html");
}
async function Qr(e, { site: t, bounds: n, optimizations: r, parameters: o }) {
  const i = { type: e.type, site: t.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let s;
  try {
    s = await vt(t, n, e.assets);
  } catch (h) {
    if (!(h instanceof C)) throw h;
    const T = [re(we[h.id], [{ header: "Location", detail: h.detail }], [])];
    return { ...i, finalUrl: h.url, status: h.status, ...ve(T), pages: [] };
  }
  const [a] = s;
  const c = { ...i, finalUrl: a.url, status: a.status };
  const l = s.map(({ url: h, status: T, bytes: z }) => ({ url: h, status: T, bytes: z }));
  if (!a.isHtml) {
    const { contentType: h } = a;
    const T = [re(we.not_html, [{ header: "Content-Type", detail: h }], [])];
    return { ...c, contentType: h, ...ve(T), pages: l };
  }
  for (const h of s) e.prepare?.(h);
  const d = { site: t, parameters: o };
  const u = s.filter((h) => h === a || h.isHtml && h.status < 400);
  const p = xe(Tt, s, d, r);
  const y = Et([...p, ...xe(e.audits, u, d, r)]);
  return { ...c, ...ve(y), pages: l, optimizations: r, ...e.facts?.(a) };
}
function ve(e) {
  return { score: Ot(e), summary: _t(e), findings: e };
}

// shared/checks/words.js
var eo = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " "
  )
);
var to = /[a-zà-ÿ]{3,}/i;
function Bt(e) {
  const t = e.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter((r) => r && !eo.has(r.toLowerCase()) && !/^\d+(x\d+)?$/i.test(r) && !no(r));
  const n = t.join(" ").slice(0, 80);
  return to.test(n) ? n : null;
}
function no(e) {
  return /^[0-9a-f]{6,}$/i.test(e) && /\d/.test(e) || e.length > 12 && /\d/.test(e);
}
function Pt(e) {
  const t = e.split(/[?#]/)[0].replace(/\/+$/, "");
  const n = t.slice(t.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(n);
  } catch {
    return n;
  }
}

// shared/checks/alt.js
function ie(e) {
  const t = e("alt") ?? null;
  if (t !== null && (t === "" || t.trim() !== "")) return false;
  if (["aria-label", "aria-labelledby", "title"].some((n) => (e(n) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(e("role") ?? "") && e("aria-hidden") !== "true";
}
function Gt(e) {
  const t = [e("width"), e("height")].map((r) => Number.parseInt(r ?? "", 10));
  if (t.some((r) => r <= 2) || (e("alt") ?? null) !== null) return "";
  const n = g(e("src") ?? "");
  return n.startsWith("data:") ? null : Bt(Pt(n));
}
var Ft = {
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
      if (!ie(n) || ne(t)) continue;
      yield { selector: S(t), detail: f(t, "class") ?? void 0, fixable: Gt(n) !== null };
    }
  }
};
function Wt({ on: e, prefix: t }) {
  e("img", {
    element(n) {
      const r = (i) => Ze(n.getAttribute(i), t);
      const o = ie(r) ? Gt(r) : null;
      if (o !== null) E(n, "alt", o);
    }
  });
}

// shared/checks/headings.js
var qt = [
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
      const t = e.all("h1").filter((n) => !ne(n));
      if (t.length < 2) return;
      for (const n of t) yield { selector: S(n), detail: e.textOf(n) };
    }
  }
];

// shared/checks/language.js
var ro = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function Te(e) {
  return ro.test(e);
}
function O(e) {
  const t = (e ?? "").trim().replaceAll("_", "-");
  return Te(t) ? t : null;
}
function Se(e, t, n, r) {
  return O(e) ?? O(t) ?? O(r.language) ?? O(n.get("Content-Language"));
}
var Xt = [
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
      const o = r !== void 0 && Se(null, r.attributes["xml:lang"], t, n) !== null;
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
      if (!r || !o || Te(o)) return;
      const i = Se(o, r.attributes["xml:lang"], t, n);
      yield { selector: "html", detail: o, fixable: i !== null };
    }
  }
];
function Yt({ on: e, headers: t, parameters: n }) {
  e("html", {
    element(r) {
      const o = r.getAttribute("lang");
      if (o && Te(o.trim())) return;
      const i = Se(o, r.getAttribute("xml:lang"), t, n);
      if (i) E(r, "lang", i);
    }
  });
}

// shared/page/color.js
var oo = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080"
};
function Jt(e) {
  const t = (e ?? "").trim().toLowerCase();
  const n = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(oo[t] ?? t)?.[1];
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
var io = 8e3;
function Vt(e) {
  const t = e.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  const n = [];
  const r = [];
  let o = 0;
  for (let i = 0; i < t.length && n.length < io; i += 1) {
    const s = t[i];
    if (s === '"' || s === "'") i = Kt(t, i);
    else if (s === ";") o = i + 1;
    else if (s === "}") {
      r.pop();
      o = i + 1;
    } else if (s === "{") {
      const a = t.slice(o, i).trim();
      if (/^@(media|supports|layer|container)\b/i.test(a)) r.push(a);
      else {
        const c = so(t, i);
        if (a) {
          const l = t.slice(i + 1, c);
          n.push({
            selector: a,
            declarations: $e(l),
            important: ao(l),
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
function Kt(e, t) {
  for (let n = t + 1; n < e.length; n += 1) {
    if (e[n] === "\\") n += 1;
    else if (e[n] === e[t] || e[n] === "\n") return n;
  }
  return e.length;
}
function so(e, t) {
  let n = 0;
  for (let r = t; r < e.length; r += 1) {
    const o = e[r];
    if (o === '"' || o === "'") r = Kt(e, r);
    else if (o === "{") n += 1;
    else if (o === "}" && --n === 0) return r;
  }
  return e.length;
}
function $e(e) {
  const t = /* @__PURE__ */ new Map();
  for (const n of e.split(/;(?![^(]*\))/)) {
    const r = n.indexOf(":");
    if (r < 0 || n.includes("{")) continue;
    const o = n.slice(r + 1).replace(/!\s*important/i, "").trim();
    t.set(n.slice(0, r).trim().toLowerCase(), o);
  }
  return t;
}
function ao(e) {
  return new Set([...e.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, t]) => t.toLowerCase()));
}

// templates/elite/brand/src/facts.js
var co = 50;
var lo = ["h1", "h2", "h3", "h4", "h5", "h6"];
function Qt(e) {
  const { document: t } = e;
  const n = w(e);
  const r = (c) => URL.parse(c ?? "", n)?.href ?? c;
  const o = Zt(t, "og:");
  if (o.image) o.image = String(r(o.image));
  const i = t.links("canonical")[0];
  const s = t.first("html");
  const a = t.all("img");
  return {
    title: _(t),
    description: t.meta("description"),
    canonical: i ? r(f(i, "href")) : null,
    language: s ? f(s, "lang") : null,
    openGraph: o,
    twitter: Zt(t, "twitter:"),
    icons: se(t).map((c) => ({
      rel: f(c, "rel"),
      href: r(f(c, "href")),
      sizes: f(c, "sizes"),
      type: f(c, "type")
    })),
    headings: Object.fromEntries(
      lo.map((c) => [
        c,
        t.all(c).slice(0, co).map((l) => t.textOf(l))
      ])
    ),
    images: { total: a.length, withoutAlt: a.filter((c) => ie((l) => c.attributes[l])).length },
    links: fo(t, n),
    colors: W(t),
    fonts: ke(e),
    truncated: e.truncated
  };
}
function _(e) {
  const t = e.all("title").find(({ parent: n }) => n?.tag !== "svg");
  return t ? e.textOf(t) : null;
}
function se(e) {
  return e.all("link").filter((t) => f(t, "href") && /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(f(t, "rel") ?? ""));
}
function W(e) {
  const t = e.all("meta").filter((n) => f(n, "name")?.toLowerCase() === "theme-color");
  return t.flatMap((n) => f(n, "content") ?? []);
}
function ke(e) {
  const t = /* @__PURE__ */ new Set();
  for (const n of e.document.links("stylesheet")) {
    const r = URL.parse(f(n, "href") ?? "", w(e));
    if (r?.hostname === "fonts.googleapis.com")
      for (const o of r.searchParams.getAll("family"))
        for (const i of o.split("|")) t.add(i.split(":")[0]);
  }
  return [...t];
}
function Ae(e, t) {
  return N(e).toLowerCase().includes(N(String(t)).toLowerCase());
}
function Zt(e, t) {
  const n = {};
  for (const r of e.all("meta")) {
    const o = (f(r, "property") ?? f(r, "name") ?? "").toLowerCase();
    const i = f(r, "content");
    if (i && o.startsWith(t)) n[o.slice(t.length)] ??= i;
  }
  return n;
}
function fo(e, t) {
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
var ho = { min: 10, max: 60 };
var uo = { min: 50, max: 160 };
var en = /(^|,)\s*([\w-]+bot\s*:\s*)?(noindex|none)\s*(,|$)/i;
var Ee = (e) => [...e ?? ""].length;
function tn(e, { min: t, max: n }, r, o, i) {
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
        if (Ee(o(l)) > 0) return;
        yield { selector: s, fixable: l.document.headEnds && i(l, d) !== null };
      }
    },
    {
      ...c,
      id: `${e}_too_short`,
      message: `The ${e} is shorter than ${t} characters.`,
      fix: `Describe what the page offers in ${t} to ${n} characters.`,
      *check(l) {
        const d = o(l);
        if (d && Ee(d) < t) yield { selector: s, detail: d };
      }
    },
    {
      ...c,
      id: `${e}_too_long`,
      message: `The ${e} is longer than ${n} characters.`,
      fix: `Put the important part first and use at most ${n} characters: the rest is truncated.`,
      *check(l) {
        const d = o(l);
        if (Ee(d) > n) yield { selector: s, detail: d ?? "" };
      }
    }
  ];
}
var nn = (e) => _(e.document);
var mo = (e) => e.document.meta("description");
var rn = [
  {
    id: "noindex",
    category: "search",
    severity: "error",
    weight: 15,
    message: "The page asks search engines not to list it.",
    fix: "Remove noindex from the robots meta tag or the X-Robots-Tag header if the page should be listed.",
    *check({ document: e, headers: t }) {
      const n = e.meta("robots");
      const r = t.get("X-Robots-Tag");
      if (n && en.test(n)) yield { selector: 'meta[name="robots"]', detail: n };
      if (r && en.test(r)) yield { header: "X-Robots-Tag", detail: r };
    }
  },
  ...tn("title", ho, { missing: 15, length: 5 }, nn, ({ document: e }, t) => {
    if (_(e) !== null) return null;
    return e.meta("og:title") ?? t.brandName ?? null;
  }),
  ...tn("description", uo, { missing: 10, length: 4 }, mo, ({ document: e }, t) => {
    return e.meta("og:description") ?? t.description ?? null;
  }),
  {
    id: "canonical_missing",
    category: "search",
    severity: "info",
    weight: 1,
    message: "The page does not declare its canonical URL.",
    fix: 'Add <link rel="canonical"> with the absolute URL of the page.',
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
    message: "The canonical URL is not absolute, or the page declares several.",
    fix: "Declare one absolute URL (https://…), the same in every canonical link of the page.",
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
    message: "The title does not contain the brand's name.",
    fix: "End the title with the brand's name.",
    *check(e, { parameters: t }) {
      const n = t.brandName || e.document.meta("og:site_name");
      const r = nn(e);
      if (n && r && !Ae(r, n)) yield { selector: "title", detail: String(n) };
    }
  },
  {
    id: "brand_not_in_h1",
    category: "search",
    severity: "info",
    weight: 3,
    message: "The main heading does not contain the brand's name.",
    fix: "Use the brand's name in the main heading of the home page.",
    *checkSite([e], { parameters: t }) {
      const n = t.brandName || e.document.meta("og:site_name");
      const r = e.document.all("h1").map((o) => e.document.textOf(o));
      if (n && r.length > 0 && !Ae(r.join(" "), n))
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
function on({ on: e }) {
  const t = { text: "" };
  e("title", { text: (n) => void (t.text += n.text) });
  return t;
}
function sn(e) {
  const t = x(e, "og:title");
  let n = false;
  e.on("title", { element: () => void (n = true) });
  e.atHeadEnd(() => {
    const r = t.content ?? e.parameters.brandName;
    return n || !r ? "" : `<title>${v(r)}</title>
`;
  });
}
function an(e) {
  const t = x(e, "description");
  const n = x(e, "og:description");
  e.atHeadEnd(() => {
    const r = n.content ?? e.parameters.description;
    return t.content || !r ? "" : `<meta name="description" content="${v(r)}">
`;
  });
}
function cn(e) {
  let t = false;
  e.on('link[rel~="canonical" i]', { element: (n) => void (t ||= Boolean(n.getAttribute("href"))) });
  e.atHeadEnd(() => t ? "" : `<link rel="canonical" href="${v(Oe(e.url))}">
`);
}
var po = /^(utm_.*|gclid|fbclid|msclkid|mc_[ce]id)$/;
function Oe(e) {
  const t = new URL(e);
  for (const n of [...t.searchParams.keys()]) if (po.test(n)) t.searchParams.delete(n);
  t.hash = "";
  return t.href;
}

// templates/elite/brand/src/identity.js
function H(e) {
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
var ln = [
  {
    id: "icon_missing",
    category: "identity",
    severity: "warning",
    weight: 8,
    message: "The page declares no icon.",
    fix: 'Add <link rel="icon">, preferably an SVG; or set parameters.icon and let optimize add it.',
    fixedBy: "icons",
    *check({ document: e }, { parameters: t }) {
      if (se(e).length === 0)
        yield { selector: 'link[rel="icon"]', fixable: e.headEnds && Boolean(t.icon) };
    }
  },
  {
    id: "touch_icon_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no icon for the iOS home screen.",
    fix: 'Add <link rel="apple-touch-icon"> with a PNG of 180 by 180 pixels.',
    *checkSite([e]) {
      const t = se(e.document).some((n) => /apple-touch-icon/i.test(f(n, "rel") ?? ""));
      if (!t) yield { page: e.url, selector: 'link[rel="apple-touch-icon"]' };
    }
  },
  {
    id: "manifest_missing",
    category: "identity",
    severity: "info",
    weight: 1,
    message: "There is no web app manifest: the site cannot be installed with its own name and icon.",
    fix: 'Add <link rel="manifest"> with a name, icons and colours.',
    *checkSite([e]) {
      if (!H(e).link) yield { page: e.url, selector: 'link[rel="manifest"]' };
    }
  },
  {
    id: "manifest_invalid",
    category: "identity",
    severity: "warning",
    weight: 3,
    message: "The web app manifest is invalid.",
    fix: "Serve it as JSON with a name and icons.",
    *checkSite([e]) {
      const { link: t, content: n } = H(e);
      if (!t || n === void 0) return;
      const r = n === null ? "not valid JSON" : ["name", "icons"].filter((o) => !n[o]?.length).join(", ");
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
      if (W(e).length === 0)
        yield { selector: 'meta[name="theme-color"]', fixable: e.headEnds && Boolean(t.themeColor) };
    }
  },
  {
    id: "logo_missing",
    category: "identity",
    severity: "info",
    weight: 2,
    message: "No logo was recognised on the page.",
    fix: "Show the logo in the header, with a link to the home page and the brand's name as its alternative text.",
    *checkSite([e]) {
      const { document: t } = e;
      const n = t.elements.some((r) => {
        if (r.inert || !["img", "svg", "a", "picture"].includes(r.tag)) return false;
        const o = ["class", "id", "src", "alt"].map((i) => r.attributes[i] ?? "").join(" ");
        return /logo|brand/i.test(o) || r.tag === "svg" && pt(r, "header") !== null;
      });
      if (!n) yield { page: e.url, selector: "header img" };
    }
  }
];
function fn(e) {
  const { icon: t } = e.parameters;
  if (!t) return;
  let n = false;
  e.on("link", {
    element(r) {
      n ||= /(^|\s)(icon|apple-touch-icon\S*)(\s|$)/i.test(g(r.getAttribute("rel") ?? ""));
    }
  });
  e.atHeadEnd(() => n ? "" : `<link rel="icon" href="${v(t)}">
`);
}
function dn(e) {
  const { themeColor: t } = e.parameters;
  if (!t) return;
  const n = x(e, "theme-color");
  e.atHeadEnd(() => n.content ? "" : `<meta name="theme-color" content="${v(t)}">
`);
}

// templates/elite/brand/src/organization.js
var go = /^(www\.|[a-z]{2}\.)?(facebook|instagram|linkedin|youtube|tiktok|pinterest|twitter|x|xing|github|mastodon|threads|bsky)\.(com|net|social|app)$/;
var yo = /(Organization|Corporation|Business|Store|Restaurant|Hotel|Company|Brand|Person|Airline|NGO)$/;
var _e = (e) => pn(e).some((t) => yo.test(t));
function ae(e) {
  const t = [];
  const n = [];
  for (const [r, o] of un(e).entries()) {
    try {
      mn(JSON.parse(e.source(o)), t, 0);
    } catch {
      n.push(`script[type="application/ld+json"]:nth-of-type(${r + 1})`);
    }
  }
  return { things: t, broken: n };
}
function un(e) {
  return e.all("script").filter((t) => f(t, "type")?.toLowerCase() === "application/ld+json");
}
var wo = 6;
function mn(e, t, n) {
  if (e === null || typeof e !== "object" || n > wo) return;
  if (e["@type"]) t.push(e);
  for (const r of Object.values(e)) mn(r, t, n + 1);
}
function pn(e) {
  return [e["@type"]].flat().map(String);
}
var gn = (e, t) => ae(e.document).things.some(t);
function xo(e, t) {
  const n = Boolean(t.brandName ?? e.document.meta("og:site_name"));
  return n && un(e.document).length === 0 && e.document.elements.some(({ tag: r }) => r === "body");
}
function hn(e, t, n, r) {
  return {
    id: t,
    category: "organization",
    severity: "info",
    weight: n,
    message: `The home page has no structured data of type ${e}.`,
    fix: `Describe it in JSON-LD (schema.org ${e}); or set parameters.brandName and let optimize do it.`,
    fixedBy: "structuredData",
    *checkSite([o], { parameters: i }) {
      if (o.status < 400 && !gn(o, r))
        yield {
          page: o.url,
          selector: 'script[type="application/ld+json"]',
          fixable: xo(o, i)
        };
    }
  };
}
var yn = [
  {
    id: "structured_data_invalid",
    category: "organization",
    severity: "warning",
    weight: 4,
    message: "Some structured data is not valid JSON and is ignored.",
    fix: "Correct the JSON; validator.schema.org shows the errors.",
    *check({ document: e }) {
      for (const t of ae(e).broken) yield { selector: t };
    }
  },
  hn("Organization", "organization_missing", 2, _e),
  hn("WebSite", "website_missing", 1, (e) => pn(e).includes("WebSite")),
  {
    id: "social_links_missing",
    category: "organization",
    severity: "info",
    weight: 1,
    message: "The page does not link to the brand's social media profiles.",
    fix: "Link the profiles in the footer, and list them as sameAs in the structured data.",
    *checkSite([e]) {
      const { document: t } = e;
      const n = t.all("a").some((r) => {
        const o = URL.parse(f(r, "href") ?? "");
        return o !== null && go.test(o.hostname);
      });
      if (!n && !gn(e, (r) => [r.sameAs].flat().some(Boolean)))
        yield { page: e.url, selector: "footer a" };
    }
  }
];
function wn(e) {
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
    return `<script type="application/ld+json">${ot(d)}<\/script>
`;
  });
}

// templates/elite/brand/src/consistency.js
var xn = 4;
var bo = /^(serif|sans-serif|monospace|cursive|fantasy|system-ui|ui-.*|inherit|initial|unset|-apple-system|blinkmacsystemfont|var\(.*)$/i;
var vo = /awesome|icons?\b|glyph|symbol|emoji|material/i;
function So(e) {
  const { document: t } = e;
  const n = ae(t).things.find((o) => _e(o) && typeof o.name === "string");
  const r = [
    ["og:site_name", t.meta("og:site_name")],
    ["application-name", t.meta("application-name")],
    ["apple-mobile-web-app-title", t.meta("apple-mobile-web-app-title")],
    ["structured data", n?.name],
    ["manifest", typeof H(e).content?.name === "string" ? H(e).content.name : null]
  ];
  return r.flatMap(([o, i]) => i ? [
    [o, N(i)]
  ] : []);
}
function To(e) {
  const t = new Set(ke(e).map((s) => s.toLowerCase()));
  const { document: n } = e;
  const r = n.links("stylesheet").flatMap((s) => {
    const a = URL.parse(f(s, "href") ?? "", w(e))?.href;
    return a && e.assets.get(a)?.text || [];
  });
  const o = [...r, ...n.all("style").map((s) => n.source(s))].flatMap(Vt);
  const i = o.filter(({ selector: s }) => !s.startsWith("@")).map(({ declarations: s }) => s);
  i.push(
    ...n.elements.flatMap(({ attributes: s }) => s.style ? $e(s.style) : [])
  );
  for (const s of i) {
    const a = s.get("font-family")?.split(",")[0].trim().replace(/^["']|["']$/g, "").toLowerCase();
    if (a && !bo.test(a) && !vo.test(a)) t.add(a);
  }
  return t;
}
var bn = [
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
        const r = _(n.document);
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
    message: "The brand's name has different spellings.",
    fix: "Use one spelling in og:site_name, application-name, manifest and structured data.",
    *checkSite(e) {
      const t = e.flatMap((r) => So(r).map(([o, i]) => ({ page: r.url, where: o, name: i })));
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
    message: "The pages and the manifest declare different theme colours.",
    fix: "Use one colour everywhere; declare a second one for dark mode with a media attribute.",
    *checkSite(e) {
      const t = /* @__PURE__ */ new Map();
      for (const n of e) {
        const r = n.document.all("meta").some((o) => f(o, "media")) ? [] : W(n.document);
        for (const o of [...r, ...[H(n).content?.theme_color].filter(Boolean)]) {
          const i = Jt(String(o))?.join() ?? String(o).toLowerCase();
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
    message: `The pages use more than ${xn} font families.`,
    fix: "Choose one family for headings and one for text.",
    *checkSite(e) {
      const t = new Set(e.flatMap((n) => [...To(n)]));
      if (t.size > xn) yield { selector: "font-family", detail: [...t].join(", ") };
    }
  }
];

// templates/elite/brand/src/hreflang.js
var Le = (e) => e.toLowerCase() === "x-default" || O(e) === e;
var vn = [
  {
    id: "hreflang_invalid",
    category: "languages",
    severity: "warning",
    weight: 4,
    message: "Some hreflang links have an invalid language or a relative URL.",
    fix: "Use language tags such as en or de-CH, and absolute URLs (https://…).",
    fixedBy: "hreflang",
    *check({ document: e, url: t }) {
      for (const n of e.links("alternate")) {
        const r = f(n, "hreflang");
        if (r === null) continue;
        const o = f(n, "href") ?? "";
        const i = (Le(r) || O(r) !== null) && URL.canParse(o, t);
        if (!Le(r) || !URL.canParse(o)) yield { selector: S(n), detail: r, fixable: i };
      }
    }
  },
  {
    id: "hreflang_incomplete",
    category: "languages",
    severity: "info",
    weight: 1,
    message: "The hreflang links do not include the page itself.",
    fix: "List the pages of all languages on each of them, including the page itself.",
    *check({ document: e, url: t }) {
      const n = e.links("alternate").filter((o) => f(o, "hreflang"));
      const r = n.some((o) => URL.parse(f(o, "href") ?? "", t)?.href === t);
      if (n.length > 0 && !r) yield { selector: 'link[rel="alternate"][hreflang]' };
    }
  }
];
function Sn({ on: e }) {
  e("link[hreflang]", {
    element(t) {
      const n = (t.getAttribute("hreflang") ?? "").trim();
      const r = O(n);
      if (!Le(n) && r) E(t, "hreflang", r);
    }
  });
}

// templates/elite/brand/src/sharing.js
function U(e, t, n, r, o) {
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
var Tn = [
  U("og:title", "warning", 5, "the network guesses the title of shared links.", (e, { brandName: t }) => {
    return _(e.document) || t;
  }),
  U("og:image", "warning", 8, "shared links have no image.", (e, { shareImage: t }) => t),
  U("og:description", "info", 2, "shared links have no description.", (e, { description: t }) => {
    return e.document.meta("description") ?? t;
  }),
  U("og:url", "info", 1, "networks count shares of one page separately for each URL.", () => true),
  U("og:type", "info", 1, "networks do not know the type of the page.", () => true),
  U("og:site_name", "info", 1, "shared links do not show the brand.", (e, { brandName: t }) => t),
  U("twitter:card", "info", 1, "X shows a small card without an image.", () => true)
];
function $n(e) {
  const { parameters: t, url: n } = e;
  const r = on(e);
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
      url: Oe(n),
      type: l ? "website" : "article",
      site_name: a
    };
    const u = Object.entries(d).flatMap(
      ([y, h]) => h && !i[y].content ? `<meta property="og:${y}" content="${v(h)}">
` : []
    );
    const p = i.image.content || c ? "summary_large_image" : "summary";
    if (!s.content) u.push(`<meta name="twitter:card" content="${p}">
`);
    return u.join("");
  });
}

// templates/elite/brand/src/template.js
var kn = {
  language: Yt,
  title: sn,
  description: an,
  canonical: cn,
  hreflang: Sn,
  sharing: $n,
  icons: fn,
  themeColor: dn,
  structuredData: wn,
  alt: Wt
};
var An = {
  type: "brand",
  title: "Brand report",
  audits: [
    ...rn,
    ...Tn,
    ...ln,
    ...qt,
    Ft,
    ...Xt,
    ...yn,
    ...vn,
    ...bn
  ],
  fixes: kn,
  defaults: Object.keys(kn),
  assets: (e) => {
    const t = [...e.document.links("manifest"), ...e.document.links("stylesheet")];
    return t.flatMap((n) => URL.parse(f(n, "href") ?? "", w(e))?.href ?? []);
  },
  facts: Qt
};

// templates/elite/brand/src/index.js
var ra = jt(An);
export {
  ra as default
};

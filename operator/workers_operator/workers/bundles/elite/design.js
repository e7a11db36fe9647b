// Generated from templates/elite/design/src by `make bundles`.
// shared/html.js
function M(t) {
  return /^(text\/html|application\/xhtml\+xml)\b/i.test(t ?? "");
}
function P(t, e) {
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
var Pe = {
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
  return Jn(
    t.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (e, n, r, o) => {
      if (o) return Object.hasOwn(Pe, o) ? Pe[o] : e;
      const i = n ? parseInt(n, 16) : Number(r);
      return i > 0 && i <= 1114111 ? String.fromCodePoint(i) : "�";
    })
  );
}
function Jn(t) {
  return t.replace(/\s+/g, " ").trim();
}
function y(t) {
  return t.replace(/[&<>"']/g, (e) => `&#${e.charCodeAt(0)};`);
}

// shared/answers.js
function B(t, e, n = {}) {
  return Response.json(e, {
    status: t,
    headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...n }
  });
}
function Be() {
  return B(200, { status: "ok" });
}
function G(t, e, n, r = {}, o = {}) {
  return B(t, { error: { code: e, message: n, ...r } }, o);
}
function R(t, e, n, r, o, i = {}) {
  const s = (t.headers.get("Accept") ?? "").includes("text/html");
  if (!s) return G(n, r, o, i, { Vary: "Accept" });
  return new Response(Qn(n, e, o), {
    status: n,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: "Accept"
    }
  });
}
function W(t, e) {
  const n = t?.name === "TimeoutError" || t?.name === "AbortError";
  return n ? `no answer within ${e} ms` : String(t?.message ?? t);
}
function Qn(t, e, n) {
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
var Zn = "/.well-known/code24/health";
function Ge(t) {
  return t.pathname.endsWith(Zn);
}
function We(t) {
  const e = t.CONFIG ?? {};
  return { ...e, features: e.features ?? [], parameters: e.parameters ?? {} };
}
function qe(t, e, n) {
  const r = t[e];
  const o = typeof r === "string" ? URL.parse(r) : null;
  if (!o || !["http:", "https:"].includes(o.protocol))
    return { problem: `parameters.${e} must be an http(s) URL, e.g. ${n}` };
  if (o.username || o.password) return { problem: `parameters.${e} must not hold credentials.` };
  return { url: o };
}
function he(t, e) {
  return Number.isInteger(t) && t >= 0 ? t : e;
}

// shared/page/charset.js
var Ye = 1024;
function q(t) {
  return /charset=["']?([\w-]+)/i.exec(t ?? "")?.[1] ?? null;
}
var er = /^(utf-?8|us-ascii|iso-8859-\d+|windows-125\d|koi8-[ru]|gbk|gb18030|big5|euc-jp|euc-kr|shift_jis)$/i;
function Ve(t) {
  return /charset/i.test(t) ? er.test(q(t) ?? "") : true;
}
function tr(t) {
  if (t[0] === 255 && t[1] === 254) return "utf-16le";
  if (t[0] === 254 && t[1] === 255) return "utf-16be";
  const e = String.fromCharCode(...t.subarray(0, Ye));
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(e)?.[1] ?? null;
}
function Xe(t) {
  try {
    new TextDecoder(t);
    return true;
  } catch {
    return false;
  }
}
async function Ke(t, e) {
  const n = q(e);
  const r = t.getReader();
  const { first: o, end: i } = await nr(r);
  const s = tr(o);
  const a = n && Xe(n) ? n : s ?? "utf-8";
  const l = new ReadableStream({
    start(u) {
      if (o.length > 0) u.enqueue(o);
      if (i) u.close();
    },
    async pull(u) {
      const { done: p, value: h } = await r.read();
      if (p) u.close();
      else u.enqueue(h);
    },
    cancel: (u) => r.cancel(u)
  });
  const c = (
    new TextDecoderStream(Xe(a) ? a : "utf-8")
  );
  return { stream: l.pipeThrough(c).pipeThrough(
    new TextEncoderStream()
  ), sniffed: s };
}
async function nr(t) {
  let e = new Uint8Array();
  try {
    while (e.length < Ye) {
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
var [V, Je, rr, or, X, _, Y, Qe, T, ir] = [...` !"'-/<=>?`].map(
  (t) => t.charCodeAt(0)
);
var Ze = "--";
var nt = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];
var sr = [...nt, "svg", "a", "button", "link", "object"];
var K = class {
  #e = "";
  #t = false;
  // in SVG, where <style> and <title> may hold elements
  #n = 0;
  // of the last tag
  #r = [];
  #o;
  constructor(e) {
    this.#o = e;
  }
  read(e) {
    let n = 0;
    while (n < e.length) {
      const r = this.#i(e, n);
      if (r === n) break;
      n = r;
    }
    return n;
  }
  reset() {
    this.#e = "";
    this.#t = false;
  }
  #i(e, n) {
    if (this.#e === Ze) return this.#a(e, n);
    if (this.#e) return this.#l(e, n);
    return e[n] === Y ? this.#f(e, n) : this.#s(e, n, S(e, Y, n));
  }
  #s(e, n, r) {
    if (r > n) this.#o.text(e, n, r, this.#e);
    return r;
  }
  #a(e, n) {
    for (let r = S(e, T, n + 2); r < e.length; r = S(e, T, r + 1)) {
      if (e[r - 1] !== X || e[r - 2] !== X) continue;
      this.#e = "";
      return r + 1;
    }
    return Math.max(n, e.length - 2);
  }
  #l(e, n) {
    for (let r = S(e, Y, n); r < e.length; r = S(e, Y, r + 1)) {
      const o = r + 2 + this.#e.length;
      const i = o >= e.length;
      if (!i && !(e[r + 1] === _ && rt(e[o]) && J(e, r + 2, this.#e)))
        continue;
      if (r > n) return this.#s(e, n, r);
      if (i) return n;
      this.#e = "";
      return this.#f(e, r);
    }
    return this.#s(e, n, e.length);
  }
  #f(e, n) {
    const r = e[n + 1];
    if (tt(r)) return this.#u(e, n, n + 1);
    if (e.length < n + 4) return n;
    if (r === _ && tt(e[n + 2])) return this.#u(e, n, n + 2);
    if (r !== _ && r !== Je && r !== ir) return this.#s(e, n, n + 1);
    if (r === Je && e[n + 2] === X && e[n + 3] === X) {
      this.#e = Ze;
      return n + 2;
    }
    const o = S(e, T, n + 2);
    return o < e.length ? o + 1 : n;
  }
  #u(e, n, r) {
    const o = et(e, r);
    const i = this.#d(e, o);
    if (i >= e.length) return n;
    const s = r > n + 1;
    const a = sr.find((c) => c.length === o - r && J(e, r, c)) ?? "";
    if (a === "svg") this.#t = !s && e[i - 1] !== _;
    if (!s && !this.#t && nt.includes(a)) this.#e = a;
    const l = this.#r;
    for (let c = 0; c < l.length && !s; c += 4)
      this.#o.attribute(e, a, l[c], l[c + 1], l[c + 2], l[c + 3]);
    this.#o.tag(e, a, s, n, i + 1, this.#n, this.#t);
    return i + 1;
  }
  #d(e, n) {
    this.#n = 0;
    this.#r.length = 0;
    let r = n;
    for (; ; ) {
      const o = this.#c(e, r, _);
      if (o >= e.length || e[o] === T) return o;
      const i = et(e, o + 1, Qe);
      r = this.#c(e, i);
      if (e[r] !== Qe) continue;
      r = this.#c(e, r + 1);
      const s = e[r];
      const a = s === rr || s === or;
      const l = a ? S(e, s, r + 1) : ar(e, r);
      this.#r.push(o, i, a ? r + 1 : r, l);
      r = a ? l + 1 : l;
    }
  }
  #c(e, n, r = V) {
    let o = n;
    while (e[o] <= V || e[o] === r) o += 1;
    this.#n += o - n;
    return o;
  }
};
function S(t, e, n) {
  let r = n;
  while (r < t.length && t[r] !== e) r += 1;
  return Math.min(r, t.length);
}
function et(t, e, n = T) {
  let r = e;
  while (r < t.length && !rt(t[r]) && t[r] !== n) r += 1;
  return r;
}
function ar(t, e) {
  let n = e;
  while (t[n] > V && t[n] !== T) n += 1;
  return n;
}
function J(t, e, n) {
  for (let r = 0; r < n.length; r += 1) if ((t[e + r] | 32) !== n.charCodeAt(r)) return false;
  return true;
}
function rt(t) {
  return t <= V || t === _ || t === T;
}
function tt(t) {
  return t !== void 0 && (t | 32) >= 97 && (t | 32) <= 122;
}

// shared/rewrite/addresses.js
function $(t, e, n) {
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
function lr(t, e, n) {
  return t.replace(/(^|,\s+|,(?=\/))(\s*)([^\s,][^\s]*)/g, (r, o, i, s) => {
    return o + i + $(s, e, n);
  });
}
function U(t, e, n) {
  return t.replace(/(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi, (r, o, i) => {
    return o + $(i, e, n);
  });
}
var me = {};
for (const t of ["href", "src", "action", "formaction", "poster", "data", "data-src"]) pe(t, $);
for (const t of ["srcset", "imagesrcset", "data-srcset"]) pe(t, lr);
pe("style", U);
function pe(t, e) {
  me[t.length] = [...me[t.length] ?? [], [t, e]];
}
function st(t, e) {
  return {
    attribute(n, r, o, i, s, a, l) {
      const [c, u] = me[i - o]?.find(([x]) => J(n, o, x)) ?? [];
      if (!u || r === "link" && c === "href" || c === "data" && r !== "object") return;
      const p = lt(n.subarray(s, a));
      const h = u(p, t, e);
      if (h !== p) l(s, a, h);
    }
  };
}
var cr = 8192;
function at(t, e) {
  let n = "";
  return new TransformStream({
    transform(r, o) {
      const i = n + lt(r);
      const s = Math.max(...[...";{})"].map((l) => i.lastIndexOf(l))) + 1;
      const a = i.length - s > cr ? i.length : s;
      n = i.slice(a);
      o.enqueue(it(U(i.slice(0, a), t, e)));
    },
    flush(r) {
      r.enqueue(it(U(n, t, e)));
    }
  });
}
var ot = 8192;
function lt(t) {
  let e = "";
  for (let n = 0; n < t.length; n += ot) {
    e += String.fromCharCode(...t.subarray(n, n + ot));
  }
  return e;
}
function it(t) {
  return Uint8Array.from(t, (e) => e.charCodeAt(0));
}

// shared/rewrite/ahead.js
var ge = 32 * 1024;
var fr = 4096;
var Q = class {
  #e = 0;
  #t = false;
  #n = false;
  #r = [];
  #o = new K(this);
  #i;
  #s = (e, n, r) => void this.#r.push({ from: e, to: n, text: r });
  constructor(e) {
    this.#i = e;
  }
  read(e) {
    this.#e = 0;
    this.#r = [];
    const n = this.#n ? 0 : this.#l(this.#o.read(e));
    this.#n ||= n === 0 && e.length === ge;
    if (this.#n) return { end: e.length, sure: 0, changes: [] };
    const r = this.#r.filter(({ from: i }) => i < n);
    const o = r.reduce((i, { from: s, to: a, text: l }) => i + l.length - (a - s), 0);
    return { end: n, sure: Math.max(0, n + o - this.#e), changes: r };
  }
  attribute(e, n, r, o, i, s) {
    this.#a((a) => a.attribute?.(e, n, r, o, i, s, this.#s));
  }
  tag(e, n, r, o, i, s, a) {
    this.#e += s;
    if (n === "style") this.#t = !r;
    this.#a((l) => l.tag?.(e, n, r, o, i, a, this.#s));
  }
  text(e, n, r, o) {
    if (this.#t) this.#e += r - n;
    this.#a((i) => i.text?.(e, n, r, o));
  }
  #a(e) {
    for (const n of this.#i) {
      try {
        e(n);
      } catch (r) {
        console.error("a fix was left out:", String(
          r?.message ?? r
        ));
        this.#i = this.#i.filter((o) => o !== n);
      }
    }
  }
  #l(e) {
    const n = Math.min(...this.#i.map((r) => r.heldFrom?.() ?? Infinity));
    if (n >= e) return e;
    this.#a((r) => r.letGo?.());
    if (e - n > fr) return e;
    this.#o.reset();
    this.#t = false;
    return n;
  }
};

// shared/rewrite/flow.js
var ct = 32 * 1024;
var ur = 256;
var dr = 10;
function ft(t, e, n) {
  if (!e.body) return e;
  const r = new IdentityTransformStream();
  const o = new IdentityTransformStream();
  const i = e.body.getReader({ mode: "byob" });
  const s = t.transform(new Response(r.readable, e));
  const a = (
    s.body.getReader({ mode: "byob" })
  );
  const l = { sure: 0 };
  hr(i, r.writable.getWriter(), new Q(n), l);
  pr(a, o.writable.getWriter(), l);
  return new Response(o.readable, s);
}
async function hr(t, e, n, r) {
  let o = new ArrayBuffer(ge);
  let i = 0;
  try {
    for (; ; ) {
      const { done: s, value: a } = await t.read(new Uint8Array(o, i));
      o = a?.buffer ?? new ArrayBuffer(i);
      if (!a || s) break;
      const l = new Uint8Array(o, 0, i + a.byteLength);
      const { end: c, sure: u, changes: p } = n.read(l);
      r.sure = Math.max(r.sure, 0) + u;
      if (c > 0) await e.write(mr(l.subarray(0, c), p));
      i = l.length - c;
      l.copyWithin(0, c);
    }
    if (i > 0) await e.write(new Uint8Array(o, 0, i));
  } catch (s) {
    r.failure = s;
  }
  r.sure = Infinity;
  await Promise.allSettled([e.close(), t.cancel(r.failure)]);
}
function mr(t, e) {
  if (e.length === 0) return t;
  const n = e.reduce((s, { from: a, to: l, text: c }) => s + c.length - (l - a), 0);
  const r = new Uint8Array(t.length + n);
  let o = 0;
  let i = 0;
  for (const { from: s, to: a, text: l } of e) {
    r.set(t.subarray(o, s), i);
    i += s - o;
    for (let c = 0; c < l.length; c += 1) r[i + c] = l.charCodeAt(c);
    i += l.length;
    o = a;
  }
  r.set(t.subarray(o), i);
  return r;
}
async function pr(t, e, n) {
  let r = new ArrayBuffer(ct);
  try {
    for (; ; ) {
      const o = n.sure > ur ? Math.min(n.sure, ct) : 1;
      const { done: i, value: s } = await t.readAtLeast(o, new Uint8Array(r));
      if (!s) break;
      n.sure -= s.byteLength;
      if (s.byteLength > 0) await e.write(s);
      if (i) break;
      r = s.buffer;
    }
    if (!n.failure) return await e.close();
    await scheduler.wait(dr);
    await e.abort(n.failure);
  } catch (o) {
    await Promise.allSettled([t.cancel(o), e.abort(o)]);
  }
}

// shared/rewrite/source.js
function ye(t) {
  return t.replace(/[&<>"']|[^\x20-\x7e]/gu, (e) => `&#${e.codePointAt(0)};`);
}
function b(t, e, n) {
  t.setAttribute(e, ye(n));
}

// shared/rewrite/moving.js
var gr = /^(?!.*\bstylesheet\b).*\b(canonical|alternate|next|prev)\b/i;
function ut({ on: t, css: e, readAhead: n, url: r, site: o, prefix: i }) {
  n(st(o, i));
  e((s) => U(s, o, i));
  t("link[href]", {
    element(s) {
      const a = s.getAttribute("href") ?? "";
      const l = gr.test(s.getAttribute("rel") ?? "");
      const c = l ? URL.parse(w(a), r)?.href : $(a, o, i);
      if (!c || c === a) return;
      if (l) b(s, "href", c);
      else s.setAttribute("href", c);
    }
  });
}

// shared/rewrite/rewriter.js
var dt = 512 * 1024;
function mt(t, e) {
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
  for (const l of e) Z(() => l(s));
  if (i.length > 0) br(s, i);
  if (o.head.length > 0) wr(s, o.head);
  if (o.body.length > 0) xr(s, o.body);
  const a = new HTMLRewriter();
  for (const [l, c] of n) a.on(l, yr(c));
  return { rewriter: a, readers: r };
}
function yr(t) {
  const e = t.flatMap(({ element: r }) => r ?? []);
  const n = t.flatMap(({ text: r }) => r ?? []);
  return {
    ...e.length > 0 && { element: ht(e) },
    ...n.length > 0 && { text: ht(n) }
  };
}
function ht(t) {
  return (e) => {
    for (const n of t) Z(() => n(e));
  };
}
function Z(t) {
  try {
    return t();
  } catch (e) {
    console.error("a fix was left out:", String(
      e?.message ?? e
    ));
    return void 0;
  }
}
function wr({ on: t }, e) {
  let n = false;
  const r = () => {
    if (n) return "";
    n = true;
    return pt(e);
  };
  t("head", { element: (o) => o.onEndTag((i) => void i.before(r(), { html: true })) });
  t("body", { element: (o) => void o.before(r(), { html: true }) });
}
function xr({ on: t }, e) {
  t("body", { element: (n) => n.onEndTag((r) => void r.before(pt(e), { html: true })) });
}
function pt(t) {
  return t.map((e) => Z(e) ?? "").join("");
}
function br({ on: t }, e) {
  let n = "";
  t("style", {
    text(r) {
      if (n.length > dt) return;
      n += r.text;
      const o = r.lastInTextNode || n.length > dt;
      if (!o) return void r.remove();
      const i = n;
      if (r.lastInTextNode) n = "";
      r.replace(
        e.reduce((s, a) => Z(() => a(s)) ?? s, i),
        { html: true }
      );
    },
    element() {
      n = "";
    }
  });
}

// shared/rewrite/optimize.js
var wt = 3e4;
var vr = /* @__PURE__ */ new Set([101, 204, 205, 304]);
var Sr = /^(cf-|cdn-loop$|x-forwarded-|x-real-ip$|host$|harness-)/i;
var gt = ["Content-Length", "ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Digest"];
async function xt(t, e) {
  const n = new URL(t.url);
  const r = n.pathname.slice(e.prefix.length);
  if (r === "") return yt(`${e.prefix}/${n.search}`);
  if (r === "/" && n.search === "" && e.site.pathname !== "/")
    return yt(e.prefix + e.site.pathname + e.site.search);
  const o = Tr(e.site, r, n.search);
  let i;
  try {
    i = await $r(o, t);
  } catch (s) {
    const a = { site: e.site.href, reason: W(s, wt) };
    const l = "The site could not be read.";
    return R(t, "The site does not answer", 502, "site_unreachable", l, a);
  }
  return Ar(i, o, t, e);
}
function Tr(t, e, n) {
  const r = new URL(t.origin);
  r.pathname = e;
  r.search = n;
  return r;
}
function yt(t) {
  return new Response(null, { status: 302, headers: { Location: t, "Cache-Control": "no-store" } });
}
async function $r(t, e) {
  const n = new Headers();
  for (const [i, s] of e.headers) if (!Sr.test(i)) n.append(i, s);
  const r = new AbortController();
  const o = setTimeout(() => r.abort(new DOMException("late", "TimeoutError")), wt);
  try {
    const { method: i, body: s } = e;
    return await fetch(t, { method: i, headers: n, body: s, redirect: "manual", signal: r.signal });
  } finally {
    clearTimeout(o);
  }
}
function Ar(t, e, n, r) {
  const { site: o, prefix: i } = r;
  const s = _r(t, e, r);
  const a = s.get("Content-Type") ?? "";
  const { status: l, statusText: c } = t;
  if (vr.has(l) || !t.body) return new Response(null, { status: l, statusText: c, headers: s });
  const u = l !== 206;
  if (u && M(a) && Ve(a)) {
    for (const N of gt) s.delete(N);
    const x = r.optimizations.flatMap((N) => r.template.fixes[N] ?? []);
    const { rewriter: g, readers: v } = mt({ ...r, url: e, headers: s }, [...x, ut]);
    return ft(g, new Response(t.body, { status: l, statusText: c, headers: s }), v);
  }
  const p = u && /^text\/css\b/i.test(a);
  if (p) for (const x of gt) s.delete(x);
  if (l === 200 && !M(a)) kr(s, e, n, r);
  const h = p ? t.body.pipeThrough(at(o, i)) : t.body;
  return new Response(h, { ...Er(s), status: l, statusText: c, headers: s });
}
function kr(t, e, n, { template: r, optimizations: o }) {
  const i = n.headers.get("Accept-Encoding") ?? "";
  for (const s of o) r.fileFixes?.[s]?.(t, e, i);
}
function Er(t) {
  const e = /^(gzip|br)?$/i.test(t.get("Content-Encoding") ?? "");
  return e ? {} : { encodeBody: "manual" };
}
function _r(t, e, { site: n, prefix: r }) {
  const o = new Headers(t.headers);
  const i = o.get("Location");
  const s = i && URL.parse(i, e);
  if (i && s) {
    const l = s.origin === n.origin;
    o.set("Location", l ? $(s.href, n, r) : i);
  }
  const a = o.getSetCookie();
  o.delete("Set-Cookie");
  for (const l of a) o.append("Set-Cookie", l.replace(/;\s*domain=[^;]*/gi, ""));
  return o;
}

// shared/page/document.js
var Lr = new Set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr".split(" ")
);
var Or = new Set("li option dt dd tr td th p".split(" "));
var Ir = /* @__PURE__ */ new Set(["noscript", "template"]);
var bt = 160;
var Cr = 256;
function xe(t) {
  return Lr.has(t);
}
var L = class {
  elements = [];
  doctype = null;
  charset = null;
  #e = [];
  #t = [];
  #n = null;
  headEnds = false;
  open(e, n, r = xe(e)) {
    const o = this.#t.at(-1);
    if (o && o.tag === e && Or.has(e)) this.close(o);
    const i = this.#t.at(-1) ?? null;
    const s = this.elements.length;
    const a = this.#e.length;
    const l = i !== null && (i.inert || Ir.has(i.tag));
    const c = { tag: e, index: s, last: s, parent: i, attributes: n, textStart: a, textEnd: a, inert: l };
    this.elements.push(c);
    if (e === "body") this.headEnds = true;
    if (!r && this.#t.length < Cr) this.#t.push(c);
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
function ee(t, e) {
  return Object.hasOwn(t.attributes, e);
}
function D(t, ...e) {
  let n = t;
  while (n && !e.includes(n.tag)) n = n.parent;
  return n;
}
function be(t) {
  if ((t("hidden") ?? null) !== null || t("aria-hidden") === "true") return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(t("style") ?? "");
}
function m(t, e = true) {
  let n = t;
  for (; n; n = n.parent) {
    const { attributes: r, styles: o } = n;
    if (be((i) => r[i])) return true;
    if (e && (o?.display === "none" || o?.visibility === "hidden")) return true;
  }
  return false;
}
function d(t) {
  const { tag: e } = t;
  const n = f(t, "id");
  if (n) return we(`${e}#${n}`);
  for (const o of ["src", "href", "name", "property", "rel", "for", "type"]) {
    const i = f(t, o);
    if (i) return `${e}[${o}="${we(i)}"]`;
  }
  const r = f(t, "class");
  return we(r ? `${e}.${r.split(/\s+/).join(".")}` : e);
}
function we(t) {
  return t.length > bt ? `${t.slice(0, bt)}…` : t;
}

// shared/page/read.js
var vt = 2e4;
async function St(t, e) {
  const n = new L();
  const r = P(t.body, e);
  let o = null;
  try {
    const { stream: i, sniffed: s } = await Ke(r.stream, t.headers.get("Content-Type"));
    n.charset = s;
    const a = new Response(i, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    await Nr(n).transform(a).body?.pipeTo(new WritableStream());
  } catch (i) {
    o = String(
      i?.message ?? i
    );
  }
  n.end();
  return { document: n, bytes: r.read(), truncated: r.isCut(), broken: o };
}
function Nr(t) {
  return new HTMLRewriter().on("*", {
    element(e) {
      if (t.elements.length >= vt) throw new Error(`more than ${vt} elements`);
      let n;
      const r = Mr(e, () => n && t.close(n));
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
function Mr(t, e) {
  if (xe(t.tagName)) return false;
  try {
    t.onEndTag(e);
    return true;
  } catch {
    return false;
  }
}

// shared/site/origin.js
function z(t, e) {
  if (t.username || t.password) return false;
  if (t.origin === e.origin) return true;
  const n = t.protocol === e.protocol || e.protocol === "http:" && t.protocol === "https:";
  return n && !t.port && !e.port && Tt(t.hostname) === Tt(e.hostname);
}
function Tt(t) {
  return t.replace(/^www\./, "");
}

// shared/site/get.js
var O = 8e3;
var Rr = 5;
var Ur = "Code24-Elite/2.0 (+https://code24.dev)";
var Dr = /* @__PURE__ */ new Set([301, 302, 303, 307, 308]);
var A = class extends Error {
  constructor(e, n, r, o) {
    super(e);
    this.id = e;
    this.detail = n;
    this.url = r;
    this.status = o;
  }
};
async function ve(t, e, { accept: n, timeoutMs: r = O }) {
  const o = AbortSignal.timeout(Math.max(1, r));
  const i = { "User-Agent": Ur, Accept: n, "Accept-Encoding": "gzip" };
  const s = /* @__PURE__ */ new Set();
  let a = new URL(t);
  for (; ; ) {
    a.hash = "";
    s.add(a.href);
    const l = await fetch(a, { redirect: "manual", signal: o, headers: i });
    const c = Dr.has(l.status) ? l.headers.get("Location") : null;
    const u = c ? URL.parse(c, a) : null;
    if (!u) {
      const p = s.size - 1;
      return { url: a.href, status: l.status, headers: l.headers, response: l, redirects: p };
    }
    await l.body?.cancel();
    u.hash = "";
    if (!z(u, e)) throw new A("redirect_elsewhere", u.origin, a.href, l.status);
    if (s.has(u.href) || s.size > Rr)
      throw new A("redirect_loop", u.href, a.href, l.status);
    a = u;
  }
}

// shared/site/crawl.js
var Se = 2 * 1024 * 1024;
var zr = 1024 * 1024;
var Hr = 24;
var $t = 4;
var Fr = 2e4;
var jr = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
var Pr = /\.(?!html?$|xhtml$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$/i;
async function kt(t, e, n) {
  const r = Date.now() + Fr;
  const o = await At(t, t, r);
  const i = [o];
  const s = /* @__PURE__ */ new Set([t.href, o.url]);
  let a = [o];
  for (let l = 0; l < e.depth && i.length < e.pages; l += 1) {
    const c = a.flatMap((h) => Br(h, t)).filter((h) => !s.has(h) && s.add(h));
    const u = c.slice(0, e.pages - i.length);
    const p = await Et(u, (h) => At(new URL(h), t, r));
    a = p.filter((h) => h.isHtml);
    i.push(...a);
  }
  await Gr(i, t, n, r);
  return i;
}
async function At(t, e, n) {
  const r = await ve(t, e, { accept: jr, timeoutMs: Math.min(O, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "text/html";
  const i = { url: r.url, status: r.status, headers: r.headers, contentType: o, assets: /* @__PURE__ */ new Map() };
  if (!M(o)) {
    await r.response.body?.cancel();
    return { ...i, isHtml: false, bytes: 0, truncated: false, document: new L() };
  }
  const { document: s, bytes: a, truncated: l, broken: c } = await St(r.response, Se);
  if (c && s.elements.length === 0) throw new Error(c);
  return { ...i, isHtml: true, document: s, bytes: a, truncated: l || c !== null };
}
function Br(t, e) {
  const n = Te(t);
  const r = /* @__PURE__ */ new Set();
  for (const o of t.document.all("a")) {
    const i = URL.parse(f(o, "href") ?? "", n);
    if (!i || !f(o, "href") || !z(i, e) || Pr.test(i.pathname)) continue;
    if (/\bnofollow\b/i.test(f(o, "rel") ?? "")) continue;
    i.hash = "";
    r.add(i.href);
  }
  return [...r];
}
function Te(t) {
  const e = t.document.first("base");
  return URL.parse((e && f(e, "href")) ?? "", t.url) ?? new URL(t.url);
}
async function Gr(t, e, n, r) {
  const o = new Set(t.flatMap(n).filter((a) => URL.canParse(a) && z(new URL(a), e)));
  const i = await Et([...o].slice(0, Hr), (a) => Wr(new URL(a), e, r));
  const s = new Map(i.map((a) => [a.asked, a]));
  for (const a of t) a.assets = s;
}
async function Wr(t, e, n) {
  const r = await ve(t, e, { accept: "*/*", timeoutMs: Math.min(O, n - Date.now()) });
  const o = r.headers.get("Content-Type") ?? "";
  const i = P(r.response.body, zr);
  const s = new Uint8Array(await new Response(i.stream).arrayBuffer());
  const a = /css|javascript|json|text/.test(o);
  const l = a ? new TextDecoder().decode(s) : "";
  return { asked: t.href, url: r.url, status: r.status, headers: r.headers, bytes: s.length, text: l };
}
async function Et(t, e) {
  const n = [];
  for (let r = 0; r < t.length; r += $t) {
    const o = await Promise.allSettled(t.slice(r, r + $t).map(e));
    for (const i of o) if (i.status === "fulfilled") n.push(i.value);
  }
  return n;
}

// shared/elite/access.js
var $e = Object.fromEntries(
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
var _t = [
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
    message: `The page was not read to its end; ${Se} bytes are the most.`,
    fix: "Make the page smaller.",
    *check(t) {
      if (t.truncated) yield { detail: `${t.bytes} bytes` };
    }
  }
];

// shared/elite/findings.js
var qr = 5;
var Lt = 300;
var Ot = { error: 0, warning: 1, info: 2 };
function Ae(t, e, n, r) {
  return t.flatMap((o) => {
    const i = e.flatMap(
      (s) => o.check ? [...o.check(s, n)].map((a) => It({ page: s.url, ...a })) : []
    );
    if (o.checkSite) i.push(...[...o.checkSite(e, n)].map(It));
    return i.length > 0 ? [te(o, i, r)] : [];
  });
}
function Ct(t) {
  return t.sort((e, n) => Ot[e.severity] - Ot[n.severity] || n.weight - e.weight);
}
function It(t) {
  return t.page ? { ...t, page: Xr(t.page) } : t;
}
function te(t, e, n) {
  const { id: r, category: o, severity: i, weight: s, message: a, fix: l, fixedBy: c } = t;
  const u = c !== void 0 && n.includes(c);
  const p = u && e.every((x) => x.fixable !== false);
  const h = e.slice(0, qr).map(({ fixable: x, detail: g, ...v }) => ({
    ...v,
    ...g === void 0 ? {} : { detail: Yr(w(g)) }
  }));
  return { id: r, category: o, severity: i, weight: s, message: a, fix: l, fixable: p, count: e.length, evidence: h };
}
function Nt(t) {
  return Math.max(0, 100 - t.reduce((e, { weight: n }) => e + n, 0));
}
function Mt(t) {
  const e = { error: 0, warning: 0, info: 0 };
  for (const { severity: n } of t) e[n] += 1;
  return e;
}
function Xr(t) {
  const { pathname: e, search: n } = new URL(t);
  return e + n;
}
function Yr(t) {
  return t.length > Lt ? `${t.slice(0, Lt - 1)}…` : t;
}

// shared/elite/history.js
var Vr = 30;
var Kr = 6e4;
function Jr(t, e) {
  return `report:${t}:${e.slice(0, 400)}`;
}
function Qr(t, e) {
  const n = t.at(-1);
  const r = n && ["score", "error", "warning", "info"].every((o) => Reflect.get(n, o) === Reflect.get(e, o));
  if (r && Date.parse(e.at) - Date.parse(n.at) < Kr) return { runs: t, changed: false };
  return { runs: [...t, e].slice(-Vr), changed: true };
}
function Zr(t) {
  if (!Array.isArray(t)) return [];
  return t.filter((e) => Number.isFinite(e?.score) && !Number.isNaN(Date.parse(e?.at)));
}
async function Ut(t, e, n) {
  if (!e) return t;
  const r = Jr(t.type, t.site);
  try {
    const o = Zr(await e.get(r, "json"));
    const { runs: i, changed: s } = Qr(o, { at: t.fetchedAt, score: t.score, ...t.summary });
    if (s) n.waitUntil(e.put(r, JSON.stringify(i)).catch(Rt));
    return { ...t, trend: i };
  } catch (o) {
    Rt(o);
    return t;
  }
}
function Rt(t) {
  console.error("the trend is lost:", String(t?.message ?? t));
}

// shared/elite/parameters.js
var Dt = { depth: 1, pages: 5 };
var zt = { depth: 3, pages: 10 };
function Ht(t, e) {
  const { url: n, problem: r } = qe(t, "site", "https://example.com/");
  if (!n) return { problem: r ?? "" };
  n.hash = "";
  const o = t.optimizations;
  const i = Object.keys({ ...e.fixes, ...e.fileFixes });
  return {
    site: n,
    bounds: {
      depth: Math.min(he(t.depth, Dt.depth), zt.depth),
      pages: Math.max(1, Math.min(he(t.pages, Dt.pages), zt.pages))
    },
    optimizations: Array.isArray(o) ? i.filter((s) => o.includes(s)) : e.defaults
  };
}

// shared/elite/report_charts.js
var Ft = 52;
var I = 220;
var H = 56;
function jt(t) {
  const e = 2 * Math.PI * Ft;
  const n = e * t / 100;
  const r = `cx="60" cy="60" r="${Ft}" fill="none" stroke-width="10"`;
  return `<svg viewBox="0 0 120 120" role="img" aria-label="Score: ${t} of 100"><circle class="track" ${r}/>
<circle class="fill" ${r} stroke-linecap="round" stroke-dasharray="${n.toFixed(1)} ${e.toFixed(1)}"
 transform="rotate(-90 60 60)"${t === 0 ? ' visibility="hidden"' : ""}/>
<text x="60" y="68" text-anchor="middle" class="number">${t}</text><text x="60" y="86" text-anchor="middle"
 class="of">of 100</text></svg>`;
}
function Pt(t) {
  const e = t.length > 1 ? I / (t.length - 1) : 0;
  const n = t.map(({ score: a }, l) => [t.length > 1 ? l * e : I, H - a / 100 * H]);
  const r = n.map(([a, l]) => `${a.toFixed(1)},${l.toFixed(1)}`).join(" ");
  const [o, i] = n.at(-1) ?? [I, H];
  const s = t.map(({ score: a }) => a).join(", ");
  return `<svg viewBox="-6 -6 ${I + 12} ${H + 12}" role="img" aria-label="Scores of the last runs: ${s}">
<path class="axis" d="M0 ${H}H${I}M0 0H${I}"/><polyline class="line" points="${r}"/>
<circle class="dot" cx="${o.toFixed(1)}" cy="${i.toFixed(1)}" r="4.5"/></svg>`;
}

// shared/elite/report_style.js
var Bt = `
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
var ne = {
  error: { one: "error", many: "errors", lead: "Errors cost visitors or reach. Repair these first." },
  warning: { one: "warning", many: "warnings", lead: "Warnings are what visitors notice and search engines count." },
  info: { one: "hint", many: "hints", lead: "Hints are chances: small work, small gain." }
};
var eo = 3;
var to = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
function Gt(t, e, n) {
  return new Response(ro(t, e, n), {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": to,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      Vary: "Accept"
    }
  });
}
function no(t) {
  if (t >= 90) return { word: "Excellent", tone: "good" };
  if (t >= 70) return { word: "Good, with gaps", tone: "fair" };
  if (t >= 40) return { word: "Needs work", tone: "warning" };
  return { word: "Needs urgent work", tone: "error" };
}
function ro(t, e, n) {
  const r = new URL(t.site).host;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>${y(`${t.score} · ${e} · ${r}`)}</title><style>${Bt}</style></head>
<body><header><p class="kind">${y(e)}</p><h1>${y(r)}</h1>
<p class="about"><a href="${y(t.finalUrl)}" rel="noreferrer">${y(t.finalUrl)}</a>
<span>${oo(t)}, ${io(t.fetchedAt)}</span></p></header>
<main>${so(t)}${lo(t, n)}${co(t)}${fo(t)}</main>
<footer><p><a href="${n}/report.json">This report as JSON</a> <a href="${n}/optimize/">The improved page</a></p>
<p>The score is 100 minus the points of each finding. The same page always has the same score.</p></footer></body></html>
`;
}
function oo({ pages: t }) {
  return t.length === 1 ? "one page read" : `${t.length} pages read`;
}
function io(t) {
  return `<time datetime="${y(t)}">${y(t.slice(0, 16).replace("T", " "))} UTC</time>`;
}
function so({ score: t, summary: e, trend: n }) {
  const { word: r, tone: o } = no(t);
  const i = (
    Object.keys(ne).map((s) => {
      const { one: a, many: l } = ne[s];
      const c = e[s];
      const u = `<b>${c}</b> ${c === 1 ? a : l}`;
      return `<li class="${s}">${c > 0 ? `<a href="#${s}">${u}</a>` : `<span>${u}</span>`}</li>`;
    })
  );
  return `<section class="overview" aria-label="Overview"><div class="score ${o}">${jt(t)}
<p><b>${r}</b></p></div><ul class="counts">${i.join("")}</ul>${n ? ao(n) : ""}</section>`;
}
function ao(t) {
  const e = t.at(-1)?.score ?? 0;
  const n = e - (t.at(-2)?.score ?? e);
  const r = t.length < 2 ? "First run" : n === 0 ? "Unchanged" : `${n > 0 ? "+" : "−"}${Math.abs(n)} points`;
  return `<div class="trend"><h2>Trend</h2>${Pt(t)}<p><b>${r}</b> ${t.length < 2 ? "" : `since the run before, ${t.length} runs`}</p></div>`;
}
function lo({ findings: t }, e) {
  if (t.length === 0)
    return `<section class="todo"><h2>Nothing to do</h2><p>No audit found anything.</p></section>`;
  const n = [...t].sort((a, l) => l.weight - a.weight).slice(0, eo);
  const r = t.filter((a) => a.fixable);
  const o = r.reduce((a, { weight: l }) => a + l, 0);
  const i = n.map(
    ({ fix: a, weight: l, id: c }) => `<li><a href="#${c}">${y(a)}</a>${ke(l, "+")}</li>`
  );
  const s = r.length === 0 ? "" : `<p class="edge">optimize repairs <b>${r.length} of ${t.length}</b> at the edge:
<a href="${e}/optimize/">see the improved page</a>${ke(o, "+")}</p>`;
  return `<section class="todo"><h2>What to do first</h2><ol>${i.join("")}</ol>${s}</section>`;
}
function ke(t, e) {
  if (t === 0) return "";
  return ` <span class="points">${e}${t}<span class="quiet"> points</span></span>`;
}
function co({ title: t, description: e, finalUrl: n }) {
  if (typeof t !== "string" && typeof e !== "string") return "";
  return `<section class="preview"><h2>As search engines show it</h2><div><p class="where">${y(n)}</p>
<p class="headline">${y(String(t ?? "No title"))}</p>
<p>${y(String(e ?? "No description: the search engine picks some text of the page."))}</p></div></section>`;
}
function fo({ findings: t }) {
  return (
    Object.keys(ne).map((e) => {
      const n = t.filter((s) => s.severity === e);
      if (n.length === 0) return "";
      const { many: r, lead: o } = ne[e];
      const i = r[0].toUpperCase() + r.slice(1);
      return `<section class="group ${e}" id="${e}"><h2>${i} <span class="quiet">${n.length}</span></h2>
<p>${o}</p>${n.map(uo).join("")}</section>`;
    }).join("")
  );
}
function uo({ id: t, category: e, message: n, fix: r, fixable: o, weight: i, count: s, evidence: a }) {
  const l = o ? ` <span class="tag">repaired by optimize</span>` : "";
  const c = s > a.length ? `<li class="quiet">and ${s - a.length} more</li>` : "";
  return `<details id="${t}"><summary><span class="message">${y(n)}${l}</span>${ke(i, "−")}</summary>
<p><b>What to do:</b> ${y(r)}</p><ul class="evidence">${a.map(ho).join("")}${c}</ul>
<p class="quiet">${y(e)} · <code>${y(t)}</code></p></details>`;
}
function ho({ page: t, selector: e, header: n, detail: r }) {
  const o = e ?? (n && `${n}:`);
  return `<li>${t ? `<span class="page">${y(t)}</span> ` : ""}${o ? `<code>${y(o)}</code> ` : ""}${r ? y(r) : ""}</li>`;
}

// shared/elite/worker.js
var mo = /* @__PURE__ */ new Set(["", "/", "/report", "/report.json", "/report.html"]);
function Wt(t) {
  return {
    fetch(e, n, r) {
      const o = new URL(e.url);
      const i = We(n);
      const s = po(o, i.type ?? t.type);
      const a = o.pathname.slice(s.length);
      const l = a === "/optimize" || a.startsWith("/optimize/");
      const c = e.method === "GET" || e.method === "HEAD";
      if (!l && !c) return G(405, "method_not_allowed", "Use GET.", {}, { Allow: "GET, HEAD" });
      if (!l && (Ge(o) || a === "/health")) return Be();
      const u = Ht(i.parameters, t);
      if (!u.site) {
        return G(422, "invalid_parameters", u.problem, { field: "parameters.site" });
      }
      const { parameters: p } = i;
      if (l) return xt(e, { ...u, parameters: p, template: t, prefix: `${s}/optimize` });
      if (!mo.has(a)) return R(e, "Page not found", 404, "not_found", "There is no such page.");
      return go(e, t, { ...u, parameters: p, prefix: s }, n, r);
    }
  };
}
function po(t, e) {
  const n = `/elite/${e}`;
  return t.pathname === n || t.pathname.startsWith(`${n}/`) ? n : "";
}
async function go(t, e, n, r, o) {
  try {
    const i = await Ut(await wo(e, n), r.HISTORY, o);
    return yo(t) ? Gt(i, e.title, n.prefix) : B(200, i, { Vary: "Accept" });
  } catch (i) {
    const s = W(i, O);
    const a = { site: n.site.href, reason: s };
    const l = "The site could not be read.";
    return R(t, "The site does not answer", 502, "site_unreachable", l, a);
  }
}
function yo(t) {
  const e = new URL(t.url).pathname;
  if (e.endsWith(".json")) return false;
  return e.endsWith(".html") || (t.headers.get("Accept") ?? "").includes("text/html");
}
async function wo(t, { site: e, bounds: n, optimizations: r, parameters: o }) {
  const i = { type: t.type, site: e.href, fetchedAt: (/* @__PURE__ */ new Date()).toISOString() };
  let s;
  try {
    s = await kt(e, n, t.assets);
  } catch (g) {
    if (!(g instanceof A)) throw g;
    const v = [te($e[g.id], [{ header: "Location", detail: g.detail }], [])];
    return { ...i, finalUrl: g.url, status: g.status, ...Ee(v), pages: [] };
  }
  const [a] = s;
  const l = { ...i, finalUrl: a.url, status: a.status };
  const c = s.map(({ url: g, status: v, bytes: N }) => ({ url: g, status: v, bytes: N }));
  if (!a.isHtml) {
    const { contentType: g } = a;
    const v = [te($e.not_html, [{ header: "Content-Type", detail: g }], [])];
    return { ...l, contentType: g, ...Ee(v), pages: c };
  }
  for (const g of s) t.prepare?.(g);
  const u = { site: e, parameters: o };
  const p = s.filter((g) => g === a || g.isHtml && g.status < 400);
  const h = Ae(_t, s, u, r);
  const x = Ct([...h, ...Ae(t.audits, p, u, r)]);
  return { ...l, ...Ee(x), pages: c, optimizations: r, ...t.facts?.(a) };
}
function Ee(t) {
  return { score: Nt(t), summary: Mt(t), findings: t };
}

// shared/checks/words.js
var xo = new Set(
  "img image images picture pic photo photos untitled bg background placeholder default thumb thumbnail large small medium file upload copy final icon icons dsc index html htm php jpg jpeg png gif svg webp avif".split(
    " "
  )
);
var bo = /[a-zà-ÿ]{3,}/i;
function k(t) {
  const e = t.replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter((r) => r && !xo.has(r.toLowerCase()) && !/^\d+(x\d+)?$/i.test(r) && !vo(r));
  const n = e.join(" ").slice(0, 80);
  return bo.test(n) ? n : null;
}
function vo(t) {
  return /^[0-9a-f]{6,}$/i.test(t) && /\d/.test(t) || t.length > 12 && /\d/.test(t);
}
function re(t) {
  const e = t.split(/[?#]/)[0].replace(/\/+$/, "");
  const n = e.slice(e.lastIndexOf("/") + 1).replace(/\.[a-z0-9]{1,5}$/i, "");
  try {
    return decodeURIComponent(n);
  } catch {
    return n;
  }
}

// shared/checks/alt.js
function oe(t) {
  const e = t("alt") ?? null;
  if (e !== null && (e === "" || e.trim() !== "")) return false;
  if (["aria-label", "aria-labelledby", "title"].some((n) => (t(n) ?? "").trim() !== "")) return false;
  return !/^(none|presentation)$/i.test(t("role") ?? "") && t("aria-hidden") !== "true";
}
function ie(t) {
  const e = [t("width"), t("height")].map((r) => Number.parseInt(r ?? "", 10));
  if (e.some((r) => r <= 2) || (t("alt") ?? null) !== null) return "";
  const n = w(t("src") ?? "");
  return n.startsWith("data:") ? null : k(re(n));
}
var qt = {
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
      if (!oe(n) || m(e)) continue;
      yield { selector: d(e), detail: f(e, "class") ?? void 0, fixable: ie(n) !== null };
    }
  }
};
function Xt({ on: t }) {
  t("img", {
    element(e) {
      const n = (o) => e.getAttribute(o);
      const r = oe(n) ? ie(n) : null;
      if (r !== null) b(e, "alt", r);
    }
  });
}

// shared/checks/headings.js
var Yt = [
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
      const e = t.all("h1").filter((n) => !m(n));
      if (e.length < 2) return;
      for (const n of e) yield { selector: d(n), detail: t.textOf(n) };
    }
  }
];

// shared/page/css.js
var So = 8e3;
function C(t) {
  const e = t.replace(/\/\*[\s\S]*?(\*\/|$)/g, "");
  const n = [];
  const r = [];
  let o = 0;
  for (let i = 0; i < e.length && n.length < So; i += 1) {
    const s = e[i];
    if (s === '"' || s === "'") i = Vt(e, i);
    else if (s === ";") o = i + 1;
    else if (s === "}") {
      r.pop();
      o = i + 1;
    } else if (s === "{") {
      const a = e.slice(o, i).trim();
      if (/^@(media|supports|layer|container)\b/i.test(a)) r.push(a);
      else {
        const l = To(e, i);
        if (a) {
          const c = e.slice(i + 1, l);
          n.push({
            selector: a,
            declarations: E(c),
            important: $o(c),
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
function Vt(t, e) {
  for (let n = e + 1; n < t.length; n += 1) {
    if (t[n] === "\\") n += 1;
    else if (t[n] === t[e] || t[n] === "\n") return n;
  }
  return t.length;
}
function To(t, e) {
  let n = 0;
  for (let r = e; r < t.length; r += 1) {
    const o = t[r];
    if (o === '"' || o === "'") r = Vt(t, r);
    else if (o === "{") n += 1;
    else if (o === "}" && --n === 0) return r;
  }
  return t.length;
}
function E(t) {
  const e = /* @__PURE__ */ new Map();
  for (const n of t.split(/;(?![^(]*\))/)) {
    const r = n.indexOf(":");
    if (r < 0 || n.includes("{")) continue;
    const o = n.slice(r + 1).replace(/!\s*important/i, "").trim();
    e.set(n.slice(0, r).trim().toLowerCase(), o);
  }
  return e;
}
function $o(t) {
  return new Set([...t.matchAll(/([\w-]+)\s*:[^;]*!\s*important/gi)].map(([, e]) => e.toLowerCase()));
}

// shared/page/selector.js
var Ao = /^(?:(\*|[a-z][\w-]*)|#([\w-]+)|\.((?:[\w-]|\\.)+)|\[([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([\w-]+)))?\]|:not\(([^()]+)\))/i;
function se(t) {
  const e = [];
  const n = [];
  let r = 0;
  for (const o of t.trim().replace(/\s*>\s*/g, " >").split(/\s+/)) {
    const i = o.startsWith(">");
    const s = Qt(i ? o.slice(1) : o);
    if (!s) return null;
    n.push(s);
    e.push(i);
    r += Kt(s) + s.not.reduce((a, l) => a + Kt(l), 0);
  }
  return { compounds: n, direct: e, weight: r };
}
function Kt({ tag: t, id: e, classes: n, attributes: r }) {
  return (e ? 1e4 : 0) + (n.length + r.length) * 100 + (t ? 1 : 0);
}
function Qt(t) {
  const e = { tag: null, id: null, classes: [], attributes: [], not: [] };
  let n = t;
  while (n) {
    const r = Ao.exec(n);
    if (!r) return null;
    const [o, i, s, a, l, c, u, p, h] = r;
    if (i) e.tag = i === "*" ? null : i.toLowerCase();
    else if (s) e.id = s;
    else if (a) e.classes.push(a.replace(/\\/g, ""));
    else if (l) e.attributes.push([l.toLowerCase(), c ?? u ?? p ?? null]);
    else if (h) {
      const x = Qt(h.trim());
      if (!x) return null;
      e.not.push(x);
    }
    n = n.slice(o.length);
  }
  return t ? e : null;
}
function _e(t, e) {
  const { tag: n, id: r, classes: o, attributes: i, not: s } = e;
  if (n && t.tag !== n || r && t.attributes.id !== r) return false;
  if (o.length > 0) {
    const l = Le(t);
    if (!o.every((c) => l.has(c))) return false;
  }
  const a = i.every(([l, c]) => {
    const u = t.attributes[l];
    return u !== void 0 && (c === null || u === c);
  });
  return a && !s.some((l) => _e(t, l));
}
var Jt = /* @__PURE__ */ new WeakMap();
function Le(t) {
  let e = Jt.get(t);
  if (!e) Jt.set(t, e = new Set((t.attributes.class ?? "").split(/\s+/).filter(Boolean)));
  return e;
}
function ae(t, { compounds: e, direct: n }) {
  let r = e.length - 1;
  if (!_e(t, e[r])) return false;
  let o = t.parent;
  for (r -= 1; r >= 0; r -= 1) {
    const i = n[r + 1];
    while (o && !_e(o, e[r])) o = i ? null : o.parent;
    if (!o) return false;
    o = o.parent;
  }
  return true;
}

// shared/page/cascade.js
var Zt = 412;
var ko = 1e9;
var Eo = 1e8;
function _o(t) {
  if (/^@layer|^@supports/i.test(t)) return true;
  if (!/^@media/i.test(t) || /print|prefers-|orientation|hover|not /i.test(t)) return false;
  const [e, n] = ["min", "max"].map((r) => {
    const o = new RegExp(`${r}-width:\\s*([\\d.]+)(px|em|rem)`, "i").exec(t);
    return o ? Number(o[1]) * (o[2] === "px" ? 1 : 16) : null;
  });
  return (e ?? 0) <= Zt && Zt <= (n ?? Number.POSITIVE_INFINITY);
}
function en(t, e, n) {
  const r = Lo(t);
  const o = /* @__PURE__ */ new Map();
  const i = (s, a, l) => {
    const c = o.get(s) ?? {};
    if (!c[a] || c[a].rank <= l.rank) c[a] = l;
    o.set(s, c);
  };
  for (const { selector: s, declarations: a, important: l, media: c } of e) {
    const u = n.filter((p) => a.has(p));
    if (u.length === 0 || s.startsWith("@") || !c.every(_o)) continue;
    for (const p of s.split(",")) {
      const h = se(p);
      if (!h) continue;
      for (const x of Oo(r, h, t)) {
        if (!ae(x, h)) continue;
        for (const g of u) {
          const v = h.weight + (l.has(g) ? ko : 0);
          i(x, g, { value: a.get(g) ?? "", rank: v });
        }
      }
    }
  }
  for (const s of t) {
    for (const [l, c] of E(s.attributes.style ?? ""))
      if (n.includes(l)) i(s, l, { value: c, rank: Eo });
    const a = o.get(s);
    if (a) s.styles = Object.fromEntries(Object.entries(a).map(([l, { value: c }]) => [l, c]));
  }
}
function Lo(t) {
  const e = /* @__PURE__ */ new Map();
  const n = (r, o) => {
    const i = e.get(r);
    if (i) i.push(o);
    else e.set(r, [o]);
  };
  for (const r of t) {
    n(r.tag, r);
    for (const o of Le(r)) n(`.${o}`, r);
  }
  return e;
}
function Oo(t, { compounds: e }, n) {
  const r = e[e.length - 1];
  if (r.classes.length > 0) return t.get(`.${r.classes[0]}`) ?? [];
  return r.tag ? t.get(r.tag) ?? [] : n;
}

// shared/checks/language.js
var Io = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
function Ie(t) {
  return Io.test(t);
}
function le(t) {
  const e = (t ?? "").trim().replaceAll("_", "-");
  return Ie(e) ? e : null;
}
function Oe(t, e, n, r) {
  return le(t) ?? le(e) ?? le(r.language) ?? le(n.get("Content-Language"));
}
var tn = [
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
      const o = r !== void 0 && Oe(null, r.attributes["xml:lang"], e, n) !== null;
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
      if (!r || !o || Ie(o)) return;
      const i = Oe(o, r.attributes["xml:lang"], e, n);
      yield { selector: "html", detail: o, fixable: i !== null };
    }
  }
];
function nn({ on: t, headers: e, parameters: n }) {
  t("html", {
    element(r) {
      const o = r.getAttribute("lang");
      if (o && Ie(o.trim())) return;
      const i = Oe(o, r.getAttribute("xml:lang"), e, n);
      if (i) b(r, "lang", i);
    }
  });
}

// shared/page/color.js
var Co = {
  black: "#000000",
  white: "#ffffff",
  red: "#ff0000",
  green: "#008000",
  blue: "#0000ff",
  yellow: "#ffff00",
  gray: "#808080",
  grey: "#808080"
};
function Ce(t) {
  const e = (t ?? "").trim().toLowerCase();
  const n = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(Co[e] ?? e)?.[1];
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
function on(t, e) {
  const [n, r] = [rn(t), rn(e)].sort((o, i) => i - o);
  return (n + 0.05) / (r + 0.05);
}
function rn(t) {
  const [e, n, r] = t.map((o) => {
    const i = o / 255;
    return i <= 0.04045 ? i / 12.92 : ((i + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * e + 0.7152 * n + 0.0722 * r;
}

// templates/elite/design/src/contrast.js
var an = 4.5;
var No = 3;
var Mo = /^[a-z0-9]*(?:[.#][\w-]+)*$/i;
function Ne(t) {
  const e = t.document.links("stylesheet").filter((n) => !/print/i.test(f(n, "media") ?? ""));
  return e.flatMap((n) => URL.parse(f(n, "href") ?? "", Te(t))?.href ?? []);
}
function F(t) {
  const e = Ne(t).flatMap((n) => t.assets.get(n)?.text ?? []);
  return [...e, ...t.document.all("style").map((n) => t.document.source(n))];
}
function sn(t) {
  const e = Ce(t.get("color"));
  const n = Ce(t.get("background-color") ?? t.get("background"));
  if (!e || !n) return null;
  const r = Number.parseFloat(t.get("font-size") ?? "");
  const o = /bold|[7-9]00/.test(t.get("font-weight") ?? "");
  const i = /r?em$/.test(t.get("font-size") ?? "") ? r * 16 : r;
  const s = i >= 24 || o && i >= 18.66 ? No : an;
  const a = on(e, n);
  return a < s ? a : null;
}
function ln({ document: t }, e) {
  const n = se(e);
  return n ? t.elements.filter((r) => !r.inert && ae(r, n)) : [];
}
function cn(t, e) {
  return ln(t, e.replace(/::?(before|after)/g, "")).length > 0;
}
function Ro(t, e) {
  return ln(t, e).some((n) => !m(n) && t.document.textOf(n) !== "");
}
var fn = [
  {
    id: "contrast_low",
    category: "colours",
    severity: "warning",
    weight: 5,
    message: "Some text has too little contrast with what is behind it.",
    fix: `Make the text darker or lighter until the contrast is at least ${an} to 1.`,
    *check(t) {
      const e = /* @__PURE__ */ new Set();
      for (const { selector: n, declarations: r, media: o } of F(t).flatMap(C)) {
        const i = o.length === 0 ? sn(r) : null;
        if (i === null) continue;
        for (const s of n.split(",").map((a) => a.trim())) {
          if (!Mo.test(s) || e.has(s) || !Ro(t, s)) continue;
          e.add(s);
          yield { selector: s, detail: `${i.toFixed(2)} to 1` };
        }
      }
      for (const n of t.document.elements) {
        const r = n.attributes.style ? sn(E(n.attributes.style)) : null;
        if (r !== null && !n.inert && !m(n) && t.document.textOf(n))
          yield { selector: d(n), detail: `${r.toFixed(2)} to 1` };
      }
    }
  }
];

// shared/rewrite/fonts.js
var ce = "https://fonts.googleapis.com";
var Me = "https://fonts.gstatic.com";
var Uo = /@font-face\s*\{([^}]*)\}/gi;
function Re(t) {
  const e = URL.parse(t, "https://relative.invalid/");
  if (!e || e.origin !== ce || !/^\/(css2?|icon)$/.test(e.pathname)) return null;
  if (e.pathname === "/icon" || /icon|symbols/i.test(e.search)) return null;
  if (e.searchParams.has("display")) return null;
  return `${t}${t.includes("?") ? "&" : "?"}display=swap`;
}
function Ue(t) {
  return t.replace(Uo, (e, n) => {
    return /font-display/i.test(n) || /icon|awesome|glyph|symbol/i.test(n) ? e : e.replace("{", "{font-display:swap;");
  });
}
function un({ on: t, css: e }) {
  let n = false;
  t('link[href*="fonts.g"]', {
    element(r) {
      const o = w(r.getAttribute("href") ?? "");
      const i = (r.getAttribute("rel") ?? "").toLowerCase();
      if (i.includes("preconnect") && o.includes("fonts.gstatic.com")) n = true;
      if (!i.includes("stylesheet") || !o.startsWith(ce)) return;
      const s = Re(o);
      if (s) b(r, "href", s);
      if (!n) r.before(`<link rel="preconnect" href="${Me}" crossorigin>`, { html: true });
      n = true;
    }
  });
  e(Ue);
}

// templates/elite/design/src/fonts.js
function Do(t, e, n) {
  const r = n.replace(/["']/g, "").toLowerCase();
  return e.some(({ selector: o, declarations: i }) => {
    const s = `${i.get("font-family") ?? ""} ${i.get("font") ?? ""}`.toLowerCase();
    if (o.startsWith("@") || !r || !s.includes(r)) return false;
    return o.split(",").some((a) => cn(t, a));
  });
}
var dn = [
  {
    id: "font_hides_text",
    category: "fonts",
    severity: "warning",
    weight: 3,
    message: "Text stays invisible while fonts load.",
    fix: "Add font-display: swap to @font-face, and &display=swap to addresses of Google Fonts.",
    fixedBy: "fonts",
    *check(t) {
      for (const r of t.document.links("stylesheet"))
        if (Re(f(r, "href") ?? "")) yield { selector: d(r) };
      const e = t.document.all("style").map((r) => t.document.source(r)).join("\n");
      if (Ue(e) !== e) yield { selector: "style", detail: "@font-face" };
      const n = F(t).flatMap(C);
      for (const { selector: r, declarations: o } of n) {
        if (r.toLowerCase() !== "@font-face" || e.includes(o.get("src") ?? "\0")) continue;
        const i = o.get("font-display") ?? "auto";
        const s = o.get("font-family") ?? "";
        if (!/^(block|swap|fallback|optional)$/i.test(i) && Do(t, n, s))
          yield { selector: r, detail: s, fixable: false };
      }
    }
  },
  {
    id: "font_server_late",
    category: "fonts",
    severity: "info",
    weight: 1,
    message: "The server of the fonts is first spoken to when the style sheet has arrived.",
    fix: `Add <link rel="preconnect" href="${Me}" crossorigin>, or serve the fonts yourself.`,
    fixedBy: "fonts",
    *check({ document: t }) {
      const e = t.links("stylesheet").find((r) => (f(r, "href") ?? "").startsWith(ce));
      const n = t.links("preconnect").some((r) => (f(r, "href") ?? "").includes("fonts.gstatic.com"));
      if (e && !n) yield { selector: d(e) };
    }
  }
];

// templates/elite/design/src/forms.js
var pn = /* @__PURE__ */ new Set(["hidden", "submit", "reset", "button", "image"]);
var hn = ["aria-label", "aria-labelledby", "title", "placeholder"];
var zo = [
  [/^e-?mail$|^email[-_]?address$|^user[-_]?email$/i, "email"],
  [/^tel$|^phone$|^phone[-_]?number$|^mobile$/i, "tel"],
  [/^first[-_]?name$|^fname$|^given[-_]?name$/i, "given-name"],
  [/^last[-_]?name$|^lname$|^surname$|^family[-_]?name$/i, "family-name"],
  [/^full[-_]?name$|^your[-_]?name$/i, "name"],
  [/^zip$|^zip[-_]?code$|^postal[-_]?code$|^postcode$/i, "postal-code"],
  [/^company$|^organi[sz]ation$/i, "organization"]
];
function gn(t, e) {
  const n = t === "select" ? hn.slice(0, 3) : hn;
  return n.some((r) => w(e(r) ?? "") !== "") || /^(none|presentation)$/.test(e("role") ?? "");
}
function yn(t) {
  return t("id") ? null : k(w(t("name") ?? ""));
}
function wn(t) {
  if ((t("autocomplete") ?? null) !== null) return null;
  const e = (t("type") ?? "text").toLowerCase();
  if (!["text", "email", "tel"].includes(e)) return null;
  if (e !== "text") return e;
  const n = [t("name"), t("id")].map((r) => w(r ?? ""));
  return zo.find(([r]) => n.some((o) => r.test(o)))?.[1] ?? null;
}
function Ho(t) {
  const e = new Set(
    t.all("label").flatMap((n) => t.textOf(n) ? f(n, "for") ?? [] : [])
  );
  return t.all("input", "select", "textarea").filter((n) => {
    const r = (i) => n.attributes[i];
    if (n.tag === "input" && pn.has((f(n, "type") ?? "text").toLowerCase())) return false;
    if (gn(n.tag, r) || m(n)) return false;
    const o = D(n, "label");
    return !(o && t.textOf(o)) && !e.has(f(n, "id") ?? "");
  });
}
function mn(t, e) {
  return {
    id: `${t}_label_missing`,
    category: "forms",
    severity: "error",
    weight: 6,
    message: t === "input" ? "Some fields have no label." : "Some selection lists have no label.",
    fix: "Give each field a <label for> that says what to enter; a placeholder goes away while typing.",
    fixedBy: "labels",
    *check({ document: n }) {
      for (const r of Ho(n).filter(e)) {
        const o = yn((i) => r.attributes[i]) !== null && D(r, "label") === null;
        yield { selector: d(r), fixable: o };
      }
    }
  };
}
var xn = [
  mn("input", ({ tag: t }) => t !== "select"),
  mn("select", ({ tag: t }) => t === "select"),
  {
    id: "image_button_alt_missing",
    category: "forms",
    severity: "error",
    weight: 4,
    message: "Some buttons are pictures without a text.",
    fix: 'Say what the button does: <input type="image" alt="Search">.',
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
    message: "Some fields that browsers could fill in don't say what they are for.",
    fix: 'Add autocomplete="email", "tel", "given-name" and the like.',
    fixedBy: "autocomplete",
    *check({ document: t }) {
      for (const e of t.all("input")) {
        const n = wn((r) => e.attributes[r]);
        if (n) yield { selector: d(e), detail: `autocomplete="${n}"` };
      }
    }
  }
];
function bn({ on: t }) {
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
      if (i || o.tagName === "input" && pn.has(a) || gn(o.tagName, s)) return;
      const l = yn(s);
      if (l) b(o, "aria-label", l);
    }
  });
}
function vn({ on: t }) {
  const e = ["[type=email i]", "[type=tel i]", "[type=text i]", ":not([type])"];
  t(e.map((n) => `input${n}:not([autocomplete])`).join(", "), {
    element(n) {
      const r = wn((o) => n.getAttribute(o));
      if (r) n.setAttribute("autocomplete", r);
    }
  });
}

// templates/elite/design/src/headings.js
var Tn = ["h1", "h2", "h3", "h4", "h5", "h6"];
function $n(t, e) {
  return e > 0 && t > e + 1 ? e + 1 : t;
}
function An(t, e) {
  const n = Number.parseInt(e ?? "", 10);
  return n >= 1 ? n : Number(t[1]);
}
var kn = [
  {
    id: "heading_order",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "Some headings skip a level.",
    fix: "Let levels grow one by one: after an h2 comes an h3, not an h4.",
    fixedBy: "headings",
    *check({ document: t }) {
      const e = t.all(...Tn).filter((i) => (f(i, "role") ?? "heading") === "heading");
      const n = e.filter((i) => !m(i));
      const r = Fo(e.filter((i) => !m(i, false)));
      const o = Sn(n.map((i) => r.get(i) ?? j(i))).length === 0;
      for (const i of Sn(n.map(j)))
        yield {
          selector: d(n[i]),
          detail: `${j(n[i])} after ${j(n[i - 1])}`,
          fixable: o
        };
    }
  }
];
function Sn(t) {
  return t.flatMap((e, n) => n > 0 && e > t[n - 1] + 1 ? [n] : []);
}
function j(t) {
  return An(t.tag, f(t, "aria-level"));
}
function Fo(t) {
  let e = 0;
  return new Map(t.map((n) => [n, e = $n(j(n), e)]));
}
function En({ on: t }) {
  let e = 0;
  let n = 0;
  const r = ["[hidden]", '[aria-hidden="true"]', '[style*="none"]', '[style*="hidden"]'];
  t(r.map((o) => `:not(i):not(svg):not(span):not(img)${o}`).join(", "), {
    element(o) {
      if (!be((i) => o.getAttribute(i))) return;
      o.onEndTag(() => void (n -= 1));
      n += 1;
    }
  });
  t(Tn.join(", "), {
    element(o) {
      const i = o.getAttribute("role");
      if (n > 0 || i && i !== "heading") return;
      const s = An(o.tagName, o.getAttribute("aria-level"));
      const a = $n(s, e);
      if (a !== s) o.setAttribute("aria-level", String(a));
      e = a;
    }
  });
}

// shared/rewrite/lazy.js
function _n({ on: t }, e, n = () => true) {
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
var Ln = 4;
var jo = /\.(png|jpe?g|gif|bmp|tiff?)([?#]|$)/i;
var On = [
  {
    id: "loaded_early",
    category: "images",
    severity: "info",
    weight: 2,
    message: "Images and frames further down are loaded at once.",
    fix: 'Add loading="lazy" to what is not in sight at first.',
    fixedBy: "lazy",
    *check({ document: t }) {
      for (const e of [...t.all("img").slice(Ln), ...t.all("iframe")])
        if (!ee(e, "loading") && f(e, "src"))
          yield { selector: d(e), fixable: e.tag === "iframe" || In(e.attributes) };
    }
  },
  {
    id: "image_format_old",
    category: "images",
    severity: "info",
    weight: 1,
    message: "Images come in formats of the last century only.",
    fix: "Offer AVIF or WebP in a <picture>; they need half of the bytes.",
    *check({ document: t }) {
      for (const e of t.all("img"))
        if (jo.test(f(e, "src") ?? "") && D(e, "picture") === null)
          yield { selector: d(e) };
    }
  }
];
function In(t) {
  return /^\d+$/.test(t.width ?? "") && /^\d+$/.test(t.height ?? "");
}
function Cn(t) {
  _n(
    t,
    Ln,
    (e) => In({ width: e.getAttribute("width") ?? "", height: e.getAttribute("height") ?? "" })
  );
}

// templates/elite/design/src/landmarks.js
var Po = [
  ["banner", "header"],
  ["navigation", "nav"],
  ["contentinfo", "footer"]
];
function De(t, e, n) {
  return t.elements.filter(
    (r) => !r.inert && (r.attributes.role === void 0 ? r.tag === n : f(r, "role") === e) && !m(r)
  );
}
var Nn = [
  {
    id: "main_missing",
    category: "structure",
    severity: "warning",
    weight: 4,
    message: "The page doesn't say where its main content is.",
    fix: "Put what the page is about into one <main>.",
    *check({ document: t }) {
      if (De(t, "main", "main").length === 0) yield { selector: "main" };
    }
  },
  {
    id: "landmarks_missing",
    category: "structure",
    severity: "info",
    weight: 1,
    message: "Header, navigation or footer are not marked as such.",
    fix: "Use <header>, <nav> and <footer>.",
    *check({ document: t }) {
      const e = Po.filter(([n, r]) => De(t, n, r).length === 0).map(([, n]) => n);
      if (e.length > 0) yield { selector: e.join(", ") };
    }
  },
  {
    id: "bypass_missing",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "There is no way past the navigation: no main part, no heading, no link to the content.",
    fix: 'Add <main>, headings, or <a href="#content">Skip to content</a> as the first link.',
    *check({ document: t }) {
      const e = De(t, "main", "main").length > 0;
      const n = t.all("h1", "h2", "h3", "h4", "h5", "h6").length > 0;
      const r = t.all("a").some((i) => /^#[^!]./.test(f(i, "href") ?? ""));
      const o = t.all("a").some((i) => f(i, "href"));
      if (o && !e && !n && !r) yield { selector: "body" };
    }
  }
];

// templates/elite/design/src/layout.js
var Bo = /^(auto|initial|unset|inherit)$/;
var ze = 24;
function Mn(t) {
  const e = t.styles ?? {};
  const n = (o) => {
    const i = e[o];
    return i !== void 0 && !Bo.test(i) || Number.parseInt(f(t, o) ?? "", 10) >= 0;
  };
  const r = ["width", "height", "aspect-ratio"].filter(n);
  return r.length > 1 || /^(absolute|fixed)$/.test(e.position ?? "");
}
var Rn = [
  {
    id: "image_size_missing",
    category: "layout",
    severity: "warning",
    weight: 4,
    message: "Some images don't say how large they are: what stands below jumps when they arrive.",
    fix: "Give every <img> its width and height; CSS may still scale it.",
    *check({ document: t }) {
      for (const e of t.all("img"))
        if (!Mn(e) && !m(e) && !/^data:image\/svg/.test(f(e, "src") ?? ""))
          yield { selector: d(e) };
    }
  },
  {
    id: "frame_size_missing",
    category: "layout",
    severity: "info",
    weight: 2,
    message: "Some frames and videos don't say how large they are.",
    fix: "Give them width and height, or an aspect-ratio in CSS.",
    *check({ document: t }) {
      for (const e of t.all("iframe", "video", "embed"))
        if (!Mn(e) && !m(e)) yield { selector: d(e) };
    }
  },
  {
    id: "tap_target_small",
    category: "layout",
    severity: "warning",
    weight: 3,
    message: `Some links or buttons are smaller than ${ze} by ${ze} pixels.`,
    fix: "Make them larger, or give them padding.",
    *check({ document: t }) {
      for (const e of t.all("a", "button", "input", "select")) {
        const n = E(e.attributes.style ?? "");
        const r = ["width", "height"].map((o) => Go(n.get(o)));
        if (r.some((o) => o > 0 && o < ze) && !m(e))
          yield { selector: d(e), detail: e.attributes.style };
      }
    }
  }
];
function Go(t) {
  return /^\d+(\.\d+)?px$/.test(t ?? "") ? Number.parseFloat(t ?? "") : 0;
}

// templates/elite/design/src/nameless.js
var Wo = /<[a-z][^>]*>/gi;
var qo = /\sclass\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi;
var Un = /\s(aria-label|aria-labelledby|title)\s*=|<img\s/i;
var Dn = /* @__PURE__ */ new Map();
var fe = class {
  #e = "";
  #t = 0;
  #n = 0;
  // the end of its start tag
  #r;
  #o;
  constructor(e, n) {
    this.#r = new TextDecoder(e);
    this.#o = n;
  }
  heldFrom() {
    return this.#e ? this.#t : Infinity;
  }
  letGo() {
    this.#e = "";
  }
  tag(e, n, r, o, i, s, a) {
    if (n !== "a" && n !== "button") return;
    const l = r && n === this.#e ? this.#i(e, o) : "";
    if (l) a(o, o, l);
    this.#e = r || s ? "" : n;
    this.#t = o;
    this.#n = i;
  }
  text(e, n, r, o) {
    if (this.#e && o !== "script" && o !== "style" && !this.#s(e, n, r)) this.#e = "";
  }
  #i(e, n) {
    const r = this.#r.decode(e.subarray(this.#t, this.#n));
    const o = He(r, "href");
    const i = o !== void 0 && /^(link)?$/.test(He(r, "role") ?? "");
    if (this.#e === "a" && !i || Un.test(r) && zn(r)) return "";
    const s = this.#r.decode(e.subarray(this.#n, n));
    if (Un.test(s) && s.match(Wo)?.some(zn)) return "";
    return this.#o(Xo(r + s), w(o ?? ""));
  }
  #s(e, n, r) {
    for (let o = n; o < r; o += 1) {
      const i = e[o];
      const s = i === 38 || i > 127;
      if (s) return r === e.length || w(this.#r.decode(e.subarray(o, r))) === "";
      if (i > 32) return false;
    }
    return true;
  }
};
function Xo(t) {
  const e = (t.match(qo) ?? []).map((n) => n.replace(/^[^=]*=|["']/g, " "));
  return e.join("").split(/\s+/).filter(Boolean);
}
function zn(t) {
  const e = (n) => He(t, n);
  if (["aria-label", "aria-labelledby", "title"].some((n) => w(e(n) ?? "") !== "")) return true;
  return /^<img\s/i.test(t) && Boolean((oe(e) ? ie(e) : e("alt"))?.trim());
}
function He(t, e) {
  const n = Dn.get(e);
  const r = n ?? new RegExp(`\\s${e}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))|(?=[\\s/>]))`, "i");
  if (!n) Dn.set(e, r);
  const [o, i, s, a] = r.exec(t) ?? [];
  return o && (i ?? s ?? a ?? "");
}

// templates/elite/design/src/names.js
var Yo = "<style>.code24-name{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}</style>";
var Vo = "Facebook Instagram LinkedIn YouTube GitHub Pinterest TikTok WhatsApp Dribbble Behance".split(" ");
var Ko = [
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
var Jo = /^(?:fa|bi|icon|mdi|ti|ion|glyphicon|lni|ri|bx)-(.+)$/;
function Fn(t, e) {
  const n = [...t, e].join(" ").toLowerCase();
  const r = Vo.find((s) => n.includes(s.toLowerCase()));
  const o = r ?? Ko.find(([s]) => s.test(n))?.[1];
  if (o) return o;
  const i = t.flatMap((s) => Jo.exec(s)?.[1] ?? []).find((s) => !/^\d|^(lg|sm|xs|fw)$/.test(s));
  return i && k(i) || k(re(e.replace(/^#/, "/")));
}
function ue(t) {
  return ["aria-label", "aria-labelledby", "title"].some((e) => w(t(e) ?? "") !== "");
}
function Qo(t, e) {
  const n = t.inside(e);
  const r = n.filter((s) => m(s));
  const o = n.some((s) => {
    if (m(s)) return false;
    const a = (l) => s.attributes[l];
    return ue(a) || s.tag === "img" && f(s, "alt") !== null;
  });
  if (o) return true;
  let i = t.textOf(e);
  for (const s of [...r, ...n.filter(({ tag: a }) => a === "style" || a === "script")])
    i = i.replace(t.textOf(s), "");
  return i.trim() !== "";
}
function Zo(t, e) {
  const n = [e, ...t.inside(e)].flatMap((r) => (f(r, "class") ?? "").split(/\s+/));
  return Fn(n.filter(Boolean), f(e, "href") ?? "") !== null;
}
function Hn(t, e, n) {
  return {
    id: `${e}_name_missing`,
    category: "names",
    severity: "error",
    weight: n,
    message: `Some ${e}s have no name: they are announced as "${e}" and nothing else.`,
    fix: `Give each ${e} a text, or an aria-label where it shows only an icon.`,
    fixedBy: "names",
    *check({ document: r }) {
      for (const o of r.all(t)) {
        const i = f(o, "role");
        if (t === "a" && (!ee(o, "href") || i !== null && i !== "link")) continue;
        if (ue((s) => o.attributes[s]) || m(o)) continue;
        if (Qo(r, o)) continue;
        yield { selector: d(o), fixable: Zo(r, o) };
      }
    }
  };
}
var jn = [
  Hn("a", "link", 6),
  Hn("button", "button", 6),
  {
    id: "frame_title_missing",
    category: "names",
    severity: "error",
    weight: 4,
    message: "Some frames have no title.",
    fix: 'Say what each frame shows: <iframe title="Map of our shop">.',
    fixedBy: "frames",
    *check({ document: t }) {
      for (const e of t.all("iframe", "frame"))
        if (!ue((n) => e.attributes[n]) && !m(e))
          yield { selector: d(e), fixable: e.tag === "iframe" };
    }
  },
  {
    id: "link_text_generic",
    category: "names",
    severity: "info",
    weight: 2,
    message: "Some links don't say where they lead.",
    fix: 'Name the target: "Prices for 2027" rather than "click here".',
    *check({ document: t, url: e }) {
      for (const n of t.all("a")) {
        const r = f(n, "href");
        const o = r && URL.parse(r, e);
        if (!o || /^(mailto|javascript|tel):/.test(r) || /\bnofollow\b/.test(f(n, "rel") ?? "")) continue;
        if (o.href.split("#")[0] === e.split("#")[0]) continue;
        if (ei.has(t.textOf(n).toLowerCase()))
          yield { selector: d(n), detail: t.textOf(n) };
      }
    }
  }
];
var ei = /* @__PURE__ */ new Set([
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
function Pn({ headers: t, readAhead: e }) {
  if (ti(t)) return;
  let n = Yo;
  const r = q(t.get("Content-Type")) ?? "utf-8";
  e(
    new fe(r, (o, i) => {
      const s = Fn(o, i);
      const a = s && `${n}<span class="code24-name">${ye(s)}</span>`;
      if (a) n = "";
      return a ?? "";
    })
  );
}
function ti(t) {
  const e = t.get("Content-Security-Policy") ?? "";
  return /(style-src|default-src)/i.test(e) && !/'unsafe-inline'/i.test(e);
}
function Bn({ on: t }) {
  t("iframe", {
    element(e) {
      if (ue((r) => e.getAttribute(r))) return;
      const n = URL.parse(e.getAttribute("src") ?? "")?.hostname.replace(/^www\./, "");
      b(e, "title", n ? `Content from ${n}` : "Embedded content");
    }
  });
}

// templates/elite/design/src/structure.js
var ni = /* @__PURE__ */ new Set(["li", "script", "template"]);
var Gn = [
  {
    id: "list_children_wrong",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Some lists hold something other than list items.",
    fix: "Put only <li> into <ul> and <ol>.",
    *check({ document: t }) {
      for (const e of t.all("ul", "ol")) {
        if (f(e, "role") !== null || m(e)) continue;
        const n = t.inside(e).find((r) => {
          if (r.parent !== e || m(r)) return false;
          return ni.has(r.tag) ? !["listitem", null].includes(f(r, "role")) : f(r, "role") !== "listitem";
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
    message: "Some list items are in no list.",
    fix: "Put them into <ul> or <ol>.",
    *check({ document: t }) {
      for (const e of t.all("li")) {
        const n = e.parent;
        const r = n && f(n, "role");
        const o = n && (r ? r === "list" : ["ul", "ol", "menu"].includes(n.tag));
        if (!o && f(e, "role") === null && !m(e)) yield { selector: d(e) };
      }
    }
  },
  {
    id: "ids_repeated",
    category: "structure",
    severity: "warning",
    weight: 3,
    message: "Identifiers that labels and ARIA refer to are there twice.",
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
    message: "Some elements jump the queue of the Tab key.",
    fix: "Use tabindex 0 or -1 only; let the order of the source lead.",
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
    message: "The page moves on by itself.",
    fix: "Redirect at the server, or let people choose.",
    *check({ document: t }) {
      for (const e of t.all("meta"))
        if (f(e, "http-equiv")?.toLowerCase() === "refresh" && Number.parseInt(f(e, "content") ?? "0", 10) < 72e3)
          yield { selector: 'meta[http-equiv="refresh"]', detail: f(e, "content") ?? "" };
    }
  }
];
function Wn({ on: t }) {
  t("[tabindex]", {
    element(e) {
      if (Number(e.getAttribute("tabindex")) > 0) e.setAttribute("tabindex", "0");
    }
  });
}

// templates/elite/design/src/viewport.js
var ri = 5;
var Fe = "width=device-width, initial-scale=1";
function de(t) {
  return t.split(/[,;]/).flatMap((e) => {
    const [n, r = ""] = e.split("=").map((o) => o.trim().toLowerCase());
    return n ? [
      [n, r]
    ] : [];
  });
}
function je([t, e]) {
  if (t === "user-scalable") return e === "no" || e !== "yes" && Math.abs(Number.parseFloat(e)) < 1;
  return t === "maximum-scale" && Number.parseFloat(e) >= 0 && Number.parseFloat(e) < ri;
}
function oi(t) {
  const e = de(t).filter((n) => !je(n));
  return e.map(([n, r]) => r ? `${n}=${r}` : n).join(", ");
}
function qn(t) {
  return t.all("meta").find((e) => f(e, "name")?.toLowerCase() === "viewport");
}
var Xn = [
  {
    id: "viewport_missing",
    category: "viewport",
    severity: "error",
    weight: 12,
    message: "The page has no viewport: phones show a desktop page, made small.",
    fix: `Add <meta name="viewport" content="${Fe}">.`,
    fixedBy: "viewport",
    *check({ document: t }) {
      const e = qn(t);
      const n = de((e && f(e, "content")) ?? "");
      const r = n.some(([o]) => o === "width" || o === "initial-scale");
      if (!r) yield { selector: 'meta[name="viewport"]', fixable: e !== void 0 || t.headEnds };
    }
  },
  {
    id: "viewport_blocks_zoom",
    category: "viewport",
    severity: "error",
    weight: 6,
    message: "The viewport keeps people from zooming in.",
    fix: "Take user-scalable=no and maximum-scale out of the viewport.",
    fixedBy: "viewport",
    *check({ document: t }) {
      const e = qn(t);
      const n = (e && f(e, "content")) ?? "";
      if (de(n).some(je)) yield { selector: 'meta[name="viewport"]', detail: n };
    }
  }
];
function Yn({ on: t, atHeadEnd: e }) {
  let n = false;
  t('meta[name="viewport" i]', {
    element(r) {
      if (n) return;
      n = true;
      const o = de(r.getAttribute("content") ?? "");
      if (!o.some(([i]) => i === "width" || i === "initial-scale")) b(r, "content", Fe);
      else if (o.some(je)) b(r, "content", oi(r.getAttribute("content") ?? ""));
    }
  });
  e(() => n ? "" : `<meta name="viewport" content="${Fe}">
`);
}

// templates/elite/design/src/template.js
var Vn = {
  language: nn,
  viewport: Yn,
  headings: En,
  alt: Xt,
  names: Pn,
  frames: Bn,
  labels: bn,
  autocomplete: vn,
  lazy: Cn,
  fonts: un,
  tabindex: Wn
};
var Kn = {
  type: "design",
  title: "Design report",
  audits: [
    ...Xn,
    ...tn,
    ...kn,
    ...Yt,
    ...Nn,
    { ...qt, severity: "error", weight: 8 },
    ...jn,
    ...xn,
    ...Gn,
    ...fn,
    ...Rn,
    ...On,
    ...dn
  ],
  fixes: Vn,
  defaults: Object.keys(Vn),
  assets: Ne,
  prepare: (t) => {
    const e = F(t).flatMap(C);
    en(t.document.elements, e, [
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
var Ba = Wt(Kn);
export {
  Ba as default
};
